/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maintenance.c - which windows are open now, what they cover, and what they keep quiet.
 *
 * Two sorts: windows that people ask for (one-off, rows of alerts.db), and those of the rules file that come
 * back every week at a time of the wall clock in Berlin. A window covers a hotspot, a site, a service, a
 * device with all that hangs below it, or one rule alone. What would have been an alarm is noted once a
 * window. Pure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/berlin.h"
#include "lib/base/strx.h"

#define RULE_PREFIX "rule:"

/* ---- open windows ---- */

/* At this time of the wall clock? A window that ends before it begins ends on the next day. In the night of
 * October a window between 2 and 3 is open in both hours, in March in none. */
static bool is_open(const struct recurring *r, ns_t now)
{
    int64_t day = berlin_day(now), second = berlin_second_of_day(now);
    bool is_over_midnight = r->until <= r->from;
    bool is_after_midnight = is_over_midnight && second < r->until;

    if (is_after_midnight)
        day--; /* it began yesterday */
    if (!(r->days & 1u << date_weekday(day)) || day < r->first || day > r->last)
        return false;
    return is_after_midnight || (second >= r->from && (is_over_midnight || second < r->until));
}

bool maintenance_refresh(struct engine *e)
{
    const struct recurring *all = e->o.rules->windows.items;
    bool has_changed = false;

    e->open_windows = 0;
    for (size_t i = 0; i < e->o.rules->windows.count; i++) {
        bool is_now = is_open(&all[i], e->now);
        has_changed |= is_now != e->is_open[i];
        e->is_open[i] = is_now;
        e->open_windows += is_now;
    }
    for (const struct maintenance *m = e->maintenance; m; m = m->next)
        e->open_windows += e->now >= m->begin && e->now < m->until;
    return has_changed;
}

/* ---- what they cover ---- */

static bool covers(const struct engine *e, const char *scope, const char *id, const char *site, int node)
{
    int above;

    if (strcmp(scope, id) == 0 || (site && strcmp(scope, site) == 0))
        return true;
    above = topology_device(e->topo, scope);
    return above >= 0 && node >= 0 && topology_is_below(e->topo, node, above);
}

bool maintenance_covers(const struct engine *e, const char *scope, const struct place *place)
{
    return covers(e, scope, place->hotspot->id, place->hotspot->site, place->node);
}

/* The id of an open window for this object, and this rule (NULL: for everything). NULL: there is none. */
static const char *window_of(const struct engine *e, const char *rule, const char *id, const char *site,
                             int node)
{
    const struct recurring *all = e->o.rules->windows.items;

    if (!e->open_windows)
        return NULL;
    for (const struct maintenance *m = e->maintenance; m; m = m->next) {
        bool is_rule = strx_starts_with(m->scope, RULE_PREFIX);
        if (e->now < m->begin || e->now >= m->until)
            continue;
        if (is_rule ? rule && strcmp(m->scope + strlen(RULE_PREFIX), rule) == 0
                    : covers(e, m->scope, id, site, node))
            return m->id;
    }
    for (size_t i = 0; i < e->o.rules->windows.count; i++) {
        if (!e->is_open[i] || (all[i].rule && (!rule || strcmp(all[i].rule, rule) != 0)))
            continue;
        if (!all[i].scope || covers(e, all[i].scope, id, site, node))
            return all[i].id;
    }
    return NULL;
}

bool is_in_maintenance(const struct engine *e, const char *id, const char *site, int node)
{
    return window_of(e, NULL, id, site, node) != NULL;
}

static const char *window_of_watch(const struct engine *e, const struct watch *w)
{
    const struct site *site = object_site(e, w->kind, w->index);
    const char *id, *name;
    int node = w->kind == OBJECT_HOTSPOT  ? e->topo->places[w->index].node
               : w->kind == OBJECT_DEVICE ? (int)w->index
                                          : -1;

    object_name(e, w->kind, w->index, &id, &name);
    return window_of(e, w->rule->id, id, site ? site->id : NULL, node);
}

/* ---- what they keep quiet ---- */

