/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.c - who is connected and what the figures are. Pure. */
#include "city/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double recharge_s = 240; /* from empty to full */
static const double drift_max_db = 16;
enum { COUNTING_DAYS = 20 /* counters started this long before the city's epoch */ };

static double seconds(ns_t t)
{
    return (double)t / 1e9;
}

static const struct {
    double clients, bytes_per_client; /* in the mean over a day */
} habits[PLACE_COUNT] = {
    [PLACE_STREET] = {6, 20e3},   [PLACE_STOP] = {6, 22e3},  [PLACE_SCHOOL] = {13, 30e3},
    [PLACE_SHOP] = {8, 24e3},     [PLACE_LIDO] = {14, 28e3}, [PLACE_TOWN_HALL] = {9, 25e3},
    [PLACE_LIBRARY] = {11, 40e3}, [PLACE_HALL] = {7, 30e3},  [PLACE_CABINET] = {1, 1e3},
};

/* What a hotspot carries in the state it is in. */
static struct flow hotspot_flow(const struct sim_hotspot *h)
{
    if (!h->is_serving)
        return flow_constant(0);
    if (h->is_asleep)
        return flow_constant(350); /* beacons of its management, nobody's data */
    return flow_scaled(&h->base, h->is_congested ? 3.0 : h->is_busy ? 1.8 : 1.0);
}

/* The hotspot's flow changed: its own meter and those of all switches above. */
static void change_flow(struct sim *s, int hotspot, ns_t now)
{
    struct sim_hotspot *h = &s->hotspots[hotspot];
    struct flow delta = hotspot_flow(h);

    flow_add(&delta, &h->meter.flow, -1);
    meter_change(&h->meter, seconds(now), &delta, 1);
    for (int d = s->city->hotspots[hotspot].access; d >= 0; d = s->city->devices[d].parent)
        meter_change(&s->devices[d].meter, seconds(now), &delta, 1);
}

bool sim_is_depleted(const struct sim *s, int ups, ns_t now)
{
    return ups >= 0 && s->devices[ups].dark_since && sim_ups_charge(s, ups, now) <= 0;
}

bool sim_answers(const struct sim *s, int device)
{
    return s->devices[device].is_connected && !s->devices[device].is_killed;
}

static void settle_device(struct sim *s, int i, ns_t now)
{
    const struct city_device *d = &s->city->devices[i];
    struct sim_device *state = &s->devices[i];
    bool has_power = !sim_is_depleted(s, d->power, now);

    state->is_connected =
        has_power && !state->is_cut && (d->parent < 0 || s->devices[d->parent].is_connected);
    /* What was without power starts anew; after a fibre cut the agent goes on counting. A device that is both
     * cut and unpowered counts as started when it is seen again. */
    if (state->is_connected && state->boot == 0)
        sim_restart_agent(s, i, now);
    if (!has_power)
        state->boot = 0;
}

void sim_restart_agent(struct sim *s, int device, ns_t now)
{
    const struct city_device *d = &s->city->devices[device];

    s->devices[device].boot = now;
    if (d->role == ROLE_AP)
        s->hotspots[d->hotspot].at_boot = meter_read(&s->hotspots[d->hotspot].meter, seconds(now));
}

void sim_settle(struct sim *s, ns_t now)
{
    const struct city *c = s->city;

    for (size_t i = 0; i < c->device_count; i++) /* parents stand before their children */
        settle_device(s, (int)i, now);
    for (size_t i = 0; i < c->hotspot_count; i++) {
        struct sim_hotspot *h = &s->hotspots[i];
        struct flow wanted;
        h->is_serving = s->devices[c->hotspots[i].access].is_connected &&
                        !sim_is_depleted(s, c->devices[c->hotspots[i].access].power, now) &&
                        (c->hotspots[i].is_row || !s->devices[c->hotspots[i].device].is_killed);
        wanted = hotspot_flow(h);
        if (wanted.mean != h->meter.flow.mean)
            change_flow(s, (int)i, now);
    }
}

