/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.c - what is now. Pure: records in, figures out. */
#include "dashboards/snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/wiring.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"

enum { SOURCES_MAX = 60000, DAEMONS_MAX = 64, INCIDENTS_MAX = 20000 };

struct open_incident {
    char severity[16];
    bool is_acknowledged;
};

struct snapshot {
    const struct inventory *inventory;
    struct snap_state *hotspots, *devices, *services, *sites;
    double *clients; /* by hotspot, from samples; NaN */
    size_t hotspot_count, device_count, service_count, site_count;
    struct map *sources;            /* id -> struct snap_source */
    struct snap_source **of_device; /* by device; NULL: nothing heard yet */
    struct relations *relations;
    struct map *incidents;               /* id -> struct open_incident */
    struct map *by_device;               /* device id -> struct hotspot_list */
    struct map *by_row;                  /* "ap/<mac>" -> index of the hotspot + 1 */
    const struct snap_source **speakers; /* by hotspot: which source's figures count; NULL = its device's */
    struct snap_daemon daemons[DAEMONS_MAX];
    size_t daemon_count;
    uint64_t revision, tables, liveness;
};

/* The hotspots of one device: one for an access point, many for a controller. */
struct hotspot_list {
    size_t *items, count;
};

static void free_source(void *p)
{
    struct snap_source *s = p;

    if (!s)
        return;
    free(s->id);
    free(s->values);
    free(s->unknown);
    free(s->table);
    assets_fini(&s->assets);
    free(s->clients);
    wiring_free(s->wiring);
    free(s);
}

static void free_list(void *p)
{
    struct hotspot_list *l = p;

    free(l->items);
    free(l);
}

static enum err add_to_device(struct snapshot *s, size_t hotspot, const char *device)
{
    struct hotspot_list *l = map_get(s->by_device, device);

    if (!l) {
        l = calloc(1, sizeof *l);
        if (!l)
            return ERR_NOMEM;
        if (map_set(s->by_device, device, l, NULL) != ERR_OK) {
            free(l);
            return ERR_NOMEM;
        }
    }
    size_t *items = realloc(l->items, (l->count + 1) * sizeof *items);
    if (!items)
        return ERR_NOMEM;
    l->items = items;
    l->items[l->count++] = hotspot;
    return ERR_OK;
}

static struct snap_state *new_states(size_t count)
{
    struct snap_state *states = calloc(count ? count : 1, sizeof *states);

    for (size_t i = 0; states && i < count; i++) {
        states[i].state = STATE_UNKNOWN;
        states[i].reason = REASON_NO_DATA;
        states[i].clients = NAN;
    }
    return states;
}

enum err snapshot_new(const struct inventory *inventory, struct snapshot **out)
{
    struct snapshot *s = calloc(1, sizeof *s);
    const struct hotspot *hotspots;
    enum err e = ERR_NOMEM;

    if (!s)
        return ERR_NOMEM;
    s->inventory = inventory;
    hotspots = inventory_hotspots(inventory, &s->hotspot_count);
    inventory_devices(inventory, &s->device_count);
    inventory_services(inventory, &s->service_count);
    inventory_sites(inventory, &s->site_count);
    s->hotspots = new_states(s->hotspot_count);
    s->devices = new_states(s->device_count);
    s->services = new_states(s->service_count);
    s->sites = new_states(s->site_count);
    s->clients = calloc(s->hotspot_count + 1, sizeof *s->clients);
    s->sources = map_new((uint64_t)(uintptr_t)s);
    s->of_device = calloc(s->device_count + 1, sizeof(*s->of_device));
    s->incidents = map_new((uint64_t)(uintptr_t)s);
    s->by_device = map_new((uint64_t)(uintptr_t)s);
    s->by_row = map_new((uint64_t)(uintptr_t)s);
    s->speakers = calloc(s->hotspot_count + 1, sizeof *s->speakers);
    if (!s->hotspots || !s->devices || !s->services || !s->sites || !s->clients || !s->sources ||
        !s->of_device || !s->incidents || !s->by_device || !s->by_row || !s->speakers)
        goto failed;
    e = relations_new(inventory, &s->relations);
    if (e)
        goto failed;
    for (size_t i = 0; i < s->hotspot_count; i++) {
        s->clients[i] = NAN;
        if (hotspots[i].device && (e = add_to_device(s, i, hotspots[i].device)) != ERR_OK)
            goto failed;
        if (entity_is_access_point(hotspots[i].entity) && !map_get(s->by_row, hotspots[i].entity) &&
            (e = map_set(s->by_row, hotspots[i].entity, (void *)(uintptr_t)(i + 1), NULL)) != ERR_OK)
            goto failed;
    }
    *out = s;
    return ERR_OK;

failed:
    snapshot_free(s);
    return e;
}

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->daemon_count; i++) {
        free(s->daemons[i].name);
        free(s->daemons[i].partition);
        nw__heartbeat__free_unpacked(s->daemons[i].heartbeat, NULL);
    }
    if (s->sources)
        map_free(s->sources, free_source);
    if (s->incidents)
        map_free(s->incidents, free);
    if (s->by_device)
        map_free(s->by_device, free_list);
    if (s->by_row)
        map_free(s->by_row, NULL);
    free(s->speakers);
    free(s->of_device);
    relations_free(s->relations);
    free(s->hotspots);
    free(s->devices);
    free(s->services);
    free(s->sites);
    free(s->clients);
    free(s);
}

