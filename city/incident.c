/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.c - breaks the city and mends it. Pure. */
#include "city/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"

enum { ACTIVE_MAX = 4096 };

const char *const incident_names[INCIDENT_KINDS] = {
    "fibre-cut",       "power-cut",  "sleeping-ap", "optical-drift", "portal-certificate",
    "lido-congestion", "agent-dead", "dns-failure", "dhcp-pool",     "dns-slow"};
/* The reason that a citizen's page should give, lib/model/state_list.h. */
static const char *const reasons[INCIDENT_KINDS] = {"fibre",      "power", "sleeping", "fibre", "portal",
                                                    "congestion", "ap",    "dns",      "dhcp",  "dns"};

struct incident {
    char id[16];
    enum incident_kind kind;
    int target; /* device, hotspot or site; -1: the city's */
    ns_t since;
    bool has_effect; /* power: the battery is empty */
};

struct incidents {
    struct sim *sim;
    struct incident *active;
    size_t count;
    unsigned number;
    incident_log_fn *log;
    void *ctx;
};

enum incident_kind incident_by_name(const char *name)
{
    int kind = 0;

    while (kind < INCIDENT_KINDS && strcmp(incident_names[kind], name) != 0)
        kind++;
    return (enum incident_kind)kind;
}

enum err incidents_new(struct sim *sim, incident_log_fn *log, void *ctx, struct incidents **out)
{
    struct incidents *in = calloc(1, sizeof *in);

    if (!in)
        return ERR_NOMEM;
    in->active = calloc(ACTIVE_MAX, sizeof *in->active);
    if (!in->active) {
        free(in);
        return ERR_NOMEM;
    }
    in->sim = sim;
    in->log = log;
    in->ctx = ctx;
    *out = in;
    return ERR_OK;
}

void incidents_free(struct incidents *in)
{
    if (in)
        free(in->active);
    free(in);
}

size_t incidents_count(const struct incidents *in)
{
    return in->count;
}

/* ---- what hangs below what ---- */

static bool hits_hotspot(const struct city *c, const struct incident *i, int hotspot)
{
    const struct city_hotspot *h = &c->hotspots[hotspot];

    switch (i->kind) {
    case INCIDENT_FIBRE_CUT:
    case INCIDENT_DRIFT: return city_is_below(c, h->access, i->target);
    case INCIDENT_POWER_CUT: return city_is_fed_by(c, h->access, i->target);
    case INCIDENT_SLEEPING_AP: return hotspot == i->target;
    case INCIDENT_CONGESTION: return h->site == i->target;
    case INCIDENT_AGENT_DEAD: return h->device == i->target;
    case INCIDENT_CERTIFICATE:
    case INCIDENT_DNS_FAILING:
    case INCIDENT_DNS_SLOW:
    case INCIDENT_POOL:
    case INCIDENT_KINDS: break;
    }
    return true;
}

static bool silences_device(const struct city *c, const struct incident *i, int device)
{
    switch (i->kind) {
    case INCIDENT_FIBRE_CUT: return city_is_below(c, device, i->target);
    case INCIDENT_POWER_CUT: return i->has_effect && city_is_fed_by(c, device, i->target);
    case INCIDENT_AGENT_DEAD: return device == i->target;
    case INCIDENT_SLEEPING_AP:
    case INCIDENT_DRIFT:
    case INCIDENT_CERTIFICATE:
    case INCIDENT_CONGESTION:
    case INCIDENT_DNS_FAILING:
    case INCIDENT_DNS_SLOW:
    case INCIDENT_POOL:
    case INCIDENT_KINDS: break;
    }
    return false;
}

/* Hurts already, or only will. */
static bool is_harmless_yet(const struct incident *i)
{
    return i->kind == INCIDENT_DRIFT || i->kind == INCIDENT_POOL ||
           (i->kind == INCIDENT_POWER_CUT && !i->has_effect);
}

/* ---- the log ---- */

static const char *cause_kind(const struct incident *i)
{
    switch (i->kind) {
    case INCIDENT_SLEEPING_AP: return "hotspot";
    case INCIDENT_CONGESTION: return "site";
    case INCIDENT_CERTIFICATE:
    case INCIDENT_DNS_FAILING:
    case INCIDENT_DNS_SLOW: return "service";
    case INCIDENT_FIBRE_CUT:
    case INCIDENT_POWER_CUT:
    case INCIDENT_DRIFT:
    case INCIDENT_AGENT_DEAD:
    case INCIDENT_POOL:
    case INCIDENT_KINDS: break;
    }
    return "device";
}

