/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network.c - nodes and links from inventory and snapshot. Pure. */
#include "dashboards/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/wiring.h"

/* How late somebody's silence may be noticed, for it takes a look at everybody. */
#define CHECK_EVERY (10 * SECONDS)

static size_t index_of(const struct inventory *inv, const char *id)
{
    const struct device *v = inventory_device(inv, id);

    return v ? (size_t)(v - inventory_devices(inv, &(size_t){0})) : TOPO_NONE;
}

static struct topo_node device_node(const struct snapshot *snapshot, const struct device *v, size_t index,
                                    ns_t now)
{
    const struct snap_source *source = snapshot_device_source(snapshot, index);
    const struct rel_device *related = &snapshot_relations(snapshot)->devices[index];
    const struct asset *asset = snapshot_asset(source, NULL);
    const struct wiring *w = source ? source->wiring : NULL;
    struct topo_node node = {
        .id = v->id,
        .kind = (enum device_kind)v->kind,
        .is_core = v->is_core,
        .is_alive = source && source->answered && !source->is_down && now - source->answered < SNAPSHOT_FRESH,
        .uplink = related->uplink,
        .power = related->power,
        .uplink_port = v->uplink_port,
        .name = asset ? asset->name : NULL,
        .address = v->address,
    };

    if (w) {
        node.chassis_id = w->chassis_id;
        node.neighbours = w->neighbours;
        node.neighbour_count = w->neighbour_count;
        node.poe = w->poe;
        node.poe_count = w->poe_count;
    }
    return node;
}

static struct topo_node row_node(const struct inventory *inv, const struct snapshot *snapshot, size_t index)
{
    const struct hotspot *h = &inventory_hotspots(inv, &(size_t){0})[index];
    const struct snap_source *source = snapshot_speaker(snapshot, index);
    const struct wiring_row *row = wiring_row(source ? source->wiring : NULL, h->entity);
    enum state state = snapshot_hotspot(snapshot, index)->state;

    return (struct topo_node){
        .id = h->id,
        .kind = DEVICE_AP,
        .is_alive = state == STATE_USABLE || state == STATE_DEGRADED,
        .uplink = index_of(inv, h->uplink),
        .power = index_of(inv, h->power),
        .name = row && *row->name ? row->name : NULL,
        .chassis_id = strncmp(h->entity, "ap/", 3) == 0 ? h->entity + 3 : NULL,
    };
}

static enum err take_links(struct network *n, const struct inventory *inv)
{
    size_t count;
    const struct link *links = inventory_links(inv, &count);

    n->links = calloc(count + 1, sizeof *n->links);
    if (!n->links)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct topo_pair pair = {index_of(inv, links[i].from), index_of(inv, links[i].to)};

        if (pair.from != TOPO_NONE && pair.to != TOPO_NONE)
            n->links[n->link_count++] = pair;
    }
    return ERR_OK;
}

static enum err take_nodes(struct network *n, const struct inventory *inv, const struct snapshot *snapshot,
                           ns_t now)
{
    size_t hotspot_count;
    const struct hotspot *hotspots = inventory_hotspots(inv, &hotspot_count);
    const struct device *devices = inventory_devices(inv, &n->device_count);

    n->nodes = calloc(n->device_count + hotspot_count + 1, sizeof *n->nodes);
    n->hotspot = calloc(hotspot_count + 1, sizeof *n->hotspot);
    if (!n->nodes || !n->hotspot)
        return ERR_NOMEM;
    for (size_t i = 0; i < n->device_count; i++)
        n->nodes[n->count++] = device_node(snapshot, &devices[i], i, now);
    for (size_t i = 0; i < hotspot_count; i++) {
        if (!hotspots[i].entity)
            continue;
        n->hotspot[n->count - n->device_count] = i;
        n->nodes[n->count++] = row_node(inv, snapshot, i);
    }
    return ERR_OK;
}

static enum err build(struct network *n, const struct inventory *inv)
{
    enum err e = take_links(n, inv);

    return e ? e
             : topo_build(
                   &(struct topo_input){
                       .nodes = n->nodes, .count = n->count, .links = n->links, .link_count = n->link_count},
                   &n->topo);
}

enum err network_new(const struct inventory *inv, const struct snapshot *snapshot, ns_t now,
                     struct network **out)
{
    struct network *n = calloc(1, sizeof *n);
    enum err e = n ? take_nodes(n, inv, snapshot, now) : ERR_NOMEM;

    if (e == ERR_OK)
        e = build(n, inv);
    if (e) {
        network_free(n);
        return e;
    }
    *out = n;
    return ERR_OK;
}

void network_free(struct network *n)
{
    if (!n)
        return;
    free(n->nodes);
    free(n->hotspot);
    free(n->links);
    topo_free(n->topo);
    free(n);
}

/* ---- kept ---- */

/* Of one inventory, and with all tables as they were: then the same pointer is the same text. */
static bool is_same(const struct network *a, const struct network *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->nodes[i].is_alive != b->nodes[i].is_alive || a->nodes[i].name != b->nodes[i].name ||
            a->nodes[i].neighbours != b->nodes[i].neighbours)
            return false;
    return a->count == b->count;
}

enum err network_get(struct network_cache *c, const struct inventory *inv, const struct snapshot *snapshot,
                     ns_t now, const struct network **out)
{
    bool has_same_tables = c->network && c->tables == snapshot_tables(snapshot);
    struct network *fresh;

    if (has_same_tables && c->liveness == snapshot_liveness(snapshot) && now >= c->checked &&
        now - c->checked < CHECK_EVERY) {
        *out = c->network;
        return ERR_OK;
    }
    fresh = calloc(1, sizeof *fresh);
    enum err e = fresh ? take_nodes(fresh, inv, snapshot, now) : ERR_NOMEM;
    bool is_current = e == ERR_OK && has_same_tables && is_same(c->network, fresh);

    if (e == ERR_OK && !is_current)
        e = build(fresh, inv);
    if (e || is_current) {
        network_free(fresh);
    } else {
        network_free(c->network);
        c->network = fresh;
        c->tables = snapshot_tables(snapshot);
    }
    if (!e) {
        c->liveness = snapshot_liveness(snapshot);
        c->checked = now;
    }
    *out = c->network;
    return e;
}

/* ---- load ---- */

static double value_at(const struct snap_source *source, int64_t series)
{
    return series >= 0 && (size_t)series < source->value_count ? source->values[series] : NAN;
}

struct network_load network_load(const struct network *n, const struct snapshot *snapshot, size_t node)
{
    const struct topo_place *place = &n->topo->places[node];
    struct network_load load = {NAN, NAN, NAN};

    for (int end = 0; end < 2 && isnan(load.down) && place->parent != TOPO_NONE; end++) {
        size_t at = end == 0 ? node : place->parent;
        const char *port = end == 0 ? place->own_port : place->parent_port;
        const struct snap_source *source = at < n->device_count ? snapshot_device_source(snapshot, at) : NULL;
        const struct wiring_port *p = source ? wiring_port(source->wiring, port) : NULL;

        if (!p || !n->nodes[at].is_alive)
            continue;
        load.down = value_at(source, end == 0 ? p->in : p->out);
        load.up = value_at(source, end == 0 ? p->out : p->in);
        load.speed = value_at(source, p->speed);
    }
    return load;
}
