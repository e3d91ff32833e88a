/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c - memory in blocks that are kept over a reset. */
#include "collector/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    size_t block_size;
    struct block *first, *current;
};

struct arena *arena_new(size_t block_size)
{
    struct arena *a = calloc(1, sizeof *a);

    if (a)
        a->block_size = block_size;
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void arena_reset(struct arena *a)
{
    a->current = a->first;
    if (a->current)
        a->current->used = 0;
}

static struct block *block_add(struct arena *a, size_t size)
{
    size_t room = size > a->block_size ? size : a->block_size;
    struct block *b = malloc(sizeof *b + room);

    if (!b)
        return NULL;
    b->next = NULL;
    b->used = 0;
    b->size = room;
    if (a->current) {
        b->next = a->current->next;
        a->current->next = b;
    } else {
        a->first = b;
    }
    a->current = b;
    return b;
}

void *arena_take(struct arena *a, size_t size)
{
    struct block *b = a->current;
    void *p;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    while (b && b->size - b->used < size && b->next) {
        b = b->next;
        b->used = 0;
        a->current = b;
    }
    if (!b || b->size - b->used < size)
        b = block_add(a, size);
    if (!b)
        return NULL;
    p = b->data + b->used;
    b->used += size;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_take(a, total);
}

char *arena_copy(struct arena *a, const void *bytes, size_t len)
{
    char *p = len < SIZE_MAX / 2 ? arena_take(a, len + 1) : NULL;

    if (p && len)
        memcpy(p, bytes, len);
    return p;
}
