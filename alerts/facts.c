/* SPDX-License-Identifier: GPL-3.0-or-later */
/* facts.c - takes journal records in: who answered when, which values rules want to see. Judges nothing.
 * Pure apart from malloc. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/rule_kind.h"
#include "lib/base/strx.h"

enum {
    MAC_LEN = 17,
    INTERESTS_MAX = 200000, /* upsOutputSource, RFC 1628: 2 none (the battery is empty), 5 battery */
    OUTPUT_NONE = 2,
    OUTPUT_FROM_BATTERY = 5
};

/* ---- tables: which series are of interest ---- */

void source_free(struct source *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->interests[i].watches);
    for (size_t i = 0; i < s->string_count; i++)
        free(s->strings[i]);
    free(s->strings);
    free(s->interests);
    free(s->last);
    free(s);
}

static const char *keep_string(struct source *s, const char *text)
{
    bool is_full = (s->string_count & (s->string_count - 1)) == 0; /* grows at powers of two */
    char **grown = is_full ? realloc(s->strings, (2 * s->string_count + 1) * sizeof *grown) : s->strings;

    if (!grown)
        return NULL;
    s->strings = grown;
    s->strings[s->string_count] = strdup(text);
    return s->strings[s->string_count] ? s->strings[s->string_count++] : NULL;
}

/* What the engine itself reads, rules or no rules. */
static bool is_wanted(enum metric m)
{
    switch (m) {
    case METRIC_AP_STATE:
    case METRIC_CLIENTS:
    case METRIC_UPS_SOURCE:
    case METRIC_IF_OPER:
    case METRIC_OPTIC_RX:
    /* what kinds of rules look at beside their own series */
    case METRIC_OPTIC_TEMPERATURE:
    case METRIC_POE_BUDGET:
    case METRIC_RADIO_FREQUENCY:
    case METRIC_RADIO_TX_POWER: return true;
    default: return false;
    }
}

static bool rule_fits(const struct rule *r, enum metric metric, const char *entity_kind)
{
    return r->enabled && rule_kind_info(r->kind) && r->metric == metric &&
           (!r->entity_kind || strcmp(r->entity_kind, entity_kind) == 0);
}

static bool is_hex_pair(const char *s)
{
    return strchr("0123456789abcdef", s[0]) && s[0] && strchr("0123456789abcdef", s[1]) && s[1];
}

/* Finds "aa:bb:cc:dd:ee:ff" in an entity id; NULL if there is none. */
static const char *find_mac(const char *s)
{
    size_t len = strlen(s);

    for (size_t i = 0; i + MAC_LEN <= len; i++) {
        bool fits = true;
        for (size_t k = 0; fits && k < 6; k++)
            fits = is_hex_pair(s + i + 3 * k) && (k == 5 || s[i + 3 * k + 2] == ':');
        if (fits)
            return s + i;
    }
    return NULL;
}

int facts_place(const struct engine *e, size_t device, const char *entity)
{
    const struct node *n = &e->topo->nodes[device];
    char row[64] = "ap/";
    const char *mac;
    int place;

    place = topology_row(e->topo, n->id, entity);
    mac = place < 0 ? find_mac(entity) : NULL;
    if (mac) {
        memcpy(row + 3, mac, MAC_LEN);
        row[3 + MAC_LEN] = '\0';
        place = topology_row(e->topo, n->id, row);
    }
    if (place < 0 && n->row_count == 0 && n->place_count == 1)
        place = e->topo->on_node[n->place_first];
    return place;
}

static bool add_watches(struct engine *e, struct interest *in, enum object_kind kind, size_t index)
{
    for (size_t i = 0; i < rules_count(e->o.rules); i++) {
        const struct rule *rule = rules_at(e->o.rules, i);
        struct watch **grown;
        if (!rule_fits(rule, in->metric, in->entity_kind))
            continue;
        grown = realloc(in->watches, (in->watch_count + 1) * sizeof *grown);
        if (!grown)
            return false;
        in->watches = grown;
        grown[in->watch_count] = watch_get(e, rule, kind, index, in->entity);
        if (!grown[in->watch_count])
            return false;
        in->watch_count++;
    }
    return true;
}

static bool has_rule(const struct engine *e, enum metric m, const char *entity_kind)
{
    for (size_t i = 0; i < rules_count(e->o.rules); i++)
        if (rule_fits(rules_at(e->o.rules, i), m, entity_kind) ||
            (rules_at(e->o.rules, i)->enabled && rules_at(e->o.rules, i)->of == m))
            return true;
    return false;
}

struct owner {
    enum object_kind kind;
    size_t index;
};

static bool add_interest(struct engine *e, struct source *s, const Nw__Table *t, uint32_t i,
                         struct owner owner)
{
    const Nw__Series *series = t->series[i];
    static const Nw__Entity nothing = {.id = (char *)"", .kind = (char *)""};
    const Nw__Entity *entity = series->entity < t->n_entities ? t->entities[series->entity] : &nothing;
    struct interest *in = &s->interests[s->count];

