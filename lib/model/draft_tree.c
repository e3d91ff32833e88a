/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft_tree.c - breadth first from the core. Pure. */
#include "lib/model/draft_tree.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { SEED = 0x6474 };
#define NOWHERE SIZE_MAX

struct edge {
    size_t from, to;
    char *port; /* of from; owned by the first of both directions that names it; may be NULL */
};

struct draft_tree {
    struct map *nodes;  /* key -> number + 1 */
    struct edge *edges; /* both directions */
    size_t count, cap;
};

enum err draft_tree_new(struct draft_tree **out)
{
    struct draft_tree *t = calloc(1, sizeof *t);

    if (t)
        t->nodes = map_new(SEED);
    if (!t || !t->nodes) {
        free(t);
        return ERR_NOMEM;
    }
    *out = t;
    return ERR_OK;
}

void draft_tree_free(struct draft_tree *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        free(t->edges[i].port);
    free(t->edges);
    map_free(t->nodes, NULL);
    free(t);
}

static enum err node(struct draft_tree *t, const char *key, size_t *out)
{
    uintptr_t known = (uintptr_t)map_get(t->nodes, key);
    enum err e = ERR_OK;

    if (!known) {
        known = map_count(t->nodes) + 1;
        e = map_set(t->nodes, key, (void *)known, NULL);
    }
    *out = known - 1;
    return e;
}

static enum err add_edge(struct draft_tree *t, size_t from, size_t to, const char *port)
{
    char *copy = port && *port ? strdup(port) : NULL;

    if (port && *port && !copy)
        return ERR_NOMEM;
    t->edges[t->count++] = (struct edge){from, to, copy};
    return ERR_OK;
}

enum err draft_tree_add(struct draft_tree *t, const char *a, const char *port_a, const char *b,
                        const char *port_b)
{
    size_t from, to;
    enum err e;

    if (strcmp(a, b) == 0)
        return ERR_OK; /* a cable from a device to itself leads nowhere */
    if (t->count + 2 > DRAFT_EDGES_MAX)
        return ERR_LIMIT;
    if (t->count + 2 > t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 64;
        struct edge *grown = realloc(t->edges, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        t->edges = grown;
        t->cap = cap;
    }
    e = node(t, a, &from);
    if (!e)
        e = node(t, b, &to);
    if (!e)
        e = add_edge(t, from, to, port_a);
    return e ? e : add_edge(t, to, from, port_b);
}

/* One connection told twice counts once; the telling that names the port comes first. */
static int by_ends(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (!x->port || !y->port)
        return (x->port == NULL) - (y->port == NULL);
    return strcmp(x->port, y->port);
}

/* Sorts the edges and returns where those of node i begin; first[nodes] is the end. */
static size_t *index_edges(struct draft_tree *t)
{
    size_t nodes = map_count(t->nodes), *first = calloc(nodes + 2, sizeof *first);

    if (!first)
        return NULL;
    if (t->count)
        qsort(t->edges, t->count, sizeof *t->edges, by_ends);
    for (size_t i = 0; i < t->count; i++)
        first[t->edges[i].from + 1]++;
    for (size_t i = 0; i < nodes; i++)
        first[i + 1] += first[i];
    return first;
}

/* parent[i]: the node nearer to the core that reached i first; NOWHERE: none. */
static void spread(const struct draft_tree *t, const size_t *first, size_t core, size_t *parent,
                   size_t *queue)
{
    size_t head = 0, tail = 0, nodes = map_count(t->nodes);

    for (size_t i = 0; i < nodes; i++)
        parent[i] = NOWHERE;
    parent[core] = core;
    queue[tail++] = core;
    while (head < tail) {
        size_t at = queue[head++];
        for (size_t k = first[at]; k < first[at + 1]; k++)
            if (parent[t->edges[k].to] == NOWHERE) {
                parent[t->edges[k].to] = at;
                queue[tail++] = t->edges[k].to;
            }
    }
    parent[core] = NOWHERE;
}

static const char *key_of(const struct draft_tree *t, size_t i)
{
    const char *key;

    map_at(t->nodes, i, &key);
    return key;
}

static bool has_ref(const struct draft_item *item, const char *field)
{
    for (size_t i = 0; i < item->ref_count; i++)
        if (strcmp(item->refs[i].field, field) == 0)
            return true;
    return false;
}

static enum err hang(const struct draft_tree *t, struct draft *draft, const struct edge *down)
{
    struct draft_item *child = draft_find(draft, INVENTORY_DEVICE, key_of(t, down->to));
    enum err e;

    if (!child)
        child = draft_find(draft, INVENTORY_HOTSPOT, key_of(t, down->to));
    if (!child || has_ref(child, "uplink"))
        return ERR_OK;
    e = draft_refer(child, "uplink", key_of(t, down->from));
    return !e && child->kind == INVENTORY_DEVICE ? draft_put(draft, child, "uplink_port", down->port) : e;
}

static enum err add_link(const struct draft_tree *t, struct draft *draft, const struct edge *edge)
{
    const char *from = key_of(t, edge->from), *to = key_of(t, edge->to);
    char *key = strx_printf("%s-%s", strcmp(from, to) < 0 ? from : to, strcmp(from, to) < 0 ? to : from);
    struct draft_item *link = NULL;
    enum err e = key ? draft_add(draft, INVENTORY_LINK, key, "the cables", &link) : ERR_NOMEM;

    if (!e)
        e = draft_refer(link, "from", from);
    if (!e)
        e = draft_refer(link, "to", to);
    free(key);
    return e;
}

/* Edges in order of first: the first of several between the same two is the uplink. */
static enum err use_edges(const struct draft_tree *t, struct draft *draft, const size_t *parent)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < t->count; i++) {
        const struct edge *edge = &t->edges[i];

        if (i && edge->from == edge[-1].from && edge->to == edge[-1].to)
            continue;
        if (parent[edge->to] == edge->from)
            e = hang(t, draft, edge);
        else if (edge->from < edge->to && parent[edge->from] != edge->to &&
                 draft_find(draft, INVENTORY_DEVICE, key_of(t, edge->from)) &&
                 draft_find(draft, INVENTORY_DEVICE, key_of(t, edge->to)))
            e = add_link(t, draft, edge);
    }
    return e;
}

enum err draft_tree_apply(struct draft_tree *t, struct draft *draft, const char *core)
{
    size_t nodes = map_count(t->nodes), *first = index_edges(t);
    size_t *parent = calloc(nodes + 1, sizeof *parent), *queue = calloc(nodes + 1, sizeof *queue);
    uintptr_t root = (uintptr_t)map_get(t->nodes, core);
    enum err e = first && parent && queue ? ERR_OK : ERR_NOMEM;

    if (!e && root) {
        spread(t, first, root - 1, parent, queue);
        e = use_edges(t, draft, parent);
    }
    free(first);
    free(parent);
    free(queue);
    return e;
}
