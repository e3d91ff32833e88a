/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relations.h - the inventory's references by index, looked up once: what belongs where and depends on what.
 * Pages that look at every device or hotspot would spend their time finding ids. Pure. */
#ifndef NW_DASHBOARDS_RELATIONS_H
#define NW_DASHBOARDS_RELATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/inventory.h"

#define REL_NONE SIZE_MAX

/* Indices are those of inventory_devices(). */
struct rel_hotspot {
    const struct site *site;         /* NULL: none */
    const struct district *district; /* NULL: none that is drawn */
    const char *district_id;         /* "" = none */
    struct geo_point at;
    size_t device, uplink, power; /* REL_NONE; uplink: its own, or its device's */
    size_t first, count;          /* of relations.depends: what depends.h says */
};

struct rel_device {
    const struct site *site;
    size_t uplink, power;
    size_t hotspots; /* that depend on it; one that does in two ways counts twice */
};

struct relations {
    struct rel_hotspot *hotspots; /* in the inventory's order */
    struct rel_device *devices;   /* likewise */
    size_t *depends;              /* devices */
    size_t depends_count, depends_cap;
};

/* Borrows from the inventory. */
enum err relations_new(const struct inventory *inventory, struct relations **out) NW_CHECKED;
void relations_free(struct relations *r); /* NULL is fine */

#endif
