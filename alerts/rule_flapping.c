/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_flapping.c - a value that crosses its limit to and fro: `changes` times within `span`. It begins with
 * the last of them and ends when it has rested for a quarter of the span, on whatever side. Pure. */
#include <string.h>

#include "alerts/rule_kind.h"

enum { CHANGES = 64 };

/* Kept small: there is one for every port of every switch. */
struct crossings {
    uint32_t at[CHANGES]; /* seconds since 1970, oldest first */
    uint8_t count;
    uint8_t side; /* 0 = none seen yet, else enum side + 1 */
};

static void note(struct crossings *c, ns_t at)
{
    if (c->count == CHANGES) {
        memmove(c->at, c->at + 1, (CHANGES - 1) * sizeof *c->at);
        c->count--;
    }
    c->at[c->count++] = (uint32_t)(at / SECONDS);
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct crossings *c = w->memory;
    enum side side = rule_side(w->rule, r->value);
    size_t recent = 0;

    (void)e;
    if (side != SIDE_BETWEEN && c->side != side + 1) {
        if (c->side) {
            note(c, r->at);
            w->must_save = true;
        }
        c->side = (uint8_t)(side + 1);
    }
    for (size_t i = 0; i < c->count; i++)
        recent += r->at - c->at[i] * SECONDS <= w->rule->span;
    w->value = (double)recent;
    w->limit = (double)w->rule->changes;
    if (w->is_raised && c->count && r->at - c->at[c->count - 1] * SECONDS >= w->rule->span / 4)
        c->count = recent = 0; /* rested: what was is over */
    if (w->is_raised)
        return c->count ? SIDE_BAD : SIDE_GOOD;
    return recent >= (size_t)w->rule->changes ? SIDE_BAD : SIDE_GOOD;
}

static void put(const struct watch *w, struct buf *out)
{
    const struct crossings *c = w->memory;

    buf_u8(out, c->side);
    buf_u8(out, (uint8_t)c->count);
    for (size_t i = 0; i < c->count; i++)
        buf_le32(out, c->at[i]);
}

static enum err get(struct watch *w, struct wire *in)
{
    struct crossings *c = w->memory;
    size_t count;

    c->side = wire_u8(in);
    count = wire_u8(in);
    if (count > CHANGES || c->side > SIDE_BAD + 1)
        wire_fail(in, ERR_MALFORMED);
    for (c->count = 0; c->count < count && !wire_error(in); c->count++)
        c->at[c->count] = wire_le32(in);
    return wire_error(in) ? ERR_MALFORMED : ERR_OK;
}

static bool is_empty(const struct watch *w)
{
    return ((const struct crossings *)w->memory)->count == 0;
}

const struct rule_kind_info rule_flapping = {sizeof(struct crossings), false, judge, put, get, is_empty};
