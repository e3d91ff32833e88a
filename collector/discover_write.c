/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_write.c - who hangs on whom, and the proposed inventory as YAML. Pure. */
#include "collector/discover.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/model/inventory_write.h"
#include "lib/runtime/conf_write.h"

/* ---- the graph of neighbours ---- */

struct edge {
    size_t from, to;
    const char *port; /* of from, where to was seen */
};

struct graph {
    const struct discover_device *devices;
    size_t count;
    struct edge *edges; /* both directions, sorted by from, to; with a port before without */
    size_t edge_count;
    size_t *first; /* of device i: first[i] .. first[i + 1] */
    size_t *distance, *queue;
    size_t *members; /* of one component */
};

static void lower(const char *from, char out[256])
{
    strx_copy(out, 256, from);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
}

/* sysName to its index + 1; TWICE: the name tells nothing. */
#define TWICE UINTPTR_MAX

static enum err index_names(const struct discover_device *devices, size_t count, struct map *names)
{
    char key[256];
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < count; i++) {
        lower(devices[i].sys_name, key);
        if (*key)
            e = map_set(names, key, (void *)(map_get(names, key) ? TWICE : i + 1), NULL);
    }
    return e;
}

static size_t find_name(const struct map *names, const char *name)
{
    char key[256];
    uintptr_t hit;

    lower(name, key);
    hit = *key ? (uintptr_t)map_get(names, key) : 0;
    return hit && hit != TWICE ? hit - 1 : DISCOVER_NONE;
}

static int by_ends(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (!x->port != !y->port)
        return x->port ? -1 : 1;
    return x->port ? strcmp(x->port, y->port) : 0;
}

static enum err collect_edges(struct graph *g, const struct map *names, size_t *strangers)
{
    size_t most = 0, kept = 0;

    for (size_t i = 0; i < g->count; i++)
        most += 2 * g->devices[i].neighbours.count;
    g->edges = calloc(most + 1, sizeof *g->edges);
    g->first = calloc(g->count + 1, sizeof *g->first);
    g->distance = calloc(g->count + 1, sizeof *g->distance);
    g->queue = calloc(g->count + 1, sizeof *g->queue);
    g->members = calloc(g->count + 1, sizeof *g->members);
    if (!g->edges || !g->first || !g->distance || !g->queue || !g->members)
        return ERR_NOMEM;
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < g->devices[i].neighbours.count; k++) {
            const struct discover_neighbour *n =
                (const struct discover_neighbour *)g->devices[i].neighbours.items + k;
            size_t far = find_name(names, n->name);

            if (far == DISCOVER_NONE) {
                ++*strangers;
            } else if (far != i) {
                g->edges[g->edge_count++] = (struct edge){i, far, *n->port ? n->port : NULL};
                g->edges[g->edge_count++] = (struct edge){far, i, NULL};
            }
        }
    qsort(g->edges, g->edge_count, sizeof *g->edges, by_ends);
    for (size_t i = 0; i < g->edge_count; i++)
        if (!kept || g->edges[i].from != g->edges[kept - 1].from || g->edges[i].to != g->edges[kept - 1].to)
            g->edges[kept++] = g->edges[i];
    g->edge_count = kept;
    for (size_t i = 0, at = 0; i <= g->count; i++) {
        while (at < kept && g->edges[at].from < i)
            at++;
        g->first[i] = at;
    }
    return ERR_OK;
}

/* Distances from start; returns how many were reached. visit order in g->queue. */
static size_t spread(struct graph *g, size_t start)
{
    size_t head = 0, tail = 0;

    for (size_t i = 0; i < g->count; i++)
        g->distance[i] = DISCOVER_NONE;
    g->distance[start] = 0;
    g->queue[tail++] = start;
    while (head < tail) {
        size_t at = g->queue[head++];

        for (size_t k = g->first[at]; k < g->first[at + 1]; k++)
            if (g->distance[g->edges[k].to] == DISCOVER_NONE) {
                g->distance[g->edges[k].to] = g->distance[at] + 1;
                g->queue[tail++] = g->edges[k].to;
            }
    }
    return tail;
}

static bool may_be_root(const struct discover_device *d)
{
    return d->kind == DEVICE_SWITCH || d->kind == DEVICE_ROUTER || d->kind == DEVICE_OLT;
}

/* The device of start's component whose sum of distances to all is least; of equal ones a switch, router or
 * OLT, then the one with the most neighbours, then the first address. */
static size_t find_root(struct graph *g, size_t start, const size_t *members, size_t member_count)
{
    size_t root = start, least = SIZE_MAX, degree = 0;

    for (int pass = 0; pass < 2 && least == SIZE_MAX; pass++)
        for (size_t m = 0; m < member_count; m++) {
            size_t i = members[m], sum = 0, own = g->first[i + 1] - g->first[i];

            if (pass == 0 && !may_be_root(&g->devices[i]))
                continue;
            spread(g, i);
            for (size_t k = 0; k < member_count; k++)
                sum += g->distance[members[k]];
            if (sum < least || (sum == least && own > degree)) {
                root = i;
                least = sum;
                degree = own;
            }
        }
    return root;
}

/* The port of parent on which child was seen. */
static const char *port_towards(const struct graph *g, size_t parent, size_t child)
{
    for (size_t k = g->first[parent]; k < g->first[parent + 1]; k++)
        if (g->edges[k].to == child)
            return g->edges[k].port;
    return NULL;
}

