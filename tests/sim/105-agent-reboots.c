/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 105-agent-reboots.c - a switch reboots between two polls, comes back with its ports numbered otherwise, and
 * is renumbered while it runs; one port's counter starts anew or steps back; there are none of 64 bits. A
 * reset is a gap, no wrap, a wrap is no gap; no port gets another one's traffic as a spike. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "lib/model/metric.h"
#include "tests/sim/world.h"

enum { PORTS = 8, SERIES_MAX = 400 };

#define SPEED_MBIT 1000

static struct {
    uint32_t index[PORTS]; /* of port p: ifIndex */
    ns_t counting_since[PORTS];
    uint64_t discontinuity[PORTS]; /* ifCounterDiscontinuityTime, ticks */
    uint64_t stands_at;            /* port 0's counter does not move; 0 = it counts */
    bool lacks_hc;
    size_t port_of[SERIES_MAX];
    bool is_in[SERIES_MAX], is_told_of;
    size_t series;
    double rate[PORTS]; /* of the last record */
    size_t records, above, wrong;
} lab;

/* Port p carries (p + 1) × 10 Mbit/s. */
static uint64_t octets_of(const struct sim *w, size_t p)
{
    if (p == 0 && lab.stands_at)
        return lab.stands_at;
    return (uint64_t)((double)(w->now - lab.counting_since[p]) / (double)SECONDS * (double)(p + 1) * 1.25e6);
}

static void put(struct agent *a, const char *column, uint32_t index, enum snmp_type type, uint64_t value)
{
    char oid[64];

    snprintf(oid, sizeof oid, "%s.%u", column, index);
    agent_number(a, oid, type, value);
}

static void put_ports(struct sim *w, size_t device)
{
    struct agent *a = w->devices[device].agent;

    for (size_t p = 0; p < PORTS; p++) {
        char oid[64], name[8];

        snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.1.%u", lab.index[p]);
        snprintf(name, sizeof name, "p%zu", p);
        agent_text(a, oid, name);
        put(a, "1.3.6.1.2.1.31.1.1.1.15", lab.index[p], SNMP_GAUGE32, SPEED_MBIT);
        put(a, "1.3.6.1.2.1.31.1.1.1.19", lab.index[p], SNMP_TIMETICKS, lab.discontinuity[p]);
        if (lab.lacks_hc) {
            put(a, "1.3.6.1.2.1.2.2.1.10", lab.index[p], SNMP_COUNTER32, octets_of(w, p) & UINT32_MAX);
            put(a, "1.3.6.1.2.1.2.2.1.16", lab.index[p], SNMP_COUNTER32, 0);
        } else {
            put(a, "1.3.6.1.2.1.31.1.1.1.6", lab.index[p], SNMP_COUNTER64, octets_of(w, p));
            put(a, "1.3.6.1.2.1.31.1.1.1.10", lab.index[p], SNMP_COUNTER64, 0);
        }
    }
}

static void note_table(const Nw__Table *t)
{
    lab.series = t->n_series;
    assert_true(lab.series < SERIES_MAX);
    for (size_t i = 0; i < lab.series; i++) {
        unsigned port = PORTS;

        lab.port_of[i] = PORTS;
        lab.is_in[i] = t->series[i]->metric == METRIC_IF_IN;
        if (lab.is_in[i] && sscanf(t->entities[t->series[i]->entity]->id, "if/p%u", &port) == 1)
            lab.port_of[i] = port;
    }
}

static void note_rates(struct sim *w, size_t device, const Nw__Samples *s)
{
    (void)w;
    (void)device;
    if (s->table)
        note_table(s->table);
    lab.records++;
    for (size_t i = 0; i < lab.series && i < s->n_values; i++) {
        size_t p = lab.port_of[i];

        if (p == PORTS)
            continue;
        lab.rate[p] = s->values[i];
        lab.above += s->values[i] > 1.01e6 * SPEED_MBIT;
        lab.wrong +=
            !isnan(s->values[i]) && fabs(s->values[i] - 1e7 * (double)(p + 1)) > 1e5 * (double)(p + 1);
    }
}

static bool are_all(bool known)
{
    for (size_t p = 0; p < PORTS; p++)
        if (isnan(lab.rate[p]) == known)
            return false;
    return true;
}

static void open_switch_that(struct sim *w, enum sim_access access, bool lacks_hc)
{
    *w = (struct sim){.prepare = put_ports, .on_samples = note_rates};
    lab = (typeof(lab)){.lacks_hc = lacks_hc};
    for (size_t p = 0; p < PORTS; p++) {
        lab.index[p] = (uint32_t)p + 1;
        lab.counting_since[p] = -400 * DAYS;
    }
    w->devices[0].access = access;
    sim_open(w, 1, 60, 105);
    w->network = (struct sim_network){.delay = 20 * MILLISECONDS};
    sim_run(w, 5 * MINUTES + 30 * SECONDS);
    assert_true(are_all(true));
    assert_int_equal(lab.wrong, 0);
}

static void open_switch(struct sim *w)
{
    open_switch_that(w, SIM_V2C, false);
}

static void reboot(struct sim *w)
{
    w->devices[0].booted = w->now;
    for (size_t p = 0; p < PORTS; p++)
        lab.counting_since[p] = w->now;
}

/* Ports change places by pairs. */
static void renumber(void)
{
    for (size_t p = 0; p < PORTS; p += 2) {
        uint32_t other = lab.index[p];

        lab.index[p] = lab.index[p + 1];
        lab.index[p + 1] = other;
    }
}

