/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backfill.c - journal records of the past days, step by step. Pure.
 *
 * Each kind of source has one function that names its entities and metrics and gives their values in the same
 * breath, so that table and values cannot fall apart; between tables the naming is skipped. The names are the
 * profiles' (profiles/{generic,unifi,arubaos,junos}.yaml); tests/integration/city_history.py compares them.
 */
#include "city/backfill.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city/backfill_outages.h"
#include "lib/base/buf.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "lib/model/record.h"

enum { ID_MAX = 64, SERVICES = 2 };

static const double share_down = 0.86;

/* What is being written: the values of one source at one time, and its table if that is wanted. */
struct sheet {
    const struct sim *sim;
    ns_t now;
    bool is_silent; /* no answer: everything but reachable is unknown */
    bool wants_table;
    double *values;
    size_t value_count, value_cap;
    Nw__Entity *entities, **entity_list;
    char (*ids)[ID_MAX];
    size_t entity_count, entity_cap;
    Nw__Series *series, **series_list;
    size_t series_count, series_cap;
    enum err error;
};

static bool grow(struct sheet *s, void *list, size_t *cap, size_t count, size_t size)
{
    void **p = list, *grown;

    if (count < *cap)
        return true;
    grown = realloc(*p, (*cap + 256) * size);
    if (!grown) {
        s->error = ERR_NOMEM;
        return false;
    }
    *p = grown;
    *cap += 256;
    return true;
}

static void entity(struct sheet *s, const char *kind, const char *fmt, ...) NW_PRINTF(3, 4);
static void entity(struct sheet *s, const char *kind, const char *fmt, ...)
{
    size_t cap = s->entity_cap, ids = cap;
    Nw__Entity fresh = NW__ENTITY__INIT;
    va_list args;

    if (!s->wants_table || s->error || !grow(s, &s->entities, &cap, s->entity_count, sizeof *s->entities) ||
        !grow(s, &s->ids, &ids, s->entity_count, sizeof *s->ids))
        return;
    s->entity_cap = cap;
    va_start(args, fmt);
    vsnprintf(s->ids[s->entity_count], ID_MAX, fmt, args);
    va_end(args);
    fresh.kind = (char *)(uintptr_t)kind;
    s->entities[s->entity_count++] = fresh;
}

/* A value of the entity named last. */
static void put(struct sheet *s, enum metric metric, double value)
{
    if (s->error || !grow(s, &s->values, &s->value_cap, s->value_count, sizeof *s->values))
        return;
    s->values[s->value_count++] = s->is_silent && metric != METRIC_REACHABLE ? NAN : value;
    if (s->wants_table && grow(s, &s->series, &s->series_cap, s->series_count, sizeof *s->series)) {
        Nw__Series fresh = NW__SERIES__INIT;
        fresh.entity = (uint32_t)s->entity_count - 1;
        fresh.metric = (uint32_t)metric;
        s->series[s->series_count++] = fresh;
    }
}

/* ---- what each kind of source has ---- */

static void put_device(struct sheet *s, int device)
{
    entity(s, "chassis", "device");
    put(s, METRIC_REACHABLE, s->is_silent ? 0 : 1);
    put(s, METRIC_POLL_RTT, sim_wander(s->sim, (uint32_t)device, 80, 0.0021, 0.0006, s->now));
}

static void put_traffic(struct sheet *s, const char *name, double in_bytes, double out_bytes)
{
    entity(s, "interface", "if/%s", name);
    put(s, METRIC_IF_IN, in_bytes * 8);
    put(s, METRIC_IF_OUT, out_bytes * 8);
    put(s, METRIC_IF_IN_ERRORS, 0);
    put(s, METRIC_IF_OUT_ERRORS, 0);
}

static double hotspot_rate(const struct sheet *s, int hotspot)
{
    const struct sim_hotspot *h = &s->sim->hotspots[hotspot];

    if (!h->is_serving || h->is_asleep)
        return 0;
    return flow_rate(&h->base, (double)s->now / 1e9) * (h->is_congested ? 3 : 1);
}

