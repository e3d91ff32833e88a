/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_months.c - months that are over from their lines; others, as far as rows of five minutes reach, from
 * what the store has gathered and from the rows since. Does not write. */
#include "lib/stores/series_months.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stores/availability.h"
#include "lib/stores/month.h"

#define ROWS_REACH (40 * DAYS) /* of the long class, which has them for longer */

struct answer {
    struct series *s;
    const struct rrd_index *index;
    const char *rrd_dir;
    const struct series_query *q;
    ns_t now;
    struct series_result *result;
    size_t column;
};

static ns_t next_month(ns_t wall)
{
    char name[MONTH_NAME_SIZE];
    ns_t begin, end;

    availability_month(wall, &begin, &end, name);
    return end;
}

static void put_line(struct answer *a, size_t row, const struct month_line *line)
{
    double value = NAN;

    switch (a->q->cf) {
    case SERIES_MONTH_P95: value = line->p95; break;
    case SERIES_MONTH_PEAK: value = line->peak; break;
    default: value = line->mean; break;
    }
    a->result->values[row * a->result->columns + a->column] = value;
    a->result->completeness[row] += (double)line->known / line->slots / (double)a->result->columns;
}

/* ---- from the lines ---- */

struct lines {
    enum metric metric;
    size_t rows;
    char names[SERIES_MONTHS_MAX][MONTH_NAME_SIZE];
    struct month_line found[SERIES_MONTHS_MAX]; /* known 0: not yet */
};

static void on_line(void *ctx, const struct month_line *line)
{
    struct lines *x = ctx;

    if (line->metric != x->metric)
        return;
    for (size_t i = 0; i < x->rows; i++)
        if (strcmp(x->names[i], line->name) == 0 && line->known >= x->found[i].known)
            x->found[i] = *line;
}

static enum err read_lines(const struct answer *a, struct lines *x)
{
    const struct series_column *c = &a->q->columns[a->column];
    const struct rrd_file *file = NULL;
    enum err e = ERR_OK;

    while (e != ERR_NOMEM && (file = rrd_index_next(a->index, c->source, c->entity, file)))
        e = month_each_line(a->rrd_dir, file->number, on_line, x);
    return e == ERR_NOMEM ? e : ERR_OK; /* what cannot be read is unknown */
}

/* ---- from rows ---- */

/* What the store has gathered of this month; an empty one otherwise. */
static void load_gathered(const struct answer *a, ns_t begin, struct month *m)
{
    const struct series_column *c = &a->q->columns[a->column];
    unsigned ds;
    const struct rrd_file *file = rrd_index_find(a->index, c->source, c->entity, c->metric, &ds);

    for (; file; file = rrd_index_former(a->index, file))
        if (month_load(a->rrd_dir, file->number, m) == ERR_OK && m->begin == begin / SECONDS)
            return;
    month_begin(m, begin / SECONDS);
}

static enum err add_rows(const struct answer *a, struct month *m, struct month_sums *sums)
{
    ns_t now = a->now / (m->slot * SECONDS) * (m->slot * SECONDS), end = m->end * SECONDS;
    struct series_query q = {.columns = &a->q->columns[a->column],
                             .column_count = 1,
                             .from = m->until * SECONDS,
                             .to = end < now ? end : now,
                             .step = m->slot * SECONDS};
    struct series_result r = {0};
    enum err e;

    if (q.from >= q.to)
        return ERR_OK;
    e = series_read(a->s, &q, a->now, &r);
    for (size_t i = 0; !e && i < r.rows; i++)
        month_add(sums, (r.start + (ns_t)i * r.step) / SECONDS, r.values[i]);
    series_result_fini(&r);
    return e;
}

static enum err answer_running(struct answer *a, size_t row, ns_t begin)
{
    struct month *m = malloc(sizeof *m);
    struct month_sums *sums;
    struct month_line line;
    enum err e;

    if (!m)
        return ERR_NOMEM;
    load_gathered(a, begin, m);
    sums = month_sums_of(m, a->q->columns[a->column].metric);
    e = sums ? add_rows(a, m, sums) : ERR_OK;
    if (!e && sums && month_line_of(m, sums, &line))
        put_line(a, row, &line);
    free(m);
    return e;
}

static enum err answer_column(struct answer *a, struct lines *x)
{
    const struct metric_info *metric = metric_info(a->q->columns[a->column].metric);
    ns_t begin = a->result->start, end;
    enum err e;

    memset(x->found, 0, sizeof x->found);
    x->metric = a->q->columns[a->column].metric;
    e = read_lines(a, x);
    for (size_t i = 0; !e && i < x->rows; i++, begin = end) {
        end = next_month(begin);
        if (x->found[i].known)
            put_line(a, i, &x->found[i]);
        else if (month_is_kept(metric) && begin < a->now && end > a->now - ROWS_REACH)
            e = answer_running(a, i, begin);
    }
    return e;
}

enum err series_months_read(struct series *s, const struct rrd_index *index, const char *rrd_dir,
                            const struct series_query *q, ns_t now, struct series_result *out)
{
    struct series_result r = {.columns = q->column_count};
    struct answer a = {.s = s, .index = index, .rrd_dir = rrd_dir, .q = q, .now = now, .result = &r};
    struct lines *x = calloc(1, sizeof *x);
    ns_t end;
    enum err e = x ? ERR_OK : ERR_NOMEM;

    if (!e)
        availability_month(q->from, &r.start, &end, x->names[0]);
    for (ns_t begin = r.start; !e && begin < q->to; begin = end, r.rows++) {
        if (r.rows == SERIES_MONTHS_MAX)
            e = ERR_RANGE;
        else
            availability_month(begin, &begin, &end, x->names[r.rows]);
    }
    if (!e) {
        x->rows = r.rows;
        r.values = malloc(r.rows * r.columns * sizeof *r.values);
        r.completeness = calloc(r.rows, sizeof *r.completeness);
        e = r.values && r.completeness ? ERR_OK : ERR_NOMEM;
    }
    for (size_t i = 0; !e && i < r.rows * r.columns; i++)
        r.values[i] = NAN;
    for (a.column = 0; !e && a.column < r.columns; a.column++)
        e = answer_column(&a, x);
    free(x);
    if (e)
        series_result_fini(&r);
    else
        *out = r;
    return e;
}
