/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.c - the schema of rules.yaml and the table of incident types. Knows conf and the model, nothing of
 * the engine. */
#include "alerts/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/escalation.h"
#include "alerts/spectrum.h"
#include "lib/base/units.h"
#include "lib/model/runbook.h"

#define INCIDENT_TYPE(number, symbol, code, severity, de, en) [number] = {code, de, en, severity},
static const struct incident_type_info types[] = {
#include "alerts/text_list.h"
};
#undef INCIDENT_TYPE

const char *const severity_words[] = {"indeterminate", "warning", "minor", "major",
                                      "critical",      "cleared", NULL};
static const char *const kind_words[] = {"threshold", "drop",     "sleeping", "rate",     "silence",
                                         "flapping",  "baseline", "drift",    "forecast", "spectrum",
                                         "firmware",  "country",  "dfs",      NULL};
static const char *const direction_words[] = {"low", "high", "both", NULL};
static const char *const group_words[] = {"object", "site", "all", NULL};
#define INCIDENT_TYPE(number, symbol, code, severity, de, en) [number] = (code),
static const char *const type_words[INCIDENT_TYPE_COUNT + 1] = {
#include "alerts/text_list.h"
};
#undef INCIDENT_TYPE
#define STATE(number, symbol, code, de, en) [number] = (code),
static const char *const state_words[] = {
#include "lib/model/state_list.h"
    NULL};
#undef STATE
#define REASON(number, symbol, code, de, en) [number] = (code),
static const char *const reason_words[] = {
#include "lib/model/state_list.h"
    NULL};
#undef REASON

/* "not given" for the edges: no metric reaches it. */
#define ABSENT      1e300
#define ABSENT_TEXT "1e300"

static const struct conf_field text_fields[] = {
    CONF_STRING_FIELD(struct runbook_settings, de, .fallback = NULL),
    CONF_STRING_FIELD(struct runbook_settings, en, .fallback = NULL), CONF_END};
static const struct conf_schema text_schema = CONF_SCHEMA(struct runbook_settings, text_fields);

