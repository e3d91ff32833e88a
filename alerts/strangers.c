/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strangers.c - traps from addresses that are no device of the inventory: one incident for all of them, with
 * one of the addresses. How many there are, the collector's heartbeat says; it forgets them after an hour.
 * Pure. */
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

#define KEY    "trap_senders"
#define FIGURE "traps_unknown_senders"

static void take_count(struct engine *e, const Nw__Heartbeat *beat)
{
    for (size_t i = 0; i < beat->n_counters; i++) {
        if (strcmp(beat->counters[i]->name, FIGURE) != 0)
            continue;
        e->is_dirty |= (e->strangers.count > 0) != (beat->counters[i]->value > 0) ||
                       (beat->counters[i]->value > 0 && beat->counters[i]->value >= 2 * e->strangers.said);
        e->strangers.count = beat->counters[i]->value;
        return;
    }
}

void strangers_take(struct engine *e, const Nw__Record *r)
{
    if (r->body_case == NW__RECORD__BODY_HEARTBEAT)
        take_count(e, r->heartbeat);
    else if (r->body_case == NW__RECORD__BODY_FINDING && strcmp(r->finding->kind, "trap_unknown_sender") == 0)
        strx_copy(e->strangers.example, sizeof e->strangers.example, r->finding->entity);
}

/* More of them are news when they are twice as many as was said. */
void strangers_judge(struct engine *e)
{
    struct strangers *s = &e->strangers;
    struct incident *i;

    if (!(s->count > 0)) {
        s->said = 0;
        return;
    }
    i = incident_find(e, KEY);
    if (!i)
        i = incident_open(e, KEY, INCIDENT_TRAP_SENDERS, OBJECT_MONITOR, KEY, s->example, -1);
    if (!i)
        return;
    i->is_active = true;
    if (!s->said && i->evidence_count) /* by the engine before this one */
        s->said = i->evidence[0].value;
    if (s->count < 2 * s->said)
        return;
    i->needs_say |= i->is_announced;
    s->said = s->count;
    incident_evidence(i, FIGURE, "", s->count, 0, e->now);
}
