/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 116: places have a state of their own: a street whose hotspots fail one by one, a fibre node without any, a
 * blind monitor, maintenance; and it survives a restart. */
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

static struct world *town(void)
{
    char *text = world_town(2, 2, 3);
    struct world *w = world_new(text, INTERVAL, 1);

    free(text);
    world_run(w, 4 * INTERVAL);
    return w;
}

static void a_place_is_degraded_with_its_first_hotspot_and_unusable_with_its_last(void **state)
{
    struct world *w = town();

    (void)state;
    assert_int_equal(world_site(w, "s-1-1"), STATE_USABLE);
    world_agent(w, "ap-1-1-1")->is_alive = false;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_site(w, "s-1-1"), STATE_DEGRADED);
    assert_int_equal(world_site_reason(w, "s-1-1"), REASON_AP);
    world_agent(w, "acc-1-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_site(w, "s-1-1"), STATE_UNUSABLE);
    assert_int_equal(world_site(w, "s-1-2"), STATE_USABLE);
    world_restart_engine(w);
    assert_int_equal(world_site(w, "s-1-1"), STATE_UNUSABLE);
    world_agent(w, "acc-1-1")->is_cut = false;
    world_agent(w, "ap-1-1-1")->is_alive = true;
    world_run(w, MINUTES);
    assert_int_equal(world_site(w, "s-1-1"), STATE_USABLE);
    world_free(w);
}

static void a_fibre_node_without_hotspots_is_as_good_as_its_worst_device(void **state)
{
    struct world *w = town();

    (void)state;
    assert_int_equal(world_site(w, "s-0"), STATE_USABLE); /* core, agg-1, agg-2 */
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_site(w, "s-0"), STATE_UNUSABLE);
    assert_int_equal(world_site_reason(w, "s-0"), REASON_FIBRE);
    world_free(w);
}

static void places_of_a_blind_monitor_are_unknown_and_those_in_maintenance_say_so(void **state)
{
    struct world *w = town();

    (void)state;
    assert_null(engine_command(w->engine, w->now,
                               &(struct engine_command){.id = "m1",
                                                        .by = "x",
                                                        .via = "cli",
                                                        .verb = "maintenance",
                                                        .target = "s-2-2",
                                                        .comment = "",
                                                        .until = w->now + HOURS}));
    world_run(w, INTERVAL);
    assert_int_equal(world_site(w, "s-2-2"), STATE_MAINTENANCE);
    w->is_collector_dead = true;
    world_run(w, MINUTES);
    assert_int_equal(world_site(w, "s-1-1"), STATE_UNKNOWN);
    assert_int_equal(world_site_reason(w, "s-1-1"), REASON_MONITOR_BLIND);
    assert_int_equal(world_site(w, "s-2-2"), STATE_MAINTENANCE);
    world_free(w);
}

RUN_TESTS("116-places",
          cmocka_unit_test(a_place_is_degraded_with_its_first_hotspot_and_unusable_with_its_last),
          cmocka_unit_test(a_fibre_node_without_hotspots_is_as_good_as_its_worst_device),
          cmocka_unit_test(places_of_a_blind_monitor_are_unknown_and_those_in_maintenance_say_so))
