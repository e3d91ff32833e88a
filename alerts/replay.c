/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - the engine with a notebook in place of database and broker. Pure apart from malloc. */
#include "alerts/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICK_EVERY (1 * SECONDS) /* of record time, as alerts.c does while it catches up */

struct replay {
    struct replay_options o;
    struct engine *engine;
    struct replay_incident *items;
    size_t count, cap;
    ns_t last_tick;
    enum err failure; /* of a callback */
};

/* ---- what the engine says ---- */

static void on_state(void *ctx, const struct object_state *s)
{
    (void)ctx;
    (void)s;
}

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    (void)ctx;
    (void)kind;
    (void)key;
    (void)value;
    (void)len;
}

static void on_reprobe(void *ctx, const char *device_id)
{
    struct replay *r = ctx;

    if (r->o.reprobe)
        r->o.reprobe(r->o.ctx, device_id);
}

static bool keep_text(char **slot, const char *text)
{
    char *copy = strdup(text ? text : "");

    if (!copy)
        return false;
    free(*slot);
    *slot = copy;
    return true;
}

/* The newest of that id; NULL: out of memory, or one too many. */
static struct replay_incident *item_of(struct replay *r, const char *id)
{
    for (size_t i = r->count; i-- > 0;)
        if (strcmp(r->items[i].id, id) == 0)
            return &r->items[i];
    if (r->count == REPLAY_INCIDENTS_MAX) {
        r->failure = ERR_LIMIT;
        return NULL;
    }
    if (r->count == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct replay_incident *grown = realloc(r->items, cap * sizeof *grown);
        if (!grown)
            goto failed;
        r->items = grown;
        r->cap = cap;
    }
    r->items[r->count] = (struct replay_incident){.value = NAN, .limit = NAN};
    if (keep_text(&r->items[r->count].id, id))
        return &r->items[r->count++];
failed:
    r->failure = ERR_NOMEM;
    return NULL;
}

static void on_incident(void *ctx, const Nw__Incident *i, const char *key)
{
    struct replay *r = ctx;
    struct replay_incident *item = item_of(r, i->id);
    const Nw__Evidence *why = i->n_evidence ? i->evidence[0] : NULL;
    size_t hotspots = 0;

    if (!item)
        return;
    for (size_t k = 0; k < i->n_members; k++)
        hotspots += strcmp(i->members[k]->kind, object_kind_words[OBJECT_HOTSPOT]) == 0;
    item->hotspots = hotspots > item->hotspots ? hotspots : item->hotspots;
    item->opened = (ns_t)i->opened;
    item->closed = (ns_t)i->closed;
    item->messages++;
    item->is_flapping |= i->is_flapping;
    if (!keep_text(&item->key, key) || !keep_text(&item->type, i->type) ||
        !keep_text(&item->cause_kind, i->cause->kind) || !keep_text(&item->cause_id, i->cause->id) ||
        (!i->closed && !keep_text(&item->severity, i->severity)) ||
        ((!i->closed || !item->text) && !keep_text(&item->text, i->text_en)) ||
        (why && (!keep_text(&item->metric, why->metric) || !keep_text(&item->entity, why->entity))) ||
        (!item->metric && (!keep_text(&item->metric, "") || !keep_text(&item->entity, ""))))
        r->failure = ERR_NOMEM;
    if (why && !i->closed) {
        item->value = why->value;
        item->limit = why->limit;
    }
}

/* ---- running ---- */

enum err replay_new(const struct replay_options *o, struct replay **out)
{
    struct replay *r = calloc(1, sizeof *r);
    enum err e;

    if (!r)
        return ERR_NOMEM;
    r->o = *o;
    e = engine_new(
        &(struct engine_options){
            .inventory = o->inventory,
            .rules = o->rules,
            .interval = o->interval,
            .probe_interval = o->interval,
            .sink = &(struct engine_sink){r, on_state, on_incident, on_reprobe, on_row, NULL, NULL, NULL}},
        &r->engine);
    if (e) {
        replay_free(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

void replay_free(struct replay *r)
{
    if (!r)
        return;
    engine_free(r->engine);
    for (size_t i = 0; i < r->count; i++) {
        char *const texts[] = {r->items[i].id,         r->items[i].key,      r->items[i].type,
                               r->items[i].severity,   r->items[i].cause_id, r->items[i].text,
                               r->items[i].cause_kind, r->items[i].metric,   r->items[i].entity};
        for (size_t k = 0; k < ARRAY_LEN(texts); k++)
            free(texts[k]);
    }
    free(r->items);
    free(r);
}

enum err replay_until(struct replay *r, ns_t wall)
{
    enum err e;

    if (!r->last_tick)
        engine_begin(r->engine, wall);
    r->last_tick = wall;
    e = engine_tick(r->engine, wall);
    return e ? e : r->failure;
}

enum err replay_record(struct replay *r, const char *partition, const Nw__Record *record)
{
    ns_t wall = (ns_t)record->wall;
    enum err e = ERR_OK;

    if (!r->last_tick || wall > r->last_tick + TICK_EVERY)
        e = replay_until(r, wall);
    engine_record(r->engine, partition, record);
    if (!e && engine_is_dirty(r->engine) && wall >= r->last_tick)
        e = replay_until(r, wall);
    return e;
}

size_t replay_count(const struct replay *r)
{
    return r->count;
}

const struct replay_incident *replay_at(const struct replay *r, size_t i)
{
    return &r->items[i];
}

/* ---- comparing ---- */

static bool overlap(const struct replay_incident *a, const struct replay_incident *b)
{
    return (!a->closed || a->closed >= b->opened) && (!b->closed || b->closed >= a->opened);
}

static int by_opening(const void *a, const void *b)
{
    const struct replay_pair *x = a, *y = b;
    ns_t s = x->before ? x->before->opened : x->after->opened;
    ns_t t = y->before ? y->before->opened : y->after->opened;

    return s < t ? -1 : s > t;
}

enum err replay_compare(const struct replay *before, const struct replay *after, struct replay_pair **pairs,
                        size_t *count)
{
    struct replay_pair *p = calloc(before->count + after->count + 1, sizeof *p);
    bool *is_taken = calloc(after->count + 1, sizeof *is_taken);
    size_t n = 0;

    if (!p || !is_taken) {
        free(p);
        free(is_taken);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < before->count; i++) {
        p[n].before = &before->items[i];
        for (size_t k = 0; k < after->count && !p[n].after; k++) {
            if (is_taken[k] || strcmp(before->items[i].key, after->items[k].key) != 0 ||
                !overlap(&before->items[i], &after->items[k]))
                continue;
            is_taken[k] = true;
            p[n].after = &after->items[k];
        }
        n++;
    }
    for (size_t k = 0; k < after->count; k++)
        if (!is_taken[k])
            p[n++].after = &after->items[k];
    qsort(p, n, sizeof *p, by_opening);
    free(is_taken);
    *pairs = p;
    *count = n;
    return ERR_OK;
}

bool replay_pair_differs(const struct replay_pair *p)
{
    return !p->before || !p->after || p->before->opened != p->after->opened ||
           p->before->closed != p->after->closed || strcmp(p->before->severity, p->after->severity) != 0;
}
