/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c - one rule on one series: hysteresis and hold around the judgement of its kind (rule_kind.h).
 *
 *            bad for hold_polls
 *   quiet ──────────────────────► raised
 *         ◄──────────────────────
 *            good for clear_polls          between `clear` and the limit nothing changes
 *
 * Runs on the samples' time. Pure apart from malloc. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/rule_kind.h"
#include "lib/base/strx.h"

enum { USUAL_MIN = 12, NEIGHBOURS_MIN = 2 };
/* Below this there is no light at all: a cut or an empty port, which is not a level to compare. */
#define NO_LIGHT_DBM (-35.0)

/* ---- the instances ---- */

static char *key_of(const struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                    const char *entity)
{
    const char *id, *name;

    object_name(e, kind, index, &id, &name);
    return strx_printf("%s\n%s\n%s\n%s", rule->id, object_kind_words[kind], id, entity);
}

struct watch *watch_find(struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                         const char *entity)
{
    char *key = key_of(e, rule, kind, index, entity);
    struct watch *w = key ? map_get(e->watches, key) : NULL;

    free(key);
    return w;
}

struct watch *watch_get(struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                        const char *entity)
{
    const struct rule_kind_info *info = rule_kind_info(rule->kind);
    size_t memory;
    char *key = key_of(e, rule, kind, index, entity);
    struct watch *w;

    if (!key)
        return NULL;
    w = map_get(e->watches, key);
    if (w) {
        free(key);
        return w;
    }
    w = calloc(1, sizeof *w);
    if (!w) {
        free(key);
        return NULL;
    }
    *w = (struct watch){.rule = rule, .key = key, .kind = kind, .index = index, .value = NAN, .limit = NAN};
    w->entity = strdup(entity);
    memory = info ? info->memory : 0;
    if (memory)
        w->memory = calloc(1, memory);
    if (!w->entity || (memory && !w->memory) || map_set(e->watches, key, w, NULL)) {
        watch_free(w);
        return NULL;
    }
    return w;
}

void watch_free(void *p)
{
    struct watch *w = p;

    if (!w)
        return;
    free(w->key);
    free(w->entity);
    free(w->memory);
    free(w);
}

/* hold: n polls on the same side span n - 1 intervals; half a one is forgiven for jitter. */
static bool has_lasted(const struct watch *w, ns_t at, int64_t polls, ns_t interval)
{
    return at - w->side_since >= (polls - 1) * interval - (polls > 1 ? interval / 2 : 0);
}

void watch_side(struct engine *e, struct watch *w, int side, ns_t at, ns_t interval)
{
    bool was_bad = w->is_bad, was_raised = w->is_raised;

    if (side != SIDE_BETWEEN && w->is_bad != (side == SIDE_BAD)) {
        w->is_bad = side == SIDE_BAD;
        w->side_since = at;
    }
    if (w->is_bad != w->is_raised && side != SIDE_BETWEEN &&
        has_lasted(w, at, w->is_bad ? w->rule->hold_polls : w->rule->clear_polls, interval))
        w->is_raised = w->is_bad;
    if (w->is_raised != was_raised)
        e->is_dirty = true;
    if (w->is_raised != was_raised || w->is_bad != was_bad)
        watch_save(e, w);
}

void watch_value(struct engine *e, struct watch *w, const struct reading *r, bool is_priming)
{
    const struct rule_kind_info *kind = rule_kind_info(w->rule->kind);
    enum side side;

    if ((isnan(r->value) && !kind->takes_unknown) || r->at < w->at)
        return; /* no reading: the side stays as it is */
    if (w->rule->metric == METRIC_OPTIC_RX && r->value <= NO_LIGHT_DBM)
        return;
    w->value = r->value;
    w->at = r->at;
    if (is_priming)
        return;
    side = kind->judge(e, w, r);
    watch_side(e, w, side, r->at, r->interval);
    if (w->must_save)
        watch_save(e, w);
}

void watch_age(struct engine *e, struct watch *w)
{
    ns_t interval = w->kind == OBJECT_DEVICE ? node_interval(e, (int)w->index) : e->o.interval;
    ns_t limit = (w->rule->hold_polls + 1) * interval;

    if (w->kind == OBJECT_SERVICE)
        limit = (w->rule->hold_polls + 1) * e->o.probe_interval;
    if (!w->at || w->is_raised || isnan(w->value) || e->now - w->at <= limit || e->now - e->started <= limit)
        return;
    w->value = (double)((e->now - w->at) / SECONDS);
    w->limit = (double)(limit / SECONDS);
    w->is_bad = w->is_raised = true;
    w->side_since = w->at;
    e->is_dirty = true;
    watch_save(e, w);
}

/* ---- sleeping hotspots ---- */

