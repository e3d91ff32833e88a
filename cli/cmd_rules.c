/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rules.c - `netzwacht rules test`: history through changed alarm rules before they go live. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/replay.h"
#include "alerts/scenario.h"
#include "cli/command.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/timex.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"

enum { PARTITIONS = 2 };

struct test {
    const char *rules_path, *config, *journal_dir, *scenario_path;
    bool is_json, is_all;
    struct conf_report *report;
    struct settings *settings;
    struct inventory *inventory;
    struct scenario *scenario;
    struct rules *shipped, *changed;
    struct replay *before, *after;
    size_t gaps;
    ns_t first, last;
};

static void print_usage(FILE *to)
{
    fputs("Usage: netzwacht rules test RULES --journal DIR [-c FILE] [--json] [--all]\n"
          "       netzwacht rules test RULES --scenario FILE [--json] [--all]\n"
          "Replays history through the shipped rules and through them with RULES on top, and prints what\n"
          "differs: incidents that would open or close, when and why.\n\n"
          "      --journal DIR    the journal, <state>/journal: what was really measured\n"
          "      --scenario FILE  a made-up history, see docs/alerts.md\n"
          "  -c, --config FILE    whose inventory the journal belongs to, default " NW_SYSCONFDIR
          "/netzwacht.yaml\n"
          "      --all            also incidents that are the same under both\n"
          "      --json           one object\n"
          "  -h, --help           this text\n\n"
          "Exit status: 0 the same incidents, 1 others, 65 a mistake in rules or scenario (each with\n"
          "file:line:column), 66 no such file or journal, 64 wrong usage.\n",
          to);
}

/* ---- loading ---- */

static enum err load_rules(struct test *t)
{
    char *dir = settings_data_path("alerts"), path[4096];
    enum err e = dir ? ERR_OK : ERR_NOMEM;

    if (!e && snprintf(path, sizeof path, "%s/rules.yaml", dir) >= (int)sizeof path)
        e = ERR_LIMIT;
    if (!e)
        e = rules_load(path, NULL, t->report, &t->shipped);
    if (!e)
        e = rules_load(path, t->rules_path, t->report, &t->changed);
    free(dir);
    return e;
}

static enum err load_inventory(struct test *t)
{
    enum err e;

    if (t->scenario_path) {
        e = scenario_load(t->scenario_path, NULL, t->report, &t->scenario);
        return e;
    }
    e = settings_load(t->config, t->report, &t->settings);
    if (!e)
        e = inventory_load((const char *const *)t->settings->inventory.items, t->settings->inventory.count,
                           t->settings->districts, t->report, &t->inventory);
    if (!e && t->settings->firmware)
        e = rules_load_firmware(t->shipped, t->settings->firmware, t->report);
    if (!e && t->settings->firmware)
        e = rules_load_firmware(t->changed, t->settings->firmware, t->report);
    return e;
}

static void on_reprobe(void *ctx, const char *device_id)
{
    struct test *t = ctx;

    if (t->scenario)
        scenario_reprobe(t->scenario, device_id);
}

static enum err start(struct test *t)
{
    struct replay_options o = {.inventory = t->scenario ? scenario_inventory(t->scenario) : t->inventory,
                               .rules = t->shipped,
                               .interval = t->scenario ? scenario_interval(t->scenario)
                                                       : t->settings->collector.interval,
                               .reprobe = on_reprobe,
                               .ctx = t};
    enum err e = replay_new(&o, &t->before);

    o.rules = t->changed;
    return e ? e : replay_new(&o, &t->after);
}

/* ---- history ---- */

static enum err on_record(void *ctx, const char *partition, const Nw__Record *record)
{
    struct test *t = ctx;
    enum err e = replay_record(t->before, partition, record);

    if (!t->first)
        t->first = (ns_t)record->wall;
    t->last = (ns_t)record->wall;
    return e ? e : replay_record(t->after, partition, record);
}

static enum err on_pass(void *ctx, ns_t wall)
{
    struct test *t = ctx;
    enum err e = replay_until(t->before, wall);

    return e ? e : replay_until(t->after, wall);
}

struct stream {
    const char *partition;
    struct journal_reader *reader;
    Nw__Record *head; /* the next record, NULL at the end */
};

