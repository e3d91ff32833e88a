/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_import.c - lays foreign rows onto the archives of our files. */
#include "collector/store_import.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stores/series_grid.h"

enum { PATH_EXTRA = 16 };

/* Our own rows of the short class, for a metric that moves to the long one. */
struct own {
    struct rrd_rows rows;
    unsigned ds;
};

struct filling {
    const struct store_import *what;
    const struct rrd_file *shape;
    struct own own[RRD_DS_MAX];
    enum err error;
};

/* ---- which row counts at which time ---- */

static int column_of(const struct store_import *what, enum metric metric)
{
    for (unsigned i = 0; i < what->from->count; i++)
        if (what->metrics[what->from->asked[i]] == metric)
            return (int)i;
    return -1;
}

/* Rows that end at or before `until`, and not later than now. Returns where they begin. */
static int64_t lay(struct grid *g, const struct rrd_rows *rows, unsigned ds, double scale, int64_t until)
{
    for (size_t i = 0; i < rows->rows; i++) {
        int64_t begin = rows->start + (int64_t)i * rows->step, end = begin + rows->step;
        if (end > until)
            end = until;
        if (begin < end)
            grid_add_archive(g, begin * SECONDS, end * SECONDS, rows->values[i * rows->count + ds] * scale);
    }
    return rows->start < until ? rows->start : until;
}

/* The finest archive of this kind whose rows are wider than `wider`. */
static const struct rrd_rows *next_finest(const struct rrd_foreign *f, enum rrd_cf cf, int64_t wider)
{
    const struct rrd_rows *best = NULL;

    for (unsigned i = 0; i < f->archive_count; i++) {
        const struct rrd_rows *rows = &f->archives[i].rows;
        if (f->archives[i].cf == cf && rows->step > wider && (!best || rows->step < best->step))
            best = rows;
    }
    return best;
}

static enum rrd_cf cf_there(const struct rrd_foreign *f, enum rrd_cf wanted)
{
    return next_finest(f, wanted, 0) ? wanted : RRD_AVERAGE;
}

static void lay_foreign(struct grid *g, const struct store_import *what, unsigned column, enum rrd_cf cf,
                        int64_t width_max, int64_t until)
{
    double scale = what->scales[what->from->asked[column]];
    const struct rrd_rows *rows = NULL;
    int64_t width = 0;

    cf = cf_there(what->from, cf);
    while ((rows = next_finest(what->from, cf, width)) && rows->step <= width_max) {
        until = lay(g, rows, column, scale, until);
        width = rows->step;
    }
}

static enum series_cf series_cf_of(enum rrd_cf cf)
{
    return cf == RRD_MAX ? SERIES_MAX : cf == RRD_MIN ? SERIES_MIN : SERIES_AVERAGE;
}

/* What the grid knows, where out is still unknown. Outlandish values are of a damaged file. */
static void take(const struct grid *g, const struct metric_info *metric, enum rrd_cf cf, double *out)
{
    for (size_t i = 0; i < g->rows; i++) {
        double known, value = grid_value(g, i, INT64_MAX, series_cf_of(cf), &known);
        if (isnan(out[i]) && known >= 0.5 && value >= metric->min && value <= metric->max) /* xff is 0.5 */
            out[i] = value;
    }
}

static void fill(void *ctx, unsigned ds, enum rrd_cf cf, int64_t start, int64_t width, size_t rows,
                 double *out)
{
    struct filling *f = ctx;
    const struct metric_info *metric = metric_info(f->shape->metrics[ds]);
    int column = column_of(f->what, f->shape->metrics[ds]);
    bool is_finest = width == (int64_t)f->shape->step;
    int64_t now = f->what->now / SECONDS;
    struct grid g;
    enum err e;

    if (column < 0 || !metric)
        return;
    e = grid_init(&g, start * SECONDS, width * SECONDS, rows);
    if (e) {
        f->error = e;
        return;
    }
    if (f->own[ds].rows.values) {
        (void)lay(&g, &f->own[ds].rows, f->own[ds].ds, 1, now);
        take(&g, metric, cf, out);
        grid_clear(&g);
    }
    lay_foreign(&g, f->what, (unsigned)column, cf, is_finest ? width : INT64_MAX, now);
    take(&g, metric, cf, out);
    grid_fini(&g);
}

/* ---- our files ---- */

