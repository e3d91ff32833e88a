/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_incidents.c - `netzwacht incidents`: look at incidents, acknowledge them. Reads partition alerts; every
 * segment of it begins with the incidents that are open then, so a look back of one segment finds them all.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "cli/command.h"
#include "cli/post.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/incident_json.h"
#include "lib/model/settings.h"
#include "lib/model/state.h"
#include "lib/runtime/journal.h"

static const char usage[] =
    "Usage: netzwacht incidents list [OPTION]...\n"
    "       netzwacht incidents show [OPTION]... ID\n"
    "       netzwacht incidents ack [OPTION]... ID [--comment TEXT]\n"
    "Shows what alerts has found, or says that somebody looks after an incident.\n\n"
    "  -c, --config FILE    configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -a, --all            list: closed ones too, as far back as the journal reaches\n"
    "      --json           JSON, one incident a line, as on MQTT (docs/schemas/incident.json)\n"
    "      --comment TEXT   ack: why, what is being done\n"
    "      --by NAME        ack: who (default: your log-in name)\n"
    "      --help           this text\n\n"
    "Exit status: 0 done, 1 there is no such incident or it was refused, 75 alerts does not answer.\n";

#define PATIENCE (5 * SECONDS)

struct options {
    const char *config, *comment, *by, *id;
    bool all, json;
};

static void free_record(void *record)
{
    record_free(record);
}

/* Keeps the newest record of each incident. */
static enum err keep(struct map *incidents, Nw__Record *r)
{
    const Nw__Record *known = map_get(incidents, r->incident->id);
    void *old = NULL;
    enum err e;

    if (known && known->incident->sequence > r->incident->sequence) {
        record_free(r);
        return ERR_OK;
    }
    e = map_set(incidents, r->incident->id, r, &old);
    record_free(e ? r : old);
    return e;
}

static enum err read_incidents(const struct settings *s, bool all, struct map *incidents)
{
    struct journal_reader *reader = NULL;
    enum err e = journal_reader_open(s->journal_dir, "alerts", 0,
                                     all ? JOURNAL_FROM_OLDEST : JOURNAL_FROM_SEGMENT_BACK, &reader);

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
        if (e || record_unpack(bytes, len, &r))
            continue;
        if (r->body_case == NW__RECORD__BODY_INCIDENT)
            e = keep(incidents, r);
        else
            record_free(r);
    }
    journal_reader_close(reader);
    return e == ERR_AGAIN || e == ERR_END ? ERR_OK : e;
}

static void print_json(const Nw__Incident *i)
{
    struct buf out = BUF_INIT;

    event_json_incident(i, &out);
    printf("%s\n", buf_error(&out) ? "null" : out.data);
    buf_fini(&out);
}

/* One line; names and comments come from a network: no escape sequences at the terminal. */
NW_PRINTF(1, 2) static void say(const char *fmt, ...)
{
    struct buf line = BUF_INIT, visible = BUF_INIT;
    va_list args;

    va_start(args, fmt);
    buf_vprintf(&line, fmt, args);
    va_end(args);
    strx_put_visible(&visible, line.data, line.len);
    if (!buf_error(&line) && !buf_error(&visible))
        printf("%s\n", visible.data);
    buf_fini(&visible);
    buf_fini(&line);
}

static void print_line(const Nw__Incident *i)
{
    char opened[TIMEX_RFC3339_SIZE];

    timex_rfc3339((ns_t)i->opened, opened);
    say("%-20s %-8s %-12s %-14s %.19sZ  %s%s", i->id, i->closed ? "closed" : i->severity, i->operator_state,
        i->type, opened, i->text_en, i->is_flapping ? " (flapping)" : "");
}

static int do_list(const struct options *o, const struct map *incidents)
{
    size_t shown = 0;

    for (size_t k = 0; k < map_count(incidents); k++) {
        const Nw__Record *r = map_at(incidents, k, NULL);
        if (r->incident->closed && !o->all)
            continue;
        shown++;
        if (o->json)
            print_json(r->incident);
        else
            print_line(r->incident);
    }
    if (!shown && !o->json)
        printf("%s\n", o->all ? "no incidents" : "no open incidents");
    return EXIT_DONE;
}

static void print_time(const char *label, uint64_t at)
{
    char text[TIMEX_RFC3339_SIZE];

    if (!at)
        return;
    timex_rfc3339((ns_t)at, text);
    say("%-10s %s", label, text);
}

static void print_runbook(const Nw__Incident *i)
{
    const char *steps = incident_runbook(i, LANG_EN);
    const char *label = "first";

    while (*steps) {
        size_t len = strcspn(steps, "\n");
        say("%-10s %.*s", label, (int)len, steps);
        steps += len + (steps[len] == '\n');
        label = "";
    }
    if (i->runbook[0])
        say("%-10s %s", "runbook", i->runbook);
}

