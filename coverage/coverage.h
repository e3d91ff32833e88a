/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.h - coverage of a whole city: hotspots of the inventory on the grid, added up by district. */
#ifndef NW_COVERAGE_COVERAGE_H
#define NW_COVERAGE_COVERAGE_H

#include <stddef.h>

#include "coverage/grid.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"

struct coverage_area {
    const char *id, *name;     /* borrowed from the inventory; "" for the whole city */
    size_t cells;              /* whose centre lies in the district */
    double planned, delivered; /* share of the area, 0..1 */
    double completeness;       /* of the service, weighted by it; NaN where nothing serves */
};

struct coverage_skipped {
    const char *hotspot, *why; /* "no position" … */
};

struct coverage {
    ns_t from, to; /* of the availability that was multiplied in */
    double threshold_dbm;
    const struct hotspot **hotspots; /* in the order of servers */
    struct grid_server *servers;
    size_t server_count;
    struct grid grid;
    const struct district **districts; /* by cell; NULL outside of all */
    double *lon, *lat;                 /* corners of the lattice, (columns + 1) x (rows + 1), WGS84 */
    struct coverage_area *areas;       /* by district, in inventory order */
    size_t area_count;
    struct coverage_area total; /* all districts; without districts: all cells */
    struct coverage_skipped *skipped;
    size_t skipped_count;
};

/* Share 0..1 (NaN = not known) and completeness 0..1 of one hotspot over the period. */
typedef void coverage_availability_fn(void *ctx, const struct hotspot *h, double *share,
                                      double *completeness);

/* inv is borrowed for the life of *out. ERR_RANGE: positions lie too far apart (200 km). */
enum err coverage_compute(const struct inventory *inv, double threshold_dbm, ns_t from, ns_t to,
                          coverage_availability_fn *availability, void *ctx,
                          struct coverage **out) NW_CHECKED;
void coverage_free(struct coverage *c);

/* As delivered, or NaN where a hotspot serves but none was ever measured: missing data is not an outage. */
double coverage_known(double delivered, double completeness);

/* Cells worth writing: inside a district, or served with at least 0.5 %. */
bool coverage_cell_is_shown(const struct coverage *c, size_t cell);

#endif
