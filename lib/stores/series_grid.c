/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_grid.c - lays samples and rows onto a grid. Pure apart from malloc. */
#include "lib/stores/series_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_WANTED = 500 };

static const int64_t nice_steps[] = {1,     2,     5,     10,    15,     20,     30,      60,
                                     120,   300,   600,   900,   1200,   1800,   3600,    7200,
                                     10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000};

static ns_t nice_step(ns_t at_least)
{
    for (size_t i = 0; i < ARRAY_LEN(nice_steps); i++)
        if (nice_steps[i] * SECONDS >= at_least)
            return nice_steps[i] * SECONDS;
    return (at_least + DAYS - 1) / DAYS * DAYS;
}

void grid_bounds(const struct series_query *q, ns_t *start, ns_t *step, size_t *rows)
{
    ns_t span = q->to - q->from, s = q->step;

    if (s <= 0)
        s = nice_step(span / ROWS_WANTED);
    s = (s + SECONDS - 1) / SECONDS * SECONDS;
    if (span / s >= SERIES_ROWS_MAX - 1)
        s = nice_step(span / (SERIES_ROWS_MAX - 2));
    *step = s;
    *start = q->from / s * s;
    *rows = (size_t)((q->to - *start + s - 1) / s);
}

static void clear_cells(struct grid_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = (struct grid_cell){0, INFINITY, -INFINITY, 0};
}

enum err grid_init(struct grid *g, ns_t start, ns_t step, size_t rows)
{
    *g = (struct grid){.start = start, .step = step, .rows = rows};
    g->archive = malloc((rows + 1) * sizeof *g->archive);
    g->live = malloc((rows + 1) * sizeof *g->live);
    if (!g->archive || !g->live) {
        grid_fini(g);
        return ERR_NOMEM;
    }
    grid_clear(g);
    return ERR_OK;
}

void grid_fini(struct grid *g)
{
    free(g->archive);
    free(g->live);
    g->archive = g->live = NULL;
}

void grid_clear(struct grid *g)
{
    clear_cells(g->archive, g->rows);
    clear_cells(g->live, g->rows);
}

static void add(struct grid_cell *cell, double value, double weight)
{
    cell->sum += value * weight;
    cell->weight += weight;
    if (value < cell->min)
        cell->min = value;
    if (value > cell->max)
        cell->max = value;
}

void grid_add_archive(struct grid *g, ns_t begin, ns_t end, double value)
{
    ns_t grid_end = g->start + (ns_t)g->rows * g->step;

    if (isnan(value))
        return;
    if (begin < g->start)
        begin = g->start;
    if (end > grid_end)
        end = grid_end;
    while (begin < end) {
        size_t i = (size_t)((begin - g->start) / g->step);
        ns_t row_end = g->start + (ns_t)(i + 1) * g->step, stop = end < row_end ? end : row_end;
        add(&g->archive[i], value, (double)(stop - begin));
        begin = stop;
    }
}

/* Rows that end after last and begin at or before until, without a sample of their own. */
static void repeat(struct grid *g, const struct grid_repeat *last, ns_t until)
{
    ns_t age_max = last->interval * 3 / 2, end;
    int64_t i = (last->t - g->start) / g->step + 1;

    if (isnan(last->value) || last->interval == 0)
        return;
    if (i < 0)
        i = 0;
    for (; i < (int64_t)g->rows; i++) {
        end = g->start + (i + 1) * g->step;
        if (end > until || end - last->t > age_max)
            break;
        add(&g->live[i], last->value, (double)g->step);
    }
}

void grid_add_live(struct grid *g, struct grid_repeat *last, ns_t t, ns_t interval, double value)
{
    int64_t i = t >= g->start ? (t - g->start) / g->step : -1;

    repeat(g, last, i < 0 ? g->start : g->start + i * g->step);
    *last = (struct grid_repeat){t, interval, value};
    if (i >= 0 && i < (int64_t)g->rows && !isnan(value))
        add(&g->live[i], value, (double)interval);
}

void grid_end_live(struct grid *g, struct grid_repeat *last, ns_t now)
{
    repeat(g, last, now);
}

double grid_value(const struct grid *g, size_t i, ns_t live_from, enum series_cf cf, double *known)
{
    bool is_live = g->start + (ns_t)i * g->step >= live_from || g->archive[i].weight == 0;
    const struct grid_cell *cell = is_live ? &g->live[i] : &g->archive[i];

    *known = cell->weight / (double)g->step;
    if (*known > 1)
        *known = 1;
    if (cell->weight == 0)
        return NAN;
    switch (cf) {
    case SERIES_MIN: return cell->min;
    case SERIES_MAX: return cell->max;
    default: return cell->sum / cell->weight;
    }
}

/* ---- archives ---- */

static bool is_cf(enum series_cf wanted, enum rrd_cf is)
{
    return (wanted == SERIES_MIN && is == RRD_MIN) || (wanted == SERIES_MAX && is == RRD_MAX);
}

bool grid_choose_archive(enum storage_class storage, const struct rrd_keep *keep, unsigned file_step,
                         int64_t last, enum series_cf cf, int64_t width, int64_t t,
                         struct grid_choice *choice)
{
    struct rrd_archive a[RRD_ARCHIVES_MAX], *best = NULL;
    size_t count = rrd_layout_archives(storage, keep, a);
    int64_t best_width = 0, next_begin = INT64_MAX;

    choice->until = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t w = (int64_t)file_step * a[i].pdps, end = last / w * w, begin = end - w * a[i].rows;
        bool is_better;
        if (a[i].cf != RRD_AVERAGE && !is_cf(cf, a[i].cf))
            continue;
        if (t < begin && begin < next_begin)
            next_begin = begin;
        if (t < begin || t >= end)
            continue;
        /* the coarsest that is not coarser than wanted; if all are, the finest; extremes before averages */
        if (!best)
            is_better = true;
        else if (w == best_width)
            is_better = is_cf(cf, a[i].cf);
        else if (w <= width)
            is_better = w > best_width || best_width > width;
        else
            is_better = w < best_width;
        if (is_better) {
            best = &a[i];
            best_width = w;
            choice->until = end;
        }
    }
    if (!best) {
        choice->until = next_begin;
        return false;
    }
    choice->cf = best->cf;
    choice->pdps = best->pdps;
    if (best_width > width && next_begin < choice->until) /* a finer one begins there */
        choice->until = next_begin;
    return true;
}
