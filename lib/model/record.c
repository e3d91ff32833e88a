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

void record_put_finding(Nw__Record *record, Nw__Finding *body, const char *source, const char *kind,
                        const char *entity, const char *text)
{
    body->source = (char *)(uintptr_t)source;
    body->kind = (char *)(uintptr_t)kind;
    body->entity = (char *)(uintptr_t)entity;
    body->text = (char *)(uintptr_t)text;
    record->body_case = NW__RECORD__BODY_FINDING;
    record->finding = body;
}

void record_put_outcome(Nw__Record *record, Nw__Outcome *body, const char *command, const char *outcome,
                        const char *problem)
{
    body->command = (char *)(uintptr_t)command;
    body->outcome = (char *)(uintptr_t)outcome;
    body->problem = (char *)(uintptr_t)problem;
    record->body_case = NW__RECORD__BODY_OUTCOME;
    record->outcome = body;
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
