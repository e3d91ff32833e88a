/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_rate.c - how fast a value changes: `above` and `below` are units per hour over `span`. Pure.
 *
 * The memory is not kept over a restart: a span is short, and a value from before one says little. */
#include <string.h>

#include "alerts/rule_kind.h"

enum { POINTS = 32 };
#define NS_PER_HOUR ((double)HOURS)

struct history {
    struct {
        ns_t at;
        double value;
    } points[POINTS]; /* oldest first, span / (POINTS - 2) apart */
    size_t count;
};

static void drop_oldest(struct history *h)
{
    memmove(h->points, h->points + 1, (POINTS - 1) * sizeof h->points[0]);
    h->count--;
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct history *h = w->memory;
    ns_t span = w->rule->span, age;

    (void)e;
    while (h->count > 1 && r->at - h->points[1].at >= span)
        drop_oldest(h);
    if (h->count && r->at - h->points[h->count - 1].at > span) /* a hole: begin anew */
        h->count = 0;
    if (!h->count || r->at - h->points[h->count - 1].at >= span / (POINTS - 2)) {
        if (h->count == POINTS)
            drop_oldest(h);
        h->points[h->count].at = r->at;
        h->points[h->count++].value = r->value;
    }
    age = r->at - h->points[0].at;
    if (age < span / 2)
        return SIDE_GOOD;
    w->value = (r->value - h->points[0].value) / ((double)age / NS_PER_HOUR);
    w->limit = w->rule->has_above ? w->rule->above : w->rule->below;
    return rule_side(w->rule, w->value);
}

const struct rule_kind_info rule_rate = {.memory = sizeof(struct history), .judge = judge};
