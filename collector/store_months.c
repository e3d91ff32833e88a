/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_months.c - rows of five minutes to figures of a month. */
#include "collector/store_months.h"

#include <math.h>
#include <stdlib.h>

#include "collector/store_before.h"
#include "lib/base/log.h"
#include "lib/stores/month.h"
#include "lib/stores/rrd_io.h"

#define FIRST         (10 * SECONDS)
#define EVERY         (24 * HOURS)
#define FILE_INTERVAL (10 * MILLISECONDS)
#define SILENT_FOR    (2 * DAYS) /* after a month's end: nothing of it can come any more (journal: a day) */

struct store_months {
    struct loop *loop;
    struct store_files *files;
    ns_t (*now)(void *ctx);
    void *ctx;
    struct loop_timer timer;
    size_t next;
    bool was_failing;
};

/* The archive with averages of five times the base step. */
static struct rrd_archive archive_of(const struct rrd_file *shape)
{
    struct rrd_archive archives[RRD_ARCHIVES_MAX];

    (void)rrd_layout_archives(shape->storage, &shape->keep, archives);
    return archives[shape->storage == STORAGE_LONG ? 0 : 1];
}

static int64_t width_of(const struct rrd_file *shape)
{
    return (int64_t)shape->step * archive_of(shape).pdps;
}

static int64_t reach_of(const struct rrd_file *shape)
{
    return width_of(shape) * archive_of(shape).rows;
}

bool store_months_is_urgent(const struct store_files *files, size_t file, ns_t committed, ns_t newest)
{
    return newest - committed > reach_of(rrd_index_at(store_files_index(files), file)) * SECONDS / 4;
}

/* What one value of the figures covers: 5 minutes, unless rows are longer. */
static int64_t slot_of(const struct rrd_file *shape)
{
    return width_of(shape) > MONTH_SLOT ? width_of(shape) : MONTH_SLOT;
}

static bool has_kept(const struct rrd_file *shape)
{
    for (unsigned i = 0; i < shape->count; i++)
        if (month_is_kept(metric_info(shape->metrics[i])))
            return true;
    return false;
}

/* ---- one file ---- */

/* The month that runs, as this file or the one that it replaced has it; one that has not come yet was begun
 * while the clock was ahead. */
static void load(const struct store_files *files, const struct rrd_file *shape, int64_t oldest, ns_t now,
                 struct month *m)
{
    for (const struct rrd_file *f = shape; f; f = rrd_index_former(store_files_index(files), f))
        if (month_load(store_files_directory(files), f->number, m) == ERR_OK && m->begin * SECONDS <= now)
            return;
    month_begin(m, oldest);
    m->slot = slot_of(shape);
    m->until = oldest;
}

/* Rows shorter than a slot are averaged first: the figures are those of 5-minute averages. */
static void add_column(const struct rrd_rows *rows, unsigned ds, int64_t slot, struct month_sums *sums)
{
    double sum = 0;
    int64_t begin = 0;
    unsigned known = 0;

    for (size_t i = 0; i < rows->rows; i++) {
        int64_t at = (rows->start + (int64_t)i * rows->step) / slot * slot;
        double value = rows->values[i * rows->count + ds];
        if (at != begin && known) {
            month_add(sums, begin, sum / known);
            sum = known = 0;
        }
        begin = at;
        if (!isnan(value)) {
            sum += value;
            known++;
        }
    }
    if (known)
        month_add(sums, begin, sum / known);
}

/* Rows from m->until to `to`. */
static enum err add_rows(const char *path, const struct rrd_file *shape, int64_t to, struct month *m)
{
    struct rrd_rows rows = {0};
    enum err e = rrd_io_fetch(path, shape, RRD_AVERAGE, archive_of(shape).pdps, m->until, to, &rows);

    for (unsigned i = 0; !e && i < shape->count; i++) {
        struct month_sums *sums =
            month_is_kept(metric_info(shape->metrics[i])) ? month_sums_of(m, shape->metrics[i]) : NULL;
        if (sums)
            add_column(&rows, i, m->slot, sums);
    }
    free(rows.values);
    if (!e)
        m->until = to;
    return e;
}

