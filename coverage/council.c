/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council.c - adds up history and coverage. */
#include "coverage/council.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/reach.h"

enum { INTERVALS_MAX = 100000 };

/* The intervals of the hotspots of one site, in the month of the report. */
struct member {
    struct interval *intervals;
    size_t count;
};

struct gathering {
    const struct council_request *request;
    struct council *council;
};

static void tell(const struct council_request *r, const char *step, double share)
{
    if (r->progress)
        r->progress(step, share);
}

static enum council_cause cause_of(enum reason reason)
{
    switch (reason) {
    case REASON_POWER: return CAUSE_POWER;
    case REASON_FIBRE:
    case REASON_SWITCH: return CAUSE_FIBRE;
    case REASON_AP:
    case REASON_RADIO:
    case REASON_SLEEPING:
    case REASON_VANISHED:
    case REASON_REMOVED: return CAUSE_ACCESS_POINT;
    case REASON_CONTROLLER: return CAUSE_CONTROLLER;
    case REASON_AUTHENTICATION:
    case REASON_DHCP:
    case REASON_DNS:
    case REASON_PORTAL:
    case REASON_INTERNET:
    case REASON_CONGESTION: return CAUSE_SERVICE;
    case REASON_CONFIGURATION: return CAUSE_CONFIGURATION;
    case REASON_NONE:
    case REASON_NO_DATA:
    case REASON_MONITOR_BLIND: break;
    }
    return CAUSE_OTHER;
}

static void outages_add(struct council_outages *o, ns_t length)
{
    o->count++;
    o->total += length;
    if (length > o->longest)
        o->longest = length;
}

double council_hours_down(const struct council *c, int month)
{
    return (1 - availability_share(&c->city.months[month])) * 30 * 24;
}

double council_uncovered(const struct council_place *p)
{
    return (double)p->cells * (1 - (isnan(p->delivered) ? p->planned : p->delivered));
}

double council_unreached(const struct council_place *p)
{
    return p->inhabitants * (1 - p->reached);
}

static void find_months(struct council *c, ns_t month, ns_t now)
{
    for (int i = COUNCIL_THIS; i >= 0; i--) {
        availability_month(month, &c->months[i].from, &c->months[i].to, c->months[i].name);
        month = c->months[i].from - 1;
    }
    c->until = now < c->months[COUNCIL_THIS].to ? now : c->months[COUNCIL_THIS].to;
}

static struct council_place *place_of(struct council *c, const char *district)
{
    for (size_t i = 0; i < c->district_count; i++)
        if (strcmp(c->districts[i].id, district) == 0)
            return &c->districts[i];
    return NULL;
}

/* ---- outages ---- */

/* Neighbouring intervals of being down are one outage, put to the cause that it began with. */
static void add_outages(struct gathering *g, const struct member *m, struct council_place *district,
                        struct council_site *site)
{
    struct council *c = g->council;

    for (size_t i = 0; i < m->count; i++) {
        const enum council_cause cause = cause_of(m->intervals[i].reason);
        ns_t length = 0;

        while (i < m->count && m->intervals[i].state == STATE_UNUSABLE) {
            length += m->intervals[i].to - m->intervals[i].from;
            i++;
        }
        if (!length)
            continue;
        outages_add(&c->city.outages, length);
        outages_add(&c->causes[cause], length);
        outages_add(&site->outages, length);
        if (district)
            outages_add(&district->outages, length);
    }
}

static int by_time(const void *a, const void *b)
{
    ns_t x = *(const ns_t *)a, y = *(const ns_t *)b;

    return (x > y) - (x < y);
}

static enum state state_at(const struct member *m, ns_t t)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->intervals[i].from <= t && t < m->intervals[i].to)
            return m->intervals[i].state;
    return STATE_UNKNOWN;
}

/* A site is served while one of its hotspots is; its state is known only if that of each hotspot is. */
static enum state site_state(const struct member *members, size_t count, ns_t t)
{
    bool is_unknown = false, is_down = false;

    for (size_t i = 0; i < count; i++) {
        enum state s = state_at(&members[i], t);
        if (s == STATE_USABLE || s == STATE_DEGRADED)
            return STATE_USABLE;
        is_unknown |= s == STATE_UNKNOWN;
        is_down |= s == STATE_UNUSABLE;
    }
    return is_unknown ? STATE_UNKNOWN : is_down ? STATE_UNUSABLE : STATE_MAINTENANCE;
}

static enum err add_served(struct council *c, const struct member *members, size_t count)
{
    size_t edges = 0, all = 0;
    ns_t *times;

    for (size_t i = 0; i < count; i++)
        all += members[i].count * 2;
    times = malloc((all + 1) * sizeof *times);
    if (!times)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < members[i].count; k++) {
            times[edges++] = members[i].intervals[k].from;
            times[edges++] = members[i].intervals[k].to;
        }
    qsort(times, edges, sizeof *times, by_time);
    for (size_t i = 1; i < edges; i++)
        if (times[i] > times[i - 1])
            availability_add(&c->served, site_state(members, count, times[i - 1]), times[i] - times[i - 1]);
    free(times);
    return ERR_OK;
}

/* ---- sites ---- */

static enum err add_months(struct gathering *g, const struct hotspot *h, struct council_place *district)
{
    struct council *c = g->council;
    enum err e = ERR_OK;

    for (int i = 0; !e && i < COUNCIL_MONTHS; i++) {
        struct availability a = {0};
        if (c->months[i].from >= g->request->now)
            continue;
        e = history_availability(g->request->history, "hotspot", h->id, c->months[i].from, c->months[i].to,
                                 g->request->now, &a);
        availability_sum(&c->city.months[i], &a);
        if (district)
            availability_sum(&district->months[i], &a);
    }
    return e;
}

