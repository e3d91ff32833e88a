/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.c - the tree of uplinks, and what lies beside it. Pure. */
#include "lib/model/topology.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/topology_internal.h"

const char *const topo_source_words[] = {"none", "inventory", "lldp", "poe", NULL};
const char *const topo_seen_words[] = {"no", "one_end", "both_ends", NULL};

static const struct {
    const char *word, *english;
} codes[] = {
#define CONTRADICTION(symbol, code, english) {code, english},
#include "lib/model/contradiction_list.h"
#undef CONTRADICTION
};

const char *topo_code_word(int code)
{
    return codes[code].word;
}

const char *topo_code_english(int code)
{
    return codes[code].english;
}

/* ---- what the inventory states ---- */

/* Takes over the stated uplinks; each circle is cut at its lowest index and reported. */
static enum err take_stated(struct topo *t, const struct topo_input *in, size_t *parents, size_t *walk)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < in->count; i++) {
        walk[i] = TOPO_NONE;
        parents[i] = in->nodes[i].uplink;
    }
    for (size_t i = 0; !e && i < in->count; i++) {
        size_t at = i;

        while (at != TOPO_NONE && walk[at] == TOPO_NONE) {
            walk[at] = i;
            at = parents[at];
        }
        if (at == TOPO_NONE || walk[at] != i)
            continue; /* a root, or known from an earlier walk */
        for (size_t k = parents[at], end = at; k != end; k = parents[k])
            at = k < at ? k : at;
        parents[at] = TOPO_NONE;
        e = topo_report(t, (struct topo_contradiction){TOPO_CYCLE, at, TOPO_NONE, TOPO_NONE, NULL, NULL});
    }
    return e;
}

/* ---- proposals: distances from the core, first along what is stated ---- */

struct walk {
    const struct topo_graph *g;
    struct topo *t;
    const size_t *parents;
    size_t *distance, *queue, *members;
};

/* Nothing is stated of its uplink, and it is not the top. */
static bool is_loose(const struct walk *w, size_t i)
{
    return w->g->in->nodes[i].uplink == TOPO_NONE && !w->g->in->nodes[i].is_core;
}

static void reach(struct walk *w, size_t node, size_t distance, size_t *tail)
{
    if (w->distance[node] != TOPO_NONE)
        return;
    w->distance[node] = distance;
    w->queue[(*tail)++] = node;
}

/* From the queue's first `tail` nodes on: to what is stated below them, and to what is loose and seen. */
static void spread(struct walk *w, size_t tail)
{
    for (size_t head = 0; head < tail; head++) {
        size_t at = w->queue[head], next = w->distance[at] + 1;

        for (size_t k = w->g->child_first[at]; k < w->g->child_first[at + 1]; k++)
            reach(w, w->g->children[k], next, &tail);
        for (size_t k = w->g->first[at]; k < w->g->first[at + 1]; k++)
            if (!w->g->pairings[k].is_disputed && is_loose(w, w->g->pairings[k].to))
                reach(w, w->g->pairings[k].to, next, &tail);
    }
}

/* All that hangs together with start, whatever the direction. Leaves the distances of others alone. */
static size_t spread_anywhere(struct walk *w, size_t start)
{
    size_t tail = 0;

    reach(w, start, 0, &tail);
    for (size_t head = 0; head < tail; head++) {
        size_t at = w->queue[head], next = w->distance[at] + 1;

        if (w->parents[at] != TOPO_NONE)
            reach(w, w->parents[at], next, &tail);
        for (size_t k = w->g->child_first[at]; k < w->g->child_first[at + 1]; k++)
            reach(w, w->g->children[k], next, &tail);
        for (size_t k = w->g->first[at]; k < w->g->first[at + 1]; k++)
            if (!w->g->pairings[k].is_disputed)
                reach(w, w->g->pairings[k].to, next, &tail);
    }
    return tail;
}

static void forget(struct walk *w, const size_t *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        w->distance[members[i]] = TOPO_NONE;
}

/* The member whose sum of distances to all others is least: a switch, router or OLT if there is one; of equal
 * ones that with the most neighbours, then the first. */
static size_t find_middle(struct walk *w, size_t count)
{
    size_t middle = w->members[0], least = SIZE_MAX, degree = 0;

    for (int pass = 0; pass < 2 && least == SIZE_MAX; pass++)
        for (size_t m = 0; m < count; m++) {
            size_t i = w->members[m], sum = 0, own = w->g->first[i + 1] - w->g->first[i];

            if (!is_loose(w, i) || (pass == 0 && !topo_forwards(&w->g->in->nodes[i])))
                continue;
            spread_anywhere(w, i);
            for (size_t k = 0; k < count; k++)
                sum += w->distance[w->members[k]];
            forget(w, w->members, count);
            if (sum < least || (sum == least && (own > degree || (own == degree && i < middle)))) {
                middle = i;
                least = sum;
                degree = own;
            }
        }
    return middle;
}

