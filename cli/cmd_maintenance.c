/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_maintenance.c - `netzwacht maintenance`: windows in which alarms are kept quiet. Lists what people
 * asked for (Commands in the journal, their Outcomes) and what the rules file repeats; asks for one, cancels
 * one. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "alerts/rules.h"
#include "cli/command.h"
#include "cli/post.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"

static const char usage[] =
    "Usage: netzwacht maintenance list [OPTION]...\n"
    "       netzwacht maintenance add TARGET --end TIME --comment TEXT [OPTION]...\n"
    "       netzwacht maintenance cancel ID [OPTION]...\n"
    "Windows in which alarms of a hotspot, site, service, device with all that hangs below it, or rule "
    "(rule:ID)\n"
    "are kept quiet and only noted.\n\n"
    "  -c, --config FILE    configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -a, --all            list: also those that are over or were refused, as far back as the journal "
    "reaches\n"
    "      --json           list: JSON, one window a line\n"
    "      --begin TIME     add: default now\n"
    "      --end TIME       add: RFC 3339, as 2026-11-22T04:00:00Z\n"
    "      --comment TEXT   add: why\n"
    "      --announce       add: citizens are told of it on the public page, two weeks ahead at most\n"
    "      --text-de TEXT   add: … in these words (German), at most 500 bytes; --announce only\n"
    "      --text-en TEXT   add: … in these words (English)\n"
    "      --by NAME        add, cancel: who (default: your log-in name)\n"
    "      --help           this text\n\n"
    "Exit status: 0 done, 1 refused or no such window, 75 alerts does not answer.\n";

#define PATIENCE (5 * SECONDS)

struct options {
    const char *config, *begin, *end, *comment, *by, *argument, *text_de, *text_en;
    bool all, json, announce;
};

/* ---- list ---- */

struct window {
    Nw__Record *command;
    char outcome[16]; /* "" while alerts has not said anything */
    bool is_cancelled;
};

static void window_free(void *p)
{
    struct window *w = p;

    if (w)
        record_free(w->command);
    free(w);
}

/* Calls each for every record of a partition; takes back what each does not want. */
static enum err read_partition(const struct settings *s, const char *partition, struct map *windows,
                               bool (*each)(struct map *windows, Nw__Record *r))
{
    struct journal_reader *reader = NULL;
    enum err e = journal_reader_open(s->journal_dir, partition, 0, JOURNAL_FROM_OLDEST, &reader);

    while (!e) {
        const void *bytes;
        size_t len;
        journal_pos pos;
        Nw__Record *r = NULL;
        e = journal_read(reader, &bytes, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC) {
            e = ERR_OK;
            continue;
        }
        if (!e && record_unpack(bytes, len, &r) == ERR_OK && !each(windows, r))
            record_free(r);
    }
    journal_reader_close(reader);
    return e == ERR_AGAIN || e == ERR_END || e == ERR_NOT_FOUND ? ERR_OK : e;
}

static bool take_window(struct map *windows, Nw__Record *r)
{
    struct window *w;

    if (r->body_case != NW__RECORD__BODY_COMMAND || strcmp(r->command->verb, "maintenance") != 0 ||
        map_get(windows, r->command->id))
        return false;
    w = calloc(1, sizeof *w);
    if (!w || map_set(windows, r->command->id, w, NULL)) {
        free(w);
        return false;
    }
    w->command = r;
    return true;
}

static bool take_outcome(struct map *windows, Nw__Record *r)
{
    struct window *w =
        r->body_case == NW__RECORD__BODY_OUTCOME ? map_get(windows, r->outcome->command) : NULL;

    if (w)
        strx_copy(w->outcome, sizeof w->outcome, r->outcome->outcome);
    return false;
}

/* Alerts refuses an end only if the window is not there: then it is over, too. */
static bool take_end(struct map *windows, Nw__Record *r)
{
    struct window *w =
        r->body_case == NW__RECORD__BODY_COMMAND && strcmp(r->command->verb, "maintenance_end") == 0
            ? map_get(windows, r->command->target)
            : NULL;

    if (w)
        w->is_cancelled = true;
    return false;
}

static enum err read_windows(const struct settings *s, struct map *windows)
{
    /* What came over MQTT stands in the partition of alerts. */
    static const char *const partitions[] = {"dashboard", "cli", "alerts"};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(partitions); i++)
        e = read_partition(s, partitions[i], windows, take_window);
    if (!e)
        e = read_partition(s, "alerts", windows, take_outcome);
    for (size_t i = 0; !e && i < ARRAY_LEN(partitions); i++)
        e = read_partition(s, partitions[i], windows, take_end);
    return e;
}