static const char *cause_id(const struct city *c, const struct incident *i)
{
    switch (i->kind) {
    case INCIDENT_SLEEPING_AP: return c->hotspots[i->target].id;
    case INCIDENT_CONGESTION: return c->sites[i->target].id;
    case INCIDENT_CERTIFICATE: return "portal";
    case INCIDENT_DNS_FAILING:
    case INCIDENT_DNS_SLOW: return "dns";
    case INCIDENT_POOL: return "dhcp-1";
    case INCIDENT_FIBRE_CUT:
    case INCIDENT_POWER_CUT:
    case INCIDENT_DRIFT:
    case INCIDENT_AGENT_DEAD:
    case INCIDENT_KINDS: break;
    }
    return c->devices[i->target].id;
}

static void write_head(const struct city *c, const struct incident *i, struct json_out *j)
{
    json_string(j, "incident", i->id);
    json_string(j, "kind", incident_names[i->kind]);
    json_object_begin(j, "cause");
    json_string(j, "kind", cause_kind(i));
    json_string(j, "id", cause_id(c, i));
    json_object_end(j);
    json_string(j, "reason", reasons[i->kind]);
}

static void write_lists(const struct city *c, const struct incident *i, struct json_out *j)
{
    json_array_begin(j, is_harmless_yet(i) ? "at_risk" : "hotspots");
    for (size_t h = 0; h < c->hotspot_count; h++)
        if (hits_hotspot(c, i, (int)h))
            json_string(j, NULL, c->hotspots[h].id);
    json_array_end(j);
    json_array_begin(j, is_harmless_yet(i) ? "hotspots" : "at_risk");
    json_array_end(j);
    json_array_begin(j, "devices");
    for (size_t d = 0; d < c->device_count; d++)
        if (silences_device(c, i, (int)d))
            json_string(j, NULL, c->devices[d].id);
    json_array_end(j);
}

static void log_event(struct incidents *in, const struct incident *i, const char *event, ns_t now)
{
    struct buf line = BUF_INIT;
    struct json_out j;

    json_init(&j, &line);
    json_object_begin(&j, NULL);
    json_time(&j, "time", now);
    json_int(&j, "wall_ns", now);
    json_string(&j, "event", event);
    write_head(in->sim->city, i, &j);
    write_lists(in->sim->city, i, &j);
    json_object_end(&j);
    buf_str(&line, "\n");
    if (!buf_error(&line))
        in->log(in->ctx, line.data, line.len);
    buf_fini(&line);
}

void incidents_write(const struct incidents *in, struct json_out *j)
{
    for (size_t n = 0; n < in->count; n++) {
        json_object_begin(j, NULL);
        write_head(in->sim->city, &in->active[n], j);
        json_time(j, "since", in->active[n].since);
        json_bool(j, "is_harmless_yet", is_harmless_yet(&in->active[n]));
        json_object_end(j);
    }
}

/* ---- targets ---- */

static int site_by_id(const struct city *c, const char *id)
{
    for (size_t i = 0; i < c->site_count; i++)
        if (strcmp(c->sites[i].id, id) == 0)
            return (int)i;
    return -1;
}

/* An agent by device id, or a hotspot's own by the hotspot's id. */
static int agent_by_id(const struct city *c, const char *id)
{
    int d = city_device_by_id(c, id), h;

    if (d >= 0)
        return d;
    h = city_hotspot_by_id(c, id);
    return h >= 0 && !c->hotspots[h].is_row ? c->hotspots[h].device : -1;
}

static bool feeds_access(const struct city *c, int ups)
{
    for (size_t d = 0; d < c->device_count; d++)
        if (c->devices[d].role == ROLE_ACCESS && c->devices[d].power == ups)
            return true;
    return false;
}

enum { BUSY_CLIENTS = 5 };

/* is_picky: only a hotspot whose sleep would be noticed now. */
static bool fits(const struct sim *s, enum incident_kind kind, int i, bool is_picky, ns_t now)
{
    const struct city *c = s->city;

    switch (kind) {
    case INCIDENT_FIBRE_CUT: return c->devices[i].role == ROLE_AGGREGATION;
    case INCIDENT_POWER_CUT: return c->devices[i].role == ROLE_UPS && feeds_access(c, i);
    case INCIDENT_DRIFT: return c->devices[i].role == ROLE_ACCESS;
    case INCIDENT_AGENT_DEAD: return c->devices[i].role == ROLE_AP;
    case INCIDENT_SLEEPING_AP:
        return !c->hotspots[i].is_row && (!is_picky || sim_clients(s, i, now) >= BUSY_CLIENTS);
    case INCIDENT_CONGESTION: return c->sites[i].place == PLACE_LIDO;
    case INCIDENT_CERTIFICATE:
    case INCIDENT_DNS_FAILING:
    case INCIDENT_DNS_SLOW:
    case INCIDENT_POOL:
    case INCIDENT_KINDS: break;
    }
    return false;
}