static enum err add_hotspot(struct gathering *g, const struct hotspot *h, struct member *m,
                            struct council_site *site)
{
    struct council *c = g->council;
    const struct council_month *month = &c->months[COUNCIL_THIS];
    struct council_place *district = place_of(c, hotspot_district_id(g->request->inventory, h));
    enum err e = history_intervals(g->request->history, "hotspot", h->id, month->from, month->to,
                                   g->request->now, INTERVALS_MAX, &m->intervals, &m->count);

    c->city.hotspots++;
    if (district)
        district->hotspots++;
    if (!e)
        e = add_months(g, h, district);
    if (!e)
        add_outages(g, m, district, site);
    return e;
}

/* Keeps the worst sites in order. */
static void note_site(struct council *c, const struct council_site *site)
{
    size_t at = c->worst_count;

    while (at > 0 && c->worst[at - 1].outages.total < site->outages.total)
        at--;
    if (!site->outages.count || at == COUNCIL_WORST)
        return;
    if (c->worst_count < COUNCIL_WORST)
        c->worst_count++;
    memmove(&c->worst[at + 1], &c->worst[at], (c->worst_count - 1 - at) * sizeof c->worst[0]);
    c->worst[at] = *site;
}

static enum err add_site(struct gathering *g, const struct site *site)
{
    struct council_site sums = {.site = site};
    size_t all, count = 0;
    const struct hotspot *hotspots = inventory_hotspots(g->request->inventory, &all);
    struct member *members = calloc(all + 1, sizeof *members);
    enum err e = members ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < all; i++)
        if (hotspots[i].site && strcmp(hotspots[i].site, site->id) == 0)
            e = add_hotspot(g, &hotspots[i], &members[count++], &sums);
    if (!e && count) {
        g->council->sites++;
        note_site(g->council, &sums);
        e = add_served(g->council, members, count);
    }
    for (size_t i = 0; i < count; i++)
        free(members[i].intervals);
    free(members);
    return e;
}

/* ---- incidents ---- */

static bool add_incident(void *ctx, uint64_t row, const Nw__Incident *i)
{
    struct gathering *g = ctx;
    const struct council_month *month = &g->council->months[COUNCIL_THIS];

    (void)row;
    if ((ns_t)i->opened >= month->from && (ns_t)i->opened < month->to) {
        g->council->incidents++;
        g->council->user_minutes += i->user_minutes;
    }
    return true;
}

/* ---- coverage ---- */

static void note_cover(struct council_place *p, const struct coverage_area *now,
                       const struct coverage_area *before)
{
    p->cells = now->cells;
    p->planned = now->planned;
    p->delivered = coverage_known(now->delivered, now->completeness);
    p->delivered_before = coverage_known(before->delivered, before->completeness);
}

static void note_reach(struct council_place *p, const struct council_request *r,
                       const struct district *district)
{
    struct reach reach;

    if (!r->population)
        return;
    reach_of(r->coverage, r->population, district, &reach);
    p->inhabitants = reach.inhabitants;
    p->reached = reach.delivered;
}

static void add_coverage(struct council *c, const struct council_request *r)
{
    const struct coverage *before = r->before;

    note_cover(&c->city, &c->coverage->total, &before->total);
    note_reach(&c->city, r, NULL);
    for (size_t i = 0; i < c->coverage->area_count; i++) {
        struct council_place *p = place_of(c, c->coverage->areas[i].id);
        if (!p)
            continue;
        note_cover(p, &c->coverage->areas[i], &before->areas[i]);
        note_reach(p, r, inventory_district(r->inventory, p->id));
    }
}

/* ---- all of it ---- */

static enum err gather(struct gathering *g)
{
    const struct history_filter all = {.open = -1, .limit = SIZE_MAX / 2};
    const struct council_request *r = g->request;
    size_t count;
    const struct site *sites = inventory_sites(r->inventory, &count);
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < count; i++) {
        e = add_site(g, &sites[i]);
        tell(r, "availability", (double)(i + 1) / (double)count);
    }
    if (!e)
        e = history_incidents(r->history, &all, add_incident, g);
    if (!e && r->coverage && r->before)
        add_coverage(g->council, r);
    return e;
}

enum err council_new(const struct council_request *request, struct council **out)
{
    struct council *c = calloc(1, sizeof *c);
    struct gathering g = {.request = request, .council = c};
    const struct district *districts;
    enum err e;

    if (!c)
        return ERR_NOMEM;
    districts = inventory_districts(request->inventory, &c->district_count);
    c->city.id = c->city.name = "";
    c->coverage = request->coverage;
    c->city.delivered = c->city.delivered_before = c->city.inhabitants = c->city.reached = NAN;
    find_months(c, request->month, request->now);
    c->districts = calloc(c->district_count + 1, sizeof *c->districts);
    for (size_t i = 0; c->districts && i < c->district_count; i++)
        c->districts[i] = (struct council_place){.id = districts[i].id,
                                                 .name = districts[i].name,
                                                 .delivered = NAN,
                                                 .delivered_before = NAN,
                                                 .inhabitants = NAN,
                                                 .reached = NAN};
    e = c->districts ? gather(&g) : ERR_NOMEM;
    if (e)
        council_free(c);
    else
        *out = c;
    return e;
}

void council_free(struct council *c)
{
    if (!c)
        return;
    free(c->districts);
    free(c);
}
