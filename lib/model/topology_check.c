/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_check.c - where inventory, LLDP and PoE contradict each other. Pure.
 *
 * "Speaks" means: the device answers and told at least one neighbour. A device that does not speak may be one
 * that passes LLDP frames on, so two that see each other across it prove nothing. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/model/topology_internal.h"

static bool speaks(const struct topo_graph *g, size_t i)
{
    return g->in->nodes[i].is_alive && g->in->nodes[i].neighbour_count > 0;
}

/* ---- a silent device in between ---- */

/* How many silent devices lie on the stated way up from `from` to `to`; TOPO_NONE: it does not lead there, or
 * one that speaks lies between. */
static size_t silent_between(const struct topo_graph *g, size_t from, size_t to)
{
    size_t at = g->in->nodes[from].uplink;

    for (size_t steps = 0; at != TOPO_NONE && steps < g->in->count; steps++) {
        if (at == to)
            return steps;
        if (speaks(g, at))
            break;
        at = g->in->nodes[at].uplink;
    }
    return TOPO_NONE;
}

bool topo_is_explained(const struct topo_graph *g, size_t a, size_t b)
{
    size_t up = silent_between(g, a, b), down = silent_between(g, b, a), at = a;

    if (up != TOPO_NONE || down != TOPO_NONE)
        return up != 0 && down != 0; /* 0: one hangs on the other itself */
    for (size_t steps = 0; steps < g->in->count; steps++) {
        at = g->in->nodes[at].uplink;
        if (at == TOPO_NONE || speaks(g, at))
            return false;
        if (silent_between(g, b, at) != TOPO_NONE) /* two below the same silent one */
            return true;
    }
    return false;
}

/* ---- the two ends of a cable ---- */

/* Does the neighbour's own word for its port mean this entity? */
static bool names_port(const struct topo_neighbour *n, const char *port)
{
    const char *own = strncmp(port, "if/", 3) == 0 ? port + 3 : port;

    return (n->port_id && strcasecmp(n->port_id, own) == 0) ||
           (n->port_descr && strcasecmp(n->port_descr, own) == 0);
}

static size_t first_sight(const struct topo_graph *g, size_t from)
{
    size_t lo = 0, hi = g->sight_count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (g->sights[mid].from < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What the far end sees on the port that s says it ends on; NULL: s's own device, or nothing certain. */
static const struct topo_sight *other_view(const struct topo_graph *g, const struct topo_sight *s)
{
    const struct topo_sight *other = NULL;

    for (size_t i = first_sight(g, s->to); i < g->sight_count && g->sights[i].from == s->to; i++) {
        const struct topo_sight *view = &g->sights[i];

        if (!view->n->port || !names_port(s->n, view->n->port))
            continue;
        if (view->to == s->from)
            return NULL;
        other = view;
    }
    return other;
}

static void dispute(const struct topo_graph *g, size_t a, size_t b)
{
    topo_pairing(g, a, b)->is_disputed = true;
    topo_pairing(g, b, a)->is_disputed = true;
}

enum err topo_find_disputes(struct topo *t, struct topo_graph *g)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < g->sight_count; i++) {
        const struct topo_sight *s = &g->sights[i], *other = other_view(g, s);

        if (!other || topo_is_explained(g, s->from, other->to))
            continue;
        dispute(g, s->from, s->to);
        dispute(g, other->from, other->to);
        e = topo_report(t, (struct topo_contradiction){TOPO_ENDS_DISAGREE, s->from, s->to, other->to,
                                                       s->n->port, other->n->port});
    }
    return e;
}

/* ---- stated uplinks ---- */

static bool is_below(const struct topo *t, size_t node, size_t above)
{
    while (node != TOPO_NONE && node != above)
        node = t->places[node].parent;
    return node == above;
}

/* Its uplink is stated, and nobody sees it there. */
static bool is_missed(const struct topo_graph *g, size_t i)
{
    return g->in->nodes[i].uplink != TOPO_NONE && !topo_pairing(g, i, g->in->nodes[i].uplink);
}

/* Which of two missed ones hangs on the other: one whose uplink would know, one that ends the tree, the
 * deeper one. */