static const char *status_of(const struct window *w, ns_t now)
{
    if (strcmp(w->outcome, "refused") == 0)
        return "refused";
    if (w->is_cancelled || (ns_t)w->command->command->until <= now)
        return "ended";
    if (!w->outcome[0])
        return "pending";
    return (ns_t)w->command->command->begin > now ? "planned" : "active";
}

static void print_json(const struct window *w, const char *status)
{
    const Nw__Command *c = w->command->command;
    struct buf out = BUF_INIT;
    struct json_out j;

    json_init(&j, &out);
    json_object_begin(&j, NULL);
    json_string(&j, "id", c->id);
    json_string(&j, "status", status);
    json_string(&j, "target", c->target);
    json_time(&j, "begin", (ns_t)(c->begin ? c->begin : w->command->wall));
    json_time(&j, "end", (ns_t)c->until);
    json_string(&j, "by", c->by);
    json_string(&j, "via", c->via);
    json_string(&j, "comment", c->comment);
    json_bool(&j, "announced", c->announce);
    json_object_end(&j);
    printf("%s\n", buf_error(&out) ? "null" : out.data);
    buf_fini(&out);
}

static void print_line(const struct window *w, const char *status)
{
    const Nw__Command *c = w->command->command;
    char begin[TIMEX_RFC3339_SIZE], end[TIMEX_RFC3339_SIZE];

    timex_rfc3339((ns_t)(c->begin ? c->begin : w->command->wall), begin);
    timex_rfc3339((ns_t)c->until, end);
    printf("%-22s %-8s %-20s %.16sZ to %.16sZ  %s: %s\n", c->id, status, c->target, begin, end, c->by,
           c->comment);
}

/* Those of the rules file: they come back by themselves, and are changed there. */
static void print_recurring(const struct settings *s)
{
    struct conf_report *report = NULL;
    struct rules *rules = NULL;
    char *shipped = settings_data_path("alerts/rules.yaml");

    if (shipped && conf_report_new(&report) == ERR_OK &&
        rules_load(shipped, s->alerts.rules, report, &rules) == ERR_OK) {
        const struct recurring *all = rules->windows.items;
        for (size_t i = 0; i < rules->windows.count; i++) {
            printf("%-22s %-8s %-20s %s to %s", all[i].id, "weekly",
                   all[i].scope ? all[i].scope : "everything", all[i].from_text, all[i].until_text);
            for (size_t k = 0; k < all[i].day_names.count; k++)
                printf("%s%s", k ? "," : "  ", all[i].day_names.items[k]);
            printf("  %s\n", all[i].comment);
        }
    } else if (report && conf_report_count(report)) {
        log_warning("%s", conf_report_text(report));
    }
    rules_free(rules);
    conf_report_free(report);
    free(shipped);
}

static ns_t now_wall(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (ns_t)t.tv_sec * SECONDS + t.tv_nsec;
}

static int do_list(const struct options *o, const struct settings *s)
{
    struct map *windows = map_new(1);
    enum err e = windows ? read_windows(s, windows) : ERR_NOMEM;
    ns_t now = now_wall();

    if (e)
        log_error("%s cannot be read: %s", s->journal_dir, err_text(e));
    for (size_t i = 0; !e && i < map_count(windows); i++) {
        const struct window *w = map_at(windows, i, NULL);
        const char *status = status_of(w, now);
        if (!o->all && (strcmp(status, "ended") == 0 || strcmp(status, "refused") == 0))
            continue;
        if (o->json)
            print_json(w, status);
        else
            print_line(w, status);
    }
    if (!e && !o->json)
        print_recurring(s);
    map_free(windows, window_free);
    return e ? err_exit_status(e) : EXIT_DONE;
}

/* ---- add, cancel ---- */

static int post(const struct options *o, const struct settings *s, Nw__Command *c)
{
    char problem[POST_PROBLEM_SIZE];
    enum err e;

    c->by = (char *)(uintptr_t)(o->by ? o->by : "");
    e = post_command(s, c, "alerts", PATIENCE, problem);
    if (e == ERR_OK)
        return EXIT_DONE;
    if (e == ERR_DENIED && problem[0]) {
        log_error("refused: %s", problem);
        return EXIT_FINDING;
    }
    if (e == ERR_TIMEOUT) {
        log_error("netzwacht-alerts does not answer: is it running? The command waits for it in the journal");
        return EXIT_TRY_AGAIN;
    }
    log_error("%s/cli cannot be written: %s", s->journal_dir, err_text(e));
    return e == ERR_DENIED ? EXIT_NOT_ALLOWED : err_exit_status(e);
}

