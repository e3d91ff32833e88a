/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_internal.h - what topology*.c share: who sees whom. */
#ifndef NW_MODEL_TOPOLOGY_INTERNAL_H
#define NW_MODEL_TOPOLOGY_INTERNAL_H

#include "lib/model/topology.h"

/* `from` says that it sees `to`. */
struct topo_sight {
    size_t from, to;
    const struct topo_neighbour *n;
};

/* Two nodes of which at least one sees the other; stands there once from each side. */
struct topo_pairing {
    size_t from, to;
    size_t first, count; /* sights of from that say so; none: only the other end does */
    bool is_disputed;    /* the ends disagree: neither a proposal nor a ring follows */
};

struct topo_graph {
    const struct topo_input *in;
    struct topo_sight *sights; /* by from, to, port */
    size_t sight_count;
    struct topo_pairing *pairings; /* by from, to */
    size_t pairing_count;
    size_t *first;       /* pairings of node i: first[i] .. first[i + 1] */
    size_t *children;    /* nodes by the uplink that is stated */
    size_t *child_first; /* of node i: child_first[i] .. child_first[i + 1] */
};

enum err topo_graph_new(const struct topo_input *in, const size_t *parents, struct topo *t,
                        struct topo_graph *g) NW_CHECKED;
void topo_graph_fini(struct topo_graph *g);
/* NULL: neither sees the other. */
struct topo_pairing *topo_pairing(const struct topo_graph *g, size_t from, size_t to);
enum topo_seen topo_seen_by(const struct topo_graph *g, size_t a, size_t b);
/* The port of `from` on which `to` was seen, or NULL. */
const char *topo_port_towards(const struct topo_graph *g, size_t from, size_t to);

/* "if/x" and "x" are the same port. */
bool topo_same_port(const char *a, const char *b);
bool topo_is_linked(const struct topo_input *in, size_t a, size_t b); /* stated under links */
bool topo_forwards(const struct topo_node *n);                        /* switch, router, OLT */

/* Finds what contradicts; needs places' parents and depths. Marks disputed pairings. */
enum err topo_find_disputes(struct topo *t, struct topo_graph *g) NW_CHECKED;
enum err topo_check(struct topo *t, const struct topo_graph *g) NW_CHECKED;
enum err topo_report(struct topo *t, struct topo_contradiction c) NW_CHECKED;
/* The pair see each other though nothing is stated between them, and a silent device in between explains it.
 */
bool topo_is_explained(const struct topo_graph *g, size_t a, size_t b);

#endif
