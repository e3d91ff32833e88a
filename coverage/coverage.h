/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.h - coverage of a whole city: hotspots of the inventory on the grid, added up by district. */
#ifndef NW_COVERAGE_COVERAGE_H
#define NW_COVERAGE_COVERAGE_H

#include <stddef.h>

#include "coverage/grid.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

/* Means over cells. */
struct coverage_area {
    const char *id, *name;     /* borrowed from the inventory; "" for the whole city */
    size_t cells;              /* whose centre lies in the district */
    double planned, delivered; /* share of the area outdoors, 0..1 */
    double indoors, delivered_indoors;
    double sure, median; /* share of the area with p >= 0.9, and where the median reaches the threshold */
    double sure_indoors, median_indoors;
    double by_band[GRID_BANDS], indoors_by_band[GRID_BANDS];
    double classes[GRID_CLASSES]; /* share by median level outdoors; their sum is 1 */
    double completeness;          /* of the service, weighted by it; NaN where nothing serves */
    double valid; /* share of the served area in the model's range of validity; NaN likewise */
};

struct coverage_skipped {
    const char *hotspot, *why; /* "no position" … */
};

/* Share 0..1 (NaN = not known) and completeness 0..1 of one hotspot over the period. */
typedef void coverage_availability_fn(void *ctx, const struct hotspot *h, double *share,
                                      double *completeness);

/* Footprints that touch the extent (EPSG:3035), borrowed for the life of the result; NULL: none are known. */
typedef enum err coverage_buildings_fn(void *ctx, const struct raster_extent *extent,
                                       const struct buildings **out);

struct coverage_request {
    const struct inventory *inventory; /* borrowed for the life of the result */
    const struct coverage_settings *settings;
    ns_t from, to; /* of the availability */
    coverage_availability_fn *availability;
    coverage_buildings_fn *buildings; /* NULL: none */
    void *ctx;
};

struct coverage {
    ns_t from, to; /* of the availability that was multiplied in */
    double threshold_dbm;
    const struct coverage_settings *settings;
    const struct hotspot **hotspots; /* in the order of servers; NULL: a site that is only planned */
    struct raster_server *servers;
    size_t server_count, server_room;
    struct raster raster;
    struct grid grid;
    const struct district **districts; /* by cell; NULL outside of all */
    double *lon, *lat;                 /* corners of the lattice, (columns + 1) x (rows + 1), WGS84 */
    struct coverage_area *areas;       /* by district, in inventory order */
    size_t area_count;
    struct coverage_area total; /* all districts; without districts: all cells */
    struct coverage_skipped *skipped;
    size_t skipped_count;
};

/* ERR_RANGE: positions lie too far apart (200 km); ERR_LIMIT: too large for this step. */
enum err coverage_compute(const struct coverage_request *q, struct coverage **out) NW_CHECKED;
void coverage_free(struct coverage *c);

/* After servers were changed: squares and cells of the extent (NULL: all), and all
 * sums, anew. */
enum err coverage_update(struct coverage *c, const struct raster_extent *x) NW_CHECKED;
/* A radio as coverage_compute() makes it from the inventory; false: there are GRID_BANDS already. */
bool coverage_add_radio(struct raster_server *s, const struct coverage_settings *settings, double height_m,
                        bool is_indoor, const struct hotspot_radio *radio);
/* Makes room for n servers behind the others, not yet counted. */
enum err coverage_reserve(struct coverage *c, size_t n) NW_CHECKED;

/* As delivered, or NaN where a hotspot serves but none was ever measured: missing data is not an outage. */
double coverage_known(double delivered, double completeness);

/* Cells worth writing: inside a district, or served with at least 0.5 %. */
bool coverage_cell_is_shown(const struct coverage *c, size_t cell);

#endif