static void put_access_point(struct sheet *s, int device)
{
    static const char *const bands[] = {"ng", "na"};
    int hotspot = s->sim->city->devices[device].hotspot;
    double rate = hotspot_rate(s, hotspot);

    put_device(s, device);
    put_traffic(s, "eth0", rate * share_down, rate * (1 - share_down));
    for (int radio = 0; radio < 2; radio++) {
        int all = sim_radio_clients(s->sim, hotspot, radio, s->now), secured = all * 3 / 10;
        entity(s, "ssid", "ssid/%s/MobyKlick", bands[radio]);
        put(s, METRIC_CLIENTS, all - secured);
        entity(s, "ssid", "ssid/%s/MobyKlick-Sicher", bands[radio]);
        put(s, METRIC_CLIENTS, secured);
        entity(s, "radio", "radio/%s", bands[radio]);
        put(s, METRIC_RADIO_UTILIZATION, sim_radio_utilisation(s->sim, hotspot, radio, s->now));
    }
}

static void put_controller(struct sheet *s, int device)
{
    const struct city_device *d = &s->sim->city->devices[device];

    put_device(s, device);
    for (size_t i = 0; i < d->row_count; i++) {
        const uint8_t *m = s->sim->city->hotspots[d->rows[i]].mac;
        entity(s, "ap", "ap/%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
        put(s, METRIC_AP_STATE, s->sim->hotspots[d->rows[i]].is_serving ? 1 : 0);
        put(s, METRIC_CLIENTS, sim_clients(s->sim, d->rows[i], s->now));
        for (int radio = 1; radio <= 2; radio++) {
            entity(s, "radio", "radio/%02x:%02x:%02x:%02x:%02x:%02x/%d", m[0], m[1], m[2], m[3], m[4], m[5],
                   radio);
            put(s, METRIC_RADIO_UTILIZATION, sim_radio_utilisation(s->sim, d->rows[i], 2 - radio, s->now));
        }
    }
}

static void put_optic(struct sheet *s, int device, size_t i)
{
    const struct city_device *d = &s->sim->city->devices[device];
    const struct city_port *p = &d->ports[d->optics[i]];
    bool is_uplink = p->kind == PORT_UPLINK;
    uint32_t owner = (uint32_t)device * 64 + (uint32_t)i;
    double rx = sim_optic_rx(s->sim, is_uplink ? device : p->device, !is_uplink, s->now);
    double rate =
        flow_rate(&s->sim->devices[is_uplink ? device : p->device].meter.flow, (double)s->now / 1e9);

    put_traffic(s, p->name, rate * (is_uplink ? share_down : 1 - share_down),
                rate * (is_uplink ? 1 - share_down : share_down));
    entity(s, "optic", "optic/%s", p->name);
    put(s, METRIC_OPTIC_RX, rx <= -40 ? NAN : rx);
    put(s, METRIC_OPTIC_TX, sim_wander(s->sim, owner, 59, -2.20, 0.12, s->now));
    put(s, METRIC_OPTIC_BIAS, sim_wander(s->sim, owner, 58, 0.0285, 0.0009, s->now));
    put(s, METRIC_OPTIC_TEMPERATURE, sim_wander(s->sim, owner, 60, 34, 4, s->now));
}

static void put_ups(struct sheet *s, int device)
{
    uint32_t owner = (uint32_t)device;
    double load = sim_wander(s->sim, owner, 62, 38, 6, s->now);

    put_device(s, device);
    entity(s, "ups", "ups");
    put(s, METRIC_UPS_RUNTIME, 46 * 60);
    put(s, METRIC_UPS_CHARGE, 100);
    put(s, METRIC_UPS_BATTERY_VOLTAGE, 54.1);
    put(s, METRIC_TEMPERATURE, floor(sim_wander(s->sim, owner, 61, 24, 5, s->now)));
    entity(s, "ups", "ups/input.1");
    put(s, METRIC_UPS_INPUT_VOLTAGE, floor(sim_wander(s->sim, owner, 63, 231, 3, s->now)));
    entity(s, "ups", "ups/output.1");
    put(s, METRIC_CURRENT, floor(load * 0.62) / 10);
    put(s, METRIC_POWER, floor(load * 13.5));
    put(s, METRIC_UPS_LOAD, floor(load));
}

static void put_probe(struct sheet *s, int hotspot)
{
    entity(s, "probe", "probe");
    put(s, METRIC_PING_RTT, sim_wander(s->sim, (uint32_t)hotspot, 81, 0.0034, 0.0011, s->now));
    put(s, METRIC_PING_JITTER, sim_wander(s->sim, (uint32_t)hotspot, 82, 0.0005, 0.0002, s->now));
    put(s, METRIC_PING_LOSS, 0);
}

static void put_service(struct sheet *s, int service)
{
    entity(s, "probe", "probe");
    if (service == 0) {
        put(s, METRIC_PORTAL_TIME, sim_wander(s->sim, 0, 83, 0.011, 0.004, s->now));
        put(s, METRIC_PORTAL_OK, 1);
        put(s, METRIC_CERTIFICATE_DAYS, 90);
    } else {
        put(s, METRIC_DNS_TIME, sim_wander(s->sim, 0, 84, 0.0024, 0.0009, s->now));
        put(s, METRIC_DNS_OK, 1);
    }
}

/* ---- sources: devices, then a probe for each hotspot, then the services ---- */

/* A controller's row has no address that a probe could ask. */
static bool is_probed(const struct city *c, size_t source)
{
    return source < c->device_count || source >= c->device_count + c->hotspot_count ||
           !c->hotspots[source - c->device_count].is_row;
}

size_t backfill_sources(const struct city *c)
{
    return c->device_count + c->hotspot_count + SERVICES;
}

static void name_source(const struct city *c, size_t source, struct sheet *s, char id[ID_MAX])
{
    s->is_silent = false;
    if (source < c->device_count) {
        s->is_silent = !s->sim->devices[source].is_connected;
        strx_copy(id, ID_MAX, c->devices[source].id);
    } else if (source < c->device_count + c->hotspot_count) {
        s->is_silent = !s->sim->hotspots[source - c->device_count].is_serving;
        snprintf(id, ID_MAX, "probe/%s", c->hotspots[source - c->device_count].id);
    } else
        strx_copy(id, ID_MAX, source == c->device_count + c->hotspot_count ? "probe/portal" : "probe/dns");
}

static void fill_sheet(const struct city *c, size_t source, struct sheet *s)
{
    if (source >= c->device_count + c->hotspot_count)
        put_service(s, (int)(source - c->device_count - c->hotspot_count));
    else if (source >= c->device_count)
        put_probe(s, (int)(source - c->device_count));
    else
        switch (c->devices[source].role) {
        case ROLE_AP: put_access_point(s, (int)source); break;
        case ROLE_CONTROLLER: put_controller(s, (int)source); break;
        case ROLE_UPS: put_ups(s, (int)source); break;
        case ROLE_CORE:
        case ROLE_AGGREGATION:
        case ROLE_ACCESS:
            put_device(s, (int)source);
            for (size_t i = 0; i < c->devices[source].optic_count; i++)
                put_optic(s, (int)source, i);
            break;
        case ROLE_DHCP: put_device(s, (int)source); break;
        case ROLE_COUNT: break;
        }
}

/* ---- records ---- */

/* Pointers between the growing arrays are made only now that they stand still. */
static enum err make_table(struct sheet *s, Nw__Table *table)
{
    Nw__Entity **entities = realloc(s->entity_list, (s->entity_count + 1) * sizeof(*entities));
    Nw__Series **series;

    if (!entities)
        return ERR_NOMEM;
    s->entity_list = entities;
    series = realloc(s->series_list, (s->series_count + 1) * sizeof(*series));
    if (!series)
        return ERR_NOMEM;
    s->series_list = series;
    for (size_t i = 0; i < s->entity_count; i++) {
        s->entities[i].id = s->entities[i].name = s->ids[i];
        entities[i] = &s->entities[i];
    }
    for (size_t i = 0; i < s->series_count; i++)
        series[i] = &s->series[i];
    nw__table__init(table);
    table->version = 1;
    table->entities = entities;
    table->n_entities = s->entity_count;
    table->series = series;
    table->n_series = s->series_count;
    table->interval_ms = (uint32_t)(BACKFILL_STEP / MILLISECONDS);
    return ERR_OK;
}

static enum err write_sample(const struct city *c, size_t source, struct sheet *s,
                             const struct backfill_sink *sink, struct buf *out,
                             struct backfill_figures *figures)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table table;
    char id[ID_MAX];
    enum err e;

    name_source(c, source, s, id);
    s->value_count = s->entity_count = s->series_count = 0;
    s->wants_table = sink->needs_table(sink->ctx, (int)source, 64 + s->value_cap * 8);
    fill_sheet(c, source, s);
    if (s->error)
        return s->error;
    record.wall = (uint64_t)s->now;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    samples.source = id;
    samples.previous = sink->previous(sink->ctx, (int)source);
    samples.started = (uint64_t)s->now;
    samples.duration_us = 4000;
    samples.outcome = s->is_silent ? NW__OUTCOMES__OUTCOME_TIMEOUT : NW__OUTCOMES__OUTCOME_OK;
    samples.is_down = s->is_silent;
    samples.misses = s->is_silent ? 3 : 0;
    samples.table_version = 1;
    samples.values = s->values;
    samples.n_values = s->value_count;
    if (s->wants_table) {
        e = make_table(s, &table);
        if (e)
            return e;
        samples.table = &table;
    }
    buf_clear(out);
    e = record_pack(&record, out);
    if (e)
        return e;
    figures->records++;
    figures->values += s->value_count;
    return sink->record(sink->ctx, (int)source, out->data, out->len);
}