/* Gaps and records that cannot be read are counted and passed over. */
static enum err advance(struct test *t, struct stream *s)
{
    record_free(s->head);
    s->head = NULL;
    for (;;) {
        const void *bytes;
        size_t len;
        journal_pos pos;
        enum err e = journal_read(s->reader, &bytes, &len, &pos);
        if (e == ERR_AGAIN)
            return ERR_OK;
        if (e == ERR_GAP || e == ERR_CRC || e == ERR_UNSUPPORTED) {
            t->gaps++;
            continue;
        }
        if (e)
            return e;
        e = record_unpack(bytes, len, &s->head);
        if (e != ERR_MALFORMED)
            return e;
        t->gaps++;
    }
}

static enum err open_streams(struct test *t, struct stream streams[PARTITIONS])
{
    enum err e = access(t->journal_dir, R_OK | X_OK) ? err_from_errno(errno) : ERR_OK;

    if (e)
        log_error("the journal %s cannot be read: %s", t->journal_dir, err_text(e));
    for (int i = 0; !e && i < PARTITIONS; i++) {
        e = journal_reader_open(t->journal_dir, streams[i].partition, 0, JOURNAL_FROM_OLDEST,
                                &streams[i].reader);
        if (!e)
            e = advance(t, &streams[i]);
    }
    return e;
}

/* The partitions merged by time. */
static enum err play_journal(struct test *t)
{
    struct stream streams[PARTITIONS] = {{.partition = "collector"}, {.partition = "probe"}};
    enum err e = open_streams(t, streams);

    while (!e) {
        struct stream *next = NULL;
        for (int i = 0; i < PARTITIONS; i++)
            if (streams[i].head && (!next || streams[i].head->wall < next->head->wall))
                next = &streams[i];
        if (!next)
            break;
        e = on_record(t, next->partition, next->head);
        if (!e)
            e = advance(t, next);
    }
    for (int i = 0; i < PARTITIONS; i++) {
        record_free(streams[i].head);
        journal_reader_close(streams[i].reader);
    }
    if (!e && !t->first) {
        log_error("the journal %s holds no records of collector or probe", t->journal_dir);
        e = ERR_NOT_FOUND;
    }
    if (t->gaps)
        log_warning("%zu places in the journal are missing or damaged", t->gaps);
    return e;
}

static enum err play(struct test *t)
{
    struct scenario_player player = {t, on_record, on_pass};

    return t->scenario ? scenario_play(t->scenario, &player) : play_journal(t);
}

/* ---- telling ---- */

static const char *verdict_of(const struct replay_pair *p)
{
    if (!p->before)
        return "new";
    if (!p->after)
        return "gone";
    return replay_pair_differs(p) ? "changed" : "same";
}

static void time_or_open(ns_t wall, char out[TIMEX_RFC3339_SIZE])
{
    if (wall)
        timex_rfc3339(wall, out);
    else
        snprintf(out, TIMEX_RFC3339_SIZE, "open");
}

static void print_side(const char *side, const struct replay_incident *i)
{
    char opened[TIMEX_RFC3339_SIZE], closed[TIMEX_RFC3339_SIZE];

    if (!i) {
        printf("  %-8s none\n", side);
        return;
    }
    time_or_open(i->opened, opened);
    time_or_open(i->closed, closed);
    printf("  %-8s %s to %s, %s, %zu messages%s\n", side, opened, closed, i->severity, i->messages,
           i->is_flapping ? ", flapping" : "");
}

static void print_pair(const struct replay_pair *p)
{
    const struct replay_incident *i = p->after ? p->after : p->before;

    printf("%-8s %s %s %s: %s\n", verdict_of(p), i->type, i->cause_kind, i->cause_id, i->text);
    if (i->metric[0])
        printf("  because  %s%s%s is %.6g, limit %.6g\n", i->metric, i->entity[0] ? " of " : "", i->entity,
               i->value, i->limit);
    print_side("shipped", p->before);
    print_side("changed", p->after);
}

static void print_text(const struct test *t, const struct replay_pair *pairs, size_t count, size_t differing)
{
    char first[TIMEX_RFC3339_SIZE], last[TIMEX_RFC3339_SIZE];

    timex_rfc3339(t->first, first);
    timex_rfc3339(t->last, last);
    for (size_t i = 0; i < count; i++)
        if (t->is_all || replay_pair_differs(&pairs[i]))
            print_pair(&pairs[i]);
    printf("%s to %s: %zu incidents under the shipped rules, %zu under the changed ones; %zu differ\n", first,
           last, replay_count(t->before), replay_count(t->after), differing);
}

