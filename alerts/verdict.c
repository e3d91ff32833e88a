/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.c - one state for every hotspot, device and service, and with it the members of every incident.
 *
 * From the strongest to the weakest: maintenance, blindness, a cause (cause.c), no data, a verdict that is
 * still held (nothing changes), services and rules (the worst of them), usable. docs/alerts.md has the table.
 * Pure. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"

void object_name(const struct engine *e, enum object_kind kind, size_t index, const char **id,
                 const char **name)
{
    switch (kind) {
    case OBJECT_HOTSPOT:
        *id = e->topo->places[index].hotspot->id;
        *name = e->topo->places[index].hotspot->name;
        break;
    case OBJECT_DEVICE:
        *id = e->topo->nodes[index].id;
        *name = e->topo->nodes[index].name;
        break;
    case OBJECT_SERVICE:
        *id = e->services[index].service->id;
        *name = e->services[index].service->name;
        break;
    case OBJECT_SITE: {
        size_t count;
        *id = inventory_sites(e->o.inventory, &count)[index].id;
        *name = inventory_sites(e->o.inventory, &count)[index].name;
        break;
    }
    case OBJECT_MONITOR: *id = *name = "netzwacht"; break;
    }
    if (!*name)
        *name = *id;
}

/* ---- effects: what rules and services do to objects that answer ---- */

static int rank(enum state s)
{
    return s == STATE_UNUSABLE ? 2 : s == STATE_DEGRADED ? 1 : 0;
}

static void worsen(struct effect *f, enum state state, enum reason reason, struct incident *i)
{
    if (rank(state) > rank(f->state))
        *f = (struct effect){state, reason, i};
}

static bool place_is_in_maintenance(const struct engine *e, size_t p)
{
    const struct hotspot *h = e->topo->places[p].hotspot;

    return is_in_maintenance(e, h->id, h->site, e->topo->places[p].node);
}

/* Who can be judged by rules and services: it answers and nothing stands above it. */
static bool is_judgeable(const struct engine *e, int node)
{
    const struct fact *f = &e->facts[node];

    return f->status == STATUS_ALIVE && !f->blame && !f->is_path_dead && !f->was_carried;
}

static bool place_is_judgeable(const struct engine *e, size_t p)
{
    return e->topo->places[p].node >= 0 && is_judgeable(e, e->topo->places[p].node) &&
           !place_is_in_maintenance(e, p);
}

static void affect_all_places(struct engine *e, struct incident *i, enum state state, enum reason reason)
{
    for (size_t p = 0; p < e->topo->place_count; p++) {
        if (!place_is_judgeable(e, p))
            continue;
        incident_member(i, OBJECT_HOTSPOT, p, state, reason);
        worsen(&e->places[p].effect, state, reason, i);
    }
}

/* ---- services ---- */

struct service_verdict {
    enum incident_type type;
    enum state state; /* of all hotspots if no service of this kind works; STATE_USABLE: no effect */
    enum reason reason;
};

/* Who is on-line already, and the secured network, live on without the portal; without names nobody does. */
static struct service_verdict service_verdict(int kind)
{
    switch (kind) {
    case SERVICE_PORTAL: return (struct service_verdict){INCIDENT_PORTAL_DOWN, STATE_DEGRADED, REASON_PORTAL};
    case SERVICE_DNS: return (struct service_verdict){INCIDENT_DNS_DOWN, STATE_UNUSABLE, REASON_DNS};
    case SERVICE_DHCP: return (struct service_verdict){INCIDENT_SERVICE_DOWN, STATE_UNUSABLE, REASON_DHCP};
    case SERVICE_RADIUS:
        return (struct service_verdict){INCIDENT_SERVICE_DOWN, STATE_DEGRADED, REASON_AUTHENTICATION};
    default: return (struct service_verdict){INCIDENT_SERVICE_DOWN, STATE_USABLE, REASON_INTERNET};
    }
}

static bool is_failing(const struct engine *e, size_t s)
{
    return e->services[s].failures >= (unsigned)e->o.rules->guards.service_failures;
}

/* Does no service of this kind work? */
static bool are_all_failing(const struct engine *e, int kind)
{
    for (size_t s = 0; s < e->service_count; s++)
        if (e->services[s].service->kind == kind && !is_failing(e, s))
            return false;
    return true;
}

static bool is_kind_failing(const struct engine *e, int kind)
{
    for (size_t s = 0; s < e->service_count; s++)
        if (e->services[s].service->kind == kind && e->services[s].failures)
            return true;
    return false;
}

