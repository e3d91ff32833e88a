/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_kind.c - the kinds of rules by number, and what several of them share. Pure. */
#include "alerts/rule_kind.h"

const struct rule_kind_info *rule_kind_info(int kind)
{
    switch ((enum rule_kind)kind) {
    case RULE_THRESHOLD: return &rule_threshold;
    case RULE_DROP: return &rule_drop;
    case RULE_RATE: return &rule_rate;
    case RULE_SILENCE: return &rule_silence;
    case RULE_FLAPPING: return &rule_flapping;
    case RULE_BASELINE: return &rule_baseline;
    case RULE_DRIFT: return &rule_drift;
    case RULE_FORECAST: return &rule_forecast;
    case RULE_SPECTRUM: return &rule_spectrum;
    case RULE_DFS: return &rule_dfs;
    case RULE_SLEEPING:
    case RULE_FIRMWARE:
    case RULE_COUNTRY: break;
    }
    return NULL;
}

enum side rule_side(const struct rule *r, double value)
{
    if (r->has_above ? value > r->above : value < r->below)
        return SIDE_BAD;
    return (r->has_above ? value <= r->clear : value >= r->clear) ? SIDE_GOOD : SIDE_BETWEEN;
}
