/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c - spreads polls over the interval. Pure. */
#include "collector/plan.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_MOST (10 * SECONDS)
#define TICK_MOST (1 * SECONDS)

#define GOLDEN_SECTION 0.6180339887498949

enum { BUNCH = 100 /* polls */ };

ns_t plan_tick(size_t n, ns_t interval)
{
    ns_t most = interval / 10 < TICK_MOST ? interval / 10 : TICK_MOST;
    ns_t wanted = (ns_t)((double)interval * BUNCH / (double)n);
    ns_t tick = wanted < most ? wanted : most;

    return tick < 2 * PLAN_TICK ? PLAN_TICK : tick - tick % PLAN_TICK;
}

struct member {
    const char *group;
    size_t device;
};

static int by_group(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = strcmp(x->group, y->group);

    return order ? order : (x->device > y->device) - (x->device < y->device);
}

static size_t greatest_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Steps of the golden section leave the most even gaps, however many steps they are; without a common divisor
 * with n they come by every slot. */
static size_t golden_stride(size_t n)
{
    size_t stride = (size_t)((double)n * GOLDEN_SECTION) + 1;

    while (greatest_divisor(n, stride) != 1)
        stride++;
    return stride;
}

enum err plan_order(const char *const *groups, size_t n, size_t *order)
{
    struct member *members = calloc(n ? n : 1, sizeof *members);
    size_t stride = golden_stride(n);

    if (!members)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        members[i] = (struct member){groups[i] ? groups[i] : "", i};
    qsort(members, n, sizeof *members, by_group);
    for (size_t i = 0; i < n; i++)
        order[(uint64_t)i * stride % n] = members[i].device;
    free(members);
    return ERR_OK;
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
