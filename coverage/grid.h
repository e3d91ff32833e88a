/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.h - the official 100 m grid (EPSG:3035), what each cell was promised and what it got. Pure.
 *
 * Each cell is judged at the centres of its 16 squares of 25 m. There, as planned is the best server's
 * service probability; as delivered is the best of (probability x measured availability); both averaged over
 * the cell. So as delivered never exceeds as planned, and an access point that is down is replaced by the
 * next best one. A server whose availability is not known delivers nothing provable: it counts in planned
 * only, and the cell's completeness says how much of what serves it was measured. */
#ifndef NW_COVERAGE_GRID_H
#define NW_COVERAGE_GRID_H

#include <math.h>
#include <stddef.h>

#include "coverage/footprint.h"
#include "lib/base/err.h"

enum { GRID_CELL_M = 100, GRID_STEP_M = 25, GRID_BANDS = 3, GRID_CODE_SIZE = 32 };

struct grid_server {
    double easting, northing; /* EPSG:3035, m */
    struct transmitter radios[GRID_BANDS];
    int bands[GRID_BANDS]; /* 0 = 2.4, 1 = 5, 2 = 6 GHz */
    size_t radio_count;
    double availability; /* 0..1, NaN = not known */
    double completeness; /* 0..1: share of the period that was measured */
};

struct grid_cell {
    int easting, northing;      /* lower left corner, m */
    double planned;             /* 0..1: mean service probability */
    double delivered;           /* 0..1, <= planned */
    double completeness;        /* of the best servers, 0..1; NaN where nothing serves */
    double by_band[GRID_BANDS]; /* planned, per band */
    double level_dbm;           /* median at the best of the 16 places; -INFINITY if nothing serves */
    int servers;                /* that serve some place of it with p >= 0.5 */
    size_t best;                /* index of the server with the best place; SIZE_MAX if none */
};

struct grid {
    struct grid_cell *cells; /* row by row from the south-west */
    int easting, northing;   /* of cells[0] */
    int columns, rows;
};

/* A rectangle in EPSG:3035, m; empty while east < west. */
struct grid_extent {
    double west, south, east, north;
};

#define GRID_EXTENT_EMPTY                                                                                    \
    {                                                                                                        \
        INFINITY, INFINITY, -INFINITY, -INFINITY                                                             \
    }

void grid_extent_add(struct grid_extent *x, double easting, double northing);

/* Computes all cells within FOOTPRINT_RANGE_MAX_M of a server, and those of area (may be empty), served or
 * not. ERR_RANGE if that is more than 200 km wide or high (a position is wrong); nothing at all: an empty
 * grid. */
enum err grid_compute(const struct grid_server *servers, size_t count, const struct grid_extent *area,
                      double threshold_dbm, struct grid *out) NW_CHECKED;
void grid_fini(struct grid *g);

/* "CRS3035RES100mN3399800E4320500" (Regulation (EU) 2018/1799). */
void grid_cell_code(int easting, int northing, char out[GRID_CODE_SIZE]);

/* The corner of the cell that the coordinate lies in: 3399884.067 -> 3399800. */
int grid_cell_floor(double metres);

/* 2.4 -> 0, 5 -> 1, 6 -> 2. */
int grid_band_index(double band_ghz);

#endif
