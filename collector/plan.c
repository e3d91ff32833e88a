/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c - spreads polls over the interval. Pure. */
#include "collector/plan.h"

#define NEAR_MOST (10 * SECONDS)
#define TICK_MOST (1 * SECONDS)

enum { BUNCH = 100 /* polls */ };

ns_t plan_tick(size_t n, ns_t interval)
{
    ns_t most = interval / 10 < TICK_MOST ? interval / 10 : TICK_MOST;
    ns_t wanted = (ns_t)((double)interval * BUNCH / (double)n);
    ns_t tick = wanted < most ? wanted : most;

    return tick < 2 * PLAN_TICK ? PLAN_TICK : tick - tick % PLAN_TICK;
}

static ns_t spread(size_t i, size_t n, ns_t start, ns_t span, ns_t tick)
{
    ns_t at = start + (ns_t)((double)span * (double)i / (double)n);

    return at - at % tick;
}

ns_t plan_first(size_t i, size_t n, ns_t start, ns_t span)
{
    return spread(i, n, start, span, PLAN_TICK);
}

ns_t plan_slot(size_t i, size_t n, ns_t interval, ns_t now)
{
    return plan_next(spread(i, n, 0, interval, plan_tick(n, interval)), interval, now);
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
