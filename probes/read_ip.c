/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_ip.c - ARP, IPv4, IPv6 with its extension headers, ICMPv6. Pure.
 *
 * Nothing is reassembled: a first fragment is read as far as it goes, a later one not at all. No checksum is
 * checked (a capture on the sending host has none yet). */
#include "probes/frame.h"

#include <string.h>

enum protocol {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AH = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60
};

enum { IPV4_HEADER = 20, IPV6_HEADER = 40 };

void frame_read_arp(struct frame *f, struct part p)
{
    uint8_t hardware_len, protocol_len;
    uint16_t operation;

    wire_skip(&p.w, 2 + 2); /* hardware and protocol type */
    hardware_len = wire_u8(&p.w);
    protocol_len = wire_u8(&p.w);
    operation = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_ARP))
        return;
    wire_skip(&p.w, 2u * hardware_len + 2u * protocol_len);
    if (frame_failed(f, &p, DEFECT_ARP) && !f->is_fragment)
        return;
    if (operation == 1)
        frame_hit(f, COUNT_ARP_REQUEST);
    else if (operation == 2)
        frame_hit(f, COUNT_ARP_REPLY);
}

static void read_transport(struct frame *f, uint8_t protocol, struct part p)
{
    if (part_left(&p) == 0)
        return;
    if (protocol == PROTOCOL_TCP)
        frame_read_tcp(f, p);
    else if (protocol == PROTOCOL_UDP)
        frame_read_udp(f, p);
    else if (protocol == PROTOCOL_ICMPV6 && f->is_ipv6)
        frame_read_icmpv6(f, p);
}

/* RFC 4302 2.2: the length counts 32-bit words, minus 2. */
static bool skip_ah(struct frame *f, struct part *p, uint8_t *next)
{
    uint8_t words;

    *next = wire_u8(&p->w);
    words = wire_u8(&p->w);
    wire_skip(&p->w, (words + 2u) * 4 - 2);
    return !frame_failed(f, p, f->is_ipv6 ? DEFECT_IPV6_HEADER : DEFECT_IP_HEADER);
}

void frame_read_ipv4(struct frame *f, struct part p)
{
    size_t claimed = part_left(&p), header, total;
    uint8_t first = wire_u8(&p.w), protocol = 0;
    uint16_t fragment;
    const uint8_t *from, *to;
    struct part body;

    header = (first & 0x0fu) * 4u;
    if (frame_failed(f, &p, DEFECT_IP_HEADER) || first >> 4 != 4)
        return;
    if (header < IPV4_HEADER) {
        frame_odd(f, DEFECT_IP_HEADER);
        return;
    }
    wire_skip(&p.w, 1);
    total = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_IP_HEADER))
        return;
    if (total == 0 || total > claimed)
        total = claimed; /* 0: segmentation offload; beyond the frame: what is there */
    else if (total < header) {
        frame_odd(f, DEFECT_IP_HEADER);
        return;
    }
    wire_skip(&p.w, 2);
    fragment = wire_be16(&p.w);
    wire_skip(&p.w, 1);
    protocol = wire_u8(&p.w);
    wire_skip(&p.w, 2);
    from = wire_bytes(&p.w, 4);
    to = wire_bytes(&p.w, 4);
    if (frame_failed(f, &p, DEFECT_IP_HEADER))
        return;
    memcpy(f->ip_from, from, 4);
    memcpy(f->ip_to, to, 4);
    f->has_ip = true;
    wire_skip(&p.w, header - IPV4_HEADER);
    if (frame_failed(f, &p, DEFECT_IP_HEADER) || (fragment & 0x1fff))
        return;
    body = part_take(&p, total > header ? total - header : 0, NULL);
    f->is_fragment = fragment & 0x2000;
    while (protocol == PROTOCOL_AH)
        if (!skip_ah(f, &body, &protocol))
            return;
    read_transport(f, protocol, body);
}

