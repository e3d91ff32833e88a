/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c - open addressing over an ordered array of entries. Pure apart from malloc.
 *
 * slots[] holds entry index + 1, or 0; entries stand in insertion order. Removal shifts the entries
 * behind it and rebuilds the slots: maps here grow much more often than they shrink. */
#include "lib/base/map.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *key;
    void *value;
    uint64_t hash;
};

struct map {
    struct entry *entries;
    uint32_t *slots;
    size_t count, entries_cap, slots_cap; /* slots_cap is 0 or a power of two, at least 2 * count */
    uint64_t seed;
};

/* FNV-1a, seeded, with a final mix (murmur3's) so that low bits depend on all. */
static uint64_t hash_of(const struct map *m, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u ^ m->seed;

    for (; *key; key++)
        h = (h ^ (uint8_t)*key) * 0x100000001b3u;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    return h ^ h >> 33;
}

struct map *map_new(uint64_t seed)
{
    struct map *m = calloc(1, sizeof *m);

    if (m)
        m->seed = seed;
    return m;
}

void map_free(struct map *m, void (*free_value)(void *))
{
    if (!m)
        return;
    for (size_t i = 0; i < m->count; i++) {
        free(m->entries[i].key);
        if (free_value)
            free_value(m->entries[i].value);
    }
    free(m->entries);
    free(m->slots);
    free(m);
}

size_t map_count(const struct map *m)
{
    return m->count;
}

/* The slot that holds key, or the empty one where it belongs. slots_cap must not be 0. */
static size_t slot_of(const struct map *m, const char *key, uint64_t hash)
{
    size_t mask = m->slots_cap - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const struct entry *e;
        if (!m->slots[i])
            return i;
        e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && strcmp(e->key, key) == 0)
            return i;
    }
}

static struct entry *find(const struct map *m, const char *key)
{
    uint32_t index;

    if (!m->slots_cap)
        return NULL;
    index = m->slots[slot_of(m, key, hash_of(m, key))];
    return index ? &m->entries[index - 1] : NULL;
}

void *map_get(const struct map *m, const char *key)
{
    const struct entry *e = find(m, key);

    return e ? e->value : NULL;
}

static void fill_slots(struct map *m)
{
    memset(m->slots, 0, m->slots_cap * sizeof *m->slots);
    for (size_t i = 0; i < m->count; i++)
        m->slots[slot_of(m, m->entries[i].key, m->entries[i].hash)] = (uint32_t)i + 1;
}

static enum err grow(struct map *m)
{
    if (m->count == m->entries_cap) {
        size_t cap = m->entries_cap ? 2 * m->entries_cap : 8;
        struct entry *entries = realloc(m->entries, cap * sizeof *entries);
        if (!entries)
            return ERR_NOMEM;
        m->entries = entries;
        m->entries_cap = cap;
    }
    if (2 * (m->count + 1) > m->slots_cap) {
        size_t cap = m->slots_cap ? 2 * m->slots_cap : 16;
        uint32_t *slots = calloc(cap, sizeof *slots);
        if (!slots)
            return ERR_NOMEM;
        free(m->slots);
        m->slots = slots;
        m->slots_cap = cap;
        fill_slots(m);
    }
    return ERR_OK;
}

enum err map_set(struct map *m, const char *key, void *value, void **old)
{
    struct entry *e = find(m, key);
    char *copy;

    if (old)
        *old = e ? e->value : NULL;
    if (e) {
        e->value = value;
        return ERR_OK;
    }
    copy = strdup(key);
    if (!copy || grow(m)) {
        free(copy);
        return ERR_NOMEM;
    }
    m->entries[m->count] = (struct entry){copy, value, hash_of(m, key)};
    m->slots[slot_of(m, key, m->entries[m->count].hash)] = (uint32_t)m->count + 1;
    m->count++;
    return ERR_OK; /* cppcheck-suppress memleak ; the entry owns the copy */
}

void *map_remove(struct map *m, const char *key)
{
    struct entry *e = find(m, key);
    void *value;

    if (!e)
        return NULL;
    value = e->value;
    free(e->key);
    memmove(e, e + 1, (size_t)(m->entries + m->count - (e + 1)) * sizeof *e);
    m->count--;
    fill_slots(m);
    return value;
}

void *map_at(const struct map *m, size_t i, const char **key)
{
    if (key)
        *key = m->entries[i].key;
    return m->entries[i].value;
}
