/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.c - builds the tree from the inventory. Pure apart from malloc. */
#include "alerts/topology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

static int index_get(const struct map *m, const char *key)
{
    return key ? (int)(intptr_t)map_get(m, key) - 1 : -1;
}

static enum err index_set(struct map *m, const char *key, size_t i)
{
    return map_set(m, key, (void *)(intptr_t)(i + 1), NULL);
}

int topology_device(const struct topology *t, const char *id)
{
    return index_get(t->device_index, id);
}

int topology_hotspot(const struct topology *t, const char *id)
{
    return index_get(t->hotspot_index, id);
}

static int row_get(const struct topology *t, const char *device_id, const char *entity)
{
    char key[256];

    if (strlen(device_id) + strlen(entity) + 2 > sizeof key)
        return -1;
    strx_copy(key, sizeof key, device_id);
    strx_copy(key + strlen(key), sizeof key - strlen(key), "\n");
    strx_copy(key + strlen(key), sizeof key - strlen(key), entity);
    return index_get(t->row_index, key);
}

int topology_row(const struct topology *t, const char *device_id, const char *entity)
{
    int place = row_get(t, device_id, entity);

    return place < 0 && entity_is_access_point(entity) ? row_get(t, "", entity) : place;
}

bool topology_is_below(const struct topology *t, int node, int above)
{
    int at = node;

    for (int depth = 0; at >= 0 && depth < TOPOLOGY_DEPTH_MAX; depth++) {
        if (at == above)
            return true;
        if (t->nodes[at].controller >= 0 && topology_is_below(t, t->nodes[at].controller, above))
            return true;
        at = t->nodes[at].parent;
    }
    return false;
}

/* ---- nodes ---- */

static void node_init(struct node *n)
{
    *n = (struct node){.parent = -1, .controller = -1, .feeder = -1};
    for (size_t i = 0; i < TOPOLOGY_ALTERNATES; i++)
        n->alternates[i] = -1;
}

static enum err add_devices(struct topology *t, const struct inventory *inv)
{
    const struct device *devices = inventory_devices(inv, &t->device_count);
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < t->device_count; i++) {
        struct node *n = &t->nodes[i];
        node_init(n);
        n->device = &devices[i];
        n->id = devices[i].id;
        n->name = devices[i].name ? devices[i].name : devices[i].id;
        n->site = devices[i].site;
        n->kind = devices[i].kind;
        n->is_core = devices[i].is_core;
        e = index_set(t->device_index, devices[i].id, i);
    }
    t->node_count = t->device_count;
    for (size_t i = 0; !e && i < t->device_count; i++) {
        t->nodes[i].parent = topology_device(t, devices[i].uplink);
        t->nodes[i].feeder = topology_device(t, devices[i].power);
    }
    return e;
}

static enum err index_row(struct topology *t, const char *device_id, const char *entity, size_t place)
{
    char *key = strx_printf("%s\n%s", device_id, entity);
    enum err e = key ? index_set(t->row_index, key, place) : ERR_NOMEM;

    free(key);
    return e;
}

/* A controller's row becomes a node of its own. */
static enum err add_row(struct topology *t, const struct hotspot *h, size_t place)
{
    struct node *n = &t->nodes[t->node_count];
    enum err e;

    node_init(n);
    n->id = h->id;
    n->name = h->name ? h->name : h->id;
    n->site = h->site;
    n->kind = DEVICE_AP;
    n->parent = topology_device(t, h->uplink);
    n->feeder = topology_device(t, h->power);
    n->controller = topology_device(t, h->device);
    t->places[place].node = (int)t->node_count++;
    e = h->device ? index_row(t, h->device, h->entity, place) : ERR_OK;
    if (!e && entity_is_access_point(h->entity) && row_get(t, "", h->entity) < 0)
        e = index_row(t, "", h->entity, place);
    return e;
}

static enum err add_places(struct topology *t, const struct inventory *inv)
{
    const struct hotspot *hotspots = inventory_hotspots(inv, &t->place_count);
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < t->place_count; i++) {
        struct place *p = &t->places[i];
        p->hotspot = &hotspots[i];
        p->position = hotspot_position(inv, p->hotspot);
        p->node = topology_device(t, p->hotspot->device);
        if (p->hotspot->entity)
            e = add_row(t, p->hotspot, i);
        if (!e)
            e = index_set(t->hotspot_index, p->hotspot->id, i);
    }
    return e;
}

static void add_alternate(struct topology *t, int from, int to, int link)
{
    struct node *n = &t->nodes[from];

    if (n->parent == to || topology_is_below(t, to, from))
        return;
    for (size_t i = 0; i < TOPOLOGY_ALTERNATES; i++) {
        if (n->alternates[i] >= 0)
            continue;
        n->alternates[i] = to;
        n->links[i] = link;
        return;
    }
}

/* A line between two branches makes a ring of both, up to where they meet. */
static void mark_ring(struct topology *t, int from, int to)
{
    for (int n = from; n >= 0 && !topology_is_below(t, to, n); n = t->nodes[n].parent)
        t->nodes[n].is_in_ring = true;
}