static void hang(struct graph *g, struct discover_device *devices, size_t root, bool *is_done)
{
    size_t count = spread(g, root);

    devices[root].is_root = count > 1;
    for (size_t q = 0; q < count; q++) {
        size_t at = g->queue[q];

        is_done[at] = true;
        for (size_t k = g->first[at]; k < g->first[at + 1] && at != root; k++) {
            size_t to = g->edges[k].to;

            if (g->distance[to] + 1 == g->distance[at]) {
                devices[at].uplink = to;
                devices[at].uplink_port = port_towards(g, to, at);
                break;
            }
        }
    }
}

static enum err collect_links(const struct graph *g, struct discover_tree *out)
{
    out->links = calloc(g->edge_count + 1, sizeof *out->links);
    if (!out->links)
        return ERR_NOMEM;
    for (size_t i = 0; i < g->edge_count; i++) {
        size_t a = g->edges[i].from, b = g->edges[i].to;

        if (a < b && g->devices[a].uplink != b && g->devices[b].uplink != a)
            out->links[out->link_count++] = (struct discover_link){a, b};
    }
    return ERR_OK;
}

enum err discover_make_tree(struct discover_device *devices, size_t count, const char *core,
                            struct discover_tree *out)
{
    struct graph g = {.devices = devices, .count = count};
    size_t root = DISCOVER_NONE;
    struct map *names = map_new(0x6469);
    bool *is_done = calloc(count + 1, sizeof *is_done);
    enum err e = names && is_done ? index_names(devices, count, names) : ERR_NOMEM;

    *out = (struct discover_tree){0};
    for (size_t i = 0; i < count; i++) {
        devices[i].uplink = DISCOVER_NONE;
        devices[i].uplink_port = NULL;
        devices[i].is_root = devices[i].is_core = false;
        if (core && strcmp(devices[i].id, core) == 0)
            root = i;
    }
    if (!e && core && root == DISCOVER_NONE)
        e = ERR_NOT_FOUND;
    if (!e)
        e = collect_edges(&g, names, &out->strangers);
    if (!e && root != DISCOVER_NONE) {
        devices[root].is_core = true;
        hang(&g, devices, root, is_done);
    }
    for (size_t i = 0; !e && i < count; i++) {
        size_t reached;

        if (is_done[i])
            continue;
        reached = spread(&g, i);
        memcpy(g.members, g.queue, reached * sizeof *g.members); /* find_root() spreads again */
        hang(&g, devices, find_root(&g, i, g.members, reached), is_done);
    }
    if (!e)
        e = collect_links(&g, out);
    free(g.edges);
    free(g.first);
    free(g.distance);
    free(g.queue);
    free(g.members);
    free(is_done);
    map_free(names, NULL);
    return e;
}

/* ---- YAML ---- */

static void put_device(struct buf *out, const struct discover_device *all, const struct discover_device *d)
{
    struct device item = inventory_blank_device();

    buf_printf(out, "  # profile %s; kind by %s", d->profile, d->why);
    if (*d->vendor || *d->model) {
        buf_str(out, "; ");
        conf_put_text(out, d->vendor);
        buf_str(out, " ");
        conf_put_text(out, d->model);
    }
    buf_str(out, "\n  # sysDescr ");
    conf_put_text(out, d->sys_descr);
    if (d->is_root && !d->is_core)
        buf_str(out,
                "\n  # the middle of what LLDP shows; if the monitor is connected here, add: core: true");
    buf_str(out, "\n");
    item.id = (char *)d->id;
    item.name = *d->sys_name ? d->sys_name : NULL;
    item.address = d->address;
    item.port = d->port;
    item.kind = d->kind;
    item.model = *d->model ? d->model : NULL;
    item.serial = *d->serial ? d->serial : NULL;
    item.uplink = d->uplink == DISCOVER_NONE ? NULL : (char *)all[d->uplink].id;
    item.uplink_port = (char *)d->uplink_port;
    item.is_core = d->is_core;
    inventory_put_device(out, &item);
}

static void put_link(struct buf *out, const struct discover_device *devices, struct discover_link l, size_t n)
{
    char id[32];

    snprintf(id, sizeof id, "link-%zu", n);
    inventory_put_link(
        out, &(struct link){.id = id, .from = (char *)devices[l.from].id, .to = (char *)devices[l.to].id});
}

void discover_write(struct buf *out, const struct discover_device *devices, size_t count,
                    const struct discover_tree *tree)
{
    buf_str(out,
            "# A proposal of `netzwacht discover`. What SNMP does not tell has to be added by hand: sites\n"
            "# (with lat and lon), hotspots, power, and credentials where they are not \"default\".\n");
    if (tree)
        buf_str(out, "# Uplinks are read from LLDP, seen from the core, or else from the middle of the "
                     "network: check their direction.\n");
    if (tree && tree->strangers)
        buf_printf(out, "# %zu LLDP neighbours are not among these devices, or their name is not unique.\n",
                   tree->strangers);
    buf_str(out, count ? "devices:\n" : "devices: []\n");
    for (size_t i = 0; i < count; i++)
        put_device(out, devices, &devices[i]);
    if (tree && tree->link_count)
        buf_str(out, "# Seen by LLDP beside the uplinks: rings and double connections.\nlinks:\n");
    for (size_t i = 0; tree && i < tree->link_count; i++)
        put_link(out, devices, tree->links[i], i + 1);
}