static const struct conf_field rule_fields[] = {
    CONF_ID_FIELD(struct rule, id, .is_required = true),
    CONF_ENUM_FIELD(struct rule, kind, kind_words, .fallback = "threshold"),
    {.name = "metric",
     .type = CONF_STRING,
     .offset = offsetof(struct rule, metric_name)}, /* all but firmware and country need one */
    CONF_STRING_FIELD(struct rule, entity_kind, .fallback = NULL),
    CONF_DOUBLE_FIELD(struct rule, above, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct rule, below, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct rule, clear, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct rule, drop, 0.01, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DURATION_FIELD(struct rule, span, 0, 2678400, .fallback = "0s"),
    CONF_INT_FIELD(struct rule, changes, 2, 60, .fallback = "6"),
    CONF_DOUBLE_FIELD(struct rule, spreads, 0, 1000, .fallback = "6"),
    CONF_DOUBLE_FIELD(struct rule, least, 0, ABSENT, .fallback = "0"),
    CONF_ENUM_FIELD(struct rule, direction, direction_words, .fallback = "low"),
    CONF_DOUBLE_FIELD(struct rule, per_week, 0.001, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct rule, step, 0.01, ABSENT, .fallback = "1"),
    CONF_DOUBLE_FIELD(struct rule, limit, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct rule, share, 1, 100, .fallback = "100"),
    CONF_DOUBLE_FIELD(struct rule, days, 0.1, 3650, .fallback = "30"),
    CONF_STRING_FIELD(struct rule, country, .fallback = "DE"),
    {.name = "of", .type = CONF_STRING, .offset = offsetof(struct rule, of_name)},
    CONF_INT_FIELD(struct rule, hold_polls, 1, 100000, .fallback = "1"),
    CONF_INT_FIELD(struct rule, clear_polls, 1, 100000, .fallback = "1"),
    CONF_ENUM_FIELD(struct rule, severity, severity_words, .fallback = "warning"),
    CONF_ENUM_FIELD(struct rule, type, type_words, .fallback = "limit"),
    CONF_ENUM_FIELD(struct rule, state, state_words, .fallback = "usable"),
    CONF_ENUM_FIELD(struct rule, reason, reason_words, .fallback = "none"),
    CONF_ENUM_FIELD(struct rule, group, group_words, .fallback = "object"),
    CONF_BOOL_FIELD(struct rule, enabled, .fallback = "yes"),
    {.name = "runbook", .type = CONF_STRING, .offset = offsetof(struct rule, runbook.link)},
    {.name = "runbook_text", .type = CONF_MAP, .offset = offsetof(struct rule, runbook), .sub = &text_schema},
    CONF_POSITION_FIELD(struct rule, at),
    CONF_END};
static const struct conf_schema rule_schema = CONF_SCHEMA(struct rule, rule_fields);

#define GUARD_INT(member, lo, hi, text)                                                                      \
    CONF_INT_FIELD(struct guard_settings, member, lo, hi, .fallback = (text))
static const struct conf_field guard_fields[] = {
    CONF_DOUBLE_FIELD(struct guard_settings, blind_share, 1, 100, .fallback = "60"),
    GUARD_INT(blind_min_devices, 1, 1000000, "5"),
    GUARD_INT(heartbeat_polls, 1, 1000, "2"),
    CONF_DOUBLE_FIELD(struct guard_settings, group_share, 1, 100, .fallback = "50"),
    GUARD_INT(group_min, 2, 1000, "3"),
    GUARD_INT(critical_hotspots, 1, 1000000, "10"),
    GUARD_INT(major_hotspots, 1, 1000000, "3"),
    GUARD_INT(service_failures, 1, 1000, "2"),
    GUARD_INT(flap_count, 2, 1000, "3"),
    GUARD_INT(flap_polls, 4, 100000, "60"),
    CONF_DOUBLE_FIELD(struct guard_settings, sleeping_clients, 0.1, 100000, .fallback = "2"),
    CONF_DOUBLE_FIELD(struct guard_settings, weight_school, 1, 100, .fallback = "3"),
    CONF_DOUBLE_FIELD(struct guard_settings, weight_public, 1, 100, .fallback = "2"),
    CONF_DURATION_FIELD(struct guard_settings, maintenance_max, 60, 31536000, .fallback = "30d"),
    CONF_END};
static const struct conf_schema guard_schema = CONF_SCHEMA(struct guard_settings, guard_fields);

/* A break of the schools as it stands in the file. */
struct break_entry {
    char *name, *from, *until; /* "2026-10-12": first and last day */
    struct conf_pos at;
};

static const struct conf_field break_fields[] = {
    CONF_STRING_FIELD(struct break_entry, name, .fallback = ""),
    CONF_STRING_FIELD(struct break_entry, from, .is_required = true),
    CONF_STRING_FIELD(struct break_entry, until, .is_required = true),
    CONF_POSITION_FIELD(struct break_entry, at), CONF_END};
static const struct conf_schema break_schema = CONF_SCHEMA(struct break_entry, break_fields);

static const struct conf_field window_fields[] = {
    CONF_ID_FIELD(struct recurring, id, .is_required = true),
    CONF_STRING_FIELD(struct recurring, scope, .fallback = NULL),
    CONF_STRING_FIELD(struct recurring, rule, .fallback = NULL),
    CONF_STRING_FIELD(struct recurring, comment, .fallback = ""),
    CONF_BOOL_FIELD(struct recurring, announce, .fallback = "no"),
    CONF_STRING_FIELD(struct recurring, text_de, .fallback = ""),
    CONF_STRING_FIELD(struct recurring, text_en, .fallback = ""),
    {.name = "days", .type = CONF_STRINGS, .offset = offsetof(struct recurring, day_names)},
    {.name = "from",
     .type = CONF_STRING,
     .offset = offsetof(struct recurring, from_text),
     .is_required = true},
    {.name = "until",
     .type = CONF_STRING,
     .offset = offsetof(struct recurring, until_text),
     .is_required = true},
    {.name = "first", .type = CONF_STRING, .offset = offsetof(struct recurring, first_text)},
    {.name = "last", .type = CONF_STRING, .offset = offsetof(struct recurring, last_text)},
    CONF_POSITION_FIELD(struct recurring, at),
    CONF_END};
static const struct conf_schema window_schema = CONF_SCHEMA(struct recurring, window_fields);

static const struct conf_field runbook_fields[] = {
    CONF_ENUM_FIELD(struct type_runbook, type, type_words, .is_required = true),
    {.name = "link", .type = CONF_STRING, .offset = offsetof(struct type_runbook, own.link)},
    {.name = "text", .type = CONF_MAP, .offset = offsetof(struct type_runbook, own), .sub = &text_schema},
    CONF_POSITION_FIELD(struct type_runbook, at),
    CONF_END};
static const struct conf_schema runbook_schema = CONF_SCHEMA(struct type_runbook, runbook_fields);

static const struct conf_field file_fields[] = {
    CONF_MAP_FIELD(struct rules, guards, &guard_schema),
    CONF_LIST_FIELD(struct rules, rules, &rule_schema),
    {.name = "school_breaks",
     .type = CONF_LIST,
     .offset = offsetof(struct rules, breaks),
     .sub = &break_schema},
    {.name = "maintenance",
     .type = CONF_LIST,
     .offset = offsetof(struct rules, windows),
     .sub = &window_schema},
    CONF_LIST_FIELD(struct rules, runbooks, &runbook_schema),
    CONF_LIST_FIELD(struct rules, escalations, &escalation_schema),
    CONF_END};
static const struct conf_schema file_schema = CONF_SCHEMA(struct rules, file_fields);

const struct incident_type_info *incident_type_info(enum incident_type type)
{
    return &types[(size_t)type < ARRAY_LEN(types) ? type : INCIDENT_OTHER];
}

/* ---- checks that need more than one key ---- */

static void check_threshold(struct rule *r, struct conf_report *report)
{
    r->has_above = r->above < ABSENT;
    r->has_below = r->below < ABSENT;
    if (r->has_above == r->has_below) {
        conf_report_add(report, r->at, "rule %s: expected exactly one of `above` and `below`", r->id);
        return;
    }
    if (r->clear >= ABSENT)
        r->clear = r->has_above ? r->above : r->below;
    if (r->has_above ? r->clear > r->above : r->clear < r->below)
        conf_report_add(report, r->at, "rule %s: `clear` must lie on the good side of `%s`", r->id,
                        r->has_above ? "above" : "below");
}

static void check_metric(const struct rule *r, const char *name, enum metric *out, struct conf_report *report)
{
    const struct metric_info *metric = name ? metric_by_name(name) : NULL;

    if (!name)
        conf_report_add(report, r->at, "rule %s: expected `metric`", r->id);
    else if (!metric)
        conf_report_add(report, r->at, "rule %s: there is no metric \"%s\"; docs/alerts.md lists them", r->id,
                        name);
    else
        *out = metric->number;
}

static void default_span(struct rule *r, ns_t span)
{
    if (!r->span)
        r->span = span;
}

static void check_kind(struct rule *r, struct conf_report *report)
{
    const char *missing = NULL;

    switch ((enum rule_kind)r->kind) {
    case RULE_THRESHOLD: check_threshold(r, report); break;
    case RULE_RATE:
    case RULE_FLAPPING:
        default_span(r, HOURS);
        check_threshold(r, report);
        break;
    case RULE_DROP:
        missing = r->drop >= ABSENT ? "drop" : NULL;
        if (r->clear >= ABSENT)
            r->clear = r->drop / 2;
        break;
    case RULE_DRIFT:
        default_span(r, 6 * HOURS);
        missing = r->per_week >= ABSENT ? "per_week" : NULL;
        if (r->limit >= ABSENT)
            r->limit = -ABSENT; /* no limit: days_left stays unknown */
        break;
    case RULE_FORECAST:
        default_span(r, 6 * HOURS);
        if ((r->limit < ABSENT) == (r->of_name != NULL))
            conf_report_add(report, r->at, "rule %s: expected either `limit` or `of`", r->id);
        if (r->of_name)
            check_metric(r, r->of_name, &r->of, report);
        break;
    case RULE_DFS:
        default_span(r, DAYS);
        /* fall through */
    case RULE_SPECTRUM:
        if (r->metric && r->metric != METRIC_RADIO_FREQUENCY && r->metric != METRIC_RADIO_CHANNEL)
            conf_report_add(report, r->at, "rule %s: `metric` must be wireless.frequency or wireless.channel",
                            r->id);
        break;
    case RULE_SLEEPING:
    case RULE_SILENCE:
    case RULE_BASELINE:
    case RULE_FIRMWARE: break;
    case RULE_COUNTRY:
        if (spectrum_country(r->country, r->country) != COUNTRY_SAME)
            conf_report_add(report, r->at, "rule %s: `country` must be a code such as DE", r->id);
        break;
    }
    if (missing)
        conf_report_add(report, r->at, "rule %s: expected `%s`", r->id, missing);
}

/* Its words stand in every incident, so they are short. */
static void check_runbook(struct runbook_settings *own, struct conf_pos at, struct conf_report *report)
{
    const char *texts[] = {own->link, own->de, own->en};
    size_t max[] = {RUNBOOK_LINK_MAX, RUNBOOK_TEXT_MAX, RUNBOOK_TEXT_MAX};
    const char *names[] = {"link", "de", "en"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (texts[i] && strlen(texts[i]) > max[i])
            conf_report_add(report, at, "runbook: `%s` is longer than %zu bytes", names[i], max[i]);
}

static void check_rule(struct rule *r, struct conf_report *report)
{
    check_runbook(&r->runbook, r->at, report);
    if (r->kind != RULE_FIRMWARE && r->kind != RULE_COUNTRY)
        check_metric(r, r->metric_name, &r->metric, report);
    check_kind(r, report);
    if (r->state == STATE_UNKNOWN || r->state == STATE_MAINTENANCE)
        conf_report_add(report, r->at, "rule %s: `state` must be usable, degraded or unusable", r->id);
    if (r->severity == SEVERITY_CLEARED)
        conf_report_add(report, r->at, "rule %s: `severity` must not be cleared", r->id);
}

/* Turns the file's dates into days; the calendar borrows the result. */
static enum err build_calendar(struct rules *r, struct conf_report *report)
{
    const struct break_entry *entries = r->breaks.items;
    struct school_break *days = calloc(r->breaks.count + 1, sizeof *days);

    if (!days)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->breaks.count; i++) {
        if (!entries[i].from || !entries[i].until || firmware_day_parse(entries[i].from, &days[i].first) ||
            firmware_day_parse(entries[i].until, &days[i].last))
            conf_report_add(report, entries[i].at, "expected `from` and `until` as 2026-10-12");
        else if (days[i].last < days[i].first)
            conf_report_add(report, entries[i].at, "`until` lies before `from`");
    }
    r->calendar = (struct calendar){days, r->breaks.count};
    return ERR_OK;
}

/* "02:30" as seconds since midnight; -1: it is none. "24:00" is the end of the day. */
static int64_t time_of_day(const char *text)
{
    unsigned hour, minute;
    char rest;

    if (!text || strlen(text) != 5 || sscanf(text, "%2u:%2u%c", &hour, &minute, &rest) != 2 || minute > 59 ||
        hour * 60 + minute > 24 * 60)
        return -1;
    return (int64_t)hour * 3600 + minute * 60;
}

static void check_days(struct recurring *w, struct conf_report *report)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    w->days = w->day_names.count ? 0 : 0x7f;
    for (size_t i = 0; i < w->day_names.count; i++) {
        unsigned day = 0;
        while (day < ARRAY_LEN(names) && strcmp(names[day], w->day_names.items[i]) != 0)
            day++;
        if (day == ARRAY_LEN(names))
            conf_report_add(report, w->day_names.at[i], "expected mon, tue, wed, thu, fri, sat or sun");
        else
            w->days |= 1u << day;
    }
}

