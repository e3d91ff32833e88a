/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach.h - whom coverage reaches: inhabitants by cell, and points of interest by their square. Pure. */
#ifndef NW_COVERAGE_REACH_H
#define NW_COVERAGE_REACH_H

#include "coverage/coverage.h"
#include "coverage/population.h"
#include "lib/base/csv_out.h"

/* Shares of inhabitants, 0..1; NaN where nobody lives, or nothing is known. */
struct reach {
    double inhabitants;
    double outdoors, outdoors_sure,
        outdoors_median; /* expected; p >= 0.9; the median reaches the threshold */
    double indoors, indoors_sure, indoors_median;
    double delivered, delivered_indoors; /* expected, times availability */
    size_t cells;                        /* with a count */
};

/* Of the district, or of the whole city: those of all districts (NULL); without districts of all cells. */
void reach_of(const struct coverage *c, const struct population *p, const struct district *district,
              struct reach *out);

/* Rows by, id, name, threshold_dbm, … for the city and each district, at the coverage's present threshold. */
void reach_csv_head(struct csv_out *csv);
void reach_csv(const struct coverage *c, const struct population *p, struct csv_out *csv);

struct poi {
    const char *name, *kind; /* point into the table */
    double lat, lon;
    double easting, northing;
    const struct raster_place *place; /* NULL: outside of the raster */
    bool is_exchanged;                /* it would lie inside with latitude and longitude exchanged */
};

struct poi_list {
    struct poi *items;
    size_t count, broken;
    unsigned broken_line;
};

/* Columns name, kind, lat, lon; kind may be missing. text as in population_read(). ERR_MALFORMED as there. */
enum err poi_read(char *text, size_t len, const struct raster *r, struct poi_list *out) NW_CHECKED;
void poi_fini(struct poi_list *list);
/* One row a point: what its square has; remark says why where it has none. */
void poi_csv(const struct coverage *c, const struct poi_list *list, struct csv_out *csv);
/* One row a kind: how many there are, and which share is served by either rule. */
void poi_kinds_csv(const struct coverage *c, const struct poi_list *list, struct csv_out *csv);

#endif
