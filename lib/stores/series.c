/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.c - answers queries from journal and RRD files as one series. Does not write. */
#include "lib/stores/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stores/rrd_index.h"
#include "lib/stores/rrd_io.h"
#include "lib/stores/series_grid.h"
#include "lib/stores/series_heads.h"
#include "lib/stores/series_months.h"
#include "lib/stores/series_refresh.h"

#define LIVE_WINDOW (1 * HOURS)
#define LIVE_MAX    (2 * DAYS) /* of journal, when the store is that far behind */

enum { CHOICES_MAX = 64 };

struct series {
    char *rrd_dir;
    struct series_heads *heads;
    struct rrd_index *index;
};

void series_result_fini(struct series_result *r)
{
    free(r->values);
    free(r->completeness);
    r->values = r->completeness = NULL;
    r->rows = r->columns = 0;
}

enum err series_open(const char *journal_dir, const char *rrd_dir, struct series **out)
{
    struct series *s = calloc(1, sizeof *s);
    enum err e;

    if (!s)
        return ERR_NOMEM;
    s->rrd_dir = strdup(rrd_dir);
    e = s->rrd_dir ? series_heads_open(journal_dir, &s->heads) : ERR_NOMEM;
    if (!e)
        e = rrd_index_open(rrd_dir, &s->index);
    if (e) {
        series_close(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void series_close(struct series *s)
{
    if (!s)
        return;
    series_heads_close(s->heads);
    rrd_index_close(s->index);
    free(s->rrd_dir);
    free(s);
}

enum err series_refresh(struct series *s, size_t max_records)
{
    return series_heads_refresh(s->heads, max_records);
}

/* ---- RRD files ---- */

struct place {
    const struct rrd_file *file; /* NULL: none holds this column */
    unsigned ds;
    int64_t last; /* s; 0: nothing in it */
    char path[RRD_PATH_SIZE];
};

static void find_place(const struct series *s, const struct series_column *column, struct place *p)
{
    enum err e;

    p->last = 0;
    p->file = rrd_index_find(s->index, column->source, column->entity, column->metric, &p->ds);
    if (!p->file)
        return;
    do {
        rrd_index_path(s->rrd_dir, p->file->number, p->path);
        e = rrd_io_check(p->path, p->file, &p->last);
        if (e) /* not made yet: what it will replace is still there; or damaged: the store sees to it */
            p->file = rrd_index_former(s->index, p->file);
    } while (e == ERR_NOT_FOUND && p->file && p->ds < p->file->count);
    if (e)
        p->file = NULL;
}

static void lay_rows(struct grid *g, const struct rrd_rows *rows, unsigned ds, int64_t from, int64_t to)
{
    for (size_t i = 0; i < rows->rows; i++) {
        int64_t begin = rows->start + (int64_t)i * rows->step, end = begin + rows->step;
        if (begin < from)
            begin = from;
        if (end > to)
            end = to;
        if (begin < end)
            grid_add_archive(g, begin * SECONDS, end * SECONDS, rows->values[i * rows->count + ds]);
    }
}

static enum err read_archives(const struct place *p, enum series_cf cf, struct grid *g, int64_t end)
{
    int64_t t = g->start / SECONDS;
    struct grid_choice choice;
    enum err e = ERR_OK;

    for (int i = 0; !e && p->file && t < end && i < CHOICES_MAX; i++) {
        struct rrd_rows rows = {0};
        bool is_there = grid_choose_archive(p->file->storage, &p->file->keep, p->file->step, p->last, cf,
                                            g->step / SECONDS, t, &choice);
        int64_t until = choice.until < end ? choice.until : end;
        if (is_there) {
            e = rrd_io_fetch(p->path, p->file, choice.cf, choice.pdps, t, until, &rows);
            if (!e)
                lay_rows(g, &rows, p->ds, t, until);
            free(rows.values);
        }
        t = until;
    }
    return e == ERR_NOMEM ? e : ERR_OK; /* what cannot be read is unknown */
}

/* ---- the journal ---- */

static void lay_samples(struct grid *g, const struct series_walk *w, size_t column, ns_t now)
{
    struct grid_repeat last = {0, 0, NAN};

    for (size_t i = 0; i < w->count; i++)
        grid_add_live(g, &last, w->times[i], w->intervals[i], w->values[i * w->columns + column]);
    grid_end_live(g, &last, now);
}

/* How far back the journal is needed for these columns: an hour, or as far as a file lags. */
static ns_t live_since(const struct place *places, const size_t *column, size_t count, ns_t now)
{
    ns_t since = now - LIVE_WINDOW;

    for (size_t i = 0; i < count; i++) {
        ns_t last = places[column[i]].last * SECONDS;
        if (places[column[i]].file && last < since)
            since = last;
    }
    return since > now - LIVE_MAX ? since : now - LIVE_MAX;
}

/* ---- one query ---- */

struct answer {
    struct series *s;
    const struct series_query *q;
    ns_t now;
    struct place *places; /* by column */
    struct grid grid;
    struct series_result *result;
};

static void put_column(struct answer *a, size_t column, ns_t live_from)
{
    struct series_result *r = a->result;
    double known;

    for (size_t i = 0; i < r->rows; i++) {
        r->values[i * r->columns + column] = grid_value(&a->grid, i, live_from, a->q->cf, &known);
        r->completeness[i] += known / (double)r->columns;
    }
}

/* column[0..count-1]: all columns of one source. */
static enum err answer_source(struct answer *a, const size_t *column, size_t count)
{
    struct series_column asked[SERIES_COLUMNS_MAX];
    struct series_walk walk = {0};
    ns_t since = live_since(a->places, column, count, a->now);
    ns_t live_from = INT64_MAX;
    enum err e = ERR_OK;

    for (size_t i = 0; i < count; i++)
        asked[i] = a->q->columns[column[i]];
    if (a->q->to > since) {
        e = series_heads_walk(a->s->heads, asked[0].source, asked, count,
                              since > a->q->from ? since : a->q->from - a->grid.step, &walk);
        if (!e && walk.count)
            live_from = walk.times[0];
    }
    for (size_t i = 0; !e && i < count; i++) {
        grid_clear(&a->grid);
        e = read_archives(&a->places[column[i]], a->q->cf, &a->grid, a->q->to / SECONDS + 1);
        lay_samples(&a->grid, &walk, i, a->now);
        put_column(a, column[i], live_from);
    }
    series_walk_fini(&walk);
    return e;
}

static enum err answer(struct answer *a)
{
    bool is_done[SERIES_COLUMNS_MAX] = {false};
    enum err e = ERR_OK;

    for (size_t i = 0; i < a->q->column_count; i++)
        find_place(a->s, &a->q->columns[i], &a->places[i]);
    for (size_t i = 0; !e && i < a->q->column_count; i++) {
        size_t column[SERIES_COLUMNS_MAX], count = 0;
        for (size_t k = i; !is_done[i] && k < a->q->column_count; k++)
            if (!is_done[k] && strcmp(a->q->columns[k].source, a->q->columns[i].source) == 0)
                column[count++] = k;
        for (size_t k = 0; k < count; k++)
            is_done[column[k]] = true;
        if (count)
            e = answer_source(a, column, count);
    }
    return e;
}

enum err series_read(struct series *s, const struct series_query *q, ns_t now, struct series_result *out)
{
    struct series_result r = {.columns = q->column_count};
    struct answer a = {.s = s, .q = q, .now = now, .result = &r};
    enum err e;

    if (q->from < 0 || q->from >= q->to || q->column_count == 0 || q->column_count > SERIES_COLUMNS_MAX)
        return ERR_RANGE;
    e = series_heads_refresh(s->heads, 0);
    if (!e)
        e = rrd_index_refresh(s->index);
    if (!e && q->cf >= SERIES_MONTH_MEAN)
        return series_months_read(s, s->index, s->rrd_dir, q, now, out);
    if (e)
        return e;
    grid_bounds(q, &r.start, &r.step, &r.rows);
    r.values = malloc(r.rows * r.columns * sizeof *r.values);
    r.completeness = calloc(r.rows, sizeof *r.completeness);
    a.places = malloc(q->column_count * sizeof *a.places);
    e = r.values && r.completeness && a.places ? grid_init(&a.grid, r.start, r.step, r.rows) : ERR_NOMEM;
    if (!e)
        e = answer(&a);
    grid_fini(&a.grid);
    free(a.places);
    if (e)
        series_result_fini(&r);
    else
        *out = r;
    return e;
}