static void check_announcement(const struct recurring *w, struct conf_report *report)
{
    if (w->announce && w->rule)
        conf_report_add(report, w->at, "maintenance %s: a window of one rule alone cannot be announced",
                        w->id);
    if (!w->announce && (w->text_de[0] || w->text_en[0]))
        conf_report_add(report, w->at, "maintenance %s: text_de and text_en need `announce: yes`", w->id);
    if (strlen(w->text_de) >= ANNOUNCE_TEXT_SIZE || strlen(w->text_en) >= ANNOUNCE_TEXT_SIZE)
        conf_report_add(report, w->at, "maintenance %s: text_de and text_en may have %d bytes each", w->id,
                        ANNOUNCE_TEXT_SIZE - 1);
}

static void check_window(struct recurring *w, struct conf_report *report)
{
    check_days(w, report);
    check_announcement(w, report);
    w->from = time_of_day(w->from_text);
    w->until = time_of_day(w->until_text);
    if (w->from < 0 || w->until < 0 || w->from == w->until)
        conf_report_add(report, w->at, "maintenance %s: expected `from` and `until` such as 02:00 and 04:30",
                        w->id);
    w->first = INT64_MIN;
    w->last = INT64_MAX;
    if ((w->first_text && firmware_day_parse(w->first_text, &w->first)) ||
        (w->last_text && firmware_day_parse(w->last_text, &w->last)) || w->last < w->first)
        conf_report_add(report, w->at, "maintenance %s: expected `first` and `last` such as 2026-11-30",
                        w->id);
}

