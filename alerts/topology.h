/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.h - the tree that causes are looked for in: what hangs on what, and what feeds what.
 *
 * A node is a device, or an access point that is only a row of its controller's table. A place is a hotspot;
 * it stands on one node. Built once from an inventory, which is borrowed and must outlive it. Pure. */
#ifndef NW_ALERTS_TOPOLOGY_H
#define NW_ALERTS_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/map.h"
#include "lib/model/inventory.h"

enum { TOPOLOGY_DEPTH_MAX = 64, TOPOLOGY_NEIGHBOURS = 6, TOPOLOGY_ALTERNATES = 4 };

struct node {
    const char *id, *name, *site;        /* site may be NULL */
    const struct device *device;         /* NULL: a row */
    int kind;                            /* enum device_kind; a row is DEVICE_AP */
    int parent;                          /* towards the core, or -1 */
    int alternates[TOPOLOGY_ALTERNATES]; /* other ways up (inventory links), or -1 */
    int links[TOPOLOGY_ALTERNATES];      /* … by index in the inventory */
    int controller; /* of a row: the node that spoke for it last, at first its home, or -1 */
    int feeder;     /* the UPS or PoE switch that powers it, or -1 */
    bool is_core;
    bool is_in_ring;                 /* if its line towards the core breaks there is another way */
    size_t child_first, child_count; /* in topology.children: nodes whose parent this is */
    size_t fed_first, fed_count;     /* in topology.fed: nodes whose feeder this is */
    size_t row_first, row_count;     /* in topology.rows: nodes whose controller this is */
    size_t place_first, place_count; /* in topology.on_node: places on this node */
};

struct place {
    const struct hotspot *hotspot;
    int node;
    struct geo_point position;
    int neighbours[TOPOLOGY_NEIGHBOURS]; /* the nearest within 500 m, or -1 */
};

struct topology {
    struct node *nodes; /* the devices first, in inventory order, then the rows */
    size_t node_count, device_count;
    struct place *places; /* the hotspots in inventory order */
    size_t place_count;
    int *children, *fed, *rows, *on_node;
    struct map *device_index;  /* device id -> node + 1 */
    struct map *hotspot_index; /* hotspot id -> place + 1 */
    struct map *row_index; /* "<device id>\n<entity id>", for "ap/<mac>" also "\n<entity id>" -> place + 1 */
};

enum err topology_new(const struct inventory *inv, struct topology **out) NW_CHECKED;
void topology_free(struct topology *t);

int topology_device(const struct topology *t, const char *id);  /* node, or -1 */
int topology_hotspot(const struct topology *t, const char *id); /* place, or -1 */
/* The place that this row of this device is: by both, or by its base MAC whoever lists it. -1: none. */
int topology_row(const struct topology *t, const char *device_id, const char *entity);
/* Does `node` lie below `above` (or is it the same)? Along parents and controllers. */
bool topology_is_below(const struct topology *t, int node, int above);

#endif
