/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_rows.h - turns values that arrive when they arrive into rows, one a step, for one RRD file. Pure: no
 * files, no clock.
 *
 *   value  value        value            (silence)
 *   ──┴──────┴───│────────┴───│────────────│────────────│─► time
 *         mean       mean         repeats      unknown        rows, each at the end of its step
 *
 * A row is the mean of the step's known values; a step without one repeats the last value while that is
 * younger than max_age, and is unknown after that. Rows that equal the one before are merged: RRD holds a
 * value from the row before up to the row. When everything is unknown, rows end until there is a value again;
 * then an unknown row is put in front, so that the silence is not filled by the new value. */
#ifndef NW_COLLECTOR_STORE_ROWS_H
#define NW_COLLECTOR_STORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/rrd_layout.h"

struct rows_ds {
    double sum, last; /* of the open step; the newest value, NaN: none or unknown */
    ns_t last_at;
    uint32_t known; /* values in sum */
};

struct rows {
    ns_t step, max_age;
    ns_t open;      /* end of the step being gathered; 0: idle, nothing is known */
    ns_t emitted;   /* end of the newest row, here or in the file; 0: none … */
    ns_t committed; /* … and of the newest in the file */
    unsigned count; /* data sources */
    struct rows_ds ds[RRD_DS_MAX];
    int64_t *times; /* pending rows: wall seconds of their ends … */
    double *values; /* … and count values each */
    size_t pending, cap;
    uint64_t late; /* values that came after their step was closed */
};

/* emitted: the file's last update, 0 for a file that is not there yet. */
void rows_init(struct rows *r, unsigned count, ns_t step, ns_t max_age, ns_t emitted);
void rows_fini(struct rows *r);

/* All that from holds, for a file that has these data sources and further ones: count in all. from is idle
 * and empty afterwards. ERR_NOMEM: nothing has changed. */
enum err rows_take_over(struct rows *to, struct rows *from, unsigned count) NW_CHECKED;

/* The time is t now: closes the steps before. Call before the values of t. ERR_NOMEM. */
enum err rows_advance(struct rows *r, ns_t t) NW_CHECKED;
/* A value read at t (the t of the last rows_advance()); NaN: asked, but unknown. */
void rows_value(struct rows *r, unsigned ds, ns_t t, double value);
/* Nothing is known any more: a gap in what was read. */
void rows_forget(struct rows *r);

/* Nothing more will come for now: emits the row of the open step, and repeats nothing. ERR_NOMEM. */
enum err rows_finish(struct rows *r) NW_CHECKED;

/* All pending rows are in the file now. */
void rows_committed(struct rows *r);
/* Rows of times later than last (the file was rewritten up to there) do not exist any more. */
void rows_rewind(struct rows *r, ns_t last);
/* Up to when (wall ns) everything that arrived is in the file; INT64_MAX: nothing waits. */
ns_t rows_safe_until(const struct rows *r);

#endif