    if (!is_wanted(series->metric) && !has_rule(e, series->metric, entity->kind))
        return true;
    if (s->count == INTERESTS_MAX)
        return true;
    *in = (struct interest){.index = i, .metric = series->metric, .place = -1};
    in->entity = keep_string(s, entity->id);
    in->entity_kind = keep_string(s, entity->kind);
    if (!in->entity || !in->entity_kind)
        return false;
    if (owner.kind == OBJECT_DEVICE)
        in->place = facts_place(e, owner.index, entity->id);
    else if (owner.kind == OBJECT_HOTSPOT)
        in->place = (int)owner.index;
    if (in->place >= 0)
        owner = (struct owner){OBJECT_HOTSPOT, (size_t)in->place};
    s->count++;
    return add_watches(e, in, owner.kind, owner.index);
}

/* NULL: out of memory. */
static struct source *source_new(struct engine *e, const Nw__Table *t, uint32_t version, struct owner owner)
{
    struct source *s = calloc(1, sizeof *s);
    size_t room = t->n_series < INTERESTS_MAX ? t->n_series : INTERESTS_MAX;

    if (!s)
        return NULL;
    s->version = version;
    s->interests = calloc(room + 1, sizeof *s->interests);
    s->last = calloc(room + 1, sizeof *s->last);
    if (!s->interests || !s->last)
        goto failed;
    for (uint32_t i = 0; i < t->n_series; i++)
        if (!add_interest(e, s, t, i, owner))
            goto failed;
    for (size_t i = 0; i < s->count; i++)
        s->last[i] = NAN;
    return s;
failed:
    source_free(s);
    return NULL;
}

/* ---- values ---- */

struct sums {
    double ap, radio, ssid, other;
};

/* Clients stand on several entities at once; the most direct statement counts. */
static double pick_sum(const struct sums *s)
{
    if (!isnan(s->ap))
        return s->ap;
    if (!isnan(s->radio))
        return s->radio;
    return !isnan(s->ssid) ? s->ssid : s->other;
}

static void add_to(double *sum, double value)
{
    *sum = isnan(*sum) ? value : *sum + value;
}

static void sum_clients(struct sums *s, const struct interest *in, double value)
{
    if (strcmp(in->entity_kind, "ap") == 0 || strcmp(in->entity_kind, "chassis") == 0)
        add_to(&s->ap, value);
    else if (strcmp(in->entity_kind, "radio") == 0)
        add_to(&s->radio, value);
    else if (strcmp(in->entity_kind, "ssid") == 0)
        add_to(&s->ssid, value);
    else
        add_to(&s->other, value);
}

static void take_silence(struct engine *e, struct fact *f, ns_t started, unsigned misses, bool is_down)
{
    if (!f->first_miss) {
        f->first_miss = started;
        e->newest_silence = started;
        e->is_dirty = true;
    }
    if (started > f->excuse)
        f->silent_since_excuse++;
    if (f->is_down != is_down || f->misses != misses)
        e->is_dirty = true;
    f->misses = misses ? misses : 1;
    f->is_down = is_down;
}

static void take_answer(struct engine *e, struct fact *f, ns_t started)
{
    if (f->first_miss || f->is_down || !f->seen_ok || f->was_carried)
        e->is_dirty = true;
    f->first_miss = 0;
    f->misses = 0;
    f->is_down = false;
    f->silent_since_excuse = 0;
    f->seen_ok = started;
}

/* Why a series is unknown; unknown stands in order of index. */
static enum quality_reason reason_of(const Nw__Samples *m, uint32_t index)
{
    size_t lo = 0, hi = m->n_unknown;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (m->unknown[mid]->index < index)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < m->n_unknown && m->unknown[lo]->index == index ? (enum quality_reason)m->unknown[lo]->reason
                                                               : QUALITY_OK;
}

/* No controller lists it: whether it works is not known, and not the fault of anything above it. */
static void take_vanished(struct engine *e, struct fact *f)
{
    if (f->is_vanished)
        return;
    f->is_vanished = e->is_dirty = true;
    f->first_miss = 0;
    f->misses = 0;
    f->is_down = false;
    f->silent_since_excuse = 0;
    f->blame = NULL;
}

/* The word of a controller on an access point. Of several that list it the collector lets one speak; the rows
 * of the others are unknown. */
