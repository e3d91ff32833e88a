/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_second_path.c - what the NOC does not confirm in time goes another way, each event once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/second_path.h"
#include "lib/base/buf.h"
#include "lib/base/map.h"
#include "tests/unit/cmocka_tests.h"

#define AFTER (120 * SECONDS)
#define START (1000 * SECONDS)

/* A second path, the rows that it asked to keep, and what it sent: "critical/1 opened; ". */
struct desk {
    struct second_path *path;
    struct map *rows; /* "kind\tkey" -> struct buf */
    char sent[512];
};

static void free_row(void *p)
{
    if (p)
        buf_fini(p);
    free(p);
}

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    struct desk *d = ctx;
    struct buf *row = value ? calloc(1, sizeof *row) : NULL;
    void *old = NULL;
    char name[128];

    snprintf(name, sizeof name, "%s\t%s", kind, key);
    if (!value) {
        free_row(map_remove(d->rows, name));
        return;
    }
    assert_non_null(row);
    buf_put(row, value, len);
    assert_ok(map_set(d->rows, name, row, &old));
    free_row(old);
}

static void on_send(void *ctx, const Nw__Incident *i)
{
    struct desk *d = ctx;

    snprintf(d->sent + strlen(d->sent), sizeof d->sent - strlen(d->sent), "%s/%d %s; ", i->source,
             (int)i->lane_sequence, i->event);
}

static void begin(struct desk *d, ns_t after, ns_t now)
{
    const struct second_path_fns fns = {d, on_row, on_send};

    assert_ok(second_path_new(after, &fns, 3, &d->path));
    for (size_t k = 0; k < map_count(d->rows); k++) {
        const char *name;
        struct buf *row = map_at(d->rows, k, &name);
        char kind[32];
        snprintf(kind, sizeof kind, "%.*s", (int)strcspn(name, "\t"), name);
        assert_ok(second_path_restore(d->path, kind, strchr(name, '\t') + 1, row->data, row->len, now));
    }
}

static struct desk *desk_new(void)
{
    struct desk *d = calloc(1, sizeof *d);

    assert_non_null(d);
    d->rows = map_new(1);
    begin(d, AFTER, START);
    return d;
}

static void desk_free(struct desk *d)
{
    second_path_free(d->path);
    map_free(d->rows, free_row);
    free(d);
}

static void restart(struct desk *d, ns_t now)
{
    second_path_free(d->path);
    begin(d, AFTER, now);
}

static void say(struct desk *d, const char *id, const char *lane, int sequence, const char *event, ns_t now)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Incident i = NW__INCIDENT__INIT;
    struct buf packed = BUF_INIT;

    i.id = (char *)id;
    i.source = (char *)lane;
    i.lane_sequence = (uint64_t)sequence;
    i.event = (char *)event;
    i.closed = strcmp(event, "closed") == 0 ? (uint64_t)now : 0;
    i.severity = (char *)(i.closed ? "cleared" : strcmp(lane, "critical") == 0 ? "critical" : "major");
    r.body_case = NW__RECORD__BODY_INCIDENT;
    r.incident = &i;
    assert_ok(record_pack(&r, &packed));
    second_path_event(d->path, &i, packed.data, packed.len, now);
    buf_fini(&packed);
}

static void assert_sent(struct desk *d, ns_t now, const char *expected)
{
    second_path_tick(d->path, now);
    assert_string_equal(d->sent, expected);
}

static void what_is_not_confirmed_goes_once(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START);
    assert_sent(d, START + 119 * SECONDS, "");
    assert_sent(d, START + 120 * SECONDS, "critical/1 opened; ");
    assert_sent(d, START + 3 * HOURS, "critical/1 opened; ");
    desk_free(d);
}

static void what_is_confirmed_does_not_go(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START);
    say(d, "i-2", "critical", 2, "opened", START);
    second_path_received(d->path, "main", 9);
    second_path_received(d->path, "critical", 1);
    assert_sent(d, START + AFTER, "critical/2 opened; ");
    desk_free(d);
}

static void what_is_not_critical_does_not_go_until_it_is(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "main", 1, "opened", START);
    assert_sent(d, START + AFTER, "");
    assert_int_equal(map_count(d->rows), 0);
    desk_free(d);
}

