/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_rates.c - a device's counters from record to record: found again where they are now, turned into
 * rates. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/source_internal.h"

#define GAP_LEAST (15 * MINUTES)

#define KEY_MASK ((UINT64_C(1) << 48) - 1)

enum { MOMENTS_TIDY = 8 };

static const uint32_t OID_DISCONTINUITY[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19};
static const uint32_t OID_IF_X[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1};
static const uint32_t OID_IF[] = {1, 3, 6, 1, 2, 1, 2, 2, 1};

/* ---- moments ---- */

static void moments_free(struct source *s)
{
    pool_give(s->moment_pool, s->moments, s->moment_cap * sizeof *s->moments);
}

static bool moments_grow(struct source *s, struct shared_book *book)
{
    size_t cap = s->moment_cap ? 2 * s->moment_cap : MOMENTS_TIDY;
    struct moment *more = pool_take(shared_pool(book), cap * sizeof *more);

    if (!more)
        return false;
    if (s->moment_count)
        memcpy(more, s->moments, s->moment_count * sizeof *more);
    moments_free(s);
    s->moments = more;
    s->moment_cap = cap;
    s->moment_pool = shared_pool(book);
    return true;
}

/* Drops those that no counter of the last record refers to. Without memory they stay. */
static void drop_moments(struct source *s)
{
    uint16_t *places = calloc(s->moment_count + 1, sizeof *places);
    size_t kept = 1;

    if (!places)
        return;
    for (size_t i = 0; i < s->now.count; i++)
        places[s->now.items[i].moment] = 1;
    for (size_t i = 0; s->frame && i < s->raw_count; i++)
        places[s->raw_moments[i]] = 1;
    places[0] = 0;
    for (size_t i = 1; i < s->moment_count; i++) {
        if (!places[i])
            continue;
        s->moments[kept] = s->moments[i];
        places[i] = (uint16_t)kept++;
    }
    for (size_t i = 0; i < s->now.count; i++) {
        size_t old = s->now.items[i].moment;

        s->now.items[i].moment = old ? places[old] : 0;
    }
    for (size_t i = 0; s->frame && i < s->raw_count; i++)
        s->raw_moments[i] = places[s->raw_moments[i]];
    s->moment_count = kept;
    free(places);
}

void moments_tidy(struct source *s)
{
    if (s->moment_count >= MOMENTS_TIDY && s->moment_count > s->moment_cap / 2)
        drop_moments(s);
}

/* Its place; 0 = never: out of memory. */
static uint16_t find_moment(struct source *s, ns_t t_ns, const struct meter *m)
{
    size_t last = s->moment_count ? s->moment_count - 1 : 0;

    if (last && s->moments[last].t_ns == t_ns && s->moments[last].uptime_ms == m->uptime_ms)
        return (uint16_t)last;
    for (size_t i = s->moment_count; i-- > 1 && s->moment_count - i <= MOMENTS_TIDY;)
        if (s->moments[i].t_ns == t_ns && s->moments[i].uptime_ms == m->uptime_ms)
            return (uint16_t)i;
    if (s->moment_count + 2 > s->moment_cap) {
        if (s->moment_count >= MOMENTS_MAX || !moments_grow(s, poll_shared(m->in->poll)))
            return 0;
    }
    if (!s->moment_count)
        s->moments[s->moment_count++] = (struct moment){0};
    s->moments[s->moment_count] = (struct moment){t_ns, m->uptime_ms, m->engine};
    return (uint16_t)s->moment_count++;
}

/* ---- finding them again ---- */

void counters_free(struct source *s)
{
    free(s->now.items);
    free(s->before.items);
    free(s->before.index);
    free(s->now.index);
    moments_free(s);
}

void counters_end(struct source *s)
{
    struct counter *fit = realloc(s->now.items, (s->now.count + 1) * sizeof *fit);

    free(s->before.items);
    free(s->before.index);
    s->before = (struct counters){0};
    if (fit) {
        s->now.items = fit;
        s->now.cap = s->now.count + 1;
    }
}

void counters_begin(struct source *s)
{
    struct counters old = s->before;

    lean_end(s);
    moments_tidy(s);
    s->before = s->now;
    s->before.next = s->before.index_size = 0;
    s->now = old;
    s->now.count = 0;
}

