/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escalation.c - who is told when nobody acknowledges an incident, and when.
 *
 *   opened ──after──► step 1 ──after──► step 2 … last step: nothing more
 *
 * Time stands still while somebody looks after it (acknowledged, shelved, closed by a person) or a
 * maintenance window covers its cause, and begins anew behind that. An incident that comes to fit another
 * chain, as it got worse, begins that one. Where it stands is kept with the incident. Pure. */
#include <stdio.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

static bool has_site(const struct escalation *c, const char *id)
{
    for (size_t k = 0; id && k < c->sites.count; k++)
        if (strcmp(c->sites.items[k], id) == 0)
            return true;
    return false;
}

static bool is_at_site(const struct engine *e, const struct escalation *c, const struct incident *i)
{
    if (c->sites.count == 0)
        return true;
    if (i->cause_kind == OBJECT_SITE && has_site(c, i->cause_id))
        return true;
    if (i->cause_node >= 0 && has_site(c, e->topo->nodes[i->cause_node].site))
        return true;
    for (size_t m = 0; m < i->members.count; m++) {
        const struct site *site = object_site(e, i->members.items[m].kind, i->members.items[m].index);
        if (site && has_site(c, site->id))
            return true;
    }
    return false;
}

static const struct escalation *chain_of(const struct engine *e, const struct incident *i)
{
    const struct escalation *all = e->o.rules->escalations.items;

    for (size_t k = 0; k < e->o.rules->escalations.count; k++) {
        const struct escalation *c = &all[k];
        if ((int)i->severity >= c->severity && i->priority >= c->priority &&
            (!c->types || c->types & UINT64_C(1) << i->type) && is_at_site(e, c, i))
            return c;
    }
    return NULL;
}

/* It goes on with its chain although it no longer reaches that one's priority or severity: nobody has said
 * that it is done. */
static const struct escalation *chain_now(struct engine *e, struct incident *i)
{
    const struct escalation *all = e->o.rules->escalations.items, *fits = chain_of(e, i);
    const struct escalation *known = NULL;

    for (size_t k = 0; k < e->o.rules->escalations.count; k++)
        if (strcmp(all[k].id, i->chain.id) == 0)
            known = &all[k];
    if (known && (!fits || fits >= known))
        return known;
    if (fits) {
        i->chain = (struct chain_state){.since = e->now};
        strx_copy(i->chain.id, sizeof i->chain.id, fits->id);
        incident_save(e, i);
    }
    return fits;
}

static bool is_looked_after(const struct engine *e, const struct incident *i)
{
    const char *site = i->cause_node >= 0             ? e->topo->nodes[i->cause_node].site
                       : i->cause_kind == OBJECT_SITE ? i->cause_id
                                                      : NULL;

    return strcmp(i->op_state, "none") != 0 || is_in_maintenance(e, i->cause_id, site, i->cause_node);
}

static void take_step(struct engine *e, struct incident *i, const struct escalation *c)
{
    const struct escalation_step *step = (const struct escalation_step *)c->steps.items + i->chain.done;
    struct change change = {.at = e->now, .verb = "escalate", .via = "alerts", .by = "netzwacht"};

    i->chain.done++;
    i->chain.since = e->now;
    strx_copy(change.to, sizeof change.to, step->to);
    snprintf(change.comment, sizeof change.comment, "%s: %zu/%zu, %s", c->id, i->chain.done, c->steps.count,
             step->channel);
    incident_note(e, i, &change);
    incident_escalate(e, i, step);
}

void escalation_judge(struct engine *e, struct incident *i)
{
    const struct escalation *c = e->o.rules->escalations.count ? chain_now(e, i) : NULL;
    bool was_paused = i->chain.is_paused;

    if (!c || i->chain.done >= c->steps.count)
        return;
    i->chain.is_paused = is_looked_after(e, i);
    if (i->chain.is_paused)
        return;
    if (was_paused) {
        i->chain.since = e->now;
        incident_save(e, i);
    }
    if (e->now - i->chain.since >= ((const struct escalation_step *)c->steps.items)[i->chain.done].after)
        take_step(e, i, c);
}
