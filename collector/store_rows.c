/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_rows.c - values to rows, one a step. Pure apart from malloc. */
#include "collector/store_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CAPACITY_STEP = 8,   /* rows, at least */
    CAPACITY_USUAL = 32, /* kept from batch to batch */
};

void rows_init(struct rows *r, unsigned count, ns_t step, ns_t max_age, ns_t emitted)
{
    *r = (struct rows){
        .step = step, .max_age = max_age, .emitted = emitted, .committed = emitted, .count = count};
    for (unsigned i = 0; i < count; i++)
        r->ds[i].last = NAN;
}

void rows_fini(struct rows *r)
{
    free(r->times);
    free(r->values);
    r->times = NULL;
    r->values = NULL;
}

enum err rows_take_over(struct rows *to, struct rows *from, unsigned count)
{
    double *values = malloc((from->cap ? from->cap : 1) * count * sizeof *values);

    if (!values)
        return ERR_NOMEM;
    for (size_t i = 0; i < from->pending; i++)
        for (unsigned k = 0; k < count; k++)
            values[i * count + k] = k < from->count ? from->values[i * from->count + k] : NAN;
    *to = *from;
    to->values = values;
    to->count = count;
    for (unsigned i = from->count; i < count; i++)
        to->ds[i] = (struct rows_ds){.last = NAN};
    free(from->values);
    rows_init(from, from->count, from->step, from->max_age, from->emitted);
    return ERR_OK;
}

static ns_t end_of_step(const struct rows *r, ns_t t)
{
    return (t / r->step + 1) * r->step;
}

static bool is_same(const double *a, const double *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

static enum err make_room(struct rows *r)
{
    size_t more = r->cap / 4, cap = r->cap + (more > CAPACITY_STEP ? more : CAPACITY_STEP);
    int64_t *times;
    double *values;

    if (r->pending < r->cap)
        return ERR_OK;
    times = realloc(r->times, cap * sizeof *times);
    if (!times)
        return ERR_NOMEM;
    r->times = times;
    values = realloc(r->values, cap * r->count * sizeof *values);
    if (!values)
        return ERR_NOMEM;
    r->values = values;
    r->cap = cap;
    return ERR_OK;
}

static enum err emit(struct rows *r, ns_t end, const double *row)
{
    enum err e;

    if (end <= r->emitted) /* in the file already: records are read again after a restart */
        return ERR_OK;
    /* the first row of a file says where the file begins: it is not merged */
    if (r->pending > (r->committed ? 0 : 1) && end == r->emitted + r->step &&
        is_same(row, r->values + (r->pending - 1) * r->count, r->count)) {
        r->times[r->pending - 1] = end / SECONDS;
        r->emitted = end;
        return ERR_OK;
    }
    e = make_room(r);
    if (e)
        return e;
    r->times[r->pending] = end / SECONDS;
    memcpy(r->values + r->pending * r->count, row, r->count * sizeof *row);
    r->pending++;
    r->emitted = end;
    return ERR_OK;
}

/* The row of the open step. Returns whether anything in it is known. */
static bool gather(struct rows *r, double *row)
{
    bool is_known = false;

    for (unsigned i = 0; i < r->count; i++) {
        struct rows_ds *ds = &r->ds[i];
        if (ds->known)
            row[i] = ds->sum / ds->known;
        else if (r->open - ds->last_at <= r->max_age)
            row[i] = ds->last;
        else
            row[i] = NAN;
        is_known = is_known || !isnan(row[i]);
        ds->sum = 0;
        ds->known = 0;
    }
    return is_known;
}

static enum err unknown_row(struct rows *r, ns_t end)
{
    double row[RRD_DS_MAX];

    for (unsigned i = 0; i < r->count; i++)
        row[i] = NAN;
    return emit(r, end, row);
}

enum err rows_advance(struct rows *r, ns_t t)
{
    ns_t open = end_of_step(r, t);
    double row[RRD_DS_MAX];
    enum err e = ERR_OK;

    while (!e && r->open && r->open < open) {
        bool is_known = gather(r, row);
        e = emit(r, r->open, row);
        r->open = is_known ? r->open + r->step : 0;
    }
    return e;
}

/* Begins a step after idleness: what lies between is unknown. */
static void open_step(struct rows *r, ns_t t)
{
    r->open = end_of_step(r, t);
    if (r->emitted && r->emitted < r->open - r->step)
        (void)!unknown_row(r, r->open - r->step); /* no memory: the value is drawn too long */
}

void rows_value(struct rows *r, unsigned ds, ns_t t, double value)
{
    struct rows_ds *d = &r->ds[ds];

    if (!r->open && !isnan(value))
        open_step(r, t);
    if (r->open && t < r->open - r->step) {
        r->late++;
        return;
    }
    d->last = value;
    d->last_at = t;
    if (!isnan(value)) {
        d->sum += value;
        d->known++;
    }
}

void rows_forget(struct rows *r)
{
    for (unsigned i = 0; i < r->count; i++)
        r->ds[i].last = NAN;
}

enum err rows_finish(struct rows *r)
{
    double row[RRD_DS_MAX];
    enum err e;

    if (!r->open)
        return ERR_OK;
    (void)gather(r, row);
    e = emit(r, r->open, row);
    r->open = 0;
    rows_forget(r);
    return e;
}

void rows_rewind(struct rows *r, ns_t last)
{
    r->pending = 0;
    r->open = 0;
    r->emitted = r->committed = last;
    rows_forget(r);
}

void rows_committed(struct rows *r)
{
    r->pending = 0;
    r->committed = r->emitted;
    if (r->cap > CAPACITY_USUAL) { /* after a long catching up */
        rows_fini(r);
        r->cap = 0;
    }
}

ns_t rows_safe_until(const struct rows *r)
{
    if (r->pending)
        return r->committed;
    return r->open ? r->open - r->step : INT64_MAX;
}