static size_t weight(const struct topo *t, const struct topo_graph *g, size_t i)
{
    return (speaks(g, g->in->nodes[i].uplink) ? 2 * t->count : 0) +
           (topo_forwards(&g->in->nodes[i]) ? 0 : t->count) + t->places[i].depth;
}

/* Does this pair say that i hangs on `on` and not where it is stated? */
static bool is_moved(const struct topo *t, const struct topo_graph *g, size_t i, size_t on)
{
    if (!is_missed(g, i) || is_below(t, on, i) || topo_is_linked(g->in, i, on) ||
        topo_is_explained(g, i, on) || topo_pairing(g, i, on)->is_disputed)
        return false;
    if (!is_missed(g, on) || is_below(t, i, on))
        return true;
    return weight(t, g, i) > weight(t, g, on) || (weight(t, g, i) == weight(t, g, on) && i > on);
}

/* Where LLDP shows i instead, or TOPO_NONE. */
static size_t moved_to(const struct topo *t, const struct topo_graph *g, size_t i)
{
    size_t best = TOPO_NONE;
    enum topo_seen most = TOPO_UNSEEN;

    for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
        enum topo_seen seen = topo_seen_by(g, i, g->pairings[k].to);

        if (seen > most && is_moved(t, g, i, g->pairings[k].to)) {
            best = g->pairings[k].to;
            most = seen;
        }
    }
    return best;
}

/* On which port of its stated uplink it really is; NULL: on the stated one, or not known. */
static const char *other_port(const struct topo_graph *g, size_t i)
{
    const struct topo_node *n = &g->in->nodes[i];
    const struct topo_pairing *p = topo_pairing(g, n->uplink, i);
    const char *seen = NULL;

    for (size_t k = 0; p && k < p->count; k++) {
        const char *port = g->sights[p->first + k].n->port;

        if (port && topo_same_port(port, n->uplink_port))
            return NULL;
        seen = seen ? seen : port;
    }
    return seen;
}

static enum err check_uplink(struct topo *t, const struct topo_graph *g, size_t i)
{
    const struct topo_node *n = &g->in->nodes[i];
    const char *port;
    size_t on;

    if (n->uplink == TOPO_NONE)
        return ERR_OK;
    if (!is_missed(g, i)) {
        port = n->uplink_port ? other_port(g, i) : NULL;
        return !port ? ERR_OK
                     : topo_report(t, (struct topo_contradiction){TOPO_PORT_DIFFERS, i, n->uplink, n->uplink,
                                                                  n->uplink_port, port});
    }
    on = moved_to(t, g, i);
    if (on != TOPO_NONE)
        return topo_report(t, (struct topo_contradiction){TOPO_UPLINK_DIFFERS, i, n->uplink, on,
                                                          n->uplink_port, topo_port_towards(g, on, i)});
    if (speaks(g, i) && speaks(g, n->uplink))
        return topo_report(
            t, (struct topo_contradiction){TOPO_LINK_UNSEEN, i, n->uplink, TOPO_NONE, n->uplink_port, NULL});
    return ERR_OK;
}

static enum err check_links(struct topo *t, const struct topo_graph *g)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < g->in->link_count; i++) {
        size_t a = g->in->links[i].from, b = g->in->links[i].to;

        if (speaks(g, a) && speaks(g, b) && a != b && !topo_pairing(g, a, b) && t->places[a].parent != b &&
            t->places[b].parent != a)
            e = topo_report(t, (struct topo_contradiction){TOPO_LINK_UNSEEN, a, b, TOPO_NONE, NULL, NULL});
    }
    return e;
}

/* ---- several neighbours on one port ---- */

/* Somebody on a port: a node, or a stranger by its chassis id. */
struct guest {
    const char *port, *chassis_id;
    size_t device, node;
};

static int by_port(const void *a, const void *b)
{
    const struct guest *x = a, *y = b;
    int order = (x->device > y->device) - (x->device < y->device);

    if (!order)
        order = strcmp(x->port, y->port);
    if (!order)
        order = (x->node > y->node) - (x->node < y->node);
    return order ? order : strcmp(x->chassis_id, y->chassis_id);
}

