/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 115-trap-storm.c - a thousand devices send ten traps each within a second, one of them goes on with a
 * thousand a second, and strangers join in. Traps set no state, delay nobody's poll, and cause no more polls
 * of a device than its bucket and its pauses allow. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "tests/sim/world.h"

enum { DEVICES = 1000, INTERVAL = 60, TRAPS = 10, STRANGERS = 300, MAD = 7 };

static struct sim w;

static void open_city(void)
{
    w = (struct sim){.has_traps = true};
    for (size_t i = 0; i < DEVICES; i += 3)
        w.devices[i].access = SIM_PRIV; /* their traps are of v2c all the same, as it is common */
    sim_open(&w, DEVICES, INTERVAL, 115);
    w.network = (struct sim_network){.delay = 20 * MILLISECONDS, .jitter = 20 * MILLISECONDS};
    sim_run(&w, 5 * MINUTES);
    for (size_t i = 0; i < DEVICES; i++)
        w.devices[i].polls = 0, w.devices[i].period_most = 0;
}

static size_t send_trap(const struct snmp_address *from, enum snmp_pdu_type type)
{
    static const uint32_t uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0},
                          trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0},
                          link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
    const struct varbind vbs[] = {
        {.oid = uptime, .oid_len = 9, .type = SNMP_TIMETICKS, .number = 5},
        {.oid = trap_oid, .oid_len = 11, .type = SNMP_OID, .len = 10, .value_oid = link_down}};
    struct buf b = BUF_INIT;
    size_t answered;

    agent_write(&b, 1, "c", type, 9, 0, 0, vbs, ARRAY_LEN(vbs));
    answered = sim_trap(&w, from, b.data, b.len);
    buf_fini(&b);
    return answered;
}

/* One second of it. */
static void storm(bool is_of_all)
{
    for (size_t tenth = 0; tenth < TRAPS; tenth++) {
        const struct snmp_address mad = sim_address(MAD);

        for (size_t i = 0; is_of_all && i < DEVICES; i++) {
            const struct snmp_address from = sim_address(i);

            assert_int_equal(send_trap(&from, SNMP_TRAP_V2), 0);
        }
        for (size_t i = 0; i < STRANGERS; i++) {
            struct snmp_address from = sim_address(i);

            from.ip[0] = 10;
            assert_int_equal(send_trap(&from, i % 2 ? SNMP_INFORM : SNMP_TRAP_V2), 0); /* not even informs */
        }
        for (size_t i = 0; i < 100; i++)
            (void)send_trap(&mad, SNMP_TRAP_V2);
        sim_run(&w, 100 * MILLISECONDS);
    }
}

static void a_storm_of_traps_sets_no_state_and_delays_nobody(void **state)
{
    enum { STORM_S = 60 };
    double sent;

    (void)state;
    open_city();
    storm(true);
    sim_run(&w, 9 * SECONDS);
    for (size_t i = 0; i < DEVICES; i++)
        assert_true(w.devices[i].polls >= 1); /* whoever sent one was looked at */
    for (int s = 0; s < STORM_S; s++)
        storm(false);
    sim_run(&w, 2 * MINUTES);
    sent = DEVICES * TRAPS + (STORM_S + 1) * TRAPS * 100;
    printf("# %.0f traps of devices, %.0f taken, %.0f over their limit; %.0f of strangers; %llu polls of the "
           "one "
           "that goes on\n",
           sent, sim_figure(&w, "traps_taken_total"), sim_figure(&w, "traps_over_limit_total"),
           sim_figure(&w, "traps_unknown_sender_total"), (unsigned long long)w.devices[MAD].polls);
    assert_true(sim_figure(&w, "traps_taken_total") + sim_figure(&w, "traps_over_limit_total") == sent);
    /* Twenty a second and a hundred at once of each. */
    assert_true(sim_figure(&w, "traps_taken_total") <= DEVICES * TRAPS + 100 + 20 * (STORM_S + 20));
    assert_true(sim_figure(&w, "traps_unknown_sender_total") == (STORM_S + 1) * TRAPS * STRANGERS);
    assert_int_equal(w.findings, 1); /* of the first stranger */
    assert_int_equal(w.times_down, 0);
    for (size_t i = 0; i < DEVICES; i++) {
        const struct sim_device *d = &w.devices[i];

        assert_int_equal(d->misses, 0);
        assert_int_equal(d->overlaps, 0);
        assert_true(d->period_most <= (INTERVAL + 1) * SECONDS);
        /* Regular ones, and for traps one in a miss_interval (2 s) at most. */
        assert_true(d->polls <= 5 + (i == MAD ? (STORM_S + 20) / 2 : 7));
    }
    sim_close(&w);
}

RUN_TESTS("trap storm", cmocka_unit_test(a_storm_of_traps_sets_no_state_and_delays_nobody))
