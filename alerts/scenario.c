/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.c - reads a scenario and plays it as the records that collector and probe would have written. */
#include "alerts/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/metric.h"
#include "lib/model/record.h"

#define MISS_INTERVAL (2 * SECONDS)
#define CONFIRM_TIME  (3 * SECONDS) /* six confirmations, 0.5 s apart */
#define BEAT_MAX      (30 * SECONDS)

enum { SOURCES_MAX = 20000, SERIES_MAX = 2000, MISSES = 3, CONFIRMATIONS = 6, ATTRIBUTES_MAX = 8 };
#define ABSENT      1e300
#define ABSENT_TEXT "1e300"

enum choice { CHOICE_NONE, CHOICE_YES, CHOICE_NO };
static const char *const choice_words[] = {"unchanged", "yes", "no", NULL};

struct event {
    int64_t at, until;
    char *source, *entity, *kind, *metric_name, *attribute, *text;
    double value, to;
    int unknown, answers, cut; /* enum choice */
    struct conf_pos pos;
    enum metric metric;
    bool has_value, is_ramp;
};

struct series {
    const char *entity, *kind;
    enum metric metric;
    const struct event *now; /* what it follows, or NULL: unknown */
    bool is_unknown;
};

/* An entity that tells something in words; id "": the device itself. */
struct teller {
    const char *id, *kind;
    Nw__Attribute attributes[ATTRIBUTES_MAX], *list[ATTRIBUTES_MAX];
    size_t count;
};

/* A device, or a target of the probe. */
struct source {
    char *name;
    const struct device *device; /* NULL: a probe's target */
    struct series *series;
    size_t count;
    bool is_mute, is_cut, is_down, has_table;
    unsigned misses;
    ns_t due;
    struct teller *tellers;
    size_t teller_count;
    Nw__Table table;
    Nw__Identity identity;
    Nw__Entity *entities, **entity_list;
    Nw__Series *series_pb, **series_list;
    double *values;
};

struct scenario {
    struct conf_strings inventory_paths;
    char *start_text;
    int64_t duration, interval;
    struct conf_list events;
    struct inventory *own;             /* loaded from the paths */
    const struct inventory *inventory; /* own or borrowed */
    const struct event **order;        /* by time */
    struct source *sources;
    size_t source_count;
    ns_t start;
};