static void print_whole(const Nw__Incident *i)
{
    say("%-10s %s", "incident", i->id);
    say("%-10s %s", "", i->text_en);
    say("%-10s %s, %s", "type", i->type, i->severity);
    say("%-10s %s %s (%s)", "cause", i->cause ? i->cause->kind : "", i->cause ? i->cause->id : "",
        i->cause ? i->cause->name : "");
    print_time("opened", i->opened);
    print_time("changed", i->changed);
    print_time("closed", i->closed);
    if (i->operator_at)
        say("%-10s %s by %s%s%s", "operator", i->operator_state, i->operator_by,
            i->operator_comment[0] ? ": " : "", i->operator_comment);
    print_runbook(i);
    for (size_t k = 0; k < i->n_evidence; k++)
        say("%-10s %s %s = %g (limit %g)", k ? "" : "evidence", i->evidence[k]->metric,
            i->evidence[k]->entity, i->evidence[k]->value, i->evidence[k]->limit);
    for (size_t k = 0; k < i->n_members; k++)
        say("%-10s %s %s %s: %s, %s", k ? "" : "members", i->members[k]->kind, i->members[k]->id,
            i->members[k]->name, state_text((enum state)i->members[k]->state, LANG_EN),
            reason_text((enum reason)i->members[k]->reason, LANG_EN));
}

static int do_show(const struct options *o, const struct map *incidents)
{
    const Nw__Record *r = map_get(incidents, o->id);

    if (!r) {
        log_error("there is no incident %s; `netzwacht incidents list --all` lists them", o->id);
        return EXIT_FINDING;
    }
    if (o->json)
        print_json(r->incident);
    else
        print_whole(r->incident);
    return EXIT_DONE;
}

static int do_ack(const struct options *o, const struct settings *s)
{
    Nw__Command c = NW__COMMAND__INIT;
    char problem[POST_PROBLEM_SIZE];
    enum err e;

    c.verb = (char *)(uintptr_t) "acknowledge";
    c.target = (char *)(uintptr_t)o->id;
    c.comment = (char *)(uintptr_t)(o->comment ? o->comment : "");
    c.by = (char *)(uintptr_t)(o->by ? o->by : "");
    e = post_command(s, &c, "alerts", PATIENCE, problem);
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

static int run(const char *action, const struct options *o, const struct settings *s)
{
    struct map *incidents;
    enum err e;
    int status = EXIT_FINDING;

    if (strcmp(action, "ack") == 0)
        return do_ack(o, s);
    incidents = map_new(1);
    e = incidents ? read_incidents(s, o->all || strcmp(action, "show") == 0, incidents) : ERR_NOMEM;
    if (e)
        log_error("%s/alerts cannot be read: %s", s->journal_dir, err_text(e));
    else
        status = strcmp(action, "show") == 0 ? do_show(o, incidents) : do_list(o, incidents);
    map_free(incidents, free_record);
    return e ? err_exit_status(e) : status;
}

static bool parse(int argc, char **argv, struct options *o, int *status)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"all", no_argument, NULL, 'a'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"comment", required_argument, NULL, 'm'},
                                          {"by", required_argument, NULL, 'b'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int c;

    while ((c = getopt_long(argc, argv, "c:a", longs, NULL)) != -1) {
        switch (c) {
        case 'c': o->config = optarg; break;
        case 'a': o->all = true; break;
        case 'j': o->json = true; break;
        case 'm': o->comment = optarg; break;
        case 'b': o->by = optarg; break;
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

int cmd_incidents(int argc, char **argv)
{
    struct options o = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    struct conf_report *report = NULL;
    struct settings *s = NULL;
    const char *action;
    int status = EXIT_BAD_USAGE;
    enum err e;

    if (!parse(argc, argv, &o, &status))
        return status;
    action = optind < argc ? argv[optind] : "";
    o.id = optind + 1 < argc ? argv[optind + 1] : NULL;
    if (!(strcmp(action, "list") == 0 && !o.id) &&
        !((strcmp(action, "show") == 0 || strcmp(action, "ack") == 0) && o.id)) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    e = conf_report_new(&report);
    if (!e)
        e = settings_load(o.config, report, &s);
    if (e) {
        log_error("%s", report && conf_report_count(report) ? conf_report_text(report) : err_text(e));
        status = e == ERR_CONFIG ? EXIT_BAD_CONFIG : err_exit_status(e);
    } else {
        status = run(action, &o, s);
    }
    settings_free(s);
    conf_report_free(report);
    return status;
}