struct transition {
    const char *kind, *id;
    enum state state, before;
    enum reason reason;
    ns_t at;
};

static enum err write_state(const struct transition *t, const struct backfill_sink *sink, struct buf *out,
                            struct backfill_figures *figures)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__State state = NW__STATE__INIT;
    enum err e;

    record.wall = (uint64_t)t->at;
    record.body_case = NW__RECORD__BODY_STATE;
    record.state = &state;
    state.kind = (char *)(uintptr_t)t->kind;
    state.id = (char *)(uintptr_t)t->id;
    state.state = (uint32_t)t->state;
    state.reason = (uint32_t)t->reason;
    state.since = (uint64_t)t->at;
    state.previous_state = (uint32_t)t->before;
    state.clients = NAN;
    buf_clear(out);
    e = record_pack(&record, out);
    if (e)
        return e;
    figures->records++;
    figures->states++;
    return sink->record(sink->ctx, BACKFILL_SOURCE_NONE, out->data, out->len);
}

/* ---- states: whatever the outages leave at a moment, worst first ---- */

struct condition {
    enum state state;
    enum reason reason;
};

static struct condition worst(struct condition a, struct condition b)
{
    return a.state == STATE_UNUSABLE || b.state == STATE_USABLE ? a : b;
}

static struct condition hotspot_condition(const struct city *c, const struct outage *outages, size_t count,
                                          int hotspot, ns_t t)
{
    struct condition now = {STATE_USABLE, REASON_NONE};

    for (size_t i = 0; i < count; i++)
        if (t >= outages[i].from && t < outages[i].to && outage_hits_hotspot(c, &outages[i], hotspot))
            now = worst(now, (struct condition){outages[i].state, outages[i].reason});
    return now;
}

