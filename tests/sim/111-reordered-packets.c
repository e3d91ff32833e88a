/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 111-reordered-packets.c - a network that overtakes itself: every tenth exchange meets a packet that is held
 * back for up to a minute and a half, so that answers of the poll before come into this one, first tries
 * after second ones, doubles after everything. An old value is never taken for a new one, and nobody is down.
 */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "lib/model/metric.h"
#include "tests/sim/world.h"

enum { DEVICES = 200, INTERVAL = 60, SERIES_MAX = 100 };

#define OCTETS_A_SECOND 1000000.0

static struct sim w;

static struct {
    size_t in[DEVICES]; /* place of the port's series among a device's; 0 = not told yet */
    size_t rates, gaps;
    double worst; /* deviation from the truth, of 1 */
} lab;

static void put_counter(struct sim *sim, size_t device)
{
    agent_number(sim->devices[device].agent, "1.3.6.1.2.1.31.1.1.1.6.1", SNMP_COUNTER64,
                 (uint64_t)((double)(sim->now + 10 * DAYS) / (double)SECONDS * OCTETS_A_SECOND));
}

static void note(struct sim *sim, size_t device, const Nw__Samples *s)
{
    for (size_t i = 0; s->table && i < s->table->n_series; i++)
        if (s->table->series[i]->metric == METRIC_IF_IN)
            lab.in[device] = i;
    if (!lab.in[device] || sim->now < 3 * MINUTES || s->n_values <= lab.in[device])
        return;
    double rate = s->values[lab.in[device]];
    lab.rates++;
    lab.gaps += isnan(rate);
    if (!isnan(rate))
        lab.worst = fmax(lab.worst, fabs(rate / (8 * OCTETS_A_SECOND) - 1));
}

static void open_city(void)
{
    w = (struct sim){.prepare = put_counter, .on_samples = note};
    lab = (typeof(lab)){0};
    for (size_t i = 0; i < DEVICES; i += 2)
        w.devices[i].access = SIM_PRIV;
    sim_open(&w, DEVICES, INTERVAL, 111);
    w.network = (struct sim_network){.delay = 40 * MILLISECONDS,
                                     .jitter = 60 * MILLISECONDS,
                                     .double_permille = 100,
                                     .held_permille = 50,
                                     .held_most = 90 * SECONDS};
    for (size_t i = 0; i < DEVICES; i++) {
        agent_text(w.devices[i].agent, "1.3.6.1.2.1.31.1.1.1.1.1", "p1");
        agent_number(w.devices[i].agent, "1.3.6.1.2.1.31.1.1.1.15.1", SNMP_GAUGE32, 1000);
    }
}

static void an_answer_that_was_overtaken_is_never_taken_for_a_new_one(void **state)
{
    (void)state;
    open_city();
    sim_run(&w, 60 * MINUTES);
    printf(
        "# %zu rates, %zu gaps, the worst off by %.1f %%; %.0f late, %.0f doubled, %.0f with ids not known\n",
        lab.rates, lab.gaps, 100 * lab.worst, sim_figure(&w, "snmp_rejected_late_total"),
        sim_figure(&w, "snmp_rejected_doubled_total"), sim_figure(&w, "snmp_rejected_request_id_total"));
    assert_int_equal(w.times_down, 0);
    assert_true(lab.rates > DEVICES * 50);
    assert_true(lab.gaps * 50 < lab.rates);
    /* A reading is dated when its answer comes: seconds late at most, of sixty. */
    assert_true(lab.worst < 0.1);
    assert_true(sim_figure(&w, "snmp_rejected_late_total") + sim_figure(&w, "snmp_rejected_doubled_total") >
                1000);
    assert_true(sim_figure(&w, "snmp_v3_boots_back_total") == 0);
    for (size_t i = 0; i < DEVICES; i++)
        assert_int_equal(w.devices[i].is_down, 0);
    sim_close(&w);
}

RUN_TESTS("reordered packets", cmocka_unit_test(an_answer_that_was_overtaken_is_never_taken_for_a_new_one))
