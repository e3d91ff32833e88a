/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 106-dead-fifth.c - 500 devices on a network that delays, mixes and doubles, for an hour. A fifth of them is
 * dead: from the beginning, since later, or so slow that every answer comes after the time-out. The living
 * keep their turns. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

enum { DEVICES = 500, INTERVAL = 60 };

static struct sim w;

static bool is_of_the_dead(size_t i)
{
    return i % 5 == 0;
}

static void forget_periods(void)
{
    for (size_t i = 0; i < DEVICES; i++)
        w.devices[i].started = w.devices[i].period_most = 0;
}

static void open_city(void)
{
    w = (struct sim){0};
    for (size_t i = 0; i < DEVICES; i += 15)
        w.devices[i].is_dead = true; /* from the beginning */
    for (size_t i = 5; i < DEVICES; i += 15)
        w.devices[i].delay = 60 * SECONDS;
    sim_open(&w, DEVICES, INTERVAL, 106);
    w.network =
        (struct sim_network){.delay = 60 * MILLISECONDS, .jitter = 100 * MILLISECONDS, .double_permille = 50};
    sim_run(&w, 3 * MINUTES);
    forget_periods();
    for (size_t i = 10; i < DEVICES; i += 15)
        w.devices[i].is_dead = true; /* while it is polled, or between two polls */
}

static void a_dead_fifth_delays_no_living_device_by_a_second(void **state)
{
    uint64_t datagrams[DEVICES], living = 0, dead = 0;
    ns_t worst = 0;

    (void)state;
    open_city();
    sim_run(&w, 5 * MINUTES);
    for (size_t i = 0; i < DEVICES; i++) {
        datagrams[i] = w.devices[i].datagrams;
        assert_int_equal(w.devices[i].is_down, is_of_the_dead(i));
    }
    sim_run(&w, 52 * MINUTES);
    for (size_t i = 0; i < DEVICES; i++) {
        const struct sim_device *d = &w.devices[i];

        if (is_of_the_dead(i)) {
            dead++;
            assert_true(d->datagrams - datagrams[i] <= 53); /* one a cycle */
            continue;
        }
        living++;
        if (d->period_most > worst)
            worst = d->period_most;
        assert_int_equal(d->misses, 0);
        assert_int_equal(d->overlaps, 0); /* never two requests at once */
    }
    printf("# %llu living, the latest %.3f s after its turn; %llu dead\n", (unsigned long long)living,
           (double)(worst - INTERVAL * SECONDS) / (double)SECONDS, (unsigned long long)dead);
    assert_true(worst <= (INTERVAL + 1) * SECONDS);
    assert_int_equal(w.times_down, dead);
    /* Late answers of those that are slower than our patience are no answers to the next request. */
    assert_true(sim_figure(&w, "snmp_rejected_late_total") > 100);
    assert_true(sim_figure(&w, "snmp_rejected_doubled_total") > 100);
    /* And back within a cycle. */
    for (size_t i = 0; i < DEVICES; i++) {
        w.devices[i].is_dead = false;
        w.devices[i].delay = 0;
    }
    sim_run(&w, (INTERVAL + 2) * SECONDS);
    for (size_t i = 0; i < DEVICES; i++)
        assert_false(w.devices[i].is_down);
    sim_close(&w);
}

RUN_TESTS("dead fifth", cmocka_unit_test(a_dead_fifth_delays_no_living_device_by_a_second))
