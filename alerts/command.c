/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - what people ask of incidents (of maintenance windows: maintenance.c). Returns a sentence if it
 * cannot be done. Pure. */
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

#define SHELVE_MAX (24 * HOURS)

void incident_note(struct engine *e, struct incident *i, const struct change *change)
{
    (void)e;
    if (!i->changes)
        i->changes = calloc(CHANGES_MAX, sizeof *i->changes);
    if (!i->changes) {
        i->changes_dropped++;
        return;
    }
    if (i->change_count == CHANGES_MAX) {
        memmove(i->changes, i->changes + 1, (CHANGES_MAX - 1) * sizeof *i->changes);
        i->change_count--;
        i->changes_dropped++;
    }
    i->changes[i->change_count++] = *change;
}

static void note(struct engine *e, struct incident *i, const struct engine_command *c)
{
    struct change change = {.at = e->now, .until = strcmp(c->verb, "shelve") == 0 ? c->until : 0};

    strx_copy(change.verb, sizeof change.verb, c->verb);
    strx_copy(change.via, sizeof change.via, c->via);
    strx_copy(change.by, sizeof change.by, c->by);
    strx_copy(change.to, sizeof change.to, c->to ? c->to : "");
    strx_copy(change.comment, sizeof change.comment, c->comment);
    incident_note(e, i, &change);
}

/* operator: the last word of a person; the history keeps all of them. */
static void sign(struct engine *e, struct incident *i, const struct engine_command *c, const char *state)
{
    note(e, i, c);
    if (state)
        strx_copy(i->op_state, sizeof i->op_state, state);
    strx_copy(i->op_by, sizeof i->op_by, c->by);
    if (c->comment[0])
        strx_copy(i->op_comment, sizeof i->op_comment, c->comment);
    i->op_at = e->now;
}

static const char *do_shelve(struct engine *e, struct incident *i, const struct engine_command *c)
{
    if (!c->comment[0])
        return "Shelving needs a comment that says why.";
    if (c->until <= e->now || c->until > e->now + SHELVE_MAX)
        return "`until` must lie within the next 24 hours.";
    sign(e, i, c, "shelved");
    i->shelved_until = c->until;
    incident_say(e, i, "shelved");
    return NULL;
}

static const char *do_unshelve(struct engine *e, struct incident *i, const struct engine_command *c)
{
    if (!i->shelved_until)
        return "This incident is not shelved.";
    i->shelved_until = 0;
    sign(e, i, c, "none");
    incident_say(e, i, "changed");
    return NULL;
}

void shelving_expire(struct engine *e, struct incident *i)
{
    struct change change = {.at = e->now, .verb = "unshelve", .via = "alerts", .by = "netzwacht"};

    if (!i->shelved_until || e->now < i->shelved_until)
        return;
    i->shelved_until = 0;
    strx_copy(i->op_state, sizeof i->op_state, "none");
    i->op_at = e->now;
    i->needs_say = true;
    incident_note(e, i, &change);
}

static const char *on_incident(struct engine *e, const struct engine_command *c)
{
    struct incident *i = incident_by_id(e, c->target);

    if (!i || !i->is_announced)
        return "There is no open incident of this id.";
    if (strcmp(c->verb, "acknowledge") == 0) {
        sign(e, i, c, "acknowledged");
        incident_say(e, i, "acknowledged");
    } else if (strcmp(c->verb, "assign") == 0) {
        if (!c->to || !c->to[0])
            return "`to` must say who looks after it.";
        strx_copy(i->assigned, sizeof i->assigned, c->to);
        sign(e, i, c, NULL);
        incident_say(e, i, "changed");
    } else if (strcmp(c->verb, "comment") == 0) {
        if (!c->comment[0])
            return "The comment is empty.";
        sign(e, i, c, NULL);
        incident_say(e, i, "changed");
    } else if (strcmp(c->verb, "close") == 0) {
        /* The alarm itself ends when its cause does (RFC 8632: an operator closes, a resource clears). */
        sign(e, i, c, "closed");
        incident_say(e, i, "changed");
    } else if (strcmp(c->verb, "shelve") == 0) {
        return do_shelve(e, i, c);
    } else {
        return do_unshelve(e, i, c);
    }
    return NULL;
}

static const char *do_reprobe(struct engine *e, const struct engine_command *c)
{
    int place = topology_hotspot(e->topo, c->target);
    const char *device = place >= 0 ? e->topo->places[place].hotspot->device : c->target;

    if (topology_device(e->topo, device) < 0)
        return "There is no hotspot or device of this id.";
    e->sink.reprobe(e->sink.ctx, device);
    return NULL;
}

const char *engine_command(struct engine *e, ns_t now, const struct engine_command *c)
{
    static const char *const incident_verbs[] = {"acknowledge", "comment", "assign",
                                                 "close",       "shelve",  "unshelve"};

    if (now > e->now)
        e->now = now;
    e->is_dirty = true;
    for (size_t k = 0; k < ARRAY_LEN(incident_verbs); k++)
        if (strcmp(c->verb, incident_verbs[k]) == 0)
            return on_incident(e, c);
    if (strcmp(c->verb, "maintenance") == 0)
        return maintenance_begin(e, c);
    if (strcmp(c->verb, "maintenance_end") == 0)
        return maintenance_end(e, c);
    if (strcmp(c->verb, "reprobe") == 0)
        return do_reprobe(e, c);
    return "There is no such verb.";
}
