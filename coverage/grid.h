/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.h - the official 100 m grid (EPSG:3035): what the squares of the raster are in each cell, as means.
 * Pure.
 *
 * With footprints of buildings, squares between them count outdoors and squares in them indoors; without, or
 * where a cell has only the one or the other, all its squares count for both. So as delivered never exceeds
 * as planned. */
#ifndef NW_COVERAGE_GRID_H
#define NW_COVERAGE_GRID_H

#include <stddef.h>

#include "coverage/raster.h"
#include "lib/base/err.h"

enum { GRID_CELL_M = RASTER_CELL_M, GRID_BANDS = RASTER_BANDS, GRID_CODE_SIZE = 32, GRID_CLASSES = 6 };

/* Lower bounds of the planners' classes in dBm, best first; the last has none: no service. */
extern const double grid_class_dbm[GRID_CLASSES];

struct grid_cell {
    int easting, northing;      /* lower left corner, m */
    double planned;             /* 0..1: mean service probability outdoors */
    double delivered;           /* 0..1, <= planned */
    double completeness;        /* of the best servers, 0..1; NaN where nothing serves */
    double by_band[GRID_BANDS]; /* planned, per band */
    double indoors;             /* the same in buildings */
    double delivered_indoors;
    double indoors_by_band[GRID_BANDS];
    double sure;   /* share of the squares with p >= 0.9 outdoors: the planners' rule */
    double median; /* share with p >= 0.5: the median reaches the threshold */
    double sure_indoors, median_indoors;
    double classes[GRID_CLASSES]; /* share of the squares by median level outdoors; their sum is 1 */
    double valid;     /* share of the served squares in the model's range of validity; NaN: none */
    double mbit;      /* mean net rate of one user outdoors */
    double level_dbm; /* median at the best square; -INFINITY if nothing serves */
    int servers;      /* most that serve one square of it with p >= 0.5 */
    size_t best;      /* index of the server of the best square; SIZE_MAX if none */
};

struct grid {
    struct grid_cell *cells; /* row by row from the south-west */
    int easting, northing;   /* of cells[0] */
    int columns, rows;
};

enum err grid_from_raster(const struct raster *r, struct grid *out) NW_CHECKED;
/* Cells of the extent (NULL: all) anew; r is the raster that the grid came from. */
void grid_update(struct grid *g, const struct raster *r, const struct raster_extent *x);
void grid_fini(struct grid *g);

/* "CRS3035RES100mN3399800E4320500" (Regulation (EU) 2018/1799). */
void grid_cell_code(int easting, int northing, char out[GRID_CODE_SIZE]);
/* The corner of the cell that the coordinate lies in: 3399884.067 -> 3399800. */
int grid_cell_floor(double metres);

/* 2.4 -> 0, 5 -> 1, 6 -> 2. */
int grid_band_index(double band_ghz);

#endif
