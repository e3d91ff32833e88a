/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - a device's journal record: values in the order of its series table, rates from counters. Pure.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/source_internal.h"

enum err source_new(const char *id, struct source **out)
{
    struct source *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NOMEM;
    s->id = id;
    *out = s;
    return ERR_OK;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    counters_free(s);
    source_forget(s);
    lean_free(s);
    free(s);
}

struct source_scratch *source_scratch_new(void)
{
    return calloc(1, sizeof(struct source_scratch));
}

void source_scratch_free(struct source_scratch *t)
{
    if (!t)
        return;
    free(t->values);
    free(t->qualities);
    free(t->quality_list);
    free(t->entities);
    free(t->entity_list);
    free(t->attributes);
    free(t->attribute_list);
    free(t->gone);
    free(t->series);
    free(t->series_list);
    free(t->neighbours);
    free(t->neighbour_list);
    free(t->poe);
    free(t->poe_list);
    recipe_book_free(t->book);
    free(t);
}

/* Room for count things of size bytes. */
bool source_room(void *array, size_t *cap, size_t count, size_t size)
{
    void **at = array, *more;
    size_t want = count < 64 ? 64 : count + count / 4;

    if (count <= *cap)
        return true;
    more = realloc(*at, want * size);
    if (!more)
        return false;
    *at = more;
    *cap = want;
    return true;
}

size_t source_ghosts(const struct source_poll *in)
{
    return in->listing ? in->listing->ghost_count : 0;
}

bool source_is_journalled(const struct view_sample *sample)
{
    return sample->metric != METRIC_NONE;
}

/* The ceiling for octet counters of this entity: its ifSpeed. */
static double speed_of(const struct device_view *view, size_t first)
{
    for (size_t i = first; i < view->sample_count && view->samples[i].entity == view->samples[first].entity;
         i++) {
        if (view->samples[i].metric == METRIC_IF_SPEED && view->samples[i].value > 0)
            return view->samples[i].value;
    }
    return 0;
}

static bool is_octets(enum metric m)
{
    return m == METRIC_IF_IN || m == METRIC_IF_OUT;
}

/* ---- values ---- */

static bool put_reason(struct source_scratch *t, size_t index, enum quality_reason why)
{
    Nw__Quality *q;

    if (!source_room(&t->qualities, &t->caps[0], t->samples.n_unknown + 1, sizeof *t->qualities))
        return false;
    q = &t->qualities[t->samples.n_unknown++];
    *q = (Nw__Quality)NW__QUALITY__INIT;
    q->index = (uint32_t)index;
    q->reason = (uint32_t)why;
    return true;
}

bool source_put(struct source_scratch *t, double value, enum quality_reason why)
{
    size_t index = t->samples.n_values++;

    t->values[index] = value;
    return !isnan(value) || why == QUALITY_OK || put_reason(t, index, why);
}

bool source_put_all(struct source_scratch *t, const double *values, const uint8_t *whys, size_t count)
{
    size_t first = t->samples.n_values;

    if (count)
        memcpy(t->values + first, values, count * sizeof *values);
    t->samples.n_values += count;
    for (size_t i = 0; i < count; i++)
        if (whys[i] != QUALITY_OK && isnan(values[i]) &&
            !put_reason(t, first + i, (enum quality_reason)whys[i]))
            return false;
    return true;
}

/* Was it due in this poll and not read? Then what decode saw is the last poll's. */
static bool is_stale(const struct source_poll *in, const struct view_sample *sample)
{
    const struct varbind *vb = sample->source_count ? varbind_set_at(in->varbinds, sample->sources[0]) : NULL;

    return vb && !poll_has_read(in->poll, vb->oid, vb->oid_len);
}

static enum err put_values(struct source *s, const struct source_poll *in, struct source_scratch *t)
{
    const struct device_view *view = in->view;
    bool is_partial = poll_summary(in->poll)->outcome != POLL_OK;
    size_t entity = SIZE_MAX;
    double speed = 0;
    uint64_t entity_hash = 0;
    struct meter meter;