/* Walks the extension headers; false if the chain ends here. */
static bool skip_extensions(struct frame *f, struct part *p, uint8_t *next)
{
    for (;;) {
        uint8_t len;
        uint16_t fragment;
        switch (*next) {
        case PROTOCOL_HOP_BY_HOP:
        case PROTOCOL_ROUTING:
        case PROTOCOL_DESTINATION:
            *next = wire_u8(&p->w);
            len = wire_u8(&p->w);
            wire_skip(&p->w, (len + 1u) * 8 - 2);
            break;
        case PROTOCOL_FRAGMENT:
            *next = wire_u8(&p->w);
            wire_skip(&p->w, 1);
            fragment = wire_be16(&p->w);
            wire_skip(&p->w, 4);
            if (fragment & 0xfff8) {
                (void)frame_failed(f, p, DEFECT_IPV6_HEADER);
                return false;
            }
            f->is_fragment |= fragment & 1;
            break;
        case PROTOCOL_AH:
            if (!skip_ah(f, p, next))
                return false;
            break;
        default: return true;
        }
        if (frame_failed(f, p, DEFECT_IPV6_HEADER))
            return false;
    }
}

void frame_read_ipv6(struct frame *f, struct part p)
{
    uint8_t version = wire_u8(&p.w) >> 4, next;
    uint16_t len;
    const uint8_t *from, *to;
    struct part body;

    wire_skip(&p.w, 3);
    len = wire_be16(&p.w);
    next = wire_u8(&p.w);
    wire_skip(&p.w, 1);
    from = wire_bytes(&p.w, FRAME_ADDRESS_LEN);
    to = wire_bytes(&p.w, FRAME_ADDRESS_LEN);
    if (frame_failed(f, &p, DEFECT_IPV6_HEADER) || version != 6)
        return;
    memcpy(f->ip_from, from, FRAME_ADDRESS_LEN);
    memcpy(f->ip_to, to, FRAME_ADDRESS_LEN);
    f->has_ip = f->is_ipv6 = true;
    /* length 0 with hop-by-hop options: a jumbogram (RFC 2675), its true length is the frame's rest */
    body = len == 0 && next == PROTOCOL_HOP_BY_HOP ? part_rest(&p) : part_take(&p, len, NULL);
    if (skip_extensions(f, &body, &next))
        read_transport(f, next, body);
}

/* ---- ICMPv6: RFC 4861 ---- */

enum { OPTION_REDIRECTED = 4, OPTION_PREF64 = 38, PREF64_CODES = 6 };

static bool read_nd_option(struct frame *f, struct part *p)
{
    uint8_t kind = wire_u8(&p->w), units = wire_u8(&p->w);
    struct part body;
    bool is_beyond;

    if (frame_failed(f, p, DEFECT_ICMPV6_OPTION))
        return false;
    if (units == 0) {
        frame_malformed(f, DEFECT_ICMPV6_OPTION);
        return false;
    }
    body = part_take(p, units * 8u - 2, &is_beyond);
    if (is_beyond && !f->is_fragment) {
        frame_malformed(f, DEFECT_ICMPV6_OPTION);
        return false;
    }
    if (kind == OPTION_REDIRECTED && part_left(&body) > 6)
        f->is_nested = true;
    /* RFC 8781 4: prefix length codes 0 to 5 */
    if (kind == OPTION_PREF64 && (wire_be16(&body.w) & 7) >= PREF64_CODES && !wire_error(&body.w))
        frame_malformed(f, DEFECT_ICMPV6_OPTION);
    return true;
}

void frame_read_icmpv6(struct frame *f, struct part p)
{
    static const struct {
        enum counter counter;
        uint8_t fixed; /* bytes between the checksum and the options */
    } messages[] = {
        {COUNT_ICMPV6_RS, 4}, {COUNT_ICMPV6_RA, 12}, {COUNT_ICMPV6_NS, 20}, {COUNT_ICMPV6_NA, 20}};
    uint8_t type = wire_u8(&p.w);

    wire_skip(&p.w, 3);
    if (frame_failed(f, &p, DEFECT_ICMPV6_OPTION) || type < 133 || type > 136)
        return;
    wire_skip(&p.w, messages[type - 133].fixed);
    if (frame_failed(f, &p, DEFECT_ICMPV6_OPTION))
        return;
    frame_hit(f, messages[type - 133].counter);
    while (part_left(&p) > 0)
        if (!read_nd_option(f, &p))
            break;
}
