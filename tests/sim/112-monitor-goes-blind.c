/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 112: it is not the town that fell silent, it is the monitor that lost sight. One incident, all unknown, one
 * recovery. */
#include <stdio.h>

#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

static struct world *town(ns_t interval, uint64_t seed)
{
    char *text = world_town(3, 4, 10);
    struct world *w = world_new(text, interval, seed);

    free(text);
    world_run(w, 3 * interval);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    return w;
}

static void stop_and_continue(ns_t interval, uint64_t seed)
{
    struct world *w = town(interval, seed);

    world_agent(w, "core")->is_cut = true; /* as SIGSTOP of the simulated city */
    world_run(w, 3 * interval);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "opened", "monitor_blind"), 1);
    assert_int_equal(world_count(w, STATE_UNKNOWN), 120);
    assert_int_equal(world_reason(w, "hs-1-1-1"), REASON_MONITOR_BLIND);
    world_run(w, 5 * interval);
    assert_int_equal(w->said_count, 1);

    world_agent(w, "core")->is_cut = false;
    world_run(w, 5 * interval);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    world_free(w);
}

static void a_town_that_falls_silent_as_a_whole_is_one_blind_incident(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        stop_and_continue(5 * SECONDS, seed);
        stop_and_continue(60 * SECONDS, seed);
    }
}

static void a_dead_collector_blinds_after_two_intervals(void **state)
{
    struct world *w = town(5 * SECONDS, 1);

    (void)state;
    w->is_collector_dead = true;
    world_run(w, 9 * SECONDS);
    assert_int_equal(w->said_count, 0);
    world_run(w, 5 * SECONDS);
    assert_int_equal(world_said(w, "opened", "monitor_blind"), 1);
    assert_int_equal(world_count(w, STATE_UNKNOWN), 120);
    world_run(w, MINUTES);
    w->is_collector_dead = false;
    world_run(w, 20 * SECONDS);
    assert_int_equal(world_said(w, "closed", "monitor_blind"), 1);
    assert_int_equal(w->said_count, 2);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

static void a_collector_that_restarts_quickly_opens_nothing(void **state)
{
    struct world *w = town(5 * SECONDS, 2);

    (void)state;
    w->is_collector_dead = true;
    world_run(w, 4 * SECONDS);
    w->is_collector_dead = false;
    world_run(w, 30 * SECONDS);
    assert_int_equal(w->said_count, 0);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

/* Blind in the middle of an outage: the outage goes on afterwards, and is not told again. */
static void an_outage_survives_blindness(void **state)
{
    struct world *w = town(5 * SECONDS, 3);

    (void)state;
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    w->is_collector_dead = true;
    world_run(w, 30 * SECONDS);
    w->is_collector_dead = false;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(world_said(w, "closed", "monitor_blind"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
    world_agent(w, "agg-1")->is_cut = false;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "closed", "fibre_cut"), 1);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

/* Two of three districts gone, the third answers, so does the core: that is an outage with two causes. */
/* The same number of access points at every switch: 148 devices, of which blind_share allows 88 at once. */
static struct world *with_silent(int of_each_switch, uint64_t seed)
{
    struct world *w = town(5 * SECONDS, seed);

    for (int g = 1; g <= 3; g++)
        for (int c = 1; c <= 4; c++)
            for (int a = 1; a <= of_each_switch; a++) {
                char id[32];
                snprintf(id, sizeof id, "ap-%d-%d-%d", g, c, a);
                world_agent(w, id)->is_alive = false;
            }
    world_run(w, 2 * MINUTES);
    return w;
}

static void more_than_blind_share_at_once_is_blindness_and_a_little_less_is_what_it_looks_like(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world *w = with_silent(7, seed); /* 84 of 148: 57 % */
        assert_int_equal(world_said(w, "opened", "monitor_blind"), 0);
        assert_int_equal(world_count(w, STATE_UNUSABLE), 84);
        assert_int_equal(world_count(w, STATE_USABLE), 36);
        world_free(w);
        w = with_silent(8, seed); /* 96 of 148: 65 % */
        assert_int_equal(world_said(w, "opened", NULL), 1);
        assert_int_equal(world_said(w, "opened", "monitor_blind"), 1);
        assert_int_equal(world_count(w, STATE_UNKNOWN), 120);
        world_free(w);
    }
}

static void a_mass_silence_under_one_parent_is_a_cut_not_blindness(void **state)
{
    char *text = world_town(1, 8, 10);
    struct world *w = world_new(text, 5 * SECONDS, 4);

    (void)state;
    free(text);
    world_run(w, 15 * SECONDS);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 80);
    world_free(w);
}

RUN_TESTS(
    "112-blind", cmocka_unit_test(a_town_that_falls_silent_as_a_whole_is_one_blind_incident),
    cmocka_unit_test(a_dead_collector_blinds_after_two_intervals),
    cmocka_unit_test(a_collector_that_restarts_quickly_opens_nothing),
    cmocka_unit_test(an_outage_survives_blindness),
    cmocka_unit_test(more_than_blind_share_at_once_is_blindness_and_a_little_less_is_what_it_looks_like),
    cmocka_unit_test(a_mass_silence_under_one_parent_is_a_cut_not_blindness))