static void start_meters(struct sim *s)
{
    const struct city *c = s->city;
    double start = seconds(c->params.epoch - COUNTING_DAYS * DAYS);

    for (size_t i = 0; i < c->device_count; i++) {
        struct sim_device *d = &s->devices[i];
        double days = 1 + 18 * city_hash_unit(c->params.seed, 31, (uint32_t)i, 0);
        d->boot = c->params.epoch - (ns_t)(days * 86400e9);
        d->is_connected = true;
        d->charge = 100;
        d->meter.since = start;
        if (c->devices[i].role == ROLE_CONTROLLER || c->devices[i].role == ROLE_UPS ||
            c->devices[i].role == ROLE_DHCP)
            d->meter.flow = flow_of_place(PLACE_CABINET, c->devices[i].role == ROLE_UPS ? 180 : 9000,
                                          c->params.seed, (uint32_t)i + 0x100000);
    }
    for (size_t i = 0; i < c->hotspot_count; i++) {
        struct sim_hotspot *h = &s->hotspots[i];
        enum place place = c->sites[c->hotspots[i].site].place;
        double popularity = 0.5 + city_hash_unit(c->params.seed, 32, (uint32_t)i, 0);
        h->clients_mean = habits[place].clients * popularity;
        h->base = flow_of_place(place, h->clients_mean * habits[place].bytes_per_client, c->params.seed,
                                (uint32_t)i);
        h->is_serving = true;
        h->meter.since = start;
        change_flow(s, (int)i, (ns_t)(start * 1e9));
        if (!c->hotspots[i].is_row)
            h->at_boot = meter_read(&h->meter, seconds(s->devices[c->hotspots[i].device].boot));
    }
}

/* ---- what controllers list ---- */

/* Each has room for all of them. */
static bool copy_rows(struct sim *s)
{
    size_t total = 0;

    for (size_t i = 0; i < s->city->device_count; i++)
        total += s->city->devices[i].row_count;
    for (size_t i = 0; i < s->city->device_count; i++) {
        const struct city_device *d = &s->city->devices[i];
        if (d->role != ROLE_CONTROLLER)
            continue;
        s->devices[i].rows = calloc(total + 1, sizeof *s->devices[i].rows);
        if (!s->devices[i].rows)
            return false;
        memcpy(s->devices[i].rows, d->rows, d->row_count * sizeof *d->rows);
        s->devices[i].row_count = d->row_count;
    }
    return true;
}

static void remove_row(struct sim_device *d, int hotspot)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->row_count; i++)
        if (d->rows[i] != hotspot)
            d->rows[kept++] = d->rows[i];
    d->row_count = kept;
}

bool sim_list_row(struct sim *s, int hotspot, int controller)
{
    struct sim_device *to = controller < 0 ? NULL : &s->devices[controller];
    size_t at;

    if (!s->city->hotspots[hotspot].is_row || (to && !to->rows))
        return false;
    for (size_t i = 0; i < s->city->device_count; i++)
        remove_row(&s->devices[i], hotspot);
    if (!to)
        return true;
    for (at = to->row_count++; at > 0 && to->rows[at - 1] > hotspot; at--)
        to->rows[at] = to->rows[at - 1]; /* MACs grow with the number */
    to->rows[at] = hotspot;
    return true;
}

enum err sim_new(const struct city *c, ns_t now, struct sim **out)
{
    struct sim *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NOMEM;
    s->city = c;
    s->hotspots = calloc(c->hotspot_count, sizeof *s->hotspots);
    s->devices = calloc(c->device_count, sizeof *s->devices);
    if (!s->hotspots || !s->devices) {
        sim_free(s);
        return ERR_NOMEM;
    }
    if (!copy_rows(s)) {
        sim_free(s);
        return ERR_NOMEM;
    }
    start_meters(s);
    sim_settle(s, now);
    *out = s;
    return ERR_OK;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    for (size_t i = 0; s->devices && i < s->city->device_count; i++)
        free(s->devices[i].rows);
    free(s->hotspots);
    free(s->devices);
    free(s);
}

/* ---- figures ---- */

double sim_ups_charge(const struct sim *s, int ups, ns_t now)
{
    const struct sim_device *d = &s->devices[ups];
    double passed = seconds(now - d->charge_at);
    double charge =
        d->charge + (d->dark_since ? -passed / s->city->params.battery_s : passed / recharge_s) * 100;

    return charge < 0 ? 0 : charge > 100 ? 100 : charge;
}

