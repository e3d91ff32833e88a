/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_source.c - from polls to records: a scripted agent, the shipped profile `generic`, and what the
 * journal gets. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "collector/source.h"
#include "tests/sim/agent.h"

#define INTERVAL (60 * SECONDS)

struct world {
    struct agent *agent;
    struct profile_set *profiles;
    struct poll *poll;
    struct varbind_set *varbinds;
    struct decoder *decoder;
    struct source *source;
    struct source_scratch *scratch;
    struct reach reach;
    struct buf reply;
    ns_t now;
    uint64_t uptime_cs;
    int requests, silent_after; /* requests answered in a poll; -1 = all */
    Nw__Samples *last;
    uint32_t in_index, series;
};

static void set_counters(struct world *w, uint64_t in)
{
    agent_number(w->agent, "1.3.6.1.2.1.31.1.1.1.6.1", SNMP_COUNTER64, in);
    agent_number(w->agent, "1.3.6.1.2.1.31.1.1.1.10.1", SNMP_COUNTER64, 7);
}

static struct world *open_world(void)
{
    struct world *w = calloc(1, sizeof *w);
    const char *root = getenv("NETZWACHT_SOURCE");
    char dir[4096];
    const char *dirs[] = {dir};
    struct conf_report *report;

    assert_non_null(w);
    snprintf(dir, sizeof dir, "%s/profiles", root ? root : ".");
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &w->profiles));
    conf_report_free(report);
    struct poll_options o = {.profiles = w->profiles, .profile = "generic", .version = 1};
    assert_ok(poll_new(&o, &w->poll));
    assert_ok(source_new("device-1", &w->source));
    w->agent = agent_new();
    w->varbinds = varbind_set_new();
    w->decoder = decoder_new();
    w->scratch = source_scratch_new();
    w->now = 1000 * SECONDS;
    w->uptime_cs = 1000000;
    w->silent_after = -1;
    agent_system(w->agent, "one", "1.3.6.1.4.1.99999.1", w->uptime_cs);
    agent_text(w->agent, "1.3.6.1.2.1.31.1.1.1.1.1", "eth0");
    agent_integer(w->agent, "1.3.6.1.2.1.2.2.1.8.1", 1);
    agent_number(w->agent, "1.3.6.1.2.1.31.1.1.1.15.1", SNMP_GAUGE32, 1000);
    agent_number(w->agent, "1.3.6.1.2.1.31.1.1.1.19.1", SNMP_TIMETICKS, 0);
    set_counters(w, 1000);
    return w;
}

static void close_world(struct world *w)
{
    source_free(w->source);
    source_scratch_free(w->scratch);
    decoder_free(w->decoder);
    varbind_set_free(w->varbinds);
    poll_free(w->poll);
    profile_set_free(w->profiles);
    agent_free(w->agent);
    buf_fini(&w->reply);
    free(w);
}

static enum err exchange(struct world *w, const struct poll_request *ask, struct snmp_message *m)
{
    if (w->silent_after >= 0 && w->requests > w->silent_after)
        return ERR_TIMEOUT;
    return agent_ask(w->agent, 1, ask, &w->reply, m);
}

static void note_table(struct world *w)
{
    if (!w->last->table)
        return;
    w->series = (uint32_t)w->last->table->n_series;
    for (uint32_t i = 0; i < w->series; i++) {
        if (w->last->table->series[i]->metric == METRIC_IF_IN)
            w->in_index = i;
    }
}

static void poll_and_record(struct world *w, bool is_table_due)
{
    struct poll_request ask;
    const struct device_view *view = NULL;
    enum poll_next next;

    agent_number(w->agent, "1.3.6.1.2.1.1.3.0", SNMP_TIMETICKS, w->uptime_cs);
    w->requests = 0;
    next = poll_begin(w->poll, w->now, w->now + 30 * SECONDS, w->reach.misses > 0, &ask);
    while (next == POLL_ASK) {
        struct snmp_message m;

        w->requests++;
        enum err e = exchange(w, &ask, &m);
        next = poll_step(w->poll, w->now, e, e ? NULL : &m, &ask);
    }
    (void)reach_polled(&w->reach, poll_summary(w->poll)->is_answered);
    varbind_set_clear(w->varbinds);
    assert_ok(poll_collect(w->poll, w->varbinds));
    if (poll_profile(w->poll))
        assert_ok(decode(w->decoder, poll_profile(w->poll), w->varbinds, &view));
    struct source_poll in = {.poll = w->poll,
                             .varbinds = w->varbinds,
                             .view = view,
                             .reach = &w->reach,
                             .started_wall = 1,
                             .rtt = 5 * MILLISECONDS,
                             .now = w->now,
                             .interval = INTERVAL};
    assert_ok(source_record(w->source, &in, is_table_due, w->scratch, &w->last));
    note_table(w);
    w->now += INTERVAL;
    w->uptime_cs += 6000;
}

static double in_rate(const struct world *w)
{
    assert_true(w->in_index > 0 && w->in_index < w->last->n_values);
    return w->last->values[w->in_index];
}

