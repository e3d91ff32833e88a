/* SPDX-License-Identifier: GPL-3.0-or-later */
/* damage.c - files of the history that the store has put aside: one incident for all of them, named after the
 * newest. A lost file does not come back, so it ends when somebody closes it, or after a day without another.
 * Pure. */
#include <stdio.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

#define KEY     "history_damaged"
#define FIGURE  "store_files_damaged"
#define IS_NEWS (24 * HOURS)

void damage_take(struct engine *e, const Nw__Record *r)
{
    struct damage *d = &e->damage;

    if (r->body_case != NW__RECORD__BODY_FINDING || strcmp(r->finding->kind, KEY) != 0 ||
        (ns_t)r->wall < e->now - IS_NEWS)
        return;
    snprintf(d->name, sizeof d->name, "%.90s %.90s", r->finding->source, r->finding->entity);
    d->at = (ns_t)r->wall;
    d->unsaid++;
    e->is_dirty = true;
}

static void say_more(struct engine *e, struct incident *i)
{
    struct damage *d = &e->damage;
    double before = i->evidence_count ? i->evidence[0].value : 0;

    incident_rename(e, i, KEY, INCIDENT_HISTORY_DAMAGED, OBJECT_MONITOR, KEY, d->name, -1);
    incident_evidence(i, FIGURE, "", before + d->unsaid, 0, d->at);
    i->needs_say |= i->is_announced;
    d->unsaid = 0;
}

void damage_judge(struct engine *e)
{
    struct incident *i = incident_find(e, KEY);

    if (e->damage.unsaid) {
        if (!i)
            i = incident_open(e, KEY, INCIDENT_HISTORY_DAMAGED, OBJECT_MONITOR, KEY, e->damage.name, -1);
        if (i)
            say_more(e, i);
    }
    if (i && i->evidence_count)
        i->is_active = e->now - i->evidence[0].at < IS_NEWS && strcmp(i->op_state, "closed") != 0;
}