static void check_rules(struct rules *r, struct conf_report *report)
{
    struct rule *rules = r->rules.items;

    for (size_t i = 0; i < r->rules.count; i++) {
        check_rule(&rules[i], report);
        for (size_t k = 0; k < i; k++)
            if (strcmp(rules[k].id, rules[i].id) == 0)
                conf_report_add(report, rules[i].at, "rule %s is there already, in line %u", rules[i].id,
                                rules[k].at.line);
    }
}

static void check_all(struct rules *r, struct conf_report *report)
{
    struct recurring *windows = r->windows.items;
    struct type_runbook *runbooks = r->runbooks.items;

    for (size_t i = 0; i < r->runbooks.count; i++)
        check_runbook(&runbooks[i].own, runbooks[i].at, report);
    for (size_t i = 0; i < r->windows.count; i++)
        check_window(&windows[i], report);
    check_rules(r, report);
    escalation_check(&r->escalations, report);
}

/* ---- the site's own rules over the shipped ones ---- */

static struct rule *find_rule(struct rules *r, const char *id)
{
    struct rule *rules = r->rules.items;

    for (size_t i = 0; i < r->rules.count; i++)
        if (strcmp(rules[i].id, id) == 0)
            return &rules[i];
    return NULL;
}

static void swap(struct conf_list *a, struct conf_list *b)
{
    struct conf_list spare = *a;

    *a = *b;
    *b = spare;
}

