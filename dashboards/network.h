/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network.h - the inventory's devices and what the snapshot knows of their cables, as lib/model/topology.h
 * wants them. Borrows from both: valid until the next record. Pure. */
#ifndef NW_DASHBOARDS_NETWORK_H
#define NW_DASHBOARDS_NETWORK_H

#include "dashboards/snapshot.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/topology.h"

struct network {
    struct topo_node *nodes; /* the devices in inventory order, then access points that are rows */
    size_t count, device_count;
    size_t *hotspot; /* of row i: hotspot[i - device_count], an index in the inventory */
    struct topo_pair *links;
    size_t link_count;
    struct topo *topo;
};

/* now: wall. */
enum err network_new(const struct inventory *inv, const struct snapshot *snapshot, ns_t now,
                     struct network **out) NW_CHECKED;
void network_free(struct network *n);

/* The last one that was built; all zero at first. */
struct network_cache {
    struct network *network; /* network_free() at the end */
    uint64_t tables;         /* snapshot_tables() when it was */
    uint64_t liveness;       /* snapshot_liveness() when it was found to be current, … */
    ns_t checked;            /* … at this wall time */
};
/* The same as network_new(), built anew only if something it is made of changed. Borrowed until the next call
 * and the next record. */
enum err network_get(struct network_cache *c, const struct inventory *inv, const struct snapshot *snapshot,
                     ns_t now, const struct network **out) NW_CHECKED;

/* What crosses the port that a node's uplink takes, seen from the node: bit/s, NaN if not known. */
struct network_load {
    double down, up; /* from and towards the core */
    double speed;
};
struct network_load network_load(const struct network *n, const struct snapshot *snapshot, size_t node);

#endif
