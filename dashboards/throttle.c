/* SPDX-License-Identifier: GPL-3.0-or-later */
/* throttle.c - token buckets. A bucket is one time: the moment at which it will be full again. Pure. */
#include "dashboards/throttle.h"

#include <stdlib.h>

#include "lib/base/map.h"

enum { KEYS_MAX = 10000 };

struct throttle {
    struct map *full_at; /* key -> ns_t, malloc'ed; monotonic */
    ns_t span;           /* from empty to full */
    ns_t refill;
};

enum err throttle_new(unsigned burst, ns_t refill, struct throttle **out)
{
    struct throttle *t = calloc(1, sizeof *t);

    if (!t)
        return ERR_NOMEM;
    t->full_at = map_new((uint64_t)(uintptr_t)t);
    if (!t->full_at) {
        free(t);
        return ERR_NOMEM;
    }
    t->refill = refill;
    t->span = (ns_t)burst * refill;
    *out = t;
    return ERR_OK;
}

void throttle_free(struct throttle *t)
{
    if (!t)
        return;
    map_free(t->full_at, free);
    free(t);
}

/* Forgets every bucket that is full by now, or, if none is, the one that will be first. */
static void make_room(struct throttle *t, ns_t mono)
{
    const char *first = NULL, *key;
    ns_t first_at = INT64_MAX;

    for (size_t i = map_count(t->full_at); i-- > 0;) {
        ns_t *at = map_at(t->full_at, i, &key);
        if (*at <= mono) {
            free(map_remove(t->full_at, key));
        } else if (*at < first_at) {
            first_at = *at;
            first = key;
        }
    }
    if (map_count(t->full_at) >= KEYS_MAX && first)
        free(map_remove(t->full_at, first));
}

bool throttle_take(struct throttle *t, const char *key, ns_t mono, ns_t *wait)
{
    ns_t *at = map_get(t->full_at, key);

    if (!at) {
        if (map_count(t->full_at) >= KEYS_MAX)
            make_room(t, mono);
        at = malloc(sizeof *at);
        if (!at || map_set(t->full_at, key, at, NULL) != ERR_OK) {
            free(at);
            *wait = t->refill;
            return false; /* out of memory: refuse rather than let everybody try */
        }
        *at = mono;
    }
    if (*at < mono)
        *at = mono;
    if (*at + t->refill - mono > t->span) {
        *wait = *at + t->refill - mono - t->span;
        return false;
    }
    *at += t->refill;
    return true;
}

void throttle_give_back(struct throttle *t, const char *key, ns_t mono)
{
    ns_t *at = map_get(t->full_at, key);

    if (at && *at - t->refill >= mono)
        *at -= t->refill;
    else if (at)
        *at = mono;
}