/* ---- states ---- */

static struct snap_state *find_state(struct snapshot *s, const char *kind, const char *id)
{
    size_t count;

    if (strcmp(kind, "hotspot") == 0) {
        const struct hotspot *h = inventory_hotspot(s->inventory, id);
        return h ? &s->hotspots[h - inventory_hotspots(s->inventory, &count)] : NULL;
    }
    if (strcmp(kind, "device") == 0) {
        const struct device *d = inventory_device(s->inventory, id);
        return d ? &s->devices[d - inventory_devices(s->inventory, &count)] : NULL;
    }
    if (strcmp(kind, "service") == 0) {
        const struct service *v = inventory_service(s->inventory, id);
        return v ? &s->services[v - inventory_services(s->inventory, &count)] : NULL;
    }
    if (strcmp(kind, "site") == 0) {
        const struct site *t = inventory_site(s->inventory, id);
        return t ? &s->sites[t - inventory_sites(s->inventory, &count)] : NULL;
    }
    return NULL;
}

static void take_state(struct snapshot *s, const Nw__State *from, ns_t wall)
{
    struct snap_state *to = find_state(s, from->kind, from->id);
    ns_t since = from->since ? (ns_t)from->since : wall;

    if (!to)
        return;
    if (to->state != (enum state)from->state)
        s->liveness++;
    to->state = (enum state)from->state;
    to->reason = (enum reason)from->reason;
    to->since = since;
    to->clients = from->clients;
    strx_copy(to->incident, sizeof to->incident, from->incident);
    s->revision++;
}

/* ---- samples ---- */

static struct snap_source *find_source(struct snapshot *s, const char *id)
{
    struct snap_source *source = map_get(s->sources, id);

    if (source || map_count(s->sources) >= SOURCES_MAX)
        return source;
    source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->id = strx_printf("%s", id);
    if (!source->id || map_set(s->sources, id, source, NULL) != ERR_OK) {
        free_source(source);
        return NULL;
    }
    const struct device *v = inventory_device(s->inventory, id);
    if (v)
        s->of_device[v - inventory_devices(s->inventory, &(size_t){0})] = source;
    return source;
}

/* Clients of a stand-alone access point stand in several places; the first kind that has them counts, so that
 * radio and SSID figures are not added up twice. */
static const char *const client_kinds[] = {"ap", "chassis", "radio", "ssid", NULL};

static const char *client_kind(const Nw__Table *t)
{
    for (size_t k = 0; client_kinds[k]; k++)
        for (size_t i = 0; i < t->n_series; i++)
            if (t->series[i]->metric == METRIC_CLIENTS && t->series[i]->entity < t->n_entities &&
                strcmp(t->entities[t->series[i]->entity]->kind, client_kinds[k]) == 0)
                return client_kinds[k];
    return NULL;
}

static bool is_clients_of(const Nw__Table *t, size_t series, const struct hotspot *h, const char *kind)
{
    if (t->series[series]->metric != METRIC_CLIENTS || t->series[series]->entity >= t->n_entities)
        return false;
    const Nw__Entity *entity = t->entities[t->series[series]->entity];
    return h->entity ? strcmp(entity->id, h->entity) == 0 : !kind || strcmp(entity->kind, kind) == 0;
}