int sim_clients(const struct sim *s, int hotspot, ns_t now)
{
    const struct sim_hotspot *h = &s->hotspots[hotspot];
    double shape;

    if (!h->is_serving || h->is_asleep)
        return 0;
    shape = flow_rate(&h->base, seconds(now)) / h->base.mean;
    if (h->is_congested)
        return (int)(64 + 14 * shape + 12 * city_hash_unit(s->city->params.seed, 33, (uint32_t)hotspot, 0));
    if (h->is_busy)
        return (int)(11 + h->clients_mean * shape);
    return (int)(h->clients_mean * shape + 0.5);
}

int sim_radio_clients(const struct sim *s, int hotspot, int radio, ns_t now)
{
    int all = sim_clients(s, hotspot, now), slow = all * 3 / 10;

    return radio == 0 ? slow : all - slow;
}

int sim_radio_utilisation(const struct sim *s, int hotspot, int radio, ns_t now)
{
    const struct sim_hotspot *h = &s->hotspots[hotspot];
    uint32_t owner = (uint32_t)(hotspot * 2 + radio);
    double own = sim_radio_clients(s, hotspot, radio, now) * (radio == 0 ? 2.6 : 1.7);
    double neighbours = sim_wander(s, owner, 40, radio == 0 ? 24 : 7, radio == 0 ? 8 : 3, now);

    if (!h->is_serving)
        return 0;
    if (h->is_congested)
        return (int)(94.5 + sim_wander(s, owner, 41, 0, 2.4, now));
    return own + neighbours > 86 ? 86 : (int)(own + neighbours);
}

int sim_radio_channel(const struct sim *s, int hotspot, int radio)
{
    static const int slow[] = {1, 6, 11}, fast[] = {100, 104, 108, 112, 116, 132, 136, 140};
    uint64_t draw = city_hash(s->city->params.seed, 42, (uint32_t)hotspot, (uint32_t)radio);

    return radio == 0 ? slow[draw % ARRAY_LEN(slow)] : fast[draw % ARRAY_LEN(fast)];
}

double sim_hotspot_bytes(const struct sim *s, int hotspot, ns_t now)
{
    double sum = meter_read(&s->hotspots[hotspot].meter, seconds(now)) - s->hotspots[hotspot].at_boot;

    return sum > 0 ? sum : 0;
}

double sim_wander(const struct sim *s, uint32_t owner, uint32_t what, double mean, double swing, ns_t now)
{
    double phase = 2 * M_PI * city_hash_unit(s->city->params.seed, what, owner, 1);
    double t = seconds(now);

    return mean +
           swing * (0.6 * sin(2 * M_PI * t / 86400 + phase) + 0.3 * sin(2 * M_PI * t / 2700 + 2 * phase) +
                    0.1 * sin(2 * M_PI * t / 240 + 3 * phase));
}

int sim_pool_used(const struct sim *s, int pool, ns_t now)
{
    double share = sim_wander(s, (uint32_t)pool, 46, 0.45, 0.08, now);
    double filled = s->pool_fills_since ? seconds(now - s->pool_fills_since) / s->city->params.battery_s : 0;

    if (pool == 0 && filled > 0)
        share += (0.99 - share) * (filled > 1 ? 1 : filled);
    return (int)(share * SIM_POOL_SIZE);
}

double sim_optic_rx(const struct sim *s, int device, bool is_parent_end, ns_t now)
{
    const struct sim_device *d = &s->devices[device];
    uint32_t owner = (uint32_t)device * 2 + is_parent_end;
    double level = -7.5 - 6 * city_hash_unit(s->city->params.seed, 43, owner, 0), fall = 0;

    if (d->is_cut || (is_parent_end && !d->is_connected))
        return -40;
    if (d->drift_since)
        fall = s->city->params.drift_db_minute * seconds(now - d->drift_since) / 60;
    return sim_wander(s, owner, 44, level, 0.22, now) - (fall > drift_max_db ? drift_max_db
                                                         : fall < 0          ? 0
                                                                             : fall);
}
