/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_link.c - Ethernet, VLAN tags, LLC/SNAP, Linux cooked headers, LLDP; and where a frame begins. Pure.
 *
 * Link types are libpcap's DLT numbers, written out so that only pcap_io.c needs libpcap. */
#include "probes/frame.h"

#include <string.h>

enum dlt {
    DLT_ETHERNET = 1,
    DLT_RAW_BSD = 12,
    DLT_RAW_OPENBSD = 14,
    DLT_RAW_FILE = 101,
    DLT_80211 = 105,
    DLT_COOKED = 113,
    DLT_PRISM = 119,
    DLT_RADIOTAP = 127,
    DLT_IP4 = 228,
    DLT_IP6 = 229,
    DLT_COOKED2 = 276
};

enum ethertype {
    TYPE_LLC_MAX = 1535, /* below: a length, and LLC behind it */
    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    TYPE_RARP = 0x8035,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_EAPOL = 0x888e,
    TYPE_PREAUTH = 0x88c7,
    TYPE_QINQ = 0x88a8,
    TYPE_QINQ_OLD = 0x9100,
    TYPE_LLDP = 0x88cc,
    TYPE_LLDP_OLD = 0x8942
};

enum cooked {
    COOKED_LLC = 4,     /* LINUX_SLL_P_802_2 */
    COOKED_IPGRE = 778, /* ARPHRD_: the protocol field means something else */
    COOKED_RADIOTAP = 803,
    COOKED_NETLINK = 824
};

/* IEEE 802.1AB 8.4: 7 bits type, 9 bits length, until type 0. */
static void read_lldp(struct frame *f, struct part p)
{
    uint16_t head = wire_be16(&p.w);

    if (frame_failed(f, &p, DEFECT_LLDP))
        return;
    frame_hit(f, COUNT_LLDP);
    for (; head >> 9 != 0 && !wire_error(&p.w) && part_left(&p) > 0; head = wire_be16(&p.w))
        wire_skip(&p.w, head & 0x1ff);
    if (wire_error(&p.w) && !p.missing)
        frame_odd(f, DEFECT_LLDP);
}

/* One tag, then whatever type follows; tags may nest as deep as the frame is long. */
static bool read_vlan(struct frame *f, struct part *p, uint16_t *type)
{
    f->vlan = wire_be16(&p->w) & 0x0fff;
    *type = wire_be16(&p->w);
    return !frame_failed(f, p, DEFECT_LINK);
}

static void read_length_or_type(struct frame *f, uint16_t type, struct part p)
{
    if (type > TYPE_LLC_MAX) {
        frame_read_ethertype(f, type, p);
        return;
    }
    frame_read_llc(f, part_take(&p, type, NULL));
}

void frame_read_ethertype(struct frame *f, uint16_t type, struct part p)
{
    while (type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD) {
        if (!read_vlan(f, &p, &type))
            return;
        if (type <= TYPE_LLC_MAX) {
            frame_read_llc(f, part_take(&p, type, NULL));
            return;
        }
    }
    switch (type) {
    case TYPE_IPV4: frame_read_ipv4(f, p); break;
    case TYPE_IPV6: frame_read_ipv6(f, p); break;
    case TYPE_ARP:
    case TYPE_RARP: frame_read_arp(f, p); break;
    case TYPE_EAPOL:
    case TYPE_PREAUTH: frame_read_eapol(f, p); break;
    case TYPE_LLDP:
    case TYPE_LLDP_OLD: read_lldp(f, p); break;
    default: break;
    }
}

/* Only SNAP (AA AA 03) with an OUI that carries ethertypes: 00-00-00, and 00-00-F8 of IEEE 802.1H. */
void frame_read_llc(struct frame *f, struct part p)
{
    uint8_t dsap, ssap, control;
    uint32_t oui;
    uint16_t type;

    if (part_left(&p) == 0)
        return;
    dsap = wire_u8(&p.w);
    if (!wire_error(&p.w) && dsap != 0xaa)
        f->is_nested = true;
    ssap = wire_u8(&p.w);
    control = wire_u8(&p.w);
    if (frame_failed(f, &p, DEFECT_LINK) || dsap != 0xaa || ssap != 0xaa || control != 0x03)
        return;
    oui = wire_be24(&p.w);
    type = wire_be16(&p.w);
    if (!frame_failed(f, &p, DEFECT_LINK) && (oui == 0 || oui == 0xf8) && type > TYPE_LLC_MAX)
        frame_read_ethertype(f, type, p);
}

