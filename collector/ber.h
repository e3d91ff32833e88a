/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ber.h - the part of BER that SNMP uses (X.690; RFC 3417, 8), for the codecs of messages alone. Inline: the
 * poll path spends its time here. */
#ifndef NW_COLLECTOR_BER_H
#define NW_COLLECTOR_BER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/wire.h"

enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_NULL = 0x05, TAG_OID = 0x06, TAG_SEQUENCE = 0x30 };

/* ---- reading ---- */

/* A definite length of at most four octets; anything else is hostile or broken. */
static inline size_t ber_length(struct wire *w)
{
    uint8_t first = wire_u8(w);
    size_t octets = first & 0x7f, length = 0;

    if (!(first & 0x80))
        return first;
    if (octets == 0 || octets > 4) {
        wire_fail(w, ERR_MALFORMED);
        return 0;
    }
    while (octets--)
        length = length << 8 | wire_u8(w);
    return length;
}

/* The contents of the next element, which must carry this tag. */
static inline struct wire ber_element(struct wire *w, uint8_t tag)
{
    if (wire_left(w) && wire_peek(w, 0) != tag)
        wire_fail(w, ERR_MALFORMED);
    wire_u8(w);
    return wire_sub(w, ber_length(w));
}

static inline int64_t ber_signed(const uint8_t *bytes, size_t len)
{
    uint64_t v = bytes[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < len; i++)
        v = v << 8 | bytes[i];
    return (int64_t)v;
}

static inline int64_t ber_integer(struct wire *w)
{
    struct wire contents = ber_element(w, TAG_INTEGER);
    size_t len = wire_left(&contents);
    const uint8_t *bytes = wire_bytes(&contents, len);
    int64_t v;

    if (!bytes || len < 1 || len > 8) {
        wire_fail(w, ERR_MALFORMED);
        return 0;
    }
    v = ber_signed(bytes, len);
    if (v < INT32_MIN || v > INT32_MAX) {
        wire_fail(w, ERR_RANGE);
        return 0;
    }
    return v;
}

/* ---- writing: from the end to the front, so that every length is known when it is written ---- */

struct ber_out {
    uint8_t *begin, *at;
    bool is_full;
};

/* Over at most 65,535 bytes of out. */
static inline void ber_out_init(struct ber_out *b, uint8_t *out, size_t size)
{
    *b = (struct ber_out){out, out + (size < 0xffff ? size : 0xffff), false};
}

/* What was written before `end` moves to the front of out. ERR_LIMIT: it did not fit. */
static inline enum err ber_out_finish(const struct ber_out *b, const uint8_t *end, uint8_t *out, size_t *len)
{
    if (b->is_full)
        return ERR_LIMIT;
    *len = (size_t)(end - b->at);
    memmove(out, b->at, *len);
    return ERR_OK;
}

static inline void ber_put(struct ber_out *b, const void *data, size_t len)
{
    if ((size_t)(b->at - b->begin) < len) {
        b->is_full = true;
        return;
    }
    b->at -= len;
    if (len)
        memcpy(b->at, data, len);
}

static inline void ber_put_u8(struct ber_out *b, uint8_t v)
{
    ber_put(b, &v, 1);
}

/* The header of everything written since `end`. */
static inline void ber_put_header(struct ber_out *b, uint8_t tag, const uint8_t *end)
{
    size_t len = (size_t)(end - b->at);

    if (b->is_full)
        return;
    if (len < 0x80) {
        ber_put_u8(b, (uint8_t)len);
    } else if (len < 0x100) {
        ber_put_u8(b, (uint8_t)len);
        ber_put_u8(b, 0x81);
    } else {
        ber_put_u8(b, (uint8_t)(len & 0xff));
        ber_put_u8(b, (uint8_t)(len >> 8));
        ber_put_u8(b, 0x82);
    }
    ber_put_u8(b, tag);
}

static inline void ber_put_integer(struct ber_out *b, int32_t v)
{
    const uint8_t *end = b->at;
    bool is_done = false;

    while (!is_done) {
        uint8_t octet = (uint8_t)(v & 0xff);

        v >>= 8;
        ber_put_u8(b, octet);
        is_done = (v == 0 && !(octet & 0x80)) || (v == -1 && octet & 0x80);
    }
    ber_put_header(b, TAG_INTEGER, end);
}

#endif