/* Which series hold the clients of which hotspot. A controller has hundreds of rows and as many hotspots, so
 * rows are looked up by name. */
static enum err map_clients(struct snapshot *s, struct snap_source *source, const Nw__Table *t)
{
    const struct hotspot_list *list = map_get(s->by_device, source->id);
    const struct hotspot *hotspots = inventory_hotspots(s->inventory, &(size_t){0});
    const char *kind = client_kind(t);
    struct map *rows = NULL;
    enum err e = ERR_OK;

    free(source->clients);
    source->clients = NULL;
    source->clients_count = 0;
    if (!list && map_count(s->by_row) == 0)
        return ERR_OK;
    rows = map_new((uint64_t)(uintptr_t)t);
    source->clients = calloc(t->n_series + 1, sizeof *source->clients);
    if (!rows || !source->clients) {
        e = ERR_NOMEM;
        goto done;
    }
    for (size_t k = 0; list && k < list->count && e == ERR_OK; k++)
        if (hotspots[list->items[k]].entity)
            e = map_set(rows, hotspots[list->items[k]].entity, (void *)(uintptr_t)(list->items[k] + 1), NULL);
    for (size_t i = 0; i < t->n_series && e == ERR_OK; i++) {
        if (t->series[i]->metric != METRIC_CLIENTS || t->series[i]->entity >= t->n_entities)
            continue;
        const char *id = t->entities[t->series[i]->entity]->id;
        uintptr_t row = (uintptr_t)map_get(rows, id);
        if (!row)
            row = (uintptr_t)map_get(s->by_row, id); /* listed by another controller than its own */
        if (!row && !list)
            continue;
        size_t hotspot = row ? row - 1 : list->items[0];
        if (is_clients_of(t, i, &hotspots[hotspot], kind))
            source->clients[source->clients_count++] = (struct snap_clients){(uint32_t)i, hotspot};
    }

done:
    if (rows)
        map_free(rows, NULL);
    return e;
}

static enum err take_wiring(struct snapshot *s, struct snap_source *source, const Nw__Table *t)
{
    const struct device *v = inventory_device(s->inventory, source->id);
    struct wiring *fresh = NULL;
    enum err e = v ? wiring_new(t, v->kind != DEVICE_AP, &fresh) : ERR_OK;

    if (e)
        return e;
    wiring_free(source->wiring);
    source->wiring = fresh;
    return ERR_OK;
}

static enum err take_table(struct snapshot *s, struct snap_source *source, const Nw__Table *t)
{
    size_t len = nw__table__get_packed_size(t);
    uint8_t *packed = malloc(len ? len : 1);
    enum err e;

    if (!packed)
        return ERR_NOMEM;
    nw__table__pack(t, packed);
    if (source->table && source->table_len == len && memcmp(source->table, packed, len) == 0) {
        free(packed); /* a new segment of the journal has all tables once more */
        return ERR_OK;
    }
    s->tables++;
    free(source->table);
    source->table = packed;
    source->table_len = len;
    source->table_version = t->version;
    source->interval_ms = t->interval_ms;
    e = map_clients(s, source, t);
    if (e == ERR_OK)
        e = take_wiring(s, source, t);
    return e ? e : assets_update(&source->assets, t);
}

static void count_clients(struct snapshot *s, const struct snap_source *source)
{
    /* Of several controllers that list an access point one has figures: those of the others are unknown. */
    for (size_t i = 0; i < source->clients_count; i++)
        if (s->speakers[source->clients[i].hotspot] == source)
            s->clients[source->clients[i].hotspot] = NAN;
    for (size_t i = 0; i < source->clients_count; i++) {
        const struct snap_clients *c = &source->clients[i];
        double value = c->series < source->value_count ? source->values[c->series] : NAN;
        double *sum = &s->clients[c->hotspot];
        if (isnan(value))
            continue;
        if (s->speakers[c->hotspot] != source) {
            *sum = NAN;
            s->liveness++;
        }
        s->speakers[c->hotspot] = source;
        *sum = isnan(*sum) ? value : *sum + value;
    }
}