/* Closes it and begins that of `t`. */
static enum err turn_over(const char *dir, const struct rrd_file *shape, struct month *m, int64_t t)
{
    enum err e = month_close(dir, shape->number, m);

    if (!e) {
        month_begin(m, t);
        m->slot = slot_of(shape);
    }
    return e;
}

static enum err gather(struct store_files *files, const struct rrd_file *shape, const char *path,
                       int64_t last, ns_t now, struct month *m)
{
    const char *dir = store_files_directory(files);
    int64_t slot = slot_of(shape), newest = last / slot * slot, before;
    int64_t oldest = (last - reach_of(shape) + slot - 1) / slot * slot; /* row that the file still has */
    enum err e = ERR_OK;

    load(files, shape, oldest, now, m);
    before = m->until;
    if (m->until * SECONDS > now) /* the same, within the month */
        m->until = newest;
    if (m->until < oldest) /* what lies between is gone */
        m->until = oldest < m->end ? oldest : m->end;
    if (m->until == m->end)
        e = turn_over(dir, shape, m, oldest > m->end ? oldest : m->end);
    while (!e && m->until < newest) {
        int64_t to = newest < m->end ? newest : m->end;
        if (m->until < to)
            e = add_rows(path, shape, to, m);
        if (!e && m->until >= m->end)
            e = turn_over(dir, shape, m, m->end);
    }
    if (!e && m->end * SECONDS + SILENT_FOR < now)
        e = turn_over(dir, shape, m, now / SECONDS);
    return !e && m->until != before ? month_save(dir, shape->number, m) : e;
}

enum err store_months_gather(struct store_files *files, size_t file, ns_t now)
{
    const struct rrd_file *shape = rrd_index_at(store_files_index(files), file);
    char path[RRD_PATH_SIZE];
    struct month *m;
    int64_t last;
    enum err e;

    if (shape->replaced_by || !has_kept(shape))
        return ERR_OK;
    rrd_index_path(store_files_directory(files), shape->number, path);
    if (rrd_io_check(path, shape, &last)) /* not there yet, or damaged: the next write sees to it */
        return ERR_OK;
    m = malloc(sizeof *m);
    if (!m)
        return ERR_NOMEM;
    e = gather(files, shape, path, last, now, m);
    free(m);
    return e == ERR_MALFORMED ? ERR_OK : e;
}

/* ---- one after the other ---- */

static enum err look_after(struct store_files *files, size_t file, ns_t now)
{
    char path[RRD_PATH_SIZE];

    rrd_index_path(store_files_directory(files), rrd_index_at(store_files_index(files), file)->number, path);
    store_before_expire(path);
    return store_months_gather(files, file, now);
}

static void on_timer(void *ctx)
{
    struct store_months *m = ctx;
    ns_t now = m->now(m->ctx), wait = FILE_INTERVAL;
    enum err e = ERR_OK;

    if (m->next < store_files_count(m->files) && now)
        e = look_after(m->files, m->next++, now);
    if (e && !m->was_failing)
        log_error("the figures of the month cannot be kept: %s", err_text(e));
    m->was_failing = e != ERR_OK;
    if (m->next >= store_files_count(m->files)) {
        m->next = 0;
        wait = EVERY;
    }
    if (loop_timer_after(m->loop, &m->timer, wait))
        loop_stop(m->loop);
}

enum err store_months_new(struct loop *l, struct store_files *files, ns_t (*now)(void *ctx), void *ctx,
                          struct store_months **out)
{
    struct store_months *m = calloc(1, sizeof *m);
    enum err e;

    if (!m)
        return ERR_NOMEM;
    *m = (struct store_months){.loop = l, .files = files, .now = now, .ctx = ctx};
    loop_timer_init(&m->timer, on_timer, m);
    e = loop_timer_after(l, &m->timer, FIRST);
    if (e)
        store_months_free(m);
    else
        *out = m;
    return e;
}

void store_months_free(struct store_months *m)
{
    if (!m)
        return;
    loop_timer_cancel(m->loop, &m->timer);
    free(m);
}
