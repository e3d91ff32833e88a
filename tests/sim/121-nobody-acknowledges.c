/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 121-nobody-acknowledges.c - an incident that nobody acknowledges goes up its chain, step by step, and no
 * step twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/escalation.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/rules_refused.h"

#define INTERVAL (5 * SECONDS)
#define STEPS                                                                                                \
    "    steps: [{after: 10min, channel: desk, to: Bereitschaft}, {after: 20min, channel: boss, to: "        \
    "Leitung}]\n"
#define CHAIN "escalations:\n  - id: night\n    severity: minor\n" STEPS

static struct world *town_with_a_cut(const char *rules)
{
    char *text = world_town(2, 1, 4);
    struct world *w = world_new_with(text, rules, INTERVAL, 7);

    free(text);
    world_run(w, 4 * INTERVAL);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(w->said_count, 1);
    return w;
}

static ns_t age(const struct world *w)
{
    return w->now - w->said[0].at;
}

static void run_to(struct world *w, ns_t since_opening)
{
    world_run(w, since_opening - age(w));
}

static const char *tell(struct world *w, struct engine_command c)
{
    c.id = "c";
    c.target = c.target ? c.target : w->said[0].id;
    c.by = "Schmidt";
    c.via = "mqtt";
    c.comment = c.comment ? c.comment : "";
    return engine_command(w->engine, w->now, &c);
}

static void assert_step(const struct world *w, size_t k, const char *channel, ns_t since_opening)
{
    ns_t at;

    assert_true(k < w->escalated_count);
    assert_string_equal(w->escalated[k].channel, channel);
    at = w->escalated[k].at - w->said[0].at;
    if (at < since_opening || at > since_opening + INTERVAL)
        fail_msg("%s was told %.1f s after the opening, not %.1f", channel, (double)at / 1e9,
                 (double)since_opening / 1e9);
}

static void each_step_comes_once_in_its_time(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 9 * MINUTES);
    assert_int_equal(w->escalated_count, 0);
    run_to(w, 3 * HOURS);
    assert_int_equal(w->escalated_count, 2);
    assert_step(w, 0, "desk", 10 * MINUTES);
    assert_step(w, 1, "boss", 30 * MINUTES);
    assert_string_equal(w->escalated[1].to, "Leitung");
    world_free(w);
}

static void take_history(void *ctx, const Nw__Incident *i)
{
    char *out = ctx;

    for (size_t k = 0; k < i->n_history; k++)
        snprintf(out + strlen(out), 400 - strlen(out), "%s>%s (%s) %s; ", i->history[k]->verb,
                 i->history[k]->to, i->history[k]->comment, i->history[k]->by);
}

static void the_history_says_whom_and_why(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);
    char history[400] = "";

    (void)state;
    run_to(w, 11 * MINUTES);
    engine_open_incidents(w->engine, take_history, history);
    assert_string_equal(history, "escalate>Bereitschaft (night: 1/2, desk) netzwacht; ");
    assert_string_equal(w->said[w->said_count - 1].event, "changed"); /* the NOC is told, too */
    world_free(w);
}

static void acknowledging_ends_it(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 11 * MINUTES);
    assert_null(tell(w, (struct engine_command){.verb = "acknowledge"}));
    run_to(w, 5 * HOURS);
    assert_int_equal(w->escalated_count, 1);
    world_free(w);
}

static void a_comment_is_no_acknowledgement(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 9 * MINUTES);
    assert_null(tell(w, (struct engine_command){.verb = "comment", .comment = "hm"}));
    run_to(w, 11 * MINUTES);
    assert_step(w, 0, "desk", 10 * MINUTES);
    world_free(w);
}

static void shelving_stops_the_clock_and_its_end_starts_it_anew(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 9 * MINUTES);
    assert_null(tell(
        w, (struct engine_command){.verb = "shelve", .comment = "Bagger", .until = w->now + 60 * MINUTES}));
    run_to(w, 78 * MINUTES); /* shelved until 69, then nine of the ten */
    assert_int_equal(w->escalated_count, 0);
    run_to(w, 80 * MINUTES);
    assert_step(w, 0, "desk", 79 * MINUTES);
    world_free(w);
}

static void a_closed_incident_goes_no_further(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 11 * MINUTES);
    world_agent(w, "agg-1")->is_cut = false;
    run_to(w, 3 * HOURS);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(w->escalated_count, 1);
    world_free(w);
}

static void maintenance_of_the_cause_keeps_it_quiet(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 5 * MINUTES);
    assert_null(tell(w, (struct engine_command){
                            .verb = "maintenance", .target = "agg-1", .until = w->now + 60 * MINUTES}));
    run_to(w, 60 * MINUTES);
    assert_int_equal(w->escalated_count, 0);
    world_free(w);
}

static void a_restart_repeats_no_step_and_forgets_no_minute(void **state)
{
    struct world *w = town_with_a_cut(CHAIN);

    (void)state;
    run_to(w, 5 * MINUTES);
    world_restart_engine(w);
    run_to(w, 11 * MINUTES);
    assert_step(w, 0, "desk", 10 * MINUTES);
    world_restart_engine(w);
    run_to(w, 29 * MINUTES);
    assert_int_equal(w->escalated_count, 1);
    world_restart_engine(w);
    run_to(w, 60 * MINUTES);
    assert_step(w, 1, "boss", 30 * MINUTES);
    world_restart_engine(w);
    run_to(w, 5 * HOURS);
    assert_int_equal(w->escalated_count, 2);
    world_free(w);
}

