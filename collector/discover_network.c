/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_network.c - found devices beside the inventory, as nodes of a topology. Pure. */
#include "collector/discover_network.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"

enum { SEED = 0x6469, KEY_SIZE = 128 };

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static int by_address(const void *a, const void *b)
{
    const struct discover_device *x = a, *y = b;

    if (x->peer.is_v6 != y->peer.is_v6)
        return x->peer.is_v6 - y->peer.is_v6;
    return memcmp(x->peer.ip, y->peer.ip, sizeof x->peer.ip);
}

/* ---- what of it is in the inventory ---- */

/* The inventory's items by the signs that they are known by; value: the item, or TWICE. */
struct signs {
    struct map *address, *serial, *id, *entity;
};

static const char twice;
#define TWICE ((void *)&twice)

static enum err learn(struct map *m, const char *key, const void *item)
{
    if (!key || !*key)
        return ERR_OK;
    return map_set(m, key, map_get(m, key) ? TWICE : (void *)item, NULL);
}

static void *recall(const struct map *m, const char *key)
{
    void *item = key && *key ? map_get(m, key) : NULL;

    return item == TWICE ? NULL : item;
}

static void address_key(const char *address, int64_t port, char out[KEY_SIZE])
{
    char text[DISCOVER_ADDRESS_SIZE];
    struct snmp_address a;

    out[0] = '\0';
    if (!discover_address_parse(address, &a))
        return; /* a name: who is behind it is not asked here */
    discover_address_text(&a, text);
    snprintf(out, KEY_SIZE, "%s %" PRId64, text, port);
}

static enum err signs_init(struct signs *s, const struct inventory *inv)
{
    char key[KEY_SIZE];
    size_t count = 0;
    const struct device *devices = inv ? inventory_devices(inv, &count) : NULL;
    const struct hotspot *hotspots;
    enum err e = ERR_OK;

    *s = (struct signs){map_new(SEED), map_new(SEED), map_new(SEED), map_new(SEED)};
    if (!s->address || !s->serial || !s->id || !s->entity)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++) {
        address_key(devices[i].address, devices[i].port, key);
        e = learn(s->address, key, &devices[i]);
        if (!e)
            e = learn(s->serial, devices[i].serial, &devices[i]);
        if (!e)
            e = learn(s->id, devices[i].id, &devices[i]);
    }
    hotspots = inv ? inventory_hotspots(inv, &count) : NULL;
    for (size_t i = 0; !e && i < count; i++)
        e = learn(s->entity, hotspots[i].entity, &hotspots[i]);
    return e;
}

static void signs_fini(struct signs *s)
{
    map_free(s->address, NULL);
    map_free(s->serial, NULL);
    map_free(s->id, NULL);
    map_free(s->entity, NULL);
}

/* Gives node `i` the inventory's device, if nobody else has it. */
static void match(struct discover_network *n, size_t i, const struct device *known)
{
    for (size_t k = 0; known && k < n->count; k++)
        if (n->nodes[k].known == known)
            known = NULL;
    if (known && !n->nodes[i].known)
        n->nodes[i].known = known;
}

/* The surest sign first, for all devices, before the next one is looked at. */
static void match_devices(struct discover_network *n, const struct signs *s)
{
    char key[KEY_SIZE];

    for (int sign = 0; sign < 3; sign++)
        for (size_t i = 0; i < n->count; i++) {
            const struct discover_device *d = n->nodes[i].device;

            if (n->nodes[i].known)
                continue;
            if (sign == 0)
                address_key(d->address, d->port, key);
            else
                strx_make_id(d->sys_name, key);
            match(n, i,
                  recall(sign == 0   ? s->address
                         : sign == 1 ? s->serial
                                     : s->id,
                         sign == 1 ? d->serial : key));
        }
}

/* ---- nodes ---- */

