/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - large blocks, cut into pieces of whole cache lines; a list of free pieces for each size. */
#include "collector/pool.h"

#include <stdlib.h>

enum {
    LINE = 64,
    CLASSES = 256, /* larger pieces, 16 KiB and more, come from the heap: they leave no small holes */
    BLOCK_BYTES = 512 * 1024 /* pages that are not cut yet cost nothing */
};

struct piece {
    struct piece *next;
};

struct block {
    struct block *next;
};

struct pool {
    struct block *blocks;
    char *at; /* in the newest block */
    size_t left;
    struct piece *free_pieces[CLASSES]; /* by lines */
};

struct pool *pool_new(void)
{
    return calloc(1, sizeof(struct pool));
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    for (struct block *b = p->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(p);
}

static size_t lines_of(size_t size)
{
    return size ? (size + LINE - 1) / LINE : 1;
}

static void *cut(struct pool *p, size_t bytes)
{
    struct block *b;

    if (p->left < bytes) { /* the rest of the block is lost: 3 % at most */
        b = aligned_alloc(LINE, BLOCK_BYTES);
        if (!b)
            return NULL;
        b->next = p->blocks;
        p->blocks = b;
        p->at = (char *)b + LINE;
        p->left = BLOCK_BYTES - LINE;
    }
    p->at += bytes;
    p->left -= bytes;
    return p->at - bytes;
}

void *pool_take(struct pool *p, size_t size)
{
    size_t lines = lines_of(size);
    struct piece *piece;

    if (!p || lines >= CLASSES)
        return malloc(size ? size : 1);
    piece = p->free_pieces[lines];
    if (!piece)
        return cut(p, lines * LINE);
    p->free_pieces[lines] = piece->next;
    return piece;
}

void pool_give(struct pool *p, void *piece, size_t size)
{
    size_t lines = lines_of(size);
    struct piece *back = piece;

    if (!piece)
        return;
    if (!p || lines >= CLASSES) {
        free(piece);
        return;
    }
    back->next = p->free_pieces[lines];
    p->free_pieces[lines] = back;
}
