/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 121: a fibre ring of five nodes. The first cut harms nobody and is one small incident; the second takes
 * those between the two, one incident a cause; mending one brings the right ones back. */
#include "lib/base/strx.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

enum { NODES = 5, APS = 4, BRANCHES = 12 };

/* core - n-1 - n-2 - n-3 - (link) - n-4 ... : n-3 and n-5 hang on both sides, the link closes the ring;
 * besides there are branches that have nothing to do with it. */
static struct world *ring(ns_t interval, uint64_t seed, bool has_link_ports)
{
    struct buf devices = BUF_INIT, hotspots = BUF_INIT;
    static const char *const uplinks[NODES] = {"core", "n-1", "n-2", "n-5", "core"};
    char *text;
    struct world *w;

    for (int n = 1; n <= NODES; n++) {
        buf_printf(&devices,
                   "  - {id: n-%d, name: Knoten %d, address: 127.0.0.1, kind: switch, site: s, uplink: %s, "
                   "uplink_port: if/xe-%d}\n",
                   n, n, uplinks[n - 1], n);
        for (int a = 1; a <= APS; a++) {
            buf_printf(&devices,
                       "  - {id: ap-%d-%d, name: AP, address: 127.0.0.1, kind: ap, site: s, uplink: n-%d}\n",
                       n, a, n);
            buf_printf(&hotspots, "  - {id: hs-%d-%d, name: H, site: s, device: ap-%d-%d}\n", n, a, n, a);
        }
    }
    for (int b = 1; b <= BRANCHES; b++) {
        buf_printf(&devices,
                   "  - {id: b-%d, name: B, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
                   "  - {id: ap-b-%d, name: AP, address: 127.0.0.1, kind: ap, site: s, uplink: b-%d}\n",
                   b, b, b);
        buf_printf(&hotspots, "  - {id: hs-b-%d, name: H, site: s, device: ap-b-%d}\n", b, b);
    }
    text = strx_printf("sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\n"
                       "devices:\n"
                       "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n%s"
                       "hotspots:\n%slinks:\n  - {id: l-1, from: n-3, to: n-4%s}\n",
                       devices.data, hotspots.data,
                       has_link_ports ? ", from_port: if/xe-8, to_port: if/xe-9" : "");
    w = world_new(text, interval, seed);
    buf_fini(&devices);
    buf_fini(&hotspots);
    free(text);
    world_run(w, 3 * interval);
    assert_int_equal(world_count(w, STATE_USABLE), NODES * APS + BRANCHES);
    assert_int_equal(w->said_count, 0);
    return w;
}

/* How often something was said of the incidents with that cause. */
static size_t said_of(const struct world *w, const char *cause)
{
    size_t count = 0;

    for (size_t i = 0; i < w->said_count; i++)
        count += strcmp(w->said[i].cause, cause) == 0;
    return count;
}

static void expect_out(const struct world *w, int from, int until)
{
    for (int n = 1; n <= NODES; n++)
        for (int a = 1; a <= APS; a++) {
            char *id = strx_printf("hs-%d-%d", n, a);
            assert_int_equal(world_state(w, id), n >= from && n <= until ? STATE_UNUSABLE : STATE_USABLE);
            free(id);
        }
}

static void play(ns_t interval, uint64_t seed)
{
    struct world *w = ring(interval, seed, seed % 2); /* its ports do not matter here */
    const struct said *first;

    world_agent(w, "n-2")->is_cut = true; /* between n-1 and n-2: n-2 and n-3 go the other way */
    world_run(w, 4 * interval + MINUTES);
    expect_out(w, 0, 0);
    assert_int_equal(w->said_count, 1);
    first = &w->said[0];
    assert_string_equal(first->type, "fibre_cut");
    assert_string_equal(first->severity, "minor");
    assert_string_equal(first->cause, "n-2");
    assert_int_equal(first->hotspots, 0);

    world_agent(w, "n-5")->is_cut = true; /* between the core and n-5: n-2 to n-5 are cut off */
    world_run(w, 4 * interval + MINUTES);
    expect_out(w, 2, 5);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_in_range(said_of(w, "n-2"), 1, 2);
    assert_in_range(said_of(w, "n-5"), 1, 2);

    world_agent(w, "n-5")->is_cut = false; /* mended: all go that way again */
    world_run(w, 4 * interval + MINUTES);
    expect_out(w, 0, 0);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    world_agent(w, "n-2")->is_cut = false;
    world_run(w, 4 * interval + MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 2);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    world_free(w);
}

static void a_cut_ring_harms_nobody_and_the_second_cut_takes_those_between(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        play(5 * SECONDS, seed);
        play(60 * SECONDS, seed);
    }
}

