/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shared.h - bytes that many devices have in common, kept once: names of interfaces, lists of OIDs. Pure. */
#ifndef NW_COLLECTOR_SHARED_H
#define NW_COLLECTOR_SHARED_H

#include <stddef.h>
#include <stdint.h>

#include "collector/pool.h"

struct shared {
    struct shared *next; /* the book's, like hash and users */
    uint64_t hash;
    uint32_t users;
    uint32_t len;
    uint8_t bytes[]; /* aligned to 8 octets; not to be changed */
};

/* Where equal bytes are found. Not random: whoever chooses the bytes can make a lookup slow, not wrong. */
struct shared_book; /* opaque */

struct shared_book *shared_book_new(void); /* NULL: out of memory */
/* Everything that was taken must have been dropped before. */
void shared_book_free(struct shared_book *b);
/* A reference to a copy of these bytes; give it back. NULL: out of memory, or 4 GiB and more. */
const struct shared *shared_take(struct shared_book *b, const void *bytes, size_t len);
void shared_drop(struct shared_book *b, const struct shared *s); /* NULL: nothing */
/* Where a device keeps what is its own alone. b may be NULL: there is none. */
struct pool *shared_pool(const struct shared_book *b);
/* Different ones that somebody has. */
size_t shared_count(const struct shared_book *b);

#endif
