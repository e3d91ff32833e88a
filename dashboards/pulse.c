/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pulse.c - the last hour of the daemons' figures. Pure. */
#include "dashboards/pulse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"

/* One more than shown: the growth of the first step needs the value before. */
enum { SLOTS = PULSE_POINTS + 1, TRACKS_MAX = 4000, ORDERS_MAX = 256, KEY_MAX = 200 };

/* One figure of one daemon; slot n of time stands at n % SLOTS. */
struct track {
    char *name;
    enum figure_kind kind;
    int64_t newest; /* the slot of time of the newest value */
    double values[SLOTS];
};

/* The figures of a daemon come in the same order each second: the track of each place, so that nothing is
 * looked up for them. */
struct order {
    struct track **tracks;
    size_t count;
};

struct pulse {
    struct map *tracks; /* "netzwacht-store\nf\nstore_files" -> struct track */
    struct map *orders; /* "netzwacht-store\nf" -> struct order */
};

enum err pulse_new(struct pulse **out)
{
    struct pulse *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NOMEM;
    p->tracks = map_new((uint64_t)(uintptr_t)p);
    p->orders = map_new((uint64_t)(uintptr_t)p);
    if (!p->tracks || !p->orders) {
        pulse_free(p);
        return ERR_NOMEM;
    }
    *out = p;
    return ERR_OK;
}

static void free_track(void *p)
{
    struct track *t = p;

    free(t->name);
    free(t);
}

static void free_order(void *p)
{
    struct order *o = p;

    free(o->tracks);
    free(o);
}

void pulse_free(struct pulse *p)
{
    if (!p)
        return;
    if (p->tracks)
        map_free(p->tracks, free_track);
    if (p->orders)
        map_free(p->orders, free_order);
    free(p);
}

static void key_of(char out[KEY_MAX], const char *daemon, enum pulse_what what, const char *name)
{
    snprintf(out, KEY_MAX, "%.64s\n%c\n%.100s", daemon, what == PULSE_LAG ? 'l' : 'f', name);
}

static enum err find_track(struct pulse *p, const char *key, const char *name, enum figure_kind kind,
                           struct track **out)
{
    struct track *t = map_get(p->tracks, key);

    if (!t) {
        if (map_count(p->tracks) == TRACKS_MAX)
            return ERR_LIMIT;
        t = malloc(sizeof *t);
        if (!t)
            return ERR_NOMEM;
        t->name = strx_printf("%s", name);
        t->kind = kind;
        t->newest = -1;
        for (size_t i = 0; i < SLOTS; i++)
            t->values[i] = NAN;
        if (!t->name || map_set(p->tracks, key, t, NULL) != ERR_OK) {
            free_track(t);
            return ERR_NOMEM;
        }
    }
    *out = t;
    return ERR_OK;
}

static void track_put(struct track *t, int64_t slot, double value)
{
    double *at = &t->values[slot % SLOTS];

    if (slot < t->newest)
        return;
    for (int64_t s = t->newest + 1; s <= slot && s <= t->newest + SLOTS; s++)
        t->values[s % SLOTS] = NAN; /* nothing was heard in the steps between */
    t->newest = slot;
    if (t->kind == FIGURE_COUNTER || isnan(*at) || value > *at)
        *at = value;
}

static enum err find_order(struct pulse *p, const char *daemon, enum pulse_what what, size_t count,
                           struct order **out)
{
    char key[KEY_MAX];
    struct order *o;

    key_of(key, daemon, what, "");
    o = map_get(p->orders, key);
    if (!o) {
        if (map_count(p->orders) == ORDERS_MAX)
            return ERR_LIMIT;
        o = calloc(1, sizeof *o);
        if (!o || map_set(p->orders, key, o, NULL) != ERR_OK) {
            free(o);
            return ERR_NOMEM;
        }
    }
    if (count > o->count) {
        struct track **grown = realloc(o->tracks, count * sizeof(*grown));
        if (!grown)
            return ERR_NOMEM;
        memset(grown + o->count, 0, (count - o->count) * sizeof(*grown));
        o->tracks = grown;
        o->count = count;
    }
    *out = o;
    return ERR_OK;
}

/* at: its place in the order. */
static enum err take(struct pulse *p, const char *daemon, enum pulse_what what, const char *name, ns_t wall,
                     double value, struct track **at)
{
    enum err e = ERR_OK;

    if (!*at || strcmp((*at)->name, name) != 0) {
        const struct figure *figure = what == PULSE_FIGURE ? figure_by_name(name) : NULL;
        char key[KEY_MAX];

        *at = NULL;
        key_of(key, daemon, what, name);
        e = find_track(p, key, name, figure ? figure->kind : FIGURE_GAUGE, at);
    }
    if (e == ERR_OK)
        track_put(*at, wall / PULSE_STEP, value);
    return e;
}

enum err pulse_take(struct pulse *p, const char *daemon, ns_t wall, const Nw__Heartbeat *beat)
{
    struct order *order = NULL;
    enum err e = ERR_OK;

    if (wall < 0)
        return ERR_OK;
    if (beat->n_counters)
        e = find_order(p, daemon, PULSE_FIGURE, beat->n_counters, &order);
    for (size_t i = 0; i < beat->n_counters && e == ERR_OK; i++)
        e = take(p, daemon, PULSE_FIGURE, beat->counters[i]->name, wall, beat->counters[i]->value,
                 &order->tracks[i]);
    if (e == ERR_OK && beat->n_lag)
        e = find_order(p, daemon, PULSE_LAG, beat->n_lag, &order);
    for (size_t i = 0; i < beat->n_lag && e == ERR_OK; i++)
        e = take(p, daemon, PULSE_LAG, beat->lag[i]->partition, wall, (double)beat->lag[i]->lag_ms / 1000,
                 &order->tracks[i]);
    return e;
}

/* NaN outside of what is kept. */
static double value_at(const struct track *t, int64_t slot)
{
    return slot >= 0 && slot <= t->newest && slot > t->newest - SLOTS ? t->values[slot % SLOTS] : NAN;
}

bool pulse_points(const struct pulse *p, const char *daemon, enum pulse_what what, const char *name, ns_t now,
                  double out[PULSE_POINTS])
{
    char key[KEY_MAX];

    key_of(key, daemon, what, name);
    const struct track *t = map_get(p->tracks, key);
    if (!t)
        return false;
    for (int64_t i = 0; i < PULSE_POINTS; i++) {
        int64_t slot = now / PULSE_STEP - PULSE_POINTS + i;
        double value = value_at(t, slot), before = value_at(t, slot - 1);
        if (t->kind == FIGURE_COUNTER)
            value = value >= before ? (value - before) / ((double)PULSE_STEP / SECONDS) : NAN;
        out[i] = value;
    }
    return true;
}

double pulse_mean(const double points[PULSE_POINTS], size_t last)
{
    double sum = 0;
    size_t known = 0;

    for (size_t i = PULSE_POINTS - last; i < PULSE_POINTS; i++) {
        if (isnan(points[i]))
            continue;
        sum += points[i];
        known++;
    }
    return known ? sum / (double)known : NAN;
}