/* Swaps the own rule with the shipped one of the same id, or appends it; `own` keeps what is left over. */
static enum err merge(struct rules *base, struct rules *own)
{
    struct rule *rules = own->rules.items;

    base->guards = own->guards;
    swap(&base->windows, &own->windows);
    swap(&base->runbooks, &own->runbooks);
    swap(&base->escalations, &own->escalations);
    if (own->breaks.count) {
        struct calendar calendar = base->calendar;
        swap(&base->breaks, &own->breaks);
        base->calendar = own->calendar;
        own->calendar = calendar;
    }
    for (size_t i = 0; i < own->rules.count; i++) {
        struct rule *same = find_rule(base, rules[i].id);
        struct rule spare = {0};
        if (!same) {
            struct rule *grown = realloc(base->rules.items, (base->rules.count + 1) * sizeof *grown);
            if (!grown)
                return ERR_NOMEM;
            base->rules.items = grown;
            same = &grown[base->rules.count++];
            *same = spare;
        }
        spare = *same;
        *same = rules[i];
        rules[i] = spare;
    }
    return ERR_OK;
}

struct text {
    const char *name, *path, *text;
};

static enum err read_one(const struct text *t, struct rules *out, struct conf_report *report)
{
    enum err e;

    if (t->path)
        e = conf_read_file(t->path, &file_schema, out, report);
    else
        e = conf_read(t->name, t->text, strlen(t->text), &file_schema, out, report);
    if (!e) {
        check_all(out, report);
        e = build_calendar(out, report);
        if (!e && conf_report_count(report))
            e = ERR_CONFIG;
    }
    return e;
}

