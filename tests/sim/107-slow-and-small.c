/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 107-slow-and-small.c - devices that answer slowly, more and more slowly, or little at a time; many behind
 * one uplink; tables without an end. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

enum { PORTS = 60 };

static struct sim w;

static void give_ports(struct agent *a)
{
    for (int i = 1; i <= PORTS; i++) {
        static const char *const columns[] = {"1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10",
                                              "1.3.6.1.2.1.2.2.1.13", "1.3.6.1.2.1.2.2.1.14"};
        char oid[64], name[16];

        for (size_t c = 0; c < ARRAY_LEN(columns); c++) {
            snprintf(oid, sizeof oid, "%s.%d", columns[c], i);
            agent_number(a, oid, c < 2 ? SNMP_COUNTER64 : SNMP_COUNTER32, 1);
        }
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.1.%d", i);
        snprintf(name, sizeof name, "port-%d", i);
        agent_text(a, oid, name);
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.8.%d", i);
        agent_integer(a, oid, 1);
    }
}

static void open_city(size_t count, ns_t delay)
{
    sim_open(&w, count, 60, 107);
    w.network = (struct sim_network){.delay = delay};
    give_ports(w.devices[0].agent);
}

/* D = 100 ms there and back. */
static void a_poll_of_n_packets_takes_n_round_trips(void **state)
{
    const ns_t round_trip = 100 * MILLISECONDS;

    (void)state;
    w = (struct sim){0};
    open_city(1, round_trip);
    sim_run(&w, 2 * MINUTES + 30 * SECONDS);
    for (int i = 0; i < 20; i++) {
        uint64_t before = agent_requests(w.devices[0].agent), n;

        w.devices[0].duration_most = 0;
        sim_run(&w, 60 * SECONDS);
        n = agent_requests(w.devices[0].agent) - before;
        assert_true(n >= 3);
        if (w.devices[0].duration_most * 10 > (ns_t)n * round_trip * 13)
            fail_msg("%llu packets took %.3f s", (unsigned long long)n,
                     (double)w.devices[0].duration_most / (double)SECONDS);
    }
    sim_close(&w);
}

static void tables_of_a_device_that_becomes_slow_are_read_less_often_until_it_recovers(void **state)
{
    uint64_t before, ordinary;

    (void)state;
    w = (struct sim){0};
    open_city(2, 60 * MILLISECONDS);
    sim_run(&w, 10 * MINUTES);
    before = agent_requests(w.devices[0].agent);
    sim_run(&w, 20 * MINUTES);
    ordinary = agent_requests(w.devices[0].agent) - before;
    assert_int_equal(w.devices[0].slowed, 0);
    w.devices[0].delay = 700 * MILLISECONDS;
    sim_run(&w, 10 * MINUTES);
    assert_int_equal(w.devices[0].slowed, 4);
    assert_int_equal(w.devices[1].slowed, 0);
    assert_true(sim_figure(&w, "devices_slowed") == 1);
    assert_true(sim_figure(&w, "polls_slowed_total") >= 5);
    before = agent_requests(w.devices[0].agent);
    sim_run(&w, 20 * MINUTES);
    printf("# %llu requests in 20 minutes, %llu while it was slow\n", (unsigned long long)ordinary,
           (unsigned long long)(agent_requests(w.devices[0].agent) - before));
    assert_true((agent_requests(w.devices[0].agent) - before) * 10 < ordinary * 7);
    w.devices[0].delay = 0;
    sim_run(&w, 30 * MINUTES);
    assert_int_equal(w.devices[0].slowed, 0);
    assert_true(sim_figure(&w, "devices_slowed") == 0);
    assert_int_equal(w.times_down, 0);
    sim_close(&w);
}