static uint32_t *slot_of(const struct counters *c, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (c->index_size - 1);

    while (c->index[at] && c->items[c->index[at] - 1].key != key)
        at = (at + 1) & (c->index_size - 1);
    return &c->index[at];
}

/* Entities came or went, so places have shifted. */
static bool make_index(struct counters *c)
{
    size_t size = 64;

    while (size < 2 * c->count)
        size *= 2;
    free(c->index);
    c->index = calloc(size, sizeof *c->index);
    if (!c->index)
        return false;
    c->index_size = size;
    for (size_t i = 0; i < c->count; i++) {
        uint32_t *slot = slot_of(c, c->items[i].key);

        if (!*slot)
            *slot = (uint32_t)i + 1;
    }
    return true;
}

/* In the place after the last one found, as long as nothing changed. NULL: it is new. */
static const struct counter *find_before(struct counters *c, uint64_t key)
{
    uint32_t place;

    if (c->next < c->count && c->items[c->next].key == key)
        return &c->items[c->next++];
    if (c->count == 0 || (!c->index_size && !make_index(c)))
        return NULL;
    place = *slot_of(c, key);
    if (!place)
        return NULL;
    c->next = place;
    return &c->items[place - 1];
}

struct counter *counters_next(struct source *s, uint64_t key)
{
    const struct counter *before = find_before(&s->before, key);
    struct counter *c;

    if (!source_room(&s->now.items, &s->now.cap, s->now.count + 1, sizeof *s->now.items))
        return NULL;
    c = &s->now.items[s->now.count++];
    *c = before ? *before : (struct counter){.key = key & KEY_MASK, .rate = NAN};
    return c;
}