static void put_side(struct json_out *j, const char *key, const struct replay_incident *i)
{
    if (!i) {
        json_null(j, key);
        return;
    }
    json_object_begin(j, key);
    json_time(j, "opened", i->opened);
    json_time(j, "closed", i->closed);
    json_string(j, "severity", i->severity);
    json_uint(j, "hotspots", i->hotspots);
    json_uint(j, "messages", i->messages);
    json_bool(j, "flapping", i->is_flapping);
    json_string(j, "text", i->text);
    json_string(j, "metric", i->metric[0] ? i->metric : NULL);
    json_string(j, "entity", i->entity);
    json_double(j, "value", i->value);
    json_double(j, "limit", i->limit);
    json_object_end(j);
}

static enum err print_json(const struct test *t, const struct replay_pair *pairs, size_t count,
                           size_t differing)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    enum err e;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_time(&j, "from", t->first);
    json_time(&j, "to", t->last);
    json_uint(&j, "gaps", t->gaps);
    json_uint(&j, "shipped", replay_count(t->before));
    json_uint(&j, "changed", replay_count(t->after));
    json_uint(&j, "differing", differing);
    json_array_begin(&j, "incidents");
    for (size_t i = 0; i < count; i++) {
        const struct replay_incident *any = pairs[i].after ? pairs[i].after : pairs[i].before;
        if (!t->is_all && !replay_pair_differs(&pairs[i]))
            continue;
        json_object_begin(&j, NULL);
        json_string(&j, "verdict", verdict_of(&pairs[i]));
        json_string(&j, "type", any->type);
        json_string(&j, "cause_kind", any->cause_kind);
        json_string(&j, "cause_id", any->cause_id);
        put_side(&j, "shipped", pairs[i].before);
        put_side(&j, "changed", pairs[i].after);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    e = buf_error(&b);
    if (!e)
        puts(b.data);
    buf_fini(&b);
    return e;
}

static enum err tell(const struct test *t, size_t *differing)
{
    struct replay_pair *pairs = NULL;
    size_t count = 0;
    enum err e = replay_compare(t->before, t->after, &pairs, &count);

    if (e)
        return e;
    for (size_t i = 0; i < count; i++)
        *differing += replay_pair_differs(&pairs[i]);
    if (t->is_json)
        e = print_json(t, pairs, count, *differing);
    else
        print_text(t, pairs, count, *differing);
    free(pairs);
    return e;
}

static int run(struct test *t)
{
    size_t differing = 0;
    enum err e = conf_report_new(&t->report);

    if (!e)
        e = load_rules(t);
    if (!e)
        e = load_inventory(t);
    if (!e)
        e = start(t);
    if (!e)
        e = play(t);
    if (!e)
        e = tell(t, &differing);
    if (t->report)
        fputs(conf_report_text(t->report), stderr);
    replay_free(t->before);
    replay_free(t->after);
    rules_free(t->shipped);
    rules_free(t->changed);
    scenario_free(t->scenario);
    inventory_free(t->inventory);
    settings_free(t->settings);
    conf_report_free(t->report);
    if (e == ERR_CONFIG)
        return EXIT_BAD_DATA;
    return e ? err_exit_status(e) : differing ? EXIT_FINDING : EXIT_DONE;
}

int cmd_rules(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"journal", required_argument, NULL, 'd'},
                                            {"scenario", required_argument, NULL, 's'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"all", no_argument, NULL, 'a'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct test t = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1)
        switch (option) {
        case 'c': t.config = optarg; break;
        case 'd': t.journal_dir = optarg; break;
        case 's': t.scenario_path = optarg; break;
        case 'j': t.is_json = true; break;
        case 'a': t.is_all = true; break;
        case 'h': print_usage(stdout); return EXIT_DONE;
        default: print_usage(stderr); return EXIT_BAD_USAGE;
        }
    if (argc - optind != 2 || strcmp(argv[optind], "test") != 0 || !t.journal_dir == !t.scenario_path) {
        print_usage(stderr);
        return EXIT_BAD_USAGE;
    }
    t.rules_path = argv[optind + 1];
    return run(&t);
}
