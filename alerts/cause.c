/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cause.c - gives every silent node one cause.
 *
 * From the core outwards: who hangs below a dead node is its member. Who is down while everything above
 * answers is a root; roots that share a feeder or a parent and fell silent together have that as their cause.
 * Nobody is judged by the order of polls: a root waits (is held, at most HOLD_MAX) until its parent has
 * answered or missed a poll begun after the root's own first miss, and asks for that poll; likewise until the
 * UPS that feeds it has said whether it runs on its battery. When a cause has
 * gone, those below it are excused: only silence in polls begun afterwards counts, twice. Pure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

#define HOLD_MAX  (30 * SECONDS)
#define ASK_EVERY (2 * SECONDS)
enum { ASK_CHILDREN = 5, WITNESSES = 3, EXCUSED_POLLS = 2, IF_UP = 1, IF_DOWN = 2, IF_LOWER_DOWN = 7 };

ns_t node_interval(const struct engine *e, int node)
{
    return e->facts[node].interval ? e->facts[node].interval : e->o.interval;
}

static enum status status_of(const struct engine *e, size_t n)
{
    const struct fact *f = &e->facts[n];

    if (f->is_vanished)
        return STATUS_NO_DATA;
    if (f->first_miss) {
        if (f->is_down && (!f->excuse || f->silent_since_excuse >= EXCUSED_POLLS))
            return STATUS_DOWN;
        return STATUS_SILENT;
    }
    if (!f->heard || e->now - f->heard > 4 * node_interval(e, (int)n) + 10 * SECONDS)
        return STATUS_NO_DATA;
    return STATUS_ALIVE;
}

bool is_fresh(const struct engine *e, int node)
{
    const struct fact *f = &e->facts[node];

    if (f->status == STATUS_NO_DATA && !f->blame)
        return !f->heard || e->now - e->blind_ended > 3 * node_interval(e, node);
    return (!f->first_miss && f->seen_ok > e->blind->opened) || f->status == STATUS_DOWN || f->blame;
}

static void look(struct engine *e)
{
    for (size_t n = 0; n < e->topo->node_count; n++) {
        struct fact *f = &e->facts[n];
        f->status = status_of(e, n);
        f->is_path_dead = f->is_held = false;
        f->newest_ok_below = 0;
    }
    for (size_t k = e->topo->node_count; k-- > 0;) {
        int n = e->order[k], p = e->topo->nodes[n].parent;
        const struct fact *f = &e->facts[n];
        ns_t newest = f->seen_ok > f->newest_ok_below ? f->seen_ok : f->newest_ok_below;
        if (p >= 0 && newest > e->facts[p].newest_ok_below)
            e->facts[p].newest_ok_below = newest;
    }
}

/* ---- holding and asking ---- */

/* A row is asked through its controller. */
void cause_ask(struct engine *e, int node)
{
    int device = e->topo->nodes[node].device ? node : e->topo->nodes[node].controller;

    if (device < 0 || e->now - e->facts[device].asked < ASK_EVERY)
        return;
    e->facts[device].asked = e->now;
    e->sink.reprobe(e->sink.ctx, e->topo->nodes[device].id);
}

/* False: it has waited long enough. */
static bool hold(struct engine *e, int node)
{
    struct fact *f = &e->facts[node];

    if (!f->held_since)
        f->held_since = e->now;
    f->is_held = e->now - f->held_since < HOLD_MAX;
    if (f->is_held)
        e->has_held = true;
    return f->is_held;
}

/* Has something answered a poll begun after `since` whose way leads through `node`? In a ring those on the
 * other side of a cut answer, too, but not through it. */
static bool is_heard_through(const struct engine *e, int node, ns_t since)
{
    const struct node *self = &e->topo->nodes[node];

    if (e->facts[node].newest_ok_below <= since)
        return false;
    for (size_t k = 0; k < self->child_count; k++) {
        int child = e->topo->children[self->child_first + k];
        const struct fact *f = &e->facts[child];
        bool has_answered = f->seen_ok > since || f->newest_ok_below > since;
        if (has_answered && !(e->topo->nodes[child].is_in_ring && line_has_way(e, child, node)))
            return true;
    }
    return false;
}