/* Room for every found device and row, and every one of the inventory. */
static enum err make_room(struct discover_network *n, const struct discover_device *devices, size_t count)
{
    size_t most = count, neighbours = 0, poe = 0, known = 0, hotspots = 0, links = 0;

    for (size_t i = 0; i < count; i++) {
        most += devices[i].aps.count;
        neighbours += devices[i].neighbours.count;
        poe += devices[i].poe.count;
    }
    if (n->inventory) {
        inventory_devices(n->inventory, &known);
        inventory_hotspots(n->inventory, &hotspots);
        inventory_links(n->inventory, &links);
    }
    most += known + hotspots + 1;
    n->nodes = calloc(most, sizeof *n->nodes);
    n->topo_nodes = calloc(most, sizeof *n->topo_nodes);
    n->neighbours = calloc(neighbours + 1, sizeof *n->neighbours);
    n->poe = calloc(poe + 1, sizeof *n->poe);
    n->links = calloc(links + 1, sizeof *n->links);
    return n->nodes && n->topo_nodes && n->neighbours && n->poe && n->links ? ERR_OK : ERR_NOMEM;
}

/* The rows of the device that node `controller` is. */
static void add_rows(struct discover_network *n, size_t controller, const struct signs *s)
{
    const struct discover_device *d = n->nodes[controller].device;
    const struct discover_ap *aps = d->aps.items;

    for (size_t i = 0; i < d->aps.count; i++)
        n->nodes[n->count++] = (struct discover_node){.device = d,
                                                      .ap = &aps[i],
                                                      .known_row = recall(s->entity, aps[i].entity),
                                                      .controller = controller};
}

static bool is_asked(const struct discover_context *c, const struct device *d)
{
    struct snmp_address a;

    for (size_t i = 0; d->port == c->port && discover_address_parse(d->address, &a) && i < c->asked_count;
         i++)
        if (discover_range_has(&c->asked[i], &a))
            return true;
    return false;
}

/* What the inventory has and the search has not. */
static enum err add_absent(struct discover_network *n, const struct discover_context *c)
{
    struct map *found = map_new(SEED);
    size_t device_count = 0, hotspot_count = 0, seen = n->count;
    const struct device *devices = n->inventory ? inventory_devices(n->inventory, &device_count) : NULL;
    const struct hotspot *hotspots = n->inventory ? inventory_hotspots(n->inventory, &hotspot_count) : NULL;
    enum err e = found ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < seen; i++) {
        if (n->nodes[i].known)
            e = map_set(found, n->nodes[i].known->id, &n->nodes[i], NULL);
        else if (n->nodes[i].known_row && n->nodes[i].known_row->entity)
            e = map_set(found, n->nodes[i].known_row->entity, n, NULL);
    }
    for (size_t i = 0; !e && i < device_count; i++)
        if (!map_get(found, devices[i].id))
            n->nodes[n->count++] =
                (struct discover_node){.known = &devices[i], .was_asked = is_asked(c, &devices[i])};
    for (size_t i = 0; !e && i < hotspot_count; i++) {
        const struct discover_node *controller;

        if (!hotspots[i].entity || map_get(found, hotspots[i].entity))
            continue;
        controller = hotspots[i].device ? map_get(found, hotspots[i].device) : NULL;
        n->nodes[n->count++] = (struct discover_node){.known_row = &hotspots[i],
                                                      .was_asked = controller && !controller->device->is_cut};
    }
    map_free(found, NULL);
    return e;
}