static enum err read_both(const struct text *shipped, const struct text *own, struct conf_report *report,
                          struct rules **out)
{
    struct rules *r = calloc(1, sizeof *r);
    struct rules more = {0};
    enum err e;

    if (!r)
        return ERR_NOMEM;
    e = read_one(shipped, r, report);
    if (!e && (own->path || own->text)) {
        e = read_one(own, &more, report);
        if (!e)
            e = merge(r, &more);
        free((void *)(uintptr_t)more.calendar.breaks);
        conf_free(&file_schema, &more);
    }
    if (e) {
        rules_free(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

enum err rules_load(const char *shipped, const char *own, struct conf_report *report, struct rules **out)
{
    return read_both(&(struct text){.path = shipped}, &(struct text){.path = own}, report, out);
}

enum err rules_parse(const char *shipped, const char *own, struct conf_report *report, struct rules **out)
{
    return read_both(&(struct text){.name = "shipped", .text = shipped},
                     &(struct text){.name = "own", .text = own}, report, out);
}

enum err rules_load_firmware(struct rules *r, const char *path, struct conf_report *report)
{
    struct firmware_rules *firmware = NULL;
    enum err e = firmware_rules_load(path, report, &firmware);

    if (e)
        return e;
    firmware_rules_free(r->firmware);
    r->firmware = firmware;
    return ERR_OK;
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    free((void *)(uintptr_t)r->calendar.breaks);
    firmware_rules_free(r->firmware);
    conf_free(&file_schema, r);
    free(r);
}

size_t rules_count(const struct rules *r)
{
    return r->rules.count;
}

const struct rule *rules_at(const struct rules *r, size_t i)
{
    return (const struct rule *)r->rules.items + i;
}

static void complete(struct runbook_settings *r, const struct runbook_settings *more)
{
    if (!r->link)
        r->link = more->link;
    if (!r->de && !r->en) {
        r->de = more->de ? more->de : more->en;
        r->en = more->en ? more->en : more->de;
    }
}

struct runbook_settings rules_runbook(const struct rules *r, const char *rule, enum incident_type type)
{
    const struct rule *rules = r->rules.items;
    const struct type_runbook *runbooks = r->runbooks.items;
    struct runbook_settings found = {0};

    for (size_t i = 0; i < r->rules.count; i++)
        if (strcmp(rules[i].id, rule) == 0)
            complete(&found, &rules[i].runbook);
    for (size_t i = 0; i < r->runbooks.count; i++)
        if (runbooks[i].type == (int)type)
            complete(&found, &runbooks[i].own);
    return found;
}
