/* SPDX-License-Identifier: GPL-3.0-or-later */
/* funnel.c - open transactions in a fixed table of buckets, durations in sketches. Pure. */
#include "probes/funnel.h"

#include <stdlib.h>
#include <string.h>

#include "probes/sketch.h"

enum { BUCKETS = 8192, WAYS = 8, KEY_LEN = 44 };
#define ANSWER_WITHIN (10 * SECONDS)

struct transaction {
    ns_t started;
    uint8_t phase; /* enum funnel_phase + 1; 0 = free */
    uint8_t key[KEY_LEN];
};

struct funnel {
    uint64_t seed, evicted;
    uint64_t transactions[FUNNEL_PHASES];
    struct sketch durations[FUNNEL_PHASES];
    struct transaction table[BUCKETS][WAYS];
};

enum err funnel_new(uint64_t seed, struct funnel **out)
{
    struct funnel *fn = calloc(1, sizeof *fn);

    if (!fn)
        return ERR_NOMEM;
    fn->seed = seed;
    *out = fn;
    return ERR_OK;
}

void funnel_free(struct funnel *fn)
{
    free(fn);
}

/* Multiply and mix, word by word, over a seeded state. */
static struct transaction *bucket_of(struct funnel *fn, const struct funnel_event *e)
{
    uint64_t h = fn->seed ^ (uint64_t)e->phase << 56;

    for (size_t i = 0; i < KEY_LEN; i += 4) {
        uint32_t word;
        memcpy(&word, e->key + i, sizeof word);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return fn->table[(h ^ h >> 32) % BUCKETS];
}

static struct transaction *find(struct transaction *bucket, const struct funnel_event *e)
{
    for (size_t i = 0; i < WAYS; i++)
        if (bucket[i].phase == e->phase + 1 && memcmp(bucket[i].key, e->key, KEY_LEN) == 0)
            return &bucket[i];
    return NULL;
}

/* A free place, else one whose transaction is over, else the oldest. */
static struct transaction *make_room(struct funnel *fn, struct transaction *bucket, ns_t at)
{
    struct transaction *oldest = &bucket[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (!bucket[i].phase)
            return &bucket[i];
        if (bucket[i].started < oldest->started)
            oldest = &bucket[i];
    }
    if (at - oldest->started <= ANSWER_WITHIN)
        fn->evicted++;
    return oldest;
}

static void open_transaction(struct funnel *fn, const struct funnel_event *e, ns_t at)
{
    struct transaction *bucket = bucket_of(fn, e), *t = find(bucket, e);

    if (t && at - t->started <= ANSWER_WITHIN)
        return;
    fn->transactions[e->phase]++;
    if (!t)
        t = make_room(fn, bucket, at);
    t->phase = (uint8_t)(e->phase + 1);
    t->started = at;
    memcpy(t->key, e->key, KEY_LEN);
}

static void close_transaction(struct funnel *fn, const struct funnel_event *e, ns_t at)
{
    struct transaction *t = find(bucket_of(fn, e), e);

    if (!t || at - t->started > ANSWER_WITHIN)
        return;
    if (e->verb == FUNNEL_CLOSES_WELL)
        sketch_add(&fn->durations[e->phase], at - t->started);
    t->phase = 0;
}

void funnel_feed(struct funnel *fn, const struct funnel_event *event, ns_t at)
{
    switch (event->verb) {
    case FUNNEL_NOTHING: break;
    case FUNNEL_OPENS: open_transaction(fn, event, at); break;
    case FUNNEL_CLOSES_WELL:
    case FUNNEL_CLOSES_BADLY: close_transaction(fn, event, at); break;
    }
}

struct funnel_summary funnel_summary(const struct funnel *fn, enum funnel_phase phase)
{
    const struct sketch *s = &fn->durations[phase];

    return (struct funnel_summary){fn->transactions[phase], s->count, sketch_percentile(s, 50),
                                   sketch_percentile(s, 95)};
}

uint64_t funnel_evicted(const struct funnel *fn)
{
    return fn->evicted;
}

const char *funnel_phase_name(enum funnel_phase phase)
{
    static const char *const names[FUNNEL_PHASES] = {"radius", "eap", "key", "dhcp4", "dns", "tcp"};

    return names[phase];
}