/* Has `node`, or anything behind it, answered a poll begun after `since`? Who cannot be asked passes. */
static bool is_verified(const struct engine *e, int node, ns_t since)
{
    const struct fact *f = &e->facts[node];

    return f->seen_ok > since || is_heard_through(e, node, since) || f->status == STATUS_NO_DATA ||
           (f->status == STATUS_DOWN && !f->is_path_dead && !f->is_held);
}

/* Everybody above who has not answered since: each level takes a whole confirmation, so all begin now. */
static void ask_above(struct engine *e, int n)
{
    ns_t since = e->facts[n].first_miss;
    int p = e->topo->nodes[n].parent;

    for (int depth = 0; p >= 0 && depth < TOPOLOGY_DEPTH_MAX; p = e->topo->nodes[p].parent, depth++) {
        if (e->facts[p].seen_ok > since)
            return;
        if (e->facts[p].status == STATUS_ALIVE)
            cause_ask(e, p);
    }
}

/* Sets is_path_dead. Returns false if that is not known yet. */
static bool judge_path(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    struct fact *f = &e->facts[n];
    size_t witnesses = 0, asked = 0;

    if (is_heard_through(e, n, f->first_miss))
        return true; /* only its agent is dead, it still forwards */
    for (size_t k = 0; k < node->child_count; k++) {
        const struct fact *child = &e->facts[e->topo->children[node->child_first + k]];
        witnesses += child->heard > f->first_miss || child->first_miss != 0;
    }
    for (size_t k = 0; !witnesses && k < node->child_count && asked < ASK_CHILDREN; k++) {
        int child = e->topo->children[node->child_first + k];
        if (e->facts[child].status != STATUS_ALIVE)
            continue;
        cause_ask(e, child);
        asked++;
    }
    if (asked && hold(e, n))
        return false;
    f->is_path_dead = true;
    return true;
}

/* ---- groups: many roots with one cause ---- */

struct group {
    size_t total, down, pending, witnesses;
};

/* Without power it is silent for a reason of its own, whatever became of its neighbours' lines. */
static bool is_unfed(const struct engine *e, int node)
{
    int feeder = e->topo->nodes[node].feeder;

    return feeder >= 0 && e->facts[feeder].on_battery;
}

static struct group count_group(struct engine *e, int n, const int *list, size_t count, bool by_feeder)
{
    const struct fact *self = &e->facts[n];
    struct group g = {0};

    for (size_t k = 0; k < count; k++) {
        const struct fact *f = &e->facts[list[k]];
        ns_t window = 2 * node_interval(e, list[k]) + 10 * SECONDS;
        if (f->status == STATUS_NO_DATA || (list[k] != n && topology_is_below(e->topo, list[k], n)))
            continue; /* who hangs on n is silent because of n */
        if (!by_feeder && is_unfed(e, list[k]))
            continue;
        g.total++;
        if (list[k] != n && (f->heard > self->first_miss || f->first_miss))
            g.witnesses++;
        if (!f->first_miss || llabs(f->first_miss - self->first_miss) > window)
            continue;
        if (f->status == STATUS_DOWN)
            g.down++;
        else if (!f->excuse || f->silent_since_excuse)
            g.pending++;
    }
    return g;
}

static bool is_group(const struct engine *e, size_t members, size_t total)
{
    const struct guard_settings *g = &e->o.rules->guards;

    return members >= (size_t)g->group_min && (double)members * 100 >= g->group_share * (double)total;
}

static void ask_witnesses(struct engine *e, int n, const int *list, size_t count)
{
    size_t asked = 0;

    for (size_t k = 0; k < count && asked < WITNESSES; k++) {
        if (list[k] == n || e->facts[list[k]].status != STATUS_ALIVE ||
            e->facts[list[k]].heard > e->facts[n].first_miss)
            continue;
        cause_ask(e, list[k]);
        asked++;
    }
}

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_WAIT };

