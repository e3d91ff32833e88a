/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_silence.c - a value that was there and is no more, although its device answers. Pure. */
#include <math.h>

#include "alerts/rule_kind.h"

/* When it was known last; 0 = never: what was never there is no loss. */
struct last {
    ns_t known;
    double value;
};

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct last *l = w->memory;

    (void)e;
    if (isnan(r->value) && !l->known)
        return SIDE_GOOD;
    if (!isnan(r->value)) {
        w->must_save |= !l->known;
        *l = (struct last){r->at, r->value};
    }
    w->value = (double)((r->at - l->known) / SECONDS);
    w->limit = (double)(w->rule->hold_polls * r->interval / SECONDS);
    return isnan(r->value) ? SIDE_BAD : SIDE_GOOD;
}

static void put(const struct watch *w, struct buf *out)
{
    buf_le64(out, (uint64_t)((const struct last *)w->memory)->known);
}

static enum err get(struct watch *w, struct wire *in)
{
    ((struct last *)w->memory)->known = (ns_t)wire_le64(in);
    return wire_error(in) ? ERR_MALFORMED : ERR_OK;
}

static bool is_empty(const struct watch *w)
{
    return ((const struct last *)w->memory)->known == 0;
}

const struct rule_kind_info rule_silence = {sizeof(struct last), true, judge, put, get, is_empty};