/* The inventory's ids; new ones in order of address, a second one of the same name gets "-2". */
static enum err make_ids(struct discover_network *n)
{
    struct map *taken[2] = {map_new(SEED), map_new(SEED)}; /* of devices, of hotspots */
    size_t count = 0;
    const struct hotspot *hotspots = n->inventory ? inventory_hotspots(n->inventory, &count) : NULL;
    enum err e = taken[0] && taken[1] ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < count; i++)
        e = map_set(taken[1], hotspots[i].id, n, NULL);
    for (size_t i = 0; !e && i < n->count; i++) {
        struct discover_node *x = &n->nodes[i];

        if (x->known)
            strx_copy(x->id, sizeof x->id, x->known->id);
        else if (x->known_row)
            strx_copy(x->id, sizeof x->id, x->known_row->id);
        if (*x->id && x->known)
            e = map_set(taken[0], x->id, n, NULL);
    }
    for (size_t i = 0; !e && i < n->count; i++) {
        struct discover_node *x = &n->nodes[i];
        struct map *m = taken[x->ap != NULL];
        char base[STRX_ID_SIZE];

        if (*x->id)
            continue;
        strx_make_id(x->ap ? x->ap->name : x->device->sys_name, base);
        if (!*base) {
            strcpy(base, x->ap ? "hotspot-" : "device-");
            strx_make_id(x->ap ? x->ap->entity : x->device->address, base + strlen(base));
        }
        strx_copy(x->id, sizeof x->id, base);
        for (unsigned k = 2; map_get(m, x->id); k++)
            snprintf(x->id, sizeof x->id, "%.58s-%u", base, k);
        e = map_set(m, x->id, n, NULL);
    }
    map_free(taken[0], NULL);
    map_free(taken[1], NULL);
    return e;
}

/* ---- the topology ---- */

struct making {
    struct discover_network *n;
    struct map *index; /* of devices by id, + 1 */
    size_t neighbour_at, poe_at;
};

static size_t index_of(const struct making *m, const char *id)
{
    uintptr_t hit = id ? (uintptr_t)map_get(m->index, id) : 0;

    return hit ? hit - 1 : TOPO_NONE;
}

static void state_device(const struct making *m, const struct device *known, struct topo_node *to)
{
    to->kind = (enum device_kind)known->kind;
    to->is_core = known->is_core;
    to->uplink = index_of(m, known->uplink);
    to->power = index_of(m, known->power);
    to->uplink_port = known->uplink_port;
    to->address = known->address;
}

static void see_neighbours(struct making *m, const struct discover_device *d, struct topo_node *to)
{
    const struct discover_neighbour *n = d->neighbours.items;
    const struct discover_poe *poe = d->poe.items;

    to->neighbours = m->n->neighbours + m->neighbour_at;
    to->neighbour_count = d->neighbours.count;
    for (size_t i = 0; i < d->neighbours.count; i++)
        m->n->neighbours[m->neighbour_at++] =
            (struct topo_neighbour){or_null(n[i].port),    or_null(n[i].name),       or_null(n[i].chassis_id),
                                    or_null(n[i].port_id), or_null(n[i].port_descr), or_null(n[i].address)};
    to->poe = m->n->poe + m->poe_at;
    to->poe_count = d->poe.count;
    for (size_t i = 0; i < d->poe.count; i++)
        m->n->poe[m->poe_at++] = (struct topo_poe){poe[i].port, (int)poe[i].status};
}

static struct topo_node make_row(const struct making *m, const struct discover_node *x)
{
    const char *entity = x->ap ? x->ap->entity : x->known_row->entity;

    return (struct topo_node){.id = x->id,
                              .kind = DEVICE_AP,
                              .is_alive = x->ap != NULL,
                              .uplink = x->known_row ? index_of(m, x->known_row->uplink) : TOPO_NONE,
                              .power = x->known_row ? index_of(m, x->known_row->power) : TOPO_NONE,
                              .name = x->ap ? or_null(x->ap->name) : NULL,
                              .chassis_id = strncmp(entity, "ap/", 3) == 0 ? entity + 3 : NULL};
}

static struct topo_node make_node(struct making *m, const struct discover_node *x)
{
    struct topo_node to = {.id = x->id, .uplink = TOPO_NONE, .power = TOPO_NONE};

