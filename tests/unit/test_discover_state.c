/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_discover_state.c - where a search stands comes back from its file, however it was cut off; which
 * neighbours are followed. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/discover_frontier.h"
#include "collector/discover_state.h"
#include "lib/base/strx.h"

/* ---- the file ---- */

static void put_device(struct buf *out, const char *address, int64_t depth)
{
    struct discover_neighbour neighbours[] = {
        {"if/1", "agg", "02:00:00:00:00:01", "513", "xe-0/1/0", "192.0.2.1"},
        {"if/2", "\x1b[2J\"quoted\"\\ \xc3\xa4", "", "", "", ""}};
    struct discover_poe poe[] = {{"if/2", 3}};
    struct discover_ap aps[] = {{"ap/00:00:5e:00:53:01", "Lido", "325", "S1", "lido", 53.7, 10.01}};
    struct discover_device d = {.address = (char *)address,
                                .port = 10161,
                                .depth = depth,
                                .sys_name = "sw-1",
                                .sys_descr = "two\nlines: [{",
                                .serial = "SN 1",
                                .base_mac = "02:00:00:00:00:07",
                                .profile = "junos",
                                .kind = DEVICE_SWITCH,
                                .why = "a test",
                                .is_cut = true,
                                .neighbours = {neighbours, ARRAY_LEN(neighbours)},
                                .poe = {poe, ARRAY_LEN(poe)},
                                .aps = {aps, ARRAY_LEN(aps)}};

    discover_state_put_device(out, &d);
}

static struct buf a_search(void)
{
    struct discover_question q = {.asks = "192.0.2.0/24 --port 10161", .salt = "6e77"};
    struct buf out = BUF_INIT;

    q.check = discover_check(q.salt, "secret", 6);
    discover_state_put_question(&out, &q);
    put_device(&out, "192.0.2.7", 0);
    discover_state_put_done(&out, 20);
    discover_state_put_silent(&out, "198.51.100.9");
    put_device(&out, "2001:db8::9", 3);
    discover_state_put_done(&out, 254);
    discover_state_put_end(&out);
    assert_ok(buf_error(&out));
    return out;
}

static void a_search_comes_back_from_its_file(void **state)
{
    struct buf text = a_search(), again = BUF_INIT;
    const struct discover_neighbour *n;
    const struct discover_device *d;
    struct discover_state s;
    char *why;

    (void)state;
    assert_ok(discover_state_read("x", text.data, text.len, &s, &why));
    assert_null(why);
    assert_string_equal(s.question.asks, "192.0.2.0/24 --port 10161");
    assert_int_equal(s.question.check, discover_check("6e77", "secret", 6));
    assert_int_equal(s.device_count, 2);
    assert_int_equal(s.silent_count, 1);
    assert_string_equal(s.silent[0], "198.51.100.9");
    assert_int_equal(s.done, 254);
    assert_true(s.has_ended);
    assert_int_equal(s.good, text.len);
    d = &s.devices[0];
    n = d->neighbours.items;
    assert_string_equal(d->sys_descr, "two\nlines: [{");
    assert_string_equal(n[1].name, "\x1b[2J\"quoted\"\\ \xc3\xa4");
    assert_int_equal(((const struct discover_poe *)d->poe.items)[0].status, 3);
    assert_true(((const struct discover_ap *)d->aps.items)[0].lon == 10.01);
    assert_true(s.devices[1].peer.is_v6);
    assert_int_equal(s.devices[1].depth, 3);
    discover_state_put_device(&again, d); /* nothing is forgotten */
    assert_non_null(strstr(text.data, again.data));
    buf_fini(&again);
    discover_state_fini(&s);
    buf_fini(&text);
}

/* A process that dies while it writes leaves a part of its last line. */
static void a_file_cut_off_anywhere_gives_its_whole_lines(void **state)
{
    struct buf text = a_search();
    size_t lines = 0, whole = 0;

    (void)state;
    for (size_t len = 0; len <= text.len; len++) {
        struct discover_state s;
        char *why;
        enum err e;

        if (len && text.data[len - 1] == '\n') {
            lines++;
            whole = len;
        }
        e = discover_state_read("x", text.data, len, &s, &why);
        if (!lines) {
            assert_int_equal(e, ERR_CONFIG); /* nobody knows what was asked: not a search's file */
            assert_non_null(strstr(why, "x:1: "));
        } else {
            assert_ok(e);
            assert_int_equal(s.good, whole);
            assert_int_equal(s.device_count, lines >= 5 ? 2 : lines >= 2 ? 1 : 0);
            assert_int_equal(s.done, lines >= 6 ? 254 : lines >= 3 ? 20 : 0);
            assert_int_equal(s.has_ended, lines == 7);
        }
        free(why);
        discover_state_fini(&s);
    }
    assert_int_equal(lines, 7);
    buf_fini(&text);
}

static void assert_broken(const char *text, const char *message)
{
    struct discover_state s;
    char *why;

    assert_int_equal(discover_state_read("x", text, strlen(text), &s, &why), ERR_CONFIG);
    if (!strstr(why, message))
        fail_msg("\"%s\" is not in: %s", message, why);
    free(why);
    discover_state_fini(&s);
}