/* by_feeder: those that one feeder feeds, who must all be silent; else the children of one parent. */
static enum verdict judge_group(struct engine *e, int n, const int *list, size_t count, bool by_feeder)
{
    struct group g = count_group(e, n, list, count, by_feeder);
    size_t needed = g.total > WITNESSES ? WITNESSES : g.total ? g.total - 1 : 0;

    if (g.witnesses < needed) {
        ask_witnesses(e, n, list, count);
        if (hold(e, n))
            return VERDICT_WAIT;
    }
    if (g.pending && is_group(e, g.down + g.pending, g.total) && hold(e, n))
        return VERDICT_WAIT;
    if (by_feeder && g.down < g.total)
        return VERDICT_NO;
    return is_group(e, g.down, g.total) ? VERDICT_YES : VERDICT_NO;
}

/* ---- opening ---- */

/* The cause of one node may turn out to be the first sign of a bigger one: then its incident grows into it.
 */
static struct incident *absorb(struct engine *e, int above, bool by_feeder)
{
    for (struct incident *i = e->incidents; i; i = i->next) {
        int n = i->cause_node;
        bool covered;
        if (n < 0 || n == above || !strx_starts_with(i->key, "node:"))
            continue;
        covered = by_feeder ? e->topo->nodes[n].feeder == above : topology_is_below(e->topo, n, above);
        if (covered && e->now - i->opened <= 2 * node_interval(e, n) + 30 * SECONDS)
            return i;
    }
    return NULL;
}

static struct incident *open_at(struct engine *e, const char *prefix, int node, enum incident_type type)
{
    const struct node *n = &e->topo->nodes[node];
    enum object_kind kind = n->device ? OBJECT_DEVICE : OBJECT_HOTSPOT;
    char key[KEY_SIZE];
    struct incident *i;

    snprintf(key, sizeof key, "%s:%s", prefix, n->id);
    i = incident_find(e, key);
    if (i)
        return i;
    i = absorb(e, node, strcmp(prefix, "power") == 0);
    if (i) {
        incident_rename(e, i, key, type, kind, n->id, n->name, node);
        return i;
    }
    return incident_open(e, key, type, kind, n->id, n->name, node);
}

/* Does the parent see no light or no link where this node hangs? Then it is the line, not the box. */
static bool has_lost_line(struct engine *e, int n, double *value)
{
    const struct node *node = &e->topo->nodes[n];
    const char *port = node->device ? node->device->uplink_port : NULL;

    if (!port || node->parent < 0)
        return false;
    *value = facts_last(e, node->parent, METRIC_IF_OPER, port);
    return *value == IF_DOWN || *value == IF_LOWER_DOWN;
}

static struct incident *open_single(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    const struct fact *f = &e->facts[n];
    bool is_line = false;
    double value = NAN;
    struct incident *i;

    if (node->kind != DEVICE_AP && node->kind != DEVICE_UPS && node->parent >= 0) {
        /* what the parent sees of its port must be younger than the silence */
        if (e->facts[node->parent].status == STATUS_ALIVE &&
            e->facts[node->parent].seen_ok <= f->first_miss) {
            cause_ask(e, node->parent);
            if (hold(e, n))
                return NULL;
        }
        is_line = has_lost_line(e, n, &value);
    }
    i = open_at(e, "node", n, is_line ? INCIDENT_FIBRE_CUT : INCIDENT_DEVICE_DOWN);
    if (!i)
        return NULL;
    if (is_line)
        incident_evidence(i, "interface.oper", node->device->uplink_port, value, IF_UP, e->now);
    incident_evidence(i, node->device ? "reachable" : "ap.up", "", 0, 1, f->first_miss);
    return i;
}

