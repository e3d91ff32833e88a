/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_head.c - walks the fields of a packed record (Protocol Buffers, encoding: developers.google.com/
 * protocol-buffers/docs/encoding) and steps over those that nobody asks for. Pure. */
#include "lib/model/record_head.h"

#include <string.h>

#include "lib/base/wire.h"

enum { VARINT = 0, EIGHT_BYTES = 1, LENGTH = 2, FOUR_BYTES = 5, VARINT_BYTES_MAX = 10 };

struct field {
    unsigned number, type;
    uint64_t value; /* of VARINT and EIGHT_BYTES */
    struct record_part part;
};

static uint64_t read_varint(struct wire *w)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
        uint8_t byte = wire_u8(w);

        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
            return value;
    }
    wire_fail(w, ERR_MALFORMED);
    return 0;
}

/* false: the end, or an error of the cursor. */
static bool next_field(struct wire *w, struct field *out)
{
    if (wire_left(w) == 0)
        return false;
    uint64_t tag = read_varint(w);

    *out = (struct field){.number = (unsigned)(tag >> 3), .type = tag & 7};
    switch (out->type) {
    case VARINT: out->value = read_varint(w); break;
    case EIGHT_BYTES: out->value = wire_le64(w); break;
    case FOUR_BYTES: out->value = wire_le32(w); break;
    case LENGTH: {
        uint64_t len = read_varint(w);
        out->part.data = wire_bytes(w, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
        out->part.len = (size_t)len;
        break;
    }
    default: wire_fail(w, ERR_MALFORMED);
    }
    return wire_error(w) == ERR_OK;
}

static void take_samples(struct record_head *h, const struct field *f)
{
    enum { SOURCE = 1, PREVIOUS = 2, OUTCOME = 3, STARTED = 4, TABLE = 8, UPTIME = 13 };

    if (f->number == SOURCE && f->type == LENGTH)
        h->id = f->part;
    else if (f->number == PREVIOUS && f->type == EIGHT_BYTES)
        h->previous = f->value;
    else if (f->number == OUTCOME && f->type == VARINT)
        h->outcome = (uint32_t)f->value;
    else if (f->number == STARTED && f->type == EIGHT_BYTES)
        h->started = (ns_t)f->value;
    else if (f->number == TABLE && f->type == LENGTH)
        h->table = f->part;
    else if (f->number == UPTIME && f->type == VARINT)
        h->has_uptime = f->value != 0;
}

static void take_state(struct record_head *h, const struct field *f)
{
    enum { KIND = 1, ID = 2 };

    if (f->number == KIND && f->type == LENGTH)
        h->kind = f->part;
    else if (f->number == ID && f->type == LENGTH)
        h->id = f->part;
}

/* Incidents and heartbeats. */
static void take_first_text(struct record_head *h, const struct field *f)
{
    if (f->number == 1 && f->type == LENGTH)
        h->id = f->part;
}

static enum err read_body(struct record_head *h, struct record_part body)
{
    struct wire w;
    struct field f;

    wire_init(&w, body.data, body.len);
    switch (h->body) {
    case NW__RECORD__BODY_SAMPLES:
        while (next_field(&w, &f))
            take_samples(h, &f);
        break;
    case NW__RECORD__BODY_STATE:
        while (next_field(&w, &f))
            take_state(h, &f);
        break;
    case NW__RECORD__BODY_INCIDENT:
    case NW__RECORD__BODY_HEARTBEAT:
        if (next_field(&w, &f))
            take_first_text(h, &f);
        break;
    default: break;
    }
    return wire_error(&w);
}

enum err record_part_text(struct record_part part, char *out, size_t size)
{
    if (part.len >= size)
        return ERR_LIMIT;
    if (part.len)
        memcpy(out, part.data, part.len);
    out[part.len] = '\0';
    return ERR_OK;
}

enum err record_head_read(const void *bytes, size_t len, struct record_head *out)
{
    enum { WALL = 1 };
    struct record_part body = {NULL, 0};
    struct wire w;
    struct field f;

    *out = (struct record_head){0};
    wire_init(&w, bytes, len);
    while (next_field(&w, &f)) {
        if (f.number == WALL && f.type == EIGHT_BYTES) {
            out->wall = (ns_t)f.value;
        } else if (f.type == LENGTH && f.number > WALL && f.number <= NW__RECORD__BODY_ANNOUNCEMENTS) {
            out->body = f.number;
            body = f.part;
        }
    }
    if (wire_error(&w))
        return wire_error(&w);
    return body.data ? read_body(out, body) : ERR_OK;
}