static void add_guest(struct guest *guests, size_t *count, size_t device, const struct topo_neighbour *n,
                      size_t node)
{
    if (n->port)
        guests[(*count)++] =
            (struct guest){n->port, node == TOPO_NONE && n->chassis_id ? n->chassis_id : "", device, node};
}

static enum err check_ports(struct topo *t, const struct topo_graph *g)
{
    struct guest *guests = calloc(g->sight_count + t->stranger_count + 1, sizeof *guests);
    size_t count = 0, reported = TOPO_NONE;
    enum err e = guests ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < g->sight_count; i++)
        add_guest(guests, &count, g->sights[i].from, g->sights[i].n, g->sights[i].to);
    for (size_t i = 0; !e && i < t->stranger_count; i++)
        add_guest(guests, &count, t->strangers[i].device, t->strangers[i].neighbour, TOPO_NONE);
    if (count)
        qsort(guests, count, sizeof *guests, by_port);
    for (size_t i = 1; !e && i < count; i++) {
        const struct guest *x = &guests[i - 1], *y = &guests[i];

        if (x->device != y->device || strcmp(x->port, y->port) != 0) {
            reported = TOPO_NONE;
            continue;
        }
        if (reported != TOPO_NONE || by_port(x, y) == 0)
            continue; /* said already; or the same one twice */
        if (x->node != TOPO_NONE && y->node != TOPO_NONE && topo_is_explained(g, x->node, y->node))
            continue; /* a silent device shares the port out */
        reported = i;
        e = topo_report(
            t, (struct topo_contradiction){TOPO_PORT_SHARED, x->device, x->node, y->node, NULL, x->port});
    }
    free(guests);
    return e;
}

/* ---- power over Ethernet ---- */

static int poe_status(const struct topo_node *n, const char *port)
{
    for (size_t i = 0; i < n->poe_count; i++)
        if (n->poe[i].port && topo_same_port(n->poe[i].port, port))
            return n->poe[i].status;
    return 0;
}

/* The node that sees i on a port of its, and that port; else the stated uplink. */
static size_t plugged_into(const struct topo_graph *g, size_t i, const char **port)
{
    const struct topo_node *n = &g->in->nodes[i];

    for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
        *port = g->pairings[k].is_disputed ? NULL : topo_port_towards(g, g->pairings[k].to, i);
        if (*port)
            return g->pairings[k].to;
    }
    *port = n->uplink_port;
    return n->uplink;
}

static enum err check_power(struct topo *t, const struct topo_graph *g, size_t i)
{
    enum { DISABLED = 1, SEARCHING = 2, DELIVERING = 3, FAULT = 4, OTHER_FAULT = 6 };
    const struct topo_node *n = &g->in->nodes[i];
    struct topo_contradiction c = {TOPO_FEEDER_DIFFERS, i, n->power, TOPO_NONE, NULL, NULL};
    int status;

    if (n->kind != DEVICE_AP || n->power == TOPO_NONE || !n->is_alive ||
        !topo_forwards(&g->in->nodes[n->power]))
        return ERR_OK; /* a UPS feeds the switch */
    c.seen = plugged_into(g, i, &c.seen_port);
    if (c.seen == TOPO_NONE || !c.seen_port || !g->in->nodes[c.seen].is_alive)
        return ERR_OK;
    status = poe_status(&g->in->nodes[c.seen], c.seen_port);
    if (c.seen != n->power)
        return status == DELIVERING ? topo_report(t, c) : ERR_OK;
    c.code = TOPO_POE_NO_POWER;
    return status == DISABLED || status == SEARCHING || status == FAULT || status == OTHER_FAULT
               ? topo_report(t, c)
               : ERR_OK;
}

enum err topo_check(struct topo *t, const struct topo_graph *g)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < g->in->count; i++) {
        e = check_uplink(t, g, i);
        if (!e)
            e = check_power(t, g, i);
    }
    if (!e)
        e = check_links(t, g);
    return e ? e : check_ports(t, g);
}
