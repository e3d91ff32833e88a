/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_grid.h - one column of an answer: rows of equal width that samples and coarser or finer rows are
 * laid onto. Pure. */
#ifndef NW_STORES_SERIES_GRID_H
#define NW_STORES_SERIES_GRID_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/rrd_layout.h"
#include "lib/stores/series.h"

struct grid_cell {
    double sum, min, max; /* sum: of value * weight */
    double weight;        /* ns that are known */
};

struct grid {
    ns_t start, step;
    size_t rows;
    struct grid_cell *archive; /* from RRD files */
    struct grid_cell *live;    /* from the journal */
};

/* Rounds step and bounds of a query: see struct series_query. */
void grid_bounds(const struct series_query *q, ns_t *start, ns_t *step, size_t *rows);

enum err grid_init(struct grid *g, ns_t start, ns_t step, size_t rows) NW_CHECKED;
void grid_fini(struct grid *g);
void grid_clear(struct grid *g);

/* A row of an RRD file, begin <= t < end; NaN does nothing. */
void grid_add_archive(struct grid *g, ns_t begin, ns_t end, double value);
/* A sample; the rule of the store: a row is the mean of its samples, one without repeats the last value while
 * it is younger than 1.5 intervals. Call in the order of time, then grid_end_live(). */
struct grid_repeat {
    ns_t t, interval;
    double value; /* NaN: nothing to repeat */
};
void grid_add_live(struct grid *g, struct grid_repeat *last, ns_t t, ns_t interval, double value);
void grid_end_live(struct grid *g, struct grid_repeat *last, ns_t now);

/* Row i. Where the journal has the whole row (it begins at live_from or later) it is taken, else the archive,
 * else what the journal has. *known: 0..1. */
double grid_value(const struct grid *g, size_t i, ns_t live_from, enum series_cf cf, double *known);

/* Which archive of a file to read at time t (all wall seconds). */
struct grid_choice {
    enum rrd_cf cf;
    unsigned pdps;
    int64_t until; /* read it up to here, then choose again */
};
/* file_step, last: the file's; width: the wanted row's. False: nothing reaches t, go on at choice->until
 * (INT64_MAX: never). */
bool grid_choose_archive(enum storage_class storage, const struct rrd_keep *keep, unsigned file_step,
                         int64_t last, enum series_cf cf, int64_t width, int64_t t,
                         struct grid_choice *choice);

#endif