static const struct conf_field event_fields[] = {
    CONF_DURATION_FIELD(struct event, at, 0, 34560000, .is_required = true),
    CONF_DURATION_FIELD(struct event, until, 0, 34560000, .fallback = "0s"),
    CONF_STRING_FIELD(struct event, source, .is_required = true),
    CONF_STRING_FIELD(struct event, entity, .fallback = ""),
    CONF_STRING_FIELD(struct event, kind, .fallback = ""),
    {.name = "metric", .type = CONF_STRING, .offset = offsetof(struct event, metric_name)},
    CONF_STRING_FIELD(struct event, attribute, .fallback = NULL),
    CONF_STRING_FIELD(struct event, text, .fallback = NULL),
    CONF_DOUBLE_FIELD(struct event, value, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_DOUBLE_FIELD(struct event, to, -ABSENT, ABSENT, .fallback = ABSENT_TEXT),
    CONF_ENUM_FIELD(struct event, unknown, choice_words, .fallback = "unchanged"),
    CONF_ENUM_FIELD(struct event, answers, choice_words, .fallback = "unchanged"),
    CONF_ENUM_FIELD(struct event, cut, choice_words, .fallback = "unchanged"),
    CONF_POSITION_FIELD(struct event, pos),
    CONF_END};
static const struct conf_schema event_schema = CONF_SCHEMA(struct event, event_fields);

static const struct conf_field scenario_fields[] = {
    {.name = "inventory", .type = CONF_STRINGS, .offset = offsetof(struct scenario, inventory_paths)},
    {.name = "start",
     .type = CONF_STRING,
     .offset = offsetof(struct scenario, start_text),
     .is_required = true},
    CONF_DURATION_FIELD(struct scenario, duration, 1, 34560000, .is_required = true),
    CONF_DURATION_FIELD(struct scenario, interval, 1, 86400, .fallback = "60s"),
    CONF_LIST_FIELD(struct scenario, events, &event_schema),
    CONF_END};
static const struct conf_schema scenario_schema = CONF_SCHEMA(struct scenario, scenario_fields);

/* ---- reading ---- */

static void check_event(struct scenario *s, struct event *e, struct conf_report *report)
{
    const struct metric_info *metric = e->metric_name ? metric_by_name(e->metric_name) : NULL;
    bool is_probe = e->source && record_target(e->source);

    if (!e->source || !e->entity || !e->kind) {
        conf_report_add(report, e->pos, "`source`, `entity` and `kind` must not be empty");
        return;
    }
    e->has_value = e->value < ABSENT;
    e->is_ramp = e->to < ABSENT;
    if (e->metric_name && !metric)
        conf_report_add(report, e->pos, "there is no metric \"%s\"", e->metric_name);
    if (metric)
        e->metric = metric->number;
    if (!!e->metric_name != (e->has_value || e->unknown))
        conf_report_add(report, e->pos, "expected `metric` together with `value` or `unknown: yes`");
    if (!e->attribute != !e->text)
        conf_report_add(report, e->pos, "expected `attribute` and `text` together");
    if (e->attribute && (is_probe || e->metric_name))
        conf_report_add(report, e->pos, "an `attribute` is a device's, and stands alone");
    if (e->is_ramp && (!e->has_value || e->until <= e->at))
        conf_report_add(report, e->pos, "`to` needs a `value` and an `until` behind `at`");
    if (!is_probe && !inventory_device(s->inventory, e->source))
        conf_report_add(report, e->pos, "the inventory has no device \"%s\"", e->source);
    if (e->cut && is_probe)
        conf_report_add(report, e->pos, "only a device can be `cut`");
}

static int by_time(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x < y ? -1 : x > y; /* as in the file */
}

static struct source *find_source(struct scenario *s, const char *name)
{
    for (size_t i = 0; i < s->source_count; i++)
        if (strcmp(s->sources[i].name, name) == 0)
            return &s->sources[i];
    return NULL;
}

static struct series *find_series(struct source *src, const struct event *e)
{
    for (size_t i = 0; i < src->count; i++)
        if (src->series[i].metric == e->metric && strcmp(src->series[i].entity, e->entity) == 0)
            return &src->series[i];
    return NULL;
}

static enum err add_source(struct scenario *s, const char *name, const struct device *d)
{
    struct source *grown = realloc(s->sources, (s->source_count + 1) * sizeof *grown);

    if (!grown)
        return ERR_NOMEM;
    s->sources = grown;
    grown[s->source_count] = (struct source){.name = strdup(name), .device = d};
    return grown[s->source_count++].name ? ERR_OK : ERR_NOMEM;
}

static enum err add_series(struct scenario *s, const struct event *e, struct conf_report *report)
{
    struct source *src = find_source(s, e->source);
    struct series *grown;
    size_t at;

    if (!src) {
        enum err err = s->source_count < SOURCES_MAX ? add_source(s, e->source, NULL) : ERR_LIMIT;
        if (err)
            return err;
        src = &s->sources[s->source_count - 1];
    }
    if (!e->metric_name || find_series(src, e))
        return ERR_OK;
    if (src->count == SERIES_MAX) {
        conf_report_add(report, e->pos, "%s has more than %d series", e->source, SERIES_MAX);
        return ERR_CONFIG;
    }
    grown = realloc(src->series, (src->count + 1) * sizeof *grown);
    if (!grown)
        return ERR_NOMEM;
    src->series = grown;
    for (at = src->count; at && strcmp(grown[at - 1].entity, e->entity) != 0;) /* an entity's are together */
        at--;
    at = at ? at : src->count;
    memmove(grown + at + 1, grown + at, (src->count - at) * sizeof *grown);
    grown[at] = (struct series){.entity = e->entity, .kind = e->kind, .metric = e->metric};
    src->count++;
    return ERR_OK;
}

static struct teller *find_teller(struct source *src, const struct event *e)
{
    for (size_t i = 0; i < src->teller_count; i++)
        if (strcmp(src->tellers[i].id, e->entity) == 0)
            return &src->tellers[i];
    return NULL;
}

static enum err add_teller(struct scenario *s, const struct event *e, struct conf_report *report)
{
    struct source *src = find_source(s, e->source);
    struct teller *grown;

    if (!e->attribute || find_teller(src, e))
        return ERR_OK;
    if (src->teller_count == SERIES_MAX) {
        conf_report_add(report, e->pos, "%s has more than %d entities with attributes", e->source,
                        SERIES_MAX);
        return ERR_CONFIG;
    }
    grown = realloc(src->tellers, (src->teller_count + 1) * sizeof *grown);
    if (!grown)
        return ERR_NOMEM;
    src->tellers = grown;
    grown[src->teller_count++] = (struct teller){.id = e->entity, .kind = e->kind};
    return ERR_OK;
}

/* What the device says of itself stands in the table's identity. */
static void tell_identity(struct source *src, const struct teller *t)
{
    for (size_t i = 0; i < t->count; i++) {
        char *text = t->attributes[i].text;
        if (strcmp(t->attributes[i].key, "vendor") == 0)
            src->identity.vendor = text;
        else if (strcmp(t->attributes[i].key, "model") == 0)
            src->identity.model = text;
        else if (strcmp(t->attributes[i].key, "version") == 0)
            src->identity.version = text;
    }
    src->table.identity = &src->identity;
}

static void tell(struct source *src, const struct event *e)
{
    struct teller *t = find_teller(src, e);
    size_t i = 0;

    while (i < t->count && strcmp(t->attributes[i].key, e->attribute) != 0)
        i++;
    if (i == ATTRIBUTES_MAX)
        return;
    if (i == t->count)
        nw__attribute__init(&t->attributes[t->count++]);
    t->attributes[i].key = e->attribute;
    t->attributes[i].text = e->text;
    t->list[i] = &t->attributes[i];
    if (!t->id[0])
        tell_identity(src, t);
    for (size_t k = 0; k < src->teller_count; k++) {
        Nw__Entity *entity = &src->entities[src->count + k];
        entity->attributes = src->tellers[k].list;
        entity->n_attributes = src->tellers[k].id[0] ? src->tellers[k].count : 0;
    }
    src->table.version++;
    src->has_table = false;
}

static void build_tellers(struct source *src)
{
    nw__identity__init(&src->identity);
    for (size_t k = 0; k < src->teller_count; k++) {
        Nw__Entity *entity = &src->entities[src->count + k];
        nw__entity__init(entity);
        entity->id = (char *)(uintptr_t)src->tellers[k].id;
        entity->kind = (char *)(uintptr_t)src->tellers[k].kind;
        src->entity_list[src->count + k] = entity;
    }
    src->table.n_entities = src->count + src->teller_count;
}

static enum err build_table(struct source *src, ns_t interval)
{
    src->entities = calloc(src->count + src->teller_count + 1, sizeof *src->entities);
    src->entity_list = calloc(src->count + src->teller_count + 1, sizeof *src->entity_list);
    src->series_pb = calloc(src->count + 1, sizeof *src->series_pb);
    src->series_list = calloc(src->count + 1, sizeof *src->series_list);
    src->values = calloc(src->count + 1, sizeof *src->values);
    if (!src->entities || !src->entity_list || !src->series_pb || !src->series_list || !src->values)
        return ERR_NOMEM;
    nw__table__init(&src->table);
    for (size_t i = 0; i < src->count; i++) {
        nw__entity__init(&src->entities[i]);
        nw__series__init(&src->series_pb[i]);
        src->entities[i].id = (char *)(uintptr_t)src->series[i].entity;
        src->entities[i].kind = (char *)(uintptr_t)src->series[i].kind;
        src->series_pb[i].entity = (uint32_t)i;
        src->series_pb[i].metric = src->series[i].metric;
        src->entity_list[i] = &src->entities[i];
        src->series_list[i] = &src->series_pb[i];
    }
    src->table.version = 1;
    src->table.interval_ms = (uint32_t)(interval / MILLISECONDS);
    src->table.entities = src->entity_list;
    src->table.series = src->series_list;
    src->table.n_series = src->count;
    build_tellers(src);
    return ERR_OK;
}

static enum err build(struct scenario *s, struct conf_report *report)
{
    struct event *events = s->events.items;
    size_t devices;
    const struct device *all = inventory_devices(s->inventory, &devices);
    enum err e = ERR_OK;

    for (size_t d = 0; !e && d < devices; d++)
        e = s->source_count < SOURCES_MAX ? add_source(s, all[d].id, &all[d]) : ERR_LIMIT;
    s->order = calloc(s->events.count + 1, sizeof *s->order);
    if (!s->order)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < s->events.count; i++) {
        s->order[i] = &events[i];
        e = add_series(s, &events[i], report);
        if (!e)
            e = add_teller(s, &events[i], report);
    }
    if (!e)
        qsort(s->order, s->events.count, sizeof(const struct event *), by_time);
    for (size_t i = 0; !e && i < s->source_count; i++) {
        e = build_table(&s->sources[i], s->interval);
        /* spread over the interval, as the collector does */
        s->sources[i].due = s->start + (ns_t)((double)s->interval * (double)i / (double)s->source_count);
    }
    return e;
}