/* Mean of what the neighbours serve now; NaN if too few of them are known. */
static double neighbours_now(const struct engine *e, size_t place, ns_t at, ns_t interval)
{
    const struct place *p = &e->topo->places[place];
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < TOPOLOGY_NEIGHBOURS && p->neighbours[i] >= 0; i++) {
        const struct place_fact *n = &e->places[p->neighbours[i]];
        if (isnan(n->clients) || at - n->clients_at > 3 * interval)
            continue;
        sum += n->clients;
        count++;
    }
    return count < NEIGHBOURS_MIN ? NAN : sum / (double)count;
}

void watch_sleeping(struct engine *e, struct watch *w, size_t place, ns_t at, ns_t interval, bool is_priming)
{
    const struct place_fact *p = &e->places[place];
    double wanted = e->o.rules->guards.sleeping_clients;
    double around = neighbours_now(e, place, at, interval);
    enum side side = SIDE_BETWEEN;

    if (at < w->at)
        return;
    w->value = p->clients;
    w->limit = place_usual(e, place, at);
    w->at = at;
    if (p->clients > 0)
        side = SIDE_GOOD;
    else if (p->usual_count >= USUAL_MIN && w->limit >= wanted && around >= wanted)
        side = SIDE_BAD;
    else if (!w->is_raised)
        side = SIDE_GOOD; /* a quiet hour, not a sleeping hotspot */
    if (!is_priming)
        watch_side(e, w, side, at, interval);
}

/* ---- rows ---- */

void watch_save(struct engine *e, struct watch *w)
{
    const struct rule_kind_info *kind = rule_kind_info(w->rule->kind);
    bool has_memory = kind && kind->put && !kind->is_empty(w);
    struct buf b = BUF_INIT;

    w->must_save = false;
    if (!w->is_bad && !w->is_raised && !has_memory) {
        e->sink.row(e->sink.ctx, "watch", w->key, NULL, 0);
        return;
    }
    buf_u8(&b, (uint8_t)(w->is_bad | w->is_raised << 1));
    buf_le64(&b, (uint64_t)w->side_since);
    buf_le64(&b, (uint64_t)w->at);
    buf_le_double(&b, w->value);
    buf_le_double(&b, w->limit);
    if (has_memory)
        kind->put(w, &b);
    if (!buf_error(&b))
        e->sink.row(e->sink.ctx, "watch", w->key, b.data, b.len);
    buf_fini(&b);
}

static const struct rule *rule_by_id(const struct engine *e, const char *id)
{
    for (size_t i = 0; i < rules_count(e->o.rules); i++)
        if (strcmp(rules_at(e->o.rules, i)->id, id) == 0 && rules_at(e->o.rules, i)->enabled)
            return rules_at(e->o.rules, i);
    return NULL;
}

static bool find_object(const struct engine *e, const char *kind, const char *id, enum object_kind *k,
                        size_t *index)
{
    int i = -1;

    if (strcmp(kind, "hotspot") == 0) {
        *k = OBJECT_HOTSPOT;
        i = topology_hotspot(e->topo, id);
    } else if (strcmp(kind, "device") == 0) {
        *k = OBJECT_DEVICE;
        i = topology_device(e->topo, id);
    } else if (strcmp(kind, "service") == 0) {
        *k = OBJECT_SERVICE;
        for (size_t s = 0; i < 0 && s < e->service_count; s++)
            if (strcmp(e->services[s].service->id, id) == 0)
                i = (int)s;
    }
    *index = i < 0 ? 0 : (size_t)i;
    return i >= 0;
}

static enum err read_row(struct watch *w, struct wire *in)
{
    const struct rule_kind_info *kind = rule_kind_info(w->rule->kind);
    uint8_t flags = wire_u8(in);

    w->is_bad = flags & 1;
    w->is_raised = flags & 2;
    w->side_since = (ns_t)wire_le64(in);
    w->at = (ns_t)wire_le64(in);
    w->value = wire_le_double(in);
    w->limit = wire_le_double(in);
    if (wire_error(in))
        return ERR_MALFORMED;
    if (!kind || !kind->get || !wire_left(in))
        return ERR_OK;
    if (kind->get(w, in) == ERR_OK)
        return ERR_OK;
    memset(w->memory, 0, kind->memory); /* the rule was of another kind: it learns anew */
    return ERR_OK;
}

enum err watch_restore(struct engine *e, const char *key, const void *value, size_t len)
{
    char *copy = strdup(key), *part[4] = {copy}, *end;
    enum object_kind kind;
    size_t index, parts = 1;
    struct wire in;
    struct watch *w;
    enum err result = ERR_NOT_FOUND;

    if (!copy)
        return ERR_NOMEM;
    for (; parts < 4 && (end = strchr(part[parts - 1], '\n')); parts++) {
        *end = '\0';
        part[parts] = end + 1;
    }
    if (parts < 4 || !rule_by_id(e, part[0]) || !find_object(e, part[1], part[2], &kind, &index))
        goto done;
    w = watch_get(e, rule_by_id(e, part[0]), kind, index, part[3]);
    result = ERR_NOMEM;
    if (!w)
        goto done;
    wire_init(&in, value, len);
    result = read_row(w, &in);
done:
    free(copy);
    return result;
}
