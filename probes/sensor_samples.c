/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_samples.c - tables and values of what sensors report. */
#include "probes/sensor_samples.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/metric.h"
#include "probes/blame.h"
#include "probes/funnel.h"
#include "probes/passive.h"

enum { PHASE_METRICS = 5 + FUNNEL_CAUSES, FIGURE_METRICS = 9 };
enum {
    FUNNEL_VALUES = FUNNEL_PHASES * PHASE_METRICS,
    SENSOR_VALUES = FIGURE_METRICS + PASSIVE_IMITATORS_MAX
};
enum { IMITATOR_ATTRIBUTES = 5, TEXT_MAX = 128 };

static const enum metric phase_metrics[PHASE_METRICS] = {
    METRIC_ONBOARDING_ATTEMPTS, METRIC_ONBOARDING_SUCCESS, METRIC_ONBOARDING_P50,  METRIC_ONBOARDING_P95,
    METRIC_ONBOARDING_BLAMED,   METRIC_ONBOARDING_SILENCE, METRIC_ONBOARDING_POOL, METRIC_ONBOARDING_REFUSED,
    METRIC_ONBOARDING_NAME,     METRIC_ONBOARDING_SERVER};
static const enum metric figure_metrics[FIGURE_METRICS] = {
    METRIC_SENSOR_FRAMES,   METRIC_SENSOR_DROPPED,   METRIC_SENSOR_MALFORMED,
    METRIC_SENSOR_ARP,      METRIC_SENSOR_BROADCAST, METRIC_SENSOR_ROGUE_DHCP,
    METRIC_SENSOR_ROGUE_RA, METRIC_SENSOR_IMITATORS, METRIC_SENSOR_WITHHELD};

struct source { /* of the journal */
    char *name;
    journal_pos previous;
    uint32_t table_segment, table_version;
};

struct sensor_samples {
    struct sensor_samples_env env;
    struct source own, *funnels; /* funnels[i]: of hotspot i of the plan; [0] elsewhere */
    size_t funnel_count;
    struct blame *baselines; /* funnel_count * FUNNEL_PHASES */
    struct report_phase pending[FUNNEL_PHASES];
    bool has_pending[FUNNEL_PHASES];
    size_t pending_hotspot;
    struct report_imitator imitators[PASSIVE_IMITATORS_MAX];
    size_t imitator_count;
    uint32_t dropped; /* as the last report had it */
    ns_t wall;        /* end of the last report */
};

/* ---- one record ---- */

struct table_room {
    Nw__Table table;
    Nw__Entity entities[FUNNEL_PHASES + PASSIVE_IMITATORS_MAX + 1],
        *entity_list[FUNNEL_PHASES + PASSIVE_IMITATORS_MAX + 1];
    Nw__Series series[FUNNEL_VALUES + SENSOR_VALUES], *series_list[FUNNEL_VALUES + SENSOR_VALUES];
    Nw__Attribute attributes[PASSIVE_IMITATORS_MAX][IMITATOR_ATTRIBUTES],
        *attribute_list[PASSIVE_IMITATORS_MAX][IMITATOR_ATTRIBUTES];
    char texts[FUNNEL_PHASES + PASSIVE_IMITATORS_MAX][2][TEXT_MAX],
        values[PASSIVE_IMITATORS_MAX][IMITATOR_ATTRIBUTES][TEXT_MAX];
};

static void table_begin(const struct sensor_samples *s, struct table_room *t)
{
    nw__table__init(&t->table);
    t->table.interval_ms = (uint32_t)(s->env.settings->sensor.interval / MILLISECONDS);
    t->table.entities = t->entity_list;
    t->table.series = t->series_list;
}

static Nw__Entity *add_entity(struct table_room *t, const char *id, const char *kind, const char *name)
{
    Nw__Entity *e = &t->entities[t->table.n_entities];

    nw__entity__init(e);
    e->id = (char *)(uintptr_t)id;
    e->kind = (char *)(uintptr_t)kind;
    e->name = (char *)(uintptr_t)name;
    t->entity_list[t->table.n_entities++] = e;
    return e;
}

static void add_series(struct table_room *t, enum metric metric)
{
    Nw__Series *series = &t->series[t->table.n_series];

    nw__series__init(series);
    series->entity = (uint32_t)t->table.n_entities - 1;
    series->metric = metric;
    t->series_list[t->table.n_series++] = series;
}

/* ended: wall. */
static enum err append(struct sensor_samples *s, struct source *source, struct table_room *t, double *values,
                       ns_t ended)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Quality reasons[FUNNEL_VALUES + SENSOR_VALUES], *reason_list[FUNNEL_VALUES + SENSOR_VALUES];
    journal_pos pos = 0;
    enum err e;

    samples.source = source->name;
    samples.previous = source->previous;
    samples.outcome = NW__OUTCOMES__OUTCOME_OK;
    samples.started = (uint64_t)ended;
    samples.values = values;
    samples.n_values = t->table.n_series;
    samples.unknown = reason_list;
    samples.table_version = t->table.version;
    for (size_t i = 0; i < samples.n_values; i++) {
        if (!isnan(values[i]))
            continue;
        nw__quality__init(&reasons[i]);
        reasons[i].index = (uint32_t)i;
        reasons[i].reason = QUALITY_NOT_PRESENT;
        reason_list[samples.n_unknown++] = &reasons[i];
    }
    samples.table = &t->table;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    e = s->env.append(s->env.append_ctx, &record, &pos);
    if (pos)
        source->previous = pos;
    return e == ERR_NO_SPACE ? ERR_OK : e; /* a full disk is told by the daemon */
}