static size_t candidates(const struct city *c, enum incident_kind kind)
{
    return kind == INCIDENT_SLEEPING_AP  ? c->hotspot_count
           : kind == INCIDENT_CONGESTION ? c->site_count
                                         : c->device_count;
}

/* One that fits, by draw; -1 if none does. */
static int choose(const struct sim *s, enum incident_kind kind, uint64_t draw, ns_t now)
{
    size_t count = candidates(s->city, kind), fitting = 0;
    bool is_picky = true;

    for (;;) {
        for (size_t i = 0; i < count; i++)
            fitting += fits(s, kind, (int)i, is_picky, now);
        if (fitting || !is_picky)
            break;
        is_picky = false;
    }
    if (fitting == 0)
        return -1;
    draw %= fitting;
    for (size_t i = 0; i < count; i++)
        if (fits(s, kind, (int)i, is_picky, now) && draw-- == 0)
            return (int)i;
    return -1;
}

/* NULL, or why not; *out -1 for the incidents of the whole city. */
static const char *find_target(const struct sim *s, enum incident_kind kind, const char *target,
                               uint64_t draw, ns_t now, int *out)
{
    const struct city *c = s->city;

    *out = -1;
    if (kind == INCIDENT_POOL)
        return c->params.has_dhcp ? NULL : "the city has no DHCP server: `init --dhcp` builds one";
    if (kind == INCIDENT_CERTIFICATE || kind == INCIDENT_DNS_FAILING || kind == INCIDENT_DNS_SLOW)
        return NULL;
    if (!target || !*target) {
        *out = choose(s, kind, draw, now);
        return *out < 0 ? "the city has nothing that this could happen to" : NULL;
    }
    *out = kind == INCIDENT_SLEEPING_AP  ? city_hotspot_by_id(c, target)
           : kind == INCIDENT_CONGESTION ? site_by_id(c, target)
                                         : agent_by_id(c, target);
    if (*out < 0)
        return kind == INCIDENT_SLEEPING_AP  ? "there is no hotspot of that id"
               : kind == INCIDENT_CONGESTION ? "there is no site of that id"
                                             : "there is no agent of that id";
    if (kind == INCIDENT_POWER_CUT && c->devices[*out].role != ROLE_UPS)
        return "that is no UPS";
    if ((kind == INCIDENT_FIBRE_CUT || kind == INCIDENT_DRIFT) && c->devices[*out].role != ROLE_AGGREGATION &&
        c->devices[*out].role != ROLE_ACCESS)
        return "that has no uplink fibre";
    return NULL;
}

/* ---- on and off ---- */

static void set_busy_neighbours(struct sim *s, int hotspot, bool is_busy)
{
    const struct city *c = s->city;

    for (size_t h = 0; h < c->hotspot_count; h++)
        if ((int)h != hotspot && (c->hotspots[h].site == c->hotspots[hotspot].site ||
                                  c->hotspots[h].access == c->hotspots[hotspot].access))
            s->hotspots[h].is_busy = is_busy;
}

static void set_dark(struct sim *s, int ups, bool is_dark, ns_t now)
{
    struct sim_device *d = &s->devices[ups];
    double charge = sim_ups_charge(s, ups, now);

    d->charge = charge;
    d->charge_at = now;
    d->dark_since = is_dark ? now : 0;
    d->outages += is_dark;
}

static void apply(struct sim *s, const struct incident *i, bool is_on, ns_t now)
{
    switch (i->kind) {
    case INCIDENT_FIBRE_CUT: s->devices[i->target].is_cut = is_on; break;
    case INCIDENT_POWER_CUT: set_dark(s, i->target, is_on, now); break;
    case INCIDENT_SLEEPING_AP:
        s->hotspots[i->target].is_asleep = is_on;
        set_busy_neighbours(s, i->target, is_on);
        break;
    case INCIDENT_DRIFT: s->devices[i->target].drift_since = is_on ? now : 0; break;
    case INCIDENT_CERTIFICATE: s->is_certificate_expired = is_on; break;
    case INCIDENT_POOL: s->pool_fills_since = is_on ? now : 0; break;
    case INCIDENT_CONGESTION:
        for (size_t h = 0; h < s->city->hotspot_count; h++)
            if (s->city->hotspots[h].site == i->target)
                s->hotspots[h].is_congested = is_on;
        break;
    case INCIDENT_AGENT_DEAD:
        s->devices[i->target].is_killed = is_on;
        if (!is_on)
            sim_restart_agent(s, i->target, now);
        break;
    case INCIDENT_DNS_FAILING: s->is_dns_failing = is_on; break;
    case INCIDENT_DNS_SLOW: s->is_dns_slow = is_on; break;
    case INCIDENT_KINDS: break;
    }
    sim_settle(s, now);
}

