/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.c - puts facts, causes, verdicts and incidents together. Pure apart from malloc. */
#include "alerts/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"

/* Nodes by depth, so that a parent is judged before its children; rows behind all devices. */
static int depth_of(const struct topology *t, int n)
{
    int depth = 0;

    for (int p = t->nodes[n].parent; p >= 0 && depth < TOPOLOGY_DEPTH_MAX; p = t->nodes[p].parent)
        depth++;
    return t->nodes[n].device ? depth : depth + TOPOLOGY_DEPTH_MAX + 1;
}

static int *order_new(const struct topology *t)
{
    int *order = calloc(t->node_count + 1, sizeof *order);
    size_t at = 0;

    if (!order)
        return NULL;
    for (int depth = 0; depth <= 2 * TOPOLOGY_DEPTH_MAX + 1 && at < t->node_count; depth++)
        for (size_t n = 0; n < t->node_count; n++)
            if (depth_of(t, (int)n) == depth)
                order[at++] = (int)n;
    return order;
}

static enum err allocate(struct engine *e)
{
    const struct service *services = inventory_services(e->o.inventory, &e->service_count);
    const struct topology *t = e->topo;
    size_t links;

    inventory_links(e->o.inventory, &links);
    e->facts = calloc(t->node_count + 1, sizeof *e->facts);
    e->devices = calloc(t->device_count + 1, sizeof *e->devices);
    e->device_effects = calloc(t->device_count + 1, sizeof *e->device_effects);
    e->places = calloc(t->place_count + 1, sizeof *e->places);
    e->services = calloc(e->service_count + 1, sizeof *e->services);
    e->sources = calloc(t->device_count + 1, sizeof *e->sources);
    e->probe_sources = map_new(4);
    e->watches = map_new(5);
    e->order = order_new(t);
    e->is_open = calloc(e->o.rules->windows.count + 1, sizeof *e->is_open);
    e->link_dark = calloc(links + 1, sizeof *e->link_dark);
    if (!e->facts || !e->devices || !e->device_effects || !e->places || !e->services || !e->sources ||
        !e->probe_sources || !e->watches || !e->order || !e->is_open || !e->link_dark)
        return ERR_NOMEM;
    if (sites_new(e))
        return ERR_NOMEM;
    for (size_t s = 0; s < e->service_count; s++)
        e->services[s].service = &services[s];
    for (size_t p = 0; p < t->place_count; p++)
        e->places[p].clients = NAN;
    return ERR_OK;
}

enum err engine_new(const struct engine_options *o, struct engine **out)
{
    struct engine *e = calloc(1, sizeof *e);
    enum err err;

    if (!e)
        return ERR_NOMEM;
    e->o = *o;
    e->sink = *o->sink;
    err = topology_new(o->inventory, &e->topo);
    if (!err)
        err = allocate(e);
    if (err) {
        engine_free(e);
        return err;
    }
    *out = e;
    return ERR_OK;
}

static void free_source(void *s)
{
    source_free(s);
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    for (size_t d = 0; e->sources && e->topo && d < e->topo->device_count; d++)
        source_free(e->sources[d]);
    map_free(e->probe_sources, free_source);
    map_free(e->watches, watch_free);
    while (e->incidents) {
        struct incident *next = e->incidents->next;
        incident_free(e->incidents);
        e->incidents = next;
    }
    while (e->maintenance) {
        struct maintenance *next = e->maintenance->next;
        free(e->maintenance);
        e->maintenance = next;
    }
    for (size_t p = 0; e->places && e->topo && p < e->topo->place_count; p++)
        free(e->places[p].week);
    past_free(e->past);
    free(e->facts);
    free(e->devices);
    free(e->device_effects);
    free(e->places);
    free(e->services);
    free(e->sources);
    free(e->order);
    free(e->is_open);
    free(e->link_dark);
    sites_free(e);
    topology_free(e->topo);
    free(e);
}

void engine_begin(struct engine *e, ns_t now)
{
    e->now = e->started = now;
    e->is_dirty = true;
}

void engine_prime(struct engine *e, const char *partition, const Nw__Record *record)
{
    facts_take(e, partition, record, true);
}

void engine_record(struct engine *e, const char *partition, const Nw__Record *record)
{
    facts_take(e, partition, record, false);
}

void engine_gap(struct engine *e, const char *partition, ns_t now)
{
    if (strcmp(partition, "collector") != 0)
        return;
    /* What was silent may have answered in between: it must be silent anew. */
    for (size_t n = 0; n < e->topo->node_count; n++) {
        e->facts[n].excuse = now;
        e->facts[n].silent_since_excuse = 0;
    }
    e->is_dirty = true;
}

bool engine_is_dirty(const struct engine *e)
{
    return e->is_dirty || e->has_held;
}

bool engine_is_blind(const struct engine *e)
{
    return e->is_blind;
}

enum err engine_tick(struct engine *e, ns_t now)
{
    if (now > e->now)
        e->now = now;
    e->is_dirty = false;
    maintenance_expire(e);
    maintenance_refresh(e);
    announce_refresh(e);
    incidents_begin(e);
    blind_judge(e);
    strangers_judge(e);
    damage_judge(e);
    cause_find(e);
    maintenance_note_silent(e);
    verdict_all(e);
    incidents_settle(e);
    rows_nodes(e);
    return ERR_OK;
}

const struct topology *engine_topology(const struct engine *e)
{
    return e->topo;
}

size_t engine_object_count(const struct engine *e, enum object_kind kind)
{
    switch (kind) {
    case OBJECT_HOTSPOT: return e->topo->place_count;
    case OBJECT_DEVICE: return e->topo->device_count;
    case OBJECT_SERVICE: return e->service_count;
    case OBJECT_SITE: return e->site_count;
    default: return 0;
    }
}

bool engine_object(const struct engine *e, enum object_kind kind, size_t index, struct object_state *out)
{
    const struct object_memory *m;

    if (index >= engine_object_count(e, kind))
        return false;
    m = kind == OBJECT_HOTSPOT  ? &e->places[index].memory
        : kind == OBJECT_DEVICE ? &e->devices[index]
        : kind == OBJECT_SITE   ? &e->sites[index]
                                : &e->services[index].memory;
    *out = (struct object_state){.kind = kind,
                                 .index = index,
                                 .state = m->state,
                                 .previous = m->state,
                                 .reason = m->is_known ? m->reason : REASON_NO_DATA,
                                 .since = m->since ? m->since : e->started,
                                 .clients = kind == OBJECT_HOTSPOT ? e->places[index].clients : NAN,
                                 .incident = m->incident};
    object_name(e, kind, index, &out->id, &out->name);
    return true;
}
