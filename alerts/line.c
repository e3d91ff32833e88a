/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - lines of a ring: one without light, while what hangs on it answers over the other way. Nobody is
 * harmed, but the next cut will. One incident a line; when the next cut comes it stays this line's, and who
 * falls silent joins it (cause.c). Pure. */
#include <math.h>
#include <stdio.h>

#include "alerts/engine_private.h"

enum { IF_UP = 1, IF_DOWN = 2, IF_LOWER_DOWN = 7 };

static bool is_dark(double oper)
{
    return oper == IF_DOWN || oper == IF_LOWER_DOWN;
}

/* What the device says of its port now; NaN: not known, it does not answer. */
static double port_state(const struct engine *e, int node, const char *port)
{
    if (!port || node < 0 || e->facts[node].status != STATUS_ALIVE)
        return NAN;
    return facts_last(e, node, METRIC_IF_OPER, port);
}

bool line_is_dead(const struct engine *e, int link)
{
    size_t count;
    const struct link *l = link < 0 ? NULL : &inventory_links(e->o.inventory, &count)[link];

    return l && (is_dark(port_state(e, topology_device(e->topo, l->from), l->from_port)) ||
                 is_dark(port_state(e, topology_device(e->topo, l->to), l->to_port)));
}

/* ---- ways to the core ---- */

enum { WAY_MAX = 128 };

struct search {
    int seen[WAY_MAX];
    size_t count;
};

/* Where there is no room any more a way is supposed: nobody becomes a member for that. */
static bool visit(struct search *s, int n)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->seen[i] == n)
            return false;
    if (s->count == WAY_MAX)
        return true;
    s->seen[s->count++] = n;
    return false;
}

bool line_has_way(const struct engine *e, int from, int without)
{
    struct search s = {{without, from}, 2};

    for (size_t at = 1; at < s.count; at++) {
        const struct node *node = &e->topo->nodes[s.seen[at]];
        const struct fact *f = &e->facts[s.seen[at]];
        if (f->is_path_dead)
            continue;
        if (node->is_core || (node->parent < 0 && !f->line_dead))
            return true;
        if (!f->line_dead && visit(&s, node->parent))
            return true;
        for (size_t k = 0; k < TOPOLOGY_ALTERNATES && node->alternates[k] >= 0; k++)
            if (!line_is_dead(e, node->links[k]) && visit(&s, node->alternates[k]))
                return true;
        for (size_t k = 0; k < node->child_count; k++) {
            int child = e->topo->children[node->child_first + k];
            if (e->topo->nodes[child].is_in_ring && !e->facts[child].line_dead && visit(&s, child))
                return true;
        }
    }
    return false;
}

bool line_is_known(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    bool is_known = true;

    for (size_t k = 0; k < TOPOLOGY_ALTERNATES && node->alternates[k] >= 0; k++) {
        const struct fact *f = &e->facts[node->alternates[k]];
        if (f->status != STATUS_ALIVE || f->seen_ok > e->facts[n].first_miss)
            continue;
        cause_ask(e, node->alternates[k]);
        is_known = false;
    }
    return is_known;
}

/* ---- incidents ---- */

static bool is_quiet(const struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];

    return is_in_maintenance(e, node->id, node->site, n);
}

/* Whether a port is dark cannot be known now: who should tell is silent, or was only heard before a restart.
 */
static bool is_unheard(const struct engine *e, int node)
{
    return e->facts[node].status != STATUS_ALIVE || e->facts[node].was_carried || !e->sources[node];
}

/* What was said stands until somebody knows better. */
static void keep(struct incident *i)
{
    if (i && i->type == INCIDENT_FIBRE_CUT)
        i->is_active = true;
}

/* A device's own line towards the core. It must have answered a poll begun after the parent told of the port:
 * else it may only be on its way into silence. */
