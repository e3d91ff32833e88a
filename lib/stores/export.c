/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.c - selection and order; the values come from series_read(). */
#include "lib/stores/export.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stores/availability.h"
#include "lib/stores/rrd_index.h"

enum { ROWS_A_PART = 2000 };

/* Some metrics of one file; the order of `next` is the order of the export. */
struct item {
    const struct rrd_file *file;
    size_t count;
    enum metric metrics[RRD_DS_MAX];
};

struct export
{
    struct export_query q;
    struct series *series;
    struct rrd_index *index;
    struct item *items;
    size_t count, cap, selected;
    size_t item;         /* next … */
    ns_t window, length; /* … and its window's begin */
    ns_t begin;          /* of the first window */
};

/* ---- selection ---- */

static bool is_match(const char *pattern, const char *id)
{
    return !pattern || fnmatch(pattern, id, 0) == 0;
}

static bool is_wanted(const struct export_query *q, enum metric metric)
{
    for (size_t i = 0; i < q->metric_count; i++)
        if (q->metrics[i] == metric)
            return true;
    return q->metric_count == 0;
}

static enum err add_item(struct export *x, const struct item *item)
{
    if (item->count == 0)
        return ERR_OK;
    if (x->count == x->cap) {
        size_t cap = x->cap ? 2 * x->cap : 256;
        struct item *grown = realloc(x->items, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        x->items = grown;
        x->cap = cap;
    }
    x->items[x->count++] = *item;
    x->selected += item->count;
    return ERR_OK;
}

/* only: 0, or the one metric to take. */
static enum err select_files(struct export *x, enum metric only)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < rrd_index_count(x->index); i++) {
        const struct rrd_file *f = rrd_index_at(x->index, i);
        struct item item = {.file = f};
        if (f->replaced_by || !is_match(x->q.source, f->source) || !is_match(x->q.entity, f->entity))
            continue;
        for (unsigned k = 0; k < f->count; k++)
            if ((!only || f->metrics[k] == only) && is_wanted(&x->q, f->metrics[k]) &&
                metric_info(f->metrics[k]))
                item.metrics[item.count++] = f->metrics[k];
        e = add_item(x, &item);
    }
    return e;
}

static enum err select_all(struct export *x)
{
    enum err e = ERR_OK;

    if (x->q.order != EXPORT_BY_METRIC)
        return select_files(x, (enum metric)0);
    for (size_t i = 0; !e && i < metric_count(); i++)
        e = select_files(x, metric_at(i)->number);
    return e;
}

/* ---- windows ---- */

static void set_windows(struct export *x)
{
    ns_t step = x->q.step;

    if (x->q.cf >= SERIES_MONTH_MEAN) {
        x->begin = x->q.from;
        x->length = x->q.to - x->q.from;
    } else {
        x->begin = x->q.from / step * step;
        x->length = x->q.order == EXPORT_BY_TIME ? HOURS / step * step : ROWS_A_PART * step;
        if (x->length < step)
            x->length = step;
    }
    x->window = x->begin;
}

static void advance(struct export *x)
{
    if (x->q.order == EXPORT_BY_TIME) {
        if (++x->item < x->count)
            return;
        x->item = 0;
        x->window += x->length;
    } else {
        x->window += x->length;
        if (x->window < x->q.to)
            return;
        x->window = x->begin;
        x->item++;
    }
}

static bool is_end(const struct export *x)
{
    return x->item >= x->count || x->window >= x->q.to;
}

static struct export_position position_of(const struct export *x)
{
    const struct item *item = &x->items[x->item];

    return (struct export_position){x->q.order == EXPORT_BY_METRIC ? item->metrics[0] : (enum metric)0,
                                    x->window, item->file->number};
}

void export_resume(struct export *x, const struct export_position *after)
{
    while (!is_end(x)) {
        struct export_position p = position_of(x);
        advance(x);
        if (p.metric == after->metric && p.window == after->window && p.number == after->number)
            return;
    }
    x->item = 0; /* not found: the selection is another one */
    x->window = x->begin;
}

/* ---- the public side ---- */

enum err export_open(const struct export_query *q, struct export **out)
{
    struct export *x;
    enum err e;

    if (q->from < 0 || q->from >= q->to || q->step < SECONDS || q->step % SECONDS)
        return ERR_RANGE;
    x = calloc(1, sizeof *x);
    if (!x)
        return ERR_NOMEM;
    x->q = *q;
    e = series_open(q->journal_dir, q->rrd_dir, &x->series);
    if (!e)
        e = rrd_index_open(q->rrd_dir, &x->index);
    if (!e)
        e = select_all(x);
    if (!e && x->count == 0)
        e = ERR_NOT_FOUND;
    if (e) {
        export_close(x);
        return e;
    }
    set_windows(x);
    *out = x;
    return ERR_OK;
}

void export_close(struct export *x)
{
    if (!x)
        return;
    series_close(x->series);
    rrd_index_close(x->index);
    free(x->items);
    free(x);
}

enum err export_next(struct export *x, ns_t now, struct export_part *out)
{
    const struct item *item;
    struct series_column columns[RRD_DS_MAX];
    struct series_query q;
    ns_t end;
    enum err e;

    if (is_end(x))
        return ERR_END;
    item = &x->items[x->item];
    for (size_t i = 0; i < item->count; i++)
        columns[i] = (struct series_column){item->file->source, item->file->entity, item->metrics[i]};
    end = x->window + x->length;
    q = (struct series_query){columns,   item->count, x->window, end < x->q.to ? end : x->q.to,
                              x->q.step, x->q.cf};
    *out = (struct export_part){.source = item->file->source,
                                .entity = item->file->entity,
                                .columns = item->count,
                                .position = position_of(x)};
    memcpy(out->metrics, item->metrics, item->count * sizeof *item->metrics);
    e = series_read(x->series, &q, now, &out->result);
    if (!e)
        advance(x);
    return e;
}

void export_part_fini(struct export_part *part)
{
    series_result_fini(&part->result);
}

double export_share(const struct export *x)
{
    double windows = (double)((x->q.to - x->begin + x->length - 1) / x->length);
    double window = (double)((x->window - x->begin) / x->length);

    if (x->q.order == EXPORT_BY_TIME)
        return (window + (double)x->item / (double)x->count) / windows;
    return ((double)x->item + window / windows) / (double)x->count;
}

size_t export_series(const struct export *x)
{
    return x->selected;
}

ns_t export_row_time(const struct series_result *r, size_t i)
{
    ns_t t = r->start, begin;
    char name[8];

    if (r->step)
        return r->start + (ns_t)i * r->step;
    while (i--)
        availability_month(t, &begin, &t, name);
    return t;
}
