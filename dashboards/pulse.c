/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pulse.c - the last hour of the daemons' figures. Pure. */
#include "dashboards/pulse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"

/* One more than shown: the growth of the first step needs the value before. */
enum { SLOTS = PULSE_POINTS + 1, TRACKS_MAX = 4000, KEY_MAX = 200 };

/* One figure of one daemon; slot n of time stands at n % SLOTS. */
struct track {
    enum figure_kind kind;
    int64_t newest; /* the slot of time of the newest value */
    double values[SLOTS];
};

struct pulse {
    struct map *tracks; /* "netzwacht-store\nf\nstore_files" -> struct track */
};

enum err pulse_new(struct pulse **out)
{
    struct pulse *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NOMEM;
    p->tracks = map_new((uint64_t)(uintptr_t)p);
    if (!p->tracks) {
        free(p);
        return ERR_NOMEM;
    }
    *out = p;
    return ERR_OK;
}

void pulse_free(struct pulse *p)
{
    if (!p)
        return;
    map_free(p->tracks, free);
    free(p);
}

static void key_of(char out[KEY_MAX], const char *daemon, enum pulse_what what, const char *name)
{
    snprintf(out, KEY_MAX, "%.64s\n%c\n%.100s", daemon, what == PULSE_LAG ? 'l' : 'f', name);
}

static enum err find_track(struct pulse *p, const char *key, enum figure_kind kind, struct track **out)
{
    struct track *t = map_get(p->tracks, key);

    if (!t) {
        if (map_count(p->tracks) == TRACKS_MAX)
            return ERR_LIMIT;
        t = malloc(sizeof *t);
        if (!t)
            return ERR_NOMEM;
        t->kind = kind;
        t->newest = -1;
        for (size_t i = 0; i < SLOTS; i++)
            t->values[i] = NAN;
        if (map_set(p->tracks, key, t, NULL) != ERR_OK) {
            free(t);
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

static enum err take(struct pulse *p, const char *daemon, enum pulse_what what, const char *name, ns_t wall,
                     double value)
{
    const struct figure *figure = what == PULSE_FIGURE ? figure_by_name(name) : NULL;
    struct track *t;
    char key[KEY_MAX];

    key_of(key, daemon, what, name);
    enum err e = find_track(p, key, figure ? figure->kind : FIGURE_GAUGE, &t);
    if (e == ERR_OK)
        track_put(t, wall / PULSE_STEP, value);
    return e;
}

enum err pulse_take(struct pulse *p, const char *daemon, ns_t wall, const Nw__Heartbeat *beat)
{
    enum err e = ERR_OK;

    if (wall < 0)
        return ERR_OK;
    for (size_t i = 0; i < beat->n_counters && e == ERR_OK; i++)
        e = take(p, daemon, PULSE_FIGURE, beat->counters[i]->name, wall, beat->counters[i]->value);
    for (size_t i = 0; i < beat->n_lag && e == ERR_OK; i++)
        e = take(p, daemon, PULSE_LAG, beat->lag[i]->partition, wall, (double)beat->lag[i]->lag_ms / 1000);
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
