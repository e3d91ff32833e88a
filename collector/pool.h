/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - pieces of memory that are kept for long, apart from the heap: what comes and goes between them
 * there would leave holes that are never given back. Equal devices have pieces of equal sizes, so one that is
 * given back fits the next. */
#ifndef NW_COLLECTOR_POOL_H
#define NW_COLLECTOR_POOL_H

#include <stddef.h>

struct pool; /* opaque */

struct pool *pool_new(void); /* NULL: out of memory */
void pool_free(struct pool *p);
/* Aligned for anything, not zeroed. NULL: out of memory. Without a pool (NULL) it is malloc(). */
void *pool_take(struct pool *p, size_t size);
/* size: as it was taken; piece may be NULL. */
void pool_give(struct pool *p, void *piece, size_t size);

#endif
