/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend.h - where a slow quantity is going: a thinned-out history of up to TREND_POINTS medians of equal
 * spans, and the line through them that outliers do not bend (Theil 1950, Sen 1968: the median of the slopes
 * of all pairs). With a second quantity, a temperature, its influence is taken out first. Pure. */
#ifndef NW_ALERTS_TREND_H
#define NW_ALERTS_TREND_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/units.h"
#include "lib/base/wire.h"

enum { TREND_POINTS = 56, TREND_GATHER = 32, TREND_LEAST = 8 };

struct trend_point {
    ns_t at;                  /* middle of the span */
    float value, temperature; /* NaN: not known */
};

struct trend {
    struct trend_point points[TREND_POINTS]; /* oldest first */
    size_t count;
    ns_t began; /* of the span that is being gathered, 0 = none */
    float values[TREND_GATHER], temperatures[TREND_GATHER];
    size_t gathered;
    uint32_t seen; /* in this span; beyond TREND_GATHER every second is left out, every fourth … */
};

/* One reading; temperature NaN if there is none. span: how long a point stands for. Readings that are not
 * newer are ignored. Returns true when a point was completed: the moment to save. */
bool trend_add(struct trend *t, ns_t at, ns_t span, double value, double temperature);
/* Everything before a step that is there to stay: the history begins anew. */
void trend_restart(struct trend *t);

struct trend_line {
    double per_day;    /* of the value at equal temperature */
    double now;        /* the line's value at its newest point */
    double usual;      /* median of all points */
    double step;       /* how far the newest two points are off the line of all; a jump if it is large
                          beside `spread` */
    double spread;     /* 1.4826 × the median distance of the points from the line */
    double per_kelvin; /* influence of the temperature that was taken out, 0 = none */
    ns_t from, until;  /* the first and last point */
};
/* false: fewer than TREND_LEAST points. */
bool trend_line(const struct trend *t, struct trend_line *out);
/* Days from the newest point until the line reaches limit; INFINITY if it does not go there; 0 if it is past.
 */
double trend_days_until(const struct trend_line *l, double limit, bool is_upper);

void trend_put(const struct trend *t, struct buf *out);
enum err trend_get(struct trend *t, struct wire *in) NW_CHECKED;

#endif
