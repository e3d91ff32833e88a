/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.c - a checked cursor over foreign bytes. Pure. */
#include "lib/base/wire.h"

void wire_init(struct wire *w, const void *data, size_t len)
{
    *w = (struct wire){.data = data, .len = len};
}

void wire_fail(struct wire *w, enum err e)
{
    if (!w->error)
        w->error = e;
}

const uint8_t *wire_bytes(struct wire *w, size_t len)
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

void wire_skip(struct wire *w, size_t len)
{
    (void)wire_bytes(w, len);
}

struct wire wire_sub(struct wire *w, size_t len)
{
    struct wire sub = {0};
    const uint8_t *start = wire_bytes(w, len);

    if (start)
        wire_init(&sub, start, len);
    else
        sub.error = w->error;
    return sub;
}

uint8_t wire_peek(const struct wire *w, size_t offset)
{
    return offset < wire_left(w) ? w->data[w->pos + offset] : 0;
}

static uint64_t big_endian(struct wire *w, size_t len)
{
    const uint8_t *p = wire_bytes(w, len);
    uint64_t v = 0;

    for (size_t i = 0; p && i < len; i++)
        v = v << 8 | p[i];
    return v;
}

static uint64_t little_endian(struct wire *w, size_t len)
{
    const uint8_t *p = wire_bytes(w, len);
    uint64_t v = 0;

    for (size_t i = len; p && i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

uint8_t wire_u8(struct wire *w)
{
    return (uint8_t)big_endian(w, 1);
}

uint16_t wire_be16(struct wire *w)
{
    return (uint16_t)big_endian(w, 2);
}

uint32_t wire_be24(struct wire *w)
{
    return (uint32_t)big_endian(w, 3);
}

uint32_t wire_be32(struct wire *w)
{
    return (uint32_t)big_endian(w, 4);
}

uint64_t wire_be64(struct wire *w)
{
    return big_endian(w, 8);
}

uint16_t wire_le16(struct wire *w)
{
    return (uint16_t)little_endian(w, 2);
}

uint32_t wire_le32(struct wire *w)
{
    return (uint32_t)little_endian(w, 4);
}

uint64_t wire_le64(struct wire *w)
{
    return little_endian(w, 8);
}
