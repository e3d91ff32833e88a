/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_io.h - the only callers of librrd: rrd_io.c reads (anybody), rrd_io_write.c and rrd_io_new.c write (the
 * store alone).
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

/* Lets the kernel forget the pages of an empty file that rrd_io_create() made without an old one and that has
 * been written back since, but for those that rows are written to first. The others came in large pieces, and
 * librrd's mmap() would make a whole piece dirty with each row: 139 kB an update instead of 18 kB, measured
 * (docs/results). */
void rrd_io_uncache(const char *path, const struct rrd_file *file);

/* The values of one data source in one archive, oldest first: row i covers start + i * width … (wall s). NaN:
 * nothing to fill in. */
typedef void rrd_fill_fn(void *ctx, unsigned ds, enum rrd_cf cf, int64_t start, int64_t width, size_t rows,
                         double *out);
/* Asks fn for every archive and data source, and takes its values where the file knows nothing; what is known
 * stays. Whole or not at all (rename), and on the disk. Nobody may write the file meanwhile. *filled: values.
 */
enum err rrd_io_fill(const char *path, const struct rrd_file *file, rrd_fill_fn *fn, void *ctx,
                     uint64_t *filled) NW_CHECKED;

/* ---- files of other programs: hostile, read by a process that may die ---- */

enum { RRD_FOREIGN_DS_MAX = 8, RRD_FOREIGN_ARCHIVES_MAX = 32 };

struct rrd_foreign_archive {
    enum rrd_cf cf;
    struct rrd_rows rows; /* its count: that of struct rrd_foreign */
};

struct rrd_foreign {
    int64_t last; /* wall s of the last update */
    unsigned count;
    unsigned asked[RRD_FOREIGN_DS_MAX]; /* column -> place among the names asked for */
    unsigned archive_count;
    struct rrd_foreign_archive
        archives[RRD_FOREIGN_ARCHIVES_MAX]; /* AVERAGE, MIN and MAX, in the file's order */
};

/* Those of the data sources named that are there and count something (COUNTER, DERIVE …: rates a second).
 * ERR_MALFORMED: no RRD file, or one that killed the reader; ERR_NOT_FOUND: none of them is there; ERR_LIMIT:
 * unreasonably large; ERR_TIMEOUT. */
enum err rrd_io_foreign(const char *path, const char *const *names, unsigned count,
                        struct rrd_foreign *out) NW_CHECKED;
void rrd_foreign_fini(struct rrd_foreign *f);

/* ---- between the files of rrd_io ---- */

size_t rrd_io_header_size(const struct rrd_file *file);
/* librrd's own way to a new file; parameters as those of rrd_io_create(). */
enum err rrd_io_make(const char *temporary, const struct rrd_file *file, int64_t start,
                     const char *old) NW_CHECKED;
/* The same file without an old one: byte by byte, but for where its rings begin. Not for threads. */
enum err rrd_io_make_empty(const char *temporary, const struct rrd_file *file, int64_t start) NW_CHECKED;

#endif
