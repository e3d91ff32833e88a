/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 118: a ring that breaks and harms nobody, then breaks a second time; a collector that restarts in the
 * middle of an outage; an outage in the night when the clocks change. */
#include "lib/base/timex.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

/* core - a - b - c - core: c has a second way up */
static struct world *ring(void)
{
    struct world *w =
        world_new("sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\n"
                  "devices:\n"
                  "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
                  "  - {id: x, name: X, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
                  "  - {id: y, name: Y, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
                  "  - {id: a, name: A, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
                  "  - {id: b, name: B, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
                  "  - {id: c, name: C, address: 127.0.0.1, kind: switch, site: s, uplink: a}\n"
                  "  - {id: ap-1, name: AP 1, address: 127.0.0.1, kind: ap, site: s, uplink: c}\n"
                  "  - {id: ap-2, name: AP 2, address: 127.0.0.1, kind: ap, site: s, uplink: c}\n"
                  "hotspots:\n"
                  "  - {id: h-1, name: H 1, site: s, device: ap-1}\n"
                  "  - {id: h-2, name: H 2, site: s, device: ap-2}\n"
                  "links:\n"
                  "  - {id: l-1, from: b, to: c}\n",
                  INTERVAL, 1);

    world_run(w, 3 * INTERVAL);
    return w;
}

static void a_ring_that_breaks_once_harms_no_hotspot(void **state)
{
    struct world *w = ring();

    (void)state;
    world_agent(w, "a")->is_alive = false; /* traffic goes through b now */
    world_run(w, MINUTES);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_string_equal(world_first(w, "opened", NULL)->cause, "a");
    assert_int_equal(world_first(w, "opened", NULL)->hotspots, 0);
    world_agent(w, "a")->is_alive = true;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    world_free(w);
}

static void a_collector_that_restarts_in_an_outage_changes_nothing(void **state)
{
    char *text = world_town(3, 4, 10);
    struct world *w = world_new(text, INTERVAL, 2);

    (void)state;
    free(text);
    world_run(w, 3 * INTERVAL);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(w->said_count, 1);
    w->is_collector_dead = true;
    world_run(w, 8 * SECONDS);
    for (size_t d = 0; d < w->device_count; d++) { /* a new process: it knows nothing of misses */
        w->agents[d].misses = w->agents[d].confirmations = w->agents[d].table_sent = 0;
        w->agents[d].is_down = false;
        w->agents[d].due = w->now + (ns_t)d * INTERVAL / (ns_t)w->device_count;
    }
    w->is_collector_dead = false;
    world_run(w, 2 * MINUTES);
    assert_int_equal(w->said_count, 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
    assert_int_equal(world_count(w, STATE_USABLE), 80);
    world_agent(w, "agg-1")->is_cut = false;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(w->said_count, 2);
    world_free(w);
}

static void the_night_when_the_clocks_change_is_a_night_like_others(void **state)
{
    static const char *const nights[] = {"2026-10-25T00:30:00Z", "2027-03-28T00:30:00Z"};

    (void)state;
    for (size_t n = 0; n < ARRAY_LEN(nights); n++) {
        char *text = world_town(2, 2, 5);
        struct world *w = world_new(text, 60 * SECONDS, 2);
        ns_t night = 0;
        free(text);
        assert_ok(timex_parse(nights[n], &night));
        world_set_clock(w, night);
        world_run(w, 15 * MINUTES);
        assert_int_equal(w->said_count, 0);
        world_agent(w, "agg-1")->is_cut = true;
        world_run(w, 100 * MINUTES); /* over 01:00 UTC, when the clocks change */
        assert_int_equal(w->said_count, 1);
        assert_int_equal(world_count(w, STATE_UNUSABLE), 10);
        world_agent(w, "agg-1")->is_cut = false;
        world_run(w, 60 * MINUTES);
        assert_int_equal(w->said_count, 2);
        assert_int_equal(world_count(w, STATE_USABLE), 20);
        world_free(w);
    }
}

RUN_TESTS("118-ring-restart-and-clock-change", cmocka_unit_test(a_ring_that_breaks_once_harms_no_hotspot),
          cmocka_unit_test(a_collector_that_restarts_in_an_outage_changes_nothing),
          cmocka_unit_test(the_night_when_the_clocks_change_is_a_night_like_others))
