/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recipe.c - learns which varbind feeds which series, and repeats it. */
#include "collector/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "collector/image.h"
#include "collector/snmp_pdu.h"

enum { HOWS_MAX = 65535, HOWS_COMPARED = 32, BUCKETS_LEAST = 64 };

/* Rows of a column share it. */
struct how {
    const struct field *field;
    struct view_factors factors;
    double scale;
    uint8_t width; /* of a counter: bits */
    bool is_counter;
};

struct recipe {
    const struct device_profile *profile;
    struct recipe_op *ops; /* in the order of items and rows */
    size_t op_count;
    struct how *hows;
    size_t how_count;
    uint16_t *settled; /* items of the plan */
    size_t settled_count;
    /* in the book */
    struct recipe_book *book; /* NULL = not there yet */
    struct recipe *next;
    uint64_t hash;
    size_t users;
};

struct recipe_book {
    struct recipe **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    bool is_closed; /* freed, but for its recipes */
};

static void discard(struct recipe *r)
{
    free(r->ops);
    free(r->hows);
    free(r->settled);
    free(r);
}

/* ---- sharing ---- */

struct recipe_book *recipe_book_new(void)
{
    struct recipe_book *b = calloc(1, sizeof *b);

    if (b) {
        b->bucket_count = BUCKETS_LEAST;
        b->buckets = calloc(b->bucket_count, sizeof(struct recipe *));
    }
    if (b && !b->buckets) {
        free(b);
        return NULL;
    }
    return b;
}

static void free_if_unused(struct recipe_book *b)
{
    if (!b->is_closed || b->count)
        return;
    free(b->buckets);
    free(b);
}

void recipe_book_free(struct recipe_book *b)
{
    if (!b)
        return;
    b->is_closed = true;
    free_if_unused(b);
}

static struct recipe **bucket_of(const struct recipe_book *b, uint64_t hash)
{
    return &b->buckets[hash & (b->bucket_count - 1)];
}

/* Without memory the chains grow longer. */
static void grow_book(struct recipe_book *b)
{
    struct recipe_book more = {.bucket_count = 2 * b->bucket_count};

    more.buckets = calloc(more.bucket_count, sizeof(struct recipe *));
    if (!more.buckets)
        return;
    for (size_t i = 0; i < b->bucket_count; i++) {
        for (struct recipe *r = b->buckets[i], *next; r; r = next) {
            next = r->next;
            r->next = *bucket_of(&more, r->hash);
            *bucket_of(&more, r->hash) = r;
        }
    }
    free(b->buckets);
    b->buckets = more.buckets;
    b->bucket_count = more.bucket_count;
}

void recipe_free(const struct recipe *recipe)
{
    struct recipe **at, *r;

    if (!recipe)
        return;
    at = bucket_of(recipe->book, recipe->hash);
    while (*at != recipe)
        at = &(*at)->next;
    r = *at;
    if (--r->users)
        return;
    *at = r->next;
    r->book->count--;
    free_if_unused(r->book);
    discard(r);
}

/* ---- learning ---- */

/* Where a varbind of the set comes from, and what becomes of it. */
struct origin {
    uint32_t row;
    uint16_t item;
    bool is_spoiled; /* a series needs it in a way that cannot be repeated */
};

/* The set must be what the items hold, in their order. */
static enum err find_origins(const struct poll *poll, const struct read_plan *plan,
                             const struct varbind_set *set, struct origin *origins)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    size_t at = 0, count = varbind_set_count(set);

    for (size_t i = 0; i < plan->count; i++) {
        struct poll_item item = poll_item(poll, i);
        struct snmp_raw_varbind raw;
        struct wire w;
        uint32_t row = 0;

        wire_init(&w, item.varbinds, item.len);
        for (; snmp_varbind_again(&w, &raw); row++, at++) {
            const struct varbind *known = varbind_set_at(set, at);
            struct varbind vb;

            if (at == count)
                return ERR_NOT_FOUND;
            snmp_varbind_decode(&raw, ids, value_ids, &vb);
            if (oid_compare(vb.oid, vb.oid_len, known->oid, known->oid_len) != 0)
                return ERR_NOT_FOUND;
            origins[at] = (struct origin){.row = row, .item = (uint16_t)i};
        }
    }
    return at == count ? ERR_OK : ERR_NOT_FOUND;
}

