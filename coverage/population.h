/* SPDX-License-Identifier: GPL-3.0-or-later */
/* population.h - inhabitants by 100 m cell, as the Zensus publishes them, on our grid. Pure.
 *
 * Columns GITTER_ID_100m, x_mp_100m, y_mp_100m, Einwohner (Zensus 2022; 2011 writes Gitter_ID_100m). The code
 * decides; without one, the coordinates of the cell's middle do. A suppressed count ("-1", "–", "-", ".",
 * empty) is not known: such a cell counts neither as inhabited nor as empty, and is told. */
#ifndef NW_COVERAGE_POPULATION_H
#define NW_COVERAGE_POPULATION_H

#include <stddef.h>

#include "coverage/grid.h"
#include "lib/base/err.h"

struct population {
    double *inhabitants; /* by cell of the grid; NaN: nothing is known */
    double total;        /* of the cells that were used */
    size_t rows, used, suppressed;
    size_t elsewhere;     /* outside of the grid */
    size_t duplicates;    /* cells that had a count already: the first one holds */
    size_t broken;        /* neither code nor coordinates, or no number */
    unsigned broken_line; /* of the first broken row, from 1 */
};

/* text has len bytes and a NUL behind them, and is changed. ERR_MALFORMED: no table, or a column is missing.
 */
enum err population_read(char *text, size_t len, const struct grid *g, struct population *out) NW_CHECKED;
void population_fini(struct population *p);

/* "CRS3035RES100mN3399800E4320500" or "100mN33998E43205" -> corner in metres. */
bool population_parse_code(const char *code, int *easting, int *northing);

#endif
