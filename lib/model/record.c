/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - packs and unpacks journal records. Pure apart from malloc. */
#include "lib/model/record.h"

#include "lib/base/wire.h"

enum err record_pack(const Nw__Record *record, struct buf *out)
{
    size_t len = nw__record__get_packed_size(record);
    uint8_t *room = buf_extend(out, len);

    if (!room)
        return buf_error(out);
    nw__record__pack(record, room);
    return ERR_OK;
}

enum err record_unpack(const void *bytes, size_t len, Nw__Record **out)
{
    Nw__Record *record = nw__record__unpack(NULL, len, bytes);

    if (!record)
        return ERR_MALFORMED;
    *out = record;
    return ERR_OK;
}

void record_free(Nw__Record *record)
{
    if (record)
        nw__record__free_unpacked(record, NULL);
}

bool record_peek(const void *bytes, size_t len, ns_t *wall, unsigned *field)
{
    enum { TAG_WALL = 1 << 3 | 1, WIRE_LENGTH = 2 }; /* wire types of Protocol Buffers: 1 = eight bytes */
    struct wire w;
    uint8_t tag, body;

    wire_init(&w, bytes, len);
    tag = wire_u8(&w);
    *wall = (ns_t)wire_le64(&w);
    body = wire_u8(&w);
    *field = body >> 3;
    return wire_error(&w) == ERR_OK && tag == TAG_WALL && body < 0x80 && (body & 7) == WIRE_LENGTH;
}