static void guess_roots(struct walk *w)
{
    for (size_t i = 0; i < w->g->in->count; i++) {
        size_t root, tail = 0, count;

        if (w->distance[i] != TOPO_NONE)
            continue;
        count = spread_anywhere(w, i);
        memcpy(w->members, w->queue, count * sizeof *w->members);
        forget(w, w->members, count);
        root = find_middle(w, count);
        w->t->places[root].is_root = count > 1;
        reach(w, root, 0, &tail);
        spread(w, tail);
        if (w->distance[i] == TOPO_NONE) { /* stated uplinks that lead away from the root */
            tail = 0;
            reach(w, i, 0, &tail);
        }
    }
}

/* Of the neighbours that are one step nearer: one that both ends name, then the first. */
static void propose_by_lldp(struct walk *w, size_t i)
{
    struct topo_place *p = &w->t->places[i];

    for (size_t k = w->g->first[i]; k < w->g->first[i + 1]; k++) {
        size_t to = w->g->pairings[k].to;
        enum topo_seen seen = topo_seen_by(w->g, i, to);

        if (w->g->pairings[k].is_disputed || w->distance[to] + 1 != w->distance[i] || seen <= p->seen)
            continue;
        p->parent = to;
        p->source = TOPO_LLDP;
        p->seen = seen;
    }
}

static bool delivers_power(const struct topo_node *n)
{
    for (size_t i = 0; i < n->poe_count; i++)
        if (n->poe[i].status == 3)
            return true;
    return false;
}

/* Power over Ethernet comes over the cable that the data take. */
static void propose_by_power(struct walk *w, size_t i)
{
    const struct topo_node *n = &w->g->in->nodes[i];
    struct topo_place *p = &w->t->places[i];

    if (n->kind != DEVICE_AP || n->power == TOPO_NONE || w->distance[n->power] == TOPO_NONE ||
        !delivers_power(&w->g->in->nodes[n->power]))
        return;
    p->parent = n->power;
    p->source = TOPO_POE;
}

/* Where the ways begin: at the core; without one, where stated uplinks lead to. */
static size_t begin(struct walk *w)
{
    const struct topo_input *in = w->g->in;
    size_t tail = 0;

    for (size_t i = 0; i < in->count; i++)
        if (in->nodes[i].is_core)
            reach(w, i, 0, &tail);
    for (size_t i = 0; !tail && !in->may_guess_root && i < in->count; i++)
        if (w->parents[i] == TOPO_NONE && w->g->child_first[i] < w->g->child_first[i + 1])
            w->queue[tail++] = i;
    for (size_t i = 0; i < tail; i++)
        w->distance[w->queue[i]] = 0;
    return tail;
}

static void hang(struct walk *w)
{
    const struct topo_input *in = w->g->in;

    for (size_t i = 0; i < in->count; i++)
        w->distance[i] = TOPO_NONE;
    spread(w, begin(w));
    if (in->may_guess_root)
        guess_roots(w);
    for (size_t i = 0; i < in->count; i++) {
        struct topo_place *p = &w->t->places[i];

        p->parent = w->parents[i];
        if (p->parent != TOPO_NONE) {
            p->source = TOPO_INVENTORY;
            p->seen = topo_seen_by(w->g, i, p->parent);
        } else if (is_loose(w, i) && w->distance[i] == TOPO_NONE) {
            propose_by_power(w, i);
        } else if (is_loose(w, i) && w->distance[i] > 0) {
            propose_by_lldp(w, i);
        }
        if (p->parent == TOPO_NONE)
            continue;
        p->own_port = topo_port_towards(w->g, i, p->parent);
        p->parent_port = in->nodes[i].uplink_port;
        if (!p->parent_port)
            p->parent_port = topo_port_towards(w->g, p->parent, i);
    }
}

/* ---- depths, rings ---- */

static void measure_depths(struct topo *t, size_t *chain)
{
    for (size_t i = 0; i < t->count; i++)
        t->places[i].depth = TOPO_NONE;
    for (size_t i = 0; i < t->count; i++) {
        size_t len = 0, at = i, depth;

        while (at != TOPO_NONE && t->places[at].depth == TOPO_NONE) {
            chain[len++] = at;
            at = t->places[at].parent;
        }
        depth = at == TOPO_NONE ? 0 : t->places[at].depth + 1;
        while (len)
            t->places[chain[--len]].depth = depth++;
    }
}