static struct incident *open_service(struct engine *e, size_t s, enum incident_type type)
{
    const struct service *v = e->services[s].service;
    char key[KEY_SIZE];

    snprintf(key, sizeof key, "service:%s", v->id);
    return incident_open(e, key, type, OBJECT_SERVICE, v->id, v->name ? v->name : v->id, -1);
}

static void judge_services(struct engine *e)
{
    for (size_t s = 0; s < e->service_count; s++) {
        const struct service *v = e->services[s].service;
        struct service_verdict verdict = service_verdict(v->kind);
        struct incident *i;
        e->services[s].effect = (struct effect){STATE_USABLE, REASON_NONE, NULL};
        if (!is_failing(e, s) || is_in_maintenance(e, v->id, v->site, -1))
            continue;
        i = open_service(e, s, verdict.type);
        if (!i)
            continue;
        incident_member(i, OBJECT_SERVICE, s, STATE_UNUSABLE, verdict.reason);
        worsen(&e->services[s].effect, STATE_UNUSABLE, verdict.reason, i);
        if (verdict.state != STATE_USABLE && are_all_failing(e, v->kind))
            affect_all_places(e, i, verdict.state, verdict.reason);
    }
}

/* ---- rules ---- */

static bool is_port_of_child(const struct engine *e, int n, const char *entity, int *child)
{
    const struct node *node = &e->topo->nodes[n];

    for (size_t k = 0; k < node->child_count; k++) {
        const struct device *d;
        *child = e->topo->children[node->child_first + k];
        d = e->topo->nodes[*child].device;
        if (d && d->uplink_port && strchr(d->uplink_port, '/') &&
            strx_ends_with(entity, strchr(d->uplink_port, '/')))
            return true;
    }
    return false;
}

/* A watch that only repeats what a cause or a service says already. */
static bool is_covered(const struct engine *e, const struct watch *w)
{
    int child;

    if (w->kind == OBJECT_HOTSPOT && w->rule->type == INCIDENT_PORTAL_DOWN)
        return is_kind_failing(e, SERVICE_PORTAL);
    if (w->kind == OBJECT_HOTSPOT && w->rule->type == INCIDENT_DNS_DOWN)
        return is_kind_failing(e, SERVICE_DNS);
    if (w->kind == OBJECT_DEVICE && e->facts[w->index].on_battery)
        return true; /* whatever it measures now, the power incident is the news */
    if (w->kind == OBJECT_DEVICE && w->rule->metric == METRIC_IF_OPER)
        return is_port_of_child(e, (int)w->index, w->entity, &child); /* its own incident flaps */
    if (w->kind != OBJECT_DEVICE || w->rule->metric != METRIC_OPTIC_RX)
        return false;
    /* its other end is silent: that is an incident of its own */
    return is_port_of_child(e, (int)w->index, w->entity, &child) && e->facts[child].first_miss;
}

static const char *watch_site(const struct engine *e, const struct watch *w)
{
    if (w->kind == OBJECT_HOTSPOT)
        return e->topo->places[w->index].hotspot->site;
    return w->kind == OBJECT_DEVICE ? e->topo->nodes[w->index].site : NULL;
}

/* Both ends of a fibre see its trouble: it belongs to the device that hangs on it. A switch's own optics that
 * carry none of its children lead up. */
static struct incident *open_optical(struct engine *e, const struct watch *w)
{
    int n = (int)w->index, child;
    char key[KEY_SIZE];

    if (is_port_of_child(e, n, w->entity, &child))
        n = child;
    snprintf(key, sizeof key, "rule:optic:%s", e->topo->nodes[n].id);
    return incident_open(e, key, (enum incident_type)w->rule->type, OBJECT_DEVICE, e->topo->nodes[n].id,
                         e->topo->nodes[n].name, -1);
}

/* Many hotspots fail the same check: the service behind it is the cause, if it is known. */
static struct incident *open_common(struct engine *e, const struct watch *w)
{
    const struct rule *r = w->rule;
    int kind = r->type == INCIDENT_PORTAL_DOWN ? SERVICE_PORTAL
               : r->type == INCIDENT_DNS_DOWN  ? SERVICE_DNS
                                               : -1;
    char key[KEY_SIZE];

    snprintf(key, sizeof key, "rule:%s", r->id);
    for (size_t s = 0; s < e->service_count; s++) {
        const struct service *v = e->services[s].service;
        if (v->kind == kind)
            return incident_open(e, key, (enum incident_type)r->type, OBJECT_SERVICE, v->id,
                                 v->name ? v->name : v->id, -1);
    }
    return incident_open(e, key, (enum incident_type)r->type, OBJECT_MONITOR, r->id, r->id, -1);
}

