/* SPDX-License-Identifier: GPL-3.0-or-later */
/* played.h - a scenario text played through rules, for tests of rules. Included once a test. */
#ifndef NW_TESTS_PLAYED_H
#define NW_TESTS_PLAYED_H

#include <stdio.h>
#include <unistd.h>

#include "alerts/replay.h"
#include "alerts/scenario.h"
#include "lib/base/strx.h"
#include "tests/unit/cmocka_tests.h"

struct played {
    struct scenario *scenario;
    struct rules *rules;
    struct replay *replay;
    ns_t start;
};

static inline enum err take(void *ctx, const char *partition, const Nw__Record *record)
{
    struct played *p = ctx;

    if (!p->start)
        p->start = (ns_t)record->wall;
    return replay_record(p->replay, partition, record);
}

static inline enum err pass(void *ctx, ns_t wall)
{
    return replay_until(((struct played *)ctx)->replay, wall);
}

static inline void reprobe(void *ctx, const char *device)
{
    scenario_reprobe(((struct played *)ctx)->scenario, device);
}

/* Minutes from the start to the opening of incident i, and to its closing; -1: still open. */
static inline int opened(const struct played *p, size_t i)
{
    return (int)((replay_at(p->replay, i)->opened - p->start) / MINUTES);
}

static inline int closed(const struct played *p, size_t i)
{
    ns_t t = replay_at(p->replay, i)->closed;

    return t ? (int)((t - p->start) / MINUTES) : -1;
}

/* head: "start: …\nduration: …\n[interval: …]"; events: lines of the list. The rules are p's. */
static inline void play_events(struct played *p, const char *head, const char *events)
{
    char path[] = "/tmp/netzwacht-kinds-XXXXXX.yaml";
    const char *source = getenv("NETZWACHT_SOURCE");
    char *text = strx_printf("inventory: %s/tests/data/scenarios/town.yaml\n%s\nevents:\n%s",
                             source ? source : ".", head, events);
    struct conf_report *report = NULL;
    int fd = mkstemps(path, 5);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_ok(conf_report_new(&report));
    if (scenario_load(path, NULL, report, &p->scenario))
        fail_msg("%s", conf_report_text(report));
    unlink(path);
    assert_ok(replay_new(&(struct replay_options){.inventory = scenario_inventory(p->scenario),
                                                  .rules = p->rules,
                                                  .interval = scenario_interval(p->scenario),
                                                  .reprobe = reprobe,
                                                  .ctx = p},
                         &p->replay));
    assert_ok(scenario_play(p->scenario, &(struct scenario_player){p, take, pass}));
    for (size_t i = 0; i < replay_count(p->replay); i++)
        print_message("# %s %s %s: %d..%d min, %g (limit %g)\n", replay_at(p->replay, i)->type,
                      replay_at(p->replay, i)->cause_id, replay_at(p->replay, i)->entity, opened(p, i),
                      closed(p, i), replay_at(p->replay, i)->value, replay_at(p->replay, i)->limit);
    conf_report_free(report);
    free(text);
}

static inline void play(struct played *p, const char *rules, const char *head, const char *events)
{
    struct conf_report *report = NULL;

    *p = (struct played){0};
    assert_ok(conf_report_new(&report));
    if (rules_parse(rules, NULL, report, &p->rules))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    play_events(p, head, events);
}

/* Through the rules that are shipped; firmware: the text of a firmware.yaml, or NULL. */
static inline void play_shipped(struct played *p, const char *firmware, const char *head, const char *events)
{
    char path[] = "/tmp/netzwacht-firmware-XXXXXX.yaml";
    const char *source = getenv("NETZWACHT_SOURCE");
    char *shipped = strx_printf("%s/alerts/rules.yaml", source ? source : ".");
    struct conf_report *report = NULL;
    int fd = mkstemps(path, 5);

    *p = (struct played){0};
    assert_true(fd >= 0);
    if (firmware)
        assert_int_equal(write(fd, firmware, strlen(firmware)), strlen(firmware));
    close(fd);
    assert_ok(conf_report_new(&report));
    if (rules_load(shipped, NULL, report, &p->rules) ||
        (firmware && rules_load_firmware(p->rules, path, report)))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    unlink(path);
    free(shipped);
    play_events(p, head, events);
}

static inline void done(struct played *p)
{
    replay_free(p->replay);
    scenario_free(p->scenario);
    rules_free(p->rules);
}

#endif
