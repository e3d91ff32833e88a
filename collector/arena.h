/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - memory that is given back all at once. */
#ifndef NW_COLLECTOR_ARENA_H
#define NW_COLLECTOR_ARENA_H

#include <stddef.h>

#include "lib/base/err.h"

struct arena; /* opaque */

/* It grows in blocks of so many bytes: what is kept for long wastes half of one, what is used again and again
 * wants few. */
struct arena *arena_new(size_t block_size);
void arena_free(struct arena *a);
/* Everything handed out so far is invalid; the memory is kept for the next round. */
void arena_reset(struct arena *a);
/* Zeroed, aligned for anything. NULL: out of memory. */
void *arena_take(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size); /* NULL on overflow too */
/* A NUL-terminated copy of len bytes. */
char *arena_copy(struct arena *a, const void *bytes, size_t len);

#endif
