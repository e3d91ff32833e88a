/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h - a checked cursor over bytes that somebody else wrote.
 *
 * Reading past the end sets a sticky ERR_TRUNCATED, returns 0 and moves nothing: read ten fields, test
 * wire_error() once. The bytes are borrowed. Every reader of packets and files goes through here. */
#ifndef NW_BASE_WIRE_H
#define NW_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct wire {
    const uint8_t *data;
    size_t len, pos;
    enum err error;
};

static inline void wire_init(struct wire *w, const void *data, size_t len)
{
    *w = (struct wire){.data = (const uint8_t *)data, .len = len};
}

static inline enum err wire_error(const struct wire *w)
{
    return w->error;
}

static inline size_t wire_left(const struct wire *w)
{
    return w->error ? 0 : w->len - w->pos;
}

/* Sets the sticky error unless one is set already: for readers that find a contradiction. */
static inline void wire_fail(struct wire *w, enum err e)
{
    if (!w->error)
        w->error = e;
}

/* len bytes, borrowed from the input; NULL if they are not there. A valid pointer for len 0. */
static inline const uint8_t *wire_bytes(struct wire *w, size_t len)
{
    const uint8_t *start;

    if (w->error)
        return NULL;
    if (len > w->len - w->pos) {
        w->error = ERR_TRUNCATED;
        return NULL;
    }
    start = w->data + w->pos;
    w->pos += len;
    return start;
}

static inline uint8_t wire_u8(struct wire *w)
{
    const uint8_t *p = wire_bytes(w, 1);

    return p ? *p : 0;
}

uint16_t wire_be16(struct wire *w);
uint32_t wire_be24(struct wire *w);
uint32_t wire_be32(struct wire *w);
uint64_t wire_be64(struct wire *w);
uint16_t wire_le16(struct wire *w);
uint32_t wire_le32(struct wire *w);
uint64_t wire_le64(struct wire *w);
double wire_le_double(struct wire *w); /* IEEE 754 binary64, also NaN and infinite */

void wire_skip(struct wire *w, size_t len);

/* A cursor over the next len bytes; this one moves behind them. Truncation makes both fail. */
static inline struct wire wire_sub(struct wire *w, size_t len)
{
    const uint8_t *start = wire_bytes(w, len);

    return start ? (struct wire){.data = start, .len = len} : (struct wire){.error = w->error};
}

/* The byte at offset from the cursor, without moving; 0 if it is not there (no error set). */
static inline uint8_t wire_peek(const struct wire *w, size_t offset)
{
    return offset < wire_left(w) ? w->data[w->pos + offset] : 0;
}

#endif
