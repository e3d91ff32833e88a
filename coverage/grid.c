/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.c - means over the squares of each 100 m cell. Pure. */
#include "coverage/grid.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SURE    0.9f
#define MEDIAN  0.5f
#define SERVING 0.005f /* below, a square counts as not served when validity is asked for */

const double grid_class_dbm[GRID_CLASSES] = {-60, -67, -70, -75, -80, -INFINITY};

int grid_band_index(double band_ghz)
{
    if (band_ghz < 4)
        return 0;
    return band_ghz < 5.9 ? 1 : 2;
}

void grid_cell_code(int easting, int northing, char out[GRID_CODE_SIZE])
{
    snprintf(out, GRID_CODE_SIZE, "CRS3035RES100mN%dE%d", northing, easting);
}

int grid_cell_floor(double metres)
{
    return (int)floor(metres / GRID_CELL_M) * GRID_CELL_M;
}

/* ---- sums over the squares ---- */

/* How many squares counted outdoors, indoors, and were served. */
struct weights {
    double outdoors, indoors, served, completeness;
};

static void add_outdoors(struct grid_cell *cell, const struct raster_place *p, struct weights *w)
{
    double planned = raster_outdoors(p);
    int class = 0;

    w->outdoors++;
    cell->planned += planned;
    cell->delivered += p->delivered;
    cell->mbit += p->mbit;
    cell->sure += planned >= SURE;
    cell->median += planned >= MEDIAN;
    for (int b = 0; b < GRID_BANDS; b++)
        cell->by_band[b] += p->outdoors[b];
    while (p->level_dbm < grid_class_dbm[class])
        class ++;
    cell->classes[class]++;
    w->completeness += planned * p->completeness;
    if (planned >= SERVING) {
        w->served++;
        cell->valid += p->is_valid;
    }
    if (p->level_dbm > cell->level_dbm) {
        cell->level_dbm = p->level_dbm;
        cell->best = p->best;
    }
    if (p->servers > cell->servers)
        cell->servers = p->servers;
}

static void add_indoors(struct grid_cell *cell, const struct raster_place *p, struct weights *w)
{
    double planned = raster_indoors(p);

    w->indoors++;
    cell->indoors += planned;
    cell->delivered_indoors += p->delivered_indoors;
    cell->sure_indoors += planned >= SURE;
    cell->median_indoors += planned >= MEDIAN;
    for (int b = 0; b < GRID_BANDS; b++)
        cell->indoors_by_band[b] += p->indoors[b];
}

/* Sums become means. */
static void close_cell(struct grid_cell *cell, const struct weights *w)
{
    cell->completeness = cell->planned > 0 ? w->completeness / cell->planned : NAN;
    cell->valid = w->served > 0 ? cell->valid / w->served : NAN;
    cell->planned /= w->outdoors;
    cell->delivered /= w->outdoors;
    cell->mbit /= w->outdoors;
    cell->sure /= w->outdoors;
    cell->median /= w->outdoors;
    for (int c = 0; c < GRID_CLASSES; c++)
        cell->classes[c] /= w->outdoors;
    cell->indoors /= w->indoors;
    cell->delivered_indoors /= w->indoors;
    cell->sure_indoors /= w->indoors;
    cell->median_indoors /= w->indoors;
    for (int b = 0; b < GRID_BANDS; b++) {
        cell->by_band[b] /= w->outdoors;
        cell->indoors_by_band[b] /= w->indoors;
    }
}

/* How many squares of the cell, whose first one is given, lie in buildings. */
static int count_built(const struct raster *r, size_t first, int side)
{
    int built = 0;

    for (int i = 0; r->building && i < side * side; i++)
        built += r->building[first + (size_t)(i / side) * (size_t)r->columns + (size_t)(i % side)] !=
                 BUILDING_NONE;
    return built;
}

static void fill_cell(const struct raster *r, struct grid *g, int column, int row)
{
    int side = GRID_CELL_M / r->step_m;
    size_t first = (size_t)row * (size_t)side * (size_t)r->columns + (size_t)column * (size_t)side;
    struct grid_cell *cell = &g->cells[(size_t)row * (size_t)g->columns + (size_t)column];
    int built = count_built(r, first, side);
    bool is_mixed = built > 0 && built < side * side;
    struct weights w = {0};

    *cell = (struct grid_cell){.easting = g->easting + column * GRID_CELL_M,
                               .northing = g->northing + row * GRID_CELL_M,
                               .level_dbm = -INFINITY,
                               .best = SIZE_MAX};
    for (int i = 0; i < side * side; i++) {
        size_t at = first + (size_t)(i / side) * (size_t)r->columns + (size_t)(i % side);
        bool is_built = is_mixed && r->building[at] != BUILDING_NONE;
        if (!is_built)
            add_outdoors(cell, &r->places[at], &w);
        if (is_built || !is_mixed)
            add_indoors(cell, &r->places[at], &w);
    }
    close_cell(cell, &w);
    if (cell->best == RASTER_NO_SERVER)
        cell->best = SIZE_MAX;
}

enum err grid_from_raster(const struct raster *r, struct grid *out)
{
    int side = GRID_CELL_M / r->step_m;
    struct grid g = {
        .easting = r->easting, .northing = r->northing, .columns = r->columns / side, .rows = r->rows / side};
    size_t count = (size_t)g.columns * (size_t)g.rows;

    *out = g;
    if (!count)
        return ERR_OK;
    g.cells = calloc(count, sizeof *g.cells);
    if (!g.cells)
        return ERR_NOMEM;
    for (int row = 0; row < g.rows; row++)
        for (int column = 0; column < g.columns; column++)
            fill_cell(r, &g, column, row);
    *out = g;
    return ERR_OK;
}

static int clamp(double index, int count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : (int)index;
}

void grid_update(struct grid *g, const struct raster *r, const struct raster_extent *x)
{
    int left = x ? clamp((x->west - g->easting) / GRID_CELL_M, g->columns) : 0;
    int right = x ? clamp((x->east - g->easting) / GRID_CELL_M, g->columns) : g->columns - 1;
    int bottom = x ? clamp((x->south - g->northing) / GRID_CELL_M, g->rows) : 0;
    int top = x ? clamp((x->north - g->northing) / GRID_CELL_M, g->rows) : g->rows - 1;

    for (int row = bottom; g->cells && row <= top; row++)
        for (int column = left; column <= right; column++)
            fill_cell(r, g, column, row);
}

void grid_fini(struct grid *g)
{
    free(g->cells);
    *g = (struct grid){0};
}