/* Datagrams over 600 bytes get lost on their way here. */
static void what_a_device_answers_at_a_time_survives_a_restart(void **state)
{
    uint64_t partial;
    uint32_t learned;

    (void)state;
    w = (struct sim){.is_journalled = true};
    w.devices[0].reply_most = 600;
    open_city(2, 20 * MILLISECONDS);
    sim_run(&w, 30 * MINUTES);
    learned = w.devices[0].get_varbinds;
    assert_in_range(learned, 4, 40);
    assert_true(sim_figure(&w, "devices_asked_for_less") == 1);
    sim_restart(&w);
    assert_true(sim_figure(&w, "devices_asked_for_less") == 1);
    partial = w.devices[0].partial;
    w.devices[0].polls = w.devices[0].answered = 0;
    sim_run(&w, 3 * MINUTES);
    assert_int_equal(w.devices[0].partial, partial);
    assert_int_equal(w.devices[0].answered, w.devices[0].polls);
    assert_in_range(w.devices[0].get_varbinds, learned / 2, learned + 20);
    assert_int_equal(w.devices[1].get_varbinds + w.devices[1].bulk_varbinds, 0);
    sim_close(&w);
}

static void devices_behind_one_uplink_are_asked_a_few_at_a_time(void **state)
{
    (void)state;
    w = (struct sim){0};
    for (size_t i = 1; i <= 200; i++)
        w.devices[i].uplink = "d0000";
    open_city(250, 400 * MILLISECONDS);
    sim_run(&w, 5 * MINUTES);
    printf("# %u of 200 at once, %.0f requests waited\n", w.behind_most,
           sim_figure(&w, "snmp_held_for_uplink_total"));
    assert_in_range(w.behind_most, 20, 32);
    assert_true(sim_figure(&w, "snmp_held_for_uplink_total") > 0);
    for (size_t i = 0; i < w.count; i++) {
        assert_int_equal(w.devices[i].misses, 0);
        assert_true(w.devices[i].answered >= 4);
    }
    sim_close(&w);
}

/* Circles, OIDs that go back, a table without an end, errors: not down, and it is said. */
static void broken_tables_are_told_and_the_device_is_not_down(void **state)
{
    static const enum agent_fault faults[] = {AGENT_SAME_OID, AGENT_DECREASING, AGENT_PING_PONG,
                                              AGENT_ENDLESS,  AGENT_EMPTY,      AGENT_GEN_ERR};

    uint64_t before[ARRAY_LEN(faults)];

    (void)state;
    w = (struct sim){0};
    open_city(ARRAY_LEN(faults) + 1, 10 * MILLISECONDS);
    for (size_t i = 0; i < ARRAY_LEN(faults); i++)
        agent_set_fault(w.devices[i].agent, faults[i]);
    sim_run(&w, 8 * MINUTES);
    for (size_t i = 0; i <= ARRAY_LEN(faults); i++) {
        assert_int_equal(w.devices[i].is_walk_broken, i < ARRAY_LEN(faults));
        assert_int_equal(w.devices[i].misses, 0);
    }
    assert_int_equal(w.times_down, 0);
    assert_true(sim_figure(&w, "devices_walk_broken") == ARRAY_LEN(faults));
    assert_true(w.findings >= ARRAY_LEN(faults));
    /* Nobody asks for ever: the circles cost a few requests at each identification, the table without an end
     * all of a poll's time now and then. */
    for (size_t i = 0; i < ARRAY_LEN(faults); i++)
        before[i] = agent_requests(w.devices[i].agent);
    sim_run(&w, 2 * HOURS);
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        uint64_t asked = agent_requests(w.devices[i].agent) - before[i];

        printf("# fault %d: %llu requests in two hours\n", (int)faults[i], (unsigned long long)asked);
        assert_true(asked < (faults[i] == AGENT_ENDLESS ? 100000 : 1200));
        agent_set_fault(w.devices[i].agent, AGENT_HONEST);
    }
    sim_run(&w, 3 * HOURS);
    assert_true(sim_figure(&w, "devices_walk_broken") == 0);
    sim_close(&w);
}

RUN_TESTS("slow and small", cmocka_unit_test(a_poll_of_n_packets_takes_n_round_trips),
          cmocka_unit_test(tables_of_a_device_that_becomes_slow_are_read_less_often_until_it_recovers),
          cmocka_unit_test(what_a_device_answers_at_a_time_survives_a_restart),
          cmocka_unit_test(devices_behind_one_uplink_are_asked_a_few_at_a_time),
          cmocka_unit_test(broken_tables_are_told_and_the_device_is_not_down))
