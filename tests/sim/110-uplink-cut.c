/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 110-uplink-cut.c - a switch and its 40 access points fall silent among 200 devices, and come back. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

enum { DEVICES = 200, CHILDREN = 40, INTERVAL = 60 };

static struct sim w;

static void open_city(void)
{
    w = (struct sim){0};
    for (size_t i = 1; i <= CHILDREN; i++)
        w.devices[i].uplink = "d0000";
    sim_open(&w, DEVICES, INTERVAL, 110);
    w.network = (struct sim_network){.delay = 10 * MILLISECONDS, .jitter = 5 * MILLISECONDS};
    sim_run(&w, 5 * MINUTES);
    for (size_t i = 0; i < DEVICES; i++) {
        assert_int_equal(w.devices[i].misses, 0);
        assert_true(w.devices[i].answered >= 4);
    }
}

static void kill_branch(bool is_dead)
{
    for (size_t i = 0; i <= CHILDREN; i++)
        w.devices[i].is_dead = is_dead;
}

/* An interval until the first miss, 2 s to the second, 2 s to the third, 6 × 0.5 s of confirmations, and the
 * waits for answers that do not come. */
static void dead_devices_are_down_within_an_interval_and_ten_seconds(void **state)
{
    ns_t cut;

    (void)state;
    open_city();
    sim_run(&w, 6 * SECONDS); /* the switch has just had its turn */
    cut = w.now;
    kill_branch(true);
    sim_run(&w, (INTERVAL + 10) * SECONDS);
    for (size_t i = 0; i < DEVICES; i++) {
        assert_int_equal(w.devices[i].is_down, i <= CHILDREN);
        assert_int_equal(w.devices[i].misses > 0, i <= CHILDREN);
    }
    /* The third child that is missed lets the switch be asked at once, not at its own turn. */
    size_t missed_before = 0;
    for (size_t i = 1; i <= CHILDREN; i++)
        missed_before += w.devices[i].first_miss_at <= w.devices[0].first_miss_at;
    printf("# switch missed after %.1f s, %zu children before it\n",
           (double)(w.devices[0].first_miss_at - cut) / (double)SECONDS, missed_before);
    assert_true(missed_before >= 3 && missed_before <= 8);
    assert_true(w.devices[0].down_at - cut < 15 * SECONDS);
    sim_close(&w);
}

static void a_dead_device_costs_one_datagram_an_interval(void **state)
{
    uint64_t before;

    (void)state;
    open_city();
    kill_branch(true);
    sim_run(&w, 3 * MINUTES);
    before = w.devices[7].datagrams;
    sim_run(&w, 10 * MINUTES);
    assert_true(w.devices[7].datagrams - before <= 11);
    assert_true(w.devices[7].polls >= 10); /* "no data since" stands in the journal at every interval */
    sim_close(&w);
}

static void devices_that_return_are_up_within_an_interval(void **state)
{
    (void)state;
    open_city();
    kill_branch(true);
    sim_run(&w, 10 * MINUTES);
    kill_branch(false);
    sim_run(&w, (INTERVAL + 2) * SECONDS);
    for (size_t i = 0; i < DEVICES; i++)
        assert_false(w.devices[i].is_down);
    sim_close(&w);
}

/* The dead ones do not hold up the living: 100 of 200 dead, and everyone else keeps its turn. */
static void the_dead_do_not_delay_the_living(void **state)
{
    uint64_t before[DEVICES];

    (void)state;
    open_city();
    for (size_t i = 0; i < DEVICES; i += 2)
        w.devices[i].is_dead = true;
    for (size_t i = 0; i < DEVICES; i++)
        before[i] = w.devices[i].answered;
    sim_run(&w, (10 * INTERVAL + 2) * SECONDS);
    for (size_t i = 1; i < DEVICES; i += 2) {
        assert_true(w.devices[i].answered - before[i] >= 10);
        assert_int_equal(w.devices[i].misses, 0);
    }
    sim_close(&w);
}

RUN_TESTS("uplink cut", cmocka_unit_test(dead_devices_are_down_within_an_interval_and_ten_seconds),
          cmocka_unit_test(a_dead_device_costs_one_datagram_an_interval),
          cmocka_unit_test(devices_that_return_are_up_within_an_interval),
          cmocka_unit_test(the_dead_do_not_delay_the_living))