/* Marks both ways up to where they meet; false: they don't. */
static bool close_ring(struct topo *t, size_t a, size_t b)
{
    size_t up = a, over = b;

    while (up != over && up != TOPO_NONE && over != TOPO_NONE) {
        size_t *deeper = t->places[up].depth >= t->places[over].depth ? &up : &over;

        *deeper = t->places[*deeper].parent;
    }
    if (up != over || up == TOPO_NONE)
        return false;
    for (size_t at = a; at != up; at = t->places[at].parent)
        t->places[at].is_in_ring = true;
    for (size_t at = b; at != up; at = t->places[at].parent)
        t->places[at].is_in_ring = true;
    t->places[up].is_in_ring = true;
    return true;
}

static void add_link(struct topo *t, const struct topo_graph *g, size_t from, size_t to,
                     enum topo_source source)
{
    t->links[t->link_count++] = (struct topo_link){
        .from = from,
        .to = to,
        .from_port = topo_port_towards(g, from, to),
        .to_port = topo_port_towards(g, to, from),
        .source = source,
        .seen = topo_seen_by(g, from, to),
        .is_ring = close_ring(t, from, to),
    };
}

static bool is_in_tree(const struct topo *t, size_t a, size_t b)
{
    return t->places[a].parent == b || t->places[b].parent == a;
}

/* LLDP shows a or b on the other, against what is stated: an uplink that was moved is no second link. */
static bool is_instead(const struct topo *t, size_t a, size_t b)
{
    for (size_t i = 0; i < t->contradiction_count; i++) {
        const struct topo_contradiction *c = &t->contradictions[i];

        if (c->code == TOPO_UPLINK_DIFFERS &&
            ((c->device == a && c->seen == b) || (c->device == b && c->seen == a)))
            return true;
    }
    return false;
}

static enum err collect_links(struct topo *t, const struct topo_graph *g)
{
    const struct topo_input *in = g->in;

    t->links = calloc(g->pairing_count + in->link_count + 1, sizeof *t->links);
    if (!t->links)
        return ERR_NOMEM;
    for (size_t i = 0; i < in->link_count; i++)
        if (in->links[i].from != in->links[i].to && !is_in_tree(t, in->links[i].from, in->links[i].to))
            add_link(t, g, in->links[i].from, in->links[i].to, TOPO_INVENTORY);
    for (size_t i = 0; i < g->pairing_count; i++) {
        const struct topo_pairing *p = &g->pairings[i];

        if (p->from < p->to && !p->is_disputed && !is_in_tree(t, p->from, p->to) &&
            !topo_is_linked(in, p->from, p->to) && !topo_is_explained(g, p->from, p->to) &&
            !is_instead(t, p->from, p->to))
            add_link(t, g, p->from, p->to, TOPO_LLDP);
    }
    return ERR_OK;
}

/* ---- all ---- */

enum err topo_report(struct topo *t, struct topo_contradiction c)
{
    size_t n = t->contradiction_count;

    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, … are full */
        struct topo_contradiction *grown = realloc(t->contradictions, (n ? 2 * n : 1) * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        t->contradictions = grown;
    }
    t->contradictions[t->contradiction_count++] = c;
    return ERR_OK;
}

static int by_code(const void *a, const void *b)
{
    const struct topo_contradiction *x = a, *y = b;

    if (x->code != y->code)
        return x->code - y->code;
    return (x->device > y->device) - (x->device < y->device);
}

static enum err build(struct topo *t, const struct topo_input *in, struct topo_graph *g, size_t *room)
{
    size_t *parents = room;
    struct walk w = {g, t, parents, room + in->count, room + 2 * in->count, room + 3 * in->count};
    enum err e = take_stated(t, in, parents, w.distance);

    if (!e)
        e = topo_graph_new(in, parents, t, g);
    if (!e)
        e = topo_find_disputes(t, g);
    if (e)
        return e;
    hang(&w);
    measure_depths(t, w.queue);
    e = topo_check(t, g);
    if (!e)
        e = collect_links(t, g);
    if (!e && t->contradiction_count)
        qsort(t->contradictions, t->contradiction_count, sizeof *t->contradictions, by_code);
    return e;
}

enum err topo_build(const struct topo_input *in, struct topo **out)
{
    struct topo *t = calloc(1, sizeof *t);
    struct topo_graph g = {0};
    size_t *room = calloc(4 * in->count + 1, sizeof *room);
    enum err e = ERR_NOMEM;

    if (t) {
        t->places = calloc(in->count + 1, sizeof *t->places);
        t->count = in->count;
    }
    if (t && t->places && room)
        e = build(t, in, &g, room);
    topo_graph_fini(&g);
    free(room);
    if (e)
        topo_free(t);
    else
        *out = t;
    return e;
}

void topo_free(struct topo *t)
{
    if (!t)
        return;
    free(t->places);
    free(t->links);
    free(t->contradictions);
    free(t->strangers);
    free(t);
}