static int reason_of(const struct world *w, uint32_t index)
{
    for (size_t i = 0; i < w->last->n_unknown; i++) {
        if (w->last->unknown[i]->index == index)
            return (int)w->last->unknown[i]->reason;
    }
    return -1;
}

static void the_first_record_has_the_table_and_no_rates_yet(void **state)
{
    struct world *w = open_world();

    (void)state;
    poll_and_record(w, true);
    assert_non_null(w->last->table);
    assert_string_equal(w->last->source, "device-1");
    assert_string_equal(w->last->table->entities[0]->id, "device");
    assert_int_equal(w->last->table->series[0]->metric, METRIC_REACHABLE);
    assert_int_equal(w->last->table->series[1]->metric, METRIC_POLL_RTT);
    assert_int_equal(w->last->n_values, w->last->table->n_series);
    assert_true(w->last->values[0] == 1);
    assert_true(w->last->values[1] == 0.005);
    assert_true(isnan(in_rate(w)));
    assert_int_equal(reason_of(w, w->in_index), QUALITY_GAP);
    assert_string_equal(w->last->table->identity->sys_name, "one");
    assert_int_equal(w->last->table->interval_ms, 60000);
    close_world(w);
}

static void the_second_record_has_rates_and_no_table(void **state)
{
    struct world *w = open_world();
    uint32_t version;

    (void)state;
    poll_and_record(w, true);
    version = w->last->table_version;
    set_counters(w, 1000 + 60 * 125);
    poll_and_record(w, false);
    assert_null(w->last->table);
    assert_int_equal(w->last->table_version, version);
    assert_true(in_rate(w) == 1000); /* bit/s */
    assert_int_equal(reason_of(w, w->in_index), -1);
    close_world(w);
}

static void a_restart_or_a_discontinuity_is_a_gap_and_no_spike(void **state)
{
    struct world *w = open_world();

    (void)state;
    poll_and_record(w, true);
    set_counters(w, 5);
    w->uptime_cs = 100;
    poll_and_record(w, false);
    assert_true(isnan(in_rate(w)));
    assert_int_equal(reason_of(w, w->in_index), QUALITY_GAP);
    set_counters(w, 5 + 7500);
    poll_and_record(w, false);
    assert_true(in_rate(w) == 1000);
    set_counters(w, 5 + 15000);
    agent_number(w->agent, "1.3.6.1.2.1.31.1.1.1.19.1", SNMP_TIMETICKS, 99);
    poll_and_record(w, false);
    assert_true(isnan(in_rate(w)));
    close_world(w);
}

static void add_interface(struct world *w, unsigned index, uint64_t in)
{
    char oid[64], name[16];

    snprintf(name, sizeof name, "eth%u", index);
    snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.1.%u", index);
    agent_text(w->agent, oid, name);
    snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.6.%u", index);
    agent_number(w->agent, oid, SNMP_COUNTER64, in);
    snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.10.%u", index);
    agent_number(w->agent, oid, SNMP_COUNTER64, 7);
}

static void what_comes_or_goes_in_between_costs_the_others_no_rate(void **state)
{
    struct world *w = open_world();

    (void)state;
    add_interface(w, 9, 1000);
    poll_and_record(w, true);
    poll_and_record(w, false);
    assert_true(in_rate(w) == 0);
    add_interface(w, 4, 5);
    add_interface(w, 5, 5);
    w->now += 6 * MINUTES; /* the tables are walked anew */
    w->uptime_cs += 36000;
    add_interface(w, 9, 1000 + 7 * 60 * 125);
    poll_and_record(w, false);
    assert_non_null(w->last->table);
    assert_true(in_rate(w) == 1000); /* of eth9, the last one */
    agent_remove(w->agent, "1.3.6.1.2.1.31.1.1.1.1.4");
    agent_remove(w->agent, "1.3.6.1.2.1.31.1.1.1.6.4");
    agent_remove(w->agent, "1.3.6.1.2.1.31.1.1.1.10.4");
    add_interface(w, 9, 1000 + 8 * 60 * 125);
    poll_and_record(w, false);
    assert_true(in_rate(w) == 1000);
    add_interface(w, 9, 1000 + 9 * 60 * 125);
    poll_and_record(w, false);
    assert_true(in_rate(w) == 1000);
    close_world(w);
}

static void more_than_the_line_can_carry_is_a_gap(void **state)
{
    struct world *w = open_world();

    (void)state;
    poll_and_record(w, true);
    set_counters(w, UINT64_C(60) * 10 * 125000000);
    poll_and_record(w, false);
    assert_true(isnan(in_rate(w)));
    close_world(w);
}