/* false: said. */
static bool read_time(const char *name, const char *text, ns_t *out)
{
    if (!text || timex_parse(text, out) == ERR_OK)
        return true;
    log_error("--%s: expected a time such as 2026-11-22T04:00:00Z", name);
    return false;
}

static int do_add(const struct options *o, const struct settings *s)
{
    Nw__Command c = NW__COMMAND__INIT;
    ns_t begin = 0, end = 0;
    uint64_t noise;
    char id[40];
    int status;

    if (!o->end || !o->comment || !o->comment[0]) {
        log_error("expected --end TIME and --comment TEXT");
        return EXIT_BAD_USAGE;
    }
    if (!read_time("begin", o->begin, &begin) || !read_time("end", o->end, &end))
        return EXIT_BAD_USAGE;
    if (getrandom(&noise, sizeof noise, 0) != (ssize_t)sizeof noise)
        return EXIT_FINDING;
    snprintf(id, sizeof id, "m-%016" PRIx64, noise);
    c.id = id;
    c.verb = (char *)(uintptr_t) "maintenance";
    c.target = (char *)(uintptr_t)o->argument;
    c.comment = (char *)(uintptr_t)o->comment;
    c.begin = (uint64_t)begin;
    c.until = (uint64_t)end;
    c.announce = o->announce;
    c.text_de = (char *)(uintptr_t)(o->text_de ? o->text_de : "");
    c.text_en = (char *)(uintptr_t)(o->text_en ? o->text_en : "");
    status = post(o, s, &c);
    if (status == EXIT_DONE)
        printf("%s\n", id);
    return status;
}

static int do_cancel(const struct options *o, const struct settings *s)
{
    Nw__Command c = NW__COMMAND__INIT;

    c.verb = (char *)(uintptr_t) "maintenance_end";
    c.target = (char *)(uintptr_t)o->argument;
    return post(o, s, &c);
}

/* ---- options ---- */

static bool parse(int argc, char **argv, struct options *o, int *status)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'},  {"all", no_argument, NULL, 'a'},
        {"json", no_argument, NULL, 'j'},          {"begin", required_argument, NULL, 'B'},
        {"end", required_argument, NULL, 'E'},     {"comment", required_argument, NULL, 'm'},
        {"by", required_argument, NULL, 'b'},      {"announce", no_argument, NULL, 'A'},
        {"text-de", required_argument, NULL, 'D'}, {"text-en", required_argument, NULL, 'N'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    int c;

    while ((c = getopt_long(argc, argv, "c:a", longs, NULL)) != -1) {
        switch (c) {
        case 'c': o->config = optarg; break;
        case 'a': o->all = true; break;
        case 'j': o->json = true; break;
        case 'B': o->begin = optarg; break;
        case 'E': o->end = optarg; break;
        case 'm': o->comment = optarg; break;
        case 'b': o->by = optarg; break;
        case 'A': o->announce = true; break;
        case 'D': o->text_de = optarg; break;
        case 'N': o->text_en = optarg; break;
        case 'h':
            fputs(usage, stdout);
            *status = EXIT_DONE;
            return false;
        default:
            fputs(usage, stderr);
            *status = EXIT_BAD_USAGE;
            return false;
        }
    }
    return true;
}

int cmd_maintenance(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool has_argument;
        int (*run)(const struct options *o, const struct settings *s);
    } verbs[] = {{"list", false, do_list}, {"add", true, do_add}, {"cancel", true, do_cancel}};
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    struct conf_report *report = NULL;
    struct settings *s = NULL;
    int status = EXIT_BAD_USAGE;
    size_t k = 0;
    enum err e;

    if (!parse(argc, argv, &o, &status))
        return status;
    while (k < ARRAY_LEN(verbs) && (optind >= argc || strcmp(verbs[k].name, argv[optind]) != 0))
        k++;
    if (k == ARRAY_LEN(verbs) || argc - optind != 1 + verbs[k].has_argument) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    o.argument = verbs[k].has_argument ? argv[optind + 1] : NULL;
    e = conf_report_new(&report);
    if (!e)
        e = settings_load(o.config, report, &s);
    if (e) {
        log_error("%s", report && conf_report_count(report) ? conf_report_text(report) : err_text(e));
        status = e == ERR_CONFIG ? EXIT_BAD_CONFIG : err_exit_status(e);
    } else {
        status = verbs[k].run(&o, s);
    }
    settings_free(s);
    conf_report_free(report);
    return status;
}
