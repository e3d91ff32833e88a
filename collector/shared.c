/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shared.c - a hash table of byte strings with their users. */
#include "collector/shared.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS_LEAST = 64 };

struct shared_book {
    struct shared **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    struct pool *pool;
};

struct shared_book *shared_book_new(void)
{
    struct shared_book *b = calloc(1, sizeof *b);

    if (!b)
        return NULL;
    b->bucket_count = BUCKETS_LEAST;
    b->buckets = calloc(b->bucket_count, sizeof(struct shared *));
    b->pool = pool_new();
    if (b->buckets && b->pool)
        return b;
    shared_book_free(b);
    return NULL;
}

void shared_book_free(struct shared_book *b)
{
    if (!b)
        return;
    free(b->buckets);
    pool_free(b->pool);
    free(b);
}

struct pool *shared_pool(const struct shared_book *b)
{
    return b ? b->pool : NULL;
}

size_t shared_count(const struct shared_book *b)
{
    return b->count;
}

static uint64_t hash_of(const uint8_t *bytes, size_t len)
{
    uint64_t h = len * 0x9e3779b97f4a7c15u, word;
    size_t i = 0;

    for (; i + sizeof word <= len; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        h = (h ^ word) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 29;
    }
    word = 0;
    if (i < len)
        memcpy(&word, bytes + i, len - i);
    h = (h ^ word) * 0x94d049bb133111ebu;
    return h ^ h >> 32;
}

static struct shared **bucket_of(const struct shared_book *b, uint64_t hash)
{
    return &b->buckets[hash & (b->bucket_count - 1)];
}

/* Without memory the chains grow longer. */
static void grow(struct shared_book *b)
{
    struct shared_book more = {.bucket_count = 2 * b->bucket_count};

    more.buckets = calloc(more.bucket_count, sizeof(struct shared *));
    if (!more.buckets)
        return;
    for (size_t i = 0; i < b->bucket_count; i++) {
        for (struct shared *s = b->buckets[i], *next; s; s = next) {
            next = s->next;
            s->next = *bucket_of(&more, s->hash);
            *bucket_of(&more, s->hash) = s;
        }
    }
    free(b->buckets);
    b->buckets = more.buckets;
    b->bucket_count = more.bucket_count;
}

const struct shared *shared_take(struct shared_book *b, const void *bytes, size_t len)
{
    uint64_t hash = hash_of(bytes, len);
    struct shared *s;

    for (s = *bucket_of(b, hash); s; s = s->next) {
        if (s->hash == hash && s->len == len && (!len || memcmp(s->bytes, bytes, len) == 0)) {
            s->users++;
            return s;
        }
    }
    s = len <= UINT32_MAX ? malloc(sizeof *s + len) : NULL;
    if (!s)
        return NULL;
    if (b->count >= b->bucket_count)
        grow(b);
    *s = (struct shared){.next = *bucket_of(b, hash), .hash = hash, .users = 1, .len = (uint32_t)len};
    if (len)
        memcpy(s->bytes, bytes, len);
    *bucket_of(b, hash) = s;
    b->count++;
    return s;
}

void shared_drop(struct shared_book *b, const struct shared *gone)
{
    struct shared **at, *s;

    if (!gone)
        return;
    at = bucket_of(b, gone->hash);
    while (*at != gone)
        at = &(*at)->next;
    s = *at;
    if (--s->users)
        return;
    *at = s->next;
    b->count--;
    free(s);
}
