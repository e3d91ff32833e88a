/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wiring.h - what a device's series table tells about cables: neighbours, ports that feed, and which series
 * hold a port's load. Kept beside the packed table, which is too dear to unpack for every question. Pure. */
#ifndef NW_DASHBOARDS_WIRING_H
#define NW_DASHBOARDS_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/record.h"
#include "lib/model/topology.h"

struct wiring_port {
    const char *entity;     /* "if/ge-0/0/7" */
    int64_t in, out, speed; /* index of the series, or -1 */
};

/* An access point in its controller's table. */
struct wiring_row {
    const char *entity, *name; /* "ap/00:11:22:33:44:55" */
};

struct wiring {
    const char *chassis_id; /* its own, "" = not known */
    struct topo_neighbour *neighbours;
    size_t neighbour_count;
    struct topo_poe *poe;
    size_t poe_count;
    struct wiring_port *ports; /* sorted by entity; none of an access point */
    size_t port_count;
    struct wiring_row *rows; /* sorted by entity */
    size_t row_count;
    char *texts; /* that the members above point into */
};

/* *out NULL: the table tells nothing of it. */
enum err wiring_new(const Nw__Table *t, bool has_ports, struct wiring **out) NW_CHECKED;
void wiring_free(struct wiring *w);

/* NULL: there is no such port. "if/" may be left out. */
const struct wiring_port *wiring_port(const struct wiring *w, const char *entity);
const struct wiring_row *wiring_row(const struct wiring *w, const char *entity);

#endif
