/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_drop.c - a value that fell below its own recent median: a step. Pure. */
#include <stdlib.h>
#include <string.h>

#include "alerts/median.h"
#include "alerts/rule_kind.h"

enum { RECENT_SIZE = 64, RECENT_MIN = 8 };
#define SPACING_MAX (7 * DAYS / RECENT_SIZE)
#define SAVE_EVERY  (10 * MINUTES)

/* Recent values, thinned out: when the ring is full every second one goes and the spacing doubles, up to a
 * span of seven days. */
struct recent {
    double values[RECENT_SIZE];
    size_t count;
    ns_t spacing, last, saved;
};

static double median_of_recent(const struct recent *b)
{
    double sorted[RECENT_SIZE];

    memcpy(sorted, b->values, b->count * sizeof *sorted);
    return median_of(sorted, b->count);
}

static void add(struct recent *b, double value, ns_t at)
{
    if (b->count && at - b->last < b->spacing)
        return;
    if (b->count == RECENT_SIZE && b->spacing < SPACING_MAX) {
        for (size_t i = 0; i < RECENT_SIZE / 2; i++)
            b->values[i] = b->values[2 * i];
        b->count = RECENT_SIZE / 2;
        b->spacing = b->spacing ? b->spacing * 2 : SECONDS;
    } else if (b->count == RECENT_SIZE) {
        memmove(b->values, b->values + 1, (RECENT_SIZE - 1) * sizeof *b->values);
        b->count--;
    }
    b->values[b->count++] = value;
    b->last = at;
}

static enum side side_of(struct watch *w, const struct recent *b, double value)
{
    if (b->count < RECENT_MIN)
        return SIDE_GOOD;
    w->reference = median_of_recent(b);
    w->limit = w->reference - w->rule->drop;
    if (value <= w->limit)
        return SIDE_BAD;
    return value > w->reference - w->rule->clear ? SIDE_GOOD : SIDE_BETWEEN;
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    struct recent *b = w->memory;
    enum side side = side_of(w, b, r->value);

    (void)e;
    if (side != SIDE_GOOD || w->is_raised)
        return side;
    add(b, r->value, r->at);
    if (r->at - b->saved >= SAVE_EVERY && b->count >= RECENT_MIN) {
        b->saved = r->at;
        w->must_save = true;
    }
    return side;
}

static void put(const struct watch *w, struct buf *out)
{
    const struct recent *b = w->memory;

    buf_le64(out, (uint64_t)b->spacing);
    buf_le64(out, (uint64_t)b->last);
    for (size_t i = 0; i < b->count; i++)
        buf_le_double(out, b->values[i]);
}

static enum err get(struct watch *w, struct wire *in)
{
    struct recent *b = w->memory;

    b->spacing = (ns_t)wire_le64(in);
    b->last = (ns_t)wire_le64(in);
    for (b->count = 0; wire_left(in) >= 8 && b->count < RECENT_SIZE;)
        b->values[b->count++] = wire_le_double(in);
    return wire_error(in) ? ERR_MALFORMED : ERR_OK;
}

static bool is_empty(const struct watch *w)
{
    return ((const struct recent *)w->memory)->count == 0;
}

const struct rule_kind_info rule_drop = {sizeof(struct recent), false, judge, put, get, is_empty};
