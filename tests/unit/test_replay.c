/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_replay.c - scenarios as the engine sees them, and what two sets of rules make of the same history. */
#include <stdio.h>
#include <unistd.h>

#include "alerts/replay.h"
#include "alerts/scenario.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"

struct pair {
    struct scenario *scenario;
    struct rules *rules[2];
    struct replay *replay[2];
};

static char *data_path(const char *name)
{
    const char *source = getenv("NETZWACHT_SOURCE");

    return strx_printf("%s/%s", source ? source : ".", name);
}

static enum err take(void *ctx, const char *partition, const Nw__Record *record)
{
    struct pair *p = ctx;

    assert_ok(replay_record(p->replay[0], partition, record));
    return replay_record(p->replay[1], partition, record);
}

static enum err pass(void *ctx, ns_t wall)
{
    struct pair *p = ctx;

    assert_ok(replay_until(p->replay[0], wall));
    return replay_until(p->replay[1], wall);
}

static void reprobe(void *ctx, const char *device)
{
    struct pair *p = ctx;

    scenario_reprobe(p->scenario, device);
}

static void play(const char *scenario, const char *shipped, const char *own, struct pair *p)
{
    struct conf_report *report = NULL;
    char *path = data_path(scenario);

    *p = (struct pair){0};
    assert_ok(conf_report_new(&report));
    assert_ok(rules_parse(shipped, NULL, report, &p->rules[0]));
    assert_ok(rules_parse(shipped, own, report, &p->rules[1]));
    assert_ok(scenario_load(path, NULL, report, &p->scenario));
    for (int i = 0; i < 2; i++)
        assert_ok(replay_new(&(struct replay_options){.inventory = scenario_inventory(p->scenario),
                                                      .rules = p->rules[i],
                                                      .interval = scenario_interval(p->scenario),
                                                      .reprobe = reprobe,
                                                      .ctx = p},
                             &p->replay[i]));
    assert_ok(scenario_play(p->scenario, &(struct scenario_player){p, take, pass}));
    free(path);
    conf_report_free(report);
}

static void pair_free(struct pair *p)
{
    for (int i = 0; i < 2; i++) {
        replay_free(p->replay[i]);
        rules_free(p->rules[i]);
    }
    scenario_free(p->scenario);
}

static const char busy[] = "rules:\n"
                           "  - {id: busy, metric: wireless.utilization, above: 80, hold_polls: 3,\n"
                           "     type: congestion, state: degraded, reason: congestion}\n";

static void a_lower_limit_opens_what_the_shipped_rule_does_not(void **state)
{
    struct replay_pair *pairs = NULL;
    size_t count = 0;
    struct pair p;

    (void)state;
    play("tests/data/scenarios/evening.yaml", busy,
         "rules:\n  - {id: busy, metric: wireless.utilization, above: 60, hold_polls: 3, type: congestion,\n"
         "     severity: minor, state: degraded, reason: congestion}\n",
         &p);
    assert_ok(replay_compare(p.replay[0], p.replay[1], &pairs, &count));
    assert_int_equal(count, 2);
    assert_null(pairs[0].before);
    assert_true(replay_pair_differs(&pairs[0]));
    assert_string_equal(pairs[0].after->type, "congestion");
    assert_string_equal(pairs[0].after->metric, "wireless.utilization");
    assert_string_equal(pairs[0].after->severity, "minor");
    assert_true(pairs[0].after->value > 60);
    /* 60 is passed 40 min into the ramp, three polls later it is told; it ends when the value falls at 3 h */
    assert_int_equal((pairs[0].after->opened - 1795190400 * SECONDS) / (10 * MINUTES), 10);
    assert_int_equal((pairs[0].after->closed - 1795190400 * SECONDS) / (10 * MINUTES), 18);
    assert_false(replay_pair_differs(&pairs[1])); /* the cut is the same for both */
    assert_string_equal(pairs[1].after->cause_id, "sw-nord");
    assert_int_equal(pairs[1].after->hotspots, 3);
    assert_int_equal(pairs[1].after->messages, 2);
    free(pairs);
    pair_free(&p);
}

static void a_rule_that_is_switched_off_makes_its_incidents_go(void **state)
{
    struct replay_pair *pairs = NULL;
    size_t count = 0;
    struct pair p;

    (void)state;
    play("tests/data/scenarios/evening.yaml",
         "rules:\n  - {id: busy, metric: wireless.utilization, above: 60, type: congestion}\n",
         "rules:\n  - {id: busy, metric: wireless.utilization, above: 60, enabled: no}\n", &p);
    assert_ok(replay_compare(p.replay[0], p.replay[1], &pairs, &count));
    assert_int_equal(count, 2);
    assert_non_null(pairs[0].before);
    assert_null(pairs[0].after);
    free(pairs);
    pair_free(&p);
}

static void refuse(const char *text, const char *expected)
{
    char path[] = "/tmp/netzwacht-scenario-XXXXXX.yaml";
    int fd = mkstemps(path, 5);
    struct conf_report *report = NULL;
    struct scenario *s = NULL;
    char *town = data_path("tests/data/scenarios/town.yaml");
    char *whole = strx_printf("inventory: %s\nstart: \"2026-11-20T16:00:00Z\"\nduration: 1h\n%s", town, text);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, whole, strlen(whole)), strlen(whole));
    close(fd);
    assert_ok(conf_report_new(&report));
    assert_int_equal(scenario_load(path, NULL, report, &s), ERR_CONFIG);
    assert_non_null(strstr(conf_report_text(report), expected));
    unlink(path);
    conf_report_free(report);
    free(whole);
    free(town);
}

static void a_scenario_with_a_mistake_is_refused_with_its_place(void **state)
{
    (void)state;
    refuse("events:\n  - {at: 1s, source: nobody, answers: no}\n", ":5:");
    refuse("events:\n  - {at: 1s, source: nobody, answers: no}\n", "no device \"nobody\"");
    refuse("events:\n  - {at: 1s, source: core, metric: no.such, value: 1}\n", "no metric \"no.such\"");
    refuse("events:\n  - {at: 1s, source: core, metric: temperature}\n", "together with `value`");
    refuse("events:\n  - {at: 2s, source: core, metric: temperature, value: 1, to: 2, until: 1s}\n",
           "`until` behind");
    refuse("events:\n  - {at: 1s, source: probe/portal, cut: yes}\n", "only a device");
}

RUN_TESTS("replay", cmocka_unit_test(a_lower_limit_opens_what_the_shipped_rule_does_not),
          cmocka_unit_test(a_rule_that_is_switched_off_makes_its_incidents_go),
          cmocka_unit_test(a_scenario_with_a_mistake_is_refused_with_its_place))
