/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_graph.c - who sees whom: LLDP rows as pairs of nodes. Pure. */
#include "lib/model/topology_internal.h"

#include <stdlib.h>
#include <string.h>

static int compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_pair(const void *a, const void *b)
{
    const struct topo_sight *x = a, *y = b;
    int order = compare(x->from, y->from);

    if (!order)
        order = compare(x->to, y->to);
    if (!order)
        order = !x->n->port - !y->n->port; /* a known port first */
    return order ? order : x->n->port ? strcmp(x->n->port, y->n->port) : 0;
}

static int by_ends(const void *a, const void *b)
{
    const struct topo_pairing *x = a, *y = b;
    int order = compare(x->from, y->from);

    if (!order)
        order = compare(x->to, y->to);
    return order ? order : compare(!x->count, !y->count); /* the one with sights first */
}

/* The sights, and strangers. */
static enum err look_around(struct topo *t, struct topo_graph *g, const struct topo_index *index)
{
    size_t most = 0;

    for (size_t i = 0; i < g->in->count; i++)
        most += g->in->nodes[i].is_alive ? g->in->nodes[i].neighbour_count : 0;
    g->sights = calloc(most + 1, sizeof *g->sights);
    t->strangers = calloc(most + 1, sizeof *t->strangers);
    if (!g->sights || !t->strangers)
        return ERR_NOMEM;
    for (size_t i = 0; i < g->in->count; i++) {
        const struct topo_node *node = &g->in->nodes[i];

        for (size_t k = 0; node->is_alive && k < node->neighbour_count; k++) {
            size_t to = topo_identify(index, &node->neighbours[k]);

            if (to == TOPO_NONE)
                t->strangers[t->stranger_count++] = (struct topo_stranger){i, &node->neighbours[k]};
            else if (to != i)
                g->sights[g->sight_count++] = (struct topo_sight){i, to, &node->neighbours[k]};
        }
    }
    if (g->sight_count)
        qsort(g->sights, g->sight_count, sizeof *g->sights, by_pair);
    return ERR_OK;
}

static enum err pair_up(struct topo_graph *g)
{
    size_t kept = 0;

    g->pairings = calloc(2 * g->sight_count + 1, sizeof *g->pairings);
    g->first = calloc(g->in->count + 1, sizeof *g->first);
    if (!g->pairings || !g->first)
        return ERR_NOMEM;
    for (size_t i = 0; i < g->sight_count; i++) {
        const struct topo_sight *s = &g->sights[i];

        if (i && s->from == s[-1].from && s->to == s[-1].to) {
            g->pairings[g->pairing_count - 2].count++;
            continue;
        }
        g->pairings[g->pairing_count++] = (struct topo_pairing){s->from, s->to, i, 1, false};
        g->pairings[g->pairing_count++] = (struct topo_pairing){s->to, s->from, 0, 0, false};
    }
    if (g->pairing_count)
        qsort(g->pairings, g->pairing_count, sizeof *g->pairings, by_ends);
    for (size_t i = 0; i < g->pairing_count; i++)
        if (!kept || g->pairings[i].from != g->pairings[kept - 1].from ||
            g->pairings[i].to != g->pairings[kept - 1].to)
            g->pairings[kept++] = g->pairings[i];
    g->pairing_count = kept;
    for (size_t i = 0, at = 0; i <= g->in->count; i++) {
        while (at < kept && g->pairings[at].from < i)
            at++;
        g->first[i] = at;
    }
    return ERR_OK;
}

static enum err list_children(struct topo_graph *g, const size_t *parents)
{
    size_t count = g->in->count;

    g->children = calloc(count + 1, sizeof *g->children);
    g->child_first = calloc(count + 2, sizeof *g->child_first);
    if (!g->children || !g->child_first)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (parents[i] != TOPO_NONE)
            g->child_first[parents[i] + 2]++;
    for (size_t i = 2; i <= count; i++)
        g->child_first[i] += g->child_first[i - 1];
    for (size_t i = 0; i < count; i++) /* child_first[p + 1] runs from the begin of p's to their end */
        if (parents[i] != TOPO_NONE)
            g->children[g->child_first[parents[i] + 1]++] = i;
    return ERR_OK;
}

enum err topo_graph_new(const struct topo_input *in, const size_t *parents, struct topo *t,
                        struct topo_graph *g)
{
    struct topo_index *index = NULL;
    enum err e = topo_index_new(in->nodes, in->count, &index);

    *g = (struct topo_graph){.in = in};
    if (!e)
        e = look_around(t, g, index);
    if (!e)
        e = pair_up(g);
    if (!e)
        e = list_children(g, parents);
    topo_index_free(index);
    return e;
}

void topo_graph_fini(struct topo_graph *g)
{
    free(g->sights);
    free(g->pairings);
    free(g->first);
    free(g->children);
    free(g->child_first);
}

struct topo_pairing *topo_pairing(const struct topo_graph *g, size_t from, size_t to)
{
    size_t lo = g->first[from], hi = g->first[from + 1];

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (g->pairings[mid].to < to)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->first[from + 1] && g->pairings[lo].to == to ? &g->pairings[lo] : NULL;
}

enum topo_seen topo_seen_by(const struct topo_graph *g, size_t a, size_t b)
{
    const struct topo_pairing *there = topo_pairing(g, a, b);

    if (!there)
        return TOPO_UNSEEN;
    return there->count && topo_pairing(g, b, a)->count ? TOPO_BOTH_ENDS : TOPO_ONE_END;
}

const char *topo_port_towards(const struct topo_graph *g, size_t from, size_t to)
{
    const struct topo_pairing *p = topo_pairing(g, from, to);

    return p && p->count ? g->sights[p->first].n->port : NULL;
}

bool topo_same_port(const char *a, const char *b)
{
    if (strncmp(a, "if/", 3) == 0)
        a += 3;
    if (strncmp(b, "if/", 3) == 0)
        b += 3;
    return strcmp(a, b) == 0;
}

bool topo_is_linked(const struct topo_input *in, size_t a, size_t b)
{
    for (size_t i = 0; i < in->link_count; i++)
        if ((in->links[i].from == a && in->links[i].to == b) ||
            (in->links[i].from == b && in->links[i].to == a))
            return true;
    return false;
}

bool topo_forwards(const struct topo_node *n)
{
    return n->kind == DEVICE_SWITCH || n->kind == DEVICE_ROUTER || n->kind == DEVICE_OLT;
}
