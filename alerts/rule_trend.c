/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_trend.c - where a value is going: the slow fall of an optical level (drift), and the day on which a
 * pool or a budget is used up (forecast). Both judge when a point of the trend is complete, and keep their
 * verdict until the next. Pure. */
#include <math.h>

#include "alerts/rule_kind.h"
#include "alerts/trend.h"

/* A line is one only if what it explains is large beside what it does not; it is none any more when it
 * explains less than what it does not. Between the two a verdict stays as it is: a young line that the days
 * bend would otherwise come and go with each point. */
#define SIGNIFICANCE 3.0
#define NO_LINE      1.0

struct course {
    struct trend trend;
    uint8_t side; /* enum side of the newest point */
};

static bool explains(const struct trend_line *l, double times)
{
    double days = (double)(l->until - l->from) / (double)DAYS;

    return fabs(l->per_day) * days > times * l->spread;
}

static bool is_significant(const struct trend_line *l)
{
    return explains(l, SIGNIFICANCE);
}

static void set_extra(struct watch *w, double per_day, double limit, double days_left)
{
    w->extra[0] = (struct watch_extra){"trend.per_week", 7 * per_day, limit};
    w->extra[1] = (struct watch_extra){"trend.days_left", isinf(days_left) ? NAN : days_left, w->rule->days};
}

/* ---- drift ---- */

static enum side judge_drift_line(struct watch *w, const struct trend_line *l)
{
    const struct rule *r = w->rule;
    double days_left = trend_days_until(l, r->limit, false);
    double per_week = -7 * l->per_day;

    w->reference = l->now - l->per_day * (double)(l->until - l->from) / (double)DAYS;
    set_extra(w, l->per_day, -r->per_week, days_left);
    if (is_significant(l) && (per_week >= r->per_week || (per_week > 0 && days_left <= r->days)))
        return SIDE_BAD;
    return per_week <= r->per_week / 2 || !explains(l, NO_LINE) ? SIDE_GOOD : SIDE_BETWEEN;
}

static enum side judge_drift(struct engine *e, struct watch *w, const struct reading *r)
{
    struct course *c = w->memory;
    struct trend_line l;

    (void)e;
    w->limit = w->rule->limit;
    if (!trend_add(&c->trend, r->at, w->rule->span, r->value,
                   facts_sibling(r->source, r->series, METRIC_OPTIC_TEMPERATURE)))
        return (enum side)c->side;
    w->must_save = true;
    c->side = SIDE_GOOD;
    if (!trend_line(&c->trend, &l))
        return SIDE_GOOD;
    if (fabs(l.step) >= w->rule->step && fabs(l.step) > SIGNIFICANCE * l.spread)
        trend_restart(&c->trend); /* a step is the business of kind drop; behind it a new history begins */
    else
        c->side = (uint8_t)judge_drift_line(w, &l);
    return (enum side)c->side;
}

/* ---- forecast ---- */

static enum side judge_forecast_line(struct watch *w, const struct trend_line *l, double limit)
{
    double days_left = trend_days_until(l, limit, true);

    w->limit = limit;
    set_extra(w, l->per_day, NAN, days_left);
    if (days_left == 0 || (is_significant(l) && days_left <= w->rule->days))
        return SIDE_BAD;
    return days_left > 2 * w->rule->days || !explains(l, NO_LINE) ? SIDE_GOOD : SIDE_BETWEEN;
}

static enum side judge_forecast(struct engine *e, struct watch *w, const struct reading *r)
{
    struct course *c = w->memory;
    double whole = w->rule->of ? facts_sibling(r->source, r->series, w->rule->of) : w->rule->limit;
    struct trend_line l;

    (void)e;
    if (!trend_add(&c->trend, r->at, w->rule->span, r->value, NAN))
        return (enum side)c->side;
    w->must_save = true;
    if (whole > 0 && trend_line(&c->trend, &l))
        c->side = (uint8_t)judge_forecast_line(w, &l, whole * w->rule->share / 100);
    else
        c->side = SIDE_GOOD;
    return (enum side)c->side;
}

/* ---- rows ---- */

static void put(const struct watch *w, struct buf *out)
{
    const struct course *c = w->memory;

    buf_u8(out, c->side);
    trend_put(&c->trend, out);
}

static enum err get(struct watch *w, struct wire *in)
{
    struct course *c = w->memory;
    uint8_t side = wire_u8(in);

    c->side = side <= SIDE_BAD ? side : SIDE_GOOD;
    return trend_get(&c->trend, in);
}

static bool is_empty(const struct watch *w)
{
    return ((const struct course *)w->memory)->trend.count == 0;
}

const struct rule_kind_info rule_drift = {sizeof(struct course), false, judge_drift, put, get, is_empty};
const struct rule_kind_info rule_forecast = {
    sizeof(struct course), false, judge_forecast, put, get, is_empty};
