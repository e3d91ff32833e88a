/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.c - service probability on the 100 m grid. Pure. */
#include "coverage/grid.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS = GRID_CELL_M / GRID_STEP_M, /* places along a cell's side */
    PLACES = STEPS * STEPS,
    EXTENT_MAX_M = 200000
};

#define SERVES 0.5 /* probability from which a server counts as serving a place */

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

void grid_extent_add(struct grid_extent *x, double easting, double northing)
{
    x->west = fmin(x->west, easting);
    x->east = fmax(x->east, easting);
    x->south = fmin(x->south, northing);
    x->north = fmax(x->north, northing);
}

/* Lays the grid out over the extent; cells are zero but for their corners. */
static enum err lay_out(const struct grid_extent *x, struct grid *g)
{
    if (!(x->east - x->west <= EXTENT_MAX_M) || !(x->north - x->south <= EXTENT_MAX_M))
        return ERR_RANGE;
    g->easting = grid_cell_floor(x->west);
    g->northing = grid_cell_floor(x->south);
    g->columns = (grid_cell_floor(x->east) - g->easting) / GRID_CELL_M + 1;
    g->rows = (grid_cell_floor(x->north) - g->northing) / GRID_CELL_M + 1;
    g->cells = calloc((size_t)g->columns * (size_t)g->rows, sizeof *g->cells);
    if (!g->cells)
        return ERR_NOMEM;
    for (int i = 0; i < g->columns * g->rows; i++) {
        g->cells[i].easting = g->easting + i % g->columns * GRID_CELL_M;
        g->cells[i].northing = g->northing + i / g->columns * GRID_CELL_M;
        g->cells[i].level_dbm = -INFINITY;
        g->cells[i].best = SIZE_MAX;
    }
    return ERR_OK;
}

/* What is known of one 25 m place while the servers pass by. */
struct place {
    double planned, delivered, completeness;
    double by_band[GRID_BANDS];
};

/* One server at one place. Returns its probability there, over its radios. */
static double serve_place(const struct grid_server *s, double distance, double threshold_dbm,
                          struct place *place, double *level)
{
    double best = 0;

    *level = -INFINITY;
    for (size_t r = 0; r < s->radio_count; r++) {
        double p = footprint_probability(&s->radios[r], distance, threshold_dbm);
        best = fmax(best, p);
        *level = fmax(*level, footprint_level(&s->radios[r], distance));
        place->by_band[s->bands[r]] = fmax(place->by_band[s->bands[r]], p);
    }
    if (best > place->planned) {
        place->planned = best;
        place->completeness = s->completeness;
    }
    if (!isnan(s->availability))
        place->delivered = fmax(place->delivered, best * s->availability);
    return best;
}

static void serve_cell(const struct grid_server *servers, size_t index, double threshold_dbm,
                       struct grid_cell *cell, struct place *places)
{
    const struct grid_server *s = &servers[index];
    int is_serving = 0;

    for (int i = 0; i < PLACES; i++) {
        double e = cell->easting + (i % STEPS + 0.5) * GRID_STEP_M,
               n = cell->northing + (i / STEPS + 0.5) * GRID_STEP_M;
        double level, distance = hypot(e - s->easting, n - s->northing);
        if (distance > FOOTPRINT_RANGE_MAX_M)
            continue;
        if (serve_place(s, distance, threshold_dbm, &places[i], &level) >= SERVES)
            is_serving = 1;
        if (level > cell->level_dbm) {
            cell->level_dbm = level;
            cell->best = index;
        }
    }
    cell->servers += is_serving;
}

static void close_cell(struct grid_cell *cell, const struct place *places)
{
    double weight = 0, complete = 0;

    for (int i = 0; i < PLACES; i++) {
        cell->planned += places[i].planned / PLACES;
        cell->delivered += places[i].delivered / PLACES;
        weight += places[i].planned;
        complete += places[i].planned * places[i].completeness;
        for (int b = 0; b < GRID_BANDS; b++)
            cell->by_band[b] += places[i].by_band[b] / PLACES;
    }
    cell->completeness = weight > 0 ? complete / weight : NAN;
}

static int clamp_index(int index, int count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

static void serve_grid(const struct grid *g, const struct grid_server *servers, size_t index,
                       double threshold_dbm, struct place *places)
{
    const struct grid_server *s = &servers[index];
    int reach = (int)FOOTPRINT_RANGE_MAX_M;
    int first_column = clamp_index((int)((s->easting - reach - g->easting) / GRID_CELL_M), g->columns);
    int last_column = clamp_index((int)((s->easting + reach - g->easting) / GRID_CELL_M), g->columns);
    int first_row = clamp_index((int)((s->northing - reach - g->northing) / GRID_CELL_M), g->rows);
    int last_row = clamp_index((int)((s->northing + reach - g->northing) / GRID_CELL_M), g->rows);

    for (int row = first_row; row <= last_row; row++)
        for (int column = first_column; column <= last_column; column++) {
            size_t at = (size_t)row * (size_t)g->columns + (size_t)column;
            serve_cell(servers, index, threshold_dbm, &g->cells[at], places + at * PLACES);
        }
}

enum err grid_compute(const struct grid_server *servers, size_t count, const struct grid_extent *area,
                      double threshold_dbm, struct grid *out)
{
    struct grid_extent extent = *area;
    struct grid g = {0};
    struct place *places;
    size_t cells;
    enum err e;

    for (size_t i = 0; i < count; i++) {
        grid_extent_add(&extent, servers[i].easting - FOOTPRINT_RANGE_MAX_M,
                        servers[i].northing - FOOTPRINT_RANGE_MAX_M);
        grid_extent_add(&extent, servers[i].easting + FOOTPRINT_RANGE_MAX_M,
                        servers[i].northing + FOOTPRINT_RANGE_MAX_M);
    }
    e = extent.west <= extent.east ? lay_out(&extent, &g) : ERR_OK;
    if (e)
        return e;
    cells = (size_t)g.columns * (size_t)g.rows;
    places = calloc(cells * PLACES + 1, sizeof *places);
    if (!places) {
        grid_fini(&g);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++)
        serve_grid(&g, servers, i, threshold_dbm, places);
    for (size_t i = 0; i < cells; i++)
        close_cell(&g.cells[i], places + i * PLACES);
    free(places);
    *out = g;
    return ERR_OK;
}

void grid_fini(struct grid *g)
{
    free(g->cells);
    *g = (struct grid){0};
}