static void a_reboot_is_one_gap_and_no_wrap(void **state)
{
    static struct sim w;

    (void)state;
    open_switch(&w);
    reboot(&w);
    sim_run(&w, 60 * SECONDS);
    assert_true(are_all(false));
    sim_run(&w, 60 * SECONDS);
    assert_true(are_all(true));
    assert_int_equal(lab.wrong + lab.above, 0);
    assert_int_equal(w.times_down, 0);
    sim_close(&w);
}

static void ports_numbered_otherwise_after_a_reboot_keep_their_own_rates(void **state)
{
    static struct sim w;

    (void)state;
    open_switch(&w);
    reboot(&w);
    renumber();
    sim_run(&w, 3 * MINUTES);
    assert_true(are_all(true));
    assert_int_equal(lab.wrong + lab.above, 0);
    sim_close(&w);
}

/* Nothing tells of it until the names are read again: then it is a gap. In between a rate may be the
 * neighbour's, but never more than the line carries. */
static void ports_renumbered_at_run_time_make_no_spike_and_are_right_when_names_are_read_again(void **state)
{
    static struct sim w;
    size_t wrong;

    (void)state;
    open_switch(&w);
    renumber();
    sim_run(&w, 20 * MINUTES + 30 * SECONDS);
    wrong = lab.wrong;
    sim_run(&w, 20 * MINUTES);
    assert_int_equal(lab.above, 0);
    assert_int_equal(lab.wrong, wrong);
    assert_true(are_all(true));
    sim_close(&w);
}

/* It is up again so soon that sysUpTime stands where it would anyway, and its counters are beyond where they
 * were. */
static void a_reboot_that_sysuptime_does_not_show_is_one_gap_under_snmpv3(void **state)
{
    static struct sim w;

    (void)state;
    open_switch_that(&w, SIM_PRIV, false);
    agent_v3_restart(w.devices[0].v3, w.devices[0].v3->boots + 1, w.now);
    for (size_t p = 0; p < PORTS; p++)
        lab.counting_since[p] -= 90 * SECONDS;
    sim_run(&w, 60 * SECONDS);
    assert_true(are_all(false));
    sim_run(&w, 60 * SECONDS);
    assert_true(are_all(true));
    assert_int_equal(lab.wrong + lab.above, 0);
    assert_int_equal(w.times_down, 0);
    sim_close(&w);
}

static void
a_line_card_that_starts_anew_is_told_by_its_discontinuity_time_and_a_gap_of_its_ports(void **state)
{
    static struct sim w;

    (void)state;
    open_switch(&w);
    /* The counter is beyond where it was: nothing else tells. */
    lab.counting_since[0] = -400 * DAYS - 90 * SECONDS;
    lab.discontinuity[0] = (uint64_t)((w.now - w.devices[0].booted) / (10 * MILLISECONDS));
    sim_run(&w, 60 * SECONDS);
    assert_true(isnan(lab.rate[0]));
    for (size_t p = 1; p < PORTS; p++)
        assert_false(isnan(lab.rate[p]));
    sim_run(&w, 60 * SECONDS);
    assert_true(are_all(true));
    assert_int_equal(lab.wrong + lab.above, 0);
    sim_close(&w);
}

/* Some agents count a frame twice and take it back. */
static void a_counter_that_steps_back_by_one_is_a_gap(bool lacks_hc)
{
    static struct sim w;

    open_switch_that(&w, SIM_V2C, lacks_hc);
    lab.stands_at = octets_of(&w, 0);
    sim_run(&w, 3 * MINUTES);
    assert_true(lab.rate[0] == 0);
    lab.wrong = 0; /* the port is idle now */
    lab.stands_at--;
    sim_run(&w, 60 * SECONDS);
    assert_true(isnan(lab.rate[0]));
    sim_run(&w, 60 * SECONDS);
    assert_true(lab.rate[0] == 0);
    assert_int_equal(lab.above, 0);
    sim_close(&w);
}

static void a_counter_of_64_bits_that_steps_back_by_one_is_a_gap_and_no_wrap(void **state)
{
    (void)state;
    a_counter_that_steps_back_by_one_is_a_gap(false);
}

static void a_counter_of_32_bits_that_steps_back_by_one_is_a_gap_and_no_wrap(void **state)
{
    (void)state;
    a_counter_that_steps_back_by_one_is_a_gap(true);
}

static void without_counters_of_64_bits_those_of_32_are_read_and_their_wraps_are_no_gaps(void **state)
{
    static struct sim w;
    size_t wraps = 0;

    (void)state;
    open_switch_that(&w, SIM_V2C, true);
    for (int minute = 0; minute < 30; minute++) {
        uint64_t before = octets_of(&w, PORTS - 1);

        sim_run(&w, 60 * SECONDS);
        wraps += before >> 32 != octets_of(&w, PORTS - 1) >> 32;
        assert_true(are_all(true));
    }
    assert_true(wraps >= 3);
    assert_int_equal(lab.wrong + lab.above, 0);
    sim_close(&w);
}

RUN_TESTS(
    "agent reboots", cmocka_unit_test(a_reboot_is_one_gap_and_no_wrap),
    cmocka_unit_test(a_reboot_that_sysuptime_does_not_show_is_one_gap_under_snmpv3),
    cmocka_unit_test(a_line_card_that_starts_anew_is_told_by_its_discontinuity_time_and_a_gap_of_its_ports),
    cmocka_unit_test(a_counter_of_64_bits_that_steps_back_by_one_is_a_gap_and_no_wrap),
    cmocka_unit_test(a_counter_of_32_bits_that_steps_back_by_one_is_a_gap_and_no_wrap),
    cmocka_unit_test(without_counters_of_64_bits_those_of_32_are_read_and_their_wraps_are_no_gaps),
    cmocka_unit_test(ports_numbered_otherwise_after_a_reboot_keep_their_own_rates),
    cmocka_unit_test(ports_renumbered_at_run_time_make_no_spike_and_are_right_when_names_are_read_again))
