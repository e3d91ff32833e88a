/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raster.h - the city in squares of 25 m (or 10 m), aligned with the 100 m grid (EPSG:3035): what each was
 * promised and what it got. Pure.
 *
 * Each square is judged at its centre, outdoors and as if a building stood there, each band apart. Planned is
 * the best server's service probability; delivered the best of (probability x measured availability):
 * decision 3. A server whose availability is not known delivers nothing provable. A square depends on the
 * servers within FOOTPRINT_RANGE_MAX_M alone, so after a change only the squares around it are computed anew,
 * with the same result. */
#ifndef NW_COVERAGE_RASTER_H
#define NW_COVERAGE_RASTER_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coverage/buildings.h"
#include "coverage/footprint.h"
#include "lib/base/err.h"

enum { RASTER_BANDS = 3, RASTER_CELL_M = 100, RASTER_PLACES_MAX = 7500000 };

#define RASTER_NO_SERVER UINT32_MAX

struct raster_server {
    double easting, northing;                /* EPSG:3035, m */
    struct transmitter radios[RASTER_BANDS]; /* prepared */
    int bands[RASTER_BANDS];                 /* 0 = 2.4, 1 = 5, 2 = 6 GHz */
    size_t radio_count;
    double availability; /* 0..1, NaN = not known */
    double completeness; /* 0..1: share of the period that was measured */
};

struct raster_place {
    float outdoors[RASTER_BANDS], indoors[RASTER_BANDS]; /* planned, 0..1 */
    float delivered, delivered_indoors;                  /* over all bands */
    float completeness;                                  /* of the server that outdoors is best by */
    float level_dbm;                                     /* median outdoors, of `best`; -INFINITY: none */
    float mbit;       /* net rate of one user outdoors at the median level */
    uint32_t best;    /* index of the strongest server, or RASTER_NO_SERVER */
    uint16_t servers; /* that serve outdoors with p >= 0.5 */
    bool is_valid;    /* `best` lies in the model's range of validity */
};

struct raster {
    int step_m;            /* 10 or 25: divides RASTER_CELL_M */
    int easting, northing; /* lower left corner of places[0], on the 100 m grid */
    int columns, rows;     /* row by row from the south-west */
    double threshold_dbm;
    const struct buildings *buildings; /* borrowed; NULL: none */
    struct raster_place *places;
    int32_t *building; /* around each place, or BUILDING_NONE; NULL without buildings */
};

/* A rectangle in EPSG:3035, m; empty while east < west. */
struct raster_extent {
    double west, south, east, north;
};

#define RASTER_EXTENT_EMPTY                                                                                  \
    {                                                                                                        \
        INFINITY, INFINITY, -INFINITY, -INFINITY                                                             \
    }

void raster_extent_add(struct raster_extent *x, double easting, double northing);
/* What a server at this position can reach. */
void raster_extent_reach(struct raster_extent *x, double easting, double northing);

/* Empty squares over all of the extent. ERR_RANGE: it is more than 200 km wide or high (a position is wrong);
 * ERR_LIMIT: more than RASTER_PLACES_MAX. An empty extent: an empty raster. */
enum err raster_new(const struct raster_extent *x, int step_m, double threshold_dbm,
                    const struct buildings *buildings, struct raster *out) NW_CHECKED;
void raster_fini(struct raster *r);

/* Computes the squares of the extent (or of the whole raster: NULL), from all servers; on `threads` threads
 * (at least 1). The result does not depend on the number of threads. */
enum err raster_serve(struct raster *r, const struct raster_server *servers, size_t count,
                      const struct raster_extent *x, int threads) NW_CHECKED;

/* The square around a position, or NULL outside of the raster. */
const struct raster_place *raster_at(const struct raster *r, double easting, double northing);

/* What one more server would add outdoors: the sum over the squares in its reach of their weight times the
 * probability that it has above the present one. Changes nothing. weight gets a square's middle. */
typedef double raster_weight_fn(void *ctx, double easting, double northing);
double raster_gain(const struct raster *r, const struct raster_server *server, raster_weight_fn *weight,
                   void *ctx);

/* The best band. */
double raster_outdoors(const struct raster_place *p);
double raster_indoors(const struct raster_place *p);

#endif