static void the_link_that_closes_the_ring_is_a_line_like_others(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct world *w = ring(5 * SECONDS, seed, true);
        world_cut_link(w, "l-1", true);
        world_run(w, 2 * MINUTES);
        expect_out(w, 0, 0);
        assert_int_equal(w->said_count, 1);
        assert_int_equal(w->said[0].hotspots, 0);
        world_agent(w, "n-2")->is_cut = true; /* n-2 and n-3 have no way any more */
        world_run(w, 2 * MINUTES);
        expect_out(w, 2, 3);
        assert_int_equal(world_said(w, "opened", NULL), 2);
        assert_in_range(said_of(w, "n-2"), 1, 2);
        world_cut_link(w, "l-1", false); /* … and have one again, the other one */
        world_run(w, 2 * MINUTES);
        expect_out(w, 0, 0);
        assert_int_equal(world_said(w, "closed", NULL), 1);
        world_agent(w, "n-2")->is_cut = false;
        world_run(w, 2 * MINUTES);
        assert_int_equal(world_said(w, "closed", NULL), 2);
        assert_int_equal(world_said(w, "opened", NULL), 2);
        world_free(w);
    }
}

static void the_link_is_the_second_cut(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct world *w = ring(5 * SECONDS, seed, true);
        world_agent(w, "n-1")->is_cut = true;
        world_run(w, 2 * MINUTES);
        expect_out(w, 0, 0);
        assert_int_equal(w->said_count, 1);
        world_cut_link(w, "l-1", true);
        world_run(w, 2 * MINUTES);
        expect_out(w, 1, 3);
        assert_int_equal(world_said(w, "opened", NULL), 2);
        world_agent(w, "n-1")->is_cut = false;
        world_run(w, 2 * MINUTES);
        expect_out(w, 0, 0);
        assert_int_equal(world_said(w, "closed", NULL), 1);
        world_cut_link(w, "l-1", false);
        world_run(w, 2 * MINUTES);
        assert_int_equal(world_said(w, "closed", NULL), 2);
        assert_int_equal(world_said(w, "opened", NULL), 2);
        world_free(w);
    }
}

static void a_restart_of_alerts_neither_ends_nor_repeats_a_cut_ring(void **state)
{
    struct world *w = ring(5 * SECONDS, 3, true);

    (void)state;
    world_agent(w, "n-2")->is_cut = true;
    world_run(w, 2 * MINUTES);
    assert_int_equal(w->said_count, 1);
    world_restart_engine(w);
    world_run(w, 2 * MINUTES);
    assert_int_equal(w->said_count, 1);
    expect_out(w, 0, 0);
    world_agent(w, "n-2")->is_cut = false;
    world_run(w, 2 * MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    world_free(w);
}

/* n-1 lies between both cuts; the second one's port is n-1's own, so nobody tells of it. */
static void who_is_reached_from_the_other_side_is_no_member_of_the_dark_part(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct world *w = ring(5 * SECONDS, seed, true);
        world_agent(w, "n-1")->is_cut = true;
        world_run(w, 2 * MINUTES);
        world_agent(w, "n-2")->is_cut = true;
        world_run(w, 2 * MINUTES);
        expect_out(w, 1, 1);
        assert_int_equal(world_said(w, "opened", NULL), 1);
        assert_int_equal(w->said_count, 2);
        assert_int_equal(w->said[1].hotspots, APS);
        world_agent(w, "n-1")->is_cut = world_agent(w, "n-2")->is_cut = false;
        world_run(w, 2 * MINUTES);
        assert_int_equal(world_said(w, "opened", NULL), world_said(w, "closed", NULL));
        expect_out(w, 0, 0);
        world_free(w);
    }
}

static void a_harmless_cut_does_not_take_over_a_fault_of_its_own(void **state)
{
    struct world *w = ring(5 * SECONDS, 1, true);

    (void)state;
    world_agent(w, "ap-2-1")->is_alive = false;
    world_run(w, 20 * SECONDS);
    assert_int_equal(said_of(w, "ap-2-1"), 1);
    world_agent(w, "n-2")->is_cut = true;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(w->said_count, 2);
    assert_int_equal(said_of(w, "n-2"), 1);
    world_free(w);
}

/* Polls leave in bunches: the two may be asked at the same moment for ever. */
static void both_ends_of_a_line_may_be_polled_at_once(void **state)
{
    struct world *w = ring(5 * SECONDS, 1, true);

    (void)state;
    world_agent(w, "n-4")->due = world_agent(w, "n-3")->due;
    world_run(w, 20 * SECONDS);
    world_cut_link(w, "l-1", true);
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    world_free(w);
}

RUN_TESTS("121-ring-cut", cmocka_unit_test(a_cut_ring_harms_nobody_and_the_second_cut_takes_those_between),
          cmocka_unit_test(the_link_that_closes_the_ring_is_a_line_like_others),
          cmocka_unit_test(the_link_is_the_second_cut),
          cmocka_unit_test(who_is_reached_from_the_other_side_is_no_member_of_the_dark_part),
          cmocka_unit_test(a_harmless_cut_does_not_take_over_a_fault_of_its_own),
          cmocka_unit_test(both_ends_of_a_line_may_be_polled_at_once),
          cmocka_unit_test(a_restart_of_alerts_neither_ends_nor_repeats_a_cut_ring))