static void behind_the_first_one_the_channels_know_of_the_incident(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START);
    say(d, "i-1", "critical", 2, "member_joined", START + 100 * SECONDS);
    assert_sent(d, START + AFTER, "critical/1 opened; ");
    say(d, "i-1", "critical", 3, "changed", START + 130 * SECONDS); /* they get it as any other event */
    assert_sent(d, START + 10 * AFTER, "critical/1 opened; critical/2 member_joined; ");
    say(d, "i-1", "critical", 4, "closed", START + 11 * AFTER); /* this one, too */
    assert_sent(d, START + 20 * AFTER, "critical/1 opened; critical/2 member_joined; ");
    assert_int_equal(map_count(d->rows), 0);
    desk_free(d);
}

static void an_end_goes_only_with_its_beginning(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START); /* the NOC has it, but not the end */
    second_path_received(d->path, "critical", 1);
    say(d, "i-1", "critical", 2, "closed", START + 10 * SECONDS);
    say(d, "i-2", "critical", 3, "opened", START + 10 * SECONDS);
    say(d, "i-2", "critical", 4, "closed", START + 20 * SECONDS);
    assert_sent(d, START + 10 * AFTER, "critical/3 opened; critical/4 closed; ");
    assert_int_equal(map_count(d->rows), 0);
    desk_free(d);
}

static void a_restart_repeats_nothing_and_loses_nothing(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START);
    say(d, "i-2", "critical", 2, "opened", START + 60 * SECONDS);
    restart(d, START + 100 * SECONDS);
    assert_sent(d, START + 119 * SECONDS, "");
    assert_sent(d, START + 121 * SECONDS, "critical/1 opened; ");
    restart(d, START + 130 * SECONDS);
    say(d, "i-1", "critical", 3, "changed", START + 131 * SECONDS); /* who was told is remembered */
    assert_sent(d, START + 10 * AFTER, "critical/1 opened; critical/2 opened; ");
    desk_free(d);
}

static void what_was_due_while_nobody_ran_waits_for_the_noc_a_moment(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START);
    say(d, "i-2", "critical", 2, "opened", START);
    restart(d, START + HOURS);
    assert_sent(d, START + HOURS, "");
    second_path_received(d->path, "critical", 1);
    assert_sent(d, START + HOURS + SECOND_PATH_GRACE, "critical/2 opened; ");
    desk_free(d);
}

static void a_clock_that_is_set_back_holds_nothing_up(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    say(d, "i-1", "critical", 1, "opened", START + DAYS);
    restart(d, START);
    assert_sent(d, START + AFTER, "critical/1 opened; ");
    desk_free(d);
}

static void without_a_second_path_nothing_is_kept(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    second_path_free(d->path);
    begin(d, 0, START);
    say(d, "i-1", "critical", 1, "opened", START);
    assert_sent(d, START + DAYS, "");
    assert_int_equal(map_count(d->rows), 0);
    desk_free(d);
}

static void rows_that_are_none_are_refused(void **state)
{
    struct desk *d = desk_new();

    (void)state;
    assert_int_equal(second_path_restore(d->path, "second", "critical 1", "short", 5, START), ERR_MALFORMED);
    assert_int_not_equal(
        second_path_restore(d->path, "second", "critical 1", "12345678\xff\xff\xff", 11, START), ERR_OK);
    assert_int_not_equal(second_path_restore(d->path, "second", "critical 1", "12345678", 8, START), ERR_OK);
    assert_int_equal(second_path_waiting(d->path), 0);
    desk_free(d);
}

RUN_TESTS("second_path", cmocka_unit_test(what_is_not_confirmed_goes_once),
          cmocka_unit_test(what_is_confirmed_does_not_go),
          cmocka_unit_test(what_is_not_critical_does_not_go_until_it_is),
          cmocka_unit_test(behind_the_first_one_the_channels_know_of_the_incident),
          cmocka_unit_test(an_end_goes_only_with_its_beginning),
          cmocka_unit_test(a_restart_repeats_nothing_and_loses_nothing),
          cmocka_unit_test(what_was_due_while_nobody_ran_waits_for_the_noc_a_moment),
          cmocka_unit_test(a_clock_that_is_set_back_holds_nothing_up),
          cmocka_unit_test(without_a_second_path_nothing_is_kept),
          cmocka_unit_test(rows_that_are_none_are_refused))