    s->is_cut = view->is_cut;
    counters_begin(s);
    meter_init(&meter, s, in);
    for (size_t i = 0; i < view->sample_count; i++) {
        const struct view_sample *sample = &view->samples[i];
        double value = sample->value;
        enum quality_reason why = sample->quality;

        if (!source_is_journalled(sample))
            continue;
        if (t->samples.n_values == SOURCE_SERIES_MAX) {
            s->is_cut = true;
            break;
        }
        if (sample->entity != entity) {
            entity = sample->entity;
            entity_hash = source_hash_text(HASH_START, view->entities[entity].id);
            speed = speed_of(view, i);
        }
        if (sample->is_counter) {
            struct counter *c = counters_next(s, counter_key(entity_hash, sample->metric));

            if (!c)
                return ERR_NOMEM;
            if (why == QUALITY_OK) {
                counter_update(&meter, c, sample, is_octets(sample->metric) ? speed : 0);
                value = c->rate;
                why = counter_why(c);
            }
        }
        if (is_partial && is_stale(in, sample)) {
            value = NAN;
            why = QUALITY_NO_ANSWER;
        }
        if (in->listing && in->listing->voices[entity]) {
            value = NAN;
            why = in->listing->voices[entity];
        }
        if (!source_put(t, value, why))
            return ERR_NOMEM;
    }
    for (size_t i = 0; i < source_ghosts(in) && t->samples.n_values < SOURCE_SERIES_MAX; i++)
        if (!source_put(t, NAN, in->listing->ghosts[i].why))
            return ERR_NOMEM;
    return ERR_OK;
}

/* ---- the record ---- */

bool source_is_cut(const struct source *s)
{
    return s->is_cut;
}

static double reachable(const struct source_poll *in)
{
    if (poll_summary(in->poll)->is_answered)
        return 1;
    return in->reach->is_down ? 0 : NAN;
}

enum err source_begin(const struct source *s, const struct source_poll *in, size_t room,
                      struct source_scratch *t)
{
    const struct poll_summary *summary = poll_summary(in->poll);

    t->samples = (Nw__Samples)NW__SAMPLES__INIT;
    if (!source_room(&t->values, &t->caps[9], room + OWN_SERIES, sizeof *t->values))
        return ERR_NOMEM;
    t->samples.source = (char *)(uintptr_t)s->id;
    t->samples.outcome = (Nw__Outcomes)summary->outcome;
    t->samples.started = (uint64_t)in->started_wall;
    t->samples.duration_us = (uint32_t)(in->duration / MICROSECONDS);
    t->samples.misses = in->reach->misses;
    t->samples.confirmations = in->reach->confirmations;
    t->samples.is_down = in->reach->is_down;
    t->samples.uptime_ms = summary->uptime_ms;
    poll_learned(in->poll, &t->samples.get_varbinds, &t->samples.bulk_varbinds);
    t->samples.slowed = in->slowed > 1 ? in->slowed : 0;
    t->samples.is_walk_broken = in->is_walk_broken;
    source_put(t, reachable(in), QUALITY_OK);
    if (summary->is_answered)
        source_put(t, in->rtt ? (double)in->rtt / (double)SECONDS : NAN, QUALITY_OK);
    return ERR_OK;
}

enum err source_end(struct source *s, struct source_scratch *t, Nw__Samples **out)
{
    t->samples.values = t->values;
    if (!source_room(&t->quality_list, &t->caps[10], t->samples.n_unknown, sizeof *t->quality_list))
        return ERR_NOMEM;
    for (size_t i = 0; i < t->samples.n_unknown; i++)
        t->quality_list[i] = &t->qualities[i];
    t->samples.unknown = t->quality_list;
    t->samples.table_version = s->version;
    *out = &t->samples;
    return ERR_OK;
}

enum err source_record(struct source *s, const struct source_poll *in, bool is_table_due,
                       struct source_scratch *t, Nw__Samples **out)
{
    uint64_t structure = source_hash_structure(in),
             attributes = in->view ? source_hash_attributes(in->view) : 0;
    enum err e = source_begin(s, in, (in->view ? in->view->sample_count : 0) + source_ghosts(in), t);

    if (!e && poll_summary(in->poll)->is_answered && in->view) {
        e = put_values(s, in, t);
        if (!e && poll_summary(in->poll)->outcome == POLL_OK && !in->is_shared)
            source_learn(s, in, t);
        else
            source_forget(s);
    }
    if (e)
        return e;
    /* The version follows from the structure, so a restarted collector does not reuse one for another. */
    s->version = (uint32_t)(structure ^ structure >> 32) | 1;
    s->is_table_pending = attributes != s->attributes;
    if (is_table_due || !s->has_table || structure != s->structure ||
        (s->is_table_pending && in->now - s->table_at >= ATTRIBUTES_AGE)) {
        s->structure = structure;
        s->attributes = attributes;
        s->is_table_pending = false;
        e = source_add_table(s, in, t);
    }
    return e ? e : source_end(s, t, out);
}