/* Power: the feeder runs on battery, is gone itself, or everybody it feeds fell silent together. */
static enum verdict judge_power(struct engine *e, int n, int feeder)
{
    const struct node *fed = &e->topo->nodes[feeder];
    const struct fact *f = &e->facts[feeder];

    if (f->on_battery) { /* whoever else falls silent now belongs to it: wait for their verdicts */
        struct group g = count_group(e, n, e->topo->fed + fed->fed_first, fed->fed_count, true);
        return g.pending && hold(e, n) ? VERDICT_WAIT : VERDICT_YES;
    }
    if (fed->kind == DEVICE_UPS && f->first_miss && !topology_is_below(e->topo, feeder, n)) {
        if (f->status == STATUS_DOWN)
            return VERDICT_YES;
        if (hold(e, n))
            return VERDICT_WAIT;
    }
    /* one that still runs on the same feeder says that the feeder feeds */
    return judge_group(e, n, e->topo->fed + fed->fed_first, fed->fed_count, true);
}

/* NULL: held, or out of memory. */
static struct incident *find_root(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    enum verdict v = VERDICT_NO;
    struct incident *i;

    if (node->feeder >= 0)
        v = judge_power(e, n, node->feeder);
    if (v == VERDICT_WAIT)
        return NULL;
    if (v == VERDICT_YES) {
        const struct fact *f = &e->facts[node->feeder];
        i = open_at(e, "power", node->feeder, INCIDENT_POWER_CUT);
        if (i && i->type == INCIDENT_ON_BATTERY) { /* now it has a victim */
            i->type = INCIDENT_POWER_CUT;
            i->needs_say = true;
        }
        if (i && f->on_battery)
            incident_evidence(i, "ups.output_source", "", 5, 3, f->heard);
        return i;
    }
    if (node->parent >= 0) {
        const struct node *p = &e->topo->nodes[node->parent];
        v = judge_group(e, n, e->topo->children + p->child_first, p->child_count, false);
    }
    if (v == VERDICT_WAIT)
        return NULL;
    if (v == VERDICT_NO)
        return open_single(e, n);
    /* access points hang on copper that also feeds them (PoE), everything else on fibre */
    return open_at(e, "branch", node->parent,
                   node->kind == DEVICE_AP ? INCIDENT_POWER_CUT : INCIDENT_FIBRE_CUT);
}

/* ---- one node ---- */

static void set_blame(struct engine *e, int n, struct incident *i)
{
    struct fact *f = &e->facts[n];

    if (f->blame == i)
        return;
    f->blame = i;
    f->held_since = 0;
}

/* The node above through which nothing comes, or -1. */
static int dead_above(const struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];

    if (node->controller >= 0 && e->facts[node->controller].status == STATUS_DOWN)
        return node->controller;
    if (node->parent < 0 || !e->facts[node->parent].is_path_dead)
        return -1;
    /* it answers, and may do so the other way round the ring */
    if (node->is_in_ring && e->facts[n].status == STATUS_ALIVE && line_has_way(e, n, node->parent))
        return -1;
    for (size_t k = 0; k < TOPOLOGY_ALTERNATES && node->alternates[k] >= 0; k++)
        if (!line_is_dead(e, node->links[k]) && line_has_way(e, node->alternates[k], n))
            return -1;
    return node->parent;
}

/* Does this incident's cause still stand for the silence of n? */
static bool covers(const struct engine *e, const struct incident *i, int n)
{
    const struct node *node = &e->topo->nodes[n];

    if (i->cause_node == n)
        return true;
    if (strx_starts_with(i->key, "power:"))
        return i->cause_node == node->feeder;
    return strx_starts_with(i->key, "branch:") && i->cause_node == node->parent;
}

static void follow(struct engine *e, int n, int above)
{
    struct fact *f = &e->facts[n];
    struct incident *i = e->facts[above].blame;
    bool is_young = f->blame && i && f->blame != i && strx_starts_with(f->blame->key, "node:") &&
                    f->blame->opened + 2 * node_interval(e, n) + 30 * SECONDS > e->now;

    f->is_path_dead = true;
    f->was_below_dead = true;
    f->is_held = e->facts[above].is_held;
    if (i && (!f->blame || is_young))
        set_blame(e, n, i);
}

