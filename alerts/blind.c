/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blind.c - is it the network that is down, or our view of it?
 *
 * Who does not know what time it is cannot judge either: while the collector's clock is suspect (a jump over
 * a step, steady_clock.h) everything is frozen in the same way.
 *
 * Blind is who hears nothing from the collector for heartbeat_polls intervals, who lost the core device and
 * everything behind it, or who sees more than blind_share % of all devices fall silent in one window, unless
 * they all hang on one device whose parent still answers: then it is a cut there, and no blindness.
 * Blindness ends when enough devices have answered anew; its incident stays open until every hotspot has a
 * fresh verdict. Pure. */
#include "alerts/engine_private.h"

#define STANDSTILL_MIN (10 * SECONDS)
#define EXPLAIN_MAX    (5 * SECONDS)

struct count {
    size_t known, silent, twice_silent, answered_anew;
    int common;        /* the lowest node above all the silent ones, -1 = none */
    ns_t common_since; /* earliest first_miss of the silent */
    int dead_core;     /* a core device that is silent, -1 = none */
};

static int lowest_common(const struct topology *t, int a, int b)
{
    for (int depth = 0; a >= 0 && depth < TOPOLOGY_DEPTH_MAX; depth++, a = t->nodes[a].parent)
        if (topology_is_below(t, b, a))
            return a;
    return -1;
}

static void count_silent(const struct engine *e, size_t n, struct count *c)
{
    const struct fact *f = &e->facts[n];

    c->common = c->silent++ ? (c->common >= 0 ? lowest_common(e->topo, c->common, (int)n) : -1) : (int)n;
    if (!c->common_since || f->first_miss < c->common_since)
        c->common_since = f->first_miss;
    c->twice_silent += f->misses >= 2 || f->is_down;
    if (e->topo->nodes[n].is_core && (f->misses >= 2 || f->is_down))
        c->dead_core = (int)n;
}

/* While blind every silence counts, otherwise only that of the present window. */
static struct count count_devices(const struct engine *e)
{
    struct count c = {.common = -1, .dead_core = -1};

    for (size_t n = 0; n < e->topo->device_count; n++) {
        const struct fact *f = &e->facts[n];
        ns_t window = 2 * node_interval(e, (int)n) + 20 * SECONDS;
        if (!f->heard && !f->was_carried)
            continue;
        if (is_in_maintenance(e, e->topo->nodes[n].id, e->topo->nodes[n].site, (int)n))
            continue;
        if (f->first_miss && !e->is_blind && e->now - f->first_miss > window)
            continue; /* silent for long: neither news nor a witness */
        c.known++;
        if (f->first_miss)
            count_silent(e, n, &c);
        else if (e->blind && f->seen_ok > e->blind->opened)
            c.answered_anew++;
    }
    return c;
}

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_WAIT };

/* Does all the silence hang on one device whose parent has answered since? If that is not known yet the
 * parent is asked, for at most EXPLAIN_MAX. */
static enum answer is_explained(struct engine *e, const struct count *c)
{
    int parent = c->common >= 0 ? e->topo->nodes[c->common].parent : -1;

    if (parent < 0 || e->facts[parent].first_miss)
        return ANSWER_NO;
    if (e->facts[parent].seen_ok > c->common_since)
        return ANSWER_YES;
    if (!e->explaining_since)
        e->explaining_since = e->now;
    if (e->now - e->explaining_since > EXPLAIN_MAX)
        return ANSWER_NO;
    cause_ask(e, parent);
    return ANSWER_WAIT;
}

static bool has_share(const struct engine *e, size_t part, const struct count *c)
{
    const struct guard_settings *g = &e->o.rules->guards;

    return c->known >= (size_t)g->blind_min_devices && (double)part * 100 > g->blind_share * (double)c->known;
}

static bool is_standstill(const struct engine *e)
{
    ns_t limit = e->o.rules->guards.heartbeat_polls * e->o.interval;
    ns_t beat = e->collector_beat > e->started ? e->collector_beat : e->started;
    ns_t sample = e->collector_sample > e->started ? e->collector_sample : e->started;

    if (limit < STANDSTILL_MIN)
        limit = STANDSTILL_MIN;
    return e->now - beat > limit || (e->topo->device_count && e->now - sample > limit + e->o.interval);
}

static void begin_blind(struct engine *e, const struct count *c, bool is_still)
{
    const struct node *core = c->dead_core >= 0 ? &e->topo->nodes[c->dead_core] : NULL;

    if (!e->blind && e->is_clock_suspect)
        e->blind = incident_open(e, "blind", INCIDENT_MONITOR_BLIND, OBJECT_MONITOR, "clock", "clock", -1);
    else if (!e->blind && is_still)
        e->blind = incident_open(e, "blind", INCIDENT_MONITOR_BLIND, OBJECT_MONITOR, "collector",
                                 "netzwacht-collector", -1);
    else if (!e->blind && core)
        e->blind = incident_open(e, "blind", INCIDENT_MONITOR_BLIND, OBJECT_DEVICE, core->id, core->name, -1);
    else if (!e->blind)
        e->blind =
            incident_open(e, "blind", INCIDENT_MONITOR_BLIND, OBJECT_MONITOR, "network", "network", -1);
    e->is_blind = e->blind != NULL;
}

static void end_blind(struct engine *e)
{
    e->is_blind = false;
    e->blind_ended = e->now;
    for (size_t n = 0; n < e->topo->node_count; n++) {
        struct fact *f = &e->facts[n];
        f->excuse = e->now;
        f->silent_since_excuse = 0;
        f->held_since = 0;
    }
}

static bool has_seen_enough(const struct engine *e, const struct count *c)
{
    double needed = (double)c->known * (100 - e->o.rules->guards.blind_share) / 100;

    return c->answered_anew > 0 && (double)c->answered_anew >= needed;
}

void blind_judge(struct engine *e)
{
    struct count c = count_devices(e);
    bool is_still = is_standstill(e), was_blind = e->is_blind;
    bool is_mass = has_share(e, c.silent, &c);
    enum answer explained = is_mass && !e->is_blind ? is_explained(e, &c) : ANSWER_NO;

    if (!is_mass)
        e->explaining_since = 0;
    if (e->is_blind && !is_still && !e->is_clock_suspect && has_seen_enough(e, &c))
        end_blind(e);
    else if (!e->is_blind && (is_still || e->is_core_lost || e->is_clock_suspect))
        begin_blind(e, &c, is_still);
    else if (!e->is_blind && explained == ANSWER_NO && has_share(e, c.twice_silent, &c))
        begin_blind(e, &c, false);
    e->is_core_lost = false;
    e->is_suspicious = !e->is_blind && is_mass && explained != ANSWER_YES;
    if (was_blind != e->is_blind)
        row_meta(e);
    if (e->blind)
        e->blind->is_active = e->is_blind;
}
