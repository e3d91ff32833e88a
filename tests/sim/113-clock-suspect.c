/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 113: the clock jumps. As long as it is suspect nothing is judged: one incident, states unknown, what was
 * open stays open; afterwards fresh samples decide, and there is one recovery. */
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

static void a_suspect_clock_freezes_everything_in_one_incident(void **state)
{
    char *text = world_town(3, 4, 10);
    struct world *w = world_new(text, INTERVAL, 3);

    (void)state;
    free(text);
    world_run(w, 4 * INTERVAL);
    world_agent(w, "agg-3")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    w->is_clock_suspect = true;
    world_run(w, 2 * SECONDS);
    assert_int_equal(world_said(w, "opened", "monitor_blind"), 1);
    assert_string_equal(world_first(w, "opened", "monitor_blind")->cause, "clock");
    assert_int_equal(world_count(w, STATE_UNKNOWN), 120);
    world_agent(w, "ap-1-1-1")->is_alive = false; /* nothing new is judged … */
    world_agent(w, "agg-3")->is_cut = false;      /* … and nothing ends */
    world_run(w, MINUTES);
    assert_int_equal(w->said_count, 2);
    w->is_clock_suspect = false;
    world_run(w, 2 * MINUTES);
    assert_int_equal(world_said(w, "closed", "monitor_blind"), 1);
    assert_int_equal(world_said(w, "closed", "fibre_cut"), 1);
    assert_int_equal(world_said(w, "opened", "device_down"), 1); /* the dead one, now */
    assert_int_equal(world_said(w, "opened", NULL), 3);
    assert_int_equal(world_count(w, STATE_USABLE), 119);
    world_free(w);
}

RUN_TESTS("113-clock-suspect", cmocka_unit_test(a_suspect_clock_freezes_everything_in_one_incident))