static void the_first_chain_that_fits_counts(void **state)
{
    static const char rules[] =
        "escalations:\n"
        "  - {id: far, sites: [elsewhere], severity: minor, steps: [{after: 1min, channel: a, to: A}]}\n"
        "  - {id: power, types: [power_cut], severity: minor, steps: [{after: 1min, channel: b, to: B}]}\n"
        "  - {id: many, priority: 1000000, severity: minor, steps: [{after: 1min, channel: c, to: C}]}\n"
        "  - {id: worst, severity: critical, steps: [{after: 1min, channel: d, to: D}]}\n"
        "  - {id: fits, types: [fibre_cut, device_down], severity: minor, steps: [{after: 1min, channel: e, "
        "to: E}]}\n"
        "  - {id: later, severity: minor, steps: [{after: 1min, channel: f, to: F}]}\n";
    struct world *w = town_with_a_cut(rules);

    (void)state;
    assert_string_not_equal(w->said[0].severity, "critical");
    run_to(w, 10 * MINUTES);
    assert_int_equal(w->escalated_count, 1);
    assert_step(w, 0, "e", 1 * MINUTES);
    world_free(w);
}

static void an_incident_that_gets_worse_begins_the_chain_of_the_worse(void **state)
{
    static const char rules[] =
        "rules:\n  - {id: dark, metric: optic.rx_power, below: -30, severity: critical, type: "
        "optical_level}\n"
        "escalations:\n"
        "  - {id: worst, severity: critical, steps: [{after: 5min, channel: all, to: Alle}]}\n"
        "  - {id: some, severity: minor, steps: [{after: 10min, channel: desk, to: Tisch}]}\n";
    char *text = world_town(1, 1, 1);
    struct world *w = world_new_with(text, rules, INTERVAL, 7);

    (void)state;
    free(text);
    world_run(w, 4 * INTERVAL);
    world_agent(w, "acc-1-1")->rx = -27;
    world_run(w, 40 * SECONDS);
    assert_int_equal(w->said_count, 1);
    assert_string_equal(w->said[0].severity, "minor");
    run_to(w, 11 * MINUTES);
    assert_step(w, 0, "desk", 10 * MINUTES);
    world_agent(w, "acc-1-1")->rx = -31;
    run_to(w, 40 * MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(w->escalated_count, 2);
    assert_step(w, 1, "all", 16 * MINUTES);
    world_free(w);
}

/* ---- mistakes ---- */

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    assert_rules_refused(
        "escalations:\n  - {id: a, types: [limit, bagger], steps: [{after: 1min, channel: x, to: y}]}\n",
        "own:2:28: escalation a: there is no type of incident \"bagger\"");
    assert_rules_refused("escalations:\n  - {id: a}\n", "own:2:5: ");
    assert_rules_refused("escalations:\n  - {id: a, steps: []}\n",
                         "own:2:5: escalation a: expected 1 to 20 steps");
    assert_rules_refused("escalations:\n  - {id: a, steps: [{after: 0s, channel: x, to: y}]}\n",
                         "own:2:29: ");
    assert_rules_refused("escalations:\n  - {id: a, steps: [{after: 1min, to: y}]}\n", "own:2:21: ");
    assert_rules_refused("escalations:\n  - {id: a, steps: [{after: 1min, channel: x, to: \"\"}]}\n",
                         "own:2:21: escalation a: `to` must have");
    assert_rules_refused(CHAIN "  - id: night\n" STEPS,
                         "own:5:5: escalation night is there already, in line 2");
}

static void a_channel_or_site_that_is_not_there_is_told_with_its_place(void **state)
{
    static const char own[] =
        "escalations:\n  - id: a\n    sites: [nowhere]\n    steps: [{after: 1min, channel: x, to: y}]\n";
    struct conf_report *report = NULL;
    struct rules *rules = NULL;
    struct settings settings = {0};
    struct world *w = town_with_a_cut(NULL);

    (void)state;
    assert_ok(conf_report_new(&report));
    assert_ok(rules_parse("rules: []\n", own, report, &rules));
    assert_int_equal(escalation_check_names(rules, &settings, w->inventory, report), ERR_CONFIG);
    assert_non_null(
        strstr(conf_report_text(report), "own:4:13: escalation a: netzwacht.yaml has no channel \"x\""));
    assert_non_null(strstr(conf_report_text(report), "own:3:13: escalation a: there is no site \"nowhere\""));
    rules_free(rules);
    conf_report_free(report);
    world_free(w);
}

RUN_TESTS("nobody-acknowledges", cmocka_unit_test(each_step_comes_once_in_its_time),
          cmocka_unit_test(the_history_says_whom_and_why), cmocka_unit_test(acknowledging_ends_it),
          cmocka_unit_test(a_comment_is_no_acknowledgement),
          cmocka_unit_test(shelving_stops_the_clock_and_its_end_starts_it_anew),
          cmocka_unit_test(a_closed_incident_goes_no_further),
          cmocka_unit_test(maintenance_of_the_cause_keeps_it_quiet),
          cmocka_unit_test(a_restart_repeats_no_step_and_forgets_no_minute),
          cmocka_unit_test(the_first_chain_that_fits_counts),
          cmocka_unit_test(an_incident_that_gets_worse_begins_the_chain_of_the_worse),
          cmocka_unit_test(mistakes_are_told_with_their_place),
          cmocka_unit_test(a_channel_or_site_that_is_not_there_is_told_with_its_place))