static void what_could_not_be_read_is_unknown_and_the_table_stays(void **state)
{
    struct world *w = open_world();
    uint32_t version;

    (void)state;
    poll_and_record(w, true);
    poll_and_record(w, false);
    version = w->last->table_version;
    /* Enough interfaces that one GET does not hold them all. */
    for (int i = 2; i < 40; i++) {
        char oid[64];

        snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.6.%d", i);
        agent_number(w->agent, oid, SNMP_COUNTER64, 5);
        snprintf(oid, sizeof oid, "1.3.6.1.2.1.31.1.1.1.1.%d", i);
        agent_text(w->agent, oid, "port");
    }
    w->now += 2 * POLL_REWALK;
    w->uptime_cs += (uint64_t)(2 * POLL_REWALK / (10 * MILLISECONDS));
    poll_and_record(w, false);
    assert_non_null(w->last->table); /* another structure: another version */
    assert_true(w->last->table_version != version);
    version = w->last->table_version;
    w->silent_after = 1;
    poll_and_record(w, false);
    assert_int_equal(w->last->outcome, NW__OUTCOMES__OUTCOME_PARTIAL);
    assert_int_equal(w->last->table_version, version);
    assert_null(w->last->table);
    assert_int_equal(w->last->n_values, w->series);
    size_t unanswered = 0;
    for (size_t i = 0; i < w->last->n_unknown; i++)
        unanswered += w->last->unknown[i]->reason == QUALITY_NO_ANSWER;
    assert_true(unanswered > 10);
    assert_true(w->last->values[0] == 1);
    close_world(w);
}

static void a_silent_device_has_a_short_record(void **state)
{
    struct world *w = open_world();

    (void)state;
    poll_and_record(w, true);
    w->silent_after = 0;
    poll_and_record(w, false);
    assert_int_equal(w->last->outcome, NW__OUTCOMES__OUTCOME_TIMEOUT);
    assert_int_equal(w->last->n_values, 1);
    assert_true(isnan(w->last->values[0]));
    assert_int_equal(w->last->misses, 1);
    assert_null(w->last->table);
    (void)reach_confirmed(&w->reach, false);
    poll_and_record(w, true); /* a new segment: the table stands in it, though the device is silent */
    assert_non_null(w->last->table);
    assert_int_equal(w->last->table->n_series, w->series);
    assert_true(w->series > 2);
    assert_true(w->last->values[0] == 0);
    assert_true(w->last->is_down);
    close_world(w);
}

static void a_device_that_never_answered_has_a_table_of_its_own_two_series(void **state)
{
    struct world *w = open_world();

    (void)state;
    w->silent_after = 0;
    poll_and_record(w, true);
    assert_non_null(w->last->table);
    assert_int_equal(w->last->table->n_series, 2);
    assert_int_equal(w->last->table->n_entities, 1);
    close_world(w);
}

static void the_table_tells_neighbours_and_ports_that_feed(void **state)
{
    struct world *w = open_world();
    const char *const status = "1.3.6.1.2.1.105.1.1.1.6.1.1";

    (void)state;
    agent_integer(w->agent, "1.0.8802.1.1.2.1.3.1.0", 7); /* local(7) */
    agent_text(w->agent, "1.0.8802.1.1.2.1.3.2.0", "one's chassis");
    agent_integer(w->agent, "1.0.8802.1.1.2.1.4.1.1.4.0.1.1", 7);
    agent_text(w->agent, "1.0.8802.1.1.2.1.4.1.1.5.0.1.1", "another's chassis");
    agent_text(w->agent, "1.0.8802.1.1.2.1.4.1.1.9.0.1.1", "another");
    agent_text(w->agent, "1.0.8802.1.1.2.1.4.1.1.12.0.1.1", " "); /* 0x20: a bridge */
    agent_integer(w->agent, "1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.192.0.2.7", 2);
    agent_integer(w->agent, status, 3);
    poll_and_record(w, true);
    assert_string_equal(w->last->table->chassis_id, "one's chassis");
    assert_int_equal(w->last->table->n_neighbours, 1);
    assert_string_equal(w->last->table->neighbours[0]->entity, "if/eth0");
    assert_string_equal(w->last->table->neighbours[0]->chassis_id, "another's chassis");
    assert_string_equal(w->last->table->neighbours[0]->address, "192.0.2.7");
    assert_int_equal(w->last->table->n_poe, 1);
    assert_string_equal(w->last->table->poe[0]->entity, "if/eth0");
    assert_int_equal(w->last->table->poe[0]->status, 3);
    agent_integer(w->agent, status, 2); /* no longer delivers power: worth a table */
    poll_and_record(w, false);
    assert_non_null(w->last->table);
    assert_int_equal(w->last->table->poe[0]->status, 2);
    agent_integer(w->agent, status, 5); /* still does not */
    poll_and_record(w, false);
    assert_null(w->last->table);
    close_world(w);
}

RUN_TESTS("source", cmocka_unit_test(the_first_record_has_the_table_and_no_rates_yet),
          cmocka_unit_test(the_second_record_has_rates_and_no_table),
          cmocka_unit_test(a_restart_or_a_discontinuity_is_a_gap_and_no_spike),
          cmocka_unit_test(what_comes_or_goes_in_between_costs_the_others_no_rate),
          cmocka_unit_test(more_than_the_line_can_carry_is_a_gap),
          cmocka_unit_test(what_could_not_be_read_is_unknown_and_the_table_stays),
          cmocka_unit_test(the_table_tells_neighbours_and_ports_that_feed),
          cmocka_unit_test(a_silent_device_has_a_short_record),
          cmocka_unit_test(a_device_that_never_answered_has_a_table_of_its_own_two_series))