    if (x->ap || x->known_row)
        return make_row(m, x);
    if (x->known)
        state_device(m, x->known, &to);
    if (x->device) {
        if (!x->known || x->device->kind != DEVICE_OTHER)
            to.kind = (enum device_kind)x->device->kind;
        to.is_alive = true;
        to.name = or_null(x->device->sys_name);
        to.chassis_id = or_null(x->device->chassis_id);
        to.address = x->device->address;
        see_neighbours(m, x->device, &to);
    }
    return to;
}

static void take_links(struct making *m)
{
    size_t count = 0;
    const struct link *links = m->n->inventory ? inventory_links(m->n->inventory, &count) : NULL;

    for (size_t i = 0; i < count; i++) {
        struct topo_pair pair = {index_of(m, links[i].from), index_of(m, links[i].to)};

        if (pair.from != TOPO_NONE && pair.to != TOPO_NONE)
            m->n->links[m->n->link_count++] = pair;
    }
}

/* Power over Ethernet comes over the cable that the data take. */
static void find_feeders(struct discover_network *n)
{
    enum { DELIVERING = 3 };

    for (size_t i = 0; i < n->count; i++) {
        const struct topo_place *p = &n->topo->places[i];
        const struct topo_node *parent = p->parent == TOPO_NONE ? NULL : &n->topo_nodes[p->parent];

        n->nodes[i].feeder = TOPO_NONE;
        for (size_t k = 0; parent && p->parent_port && k < parent->poe_count; k++)
            if (parent->poe[k].status == DELIVERING && strcmp(parent->poe[k].port, p->parent_port) == 0)
                n->nodes[i].feeder = p->parent;
    }
}

static enum err make_topology(struct discover_network *n, const char *core)
{
    struct making m = {.n = n, .index = map_new(SEED)};
    enum err e = m.index ? ERR_OK : ERR_NOMEM;
    size_t at;

    for (size_t i = 0; !e && i < n->count; i++)
        if (!n->nodes[i].ap && !n->nodes[i].known_row)
            e = map_set(m.index, n->nodes[i].id, (void *)(i + 1), NULL);
    for (size_t i = 0; !e && i < n->count; i++)
        n->topo_nodes[i] = make_node(&m, &n->nodes[i]);
    take_links(&m);
    at = index_of(&m, core);
    if (!e && core && at == TOPO_NONE)
        e = ERR_NOT_FOUND;
    for (size_t i = 0; core && i < n->count; i++)
        n->topo_nodes[i].is_core = i == at;
    map_free(m.index, NULL);
    if (!e)
        e = topo_build(&(struct topo_input){n->topo_nodes, n->count, n->links, n->link_count, true},
                       &n->topo);
    if (!e)
        find_feeders(n);
    return e;
}

/* ---- all ---- */

enum err discover_network_new(struct discover_device *devices, size_t count,
                              const struct discover_context *context, struct discover_network **out)
{
    struct discover_network *n = calloc(1, sizeof *n);
    struct signs signs = {0};
    enum err e;

    if (!n)
        return ERR_NOMEM;
    n->inventory = context->inventory;
    if (count)
        qsort(devices, count, sizeof *devices, by_address);
    e = make_room(n, devices, count);
    if (!e)
        e = signs_init(&signs, n->inventory);
    for (size_t i = 0; !e && i < count; i++)
        n->nodes[n->count++] = (struct discover_node){.device = &devices[i]};
    if (!e)
        match_devices(n, &signs);
    for (size_t i = 0; !e && i < count; i++)
        add_rows(n, i, &signs);
    if (!e)
        e = add_absent(n, context);
    if (!e)
        e = make_ids(n);
    if (!e)
        e = make_topology(n, context->core);
    signs_fini(&signs);
    if (e)
        discover_network_free(n);
    else
        *out = n;
    return e;
}

void discover_network_free(struct discover_network *n)
{
    if (!n)
        return;
    topo_free(n->topo);
    free(n->nodes);
    free(n->topo_nodes);
    free(n->neighbours);
    free(n->poe);
    free(n->links);
    free(n);
}