static struct condition device_condition(const struct city *c, const struct outage *outages, size_t count,
                                         int device, ns_t t)
{
    for (size_t i = 0; i < count; i++)
        if (t >= outages[i].from && t < outages[i].to && outage_hits_device(c, &outages[i], device))
            return (struct condition){STATE_UNUSABLE, outages[i].reason};
    return (struct condition){STATE_USABLE, REASON_NONE};
}

struct past {
    const struct city *city;
    struct outage *outages;
    size_t outage_count;
    struct condition *hotspots, *devices; /* as written last */
    const struct backfill_sink *sink;
    struct buf *out;
    struct backfill_figures *figures;
};

static enum err note(struct past *p, const char *kind, const char *id, struct condition *last,
                     struct condition now, ns_t t)
{
    struct transition change = {kind, id, now.state, last->state, now.reason, t};

    if (now.state == last->state && now.reason == last->reason)
        return ERR_OK;
    *last = now;
    return write_state(&change, p->sink, p->out, p->figures);
}

/* All transitions of the moment t. */
static enum err write_states(struct past *p, ns_t t)
{
    const struct city *c = p->city;
    enum err e = ERR_OK;

    for (size_t i = 0; i < c->hotspot_count && !e; i++)
        e = note(p, "hotspot", c->hotspots[i].id, &p->hotspots[i],
                 hotspot_condition(c, p->outages, p->outage_count, (int)i, t), t);
    for (size_t i = 0; i < c->device_count && !e; i++)
        e = note(p, "device", c->devices[i].id, &p->devices[i],
                 device_condition(c, p->outages, p->outage_count, (int)i, t), t);
    return e;
}

