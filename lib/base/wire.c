/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.c - a checked cursor over foreign bytes. Pure. */
#include "lib/base/wire.h"

#include <string.h>

void wire_skip(struct wire *w, size_t len)
{
    (void)wire_bytes(w, len);
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

double wire_le_double(struct wire *w)
{
    uint64_t bits = wire_le64(w);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}