static enum err take_values(struct snap_source *source, const Nw__Samples *from)
{
    double *values = malloc((from->n_values + 1) * sizeof *values);
    struct snap_unknown *unknown = malloc((from->n_unknown + 1) * sizeof *unknown);

    if (!values || !unknown) {
        free(values);
        free(unknown);
        return ERR_NOMEM;
    }
    if (from->n_values)
        memcpy(values, from->values, from->n_values * sizeof *values);
    for (size_t i = 0; i < from->n_unknown; i++)
        unknown[i] = (struct snap_unknown){from->unknown[i]->index, from->unknown[i]->reason};
    free(source->values);
    free(source->unknown);
    source->values = values;
    source->value_count = from->n_values;
    source->unknown = unknown;
    source->unknown_count = from->n_unknown;
    return ERR_OK;
}

static bool has_answer(uint32_t outcome)
{
    return outcome == NW__OUTCOMES__OUTCOME_OK || outcome == NW__OUTCOMES__OUTCOME_PARTIAL ||
           outcome == NW__OUTCOMES__OUTCOME_FAILED;
}

static enum err take_samples(struct snapshot *s, const Nw__Samples *from, ns_t wall)
{
    struct snap_source *source = find_source(s, from->source);
    ns_t at = from->started ? (ns_t)from->started : wall;
    enum err e = ERR_OK;

    if (!source)
        return map_count(s->sources) >= SOURCES_MAX ? ERR_LIMIT : ERR_NOMEM;
    if (at < source->at)
        return ERR_OK;
    if (from->table)
        e = take_table(s, source, from->table);
    if (e)
        return e;
    if (source->is_down != from->is_down ||
        (has_answer(from->outcome) && at - source->answered > SNAPSHOT_FRESH))
        s->liveness++;
    source->at = at;
    source->outcome = from->outcome;
    source->misses = from->misses;
    source->is_down = from->is_down;
    source->duration_us = from->duration_us;
    source->get_varbinds = from->get_varbinds;
    source->bulk_varbinds = from->bulk_varbinds;
    source->slowed = from->slowed;
    source->is_walk_broken = from->is_walk_broken;
    s->revision++;
    e = take_values(source, from);
    if (e)
        return e;
    if (has_answer(from->outcome)) {
        source->answered = at;
        if (from->uptime_ms)
            source->uptime_ms = from->uptime_ms;
    }
    count_clients(s, source);
    return ERR_OK;
}

/* ---- daemons ---- */

static struct snap_daemon *find_daemon(struct snapshot *s, const char *name, const char *partition)
{
    for (size_t i = 0; i < s->daemon_count; i++)
        if (strcmp(s->daemons[i].name, name) == 0 && strcmp(s->daemons[i].partition, partition) == 0)
            return &s->daemons[i];
    if (s->daemon_count == DAEMONS_MAX)
        return NULL;
    struct snap_daemon *d = &s->daemons[s->daemon_count];
    d->name = strx_printf("%s", name);
    d->partition = strx_printf("%s", partition);
    if (!d->name || !d->partition) {
        free(d->name);
        free(d->partition);
        return NULL;
    }
    s->daemon_count++;
    return d;
}

static enum err take_heartbeat(struct snapshot *s, const char *partition, Nw__Record *record)
{
    struct snap_daemon *d = find_daemon(s, record->heartbeat->daemon, partition);

    if (!d)
        return ERR_LIMIT;
    nw__heartbeat__free_unpacked(d->heartbeat, NULL);
    d->heartbeat = record->heartbeat;
    d->heard = (ns_t)record->wall;
    record->heartbeat = NULL;
    record->body_case = NW__RECORD__BODY__NOT_SET;
    return ERR_OK;
}

/* ---- incidents ---- */

void snapshot_incident(struct snapshot *s, const Nw__Incident *incident)
{
    struct open_incident *known = map_get(s->incidents, incident->id);

    s->revision++;
    if (incident->closed) {
        free(map_remove(s->incidents, incident->id));
        return;
    }
    if (!known) {
        known = map_count(s->incidents) < INCIDENTS_MAX ? calloc(1, sizeof *known) : NULL;
        if (!known)
            return; /* the list itself comes from history; only these counts are short of one */
        if (map_set(s->incidents, incident->id, known, NULL) != ERR_OK) {
            free(known);
            return;
        }
    }
    strx_copy(known->severity, sizeof known->severity, incident->severity);
    known->is_acknowledged = incident->operator_state[0] && strcmp(incident->operator_state, "none") != 0;
}

