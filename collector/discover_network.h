/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_network.h - all that a search found, beside the inventory that there is: what is known already,
 * what is new, who hangs on whom, who feeds whom, and what contradicts; as a proposed inventory. Pure.
 *
 * A found device is the inventory's device of the same address and port, else of the same serial number, else
 * of the name that makes its id. A row of a controller is the inventory's hotspot of the same entity. */
#ifndef NW_COLLECTOR_DISCOVER_NETWORK_H
#define NW_COLLECTOR_DISCOVER_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/discover.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/strx.h"
#include "lib/model/inventory.h"
#include "lib/model/topology.h"

/* A device, or a controller's row. */
struct discover_node {
    const struct discover_device *device; /* found; of a row: its controller; NULL: not found */
    const struct discover_ap *ap;         /* the row; NULL: a device, or a row that was not found */
    const struct device *known;           /* of the inventory; NULL: new, or a row */
    const struct hotspot *known_row;
    char id[STRX_ID_SIZE]; /* the inventory's, else made from its name */
    size_t controller;     /* node; of a found row only */
    bool was_asked;        /* where not found: it should have answered */
    size_t feeder;         /* node: the switch whose port delivers power to it; TOPO_NONE */
};

struct discover_network {
    struct discover_node *nodes; /* found devices by address, their rows, then what was not found */
    struct topo_node *topo_nodes;
    size_t count;
    struct topo *topo; /* by index of nodes */
    struct topo_pair *links;
    size_t link_count;
    struct topo_neighbour *neighbours; /* memory of topo_nodes */
    struct topo_poe *poe;
    const struct inventory *inventory; /* borrowed, or NULL */
};

struct discover_context {               /* borrowed */
    const struct inventory *inventory;  /* NULL: everything is new */
    const struct discover_range *asked; /* completely: who is in there and silent is gone */
    size_t asked_count;
    int64_t port;
    const char *core; /* id of the device that the monitor hangs on; NULL: the inventory's, else guessed */
};

/* Sorts devices and borrows them. ERR_NOT_FOUND: nobody is called core. */
enum err discover_network_new(struct discover_device *devices, size_t count,
                              const struct discover_context *context,
                              struct discover_network **out) NW_CHECKED;
void discover_network_free(struct discover_network *n);

/* Lines "# CODE: what contradicts what"; returns how many. Codes: those of contradiction_list.h, and
 * one_sided, same_name, same_chassis, same_serial, same_mac, not_found, address_differs, model_differs,
 * serial_differs, kind_differs, controller_differs. */
size_t discover_put_contradictions(struct buf *out, const struct discover_network *n);

/* What is new, to be read by inventory_load() (together with the inventory that there is); as comments what
 * the search knows beyond the inventory. */
void discover_put_proposal(struct buf *out, const struct discover_network *n);

#endif
