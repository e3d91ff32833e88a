/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_parts.c - checkpoints of time and position. Pure. */
#include "collector/store_parts.h"

#include <string.h>

#define CHECKPOINT_EVERY (5 * SECONDS)
#define WENT_BACK        (1 * MINUTES)

/* Every second one goes: what is lost is only how far back a restart reads. */
static void thin_out(struct store_part *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->count; i += 2)
        p->checkpoints[kept++] = p->checkpoints[i];
    p->count = kept;
    p->every *= 2;
}

void store_part_read(struct store_part *p, journal_pos pos, ns_t time)
{
    p->read = pos;
    if (time && !p->is_history && time < p->newest - WENT_BACK) {
        p->newest = 0;
        while (p->count && p->checkpoints[p->count - 1].time >= time)
            p->count--;
    }
    if (time <= p->newest)
        return;
    p->newest = time;
    if (p->every == 0)
        p->every = CHECKPOINT_EVERY;
    if (p->count && time - p->checkpoints[p->count - 1].time < p->every)
        return;
    if (p->count == CHECKPOINTS)
        thin_out(p);
    p->checkpoints[p->count++] = (struct store_checkpoint){time, pos};
}

journal_pos store_part_cursor(struct store_part *p, ns_t safe)
{
    size_t n = 0;

    while (n < p->count && p->checkpoints[n].time <= safe)
        n++;
    if (n) {
        p->cursor = p->checkpoints[n - 1].pos;
        p->count -= n;
        memmove(p->checkpoints, p->checkpoints + n, p->count * sizeof *p->checkpoints);
        if (p->count < CHECKPOINTS / 4)
            p->every = CHECKPOINT_EVERY;
    }
    return p->cursor;
}

bool store_part_is_history(const char *partition)
{
    return strcmp(partition, "unit.history") == 0;
}