static void take_row_state(struct engine *e, int place, double value, enum quality_reason why, int device,
                           ns_t started, ns_t interval)
{
    int node = e->topo->places[place].node;
    struct fact *f = &e->facts[node];

    if (isnan(value) && why != QUALITY_VANISHED)
        return;
    e->topo->nodes[node].controller = device;
    if (isnan(value)) {
        take_vanished(e, f);
        return;
    }
    if (f->is_vanished)
        e->is_dirty = true;
    f->is_vanished = false;
    f->interval = interval;
    f->heard = started;
    if (value >= 0.5)
        take_answer(e, f, started);
    else
        take_silence(e, f, started, f->misses + 1, true);
    f->was_carried = false;
}

/* Clients of every hotspot whose figures this source carries. */
static void take_clients(struct engine *e, struct source *s, const Nw__Samples *m, ns_t interval,
                         bool is_priming)
{
    for (size_t i = 0; i < s->count;) {
        int place = s->interests[i].place;
        struct sums sums = {NAN, NAN, NAN, NAN};
        size_t k = i;
        for (; k < s->count && s->interests[k].place == place; k++)
            if (s->interests[k].metric == METRIC_CLIENTS && !isnan(s->last[k]))
                sum_clients(&sums, &s->interests[k], s->last[k]);
        i = k;
        double clients = pick_sum(&sums);
        if (place < 0 || isnan(clients))
            continue;
        e->places[place].clients = clients;
        e->places[place].clients_at = (ns_t)m->started;
        place_learn(e, (size_t)place, (ns_t)m->started, interval);
        for (size_t r = 0; r < rules_count(e->o.rules); r++) {
            const struct rule *rule = rules_at(e->o.rules, r);
            struct watch *w = NULL;
            if (rule->enabled && rule->kind == RULE_SLEEPING)
                w = watch_get(e, rule, OBJECT_HOTSPOT, (size_t)place, "");
            if (w)
                watch_sleeping(e, w, (size_t)place, (ns_t)m->started, interval, is_priming);
        }
    }
}