uint64_t counter_key(uint64_t entity_hash, enum metric metric)
{
    uint64_t h = (entity_hash ^ (uint64_t)metric * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

    return (h ^ h >> 32) & KEY_MASK;
}

/* ---- rates ---- */

static const uint32_t *interface_index(const struct varbind *vb)
{
    if (vb->oid_len == 12 && oid_has_prefix(vb->oid, vb->oid_len, OID_IF_X, 10))
        return &vb->oid[11];
    if (vb->oid_len == 11 && oid_has_prefix(vb->oid, vb->oid_len, OID_IF, 9))
        return &vb->oid[10];
    return NULL;
}

/* False: it was not read in this poll, which broke off, so whether the counter started anew is not known. */
static bool find_discontinuity(const struct source_poll *in, const struct varbind *vb, uint32_t *out)
{
    const uint32_t *index = interface_index(vb);
    uint32_t oid[12];
    const struct varbind *ticks;

    *out = 0;
    if (!index)
        return true;
    memcpy(oid, OID_DISCONTINUITY, sizeof OID_DISCONTINUITY);
    oid[11] = *index;
    ticks = varbind_set_find(in->varbinds, oid, 12);
    if (!ticks || ticks->type != SNMP_TIMETICKS)
        return true;
    *out = (uint32_t)ticks->number;
    return poll_summary(in->poll)->outcome == POLL_OK || poll_has_read(in->poll, oid, 12);
}

static ns_t read_at(const struct source_poll *in, const struct view_sample *sample, const struct varbind **vb)
{
    *vb = sample->source_count ? varbind_set_at(in->varbinds, sample->sources[0]) : NULL;
    return *vb ? poll_read_at(in->poll, (*vb)->oid, (*vb)->oid_len) : 0;
}

enum quality_reason counter_why(const struct counter *c)
{
    return isnan(c->rate) ? QUALITY_GAP : QUALITY_OK;
}

void meter_init(struct meter *m, struct source *s, const struct source_poll *in)
{
    /* Of a slowed device a table is PACE_MOST intervals old. */
    ns_t max_gap = (PACE_MOST + 1) * in->interval;

    *m = (struct meter){
        .source = s,
        .in = in,
        .uptime_ms = poll_summary(in->poll)->uptime_ms,
        .engine = poll_summary(in->poll)->engine,
        .max_gap = max_gap > GAP_LEAST ? max_gap : GAP_LEAST,
    };
}

/* Both ends of the span from the moment `from` to a new reading at `to`. False: there was none, or no memory.
 */
static bool set_span(struct meter *m, uint16_t from, ns_t to)
{
    struct rate_reading prev = {0}, cur = {.t_ns = to, .uptime_ms = m->uptime_ms, .engine = m->engine};

    if (m->to_ns != to || !m->to)
        m->to = find_moment(m->source, to, m);
    m->to_ns = to;
    m->from = from;
    if (!m->from || !m->to)
        return false;
    prev.t_ns = m->source->moments[m->from].t_ns;
    prev.uptime_ms = m->source->moments[m->from].uptime_ms;
    prev.engine = m->source->moments[m->from].engine;
    rate_span(&prev, &cur, m->max_gap, &m->span);
    return true;
}

static void count_on(struct meter *m, struct counter *c, ns_t t_ns, uint64_t raw, uint32_t discontinuity,
                     uint8_t width, double scale)
{
    bool is_known = c->moment != 0;
    double rate = NAN;

    if (is_known && m->source->moments[c->moment].t_ns == t_ns)
        return; /* not read anew in this poll: the rate holds */
    if (m->from != c->moment || m->to_ns != t_ns || !m->to)
        is_known = set_span(m, (uint16_t)c->moment, t_ns);
    if (is_known && c->discontinuity == discontinuity) {
        double ceiling = c->ceiling > 0 && scale > 0 ? (double)c->ceiling / scale : 0;

        if (rate_over_span(&m->span, c->raw, raw, width, ceiling, &rate))
            rate = NAN;
    }
    c->rate = rate * scale;
    c->raw = raw;
    c->discontinuity = discontinuity;
    c->moment = m->to;
}

void counter_update(struct meter *m, struct counter *c, const struct view_sample *sample, double ceiling)
{
    const struct varbind *vb;
    ns_t t_ns = read_at(m->in, sample, &vb);
    uint32_t discontinuity;

    if (!vb)
        return;
    c->ceiling = (float)ceiling;
    if (find_discontinuity(m->in, vb, &discontinuity))
        count_on(m, c, t_ns, sample->raw, discontinuity, sample->width, sample->scale);
    else
        c->rate = NAN; /* the next poll's rate is over both intervals */
}

/* The same of a counter that is a raw reading. */
static inline void count_raw(struct meter *m, uint32_t series, uint32_t counter, uint64_t raw, ns_t t_ns,
                             uint8_t width, double scale)
{
    struct source *s = m->source;
    uint16_t moment = s->raw_moments[counter];
    bool is_known = moment != 0;
    double rate = NAN, ceiling;

    if (m->from != moment || m->to_ns != t_ns || !m->to) {
        if (is_known && s->moments[moment].t_ns == t_ns)
            return;
        is_known = set_span(m, moment, t_ns);
    }
    if (is_known) {
        ceiling = (double)lean_frame(s)[counter].ceiling;
        ceiling = ceiling > 0 && scale > 0 ? ceiling / scale : 0;
        if (rate_over_span(&m->span, s->raws[counter], raw, width, ceiling, &rate))
            rate = NAN;
    }
    s->raws[counter] = raw;
    s->raw_moments[counter] = m->to;
    s->values[series] = rate * scale;
    s->whys[series] = isnan(s->values[series]) ? QUALITY_GAP : QUALITY_OK;
}

void counters_repeat(void *ctx, const struct recipe_counts *counts)
{
    struct meter *m = ctx;
    const struct source *s = m->source;

    for (size_t i = 0; i < counts->count; i++) {
        const struct recipe_op *op = &counts->ops[i];
        uint64_t raw = counts->values[op->row].number;

        if (!s->frame)
            counter_repeat(ctx, op->series, op->counter, raw, counts->width, counts->read_at, counts->scale);
        else if (op->series < s->value_count)
            count_raw(m, op->series, op->counter, raw, counts->read_at, counts->width, counts->scale);
    }
}

void counter_repeat(void *ctx, uint32_t series, uint32_t counter, uint64_t raw, uint8_t width, ns_t read_at,
                    double scale)
{
    struct meter *m = ctx;
    struct source *s = m->source;
    struct counter *c;

    if (series >= s->value_count)
        return; /* beyond what a record takes */
    if (s->frame) {
        count_raw(m, series, counter, raw, read_at, width, scale);
        return;
    }
    c = &s->now.items[counter];
    count_on(m, c, read_at, raw, c->discontinuity, width, scale);
    s->values[series] = c->rate;
    s->whys[series] = (uint8_t)counter_why(c);
}
