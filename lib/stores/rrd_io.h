/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io.h - the only callers of librrd: rrd_io.c reads (anybody), rrd_io_write.c writes (the store alone).
 *
 * librrd trusts the headers of its files and aborts or divides by zero on damaged ones, so rrd_io_check()
 * compares everything in a header that cannot change with what the index says; call it before the first use
 * of a file. */
#ifndef NW_STORES_RRD_IO_H
#define NW_STORES_RRD_IO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/stores/rrd_index.h"

/* *last (may be NULL): wall seconds of the last update. ERR_NOT_FOUND; ERR_MALFORMED: not the file that the
 * index describes; ERR_IO … */
enum err rrd_io_check(const char *path, const struct rrd_file *file, int64_t *last) NW_CHECKED;

/* What rrd_io_check() found wrong, as one word for a file's name: "empty", "truncated", "size", "not-rrd",
 * "layout" (another set of data sources or archives, or a damaged header), "unreadable"; NULL: nothing. */
const char *rrd_io_fault(const char *path, const struct rrd_file *file);

struct rrd_rows {
    int64_t start; /* s: row i covers start + i * step <= t < start + (i + 1) * step */
    int64_t step;  /* s */
    size_t rows;
    unsigned count; /* data sources */
    double *values; /* rows * count, row by row; NaN = unknown. free() */
};

/* The rows between from and to (wall seconds) of the archive whose rows last `pdps` file steps.
 * ERR_NOT_FOUND: no such archive or file; ERR_MALFORMED as above; ERR_LIMIT: more than 200,000 rows. */
enum err rrd_io_fetch(const char *path, const struct rrd_file *file, enum rrd_cf cf, unsigned pdps,
                      int64_t from, int64_t to, struct rrd_rows *out) NW_CHECKED;

/* ---- writing ---- */

/* Creates an empty file, over an existing one too, whose first row begins at start (wall seconds, a multiple
 * of the step). old (may be NULL): path of a file of the same archives and step, perhaps with fewer data
 * sources, whose rows before start are taken over; the new file is on the disk then. Whole or not at all
 * (rename). ERR_NO_SPACE … */
enum err rrd_io_create(const char *path, const struct rrd_file *file, int64_t start,
                       const char *old) NW_CHECKED;

/* A row ends at times[i] (wall seconds, ascending, multiples of the step); it holds since the row before, or
 * since the last update. values: count * file->count, NaN = unknown. Rows that are in the file already are
 * passed over. ERR_MALFORMED: librrd refuses the file or rows. */
enum err rrd_io_update(const char *path, const struct rrd_file *file, const int64_t *times,
                       const double *values, size_t count) NW_CHECKED;

#endif