static int by_place(const void *a, const void *b)
{
    const struct interest *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool is_row(const struct engine *e, int place)
{
    int node = e->topo->places[place].node;

    return node >= 0 && !e->topo->nodes[node].device;
}

static void take_values(struct engine *e, struct source *s, const Nw__Samples *m, ns_t interval, int device,
                        bool is_priming)
{
    for (size_t i = 0; i < s->count; i++)
        s->last[i] = s->interests[i].index < m->n_values ? m->values[s->interests[i].index] : NAN;
    for (size_t i = 0; i < s->count; i++) {
        const struct interest *in = &s->interests[i];
        struct reading reading = {s->last[i], (ns_t)m->started, interval, s, i};
        double value = s->last[i];
        if (in->metric == METRIC_AP_STATE && in->place >= 0 && device >= 0 && is_row(e, in->place))
            take_row_state(e, in->place, value, reason_of(m, in->index), device, (ns_t)m->started, interval);
        if (in->metric == METRIC_UPS_SOURCE && device >= 0 && !isnan(value)) {
            bool on_battery = value == OUTPUT_FROM_BATTERY || value == OUTPUT_NONE;
            if (e->facts[device].on_battery != on_battery)
                e->is_dirty = true;
            e->facts[device].on_battery = on_battery;
        }
        for (size_t k = 0; k < in->watch_count; k++)
            watch_value(e, in->watches[k], &reading, is_priming);
    }
    take_clients(e, s, m, interval, is_priming);
}

/* Interests stand by place, then as in the table, where an entity's series are together. */
double facts_sibling(const struct source *s, size_t series, enum metric metric)
{
    const struct interest *me = s ? &s->interests[series] : NULL;

    for (size_t i = series; me && i-- > 0 && s->interests[i].place == me->place;) {
        if (strcmp(s->interests[i].entity, me->entity) != 0)
            break;
        if (s->interests[i].metric == metric)
            return s->last[i];
    }
    for (size_t i = series + 1; me && i < s->count && s->interests[i].place == me->place; i++) {
        if (strcmp(s->interests[i].entity, me->entity) != 0)
            break;
        if (s->interests[i].metric == metric)
            return s->last[i];
    }
    return NAN;
}

double facts_last(const struct engine *e, int device, enum metric metric, const char *entity_suffix)
{
    const struct source *s =
        device >= 0 && (size_t)device < e->topo->device_count ? e->sources[device] : NULL;

    for (size_t i = 0; s && i < s->count; i++)
        if (s->interests[i].metric == metric && strx_ends_with(s->interests[i].entity, entity_suffix))
            return s->last[i];
    return NAN;
}

/* ---- records ---- */

static bool is_answer(const Nw__Samples *m)
{
    return m->outcome == NW__OUTCOMES__OUTCOME_OK || m->outcome == NW__OUTCOMES__OUTCOME_PARTIAL ||
           m->outcome == NW__OUTCOMES__OUTCOME_BROKEN;
}

static bool refresh_source(struct engine *e, struct source **slot, const Nw__Samples *m, struct owner owner)
{
    struct source *fresh;

    if (m->table && (!*slot || (*slot)->version != m->table->version || (*slot)->count == 0)) {
        fresh = source_new(e, m->table, m->table->version, owner);
        if (!fresh)
            return false;
        qsort(fresh->interests, fresh->count, sizeof *fresh->interests, by_place);
        source_free(*slot);
        *slot = fresh;
    }
    return *slot && (*slot)->version == m->table_version;
}

/* Refused (SNMPv3), or without any object of ours: it is there, and that is all. */
static void take_use(struct engine *e, struct fact *f, bool is_useful)
{
    unsigned before = f->useless;

    f->useless = is_useful ? 0 : before < USELESS_POLLS ? before + 1 : before;
    if ((before == USELESS_POLLS) != (f->useless == USELESS_POLLS))
        e->is_dirty = true;
}

static void take_device(struct engine *e, int device, const Nw__Samples *m, bool is_priming)
{
    struct fact *f = &e->facts[device];
    bool has_table;

    if (m->table && m->table->interval_ms)
        f->interval = (ns_t)m->table->interval_ms * MILLISECONDS;
    if ((ns_t)m->started < f->heard && !f->was_carried)
        return; /* older than what is known: history */
    f->heard = (ns_t)m->started;
    if (is_answer(m)) {
        take_answer(e, f, (ns_t)m->started);
        take_use(e, f, m->outcome != NW__OUTCOMES__OUTCOME_BROKEN);
    } else {
        take_silence(e, f, (ns_t)m->started, m->misses, m->is_down);
    }
    f->was_carried = false;
    has_table = refresh_source(e, &e->sources[device], m, (struct owner){OBJECT_DEVICE, (size_t)device});
    if (m->table)
        labels_take(e, (size_t)device, m->table, (ns_t)m->started, is_priming);
    if (has_table && m->n_values)
        take_values(e, e->sources[device], m, node_interval(e, device), device, is_priming);
}

static void take_service(struct engine *e, size_t i, const Nw__Samples *m)
{
    struct service_fact *s = &e->services[i];
    bool was_failing = s->failures >= (unsigned)e->o.rules->guards.service_failures;

    if ((ns_t)m->started < s->heard)
        return;
    if (!s->heard)
        e->is_dirty = true;
    s->heard = (ns_t)m->started;
    s->failures = is_answer(m) ? 0 : s->failures + 1;
    if (was_failing != (s->failures >= (unsigned)e->o.rules->guards.service_failures))
        e->is_dirty = true;
}

static void take_probe(struct engine *e, const Nw__Samples *m, bool is_priming)
{
    const char *id = record_target(m->source);
    int place = topology_hotspot(e->topo, id);
    struct owner owner = {OBJECT_HOTSPOT, place < 0 ? 0 : (size_t)place};
    struct source *slot;
    void *old;

    for (size_t i = 0; place < 0 && i < e->service_count; i++) {
        if (strcmp(e->services[i].service->id, id) != 0)
            continue;
        owner = (struct owner){OBJECT_SERVICE, i};
        take_service(e, i, m);
        break;
    }
    if (place < 0 && owner.kind != OBJECT_SERVICE)
        return;
    slot = map_get(e->probe_sources, m->source);
    if (slot && m->table && slot->version != m->table->version) {
        map_remove(e->probe_sources, m->source);
        source_free(slot);
        slot = NULL;
    }
    if (!refresh_source(e, &slot, m, owner))
        return;
    if (map_set(e->probe_sources, m->source, slot, &old)) {
        source_free(slot);
        return;
    }
    if (m->n_values)
        take_values(e, slot, m, e->o.probe_interval, -1, is_priming);
}

void facts_take(struct engine *e, const char *partition, const Nw__Record *r, bool is_priming)
{
    if (strcmp(partition, "collector") == 0) {
        strangers_take(e, r);
        if (r->body_case == NW__RECORD__BODY_HEARTBEAT && (ns_t)r->wall > e->collector_beat) {
            e->collector_beat = (ns_t)r->wall;
            e->is_dirty |= e->is_clock_suspect != r->heartbeat->is_clock_suspect;
            e->is_clock_suspect = r->heartbeat->is_clock_suspect;
        }
        if (r->body_case == NW__RECORD__BODY_SAMPLES) {
            int device = topology_device(e->topo, r->samples->source);
            if ((ns_t)r->wall > e->collector_sample)
                e->collector_sample = (ns_t)r->wall;
            if (device >= 0)
                take_device(e, device, r->samples, is_priming);
        }
    } else if (strcmp(partition, "probe") == 0 && r->body_case == NW__RECORD__BODY_SAMPLES &&
               record_target(r->samples->source)) {
        take_probe(e, r->samples, is_priming);
    } else if (strcmp(partition, "store") == 0 && !is_priming) {
        damage_take(e, r);
    }
}
