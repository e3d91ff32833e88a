/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - packs and unpacks journal records. Pure apart from malloc. */
#include "lib/model/record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"
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

/* ---- a room ---- */

enum { ROOM_FIRST = 256 * 1024, ROOM_KEPT = 4 * 1024 * 1024, ROOM_ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used; /* bytes behind this head */
};

struct record_room {
    struct block *blocks; /* the one in use first */
    ProtobufCAllocator allocator;
};

static bool add_block(struct record_room *room, size_t size)
{
    struct block *b = malloc(sizeof *b + ROOM_ALIGN + size);

    if (b) {
        *b = (struct block){.next = room->blocks, .size = size};
        room->blocks = b;
    }
    return b != NULL;
}

static void *room_alloc(void *ctx, size_t size)
{
    struct record_room *room = ctx;
    size_t rounded = (size + ROOM_ALIGN - 1) / ROOM_ALIGN * ROOM_ALIGN;
    struct block *b = room->blocks;

    if (rounded < size)
        return NULL;
    if (!b || b->size - b->used < rounded) {
        size_t wanted = b ? 2 * b->size : ROOM_FIRST;
        if (!add_block(room, wanted > rounded ? wanted : rounded))
            return NULL;
        b = room->blocks;
    }
    b->used += rounded;
    return (char *)b + (sizeof *b + ROOM_ALIGN - 1) / ROOM_ALIGN * ROOM_ALIGN + (b->used - rounded);
}

static void room_keep(void *ctx, void *p)
{
    (void)ctx, (void)p; /* until the room is cleared */
}

/* Keeps one block, unless it is of a record out of the common. */
static void room_clear(struct record_room *room)
{
    while (room->blocks && (room->blocks->next || room->blocks->size > ROOM_KEPT)) {
        struct block *old = room->blocks;
        room->blocks = old->next;
        free(old);
    }
    if (room->blocks)
        room->blocks->used = 0;
}

enum err record_room_new(struct record_room **out)
{
    struct record_room *room = calloc(1, sizeof *room);

    if (!room)
        return ERR_NOMEM;
    room->allocator = (ProtobufCAllocator){room_alloc, room_keep, room};
    *out = room;
    return ERR_OK;
}

void record_room_free(struct record_room *room)
{
    if (!room)
        return;
    room_clear(room);
    free(room->blocks);
    free(room);
}

enum err record_unpack_into(struct record_room *room, const void *bytes, size_t len, Nw__Record **out)
{
    room_clear(room);
    Nw__Record *record = nw__record__unpack(&room->allocator, len, bytes);

    if (!record)
        return ERR_MALFORMED;
    *out = record;
    return ERR_OK;
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

const char *record_target(const char *source)
{
    static const char *const prefixes[] = {"probe/", "funnel/"};

    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (strx_starts_with(source, prefixes[i]))
            return source + strlen(prefixes[i]);
    return NULL;
}
