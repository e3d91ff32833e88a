/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_dfs.c - a radio that leaves a channel with radar detection again and again: `changes` times within
 * `span`. Each time its users are thrown off and the next channel is listened to first. Radar or the
 * controller's own choice: SNMP does not tell. It ends after a quarter of the span on one channel. Pure. */
#include <math.h>
#include <string.h>

#include "alerts/rule_kind.h"
#include "alerts/spectrum.h"

enum { LEAVES = 60 };

struct leaves {
    float before;        /* Hz; 0: none seen yet */
    uint32_t at[LEAVES]; /* seconds since 1970, oldest first */
    uint8_t count;
};

static void note(struct leaves *l, ns_t at)
{
    if (l->count == LEAVES) {
        memmove(l->at, l->at + 1, (LEAVES - 1) * sizeof *l->at);
        l->count--;
    }
    l->at[l->count++] = (uint32_t)(at / SECONDS);
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct leaves *l = w->memory;
    double frequency = w->rule->metric == METRIC_RADIO_CHANNEL ? spectrum_frequency(r->value, NAN) : r->value;
    size_t recent = 0;

    (void)e;
    if (w->rule->metric == METRIC_RADIO_CHANNEL &&
        !isnan(facts_sibling(r->source, r->series, METRIC_RADIO_FREQUENCY)))
        return SIDE_GOOD; /* the frequency has a rule of its own */
    if (!(frequency > 0))
        return SIDE_BETWEEN;
    if (l->before > 0 && fabs(l->before - frequency) > 1e6) {
        if (spectrum_needs_dfs(l->before))
            note(l, r->at);
        w->must_save = true;
    }
    l->before = (float)frequency;
    for (size_t i = 0; i < l->count; i++)
        recent += r->at - l->at[i] * SECONDS <= w->rule->span;
    w->value = (double)recent;
    w->limit = (double)w->rule->changes;
    if (w->is_raised && l->count && r->at - l->at[l->count - 1] * SECONDS >= w->rule->span / 4)
        l->count = 0; /* rested: what was is over */
    if (w->is_raised)
        return l->count ? SIDE_BAD : SIDE_GOOD;
    return recent >= (size_t)w->rule->changes ? SIDE_BAD : SIDE_GOOD;
}

static void put(const struct watch *w, struct buf *out)
{
    const struct leaves *l = w->memory;

    buf_le_double(out, l->before);
    buf_u8(out, l->count);
    for (size_t i = 0; i < l->count; i++)
        buf_le32(out, l->at[i]);
}

static enum err get(struct watch *w, struct wire *in)
{
    struct leaves *l = w->memory;
    size_t count;

    l->before = (float)wire_le_double(in);
    count = wire_u8(in);
    if (count > LEAVES || !(l->before >= 0))
        wire_fail(in, ERR_MALFORMED);
    for (l->count = 0; l->count < count && !wire_error(in); l->count++)
        l->at[l->count] = wire_le32(in);
    return wire_error(in) ? ERR_MALFORMED : ERR_OK;
}

static bool is_empty(const struct watch *w)
{
    return ((const struct leaves *)w->memory)->count == 0;
}

const struct rule_kind_info rule_dfs = {sizeof(struct leaves), false, judge, put, get, is_empty};
