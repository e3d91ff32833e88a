/* SPDX-License-Identifier: GPL-3.0-or-later */
/* population.c - a table of inhabitants on the grid. Pure apart from malloc. */
#include "coverage/population.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/csv_in.h"
#include "lib/base/strx.h"

#define INHABITANTS_MAX 20000 /* of a hectare; nowhere are there more */

bool population_parse_code(const char *code, int *easting, int *northing)
{
    int end = 0;

    if (sscanf(code, "CRS3035RES100mN%7dE%7d%n", northing, easting, &end) == 2 && end && !code[end])
        return *easting % GRID_CELL_M == 0 && *northing % GRID_CELL_M == 0;
    if (sscanf(code, "100mN%5dE%5d%n", northing, easting, &end) != 2 || !end || code[end])
        return false;
    *easting *= GRID_CELL_M;
    *northing *= GRID_CELL_M;
    return true;
}

static bool is_suppressed(const char *text)
{
    static const char *const signs[] = {"", "-1", "-", "\xe2\x80\x93", "."};

    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (strcmp(text, signs[i]) == 0)
            return true;
    return false;
}

struct columns {
    int code, x, y, inhabitants;
};

static bool find_cell(const struct csv_in *in, const struct columns *c, int *easting, int *northing)
{
    double x, y;

    if (*csv_in_cell(in, c->code))
        return population_parse_code(csv_in_cell(in, c->code), easting, northing);
    if (!csv_in_number(in, c->x, &x) || !csv_in_number(in, c->y, &y) || fabs(x) > 1e8 || fabs(y) > 1e8)
        return false;
    *easting = grid_cell_floor(x);
    *northing = grid_cell_floor(y);
    return true;
}

static void take_row(const struct csv_in *in, const struct columns *c, const struct grid *g,
                     struct population *p)
{
    int easting, northing, column, row;
    double inhabitants = NAN, *cell;
    bool is_known = !is_suppressed(csv_in_cell(in, c->inhabitants));

    p->rows++;
    if (!find_cell(in, c, &easting, &northing) ||
        (is_known && (!csv_in_number(in, c->inhabitants, &inhabitants) ||
                      !(inhabitants >= 0 && inhabitants <= INHABITANTS_MAX)))) {
        if (!p->broken++)
            p->broken_line = in->line;
        return;
    }
    column = (easting - g->easting) / GRID_CELL_M;
    row = (northing - g->northing) / GRID_CELL_M;
    if (easting < g->easting || northing < g->northing || column >= g->columns || row >= g->rows) {
        p->elsewhere++;
        return;
    }
    cell = &p->inhabitants[(size_t)row * (size_t)g->columns + (size_t)column];
    if (!isnan(*cell)) {
        p->duplicates++;
    } else if (!is_known) {
        p->suppressed++;
    } else {
        *cell = inhabitants;
        p->total += inhabitants;
        p->used++;
    }
}

enum err population_read(char *text, size_t len, const struct grid *g, struct population *out)
{
    size_t cells = (size_t)g->columns * (size_t)g->rows;
    struct csv_in in;
    struct columns c;
    enum err e = csv_in_begin(&in, text, len);

    *out = (struct population){0};
    if (e)
        return e == ERR_NOMEM ? e : ERR_MALFORMED;
    c = (struct columns){csv_in_find(&in, "GITTER_ID_100m"), csv_in_find(&in, "x_mp_100m"),
                         csv_in_find(&in, "y_mp_100m"), csv_in_find(&in, "Einwohner")};
    if (c.inhabitants < 0 || (c.code < 0 && (c.x < 0 || c.y < 0)))
        return ERR_MALFORMED;
    out->inhabitants = calloc(cells + 1, sizeof *out->inhabitants);
    if (!out->inhabitants)
        return ERR_NOMEM;
    for (size_t i = 0; i < cells; i++)
        out->inhabitants[i] = NAN;
    while (!(e = csv_in_row(&in)))
        take_row(&in, &c, g, out);
    if (e != ERR_END)
        population_fini(out);
    return e == ERR_END ? ERR_OK : ERR_MALFORMED;
}

void population_fini(struct population *p)
{
    free(p->inhabitants);
    *p = (struct population){0};
}
