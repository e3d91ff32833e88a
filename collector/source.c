/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - a device's journal record: values in the order of its series table, rates from counters. Pure.
 */
#include "collector/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/rate.h"
#include "lib/base/timex.h"

enum { OWN_SERIES = 2, OWN_ENTITIES = 1 };
enum { POE_DELIVERS = 3 }; /* pethPsePortDetectionStatus */

#define ATTRIBUTES_AGE (5 * MINUTES) /* a table for changed attributes alone is written no more often */
#define GAP_LEAST      (15 * MINUTES)

static const uint32_t OID_DISCONTINUITY[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19};
static const uint32_t OID_IF_X[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1};
static const uint32_t OID_IF[] = {1, 3, 6, 1, 2, 1, 2, 2, 1};

struct counter {
    uint64_t key; /* of entity id and metric */
    struct rate_reading last;
    double rate; /* NaN = none */
    enum quality_reason why;
};

struct source {
    const char *id;
    struct counter *counters;
    size_t counter_count, counter_cap;
    uint64_t structure, attributes;
    ns_t table_at;
    uint32_t version;
    bool has_table, is_cut;
};

struct source_scratch {
    Nw__Samples samples;
    Nw__Table table;
    Nw__Identity identity;
    double *values;
    Nw__Quality *qualities;
    Nw__Quality **quality_list;
    Nw__Entity *entities;
    Nw__Entity **entity_list;
    Nw__Attribute *attributes;
    Nw__Attribute **attribute_list;
    char (*gone)[TIMEX_RFC3339_SIZE]; /* since when, of each ghost */
    size_t gone_cap;
    Nw__Series *series;
    Nw__Series **series_list;
    Nw__Neighbour *neighbours;
    Nw__Neighbour **neighbour_list;
    Nw__PoePort *poe;
    Nw__PoePort **poe_list;
    size_t caps[15];
};

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
    free(s->counters);
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
    free(t);
}

/* Room for count things of size bytes. */
static bool ensure(void *array, size_t *cap, size_t count, size_t size)
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

/* ---- rates ---- */

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < len; i++)
        h = (h ^ b[i]) * 0x100000001b3u; /* FNV-1a */
    return h;
}

