/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend.c - robust lines. 56 points have 1,540 pairs; a line is asked for once a point, every few hours. */
#include "alerts/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/median.h"

enum { PAIRS = TREND_POINTS * (TREND_POINTS - 1) / 2, NEWEST = 2, FORMAT = 1 };
/* Temperature explains something only if it varied by this much, and an optic drifts by less than this. */
#define KELVIN_LEAST   4.0
#define PER_KELVIN_MAX 0.15
#define NS_PER_DAY     ((double)DAYS)

/* ---- gathering ---- */

static float median_of_gathered(const float *values, size_t count)
{
    double known[TREND_GATHER];
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            known[n++] = (double)values[i];
    return (float)median_of(known, n);
}

static bool complete(struct trend *t, ns_t span)
{
    if (!t->gathered)
        return false;
    if (t->count == TREND_POINTS) {
        memmove(t->points, t->points + 1, (TREND_POINTS - 1) * sizeof *t->points);
        t->count--;
    }
    t->points[t->count++] =
        (struct trend_point){.at = t->began + span / 2,
                             .value = median_of_gathered(t->values, t->gathered),
                             .temperature = median_of_gathered(t->temperatures, t->gathered)};
    t->gathered = 0;
    t->seen = 0;
    return true;
}

bool trend_add(struct trend *t, ns_t at, ns_t span, double value, double temperature)
{
    bool is_complete = false;
    uint32_t share;

    if (!t->began)
        t->began = at - at % span; /* aligned, so that a point is a part of the day */
    if (at < t->began)
        return false;
    if (at >= t->began + span) {
        is_complete = complete(t, span);
        t->began = at - at % span;
    }
    share = t->seen++ / TREND_GATHER + 1;
    if (t->gathered < TREND_GATHER) {
        t->values[t->gathered] = (float)value;
        t->temperatures[t->gathered++] = (float)temperature;
    } else if (t->seen % share == 0) { /* spread over the span, not its first minutes */
        t->values[t->seen / share % TREND_GATHER] = (float)value;
        t->temperatures[t->seen / share % TREND_GATHER] = (float)temperature;
    }
    return is_complete;
}

void trend_restart(struct trend *t)
{
    size_t kept = t->count < NEWEST ? t->count : NEWEST;

    memmove(t->points, t->points + t->count - kept, kept * sizeof *t->points);
    t->count = kept;
}

/* ---- the line ---- */

/* Median of (y_j - y_i) / (x_j - x_i) over the pairs whose x are at least `least` apart. NaN: no such pair.
 */
static double median_slope(const double *x, const double *y, size_t count, double least)
{
    double slopes[PAIRS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (fabs(x[k] - x[i]) >= least)
                slopes[n++] = (y[k] - y[i]) / (x[k] - x[i]);
    return median_of(slopes, n);
}

/* From neighbouring points only, so that a slow drift and the season are not taken for one another. */
static double influence_of_temperature(const struct trend *t)
{
    double ratios[TREND_POINTS], low = INFINITY, high = -INFINITY, per_kelvin;
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++) {
        double k = (double)t->points[i].temperature;
        if (isnan(k))
            return 0;
        low = fmin(low, k);
        high = fmax(high, k);
        if (i && fabs(k - (double)t->points[i - 1].temperature) >= 1)
            ratios[n++] = ((double)t->points[i].value - (double)t->points[i - 1].value) /
                          (k - (double)t->points[i - 1].temperature);
    }
    if (high - low < KELVIN_LEAST || n < TREND_LEAST / 2)
        return 0;
    per_kelvin = median_of(ratios, n);
    return fabs(per_kelvin) > PER_KELVIN_MAX ? copysign(PER_KELVIN_MAX, per_kelvin) : per_kelvin;
}

static double median_range(const double *y, size_t from, size_t until)
{
    double copy[TREND_POINTS];

    memcpy(copy, y + from, (until - from) * sizeof *copy);
    return median_of(copy, until - from);
}

bool trend_line(const struct trend *t, struct trend_line *out)
{
    double x[TREND_POINTS], y[TREND_POINTS], rest[TREND_POINTS], offset, reference;
    size_t n = t->count;

    if (n < TREND_LEAST)
        return false;
    *out = (struct trend_line){
        .per_kelvin = influence_of_temperature(t), .from = t->points[0].at, .until = t->points[n - 1].at};
    reference = out->per_kelvin != 0 ? (double)t->points[n - 1].temperature : 0;
    for (size_t i = 0; i < n; i++) {
        x[i] = (double)(t->points[i].at - t->points[0].at) / NS_PER_DAY;
        y[i] = (double)t->points[i].value;
        if (out->per_kelvin != 0)
            y[i] -= out->per_kelvin * ((double)t->points[i].temperature - reference);
    }
    out->per_day = median_slope(x, y, n, 1e-9);
    for (size_t i = 0; i < n; i++)
        rest[i] = y[i] - out->per_day * x[i];
    offset = median_range(rest, 0, n);
    out->now = offset + out->per_day * x[n - 1];
    out->usual = median_range(y, 0, n);
    out->step = median_range(rest, n - NEWEST, n) - median_range(rest, 0, n - NEWEST);
    for (size_t i = 0; i < n; i++)
        rest[i] = fabs(rest[i] - offset);
    out->spread = MAD_TO_SIGMA * median_range(rest, 0, n);
    return true;
}

double trend_days_until(const struct trend_line *l, double limit, bool is_upper)
{
    double left = limit - l->now;

    if (is_upper ? left <= 0 : left >= 0)
        return 0;
    if (is_upper ? l->per_day <= 0 : l->per_day >= 0)
        return INFINITY;
    return left / l->per_day;
}

/* ---- rows ---- */

static void put_float(struct buf *out, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    buf_le32(out, bits);
}

static float get_float(struct wire *in)
{
    uint32_t bits = wire_le32(in);
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* What is being gathered is lost at a restart: less than one span. */
void trend_put(const struct trend *t, struct buf *out)
{
    buf_u8(out, FORMAT);
    buf_u8(out, (uint8_t)t->count);
    for (size_t i = 0; i < t->count; i++) {
        buf_le64(out, (uint64_t)t->points[i].at);
        put_float(out, t->points[i].value);
        put_float(out, t->points[i].temperature);
    }
}

enum err trend_get(struct trend *t, struct wire *in)
{
    size_t count;

    memset(t, 0, sizeof *t);
    if (wire_u8(in) != FORMAT)
        wire_fail(in, ERR_MALFORMED);
    count = wire_u8(in);
    if (count > TREND_POINTS)
        wire_fail(in, ERR_MALFORMED);
    for (size_t i = 0; i < count && !wire_error(in); i++) {
        t->points[i].at = (ns_t)wire_le64(in);
        t->points[i].value = get_float(in);
        t->points[i].temperature = get_float(in);
        if (!isfinite(t->points[i].value))
            wire_fail(in, ERR_MALFORMED);
    }
    if (wire_error(in)) {
        memset(t, 0, sizeof *t);
        return ERR_MALFORMED;
    }
    t->count = count;
    return ERR_OK;
}
