/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.c - even spreading by arithmetic. Pure. */
#include "probes/schedule.h"

void schedule_init(struct schedule *s, size_t count, ns_t interval, ns_t now)
{
    *s = (struct schedule){.count = count, .interval = interval, .start = now};
}

static ns_t due_of(const struct schedule *s, uint64_t slot)
{
    uint64_t round = slot / s->count, index = slot % s->count;

    return s->start + (ns_t)round * s->interval +
           (ns_t)((double)s->interval * (double)index / (double)s->count);
}

ns_t schedule_when(const struct schedule *s)
{
    return s->count ? due_of(s, s->next) : -1;
}

bool schedule_take(struct schedule *s, ns_t now, size_t *index)
{
    ns_t late;

    if (!s->count)
        return false;
    late = now - due_of(s, s->next);
    if (late < 0)
        return false;
    if (late > s->interval)
        s->next += (uint64_t)(late / s->interval) * s->count;
    *index = (size_t)(s->next % s->count);
    s->next++;
    return true;
}