static void read_ethernet(struct frame *f, struct part p)
{
    const uint8_t *to = wire_bytes(&p.w, PART_MAC_LEN), *from = wire_bytes(&p.w, PART_MAC_LEN);
    uint16_t type = wire_be16(&p.w);

    if (frame_failed(f, &p, DEFECT_LINK))
        return;
    memcpy(f->mac_to, to, PART_MAC_LEN);
    memcpy(f->mac_from, from, PART_MAC_LEN);
    f->has_mac = true;
    read_length_or_type(f, type, p);
}

static void read_cooked_body(struct frame *f, uint16_t hardware, uint16_t protocol, struct part p)
{
    if (hardware == COOKED_IPGRE || hardware == COOKED_RADIOTAP || hardware == COOKED_NETLINK)
        return;
    if (protocol == COOKED_LLC)
        frame_read_llc(f, p);
    else if (protocol > TYPE_LLC_MAX)
        frame_read_ethertype(f, protocol, p);
}

static void read_cooked(struct frame *f, struct part p)
{
    uint16_t hardware, protocol;

    wire_skip(&p.w, 2); /* packet type */
    hardware = wire_be16(&p.w);
    wire_skip(&p.w, 2 + 8); /* address length, address */
    protocol = wire_be16(&p.w);
    if (!frame_failed(f, &p, DEFECT_LINK))
        read_cooked_body(f, hardware, protocol, p);
}

static void read_cooked2(struct frame *f, struct part p)
{
    uint16_t protocol = wire_be16(&p.w), hardware;

    wire_skip(&p.w, 2 + 4); /* reserved, interface index */
    hardware = wire_be16(&p.w);
    wire_skip(&p.w, 1 + 1 + 8); /* packet type, address length, address */
    if (!frame_failed(f, &p, DEFECT_LINK))
        read_cooked_body(f, hardware, protocol, p);
}

static void read_raw(struct frame *f, struct part p)
{
    switch (wire_peek(&p.w, 0) >> 4) {
    case 4: frame_read_ipv4(f, p); break;
    case 6: frame_read_ipv6(f, p); break;
    default: break;
    }
}

bool frame_knows_link(int link)
{
    switch (link) {
    case DLT_ETHERNET:
    case DLT_RAW_BSD:
    case DLT_RAW_OPENBSD:
    case DLT_RAW_FILE:
    case DLT_80211:
    case DLT_COOKED:
    case DLT_PRISM:
    case DLT_RADIOTAP:
    case DLT_IP4:
    case DLT_IP6:
    case DLT_COOKED2: return true;
    default: return false;
    }
}

void frame_read(struct frame *f, int link, ns_t at, const void *bytes, size_t captured, size_t wire_len)
{
    struct part p = {.missing = wire_len > captured ? wire_len - captured : 0};

    memset(f, 0, sizeof *f);
    f->at = at;
    wire_init(&p.w, bytes, captured);
    switch (link) {
    case DLT_ETHERNET: read_ethernet(f, p); break;
    case DLT_COOKED: read_cooked(f, p); break;
    case DLT_COOKED2: read_cooked2(f, p); break;
    case DLT_RAW_BSD:
    case DLT_RAW_OPENBSD:
    case DLT_RAW_FILE: read_raw(f, p); break;
    case DLT_IP4: frame_read_ipv4(f, p); break;
    case DLT_IP6: frame_read_ipv6(f, p); break;
    case DLT_80211:
    case DLT_RADIOTAP:
    case DLT_PRISM: frame_read_radio(f, link, p); break;
    default: break;
    }
}
