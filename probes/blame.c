/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blame.c - baselines of phases. Pure. */
#include "probes/blame.h"

#include <math.h>

#define WEIGHT      (1.0 / 16)
#define SHARE_LEAST 15.0 /* points */
#define TIME_LEAST  0.05 /* s */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double excess_of(const struct blame *b, double share, double median)
{
    double share_room = larger(SHARE_LEAST, 4 * b->share_spread);
    double time_room = larger(larger(TIME_LEAST, b->time), 6 * b->time_spread);
    double by_share = (b->share - share) / share_room;
    double by_time = isnan(median) || isnan(b->time) ? 0 : (median - b->time) / time_room;
    double excess = larger(by_share, by_time);

    return excess > 1 ? excess : 0;
}

static void follow(double *mean, double *spread, double value)
{
    if (isnan(value))
        return;
    if (isnan(*mean))
        *mean = value;
    *spread += WEIGHT * (fabs(value - *mean) - *spread);
    *mean += WEIGHT * (value - *mean);
}

double blame_take(struct blame *b, double share, double median)
{
    double excess = 0;

    if (b->outside >= BLAME_GIVEN_UP)
        *b = (struct blame){0};
    if (b->reports == 0)
        *b = (struct blame){.share = share, .time = median};
    else if (b->reports >= BLAME_LEARNING)
        excess = excess_of(b, share, median);
    if (excess > 0) {
        b->outside++;
        return excess;
    }
    b->outside = 0;
    b->reports++;
    follow(&b->share, &b->share_spread, share);
    follow(&b->time, &b->time_spread, median);
    return 0;
}

size_t blame_pick(const double *excess, size_t count)
{
    size_t worst = count;

    for (size_t i = 0; i < count; i++)
        if (excess[i] > 0 && (worst == count || excess[i] > excess[worst]))
            worst = i;
    return worst;
}