static void excuse(struct engine *e, int n)
{
    struct fact *f = &e->facts[n];

    f->was_below_dead = false;
    if (f->status == STATUS_DOWN || f->status == STATUS_SILENT) {
        f->excuse = e->now;
        f->silent_since_excuse = 0;
        f->status = STATUS_SILENT;
        cause_ask(e, n);
    }
}

/* Has the UPS that feeds it answered since? Whether it runs on its battery decides what is wrong, and it may
 * be polled long after those it feeds. */
static bool is_power_known(struct engine *e, int n)
{
    int feeder = e->topo->nodes[n].feeder;

    if (feeder < 0 || e->topo->nodes[feeder].kind != DEVICE_UPS || e->facts[feeder].on_battery ||
        e->facts[feeder].status != STATUS_ALIVE || e->facts[feeder].seen_ok > e->facts[n].first_miss)
        return true;
    cause_ask(e, feeder);
    return false;
}

static void judge_root(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    struct fact *f = &e->facts[n];
    struct incident *i;

    if (f->blame && !covers(e, f->blame, n))
        set_blame(e, n, NULL);
    if (!f->blame && e->is_suspicious && hold(e, n))
        return;
    if (!f->blame && node->parent >= 0 && !is_verified(e, node->parent, f->first_miss)) {
        ask_above(e, n);
        if (hold(e, n))
            return;
    }
    if (!f->blame && !is_power_known(e, n) && hold(e, n))
        return;
    if (!f->blame && !line_is_known(e, n) && hold(e, n))
        return;
    if (!judge_path(e, n) || f->blame)
        return;
    if (node->is_core && f->is_path_dead &&
        e->topo->device_count >= (size_t)e->o.rules->guards.blind_min_devices) {
        e->is_core_lost = e->is_dirty = true; /* our own uplink: nothing behind it can be judged */
        return;
    }
    i = find_root(e, n);
    if (i)
        set_blame(e, n, i);
}

static void judge_node(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    struct fact *f = &e->facts[n];
    int above = dead_above(e, n);

    if (is_in_maintenance(e, node->id, node->site, n)) {
        set_blame(e, n, NULL);
        f->is_path_dead = f->status == STATUS_DOWN || above >= 0;
        return;
    }
    if (above >= 0) {
        follow(e, n, above);
        return;
    }
    if (f->was_below_dead)
        excuse(e, n);
    switch (f->status) {
    case STATUS_DOWN: judge_root(e, n); break;
    case STATUS_SILENT: /* keeps what it had until there is evidence */
        if (!f->excuse)
            ask_above(e, n);
        break;
    case STATUS_ALIVE:
    case STATUS_NO_DATA:
        f->held_since = 0;
        f->excuse = 0;
        if (!f->was_carried)
            set_blame(e, n, NULL);
        break;
    }
}

/* A UPS on battery is worth a word before anybody falls silent. */
static void judge_batteries(struct engine *e)
{
    for (size_t n = 0; n < e->topo->device_count; n++) {
        const struct node *node = &e->topo->nodes[n];
        struct incident *i;
        if (!e->facts[n].on_battery || e->facts[n].status == STATUS_NO_DATA ||
            is_in_maintenance(e, node->id, node->site, (int)n))
            continue;
        i = open_at(e, "power", (int)n, INCIDENT_ON_BATTERY);
        if (!i)
            continue;
        i->is_active = true;
        incident_evidence(i, "ups.output_source", "", 5, 3, e->facts[n].heard);
    }
}

void cause_find(struct engine *e)
{
    look(e);
    e->has_held = false;
    if (e->is_blind)
        return;
    for (size_t k = 0; k < e->topo->node_count; k++)
        judge_node(e, e->order[k]);
    judge_batteries(e);
    lines_judge(e);
}
