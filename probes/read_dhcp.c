/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dhcp.c - DHCPv4 (RFC 2131, 2132) and DHCPv6 (RFC 8415) message types. Pure.
 *
 * Of a client only its hardware address and transaction id are looked at, as the key under which the funnel
 * finds the answer; they leave the frame as bytes of that key and nowhere else. */
#include "probes/frame.h"

#include <string.h>

enum {
    BOOTP_CHADDR = 28,
    BOOTP_SNAME = 44,
    BOOTP_SNAME_LEN = 64,
    BOOTP_FILE = 108,
    BOOTP_FILE_LEN = 128,
    BOOTP_HEADER = 236,
    BOOTP_VENDOR = 64,
    DHCP_COOKIE = 0x63825363
};
enum { BOOTP_YIADDR = 16, BOOTP_HLEN = 2 };
enum {
    OPTION_PAD = 0,
    OPTION_OVERLOAD = 52,
    OPTION_TYPE = 53,
    OPTION_SERVER = 54,
    OPTION_RELAY = 82,
    OPTION_END = 255
};
enum { RELAY_CIRCUIT = 1, RELAY_REMOTE = 2 };
enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };

struct dhcp4 {
    unsigned types; /* how many options 53 */
    uint8_t type;   /* value of the last one */
    uint8_t overload;
};

/* RFC 3046 2.0: sub-options of the relay; one that does not fit ends the list, as no counter hangs on it. */
static void read_relay(struct frame *f, const uint8_t *value, size_t len)
{
    while (len >= 2 && value[1] <= len - 2) {
        if (value[0] == RELAY_CIRCUIT)
            frame_site(&f->circuit, value + 2, value[1]);
        else if (value[0] == RELAY_REMOTE)
            frame_site(&f->remote, value + 2, value[1]);
        len -= 2u + value[1];
        value += 2u + value[1];
    }
}

static void note_option(struct frame *f, struct dhcp4 *d, uint8_t code, const uint8_t *value, uint8_t len)
{
    if (code == OPTION_OVERLOAD && len == 1) {
        d->overload = value[0];
    } else if (code == OPTION_TYPE && len >= 1) {
        d->types++;
        d->type = value[0];
    } else if (code == OPTION_SERVER && len == sizeof f->server) {
        memcpy(f->server, value, len);
        f->has_server = true;
    } else if (code == OPTION_RELAY) {
        read_relay(f, value, len);
    }
}

/* Options up to the end option; is_malformed when one reaches beyond its field. */
static void read_options(struct frame *f, struct dhcp4 *d, struct part *p)
{
    while (part_left(p) > 0) {
        uint8_t code = wire_u8(&p->w), len;
        const uint8_t *value;
        if (code == OPTION_END || wire_error(&p->w))
            return;
        if (code == OPTION_PAD)
            continue;
        len = wire_u8(&p->w);
        value = wire_bytes(&p->w, len);
        if (!value)
            return;
        note_option(f, d, code, value, len);
    }
}

static void read_overloaded(struct frame *f, struct dhcp4 *d, const uint8_t *field, size_t len)
{
    struct part p = {.missing = 0};

    wire_init(&p.w, field, len);
    read_options(f, d, &p);
    (void)frame_failed(f, &p, DEFECT_DHCP4_OPTION);
}

static void note_type(struct frame *f, const struct dhcp4 *d)
{
    static const enum counter counters[] = {COUNT_DHCP4_DISCOVER, COUNT_DHCP4_OFFER, COUNT_DHCP4_REQUEST,
                                            COUNT_DHCP4_DECLINE,  COUNT_DHCP4_ACK,   COUNT_DHCP4_NAK,
                                            COUNT_DHCP4_RELEASE,  COUNT_DHCP4_INFORM};

    if (d->types != 1 || d->type < 1 || d->type > ARRAY_LEN(counters)) {
        frame_hit(f, COUNT_DHCP4_OTHER);
        return;
    }
    frame_hit(f, counters[d->type - 1]);
    switch (counters[d->type - 1]) {
    case COUNT_DHCP4_DISCOVER:
    case COUNT_DHCP4_REQUEST: frame_event(f, FUNNEL_DHCP4, FUNNEL_OPENS); break;
    case COUNT_DHCP4_ACK: frame_event(f, FUNNEL_DHCP4, FUNNEL_CLOSES_WELL); break;
    case COUNT_DHCP4_NAK: frame_event(f, FUNNEL_DHCP4, FUNNEL_CLOSES_BADLY); break;
    default: break;
    }
}