static void note(struct engine *e, const char *id, const char *window, const char *text)
{
    if (e->sink.suppressed)
        e->sink.suppressed(e->sink.ctx, id, window, text);
}

bool watch_is_suppressed(struct engine *e, struct watch *w)
{
    const char *window = w->is_raised ? window_of_watch(e, w) : NULL;
    const char *id, *name;
    char text[TEXT_SIZE];

    if (window && !w->is_suppressed) {
        object_name(e, w->kind, w->index, &id, &name);
        snprintf(text, sizeof text, "rule %s: %s of %s is %.6g, limit %.6g", w->rule->id,
                 w->rule->metric_name ? w->rule->metric_name : "version", w->entity, w->value, w->limit);
        note(e, id, window, text);
    }
    w->is_suppressed = window != NULL;
    return window != NULL;
}

void maintenance_note_silent(struct engine *e)
{
    for (size_t n = 0; n < e->topo->node_count; n++) {
        const struct node *node = &e->topo->nodes[n];
        struct fact *f = &e->facts[n];
        const char *window =
            e->open_windows && f->is_down ? window_of(e, NULL, node->id, node->site, (int)n) : NULL;
        if (window && !f->is_suppressed)
            note(e, node->id, window, "it does not answer");
        f->is_suppressed = window != NULL;
    }
}

/* ---- people's windows ---- */

static bool is_rule(const struct engine *e, const char *id)
{
    for (size_t i = 0; i < rules_count(e->o.rules); i++)
        if (strcmp(rules_at(e->o.rules, i)->id, id) == 0)
            return true;
    return false;
}

static bool is_scope(const struct engine *e, const char *id)
{
    if (strx_starts_with(id, RULE_PREFIX))
        return is_rule(e, id + strlen(RULE_PREFIX));
    return topology_device(e->topo, id) >= 0 || topology_hotspot(e->topo, id) >= 0 ||
           inventory_site(e->o.inventory, id) || inventory_service(e->o.inventory, id);
}

const char *maintenance_begin(struct engine *e, const struct engine_command *c)
{
    const char *why = announce_check(c);
    struct maintenance *m;

    if (why)
        return why;
    if (!is_scope(e, c->target))
        return "There is no hotspot, device, site, service or rule of this id.";
    if (c->until <= e->now || c->until <= c->begin)
        return "`end` must lie in the future, and behind `begin`.";
    if (c->until - (c->begin > e->now ? c->begin : e->now) > e->o.rules->guards.maintenance_max)
        return "The window is too long; maintenance_max in the rules bounds it.";
    m = calloc(1, sizeof *m);
    if (!m)
        return "Out of memory.";
    strx_copy(m->id, sizeof m->id, c->id);
    strx_copy(m->scope, sizeof m->scope, c->target);
    strx_copy(m->by, sizeof m->by, c->by);
    strx_copy(m->comment, sizeof m->comment, c->comment);
    m->begin = c->begin ? c->begin : e->now;
    m->until = c->until;
    m->is_announced = c->announce;
    strx_copy(m->text_de, sizeof m->text_de, c->text_de ? c->text_de : "");
    strx_copy(m->text_en, sizeof m->text_en, c->text_en ? c->text_en : "");
    m->next = e->maintenance;
    e->maintenance = m;
    row_maintenance(e, m, false);
    if (m->is_announced)
        e->announced_day = 0;
    return NULL;
}

const char *maintenance_end(struct engine *e, const struct engine_command *c)
{
    for (struct maintenance *m = e->maintenance; m; m = m->next) {
        if (strcmp(m->id, c->target) != 0)
            continue;
        m->until = e->now; /* the next tick drops it */
        return NULL;
    }
    return "There is no maintenance window of this id.";
}

bool maintenance_expire(struct engine *e)
{
    struct maintenance **at = &e->maintenance;
    bool has_ended = false;

    while (*at) {
        struct maintenance *m = *at;
        if (e->now < m->until) {
            at = &m->next;
            continue;
        }
        *at = m->next;
        row_maintenance(e, m, true);
        if (m->is_announced)
            e->announced_day = 0;
        free(m);
        has_ended = true;
    }
    return has_ended;
}