static uint64_t hash_ops(const struct recipe *r)
{
    uint64_t h = r->op_count * 31 + r->settled_count;

    for (size_t i = 0; i < r->op_count; i++) {
        h = (h ^ r->ops[i].row ^ (uint64_t)r->ops[i].item << 32) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return h ^ h >> 32;
}

static bool is_same_how(const struct how *a, const struct how *b)
{
    return a->field == b->field && a->width == b->width && a->is_counter == b->is_counter &&
           a->scale == b->scale && a->factors.times == b->factors.times &&
           a->factors.plus == b->factors.plus && a->factors.total == b->factors.total;
}

static bool is_same(const struct recipe *a, const struct recipe *b)
{
    bool is_same_size = a->profile == b->profile && a->op_count == b->op_count &&
                        a->how_count == b->how_count && a->settled_count == b->settled_count;

    if (!is_same_size || memcmp(a->ops, b->ops, a->op_count * sizeof *a->ops) != 0 ||
        memcmp(a->settled, b->settled, a->settled_count * sizeof *a->settled) != 0)
        return false;
    for (size_t i = 0; i < a->how_count; i++)
        if (!is_same_how(&a->hows[i], &b->hows[i]))
            return false;
    return true;
}

/* The equal one of the book, or r itself, which is then in it. */
static const struct recipe *share(struct recipe_book *b, struct recipe *r)
{
    struct recipe **head;

    r->hash = hash_ops(r);
    for (struct recipe *known = *bucket_of(b, r->hash); known; known = known->next) {
        if (known->hash == r->hash && is_same(known, r)) {
            known->users++;
            discard(r);
            return known;
        }
    }
    if (b->count >= b->bucket_count)
        grow_book(b);
    head = bucket_of(b, r->hash);
    r->next = *head;
    *head = r;
    r->book = b;
    r->users = 1;
    b->count++;
    return r;
}

/* Columns come one after the other, so an equal one is among the last, if anywhere. */
static enum err find_how(struct recipe *r, const struct view_sample *sample, uint16_t *out)
{
    struct how how = {sample->field, sample->factors, sample->scale, sample->is_counter ? sample->width : 0,
                      sample->is_counter};

    for (size_t i = r->how_count; i-- > 0 && r->how_count - i <= HOWS_COMPARED;) {
        if (is_same_how(&r->hows[i], &how)) {
            *out = (uint16_t)i;
            return ERR_OK;
        }
    }
    if (r->how_count == HOWS_MAX)
        return ERR_LIMIT;
    if ((r->how_count & (r->how_count - 1)) == 0) {
        struct how *more = realloc(r->hows, (r->how_count ? 2 * r->how_count : 8) * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        r->hows = more;
    }
    *out = (uint16_t)r->how_count;
    r->hows[r->how_count++] = how;
    return ERR_OK;
}

static enum err learn_sample(struct recipe *r, const struct view_sample *sample, struct origin *origins,
                             uint32_t series, uint32_t counter)
{
    struct recipe_op *op = &r->ops[r->op_count];
    const struct origin *from;
    enum err e;

    if (sample->outvoted != VIEW_NO_SOURCE)
        origins[sample->outvoted].is_spoiled = true;
    if (!sample->field || !sample->source_count) {
        if (sample->is_counter)
            return ERR_NOT_FOUND;
        for (size_t i = 0; i < sample->source_count; i++)
            origins[sample->sources[i]].is_spoiled = true;
        return ERR_OK;
    }
    from = &origins[sample->sources[0]];
    *op = (struct recipe_op){.row = from->row, .series = series, .counter = counter, .item = from->item};
    e = find_how(r, sample, &op->how);
    if (e)
        return e;
    r->op_count++;
    return ERR_OK;
}

static enum err learn_samples(struct recipe *r, const struct device_view *view, struct origin *origins)
{
    uint32_t series = 0, counters = 0;
    enum err e = ERR_OK;

    r->ops = malloc((view->sample_count + 1) * sizeof *r->ops);
    if (!r->ops)
        return ERR_NOMEM;
    for (size_t i = 0; !e && i < view->sample_count; i++) {
        const struct view_sample *sample = &view->samples[i];

        if (sample->metric == METRIC_NONE)
            continue;
        e = learn_sample(r, sample, origins, series++, counters);
        counters += sample->is_counter;
    }
    return e;
}

/* Only items that have instances are listed: new instances end a recipe anyway. */
static enum err settle(struct recipe *r, const struct read_plan *plan, const struct origin *origins,
                       size_t count)
{
    bool *is_settled = calloc(plan->count + 1, sizeof *is_settled);
    size_t kept = 0;

    r->settled = malloc((plan->count + 1) * sizeof *r->settled);
    if (!is_settled || !r->settled) {
        free(is_settled);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct read_item *item = &plan->items[origins[i].item];

        if (item->is_settled || origins[i].is_spoiled)
            is_settled[origins[i].item] = true;
    }
    for (size_t i = 0; i < r->op_count; i++) {
        /* A counter that stands still still has a rate. */
        if (!is_settled[r->ops[i].item] || r->hows[r->ops[i].how].is_counter)
            r->ops[kept++] = r->ops[i];
    }
    r->op_count = kept;
    for (size_t i = 0; i < plan->count; i++) {
        if (is_settled[i])
            r->settled[r->settled_count++] = (uint16_t)i;
    }
    free(is_settled);
    return ERR_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct recipe_op *x = a, *y = b;

    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Gives back what was reserved and not used; without memory for that the array stays as it is. */
static void fit(void *array, size_t count, size_t size)
{
    void **at = array, *less = realloc(*at, (count + 1) * size);

    if (less)
        *at = less;
}

enum err recipe_learn(struct recipe_book *book, const struct poll *poll, const struct varbind_set *varbinds,
                      const struct device_view *view, const struct recipe **out)
{
    const struct device_profile *profile = poll_profile(poll);
    const struct read_plan *plan = device_profile_plan(profile);
    size_t count = varbind_set_count(varbinds);
    struct recipe *r = calloc(1, sizeof *r);
    struct origin *origins = calloc(count + 1, sizeof *origins);
    enum err e = ERR_NOMEM;

    if (!r || !origins)
        goto done;
    r->profile = profile;
    e = plan->count > UINT16_MAX ? ERR_LIMIT : find_origins(poll, plan, varbinds, origins);
    if (!e)
        e = learn_samples(r, view, origins);
    if (!e)
        e = settle(r, plan, origins, count);
    if (e)
        goto done;
    qsort(r->ops, r->op_count, sizeof *r->ops, by_place);
    fit(&r->ops, r->op_count, sizeof *r->ops);
    fit(&r->hows, r->how_count, sizeof *r->hows);
    fit(&r->settled, r->settled_count, sizeof *r->settled);
    *out = share(book, r);
    r = NULL;

done:
    free(origins);
    if (r)
        discard(r);
    return e;
}

/* ---- repeating ---- */

bool recipe_fits(const struct recipe *r, const struct poll *poll)
{
    if (!r || poll_profile(poll) != r->profile || !poll_has_same_instances(poll))
        return false;
    for (size_t i = 0; i < r->settled_count; i++) {
        if (poll_item(poll, r->settled[i]).has_changed)
            return false;
    }
    return true;
}

static bool tell_reading(const struct how *how, const struct recipe_op *op, const struct varbind *vb,
                         ns_t read_at, const struct recipe_sink *sink)
{
    struct reading reading;

    if (!decode_again(how->field, &how->factors, vb, &reading) || reading.width != how->width)
        return false;
    if (how->is_counter)
        sink->count(sink->ctx, op->series, op->counter, reading.raw, reading.width, read_at, how->scale);
    else
        sink->reading(sink->ctx, op->series, reading.value, reading.quality);
    return true;
}

static bool tell(const struct how *how, const struct recipe_op *op, const struct snmp_raw_varbind *raw,
                 ns_t read_at, const struct recipe_sink *sink)
{
    uint32_t value_ids[OID_MAX];
    struct varbind vb;

    /* What decode_again() makes of a counter of the width that it had, without asking it. */
    if (how->is_counter && raw->type == (how->width == 64 ? SNMP_COUNTER64 : SNMP_COUNTER32)) {
        sink->count(sink->ctx, op->series, op->counter, snmp_varbind_unsigned(raw), how->width, read_at,
                    how->scale);
        return true;
    }
    snmp_varbind_decode_value(raw, value_ids, &vb);
    return tell_reading(how, op, &vb, read_at, sink);
}

/* The varbind of a frozen item, but for its OID. */
static struct snmp_raw_varbind frozen_varbind(const struct poll_item *item, uint32_t row)
{
    const struct shared *bytes = item->values[row].bytes;

    return (struct snmp_raw_varbind){
        .type = item->types[row], .value = bytes->bytes, .value_len = bytes->len};
}

static bool tell_frozen(const struct how *how, const struct recipe_op *op, const struct poll_item *item,
                        const struct recipe_sink *sink)
{
    uint32_t type = item->types[op->row], value_ids[OID_MAX];
    struct varbind vb = {.type = type};

    if (image_is_number(type)) {
        vb.number = item->values[op->row].number;
    } else {
        const struct snmp_raw_varbind raw = frozen_varbind(item, op->row);

        snmp_varbind_decode_value(&raw, value_ids, &vb);
    }
    return tell_reading(how, op, &vb, item->read_at, sink);
}

/* How many of the ops from `op` on are counters of one kind, with values of the type that they had. */
static size_t count_alike(const struct recipe *r, const struct recipe_op *op, const struct poll_item *item)
{
    const struct how *how = &r->hows[op->how];
    uint32_t type = how->width == 64 ? SNMP_COUNTER64 : SNMP_COUNTER32;
    const struct recipe_op *at = op, *end = r->ops + r->op_count;

    if (!how->is_counter)
        return 0;
    while (at < end && at->item == op->item && at->how == op->how && at->row < item->count &&
           item->types[at->row] == type)
        at++;
    return (size_t)(at - op);
}

static bool apply_frozen(const struct recipe *r, size_t *at, const struct poll_item *item,
                         const struct recipe_sink *sink)
{
    uint16_t number = r->ops[*at].item;

    while (*at < r->op_count && r->ops[*at].item == number) {
        const struct recipe_op *op = &r->ops[*at];
        const struct how *how = &r->hows[op->how];
        size_t alike = count_alike(r, op, item);

        if (alike)
            sink->counts(sink->ctx, &(struct recipe_counts){op, alike, item->values, item->read_at,
                                                            how->scale, how->width});
        else if (op->row < item->count && !tell_frozen(how, op, item, sink))
            return false;
        *at += alike ? alike : 1;
    }
    return true;
}

/* Tells the ops of one item, from op `at` on; *at is then the first of another item. */
static bool apply_item(const struct recipe *r, size_t *at, const struct poll_item *item,
                       const struct recipe_sink *sink)
{
    const struct recipe_op *op = &r->ops[*at], *end = r->ops + r->op_count;
    uint16_t number = op->item;
    struct snmp_raw_varbind raw;
    bool is_good = true;
    struct wire w;

    wire_init(&w, item->varbinds, item->len);
    for (uint32_t row = 0; op < end && op->item == number && snmp_varbind_again(&w, &raw); row++)
        for (; is_good && op < end && op->item == number && op->row == row; op++)
            is_good = tell(&r->hows[op->how], op, &raw, item->read_at, sink);
    *at = (size_t)(op - r->ops);
    return is_good;
}

bool recipe_apply(const struct recipe *r, const struct poll *poll, const struct recipe_sink *sink)
{
    for (size_t at = 0; at < r->op_count;) {
        uint16_t number = r->ops[at].item;
        struct poll_item item = poll_item(poll, number);

        if (item.is_read && !(item.values ? apply_frozen : apply_item)(r, &at, &item, sink))
            return false;
        while (at < r->op_count && r->ops[at].item == number)
            at++;
    }
    return true;
}