void frame_read_dhcp4(struct frame *f, struct part p)
{
    const uint8_t *head;
    struct dhcp4 d = {0};
    bool has_client = part_left(&p) >= BOOTP_CHADDR + PART_MAC_LEN;
    uint32_t cookie;

    if (f->is_ipv6)
        return;
    head = wire_bytes(&p.w, BOOTP_HEADER);
    if (frame_failed(f, &p, DEFECT_DHCP4)) {
        if (f->is_fragment && has_client)
            note_type(f, &d);
        return;
    }
    memcpy(f->event.key, head + 4, 4);                 /* xid */
    memcpy(f->event.key + 4, head + BOOTP_CHADDR, 16); /* chaddr */
    memcpy(f->lease, head + BOOTP_YIADDR, sizeof f->lease);
    memcpy(f->client, head + BOOTP_CHADDR, PART_MAC_LEN);
    f->client_len = head[BOOTP_HLEN] == PART_MAC_LEN ? PART_MAC_LEN : 0;
    cookie = wire_be32(&p.w);
    if (cookie == DHCP_COOKIE) {
        read_options(f, &d, &p);
        if (frame_failed(f, &p, DEFECT_DHCP4_OPTION) && !f->is_fragment)
            return;
        if (d.overload & OVERLOAD_SNAME)
            read_overloaded(f, &d, head + BOOTP_SNAME, BOOTP_SNAME_LEN);
        if (d.overload & OVERLOAD_FILE)
            read_overloaded(f, &d, head + BOOTP_FILE, BOOTP_FILE_LEN);
    } else {
        wire_skip(&p.w, BOOTP_VENDOR - 4); /* BOOTP: a vendor field of fixed size (RFC 951) */
    }
    if (!frame_failed(f, &p, DEFECT_DHCP4) || f->is_fragment)
        note_type(f, &d);
}

/* ---- DHCPv6 ---- */

enum { DHCP6_RELAY_FORW = 12, DHCP6_RELAY_REPL = 13, OPTION6_RELAY_MESSAGE = 9, RELAY_DEPTH = 32 };

/* One message; in *inner the message that a relay carries, if any. */
static bool read_dhcp6_message(struct frame *f, struct part *p, uint8_t type, struct part *inner)
{
    bool is_relay = type == DHCP6_RELAY_FORW || type == DHCP6_RELAY_REPL, has_inner = false;

    wire_skip(&p->w, is_relay ? 1 + 16 + 16 : 3); /* hops, link, peer; or the transaction id */
    while (!wire_error(&p->w) && part_left(p) > 0) {
        uint16_t code = wire_be16(&p->w), len = wire_be16(&p->w);
        bool is_beyond;
        struct part body;
        if (wire_error(&p->w) && !p->missing && !f->is_fragment) {
            frame_odd(f, DEFECT_DHCP6);
            return has_inner;
        }
        if (frame_failed(f, p, DEFECT_DHCP6))
            return false;
        body = part_take(p, len, &is_beyond);
        if (is_beyond && !f->is_fragment) /* what the message is, its head has said */
            frame_odd(f, DEFECT_DHCP6);
        if (is_beyond)
            return has_inner;
        if (is_relay && code == OPTION6_RELAY_MESSAGE) {
            *inner = body;
            has_inner = true;
        }
        wire_skip(&body.w, len);
        if (frame_failed(f, &body, DEFECT_DHCP6))
            return false;
    }
    return !frame_failed(f, p, DEFECT_DHCP6) && has_inner;
}

void frame_read_dhcp6(struct frame *f, struct part p)
{
    static const enum counter counters[] = {COUNT_DHCP6_SOLICIT,
                                            COUNT_DHCP6_ADVERTISE,
                                            COUNT_DHCP6_REQUEST,
                                            COUNT_DHCP6_CONFIRM,
                                            COUNT_DHCP6_RENEW,
                                            COUNT_DHCP6_REBIND,
                                            COUNT_DHCP6_REPLY,
                                            COUNT_DHCP6_RELEASE,
                                            COUNT_DHCP6_DECLINE,
                                            COUNT_DHCP6_RECONFIGURE,
                                            COUNT_DHCP6_INFORMATION_REQUEST,
                                            COUNT_DHCP6_RELAY_FORW,
                                            COUNT_DHCP6_RELAY_REPL};
    uint8_t type = wire_u8(&p.w);
    struct part inner;

    if (!f->is_ipv6 || frame_failed(f, &p, DEFECT_DHCP6))
        return;
    if (type >= 1 && type <= ARRAY_LEN(counters))
        frame_hit(f, counters[type - 1]);
    for (int depth = 0; depth < RELAY_DEPTH && read_dhcp6_message(f, &p, type, &inner); depth++) {
        p = inner;
        if (part_left(&p) == 0)
            break;
        type = wire_u8(&p.w);
    }
}
