/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_baseline.c - a value that is unusual for this hour of the week: more than `spreads` of its usual
 * spread, and at least `least`, from the median of such hours. Pure. */
#include <math.h>

#include "alerts/baseline.h"
#include "alerts/rule_kind.h"
#include "lib/base/berlin.h"

#define NEW_HABIT (14 * DAYS)

static enum side side_of(const struct watch *w, double distance, double allowed)
{
    const struct rule *r = w->rule;
    double unusual = r->direction == DIRECTION_LOW    ? -distance
                     : r->direction == DIRECTION_HIGH ? distance
                                                      : fabs(distance);

    if (unusual > allowed)
        return SIDE_BAD;
    return unusual <= allowed / 2 ? SIDE_GOOD : SIDE_BETWEEN;
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct baseline *b = w->memory;
    int64_t hour = berlin_hour(r->at);
    int slot = calendar_hour_of_week(&e->o.rules->calendar, object_rhythm(e, w->kind, w->index), hour);
    double median, spread;
    enum side side = SIDE_GOOD;
    bool is_normal;

    if (baseline_usual(b, slot, &median, &spread)) {
        double allowed = fmax(w->rule->spreads * spread, w->rule->least);
        side = side_of(w, r->value - median, allowed);
        w->reference = median;
        w->limit = w->rule->direction == DIRECTION_HIGH ? median + allowed : median - allowed;
        if (w->rule->direction == DIRECTION_BOTH && r->value > median)
            w->limit = median + allowed;
    }
    /* What is wrong now must not be usual tomorrow; what has been so for two weeks is a new habit. */
    is_normal = (side == SIDE_GOOD && !w->is_raised) || (w->is_raised && r->at - w->side_since > NEW_HABIT);
    if (is_normal && object_is_calm(e, w->kind, w->index))
        w->must_save |= baseline_add(b, hour, slot, r->value);
    else
        w->must_save |= baseline_spoil(b, hour, slot);
    return side;
}

static void put(const struct watch *w, struct buf *out)
{
    baseline_put(w->memory, out);
}

static enum err get(struct watch *w, struct wire *in)
{
    return baseline_get(w->memory, in);
}

static bool is_empty(const struct watch *w)
{
    return baseline_hours_known(w->memory) == 0;
}

const struct rule_kind_info rule_baseline = {sizeof(struct baseline), false, judge, put, get, is_empty};
