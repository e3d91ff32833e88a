/* SPDX-License-Identifier: GPL-3.0-or-later */
/* month.h - mean, exact 95th percentile and peak of a calendar month (Europe/Berlin), gathered row by row.
 * Pure.
 *
 * The percentile is that of all known 5-minute averages by nearest rank: of n values in ascending order the
 * one at ceil(0.95 n). At most a twentieth of a month's values lies above it, so only the highest 448 are
 * kept while the month runs, and the result is exact. Peak: the highest 5-minute average, and when it was.
 *
 * Beside an RRD file lie, with the same number: <number>.month, what was gathered of the month that runs
 * (month_pack()), and <number>.months, one line a metric and month that is over, only ever appended to:
 *   <CRC-32C of the rest, 8 hex digits> <YYYY-MM> <metric> <slots> <known> <mean> <p95> <peak> <peak at> */
#ifndef NW_STORES_MONTH_H
#define NW_STORES_MONTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/metric.h"
#include "lib/stores/rrd_layout.h"

enum {
    MONTH_SLOT = 300,                                    /* s */
    MONTH_SLOTS_MAX = (31 * 24 + 1) * 3600 / MONTH_SLOT, /* October has an hour more */
    MONTH_TOP_MAX = MONTH_SLOTS_MAX - MONTH_SLOTS_MAX * 95 / 100 + 1,
    MONTH_NAME_SIZE = sizeof "2026-11",
};

struct month_sums {
    enum metric metric;
    uint32_t known; /* 5-minute averages */
    double sum, peak;
    int64_t peak_at; /* wall s: where that average begins */
    uint32_t top_count;
    double top[MONTH_TOP_MAX]; /* the highest, as a heap with the lowest of them first */
};

struct month {
    int64_t begin, end; /* wall s; local midnights */
    int64_t slot;       /* s: what one value covers, MONTH_SLOT or more */
    int64_t until;      /* rows up to here are in; begin <= until <= end */
    unsigned count;
    struct month_sums sums[RRD_DS_MAX];
};

struct month_line {
    char name[MONTH_NAME_SIZE];
    enum metric metric;
    uint32_t slots, known; /* known of slots 5-minute averages; known > 0 */
    double mean, p95, peak;
    int64_t peak_at;
};

/* Is this metric gathered? All of the long class, and traffic. */
bool month_is_kept(const struct metric_info *metric);

/* The month that wall second t lies in, empty. The metrics are not touched. */
void month_begin(struct month *m, int64_t t);
/* The metric's sums, new ones if there are none; NULL: RRD_DS_MAX are in use. */
struct month_sums *month_sums_of(struct month *m, enum metric metric);
/* A 5-minute average that begins at t; NaN does nothing. */
void month_add(struct month_sums *sums, int64_t t, double value);
/* false: nothing is known. */
bool month_line_of(const struct month *m, const struct month_sums *sums, struct month_line *out);

void month_put_line(const struct month_line *line, struct buf *out);
/* line without newline. ERR_MALFORMED, ERR_CRC. */
enum err month_parse_line(const char *line, size_t len, struct month_line *out) NW_CHECKED;

void month_pack(const struct month *m, struct buf *out);
/* ERR_TRUNCATED, ERR_MALFORMED, ERR_CRC. */
enum err month_unpack(const void *bytes, size_t len, struct month *out) NW_CHECKED;

/* ---- the two files ---- */

/* ERR_NOT_FOUND; ERR_CRC … : damaged, as if it were not there. */
enum err month_load(const char *rrd_dir, uint32_t number, struct month *out) NW_CHECKED;
enum err month_save(const char *rrd_dir, uint32_t number, const struct month *m) NW_CHECKED;

typedef void month_line_fn(void *ctx, const struct month_line *line);
/* Every line that checks, in the file's order: of a month and metric the last one holds. A missing file has
 * none. ERR_LIMIT: over 4 MiB. */
enum err month_each_line(const char *rrd_dir, uint32_t number, month_line_fn *fn, void *ctx) NW_CHECKED;
/* Appends the lines of a month that is over; those that stand there with as many known values already are
 * left out. */
enum err month_close(const char *rrd_dir, uint32_t number, const struct month *m) NW_CHECKED;

#endif
