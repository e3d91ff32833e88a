/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.h - goes through the history series by series, or hour by hour, for `netzwacht export`. Does not
 * write.
 *
 *   export_open(&query, &x); while (!(e = export_next(x, now, &part))) { … export_part_fini(&part); } ERR_END
 *
 * A part is what one RRD file's selected metrics were in one window of time. The order is fixed, so a
 * position is enough to go on after a crash: parts at or before it are passed over. */
#ifndef NW_STORES_EXPORT_H
#define NW_STORES_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/rrd_layout.h"
#include "lib/stores/series.h"

enum export_order {
    EXPORT_BY_SERIES, /* file after file, each from its beginning: windows of 2,000 rows */
    EXPORT_BY_METRIC, /* metric after metric, each file after file */
    EXPORT_BY_TIME,   /* hour after hour, each file after file: for receivers that take nothing late */
};

struct export_query {
    const char *journal_dir, *rrd_dir;
    const char *source, *entity; /* patterns, fnmatch(3); NULL: all */
    const enum metric *metrics;  /* NULL: all that are stored */
    size_t metric_count;
    ns_t from, to; /* wall */
    ns_t step;     /* whole seconds, > 0; months ignore it */
    enum series_cf cf;
    enum export_order order;
};

struct export_position {
    enum metric metric; /* with EXPORT_BY_METRIC, else 0 */
    ns_t window;        /* its begin */
    uint32_t number;    /* of the file */
};

struct export_part {
    const char *source, *entity; /* valid until export_close() */
    size_t columns;
    enum metric metrics[RRD_DS_MAX];
    struct series_result result;
    struct export_position position;
};

struct export; /* opaque */

/* ERR_NOT_FOUND: nothing is selected. ERR_RANGE: from, to or step. */
enum err export_open(const struct export_query *q, struct export **out) NW_CHECKED;
void export_close(struct export *x);
/* Goes on behind this position. */
void export_resume(struct export *x, const struct export_position *after);
/* ERR_END: that was all. */
enum err export_next(struct export *x, ns_t now, struct export_part *out) NW_CHECKED;
void export_part_fini(struct export_part *part);
double export_share(const struct export *x);  /* done, 0..1 */
size_t export_series(const struct export *x); /* selected */

/* When row i of a result begins; months are not equally long. */
ns_t export_row_time(const struct series_result *r, size_t i);

#endif
