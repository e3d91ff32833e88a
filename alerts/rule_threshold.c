/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_threshold.c - a value over or under a limit. Pure. */
#include "alerts/rule_kind.h"

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    (void)e;
    w->limit = w->rule->has_above ? w->rule->above : w->rule->below;
    return rule_side(w->rule, r->value);
}

const struct rule_kind_info rule_threshold = {.judge = judge};