/* A name in the file is relative to the file. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    if (name[0] == '/' || !slash)
        return strdup(name);
    return strx_printf("%.*s/%s", (int)(slash - path), path, name);
}

static enum err load_inventory(struct scenario *s, const char *path, struct conf_report *report)
{
    size_t count = s->inventory_paths.count;
    char **paths = calloc(count + 1, sizeof *paths);
    enum err e = paths ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < count; i++) {
        paths[i] = beside(path, s->inventory_paths.items[i]);
        e = paths[i] ? ERR_OK : ERR_NOMEM;
    }
    if (!e)
        e = inventory_load((const char *const *)paths, count, NULL, report, &s->own);
    for (size_t i = 0; paths && i < count; i++)
        free(paths[i]);
    free(paths);
    s->inventory = s->own;
    return e;
}

enum err scenario_load(const char *path, const struct inventory *inventory, struct conf_report *report,
                       struct scenario **out)
{
    struct scenario *s = calloc(1, sizeof *s);
    struct conf_pos top = {conf_report_file(report, path), 1, 1};
    enum err e;

    if (!s)
        return ERR_NOMEM;
    e = conf_read_file(path, &scenario_schema, s, report);
    if (!e && (!s->start_text || timex_parse(s->start_text, &s->start))) {
        conf_report_add(report, top, "`start` is no time such as 2026-10-24T22:00:00Z");
        e = ERR_CONFIG;
    }
    s->inventory = inventory;
    if (!e && s->inventory_paths.count)
        e = load_inventory(s, path, report);
    if (!e && !s->inventory) {
        conf_report_add(report, top, "expected `inventory`");
        e = ERR_CONFIG;
    }
    for (size_t i = 0; !e && i < s->events.count; i++)
        check_event(s, (struct event *)s->events.items + i, report);
    if (!e && conf_report_count(report))
        e = ERR_CONFIG;
    if (!e)
        e = build(s, report);
    if (e) {
        scenario_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void scenario_free(struct scenario *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->source_count; i++) {
        struct source *src = &s->sources[i];
        free(src->name);
        free(src->series);
        free(src->tellers);
        free(src->entities);
        free(src->entity_list);
        free(src->series_pb);
        free(src->series_list);
        free(src->values);
    }
    free(s->sources);
    free(s->order);
    inventory_free(s->own);
    conf_free(&scenario_schema, s);
    free(s);
}

const struct inventory *scenario_inventory(const struct scenario *s)
{
    return s->inventory;
}

ns_t scenario_interval(const struct scenario *s)
{
    return s->interval;
}

void scenario_reprobe(struct scenario *s, const char *device_id)
{
    struct source *src = find_source(s, device_id);

    if (src)
        src->due = s->start; /* long ago: the next step takes it */
}

