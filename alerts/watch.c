/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c - one rule on one series: hysteresis, hold, own median; and who usually uses a hotspot.
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

#include "alerts/engine_private.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"

enum { RECENT_SIZE = 64, RECENT_MIN = 8, USUAL_MIN = 12, NEIGHBOURS_MIN = 2 };
#define RECENT_SPACING_MAX (7 * DAYS / RECENT_SIZE)
#define SAVE_EVERY           (10 * MINUTES)
/* Below this there is no light at all: a cut or an empty port, which is not a level to compare. */
#define NO_LIGHT_DBM (-35.0)

/* Recent values, thinned out: when the ring is full every second one goes and the spacing doubles, up to a
 * span of seven days. */
struct recent {
    double values[RECENT_SIZE];
    size_t count;
    ns_t spacing, last;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double recent_median(const struct recent *b)
{
    double sorted[RECENT_SIZE];

    memcpy(sorted, b->values, b->count * sizeof *sorted);
    qsort(sorted, b->count, sizeof *sorted, by_value);
    return b->count % 2 ? sorted[b->count / 2] : (sorted[b->count / 2 - 1] + sorted[b->count / 2]) / 2;
}

static void recent_add(struct recent *b, double value, ns_t at)
{
    if (b->count && at - b->last < b->spacing)
        return;
    if (b->count == RECENT_SIZE && b->spacing < RECENT_SPACING_MAX) {
        for (size_t i = 0; i < RECENT_SIZE / 2; i++)
            b->values[i] = b->values[2 * i];
        b->count = RECENT_SIZE / 2;
        b->spacing = b->spacing ? b->spacing * 2 : SECONDS;
    } else if (b->count == RECENT_SIZE) {
        memmove(b->values, b->values + 1, (RECENT_SIZE - 1) * sizeof *b->values);
        b->count--;
    }
    b->values[b->count++] = value;
    b->last = at;
}

/* ---- the instances ---- */

struct watch *watch_get(struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                        const char *entity)
{
    const char *id, *name;
    char *key;
    struct watch *w;

    object_name(e, kind, index, &id, &name);
    key = strx_printf("%s\n%s\n%s\n%s", rule->id, object_kind_words[kind], id, entity);
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
    if (rule->kind == RULE_DROP)
        w->baseline = calloc(1, sizeof *w->baseline);
    if (!w->entity || (rule->kind == RULE_DROP && !w->baseline) || map_set(e->watches, key, w, NULL)) {
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
    free(w->baseline);
    free(w);
}

enum side { SIDE_GOOD, SIDE_BETWEEN, SIDE_BAD };

static enum side side_of(struct watch *w, double value)
{
    const struct rule *r = w->rule;
    double median;

