/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dns.c - DNS headers (RFC 1035) over UDP, and over TCP where a segment is exactly one message. Pure.
 *
 * Names are walked to find where records end; no name is kept, compared or printed. */
#include "probes/frame.h"

enum { DNS_HEADER = 12, NAME_MAX_OCTETS = 255, POINTER = 0xc0 };
enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* A compressed name ends with a pointer; the target is checked like tshark does: it must lie inside the
 * message, and following pointers must come to an end. message: the whole message, cursor anywhere. */
static bool pointer_is_sane(const struct wire *message, size_t target)
{
    size_t octets = 0;

    for (int hops = 0; hops < NAME_MAX_OCTETS; hops++) {
        uint8_t len;
        if (target >= message->len)
            return false;
        len = message->data[target];
        if (len == 0)
            return true;
        if ((len & POINTER) == POINTER) {
            if (target + 1 >= message->len)
                return false;
            target = (len & 0x3fu) << 8 | message->data[target + 1];
            continue;
        }
        if (len & POINTER)
            return false;
        octets += len + 1u;
        target += len + 1u;
        if (octets > NAME_MAX_OCTETS)
            return false;
    }
    return false;
}

static void read_name(struct wire *w)
{
    size_t octets = 0;

    while (!wire_error(w)) {
        uint8_t len = wire_u8(w);
        if (len == 0)
            return;
        if ((len & POINTER) == POINTER) {
            size_t target = (len & 0x3fu) << 8 | wire_u8(w);
            if (!wire_error(w) && !pointer_is_sane(w, target))
                wire_fail(w, ERR_MALFORMED);
            return;
        }
        octets += len + 1u;
        if ((len & POINTER) || octets > NAME_MAX_OCTETS) {
            wire_fail(w, ERR_MALFORMED);
            return;
        }
        wire_skip(w, len);
    }
}

static void read_records(struct wire *w, unsigned count)
{
    for (unsigned i = 0; i < count && !wire_error(w); i++) {
        uint16_t len;
        read_name(w);
        wire_skip(w, 2 + 2 + 4); /* type, class, TTL */
        len = wire_be16(w);
        wire_skip(w, len);
    }
}

static void note_header(struct frame *f, uint16_t flags)
{
    bool is_response = flags & 0x8000;

    frame_hit(f, is_response ? COUNT_DNS_RESPONSE : COUNT_DNS_QUERY);
    if (!is_response)
        return;
    switch (flags & 0xf) {
    case RCODE_SERVFAIL: frame_hit(f, COUNT_DNS_SERVFAIL); break;
    case RCODE_NXDOMAIN: frame_hit(f, COUNT_DNS_NXDOMAIN); break;
    case RCODE_REFUSED: frame_hit(f, COUNT_DNS_REFUSED); break;
    default: break;
    }
}

/* The message in p; false if the frame is malformed or cut. */
static bool read_message(struct frame *f, struct part *p, uint16_t *id, uint16_t *flags)
{
    uint16_t questions;
    unsigned records;

    *id = wire_be16(&p->w);
    *flags = wire_be16(&p->w);
    if (frame_failed(f, p, DEFECT_DNS))
        return false;
    note_header(f, *flags);
    questions = wire_be16(&p->w);
    records = wire_be16(&p->w);
    records += wire_be16(&p->w);
    records += wire_be16(&p->w);
    if (frame_failed(f, p, DEFECT_DNS))
        return f->is_fragment;
    for (unsigned i = 0; i < questions && !wire_error(&p->w); i++) {
        read_name(&p->w);
        wire_skip(&p->w, 2 + 2); /* type, class */
    }
    read_records(&p->w, records);
    if (wire_error(&p->w) == ERR_MALFORMED) { /* a name that no one can read; the header stands */
        frame_odd(f, DEFECT_DNS_NAME);
        return true;
    }
    return !frame_failed(f, p, DEFECT_DNS) || f->is_fragment;
}

void frame_read_dns_udp(struct frame *f, struct part p)
{
    struct part message = part_rest(&p);
    uint16_t id, flags;

    if (!read_message(f, &message, &id, &flags))
        return;
    frame_flow_key(f, flags & 0x8000, f->event.key);
    f->event.key[37] = (uint8_t)(id >> 8);
    f->event.key[38] = (uint8_t)id;
    if (!(flags & 0x8000))
        frame_event(f, FUNNEL_DNS, FUNNEL_OPENS);
    else
        frame_event(f, FUNNEL_DNS, (flags & 0xf) == 0 ? FUNNEL_CLOSES_WELL : FUNNEL_CLOSES_BADLY);
}

void frame_read_dns_tcp(struct frame *f, struct part p)
{
    size_t segment = part_left(&p);
    uint16_t len, id, flags;
    struct part message;

    if (segment < 2 + DNS_HEADER)
        return;
    len = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_DNS) || len != segment - 2)
        return;
    message = part_rest(&p);
    f->is_fragment = true; /* of a stream: what is missing may be in other segments */
    (void)read_message(f, &message, &id, &flags);
}