/* ---- funnels ---- */

static double share_of(const struct report_phase *r)
{
    return r->attempts ? 100.0 * r->success / r->attempts : NAN;
}

static double seconds_of(ns_t duration)
{
    return duration < 0 ? NAN : (double)duration / 1e9;
}

static void put_phase(double *values, const struct report_phase *r)
{
    values[0] = r->attempts;
    values[1] = share_of(r);
    values[2] = seconds_of(r->p50);
    values[3] = seconds_of(r->p95);
    values[4] = 0;
    for (size_t i = 0; i < FUNNEL_CAUSES; i++)
        values[5 + i] = r->causes[i];
}

static void put_blame(struct sensor_samples *s, double values[FUNNEL_VALUES])
{
    double excess[FUNNEL_PHASES] = {0};
    size_t worst;

    for (size_t i = 0; i < FUNNEL_PHASES; i++)
        if (s->has_pending[i])
            excess[i] = blame_take(&s->baselines[s->pending_hotspot * FUNNEL_PHASES + i],
                                   share_of(&s->pending[i]), seconds_of(s->pending[i].p50));
    worst = blame_pick(excess, FUNNEL_PHASES);
    if (worst < FUNNEL_PHASES)
        values[worst * PHASE_METRICS + 4] = 1;
}

static void fill_funnel_table(const struct sensor_samples *s, struct table_room *t)
{
    table_begin(s, t);
    t->table.version = t->table.interval_ms + 1;
    for (size_t i = 0; i < FUNNEL_PHASES; i++) {
        const char *name = funnel_phase_name((enum funnel_phase)i);
        (void)snprintf(t->texts[i][0], TEXT_MAX, "phase/%s", name);
        (void)snprintf(t->texts[i][1], TEXT_MAX, "funnel-%s", name);
        (void)add_entity(t, t->texts[i][0], t->texts[i][1], name);
        for (size_t k = 0; k < PHASE_METRICS; k++)
            add_series(t, phase_metrics[k]);
    }
}

static enum err flush_funnel(struct sensor_samples *s, ns_t now)
{
    struct table_room t;
    double values[FUNNEL_VALUES];
    bool is_empty = true;

    for (size_t i = 0; i < FUNNEL_VALUES; i++)
        values[i] = NAN;
    for (size_t i = 0; i < FUNNEL_PHASES; i++) {
        if (!s->has_pending[i])
            continue;
        put_phase(&values[i * PHASE_METRICS], &s->pending[i]);
        is_empty = false;
    }
    if (is_empty)
        return ERR_OK;
    put_blame(s, values);
    memset(s->has_pending, 0, sizeof s->has_pending);
    fill_funnel_table(s, &t);
    return append(s, &s->funnels[s->pending_hotspot], &t, values, now);
}

static enum err take_phase(struct sensor_samples *s, const struct report_phase *r, ns_t now)
{
    enum err e = ERR_OK;

    if (r->hotspot >= s->funnel_count)
        return ERR_MALFORMED;
    if (r->hotspot != s->pending_hotspot)
        e = flush_funnel(s, now);
    s->pending_hotspot = r->hotspot;
    s->pending[r->phase] = *r;
    s->has_pending[r->phase] = true;
    return e;
}

/* ---- the sensor itself ---- */

static const char *const imitation_words[IMITATIONS] = {"unknown_sender", "other_security", "lookalike"};

/* Printable text of an SSID; what is no ASCII is shown as "?": the octets stand in ssid_hex. */
static void put_ssid(char *text, char *hex, const struct report_imitator *r)
{
    for (size_t i = 0; i < r->ssid_len; i++) {
        text[i] = (char)(r->ssid[i] >= 0x20 && r->ssid[i] < 0x7f ? r->ssid[i] : '?');
        (void)snprintf(hex + 2 * i, 3, "%02x", r->ssid[i]);
    }
    text[r->ssid_len] = '\0';
    hex[2 * r->ssid_len] = '\0';
}

