/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.h - all hardware as it runs now: which models, on which versions, how many hotspots hang on them, and
 * what the firmware rules say of each. Pure. */
#ifndef NW_DASHBOARDS_FLEET_H
#define NW_DASHBOARDS_FLEET_H

#include <stddef.h>
#include <stdint.h>

#include "dashboards/snapshot.h"
#include "lib/base/err.h"
#include "lib/model/firmware.h"
#include "lib/model/inventory.h"

/* How much hangs on it: each hotspot counts once, however often it depends on the thing. */
struct fleet_weight {
    size_t assets;
    size_t hotspots; /* whose traffic or power depends on it */
    double clients;  /* of these hotspots now; NaN: of none is it known */
    size_t last;     /* hotspot counted last, + 1 */
};

struct fleet_asset {
    size_t device;             /* index in the inventory */
    const struct asset *asset; /* borrowed from the snapshot; NULL: the device has not told anything yet */
    size_t version;            /* index in fleet.versions */
    struct fleet_weight weight;
};

struct fleet_version {
    const char *version; /* "" = not known */
    size_t model;        /* index in fleet.models */
    enum firmware_status status;
    struct fleet_weight weight;
};

struct fleet_model {
    const char *vendor, *model;       /* "" = not known */
    const struct firmware_rule *rule; /* NULL: none fits */
    enum firmware_support support;
    size_t first, count; /* its versions, newest first */
    struct fleet_weight weight;
};

/* Assets in the inventory's order, a controller before its access points; models by vendor and name. Borrows
 * from inventory, snapshot and rules: good until one of them changes. */
struct fleet {
    struct fleet_asset *assets;
    struct fleet_version *versions;
    struct fleet_model *models;
    size_t asset_count, version_count, model_count;
};

/* rules may be NULL: nothing is rated then. today: days since 1970. */
enum err fleet_new(const struct inventory *inventory, const struct snapshot *snapshot,
                   const struct firmware_rules *rules, int64_t today, struct fleet *out) NW_CHECKED;
void fleet_fini(struct fleet *f);

#endif
