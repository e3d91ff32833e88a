/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_transport.c - UDP and TCP headers, and which protocol a port belongs to. Pure. */
#include "probes/frame.h"

enum { UDP_HEADER = 8, TCP_HEADER = 20 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

/* Gives the payload to the protocol of this port; false if nobody takes it. */
static bool read_udp_port(struct frame *f, uint16_t port, struct part p)
{
    switch (port) {
    case 53: frame_read_dns_udp(f, p); return true;
    case 67:
    case 68: frame_read_dhcp4(f, p); return true;
    case 546:
    case 547: frame_read_dhcp6(f, p); return true;
    case 1645:
    case 1646:
    case 1812:
    case 1813:
    case 3799: return frame_read_radius(f, p);
    default: return false;
    }
}

void frame_read_udp(struct frame *f, struct part p)
{
    size_t claimed = part_left(&p), len;
    uint16_t low, high;
    bool is_beyond;
    struct part body;

    f->port_from = wire_be16(&p.w);
    f->port_to = wire_be16(&p.w);
    len = wire_be16(&p.w);
    wire_skip(&p.w, 2); /* checksum */
    if (frame_failed(f, &p, DEFECT_UDP_LENGTH))
        return;
    if (len == 0 && f->is_ipv6)
        len = claimed; /* RFC 2675 4 */
    if (len < UDP_HEADER) {
        frame_malformed(f, DEFECT_UDP_LENGTH);
        return;
    }
    body = part_take(&p, len - UDP_HEADER, &is_beyond);
    if (is_beyond && !f->is_fragment)
        frame_malformed(f, DEFECT_UDP_LENGTH);
    if (part_left(&body) == 0)
        return;
    low = f->port_from < f->port_to ? f->port_from : f->port_to;
    high = f->port_from < f->port_to ? f->port_to : f->port_from;
    if (!read_udp_port(f, low, body) && high != low)
        (void)read_udp_port(f, high, body);
}

static void put_be32(uint8_t *to, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        to[i] = (uint8_t)v;
}

/* SYN opens by its own sequence number; SYN-ACK and RST-ACK acknowledge that number + 1 (RFC 9293 3.5). */
static void note_handshake(struct frame *f, uint8_t flags, uint32_t sequence, uint32_t acknowledged)
{
    bool is_answer = flags & TCP_ACK;

    if (!(flags & (TCP_SYN | TCP_RST)) || (!is_answer && (flags & TCP_RST)))
        return;
    frame_flow_key(f, is_answer, f->event.key);
    put_be32(f->event.key + 37, is_answer ? acknowledged - 1 : sequence);
    if (!is_answer)
        frame_event(f, FUNNEL_TCP, FUNNEL_OPENS);
    else
        frame_event(f, FUNNEL_TCP, flags & TCP_RST ? FUNNEL_CLOSES_BADLY : FUNNEL_CLOSES_WELL);
}

void frame_read_tcp(struct frame *f, struct part p)
{
    uint32_t sequence, acknowledged;
    uint16_t bits;
    size_t header;

    f->port_from = wire_be16(&p.w);
    f->port_to = wire_be16(&p.w);
    sequence = wire_be32(&p.w);
    acknowledged = wire_be32(&p.w);
    bits = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_TCP_HEADER))
        return;
    header = (bits >> 12) * 4u;
    if (header < TCP_HEADER) {
        frame_odd(f, DEFECT_TCP_HEADER);
        return;
    }
    wire_skip(&p.w, header - 14);
    if (frame_failed(f, &p, DEFECT_TCP_HEADER))
        return;
    if ((bits & TCP_SYN) && (bits & TCP_ACK))
        frame_hit(f, COUNT_TCP_SYNACK);
    else if (bits & TCP_SYN)
        frame_hit(f, COUNT_TCP_SYN);
    if (bits & TCP_RST)
        frame_hit(f, COUNT_TCP_RST);
    if (bits & TCP_FIN)
        frame_hit(f, COUNT_TCP_FIN);
    note_handshake(f, bits & 0xff, sequence, acknowledged);
    if (bits & TCP_RST) /* what follows is text about the reset (RFC 9293 3.5.3) */
        return;
    if (f->port_from == 53 || f->port_to == 53)
        frame_read_dns_tcp(f, part_rest(&p));
}
