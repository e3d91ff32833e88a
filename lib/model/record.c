/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - packs and unpacks journal records. Pure apart from malloc. */
#include "lib/model/record.h"

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
