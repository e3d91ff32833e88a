/* SPDX-License-Identifier: GPL-3.0-or-later */
/* people.c - how many users a hotspot usually has: a slow mean at first, later what is usual at this hour of
 * the week. And what an incident costs them. Pure apart from malloc. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/baseline.h"
#include "alerts/engine_private.h"
#include "lib/base/berlin.h"

enum { USUAL_MIN = 12 };
#define SAVE_EVERY (10 * MINUTES)

/* ---- objects ---- */

const struct site *object_site(const struct engine *e, enum object_kind kind, size_t index)
{
    switch (kind) {
    case OBJECT_HOTSPOT: return inventory_site(e->o.inventory, e->topo->places[index].hotspot->site);
    case OBJECT_DEVICE: return inventory_site(e->o.inventory, e->topo->nodes[index].site);
    case OBJECT_SERVICE: return inventory_site(e->o.inventory, e->services[index].service->site);
    case OBJECT_SITE:
    case OBJECT_MONITOR: break;
    }
    return NULL;
}

enum rhythm object_rhythm(const struct engine *e, enum object_kind kind, size_t index)
{
    const struct site *site = object_site(e, kind, index);

    return site && site->kind == SITE_SCHOOL ? RHYTHM_SCHOOL : RHYTHM_TOWN;
}

bool object_is_calm(const struct engine *e, enum object_kind kind, size_t index)
{
    struct object_state s;

    if (e->is_blind || e->is_suspicious || !engine_object(e, kind, index, &s))
        return false;
    if (kind == OBJECT_HOTSPOT && e->topo->places[index].node >= 0 &&
        e->facts[e->topo->places[index].node].first_miss)
        return false;
    if (kind == OBJECT_DEVICE && e->facts[index].first_miss)
        return false;
    /* Whoever seems to sleep is learned: an empty night is usual, and three weeks of six do not make it so.
     */
    return s.state == STATE_USABLE || (s.state == STATE_DEGRADED && s.reason == REASON_SLEEPING);
}

/* ---- learning ---- */

static int slot_at(const struct engine *e, size_t place, int64_t hour)
{
    return calendar_hour_of_week(&e->o.rules->calendar, object_rhythm(e, OBJECT_HOTSPOT, place), hour);
}

static void save_week(struct engine *e, size_t place)
{
    struct buf b = BUF_INIT;

    baseline_put(e->places[place].week, &b);
    if (!buf_error(&b))
        e->sink.row(e->sink.ctx, "usual", e->topo->places[place].hotspot->id, b.data, b.len);
    buf_fini(&b);
}

/* An hour in which the hotspot, or the way to it, was in trouble is not usual. */
static void learn_week(struct engine *e, size_t place, ns_t at)
{
    struct place_fact *p = &e->places[place];
    int64_t hour = berlin_hour(at);
    int slot = slot_at(e, place, hour);
    bool is_learned;

    if (!p->week)
        p->week = calloc(1, sizeof *p->week);
    if (!p->week)
        return;
    if (object_is_calm(e, OBJECT_HOTSPOT, place))
        is_learned = baseline_add(p->week, hour, slot, p->clients);
    else
        is_learned = baseline_spoil(p->week, hour, slot);
    if (is_learned)
        save_week(e, place);
}

void place_learn(struct engine *e, size_t place, ns_t at, ns_t interval)
{
    struct place_fact *p = &e->places[place];
    double share;

    learn_week(e, place, at);
    if (p->clients == 0 && p->usual_count >= USUAL_MIN && p->usual >= e->o.rules->guards.sleeping_clients)
        return; /* perhaps asleep: does not count as usual */
    p->usual_count += p->usual_count < 1000000;
    share = (double)interval / (double)DAYS;
    if (share < 1.0 / p->usual_count)
        share = 1.0 / p->usual_count;
    p->usual += share * (p->clients - p->usual);
    if (at - p->usual_saved >= SAVE_EVERY && p->usual_count >= USUAL_MIN) {
        p->usual_saved = at;
        row_memory(e, OBJECT_HOTSPOT, place);
    }
}

double place_usual(const struct engine *e, size_t place, ns_t at)
{
    const struct place_fact *p = &e->places[place];
    double median, spread;

    if (p->week && baseline_usual(p->week, slot_at(e, place, berlin_hour(at)), &median, &spread))
        return median;
    return p->usual;
}

/* ---- what an incident costs ---- */

/* From first to last second of the local day in which the class is in use (domain: U2, U4). */
static bool is_in_use(const struct engine *e, const struct site *site, ns_t at)
{
    int64_t hour = berlin_second_of_day(at) / 3600, day = berlin_day(at);

    if (site->kind == SITE_SCHOOL)
        return calendar_is_school_day(&e->o.rules->calendar, day) && hour >= 7 && hour < 16;
    return site->kind == SITE_PUBLIC && !calendar_is_holiday(day) && hour >= 7 && hour < 20;
}

static double weight_of(const struct engine *e, size_t place, ns_t at)
{
    const struct site *site = object_site(e, OBJECT_HOTSPOT, place);

    if (!site || !is_in_use(e, site, at))
        return 1;
    return site->kind == SITE_SCHOOL ? e->o.rules->guards.weight_school : e->o.rules->guards.weight_public;
}

/* One user at least where nothing has been learned yet: a new hotspot is not nobody's. */
static double people_at(const struct engine *e, size_t place)
{
    const struct place_fact *p = &e->places[place];
    double usual = place_usual(e, place, e->now);

    return p->usual_count < USUAL_MIN && usual < 1 ? 1 : usual;
}

void people_count(const struct engine *e, struct incident *i)
{
    double per_hour = 0;

    i->priority = 0;
    for (size_t k = 0; k < i->now.count; k++) {
        const struct member *m = &i->now.items[k];
        double minutes = m->state == STATE_DEGRADED ? 30 : 60;
        if (m->kind != OBJECT_HOTSPOT)
            continue;
        minutes *= people_at(e, m->index);
        per_hour += minutes;
        i->priority += minutes * weight_of(e, m->index, e->now);
    }
    if (i->counted && e->now > i->counted)
        i->user_minutes += per_hour * (double)(e->now - i->counted) / (double)HOURS;
    i->counted = e->now;
}

enum err usual_restore(struct engine *e, const char *key, const void *value, size_t len)
{
    int place = topology_hotspot(e->topo, key);
    struct place_fact *p;
    struct wire in;

    if (place < 0)
        return ERR_NOT_FOUND;
    p = &e->places[place];
    if (!p->week)
        p->week = calloc(1, sizeof *p->week);
    if (!p->week)
        return ERR_NOMEM;
    wire_init(&in, value, len);
    return baseline_get(p->week, &in);
}