    if (r->kind == RULE_DROP) {
        if (w->baseline->count < RECENT_MIN)
            return SIDE_GOOD;
        median = recent_median(w->baseline);
        w->reference = median;
        w->limit = median - r->drop;
        if (value <= w->limit)
            return SIDE_BAD;
        return value > median - r->clear ? SIDE_GOOD : SIDE_BETWEEN;
    }
    w->limit = r->has_above ? r->above : r->below;
    if (r->has_above ? value > r->above : value < r->below)
        return SIDE_BAD;
    return (r->has_above ? value <= r->clear : value >= r->clear) ? SIDE_GOOD : SIDE_BETWEEN;
}

/* hold: n polls on the same side span n - 1 intervals; half a one is forgiven for jitter. */
static bool has_lasted(const struct watch *w, ns_t at, int64_t polls, ns_t interval)
{
    return at - w->side_since >= (polls - 1) * interval - (polls > 1 ? interval / 2 : 0);
}

static void take_side(struct engine *e, struct watch *w, enum side side, ns_t at, ns_t interval)
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

void watch_value(struct engine *e, struct watch *w, double value, ns_t at, ns_t interval, bool is_priming)
{
    enum side side;

    if (isnan(value) || at < w->at)
        return; /* no reading: the side stays as it is */
    if (w->rule->metric == METRIC_OPTIC_RX && value <= NO_LIGHT_DBM)
        return;
    w->value = value;
    w->at = at;
    if (is_priming)
        return;
    side = side_of(w, value);
    if (w->baseline && side == SIDE_GOOD && !w->is_raised) {
        recent_add(w->baseline, value, at);
        if (at - w->baseline_saved >= SAVE_EVERY && w->baseline->count >= RECENT_MIN) {
            w->baseline_saved = at;
            watch_save(e, w);
        }
    }
    take_side(e, w, side, at, interval);
}

/* ---- sleeping hotspots ---- */

void place_learn(struct engine *e, size_t place, ns_t at, ns_t interval)
{
    struct place_fact *p = &e->places[place];
    double share;

    if (p->clients == 0 && p->usual_count >= USUAL_MIN && p->usual >= e->o.rules->guards.sleeping_clients)
        return; /* perhaps asleep: does not count as usual */
    p->usual_count += p->usual_count < 1000000;
    share = (double)interval / (double)DAYS;
    if (share < 1.0 / p->usual_count)
        share = 1.0 / p->usual_count;
    p->usual += share * (p->clients - p->usual);
    if (at - p->usual_saved >= SAVE_EVERY && p->usual_count >= USUAL_MIN) {
        p->usual_saved = at;
        row_memory(e, OBJECT_HOTSPOT, place);
    }
}

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
    w->limit = p->usual;
    w->at = at;
    if (p->clients > 0)
        side = SIDE_GOOD;
    else if (p->usual_count >= USUAL_MIN && p->usual >= wanted && around >= wanted)
        side = SIDE_BAD;
    else if (!w->is_raised)
        side = SIDE_GOOD; /* a quiet hour, not a sleeping hotspot */
    if (!is_priming)
        take_side(e, w, side, at, interval);
}

/* ---- rows ---- */

static void put_double(struct buf *b, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    buf_le64(b, bits);
}

static double get_double(struct wire *w)
{
    uint64_t bits = wire_le64(w);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

void watch_save(struct engine *e, struct watch *w)
{
    struct buf b = BUF_INIT;

    if (!w->is_bad && !w->is_raised && !(w->baseline && w->baseline->count)) {
        e->sink.row(e->sink.ctx, "watch", w->key, NULL, 0);
        return;
    }
    buf_u8(&b, (uint8_t)(w->is_bad | w->is_raised << 1));
    buf_le64(&b, (uint64_t)w->side_since);
    buf_le64(&b, (uint64_t)w->at);
    put_double(&b, w->value);
    put_double(&b, w->limit);
    if (w->baseline) {
        buf_le64(&b, (uint64_t)w->baseline->spacing);
        buf_le64(&b, (uint64_t)w->baseline->last);
        for (size_t i = 0; i < w->baseline->count; i++)
            put_double(&b, w->baseline->values[i]);
    }
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

static void read_row(struct watch *w, struct wire *in)
{
    uint8_t flags = wire_u8(in);

    w->is_bad = flags & 1;
    w->is_raised = flags & 2;
    w->side_since = (ns_t)wire_le64(in);
    w->at = (ns_t)wire_le64(in);
    w->value = get_double(in);
    w->limit = get_double(in);
    if (!w->baseline || wire_left(in) < 16)
        return;
    w->baseline->spacing = (ns_t)wire_le64(in);
    w->baseline->last = (ns_t)wire_le64(in);
    for (w->baseline->count = 0; wire_left(in) >= 8 && w->baseline->count < RECENT_SIZE;)
        w->baseline->values[w->baseline->count++] = get_double(in);
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
    read_row(w, &in);
    result = wire_error(&in) ? ERR_MALFORMED : ERR_OK;
done:
    free(copy);
    return result;
}
