/* SPDX-License-Identifier: GPL-3.0-or-later */
/* varbind.c - OIDs and sorted sets of varbinds. Pure; allocates from blocks that are kept over a clear. */
#include "collector/varbind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARBINDS_MAX = 1000000, BLOCK_LEAST = 2048, BLOCK_MOST = 65536 };

struct block {
    struct block *next;
    size_t used, size;
    uint32_t data[]; /* aligned for sub-identifiers */
};

struct varbind_set {
    struct varbind *items;
    size_t count, cap;
    bool is_sorted;
    struct block *first, *current;
};

int oid_compare(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
    size_t common = a_len < b_len ? a_len : b_len;

    for (size_t i = 0; i < common; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return a_len < b_len ? -1 : a_len > b_len;
}

bool oid_has_prefix(const uint32_t *oid, size_t len, const uint32_t *prefix, size_t prefix_len)
{
    return len >= prefix_len && memcmp(oid, prefix, prefix_len * sizeof *oid) == 0;
}

enum err oid_from_text(const char *text, uint32_t *ids, size_t *len)
{
    size_t room = *len, used = 0;

    if (*text == '.')
        text++;
    for (;;) {
        uint64_t id = 0;

        if (*text < '0' || *text > '9')
            return ERR_MALFORMED;
        for (; *text >= '0' && *text <= '9'; text++) {
            id = id * 10 + (uint64_t)(*text - '0');
            if (id > UINT32_MAX)
                return ERR_RANGE;
        }
        if (used == room)
            return ERR_LIMIT;
        ids[used++] = (uint32_t)id;
        if (*text == '\0')
            break;
        if (*text++ != '.')
            return ERR_MALFORMED;
    }
    *len = used;
    return ERR_OK;
}

void oid_to_text(const uint32_t *ids, size_t len, char *out, size_t size)
{
    size_t at = 0;

    if (size)
        out[0] = '\0';
    for (size_t i = 0; i < len && at < size; i++) {
        int n = snprintf(out + at, size - at, i ? ".%u" : "%u", ids[i]);

        if (n < 0)
            return;
        at += (size_t)n;
    }
}

struct varbind_set *varbind_set_new(void)
{
    struct varbind_set *s = calloc(1, sizeof *s);

    if (s)
        s->is_sorted = true;
    return s;
}

void varbind_set_free(struct varbind_set *s)
{
    if (!s)
        return;
    for (struct block *b = s->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(s->items);
    free(s);
}

void varbind_set_clear(struct varbind_set *s)
{
    s->count = 0;
    s->is_sorted = true;
    s->current = s->first;
    if (s->current)
        s->current->used = 0;
}

/* Room for size bytes, a multiple of 4 so that the next piece is aligned too. */
static void *take(struct varbind_set *s, size_t size)
{
    struct block *b = s->current;

    size = (size + 3) & ~(size_t)3;
    while (b && b->size - b->used < size && b->next) {
        b = b->next;
        b->used = 0;
    }
    if (!b || b->size - b->used < size) {
        /* Sets of a few varbinds are many when many devices are recognised at once. */
        size_t usual = b && b->size < BLOCK_MOST / 2 ? 2 * b->size : b ? BLOCK_MOST : BLOCK_LEAST;
        size_t room = size > usual ? size : usual;
        struct block *fresh = malloc(sizeof *fresh + room);

        if (!fresh)
            return NULL;
        *fresh = (struct block){.size = room};
        if (b)
            b->next = fresh;
        else
            s->first = fresh;
        b = fresh;
    }
    s->current = b;
    b->used += size;
    return (uint8_t *)b->data + b->used - size;
}

static enum err copy_value(struct varbind_set *s, struct varbind *to)
{
    void *copy;

    switch (to->type) {
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
    case SNMP_OPAQUE:
        copy = take(s, (size_t)to->len + 1);
        if (!copy)
            return ERR_NOMEM;
        if (to->len)
            memcpy(copy, to->bytes, to->len);
        ((uint8_t *)copy)[to->len] = 0;
        to->bytes = copy;
        return ERR_OK;
    case SNMP_OID:
        copy = take(s, to->len * sizeof *to->value_oid);
        if (!copy)
            return ERR_NOMEM;
        if (to->len)
            memcpy(copy, to->value_oid, to->len * sizeof *to->value_oid);
        to->value_oid = copy;
        return ERR_OK;
    default: return ERR_OK;
    }
}

enum err varbind_set_add(struct varbind_set *s, const struct varbind *vb)
{
    struct varbind copy = *vb;
    uint32_t *oid;

    if (s->count == VARBINDS_MAX || vb->oid_len > OID_MAX)
        return ERR_LIMIT;
    if (s->count == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct varbind *more = realloc(s->items, cap * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        s->items = more;
        s->cap = cap;
    }
    oid = take(s, vb->oid_len * sizeof *oid);
    if (!oid)
        return ERR_NOMEM;
    memcpy(oid, vb->oid, vb->oid_len * sizeof *oid);
    copy.oid = oid;
    enum err e = copy_value(s, &copy);
    if (e)
        return e;
    if (s->is_sorted && s->count) {
        const struct varbind *last = &s->items[s->count - 1];

        s->is_sorted = oid_compare(last->oid, last->oid_len, oid, vb->oid_len) < 0;
    }
    s->items[s->count++] = copy;
    return ERR_OK;
}

static int by_oid(const void *a, const void *b)
{
    const struct varbind *x = a, *y = b;

    return oid_compare(x->oid, x->oid_len, y->oid, y->oid_len);
}

/* qsort() is not stable, and the first of equal OIDs must win: a merge sort is. */
static bool merge_sort(struct varbind *items, size_t count)
{
    struct varbind *spare = malloc(count * sizeof *spare), *from = items, *to = spare;

    if (!spare)
        return false;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t lo = 0; lo < count; lo += 2 * width) {
            size_t mid = lo + width < count ? lo + width : count;
            size_t hi = lo + 2 * width < count ? lo + 2 * width : count;
            size_t i = lo, j = mid;

            for (size_t k = lo; k < hi; k++) {
                if (i < mid && (j >= hi || by_oid(&from[i], &from[j]) <= 0))
                    to[k] = from[i++];
                else
                    to[k] = from[j++];
            }
        }
        struct varbind *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
    free(spare);
    return true;
}

void varbind_set_sort(struct varbind_set *s)
{
    size_t kept = 0;

    if (s->is_sorted)
        return;
    if (!merge_sort(s->items, s->count))
        qsort(s->items, s->count, sizeof *s->items, by_oid); /* out of memory: any of equal ones may win */
    for (size_t i = 0; i < s->count; i++) {
        if (kept && by_oid(&s->items[kept - 1], &s->items[i]) == 0)
            continue;
        s->items[kept++] = s->items[i];
    }
    s->count = kept;
    s->is_sorted = true;
}

size_t varbind_set_count(const struct varbind_set *s)
{
    return s->count;
}

const struct varbind *varbind_set_at(const struct varbind_set *s, size_t i)
{
    return i < s->count ? &s->items[i] : NULL;
}

/* The first index whose OID is >= oid. */
static size_t lower_bound(const struct varbind_set *s, const uint32_t *oid, size_t len)
{
    size_t lo = 0, hi = s->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (oid_compare(s->items[mid].oid, s->items[mid].oid_len, oid, len) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct varbind *varbind_set_find(const struct varbind_set *s, const uint32_t *oid, size_t len)
{
    size_t i = lower_bound(s, oid, len);

    if (i < s->count && oid_compare(s->items[i].oid, s->items[i].oid_len, oid, len) == 0)
        return &s->items[i];
    return NULL;
}

void varbind_set_below(const struct varbind_set *s, const uint32_t *prefix, size_t len, size_t *begin,
                       size_t *end)
{
    size_t lo = lower_bound(s, prefix, len), hi = s->count;

    if (lo < s->count && s->items[lo].oid_len == len && oid_has_prefix(s->items[lo].oid, len, prefix, len))
        lo++; /* the prefix itself lies not below it */
    *begin = lo;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (oid_has_prefix(s->items[mid].oid, s->items[mid].oid_len, prefix, len))
            lo = mid + 1;
        else
            hi = mid;
    }
    *end = lo;
}
