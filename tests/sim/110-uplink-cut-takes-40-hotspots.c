/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 110: one fibre is cut, forty hotspots are gone. One incident with all of them, one recovery. */
#include <stdio.h>

#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

static struct world *town(ns_t interval, uint64_t seed)
{
    char *text = world_town(3, 4, 10); /* 120 hotspots, 40 behind each aggregation switch */
    struct world *w = world_new(text, interval, seed);

    free(text);
    world_run(w, 3 * interval);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    assert_int_equal(w->said_count, 0);
    return w;
}

static void cut_and_heal(ns_t interval, uint64_t seed)
{
    struct world *w = town(interval, seed);

    world_agent(w, "agg-2")->is_cut = true;
    world_run(w, interval + 30 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_string_equal(world_first(w, "opened", NULL)->type, "fibre_cut");
    assert_string_equal(world_first(w, "opened", NULL)->cause, "agg-2");
    assert_string_equal(world_first(w, "opened", NULL)->severity, "critical");
    assert_int_equal(world_first(w, "opened", NULL)->hotspots, 40);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
    assert_int_equal(world_reason(w, "hs-2-1-1"), REASON_FIBRE);
    assert_int_equal(world_state(w, "hs-1-1-1"), STATE_USABLE);
    world_run(w, 10 * interval);
    assert_true(w->said_count <= 2);

    world_agent(w, "agg-2")->is_cut = false;
    world_run(w, 4 * interval + 30 * SECONDS);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_true(w->said_count <= 3);
    world_free(w);
}

static void a_cut_aggregation_fibre_is_one_incident_with_forty_hotspots(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        cut_and_heal(60 * SECONDS, seed);
}

static void the_same_holds_with_the_interval_of_the_demo(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        cut_and_heal(5 * SECONDS, seed);
}

/* The box hangs, its port has light: not the fibre. */
static void a_dead_switch_whose_port_has_light_is_a_device_down(void **state)
{
    struct world *w = town(5 * SECONDS, 3);
    const char *const dead[] = {"agg-1"};

    (void)state;
    for (int c = 1; c <= 4; c++) {
        char id[32];
        snprintf(id, sizeof id, "acc-1-%d", c);
        world_agent(w, id)->is_cut = true; /* its children are gone with it */
    }
    world_agent(w, dead[0])->is_alive = false;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_string_equal(world_first(w, "opened", NULL)->type, "device_down");
    assert_string_equal(world_first(w, "opened", NULL)->cause, "agg-1");
    assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
    assert_int_equal(world_reason(w, "hs-1-2-1"), REASON_SWITCH);
    world_free(w);
}

/* A switch that forwards although its agent is dead takes nobody with it. */
static void a_switch_whose_agent_alone_is_dead_harms_no_hotspot(void **state)
{
    struct world *w = town(60 * SECONDS, 4);

    (void)state;
    world_agent(w, "acc-3-1")->is_alive = false;
    world_run(w, 4 * MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_string_equal(world_first(w, "opened", NULL)->cause, "acc-3-1");
    assert_int_equal(world_first(w, "opened", NULL)->hotspots, 0);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_agent(w, "acc-3-1")->is_alive = true;
    world_run(w, 4 * MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    world_free(w);
}

static void one_killed_agent_is_exactly_one_hotspot_in_time(void **state)
{
    const ns_t bound = 5 * SECONDS + 3 * 2 * SECONDS + 6 * 500 * MILLISECONDS + SECONDS;
    struct world *w = town(5 * SECONDS, 5);

    (void)state;
    world_agent(w, "ap-2-3-4")->is_alive = false;
    world_run(w, bound);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 1);
    assert_int_equal(world_state(w, "hs-2-3-4"), STATE_UNUSABLE);
    assert_int_equal(world_reason(w, "hs-2-3-4"), REASON_AP);
    assert_int_equal(world_said(w, "opened", "device_down"), 1);
    assert_int_equal(w->said_count, 1);
    world_free(w);
}

static void two_independent_causes_stay_two_incidents(void **state)
{
    struct world *w = town(60 * SECONDS, 6);

    (void)state;
    world_agent(w, "agg-1")->is_cut = true;
    world_agent(w, "acc-3-2")->is_cut = true;
    world_run(w, 3 * MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 50);
    world_agent(w, "agg-1")->is_cut = false;
    world_run(w, 5 * MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 10);
    world_agent(w, "acc-3-2")->is_cut = false;
    world_run(w, 5 * MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 2);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    world_free(w);
}

/* The cut is mended, one access point behind it stays dead: it becomes a cause of its own. */
static void who_stays_dead_after_the_repair_gets_an_incident_of_its_own(void **state)
{
    struct world *w = town(60 * SECONDS, 7);

    (void)state;
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 3 * MINUTES);
    world_agent(w, "ap-1-1-1")->is_alive = false;
    world_agent(w, "agg-1")->is_cut = false;
    world_run(w, 8 * MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(world_said(w, "closed", "fibre_cut"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 1);
    assert_int_equal(world_reason(w, "hs-1-1-1"), REASON_AP);
    world_free(w);
}

RUN_TESTS("110-uplink-cut", cmocka_unit_test(a_cut_aggregation_fibre_is_one_incident_with_forty_hotspots),
          cmocka_unit_test(the_same_holds_with_the_interval_of_the_demo),
          cmocka_unit_test(a_dead_switch_whose_port_has_light_is_a_device_down),
          cmocka_unit_test(a_switch_whose_agent_alone_is_dead_harms_no_hotspot),
          cmocka_unit_test(one_killed_agent_is_exactly_one_hotspot_in_time),
          cmocka_unit_test(two_independent_causes_stay_two_incidents),
          cmocka_unit_test(who_stays_dead_after_the_repair_gets_an_incident_of_its_own))