/* ---- playing ---- */

static void apply(struct scenario *s, const struct event *e)
{
    struct source *src = find_source(s, e->source);
    struct series *series = find_series(src, e);

    if (e->answers)
        src->is_mute = e->answers == CHOICE_NO;
    if (e->cut)
        src->is_cut = e->cut == CHOICE_YES;
    if (e->attribute)
        tell(src, e);
    if (!e->metric_name)
        return;
    series->now = e;
    series->is_unknown = e->unknown == CHOICE_YES;
}

static double value_at(const struct scenario *s, const struct series *series, ns_t now)
{
    const struct event *e = series->now;
    double share;

    if (!e || series->is_unknown)
        return NAN;
    if (!e->is_ramp)
        return e->value;
    share = (double)(now - s->start - e->at) / (double)(e->until - e->at);
    return e->value + (e->to - e->value) * (share > 1 ? 1 : share);
}

static bool answers(struct scenario *s, const struct source *src)
{
    if (src->is_mute)
        return false;
    for (const struct device *d = src->device; d; d = inventory_device(s->inventory, d->uplink))
        if (find_source(s, d->id)->is_cut)
            return false;
    return true;
}

static void note_miss(struct source *src, Nw__Samples *m, ns_t now, ns_t interval)
{
    m->outcome = NW__OUTCOMES__OUTCOME_TIMEOUT;
    src->is_down = src->misses >= MISSES;
    src->misses += !src->is_down;
    m->misses = src->misses;
    m->confirmations = src->is_down ? CONFIRMATIONS : 0;
    m->is_down = src->is_down;
    src->due = now + (src->is_down ? interval : src->misses < MISSES ? MISS_INTERVAL : CONFIRM_TIME);
}