static void add_imitator(struct table_room *t, const struct report_imitator *r, size_t i)
{
    static const char *const keys[IMITATOR_ATTRIBUTES] = {"ssid_hex", "why", "security", "first_seen",
                                                          "channel"};
    char(*texts)[TEXT_MAX] = t->texts[FUNNEL_PHASES + i], (*values)[TEXT_MAX] = t->values[i];
    const uint8_t *b = r->bssid;
    Nw__Entity *e;

    (void)snprintf(texts[0], TEXT_MAX, "imitator/%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
                   b[5]);
    put_ssid(texts[1], values[0], r);
    (void)snprintf(values[1], TEXT_MAX, "%s", imitation_words[r->why]);
    (void)snprintf(values[2], TEXT_MAX, "%s", r->is_secured ? "secured" : "open");
    (void)snprintf(values[3], TEXT_MAX, "%" PRId64, r->first / SECONDS);
    (void)snprintf(values[4], TEXT_MAX, "%u", r->channel);
    e = add_entity(t, texts[0], "imitator", texts[1]);
    e->attributes = t->attribute_list[i];
    for (; e->n_attributes < IMITATOR_ATTRIBUTES; e->n_attributes++) {
        Nw__Attribute *a = &t->attributes[i][e->n_attributes];
        nw__attribute__init(a);
        a->key = (char *)(uintptr_t)keys[e->n_attributes];
        a->text = values[e->n_attributes];
        t->attribute_list[i][e->n_attributes] = a;
    }
    add_series(t, METRIC_SENSOR_SIGNAL);
}

/* Another version for other imitators: FNV-1a over what makes them. */
static uint32_t version_of(const struct table_room *t)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 1; i < t->table.n_entities; i++) {
        for (const char *p = t->entities[i].id; *p; p++)
            hash = (hash ^ (uint8_t)*p) * 16777619u;
        for (size_t k = 0; k < t->entities[i].n_attributes; k++)
            for (const char *p = t->entities[i].attributes[k]->text; *p; p++)
                hash = (hash ^ (uint8_t)*p) * 16777619u;
    }
    return hash ? hash : 1;
}

static enum err take_figures(struct sensor_samples *s, const struct report_figures *f)
{
    struct table_room t;
    double values[SENSOR_VALUES], seconds = (double)(f->end - f->begin) / 1e9;
    uint32_t dropped = f->dropped >= s->dropped ? f->dropped - s->dropped : f->dropped;
    const double figures[FIGURE_METRICS] = {(double)f->frames / seconds,
                                            dropped / seconds,
                                            (double)f->malformed / seconds,
                                            (double)f->arp / seconds,
                                            (double)f->broadcast / seconds,
                                            f->rogue_servers,
                                            f->rogue_routers,
                                            f->imitators,
                                            f->withheld};

    s->dropped = f->dropped;
    table_begin(s, &t);
    (void)add_entity(&t, "sensor", "sensor", s->env.sensor);
    memcpy(values, figures, sizeof figures);
    for (size_t i = 0; i < FIGURE_METRICS; i++)
        add_series(&t, figure_metrics[i]);
    for (size_t i = 0; i < s->imitator_count; i++) {
        values[t.table.n_series] = s->imitators[i].signal ? s->imitators[i].signal : NAN;
        add_imitator(&t, &s->imitators[i], i);
    }
    s->imitator_count = 0;
    t.table.version = version_of(&t);
    return append(s, &s->own, &t, values, f->end);
}

enum err sensor_samples_take(struct sensor_samples *s, const struct report *r)
{
    enum err e;

    switch (r->kind) {
    case REPORT_BEGIN: s->wall = r->end; return ERR_OK;
    case REPORT_PHASE: return s->wall ? take_phase(s, &r->phase, s->wall) : ERR_MALFORMED;
    case REPORT_IMITATOR:
        if (s->imitator_count == PASSIVE_IMITATORS_MAX)
            return ERR_MALFORMED;
        s->imitators[s->imitator_count++] = r->imitator;
        return ERR_OK;
    case REPORT_FIGURES: e = flush_funnel(s, r->figures.end); return e ? e : take_figures(s, &r->figures);
    case REPORT_KINDS: break;
    }
    return ERR_MALFORMED;
}

enum err sensor_samples_new(const struct sensor_samples_env *env, struct sensor_samples **out)
{
    struct sensor_samples *s = calloc(1, sizeof *s);
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(env->inventory, &count);
    bool is_whole;

    if (!s)
        return ERR_NOMEM;
    s->env = *env;
    s->funnel_count = count + 1 < PASSIVE_HOTSPOTS_MAX ? count + 1 : PASSIVE_HOTSPOTS_MAX;
    s->funnels = calloc(s->funnel_count, sizeof *s->funnels);
    s->baselines = calloc(s->funnel_count * FUNNEL_PHASES, sizeof *s->baselines);
    s->own.name = strx_printf("probe/%s", env->sensor);
    is_whole = s->funnels && s->baselines && s->own.name;
    for (size_t i = 0; is_whole && i < s->funnel_count; i++) {
        s->funnels[i].name = strx_printf("funnel/%s", i ? hotspots[i - 1].id : env->sensor);
        is_whole = s->funnels[i].name;
    }
    if (!is_whole) {
        sensor_samples_free(s);
        return ERR_NOMEM;
    }
    *out = s;
    return ERR_OK;
}

void sensor_samples_free(struct sensor_samples *s)
{
    if (!s)
        return;
    for (size_t i = 0; s->funnels && i < s->funnel_count; i++)
        free(s->funnels[i].name);
    free(s->own.name);
    free(s->funnels);
    free(s->baselines);
    free(s);
}