static struct incident *open_watch(struct engine *e, const struct watch *w)
{
    const struct site *site = inventory_site(e->o.inventory, watch_site(e, w));
    bool is_optical = w->rule->type == INCIDENT_OPTICAL_DRIFT || w->rule->type == INCIDENT_OPTICAL_LEVEL;
    const char *id, *name;
    char key[KEY_SIZE];

    object_name(e, w->kind, w->index, &id, &name);
    if (w->kind == OBJECT_SERVICE)
        return open_service(e, w->index, (enum incident_type)w->rule->type);
    if (w->rule->group == RULE_GROUP_ALL)
        return open_common(e, w);
    if (is_optical && w->kind == OBJECT_DEVICE)
        return open_optical(e, w);
    if (w->rule->group == RULE_GROUP_SITE && site) {
        snprintf(key, sizeof key, "rule:%s:site:%s", w->rule->id, site->id);
        return incident_open(e, key, (enum incident_type)w->rule->type, OBJECT_SITE, site->id,
                             site->name ? site->name : site->id, -1);
    }
    snprintf(key, sizeof key, "rule:%s:%s:%s:%s", w->rule->id, object_kind_words[w->kind], id, w->entity);
    return incident_open(e, key, (enum incident_type)w->rule->type, w->kind, id, name, -1);
}

static void raise_watch(struct engine *e, const struct watch *w, bool is_live)
{
    const struct rule *r = w->rule;
    struct incident *i = open_watch(e, w);
    enum reason reason = (enum reason)r->reason;
    enum state state = (enum state)r->state;

    if (!i)
        return;
    incident_member(i, w->kind, w->index, state, reason);
    if (r->metric_name)
        incident_evidence(i, r->metric_name, w->entity, w->value, w->limit, w->at);
    for (size_t k = 0; k < ARRAY_LEN(w->extra); k++)
        if (w->extra[k].name)
            incident_evidence(i, w->extra[k].name, w->entity, w->extra[k].value, w->extra[k].limit, w->at);
    if (r->kind == RULE_DROP || r->kind == RULE_DRIFT)
        incident_fall(i, r->metric_name, w->entity, w->reference - w->value);
    if ((enum severity)r->severity > i->rule_severity && !strx_starts_with(i->key, "service:"))
        i->rule_severity = (enum severity)r->severity;
    if (!i->rule[0])
        strx_copy(i->rule, sizeof i->rule, r->id);
    if (!is_live)
        return;
    if (w->kind == OBJECT_HOTSPOT)
        worsen(&e->places[w->index].effect, state, reason, i);
    else if (w->kind == OBJECT_DEVICE)
        worsen(&e->device_effects[w->index], state, reason, i);
    else
        worsen(&e->services[w->index].effect, state, reason, i);
    if (w->kind == OBJECT_SERVICE && state != STATE_USABLE)
        affect_all_places(e, i, state, reason);
}

/* An expired certificate is why the portal fails: one incident, and the reason is the better title. */
static void raise_certificate(struct engine *e, const struct watch *w)
{
    struct incident *i = open_watch(e, w);

    if (!i)
        return;
    if (w->rule->type == INCIDENT_CERTIFICATE_EXPIRED)
        incident_rename(e, i, i->key, INCIDENT_CERTIFICATE_EXPIRED, i->cause_kind, i->cause_id, i->cause_name,
                        -1);
    if (i->type == INCIDENT_CERTIFICATE || i->type == INCIDENT_CERTIFICATE_EXPIRED)
        i->rule_severity = (enum severity)w->rule->severity > i->rule_severity
                               ? (enum severity)w->rule->severity
                               : i->rule_severity;
    raise_watch(e, w, true);
}

static bool is_watched_object_alive(const struct engine *e, const struct watch *w)
{
    if (w->kind == OBJECT_HOTSPOT)
        return place_is_judgeable(e, w->index);
    if (w->kind == OBJECT_DEVICE)
        return is_judgeable(e, (int)w->index) &&
               !is_in_maintenance(e, e->topo->nodes[w->index].id, e->topo->nodes[w->index].site,
                                  (int)w->index);
    return true;
}

