/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_heads.h - where each source's newest record stands in the journal, and the way back from it. */
#ifndef NW_STORES_SERIES_HEADS_H
#define NW_STORES_SERIES_HEADS_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/series.h"

struct series_heads; /* opaque */

/* What a walk found: samples in the order of time, each with a value for every column that was asked for. */
struct series_walk {
    size_t count, columns;
    ns_t *times;     /* wall */
    ns_t *intervals; /* how often the source was read then */
    double *values;  /* count * columns; NaN = unknown */
};

enum err series_heads_open(const char *journal_dir, struct series_heads **out) NW_CHECKED;
void series_heads_close(struct series_heads *h);
/* Reads what was appended since; also partitions that are new. At most max_records (0: all), so that a
 * request is not kept waiting. ERR_AGAIN: there is more. */
enum err series_heads_refresh(struct series_heads *h, size_t max_records) NW_CHECKED;

/* The samples of one source from the newest back to `since`; all columns are of that source. An unknown
 * source gives none. */
enum err series_heads_walk(struct series_heads *h, const char *source, const struct series_column *columns,
                           size_t count, ns_t since, struct series_walk *out) NW_CHECKED;
void series_walk_fini(struct series_walk *w);

#endif