static void what_is_no_line_of_a_search_is_named(void **state)
{
#define FIRST "search {asks: \"x\", salt: \"1\", check: 1}\n"
    (void)state;
    assert_broken("netzwacht: yes\n", "is not the beginning of a search");
    assert_broken("done {count: 1}\n", "is not the beginning of a search");
    assert_broken(FIRST FIRST, "x:2: this line is broken; `head -n 1 x` keeps");
    assert_broken(FIRST "done {count: 1}\n\n", "x:3: this line");
    assert_broken(FIRST "done {count: -1}\n", "x:2: ");
    assert_broken(FIRST "device {address: \"nowhere\", port: 1}\n", "x:2: ");
    assert_broken(FIRST "device {address: \"192.0.2.1\"}\n", "x:2: ");
    assert_broken(FIRST "silent {address: \"\"}\n", "x:2: ");
    assert_broken(FIRST "device {address: \"192.0.2.1\", port: 1, kind: house}\n", "x:2: ");
#undef FIRST
}

static void the_check_tells_credentials_apart(void **state)
{
    (void)state;
    assert_int_not_equal(discover_check("1", "public", 6), discover_check("1", "private", 7));
    assert_int_not_equal(discover_check("1", "public", 6), discover_check("2", "public", 6));
    assert_in_range(discover_check("1", "public", 6), 0, 65535);
}

/* ---- following ---- */

struct world {
    struct discover_prefix within[2];
    struct discover_range ranges[1];
    struct frontier *frontier;
};

static void open_world(struct world *w, size_t most)
{
    struct frontier_options o = {w->within, ARRAY_LEN(w->within), w->ranges, ARRAY_LEN(w->ranges), most};

    assert_ok(discover_prefix_parse("10.1.0.0/16", &w->within[0]));
    assert_ok(discover_prefix_parse("2001:db8::/32", &w->within[1]));
    assert_ok(discover_range_parse("10.1.2.0/24", &w->ranges[0]));
    assert_ok(frontier_new(&o, &w->frontier));
}

static void see(struct world *w, int64_t depth, const char *address)
{
    struct discover_neighbour n = {.address = (char *)address};
    struct discover_device d = {.depth = depth, .neighbours = {&n, 1}};

    assert_ok(frontier_add(w->frontier, &d));
}

static const char *next(struct world *w, int64_t *depth)
{
    static char text[DISCOVER_ADDRESS_SIZE];
    struct frontier_step step;

    if (!frontier_next(w->frontier, &step))
        return "";
    *depth = step.depth;
    discover_address_text(&step.address, text);
    return text;
}

static void neighbours_are_followed_inside_the_prefixes_only_and_once(void **state)
{
    struct world w;
    int64_t depth;

    (void)state;
    open_world(&w, 100);
    see(&w, 0, "10.1.3.1");
    see(&w, 4, "10.1.3.1"); /* once */
    see(&w, 0, "10.1.2.9"); /* asked anyway */
    see(&w, 0, "10.2.0.1"); /* not allowed */
    see(&w, 0, "10.2.0.1");
    see(&w, 0, "2001:db9::1");
    see(&w, 0, "");
    see(&w, 0, "::ffff:10.1.3.2"); /* another family is another address */
    see(&w, 1, "2001:db8:5::1");
    see(&w, 1, "2001:0DB8:5::0001"); /* the same in other words */
    assert_string_equal(next(&w, &depth), "10.1.3.1");
    assert_int_equal(depth, 1);
    assert_string_equal(next(&w, &depth), "2001:db8:5::1");
    assert_int_equal(depth, 2);
    assert_string_equal(next(&w, &depth), "");
    assert_int_equal(frontier_outside(w.frontier), 3);
    assert_int_equal(frontier_cut(w.frontier), 0);
    see(&w, 2, "10.1.3.1"); /* asked: not again */
    assert_string_equal(next(&w, &depth), "");
    frontier_free(w.frontier);
}

static void following_ends_at_its_bounds(void **state)
{
    struct world w;
    int64_t depth;

    (void)state;
    open_world(&w, 3);
    assert_ok(frontier_mark(w.frontier, "10.1.9.9")); /* asked in an earlier run: it counts */
    see(&w, 0, "10.1.9.9");
    see(&w, DISCOVER_DEPTH_MAX - 1, "10.1.3.1");
    see(&w, DISCOVER_DEPTH_MAX, "10.1.3.2");
    see(&w, 0, "10.1.3.3");
    see(&w, 0, "10.1.3.4"); /* a fourth */
    assert_string_equal(next(&w, &depth), "10.1.3.1");
    assert_string_equal(next(&w, &depth), "10.1.3.3");
    assert_string_equal(next(&w, &depth), "");
    assert_int_equal(frontier_cut(w.frontier), 2);
    assert_int_equal(frontier_count(w.frontier), 3);
    frontier_free(w.frontier);
}

RUN_TESTS("discover_state", cmocka_unit_test(a_search_comes_back_from_its_file),
          cmocka_unit_test(a_file_cut_off_anywhere_gives_its_whole_lines),
          cmocka_unit_test(what_is_no_line_of_a_search_is_named),
          cmocka_unit_test(the_check_tells_credentials_apart),
          cmocka_unit_test(neighbours_are_followed_inside_the_prefixes_only_and_once),
          cmocka_unit_test(following_ends_at_its_bounds))