/* Frozen: the object does not answer, so its alarms neither come nor go. */
static bool has_incident(struct engine *e, const struct watch *w)
{
    size_t count = 0;

    for (const struct incident *i = e->incidents; i; i = i->next) {
        for (size_t m = 0; m < i->members.count; m++)
            count += i->members.items[m].kind == w->kind && i->members.items[m].index == w->index &&
                     strx_starts_with(i->key, "rule:");
    }
    return count > 0;
}

/* An access point that no controller lists: that is told by itself, and of what it was before nobody knows.
 */
static bool has_vanished(const struct engine *e, const struct watch *w)
{
    int node = w->kind == OBJECT_HOTSPOT ? e->topo->places[w->index].node : -1;

    return node >= 0 && e->facts[node].is_vanished;
}

static void judge_watches(struct engine *e)
{
    for (size_t k = 0; k < map_count(e->watches); k++) {
        struct watch *w = map_at(e->watches, k, NULL);
        bool is_live;
        if (w->rule->kind == RULE_SILENCE && !w->is_raised && is_watched_object_alive(e, w))
            watch_age(e, w);
        if (watch_is_suppressed(e, w))
            continue;
        if (!w->is_raised || has_vanished(e, w) || is_covered(e, w))
            continue;
        is_live = is_watched_object_alive(e, w);
        if (w->kind == OBJECT_SERVICE &&
            (w->rule->type == INCIDENT_CERTIFICATE || w->rule->type == INCIDENT_CERTIFICATE_EXPIRED))
            raise_certificate(e, w);
        else if (is_live || has_incident(e, w))
            raise_watch(e, w, is_live);
    }
}

/* ---- states ---- */

struct opinion {
    enum state state;
    enum reason reason;
    struct incident *incident;
};

static const struct opinion KEEP = {(enum state) - 1, REASON_NONE, NULL};

/* What a node's own fate says; KEEP: nothing new is known, the state stays. */
static struct opinion node_opinion(const struct engine *e, int n, const struct effect *effect)
{
    const struct fact *f = n >= 0 ? &e->facts[n] : NULL;
    ns_t grace = 3 * (n >= 0 ? node_interval(e, n) : e->o.interval) + 10 * SECONDS;

    if (!f)
        return (struct opinion){STATE_UNKNOWN, REASON_NO_DATA, NULL};
    if (f->blame && (f->first_miss || f->is_path_dead))
        return (struct opinion){STATE_UNUSABLE, incident_reason(e, f->blame), f->blame};
    if (f->status == STATUS_NO_DATA)
        return e->now - e->started < grace ? KEEP : (struct opinion){STATE_UNKNOWN, REASON_NO_DATA, NULL};
    if (f->status != STATUS_ALIVE)
        return KEEP;
    if (f->useless == USELESS_POLLS)
        return (struct opinion){STATE_UNKNOWN, REASON_NO_DATA, NULL};
    return (struct opinion){effect->state, effect->reason, effect->incident};
}

void announce_state(struct engine *e, enum object_kind kind, size_t index, struct object_memory *m,
                    enum state state, enum reason reason, const char *incident)
{
    enum state before = m->state;
    struct object_state s;
    bool is_same = m->is_known && m->state == state && m->reason == reason;

    if (is_same && strcmp(m->incident, incident) == 0)
        return;
    if (!is_same)
        m->since = e->now;
    m->is_known = true;
    m->state = state;
    m->reason = reason;
    strx_copy(m->incident, sizeof m->incident, incident);
    row_memory(e, kind, index);
    if (!engine_object(e, kind, index, &s))
        return;
    s.previous = before;
    e->sink.state(e->sink.ctx, &s);
}

static void announce(struct engine *e, enum object_kind kind, size_t index, struct object_memory *m,
                     struct opinion o)
{
    if (o.state != KEEP.state)
        announce_state(e, kind, index, m, o.state, o.reason, o.incident ? o.incident->id : "");
}

/* First an incident of the controller that listed it last; once that is old, a tombstone that alarms nobody.
 */
static struct opinion vanished_opinion(struct engine *e, int n, const struct object_memory *m)
{
    ns_t after = e->o.tombstone_after ? e->o.tombstone_after : DAYS;
    bool is_old =
        m->is_known && m->state == STATE_UNKNOWN &&
        (m->reason == REASON_REMOVED || (m->reason == REASON_VANISHED && e->now - m->since >= after));
    const struct node *controller = &e->topo->nodes[e->topo->nodes[n].controller];
    char key[KEY_SIZE];

