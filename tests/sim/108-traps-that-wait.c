/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 108-traps-that-wait.c - traps whose consequence is read some seconds later, with a regular poll and other
 * traps before that time. */
#include "tests/unit/cmocka_tests.h"

#include "collector/collector_internal.h"
#include "collector/field.h"
#include "tests/sim/world.h"

static const struct trap_rule AT_ONCE = {.name = "down"}, LATER = {.name = "up", .delay = 5 * SECONDS};

static struct sim w;

/* The device, two seconds before its next poll. */
static struct unit *open_device(void)
{
    struct unit *u;

    w = (struct sim){0};
    sim_open(&w, 1, 60, 108);
    sim_run(&w, 5 * MINUTES);
    u = map_get(w.collector->fleet.by_id, "d0000");
    assert_non_null(u);
    sim_run(&w, u->due - loop_mono(w.loop) - 2 * SECONDS);
    w.devices[0].polls = 0;
    return u;
}

static void a_trap_that_waits_is_followed_by_its_poll_though_a_regular_one_comes_before(void **state)
{
    struct unit *u = open_device();

    (void)state;
    unit_poll_for_trap(u, &LATER);
    sim_run(&w, 4 * SECONDS);
    assert_int_equal(w.devices[0].polls, 1); /* the regular one */
    sim_run(&w, 2 * SECONDS);
    assert_int_equal(w.devices[0].polls, 2);
    sim_run(&w, 40 * SECONDS);
    assert_int_equal(w.devices[0].polls, 2);
    sim_close(&w);
}

static void a_trap_that_waits_neither_holds_another_one_up_nor_is_forgotten_for_it(void **state)
{
    struct unit *u = open_device();

    (void)state;
    sim_run(&w, 10 * SECONDS);
    w.devices[0].polls = 0;
    unit_poll_for_trap(u, &LATER);
    unit_poll_for_trap(u, &AT_ONCE);
    sim_run(&w, 1 * SECONDS);
    assert_int_equal(w.devices[0].polls, 1);
    sim_run(&w, 5 * SECONDS + w.settings->collector.miss_interval);
    assert_int_equal(w.devices[0].polls, 2);
    sim_run(&w, 30 * SECONDS);
    assert_int_equal(w.devices[0].polls, 2);
    sim_close(&w);
}

RUN_TESTS("traps that wait",
          cmocka_unit_test(a_trap_that_waits_is_followed_by_its_poll_though_a_regular_one_comes_before),
          cmocka_unit_test(a_trap_that_waits_neither_holds_another_one_up_nor_is_forgotten_for_it))