static enum err poll_source(struct scenario *s, struct source *src, ns_t now,
                            const struct scenario_player *player)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples m = NW__SAMPLES__INIT;
    bool is_ok = answers(s, src);

    m.source = src->name;
    m.started = r.wall = (uint64_t)now;
    m.table_version = src->table.version;
    src->due = now + s->interval;
    if (!src->has_table)
        m.table = &src->table;
    src->has_table = true;
    for (size_t i = 0; i < src->count; i++)
        src->values[i] = value_at(s, &src->series[i], now);
    m.values = src->values;
    m.n_values = is_ok || !src->device ? src->count : 0;
    if (is_ok) {
        src->misses = 0;
        src->is_down = false;
    } else if (src->device) {
        note_miss(src, &m, now, s->interval);
    } else {
        m.outcome = NW__OUTCOMES__OUTCOME_FAILED;
    }
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &m;
    return player->record(player->ctx, src->device ? "collector" : "probe", &r);
}

static enum err beat(ns_t now, const struct scenario_player *player)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Heartbeat h = NW__HEARTBEAT__INIT;

    r.wall = (uint64_t)now;
    r.body_case = NW__RECORD__BODY_HEARTBEAT;
    r.heartbeat = &h;
    return player->record(player->ctx, "collector", &r);
}

static ns_t next_due(const struct scenario *s, ns_t beat_due)
{
    ns_t next = beat_due;

    for (size_t i = 0; i < s->source_count; i++)
        if (s->sources[i].due < next)
            next = s->sources[i].due;
    return next;
}

enum err scenario_play(struct scenario *s, const struct scenario_player *player)
{
    ns_t end = s->start + s->duration, now = s->start, beat_due = now;
    ns_t beat_every = s->interval / 2 < BEAT_MAX ? s->interval / 2 : BEAT_MAX;
    size_t at = 0;
    enum err e = ERR_OK;

    while (!e && now < end) {
        while (at < s->events.count && s->start + s->order[at]->at <= now)
            apply(s, s->order[at++]);
        if (beat_due <= now) {
            e = beat(now, player);
            beat_due = now + beat_every;
        }
        for (size_t i = 0; !e && i < s->source_count; i++)
            if (s->sources[i].due <= now)
                e = poll_source(s, &s->sources[i], now, player);
        if (!e)
            e = player->pass(player->ctx, now);
        ns_t next = next_due(s, beat_due);
        now = next > now ? next : now + MILLISECONDS;
    }
    return e;
}