    if (is_old)
        return (struct opinion){STATE_UNKNOWN, REASON_REMOVED, NULL};
    snprintf(key, sizeof key, "vanished:%s", controller->id);
    return (struct opinion){
        STATE_UNKNOWN, REASON_VANISHED,
        incident_open(e, key, INCIDENT_AP_VANISHED, OBJECT_DEVICE, controller->id, controller->name, -1)};
}

static void judge_place(struct engine *e, size_t p)
{
    struct place_fact *f = &e->places[p];
    int n = e->topo->places[p].node;
    bool is_vanished = n >= 0 && e->facts[n].is_vanished;
    struct opinion o = is_vanished ? vanished_opinion(e, n, &f->memory) : node_opinion(e, n, &f->effect);

    if (place_is_in_maintenance(e, p))
        o = (struct opinion){STATE_MAINTENANCE, REASON_NONE, NULL};
    else if (e->blind && (e->is_blind || (n >= 0 && !is_fresh(e, n))))
        o = (struct opinion){STATE_UNKNOWN, REASON_MONITOR_BLIND, e->blind};
    if (o.incident == e->blind && e->blind)
        incident_member(e->blind, OBJECT_HOTSPOT, p, o.state, o.reason);
    else if (o.incident && n >= 0 && (is_vanished || o.incident == e->facts[n].blame))
        incident_member(o.incident, OBJECT_HOTSPOT, p, o.state, o.reason);
    announce(e, OBJECT_HOTSPOT, p, &f->memory, o);
}

/* An access point that carries hotspots is represented by them. */
static void judge_device(struct engine *e, size_t d)
{
    const struct node *node = &e->topo->nodes[d];
    struct opinion o = node_opinion(e, (int)d, &e->device_effects[d]);

    if (is_in_maintenance(e, node->id, node->site, (int)d))
        o = (struct opinion){STATE_MAINTENANCE, REASON_NONE, NULL};
    else if (e->blind && (e->is_blind || !is_fresh(e, (int)d)))
        o = (struct opinion){STATE_UNKNOWN, REASON_MONITOR_BLIND, e->blind};
    else if (o.incident && o.incident == e->facts[d].blame) {
        if (node->kind != DEVICE_AP || node->place_count == 0)
            incident_member(o.incident, OBJECT_DEVICE, d, o.state, o.reason);
        o.incident->is_active = true;
    }
    announce(e, OBJECT_DEVICE, d, &e->devices[d], o);
}

static void judge_service(struct engine *e, size_t s)
{
    struct service_fact *f = &e->services[s];
    struct opinion o = {f->effect.state, f->effect.reason, f->effect.incident};

    if (is_in_maintenance(e, f->service->id, f->service->site, -1))
        o = (struct opinion){STATE_MAINTENANCE, REASON_NONE, NULL};
    else if (e->is_blind)
        o = (struct opinion){STATE_UNKNOWN, REASON_MONITOR_BLIND, e->blind};
    else if (!f->heard)
        o = f->memory.is_known ? KEEP : (struct opinion){STATE_UNKNOWN, REASON_NO_DATA, NULL};
    announce(e, OBJECT_SERVICE, s, &f->memory, o);
}

/* A restored node that has not been heard of yet keeps its incident open, whatever else. */
static void keep_carried(struct engine *e)
{
    for (size_t n = 0; n < e->topo->node_count; n++)
        if (e->facts[n].blame)
            e->facts[n].blame->is_active = true;
}

/* While blind nothing is known, so nothing ends. */
static void freeze(struct engine *e)
{
    for (struct incident *i = e->incidents; i; i = i->next) {
        if (i == e->blind || !i->is_announced)
            continue;
        for (size_t m = 0; m < i->members.count; m++)
            incident_member(i, i->members.items[m].kind, i->members.items[m].index, i->members.items[m].state,
                            i->members.items[m].reason);
        i->is_active = true;
    }
}

void verdict_all(struct engine *e)
{
    for (size_t p = 0; p < e->topo->place_count; p++)
        e->places[p].effect = (struct effect){STATE_USABLE, REASON_NONE, NULL};
    for (size_t d = 0; d < e->topo->device_count; d++)
        e->device_effects[d] = (struct effect){STATE_USABLE, REASON_NONE, NULL};
    if (e->is_blind) {
        freeze(e);
    } else {
        judge_services(e);
        judge_watches(e);
    }
    keep_carried(e);
    for (size_t d = 0; d < e->topo->device_count; d++)
        judge_device(e, d);
    for (size_t p = 0; p < e->topo->place_count; p++)
        judge_place(e, p);
    for (size_t s = 0; s < e->service_count; s++)
        judge_service(e, s);
    sites_judge(e);
}