static void add_links(struct topology *t, const struct inventory *inv)
{
    size_t count;
    const struct link *links = inventory_links(inv, &count);

    for (size_t i = 0; i < count; i++) {
        int from = topology_device(t, links[i].from);
        int to = topology_device(t, links[i].to);
        if (from < 0 || to < 0 || from == to)
            continue;
        add_alternate(t, from, to, (int)i);
        add_alternate(t, to, from, (int)i);
        mark_ring(t, from, to);
        mark_ring(t, to, from);
    }
}

/* ---- lists by owner ---- */

typedef int owner_fn(const struct topology *t, size_t i);

static int parent_of(const struct topology *t, size_t i)
{
    return t->nodes[i].parent;
}

static int feeder_of(const struct topology *t, size_t i)
{
    return t->nodes[i].feeder;
}

static int controller_of(const struct topology *t, size_t i)
{
    return t->nodes[i].controller;
}

static int node_of_place(const struct topology *t, size_t i)
{
    return t->places[i].node;
}

/* Gathers 0..count-1 by their owner; offset_first and offset_count are size_t members of struct node. */
static int *gather(struct topology *t, size_t count, owner_fn *owner, size_t offset_first,
                   size_t offset_count)
{
    int *list = calloc(count + 1, sizeof *list);
    size_t at = 0;

    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (owner(t, i) >= 0)
            ++*(size_t *)((char *)&t->nodes[owner(t, i)] + offset_count);
    for (size_t i = 0; i < t->node_count; i++) {
        *(size_t *)((char *)&t->nodes[i] + offset_first) = at;
        at += *(size_t *)((char *)&t->nodes[i] + offset_count);
        *(size_t *)((char *)&t->nodes[i] + offset_count) = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (owner(t, i) < 0)
            continue;
        char *n = (char *)&t->nodes[owner(t, i)];
        list[*(size_t *)(n + offset_first) + (*(size_t *)(n + offset_count))++] = (int)i;
    }
    return list;
}

/* ---- neighbours ---- */

static double distance_m(struct geo_point a, struct geo_point b)
{
    double y = (a.lat - b.lat) * 111200.0;
    double x = (a.lon - b.lon) * 111200.0 * cos(a.lat * 3.14159265358979 / 180);

    return sqrt(x * x + y * y);
}

static void find_neighbours(struct topology *t, size_t i)
{
    double best[TOPOLOGY_NEIGHBOURS];
    struct place *p = &t->places[i];
    size_t count = 0;

    for (size_t k = 0; k < TOPOLOGY_NEIGHBOURS; k++)
        p->neighbours[k] = -1;
    for (size_t k = 0; k < t->place_count; k++) {
        /* half a minute of arc in latitude is further than 500 m: skips the cosine for most */
        if (k == i || fabs(t->places[k].position.lat - p->position.lat) > 0.005)
            continue;
        double d = distance_m(p->position, t->places[k].position);
        size_t at = count;
        if (d > 500 || (count == TOPOLOGY_NEIGHBOURS && d >= best[count - 1]))
            continue;
        if (count < TOPOLOGY_NEIGHBOURS)
            count++;
        else
            at--;
        for (; at > 0 && best[at - 1] > d; at--) {
            best[at] = best[at - 1];
            p->neighbours[at] = p->neighbours[at - 1];
        }
        best[at] = d;
        p->neighbours[at] = (int)k;
    }
}

enum err topology_new(const struct inventory *inv, struct topology **out)
{
    struct topology *t = calloc(1, sizeof *t);
    size_t devices, hotspots;
    enum err e = ERR_NOMEM;

    if (!t)
        return ERR_NOMEM;
    inventory_devices(inv, &devices);
    inventory_hotspots(inv, &hotspots);
    t->nodes = calloc(devices + hotspots + 1, sizeof *t->nodes);
    t->places = calloc(hotspots + 1, sizeof *t->places);
    t->device_index = map_new(1);
    t->hotspot_index = map_new(2);
    t->row_index = map_new(3);
    if (!t->nodes || !t->places || !t->device_index || !t->hotspot_index || !t->row_index)
        goto failed;
    e = add_devices(t, inv);
    if (!e)
        e = add_places(t, inv);
    if (e)
        goto failed;
    add_links(t, inv);
    e = ERR_NOMEM;
    t->children = gather(t, t->node_count, parent_of, offsetof(struct node, child_first),
                         offsetof(struct node, child_count));
    t->fed = gather(t, t->node_count, feeder_of, offsetof(struct node, fed_first),
                    offsetof(struct node, fed_count));
    t->rows = gather(t, t->node_count, controller_of, offsetof(struct node, row_first),
                     offsetof(struct node, row_count));
    t->on_node = gather(t, t->place_count, node_of_place, offsetof(struct node, place_first),
                        offsetof(struct node, place_count));
    if (!t->children || !t->fed || !t->rows || !t->on_node)
        goto failed;
    for (size_t i = 0; i < t->place_count; i++)
        find_neighbours(t, i);
    *out = t;
    return ERR_OK;
failed:
    topology_free(t);
    return e;
}

void topology_free(struct topology *t)
{
    if (!t)
        return;
    map_free(t->device_index, NULL);
    map_free(t->hotspot_index, NULL);
    map_free(t->row_index, NULL);
    free(t->children);
    free(t->fed);
    free(t->rows);
    free(t->on_node);
    free(t->places);
    free(t->nodes);
    free(t);
}