/* The entity's own five-minute rows of this metric in the short class, and when they end (0: there are none).
 */
static int64_t read_own(const struct store_files *files, const struct store_import *what, enum metric metric,
                        struct own *out)
{
    const struct rrd_index *index = store_files_index(files);
    const struct rrd_file *file = NULL;
    char path[RRD_PATH_SIZE];
    int64_t last = 0;

    while ((file = rrd_index_next(index, what->source, what->entity, file))) {
        if (file->storage != STORAGE_SHORT || file->replaced_by)
            continue;
        for (unsigned k = 0; k < file->count; k++) {
            struct rrd_archive a[RRD_ARCHIVES_MAX];
            size_t count = rrd_layout_archives(file->storage, &file->keep, a);
            if (file->metrics[k] != metric)
                continue;
            rrd_index_path(store_files_directory(files), file->number, path);
            if (rrd_io_check(path, file, &last) ||
                rrd_io_fetch(path, file, RRD_AVERAGE, a[count - 1].pdps, 0, last, &out->rows))
                return 0;
            out->ds = k;
            return last;
        }
    }
    return 0;
}

/* Where a file that is not there yet ends: the store's rows go on behind it. */
static int64_t end_of_new(const struct filling *f, int64_t own_last)
{
    int64_t now = f->what->now / SECONDS, end = own_last ? own_last : f->what->from->last;

    end = end < now ? end : now;
    return end / f->shape->step * f->shape->step;
}

static enum err fill_file(const struct store_files *files, struct filling *f, int64_t own_last,
                          uint64_t *filled)
{
    char path[RRD_PATH_SIZE], temporary[RRD_PATH_SIZE + PATH_EXTRA];
    enum err e;

    rrd_index_path(store_files_directory(files), f->shape->number, path);
    e = rrd_io_check(path, f->shape, NULL);
    if (e != ERR_NOT_FOUND)
        return e ? e : rrd_io_fill(path, f->shape, fill, f, filled);
    snprintf(temporary, sizeof temporary, "%s.import", path);
    e = rrd_io_create(temporary, f->shape, end_of_new(f, own_last), NULL);
    if (!e)
        e = rrd_io_fill(temporary, f->shape, fill, f, filled);
    if (!e && rename(temporary, path))
        e = err_from_errno(errno);
    return e;
}

static enum err fill_one(struct store_files *files, const struct store_import *what, size_t file,
                         uint64_t *filled)
{
    struct filling f = {.what = what, .shape = rrd_index_at(store_files_index(files), file)};
    int64_t own_last = 0;
    uint64_t some = 0;
    enum err e;

    for (unsigned i = 0; i < f.shape->count; i++) {
        int64_t last = column_of(what, f.shape->metrics[i]) >= 0
                           ? read_own(files, what, f.shape->metrics[i], &f.own[i])
                           : 0;
        own_last = last > own_last ? last : own_last;
    }
    e = fill_file(files, &f, own_last, &some);
    for (unsigned i = 0; i < f.shape->count; i++)
        free(f.own[i].rows.values);
    if (!e)
        e = f.error;
    if (!e)
        *filled += some;
    return e;
}

enum err store_import(struct store_files *files, const struct store_import *what, uint64_t *filled)
{
    enum metric missing[RRD_FOREIGN_DS_MAX];
    size_t missing_count = 0, file, done[RRD_FOREIGN_DS_MAX], done_count = 0;
    unsigned ds;
    enum err e = ERR_OK;

    *filled = 0;
    for (unsigned i = 0; i < what->from->count; i++) {
        enum metric metric = what->metrics[what->from->asked[i]];
        if (store_files_find(files, what->source, what->entity, metric, &file, &ds) ||
            rrd_index_at(store_files_index(files), file)->storage != STORAGE_LONG)
            missing[missing_count++] = metric;
    }
    if (missing_count)
        e = store_files_add(files, what->source, what->entity, STORAGE_LONG, missing, missing_count);
    for (unsigned i = 0; !e && i < what->from->count; i++) {
        bool is_done = false;
        e = store_files_find(files, what->source, what->entity, what->metrics[what->from->asked[i]], &file,
                             &ds);
        for (size_t k = 0; k < done_count; k++)
            is_done = is_done || done[k] == file;
        if (e || is_done)
            continue;
        done[done_count++] = file;
        e = fill_one(files, what, file, filled);
    }
    return e;
}
