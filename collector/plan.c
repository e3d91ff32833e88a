/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c - spreads polls over the interval. Pure. */
#include "collector/plan.h"

#define NEAR_MOST (10 * SECONDS)

ns_t plan_first(size_t i, size_t n, ns_t start, ns_t span)
{
    ns_t at = start + (ns_t)((double)span * (double)i / (double)n);

    return at - at % PLAN_TICK;
}

ns_t plan_slot(size_t i, size_t n, ns_t interval, ns_t now)
{
    return plan_next(plan_first(i, n, 0, interval), interval, now);
}

ns_t plan_start(ns_t soon, ns_t slot, ns_t interval)
{
    ns_t near = interval / 4 < NEAR_MOST ? interval / 4 : NEAR_MOST;

    return slot < soon + near ? slot : soon;
}

ns_t plan_next(ns_t due, ns_t interval, ns_t now)
{
    if (due > now)
        return due;
    return due + ((now - due) / interval + 1) * interval;
}
