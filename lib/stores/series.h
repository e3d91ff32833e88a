/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.h - the history of a metric as one seamless series: the last hour from the journal, at the
 * resolution of the polls, older rows from RRD files, and whatever the store has not committed yet from the
 * journal too.
 *
 * Two ways to ask: series_read() answers at once (reports, the command line); a series_worker answers on a
 * loop from a process of its own, because RRD headers are hostile input to librrd (it may die; it is started
 * again). Nothing here writes. */
#ifndef NW_STORES_SERIES_H
#define NW_STORES_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/metric.h"
#include "lib/runtime/loop.h"

enum { SERIES_COLUMNS_MAX = 64, SERIES_ROWS_MAX = 20000 };

enum series_cf {
    SERIES_AVERAGE,
    SERIES_MIN,
    SERIES_MAX,
    /* A row a calendar month (Europe/Berlin), step ignored: see lib/stores/month.h. The month that runs: so
     * far.
     */
    SERIES_MONTH_MEAN,
    SERIES_MONTH_P95,
    SERIES_MONTH_PEAK
};

/* One curve. source: device id, or "probe/<id>" with the entity "probe"; entity: the profile's id. */
struct series_column {
    const char *source, *entity;
    enum metric metric;
};

struct series_query {
    const struct series_column *columns;
    size_t column_count; /* 1..SERIES_COLUMNS_MAX */
    ns_t from, to;       /* wall; from < to */
    ns_t step;           /* of the answer; 0: chosen so that there are about 500 rows. Never below 1 s; made
                            coarser where it would give more than SERIES_ROWS_MAX rows */
    enum series_cf cf;   /* min and max exist for days and hours of the long class; otherwise of averages */
};

struct series_result {
    ns_t start, step; /* step 0: rows are calendar months from start on. Else row i covers start + i * step <=
                         t < start + (i + 1) * step; start <= from */
    size_t rows, columns;
    double *values;       /* rows * columns, row by row, columns as asked; NaN = unknown */
    double *completeness; /* a row's share of columns and time that is known, 0..1 */
};

/* Also a zeroed one. */
void series_result_fini(struct series_result *r);

/* ---- at once ---- */

struct series; /* opaque: knows where each source's newest record stands, and which file holds what */

/* journal_dir, rrd_dir as in the settings; either may still be empty or missing. */
enum err series_open(const char *journal_dir, const char *rrd_dir, struct series **out) NW_CHECKED;
void series_close(struct series *s);
/* Reads on in the journal and the index of files, then answers. now: wall. Columns that nobody ever wrote are
 * all unknown. ERR_RANGE: from >= to, no or too many columns. */
enum err series_read(struct series *s, const struct series_query *query, ns_t now,
                     struct series_result *out) NW_CHECKED;

/* ---- on a loop ---- */

struct series_worker; /* opaque */

/* e: ERR_OK, or why there is no answer: ERR_RANGE as above, ERR_RESET: the worker died (the next request
 * finds a new one), ERR_NOMEM. result is borrowed for the call, NULL on error. */
typedef void series_fn(void *ctx, enum err e, const struct series_result *result);

/* Forks the worker. */
enum err series_worker_new(struct loop *l, const char *journal_dir, const char *rrd_dir,
                           struct series_worker **out) NW_CHECKED;
/* Ends it. Requests that are under way get no answer any more. */
void series_worker_free(struct series_worker *w);
/* The query is copied. fn is called once, from the loop, never from inside this call; unless it returns an
 * error: ERR_LIMIT: 256 requests are under way. *id (may be NULL) names the request. */
enum err series_request(struct series_worker *w, const struct series_query *query, series_fn *fn, void *ctx,
                        uint64_t *id) NW_CHECKED;
/* fn will not be called for it any more. An unknown id is fine. */
void series_cancel(struct series_worker *w, uint64_t id);

#endif