/* The next moment behind t at which something begins or ends; INT64_MAX if there is none. */
static ns_t next_change(const struct past *p, ns_t t)
{
    ns_t next = INT64_MAX;

    for (size_t i = 0; i < p->outage_count; i++) {
        if (p->outages[i].from > t && p->outages[i].from < next)
            next = p->outages[i].from;
        if (p->outages[i].to > t && p->outages[i].to < next)
            next = p->outages[i].to;
    }
    return next;
}

static enum err write_step(struct past *p, struct sheet *sheet, struct sim *sim, ns_t t)
{
    enum err e = ERR_OK;

    outages_apply(p->outages, p->outage_count, t, sim);
    sheet->now = t;
    for (size_t i = 0; i < backfill_sources(p->city) && !e; i++)
        if (is_probed(p->city, i))
            e = write_sample(p->city, i, sheet, p->sink, p->out, p->figures);
    return e;
}

static enum err write_past(struct past *p, struct sheet *sheet, struct sim *sim, ns_t from, ns_t to)
{
    ns_t change = next_change(p, from);
    enum err e = write_states(p, from);

    for (ns_t t = from; t <= to && !e; t += BACKFILL_STEP) {
        while (change <= t && !e) {
            e = write_states(p, change);
            change = next_change(p, change);
        }
        if (!e)
            e = write_step(p, sheet, sim, t);
    }
    return e;
}

enum err backfill_write(const struct city *c, ns_t from, ns_t to, const struct backfill_sink *sink,
                        struct backfill_figures *out)
{
    struct buf bytes = BUF_INIT;
    struct past past = {.city = c, .sink = sink, .out = &bytes, .figures = out};
    struct sheet sheet = {0};
    struct sim *sim = NULL;
    enum err e = sim_new(c, to, &sim);

    *out = (struct backfill_figures){0};
    sheet.sim = sim;
    past.hotspots = calloc(c->hotspot_count, sizeof *past.hotspots); /* zero: unknown */
    past.devices = calloc(c->device_count, sizeof *past.devices);
    if (!e && (!past.hotspots || !past.devices))
        e = ERR_NOMEM;
    if (!e)
        e = outages_draw(c, from, to, &past.outages, &past.outage_count);
    out->outages = past.outage_count;
    if (!e)
        e = write_past(&past, &sheet, sim, from, to);
    sim_free(sim);
    buf_fini(&bytes);
    free(past.outages);
    free(past.hotspots);
    free(past.devices);
    free(sheet.values);
    free(sheet.entities);
    free(sheet.entity_list);
    free(sheet.ids);
    free(sheet.series);
    free(sheet.series_list);
    return e;
}