const char *incident_begin(struct incidents *in, enum incident_kind kind, const char *target, uint64_t draw,
                           ns_t now, const char **id)
{
    struct incident fresh = {.kind = kind, .since = now};
    const char *problem = find_target(in->sim, kind, target, draw, now, &fresh.target);

    if (problem)
        return problem;
    for (size_t i = 0; i < in->count; i++)
        if (in->active[i].kind == kind && in->active[i].target == fresh.target)
            return "that is on already";
    if (in->count == ACTIVE_MAX)
        return "4096 incidents are on: enough";
    snprintf(fresh.id, sizeof fresh.id, "c-%04u", ++in->number);
    in->active[in->count] = fresh;
    apply(in->sim, &fresh, true, now);
    log_event(in, &fresh, "begin", now);
    if (id)
        *id = in->active[in->count].id;
    in->count++;
    return NULL;
}

static void end_one(struct incidents *in, size_t i, ns_t now)
{
    struct incident over = in->active[i];

    memmove(&in->active[i], &in->active[i + 1], (--in->count - i) * sizeof *in->active);
    apply(in->sim, &over, false, now);
    for (size_t n = 0; n < in->count; n++) /* two sleepers may share neighbours */
        if (over.kind == INCIDENT_SLEEPING_AP && in->active[n].kind == INCIDENT_SLEEPING_AP)
            apply(in->sim, &in->active[n], true, now);
    log_event(in, &over, "end", now);
}

const char *incident_end(struct incidents *in, enum incident_kind kind, const char *target, ns_t now)
{
    int index = -1;
    size_t before = in->count;

    if (target && *target) {
        const char *problem = find_target(in->sim, kind, target, 0, now, &index);
        if (problem)
            return problem;
    }
    for (size_t i = in->count; i-- > 0;)
        if (in->active[i].kind == kind && (!target || !*target || in->active[i].target == index))
            end_one(in, i, now);
    return in->count == before ? "that is not on" : NULL;
}

void incidents_tick(struct incidents *in, ns_t now)
{
    for (size_t i = 0; i < in->count; i++) {
        struct incident *a = &in->active[i];
        if (a->kind == INCIDENT_POWER_CUT && !a->has_effect && sim_is_depleted(in->sim, a->target, now)) {
            a->has_effect = true;
            sim_settle(in->sim, now);
            log_event(in, a, "effect", now);
        }
    }
}

/* ---- the script ---- */

static const struct {
    double at; /* seconds */
    enum incident_kind kind;
    bool is_on;
} steps[] = {
    {15, INCIDENT_FIBRE_CUT, true},     {65, INCIDENT_FIBRE_CUT, false},   {80, INCIDENT_CONGESTION, true},
    {95, INCIDENT_SLEEPING_AP, true},   {110, INCIDENT_AGENT_DEAD, true},  {155, INCIDENT_AGENT_DEAD, false},
    {160, INCIDENT_CONGESTION, false},  {170, INCIDENT_POWER_CUT, true},   {185, INCIDENT_SLEEPING_AP, false},
    {215, INCIDENT_CERTIFICATE, true},  {225, INCIDENT_DRIFT, true},       {255, INCIDENT_POWER_CUT, false},
    {260, INCIDENT_CERTIFICATE, false}, {270, INCIDENT_DNS_FAILING, true}, {305, INCIDENT_DNS_FAILING, false},
    {325, INCIDENT_DRIFT, false},
};
static const double cycle_s = 340;

void script_play(struct script *s, struct incidents *in, double passed, ns_t now)
{
    s->at += passed;
    while (s->next < ARRAY_LEN(steps) && steps[s->next].at <= s->at) {
        uint64_t draw =
            city_hash(in->sim->city->params.seed, 70, (uint32_t)s->cycle, (uint32_t)steps[s->next].kind);
        /* What an operator has switched by hand meanwhile is left as it is. */
        if (steps[s->next].is_on)
            (void)incident_begin(in, steps[s->next].kind, NULL, draw, now, NULL);
        else
            (void)incident_end(in, steps[s->next].kind, NULL, now);
        s->next++;
    }
    if (s->at >= cycle_s) {
        s->at -= cycle_s;
        s->next = 0;
        s->cycle++;
    }
}
