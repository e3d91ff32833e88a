/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backfill_outages.c - a believable past: a few causes a day, most of them small. Pure. */
#include "city/backfill_outages.h"

#include <math.h>
#include <stdlib.h>

#include "lib/base/rng.h"

enum { SINGLES_A_DAY = 9, SLEEPERS_A_DAY = 2, PER_DAY = SINGLES_A_DAY + SLEEPERS_A_DAY + 2 };
static const ns_t quiet_end = 1 * HOURS; /* nothing is broken when the demo begins */

bool outage_hits_hotspot(const struct city *c, const struct outage *o, int hotspot)
{
    if (o->hotspot >= 0)
        return o->hotspot == hotspot;
    if (o->site >= 0)
        return c->hotspots[hotspot].site == o->site;
    return o->reason == REASON_POWER ? city_is_fed_by(c, c->hotspots[hotspot].access, o->device)
                                     : city_is_below(c, c->hotspots[hotspot].access, o->device);
}

bool outage_hits_device(const struct city *c, const struct outage *o, int device)
{
    if (o->hotspot >= 0)
        return o->reason == REASON_AP && c->devices[device].hotspot == o->hotspot;
    if (o->site >= 0)
        return false;
    return o->reason == REASON_POWER ? city_is_fed_by(c, device, o->device)
                                     : city_is_below(c, device, o->device);
}

/* A device of the role, drawn; -1 if there is none. */
static int draw_device(const struct city *c, enum role role, struct rng *rng)
{
    size_t fitting = 0, pick;

    for (size_t i = 0; i < c->device_count; i++)
        fitting += c->devices[i].role == role;
    if (fitting == 0)
        return -1;
    pick = rng_below(rng, (uint32_t)fitting);
    for (size_t i = 0; i < c->device_count; i++)
        if (c->devices[i].role == role && pick-- == 0)
            return (int)i;
    return -1;
}

/* Most faults are short, some are long. */
static ns_t draw_length(struct rng *rng, double typical_minutes)
{
    double factor = exp(1.6 * (rng_unit(rng) - 0.4));

    return (ns_t)(typical_minutes * factor * 60e9);
}

static void draw_place(const struct city *c, int n, struct rng *rng, struct outage *o)
{
    if (n < SINGLES_A_DAY + SLEEPERS_A_DAY) {
        bool is_sleeper = n >= SINGLES_A_DAY;
        o->hotspot = (int)rng_below(rng, (uint32_t)c->hotspot_count);
        o->reason = is_sleeper ? REASON_SLEEPING : REASON_AP;
        o->state = is_sleeper ? STATE_DEGRADED : STATE_UNUSABLE;
        o->to = o->from + draw_length(rng, is_sleeper ? 140 : 25);
    } else if (n == SINGLES_A_DAY + SLEEPERS_A_DAY) {
        bool is_power = rng_below(rng, 2);
        o->device = draw_device(c, is_power ? ROLE_UPS : ROLE_ACCESS, rng);
        o->reason = is_power ? REASON_POWER : REASON_FIBRE;
        o->state = STATE_UNUSABLE;
        o->to = o->from + draw_length(rng, 32);
    } else {
        for (size_t s = 0; s < c->site_count; s++)
            if (c->sites[s].place == PLACE_LIDO)
                o->site = (int)s;
        o->reason = REASON_CONGESTION;
        o->state = STATE_DEGRADED;
        o->from -= o->from % DAYS - 13 * HOURS; /* early afternoon */
        o->to = o->from + 2 * HOURS + draw_length(rng, 40);
    }
}

static int compare_outages(const void *a, const void *b)
{
    const struct outage *x = a, *y = b;

    return x->from < y->from ? -1 : x->from > y->from;
}

enum err outages_draw(const struct city *c, ns_t from, ns_t to, struct outage **out, size_t *count)
{
    struct rng rng = {c->params.seed ^ 0x6f7574616765};
    size_t days = (size_t)((to - from) / DAYS) + 1, n = 0;
    struct outage *list = calloc(days * PER_DAY, sizeof *list);

    if (!list)
        return ERR_NOMEM;
    for (size_t day = 0; day < days; day++)
        for (int i = 0; i < PER_DAY; i++) {
            struct outage o = {.device = -1, .hotspot = -1, .site = -1};
            o.from =
                from + (ns_t)day * DAYS + (ns_t)(rng_unit(&rng) * 24) * HOURS + rng_below(&rng, 60) * MINUTES;
            draw_place(c, i, &rng, &o);
            if ((o.device >= 0 || o.hotspot >= 0 || o.site >= 0) && o.from > from && o.to < to - quiet_end)
                list[n++] = o;
        }
    qsort(list, n, sizeof *list, compare_outages);
    *out = list;
    *count = n;
    return ERR_OK;
}

void outages_apply(const struct outage *outages, size_t count, ns_t t, struct sim *s)
{
    const struct city *c = s->city;

    for (size_t i = 0; i < c->hotspot_count; i++) {
        s->hotspots[i].is_serving = true;
        s->hotspots[i].is_asleep = s->hotspots[i].is_congested = false;
    }
    for (size_t i = 0; i < c->device_count; i++)
        s->devices[i].is_connected = true;
    for (size_t n = 0; n < count; n++) {
        const struct outage *o = &outages[n];
        if (t < o->from || t >= o->to)
            continue;
        for (size_t i = 0; i < c->device_count; i++)
            if (outage_hits_device(c, o, (int)i))
                s->devices[i].is_connected = false;
        for (size_t i = 0; i < c->hotspot_count; i++)
            if (outage_hits_hotspot(c, o, (int)i)) {
                s->hotspots[i].is_serving &= o->state != STATE_UNUSABLE;
                s->hotspots[i].is_asleep |= o->reason == REASON_SLEEPING;
                s->hotspots[i].is_congested |= o->reason == REASON_CONGESTION;
            }
    }
}