void snapshot_incidents(const struct snapshot *s, struct snap_incidents *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < map_count(s->incidents); i++) {
        const char *id;
        const struct open_incident *v = map_at(s->incidents, i, &id);
        out->open++;
        out->unacknowledged += !v->is_acknowledged;
        out->critical += strcmp(v->severity, "critical") == 0;
        out->major += strcmp(v->severity, "major") == 0;
        out->minor += strcmp(v->severity, "minor") == 0;
        out->warning += strcmp(v->severity, "warning") == 0;
    }
}

/* ---- all ---- */

enum err snapshot_record(struct snapshot *s, const char *partition, Nw__Record *record, ns_t now)
{
    bool is_unit = strx_starts_with(partition, "unit.");

    switch (record->body_case) {
    case NW__RECORD__BODY_STATE:
        if (!is_unit)
            take_state(s, record->state, (ns_t)record->wall);
        return ERR_OK;
    case NW__RECORD__BODY_SAMPLES:
        if (is_unit && now - (ns_t)record->samples->started > SNAPSHOT_LATE_UNIT)
            return ERR_OK;
        return take_samples(s, record->samples, (ns_t)record->wall);
    case NW__RECORD__BODY_HEARTBEAT: return take_heartbeat(s, partition, record);
    case NW__RECORD__BODY_INCIDENT: snapshot_incident(s, record->incident); return ERR_OK;
    default: return ERR_OK;
    }
}

const struct snap_state *snapshot_hotspot(const struct snapshot *s, size_t index)
{
    return &s->hotspots[index];
}

const struct snap_state *snapshot_device(const struct snapshot *s, size_t index)
{
    return &s->devices[index];
}

const struct snap_state *snapshot_service(const struct snapshot *s, size_t index)
{
    return &s->services[index];
}

const struct snap_state *snapshot_site(const struct snapshot *s, size_t index)
{
    return &s->sites[index];
}

double snapshot_clients(const struct snapshot *s, size_t hotspot)
{
    const struct snap_state *state = &s->hotspots[hotspot];

    if (state->state == STATE_UNUSABLE || state->state == STATE_UNKNOWN)
        return NAN;
    return isnan(s->clients[hotspot]) ? state->clients : s->clients[hotspot];
}

const struct snap_source *snapshot_speaker(const struct snapshot *s, size_t hotspot)
{
    return s->speakers[hotspot] ? s->speakers[hotspot]
                                : snapshot_device_source(s, s->relations->hotspots[hotspot].device);
}

const struct snap_source *snapshot_device_source(const struct snapshot *s, size_t device)
{
    return device == REL_NONE ? NULL : s->of_device[device];
}

const struct relations *snapshot_relations(const struct snapshot *s)
{
    return s->relations;
}

const struct snap_source *snapshot_source(const struct snapshot *s, const char *id)
{
    return id ? map_get(s->sources, id) : NULL;
}

const struct asset *snapshot_asset(const struct snap_source *source, const char *entity)
{
    return source ? assets_find(&source->assets, entity) : NULL;
}

struct assets *snapshot_assets(struct snapshot *s, const char *id)
{
    struct snap_source *source = map_get(s->sources, id);

    return source ? &source->assets : NULL;
}

size_t snapshot_source_count(const struct snapshot *s)
{
    return map_count(s->sources);
}

Nw__Table *snapshot_table(const struct snap_source *source)
{
    return source && source->table ? nw__table__unpack(NULL, source->table_len, source->table) : NULL;
}

size_t snapshot_daemon_count(const struct snapshot *s)
{
    return s->daemon_count;
}

const struct snap_daemon *snapshot_daemon(const struct snapshot *s, size_t i)
{
    return &s->daemons[i];
}

uint64_t snapshot_tables(const struct snapshot *s)
{
    return s->tables;
}

uint64_t snapshot_liveness(const struct snapshot *s)
{
    return s->liveness;
}

uint64_t snapshot_revision(const struct snapshot *s)
{
    return s->revision;
}