static void judge_uplink(struct engine *e, int n)
{
    const struct node *node = &e->topo->nodes[n];
    struct fact *f = &e->facts[n];
    const char *port = node->device->uplink_port;
    double oper = port_state(e, node->parent, port);
    struct incident *i;
    char key[KEY_SIZE];

    snprintf(key, sizeof key, "node:%s", node->id);
    i = incident_find(e, key);
    if (isnan(oper) && is_unheard(e, node->parent)) {
        keep(i);
        return;
    }
    if (!is_dark(oper)) {
        f->line_dead = 0;
        return;
    }
    if (!f->line_dead)
        f->line_dead = e->facts[node->parent].seen_ok;
    if (is_quiet(e, n))
        return;
    if (!i && f->status == STATUS_ALIVE && f->seen_ok > f->line_dead)
        i = incident_open(e, key, INCIDENT_FIBRE_CUT, OBJECT_DEVICE, node->id, node->name, n);
    if (!i)
        return;
    keep(i);
    incident_evidence(i, "interface.oper", port, oper, IF_UP, e->facts[node->parent].seen_ok);
}

/* Was one of the lines between it and the other side of the ring dead before it fell silent? */
static bool had_one_way_only(const struct engine *e, int n)
{
    ns_t silent = e->facts[n].first_miss;

    for (int depth = 0; n >= 0 && e->topo->nodes[n].is_in_ring && depth < TOPOLOGY_DEPTH_MAX; depth++) {
        if (e->facts[n].line_dead && e->facts[n].line_dead < silent)
            return true;
        n = e->topo->nodes[n].parent;
    }
    return false;
}

/* A far end that is silent has a cause of its own, unless this line was all that it had left. dark: begin of
 * the poll that told of it first; the two ends may be polled at the same moment for ever. */
static bool is_news(const struct engine *e, ns_t dark, int far)
{
    const struct fact *f = &e->facts[far];

    if (f->status == STATUS_ALIVE)
        return f->seen_ok > dark;
    return f->status == STATUS_DOWN && had_one_way_only(e, far);
}

static void judge_link(struct engine *e, const struct link *l, ns_t *dark)
{
    int from = topology_device(e->topo, l->from), to = topology_device(e->topo, l->to);
    double oper = port_state(e, from, l->from_port), other = port_state(e, to, l->to_port);
    bool is_told = is_dark(oper) || is_dark(other);
    int teller = is_dark(oper) ? from : to, far = teller == from ? to : from;
    char key[KEY_SIZE];
    struct incident *i;

    snprintf(key, sizeof key, "line:%s", l->id);
    i = incident_find(e, key);
    if (!is_told && isnan(oper) && isnan(other) && (is_unheard(e, from) || is_unheard(e, to)))
        keep(i);
    if (!is_told)
        *dark = 0;
    else if (!*dark)
        *dark = e->facts[teller].seen_ok;
    if (!is_told || is_quiet(e, from) || is_quiet(e, to))
        return;
    if (!i && is_news(e, *dark, far))
        i = incident_open(e, key, INCIDENT_FIBRE_CUT, OBJECT_DEVICE, e->topo->nodes[far].id,
                          e->topo->nodes[far].name, -1);
    if (!i)
        return;
    i->is_active = true;
    incident_evidence(i, "interface.oper", teller == from ? l->from_port : l->to_port,
                      teller == from ? oper : other, IF_UP, e->facts[teller].seen_ok);
}

void lines_judge(struct engine *e)
{
    size_t count;
    const struct link *links = inventory_links(e->o.inventory, &count);

    for (size_t n = 0; count && n < e->topo->device_count; n++)
        if (e->topo->nodes[n].is_in_ring && e->topo->nodes[n].parent >= 0 &&
            e->topo->nodes[n].device->uplink_port)
            judge_uplink(e, (int)n);
    for (size_t l = 0; l < count; l++)
        judge_link(e, &links[l], &e->link_dark[l]);
}