static uint64_t hash_text(uint64_t h, const char *text)
{
    return text ? hash_bytes(h, text, strlen(text) + 1) : h * 0x100000001b3u;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* The counter in the same place as last time, else wherever it is now; a fresh one if there is none. */
static struct counter *find_counter(struct source *s, size_t place, uint64_t key)
{
    struct counter found = {.key = key, .rate = NAN, .why = QUALITY_GAP};

    if (place < s->counter_count && s->counters[place].key == key)
        return &s->counters[place];
    for (size_t i = place; i < s->counter_count; i++) {
        if (s->counters[i].key == key) {
            found = s->counters[i];
            break;
        }
    }
    if (place == s->counter_count)
        s->counter_count++;
    s->counters[place] = found;
    return &s->counters[place];
}

static const uint32_t *interface_index(const struct varbind *vb)
{
    if (vb->oid_len == 12 && oid_has_prefix(vb->oid, vb->oid_len, OID_IF_X, 10))
        return &vb->oid[11];
    if (vb->oid_len == 11 && oid_has_prefix(vb->oid, vb->oid_len, OID_IF, 9))
        return &vb->oid[10];
    return NULL;
}

static uint32_t discontinuity_of(const struct source_poll *in, const struct varbind *vb)
{
    const uint32_t *index = interface_index(vb);
    uint32_t oid[12];
    const struct varbind *ticks;

    if (!index)
        return 0;
    memcpy(oid, OID_DISCONTINUITY, sizeof OID_DISCONTINUITY);
    oid[11] = *index;
    ticks = varbind_set_find(in->varbinds, oid, 12);
    return ticks && ticks->type == SNMP_TIMETICKS ? (uint32_t)ticks->number : 0;
}

static ns_t read_at(const struct source_poll *in, const struct view_sample *sample, const struct varbind **vb)
{
    *vb = sample->source_count ? varbind_set_at(in->varbinds, sample->sources[0]) : NULL;
    return *vb ? poll_read_at(in->poll, (*vb)->oid, (*vb)->oid_len) : 0;
}

static void update_counter(struct counter *c, const struct source_poll *in, const struct view_sample *sample,
                           double ceiling)
{
    const struct varbind *vb;
    struct rate_reading now = {.t_ns = read_at(in, sample, &vb), .raw = sample->raw};
    ns_t max_gap = 4 * in->interval > GAP_LEAST ? 4 * in->interval : GAP_LEAST;
    double rate;

    if (!vb || now.t_ns == c->last.t_ns)
        return; /* not read anew in this poll: the rate holds */
    now.uptime_ms = poll_summary(in->poll)->uptime_ms;
    now.discontinuity = discontinuity_of(in, vb);
    c->rate = NAN;
    c->why = QUALITY_GAP;
    if (c->last.t_ns && rate_from_counter(&c->last, &now, sample->width, max_gap,
                                          sample->scale > 0 ? ceiling / sample->scale : 0, &rate) == ERR_OK) {
        c->rate = rate * sample->scale;
        c->why = QUALITY_OK;
    }
    c->last = now;
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

static bool put_value(struct source_scratch *t, double value, enum quality_reason why)
{
    uint32_t index = (uint32_t)t->samples.n_values;

    t->values[t->samples.n_values++] = value;
    if (!isnan(value) || why == QUALITY_OK)
        return true;
    if (!ensure(&t->qualities, &t->caps[0], t->samples.n_unknown + 1, sizeof *t->qualities))
        return false;
    t->qualities[t->samples.n_unknown] = (Nw__Quality)NW__QUALITY__INIT;
    t->qualities[t->samples.n_unknown].index = index;
    t->qualities[t->samples.n_unknown++].reason = (uint32_t)why;
    return true;
}

static size_t ghost_count(const struct source_poll *in)
{
    return in->listing ? in->listing->ghost_count : 0;
}

static bool is_journalled(const struct view_sample *sample)
{
    return sample->metric != METRIC_NONE;
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
    size_t counters = 0, entity = SIZE_MAX;
    double speed = 0;
    uint64_t entity_hash = 0;

    s->is_cut = view->is_cut;
    for (size_t i = 0; i < view->sample_count; i++) {
        const struct view_sample *sample = &view->samples[i];
        double value = sample->value;
        enum quality_reason why = sample->quality;

        if (!is_journalled(sample))
            continue;
        if (t->samples.n_values == SOURCE_SERIES_MAX) {
            s->is_cut = true;
            break;
        }
        if (sample->entity != entity) {
            entity = sample->entity;
            entity_hash = hash_text(HASH_START, view->entities[entity].id);
            speed = speed_of(view, i);
        }
        if (sample->is_counter) {
            if (!ensure(&s->counters, &s->counter_cap, counters + 1, sizeof *s->counters))
                return ERR_NOMEM;
            struct counter *c = find_counter(s, counters++, entity_hash ^ (uint64_t)sample->metric << 48);

            if (why == QUALITY_OK) {
                update_counter(c, in, sample, is_octets(sample->metric) ? speed : 0);
                value = c->rate;
                why = c->why;
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
        if (!put_value(t, value, why))
            return ERR_NOMEM;
    }
    for (size_t i = 0; i < ghost_count(in) && t->samples.n_values < SOURCE_SERIES_MAX; i++)
        if (!put_value(t, NAN, in->listing->ghosts[i].why))
            return ERR_NOMEM;
    if (counters < s->counter_count)
        s->counter_count = counters;
    return ERR_OK;
}

/* ---- the table ---- */

static uint64_t hash_attributes(const struct device_view *view)
{
    uint64_t h = HASH_START;

    for (size_t i = 0; i < view->entity_count; i++) {
        for (size_t j = 0; j < view->entities[i].attr_count; j++) {
            const struct view_attr *a = &view->entities[i].attrs[j];

            h = hash_text(h, a->key);
            h = hash_text(h, a->type == VIEW_ATTR_NULL ? NULL : a->text);
        }
    }
    return h;
}

static uint64_t hash_structure(const struct source_poll *in)
{
    const struct device_view *view = in->view;
    uint64_t h = HASH_START;

    if (!view)
        return h;
    h = hash_bytes(h, &view->structure, sizeof view->structure);
    for (size_t i = 0; i < view->neighbour_count; i++) {
        h = hash_bytes(h, &view->neighbours[i].entity, sizeof view->neighbours[i].entity);
        h = hash_text(h, view->neighbours[i].system_name);
        h = hash_text(h, view->neighbours[i].chassis_id);
        h = hash_text(h, view->neighbours[i].port_id);
        h = hash_text(h, view->neighbours[i].address);
    }
    h = hash_text(h, view->chassis_id);
    for (size_t i = 0; i < view->poe_count; i++) {
        bool delivers = view->poe[i].status == POE_DELIVERS; /* what else it does changes all the time */

        h = hash_bytes(h, &view->poe[i].entity, sizeof view->poe[i].entity);
        h = hash_bytes(h, &delivers, sizeof delivers);
    }
    for (size_t i = 0; i < ghost_count(in); i++)
        h = hash_text(h, in->listing->ghosts[i].id);
    return h;
}

static char *text(const char *s)
{
    return s ? (char *)(uintptr_t)s : (char *)(uintptr_t) "";
}

static void put_attribute(struct source_scratch *t, Nw__Entity *to, size_t *at, const char *key,
                          const char *value)
{
    if (!*value)
        return;
    t->attributes[*at] = (Nw__Attribute)NW__ATTRIBUTE__INIT;
    t->attributes[*at].key = text(key);
    t->attributes[*at].text = text(value);
    t->attribute_list[*at] = &t->attributes[*at];
    ++*at;
    to->n_attributes++;
}

enum { GHOST_ATTRIBUTES = 4 };

/* Behind the entities that are there. */
static void put_ghosts(const struct source_poll *in, struct source_scratch *t, size_t entity, size_t at)
{
    for (size_t i = 0; i < ghost_count(in); i++, entity++) {
        const struct roster_ghost *from = &in->listing->ghosts[i];
        Nw__Entity *to = &t->entities[entity];

        timex_rfc3339(from->since, t->gone[i]);
        *to = (Nw__Entity)NW__ENTITY__INIT;
        to->id = text(from->id);
        to->kind = text("ap");
        to->name = text(from->name);
        to->attributes = &t->attribute_list[at];
        put_attribute(t, to, &at, "name", from->name);
        put_attribute(t, to, &at, "mac", from->id + strlen("ap/"));
        put_attribute(t, to, &at, "serial", from->serial);
        put_attribute(t, to, &at, "vanished", t->gone[i]);
        t->entity_list[entity] = to;
    }
}

static bool put_entities(const struct source_poll *in, struct source_scratch *t)
{
    const struct device_view *view = in->view;
    size_t entities = view ? view->entity_count : 0, ghosts = ghost_count(in), at = 0;
    size_t count = entities + ghosts + OWN_ENTITIES, attributes = ghosts * GHOST_ATTRIBUTES;

    for (size_t i = 0; i < entities; i++)
        attributes += view->entities[i].attr_count;
    if (!ensure(&t->entities, &t->caps[1], count, sizeof *t->entities) ||
        !ensure(&t->entity_list, &t->caps[2], count, sizeof *t->entity_list) ||
        !ensure(&t->attributes, &t->caps[3], attributes, sizeof *t->attributes) ||
        !ensure(&t->attribute_list, &t->caps[4], attributes, sizeof *t->attribute_list) ||
        !ensure(&t->gone, &t->gone_cap, ghosts, sizeof *t->gone))
        return false;
    t->entities[0] = (Nw__Entity)NW__ENTITY__INIT;
    t->entities[0].id = text("device");
    t->entities[0].kind = text("chassis");
    t->entities[0].name = text(view ? view->identity.sys_name : "");
    t->entity_list[0] = &t->entities[0];
    for (size_t i = 0; i < entities; i++) {
        const struct view_entity *from = &view->entities[i];
        Nw__Entity *to = &t->entities[i + OWN_ENTITIES];

        *to = (Nw__Entity)NW__ENTITY__INIT;
        to->id = text(from->id);
        to->kind = text(from->kind);
        to->name = text(from->name);
        to->attributes = &t->attribute_list[at];
        for (size_t j = 0; j < from->attr_count; j++)
            if (from->attrs[j].type != VIEW_ATTR_NULL)
                put_attribute(t, to, &at, from->attrs[j].key, from->attrs[j].text ? from->attrs[j].text : "");
        t->entity_list[i + OWN_ENTITIES] = to;
    }
    put_ghosts(in, t, entities + OWN_ENTITIES, at);
    t->table.entities = t->entity_list;
    t->table.n_entities = count;
    return true;
}

static void put_one_series(struct source_scratch *t, uint32_t entity, enum metric metric)
{
    size_t i = t->table.n_series++;

    t->series[i] = (Nw__Series)NW__SERIES__INIT;
    t->series[i].entity = entity;
    t->series[i].metric = (uint32_t)metric;
    t->series_list[i] = &t->series[i];
}

static bool put_series(const struct source_poll *in, struct source_scratch *t)
{
    const struct device_view *view = in->view;
    size_t ghosts = ghost_count(in), count = OWN_SERIES + (view ? view->sample_count : 0) + ghosts;
    size_t first = OWN_ENTITIES + (view ? view->entity_count : 0);

    if (!ensure(&t->series, &t->caps[5], count, sizeof *t->series) ||
        !ensure(&t->series_list, &t->caps[6], count, sizeof *t->series_list))
        return false;
    put_one_series(t, 0, METRIC_REACHABLE);
    put_one_series(t, 0, METRIC_POLL_RTT);
    for (size_t i = 0; view && i < view->sample_count && t->table.n_series < SOURCE_SERIES_MAX; i++) {
        if (is_journalled(&view->samples[i]))
            put_one_series(t, view->samples[i].entity + OWN_ENTITIES, view->samples[i].metric);
    }
    for (size_t i = 0; i < ghosts && t->table.n_series < SOURCE_SERIES_MAX; i++)
        put_one_series(t, (uint32_t)(first + i), METRIC_AP_STATE);
    t->table.series = t->series_list;
    return true;
}

static bool put_neighbours(const struct device_view *view, struct source_scratch *t)
{
    size_t count = view ? view->neighbour_count : 0;

    if (!ensure(&t->neighbours, &t->caps[7], count, sizeof *t->neighbours) ||
        !ensure(&t->neighbour_list, &t->caps[8], count, sizeof *t->neighbour_list))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct view_neighbour *from = &view->neighbours[i];
        Nw__Neighbour *to = &t->neighbours[i];

        *to = (Nw__Neighbour)NW__NEIGHBOUR__INIT;
        to->entity = text(from->entity < view->entity_count ? view->entities[from->entity].id : "");
        to->system_name = text(from->system_name);
        to->chassis_id = text(from->chassis_id);
        to->port_id = text(from->port_id);
        to->port_descr = text(from->port_descr);
        to->address = text(from->address);
        t->neighbour_list[i] = to;
    }
    t->table.neighbours = t->neighbour_list;
    t->table.n_neighbours = count;
    t->table.chassis_id = text(view ? view->chassis_id : "");
    return true;
}

static bool put_poe(const struct device_view *view, struct source_scratch *t)
{
    size_t count = view ? view->poe_count : 0;

    if (!ensure(&t->poe, &t->caps[13], count, sizeof *t->poe) ||
        !ensure(&t->poe_list, &t->caps[14], count, sizeof *t->poe_list))
        return false;
    for (size_t i = 0; i < count; i++) {
        t->poe[i] = (Nw__PoePort)NW__POE_PORT__INIT;
        t->poe[i].entity = text(view->entities[view->poe[i].entity].id);
        t->poe[i].status = (uint32_t)view->poe[i].status;
        t->poe_list[i] = &t->poe[i];
    }
    t->table.poe = t->poe_list;
    t->table.n_poe = count;
    return true;
}

enum err source_add_table(struct source *s, const struct source_poll *in, struct source_scratch *t)
{
    const struct device_profile *profile = poll_profile(in->poll);
    const char *const *names = NULL;

    t->table = (Nw__Table)NW__TABLE__INIT;
    t->table.version = s->version;
    t->table.interval_ms = (uint32_t)(in->interval / MILLISECONDS);
    if (!put_entities(in, t) || !put_series(in, t) || !put_neighbours(in->view, t) || !put_poe(in->view, t))
        return ERR_NOMEM;
    t->identity = (Nw__Identity)NW__IDENTITY__INIT;
    if (in->view) {
        const struct view_identity *id = &in->view->identity;

        t->identity.sys_object_id = text(id->sys_object_id);
        t->identity.sys_descr = text(id->sys_descr);
        t->identity.sys_name = text(id->sys_name);
        t->identity.vendor = text(id->vendor);
        t->identity.model = text(id->model);
        t->identity.version = text(id->version);
        t->identity.serial = text(id->serial);
    }
    t->table.identity = &t->identity;
    if (profile) {
        t->table.n_profiles = device_profile_names(profile, &names);
        t->table.profiles = (char **)(uintptr_t)names;
    }
    t->samples.table = &t->table;
    s->table_at = in->now;
    s->has_table = true;
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

enum err source_record(struct source *s, const struct source_poll *in, bool is_table_due,
                       struct source_scratch *t, Nw__Samples **out)
{
    const struct poll_summary *summary = poll_summary(in->poll);
    uint64_t structure = hash_structure(in), attributes = in->view ? hash_attributes(in->view) : 0;
    size_t room = OWN_SERIES + (in->view ? in->view->sample_count : 0) + ghost_count(in);
    enum err e = ERR_OK;

    t->samples = (Nw__Samples)NW__SAMPLES__INIT;
    if (!ensure(&t->values, &t->caps[9], room, sizeof *t->values))
        return ERR_NOMEM;
    t->samples.source = text(s->id);
    t->samples.outcome = (Nw__Outcomes)summary->outcome;
    t->samples.started = (uint64_t)in->started_wall;
    t->samples.duration_us = (uint32_t)(in->duration / MICROSECONDS);
    t->samples.misses = in->reach->misses;
    t->samples.confirmations = in->reach->confirmations;
    t->samples.is_down = in->reach->is_down;
    t->samples.uptime_ms = summary->uptime_ms;
    put_value(t, reachable(in), QUALITY_OK);
    if (summary->is_answered) {
        put_value(t, in->rtt ? (double)in->rtt / (double)SECONDS : NAN, QUALITY_OK);
        if (in->view)
            e = put_values(s, in, t);
    }
    if (e)
        return e;
    t->samples.values = t->values;
    if (!ensure(&t->quality_list, &t->caps[10], t->samples.n_unknown, sizeof *t->quality_list))
        return ERR_NOMEM;
    for (size_t i = 0; i < t->samples.n_unknown; i++)
        t->quality_list[i] = &t->qualities[i];
    t->samples.unknown = t->quality_list;
    /* The version follows from the structure, so a restarted collector does not reuse one for another. */
    s->version = (uint32_t)(structure ^ structure >> 32) | 1;
    t->samples.table_version = s->version;
    *out = &t->samples;
    if (is_table_due || !s->has_table || structure != s->structure ||
        (attributes != s->attributes && in->now - s->table_at >= ATTRIBUTES_AGE)) {
        s->structure = structure;
        s->attributes = attributes;
        return source_add_table(s, in, t);
    }
    return ERR_OK;
}
