/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_kind.h - what a kind of rule is to watch.c: a judgement of one reading, and a memory of its own.
 * A new kind is one file rule_NAME.c, its line in rule_kind.c and in enum rule_kind, its keys in rules.c.
 * Only the engine's files include this. */
#ifndef NW_ALERTS_RULE_KIND_H
#define NW_ALERTS_RULE_KIND_H

#include "alerts/engine_private.h"
#include "lib/base/buf.h"
#include "lib/base/wire.h"

enum side { SIDE_GOOD, SIDE_BETWEEN /* nothing changes */, SIDE_BAD };

struct reading {
    double value; /* NaN only for kinds that take it */
    ns_t at, interval;
    const struct source *source; /* for facts_sibling(); NULL: none */
    size_t series;               /* the interest of it that this is */
};

struct rule_kind_info {
    size_t memory; /* bytes that each watch keeps, zeroed at first */
    bool takes_unknown;
    /* May learn, set w->value, w->limit, w->reference, w->extra[], and w->must_save when a restart would cost
     * something. */
    enum side (*judge)(struct engine *e, struct watch *w, const struct reading *r);
    /* NULL: the memory is not kept over a restart. */
    void (*put)(const struct watch *w, struct buf *out);
    enum err (*get)(struct watch *w, struct wire *in);
    bool (*is_empty)(const struct watch *w); /* nothing to keep */
};

extern const struct rule_kind_info rule_threshold, rule_drop, rule_rate, rule_silence, rule_flapping,
    rule_baseline, rule_drift, rule_forecast, rule_spectrum, rule_dfs;

/* NULL: kinds that are not about single readings (sleeping, firmware, country). */
const struct rule_kind_info *rule_kind_info(int kind);

/* Which side of `above` or `below`, with `clear` as the other edge. */
enum side rule_side(const struct rule *r, double value);

#endif
