/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h - one captured frame while it is read, and the readers of the protocols in it.
 *
 * A reader gets a `part` (the bytes of its layer) and notes in the frame what it saw: counters, funnel event,
 * network. Nothing is counted before the whole frame has been read (frame_is_clean()). Pure: bytes in, struct
 * out; the frame keeps no pointer into the packet after frame_read().
 *
 * Lengths: a layer claims a length; the capture may hold less of it (snap length). A read beyond the claim is
 * malformed, a read beyond the capture only cut. Inside the first fragment of a fragmented packet neither is
 * held against the frame: the rest is in another frame. */
#ifndef NW_PROBES_FRAME_H
#define NW_PROBES_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/base/wire.h"

#define COUNTER(group, name, symbol) symbol,
enum counter {
#include "probes/counter_list.h"
    COUNTER_COUNT
};
#undef COUNTER

/* What is wrong with a frame. Each kind has one text and appears once in `notes`. */
enum defect {
    DEFECT_NONE,
    DEFECT_LINK,
    DEFECT_RADIO,
    DEFECT_WLAN,
    DEFECT_WLAN_ELEMENT,
    DEFECT_ARP,
    DEFECT_IP_HEADER,
    DEFECT_IPV6_HEADER,
    DEFECT_UDP_LENGTH,
    DEFECT_TCP_HEADER,
    DEFECT_ICMPV6_OPTION,
    DEFECT_DHCP4,
    DEFECT_DHCP4_OPTION,
    DEFECT_DHCP6,
    DEFECT_DNS,
    DEFECT_DNS_NAME,
    DEFECT_RADIUS,
    DEFECT_EAPOL,
    DEFECT_EAP,
    DEFECT_LLDP,
    DEFECT_COUNT
};

/* "DNS name beyond the message"; without addresses or content. */
const char *defect_text(enum defect d);

struct part {
    struct wire w;  /* what was captured of the layer */
    size_t missing; /* bytes that the layer claims behind that, which were not captured */
};

enum { PART_MAC_LEN = 6, FRAME_ADDRESS_LEN = 16, FRAME_SSID_MAX = 255, FRAME_SITE_MAX = 64 };

enum funnel_phase {
    FUNNEL_RADIUS,
    FUNNEL_EAP,
    FUNNEL_KEY,
    FUNNEL_DHCP4,
    FUNNEL_DNS,
    FUNNEL_TCP,
    FUNNEL_PHASES
};
enum funnel_verb { FUNNEL_NOTHING, FUNNEL_OPENS, FUNNEL_CLOSES_WELL, FUNNEL_CLOSES_BADLY };

/* The key of a transaction as its opener sees it (an answer's direction is reversed by the reader). Client
 * addresses live here and in the funnel's table in memory, nowhere else. */
struct funnel_event {
    enum funnel_verb verb;
    enum funnel_phase phase;
    uint8_t key[44];
};

/* What says where a frame comes from: a relay's or an access server's own words. Longer ones are left out. */
struct frame_site {
    uint8_t len, bytes[FRAME_SITE_MAX];
};

struct beacon {
    bool is_present;
    uint8_t bssid[PART_MAC_LEN];
    uint8_t ssid[FRAME_SSID_MAX];
    uint8_t ssid_len;
    int channel; /* -1: not announced */
    bool is_private;
    int8_t signal; /* dBm, of the radio header; 0 = not told */
};

struct frame {
    ns_t at;
    uint8_t hits[COUNTER_COUNT]; /* 1: matches this counter */
    enum defect defect;          /* the first one found */
    bool is_unclean;             /* malformed or cut short: nothing of it counts */
    bool is_odd;           /* malformed by our rules, though what stands before the defect still counts */
    bool is_nested;        /* a second header, A-MSDU, mesh, foreign LLC: only wlan counters hold */
    bool is_foreign_radio; /* unknown version of radiotap or 802.11: not even those */
    bool is_fragment;      /* inside a first fragment */
    bool has_mac, has_ip, is_ipv6;
    uint8_t mac_from[PART_MAC_LEN], mac_to[PART_MAC_LEN];
    uint8_t ip_from[FRAME_ADDRESS_LEN], ip_to[FRAME_ADDRESS_LEN];
    uint16_t port_from, port_to;
    struct funnel_event event;
    struct beacon beacon;
    uint16_t vlan;                            /* of the innermost tag; 0 = untagged */
    struct frame_site circuit, remote, nas;   /* DHCP option 82 (RFC 3046), RADIUS NAS-Identifier */
    uint8_t client[PART_MAC_LEN], client_len; /* chaddr, Calling-Station-Id; see funnel_event */
    uint8_t server[4], lease[4];              /* DHCP server identifier, yiaddr */
    bool has_server;
};

/* Reads one frame of link type `link` (a DLT_ number of libpcap, as read_link.c lists them).
 *   captured, wire_len  bytes that are there, and that were on the wire (>= captured) */
void frame_read(struct frame *f, int link, ns_t at, const void *bytes, size_t captured, size_t wire_len);

/* False for a link type whose frames are only counted. */
bool frame_knows_link(int link);

/* ---- for the readers ---- */

void frame_hit(struct frame *f, enum counter c);
/* The frame is malformed; nothing of it counts. */
void frame_malformed(struct frame *f, enum defect d);
/* Malformed, but the layers below count as they would without this one. */
void frame_odd(struct frame *f, enum defect d);
/* After reads through p->w: true if one failed; then the frame is noted as malformed (d) or cut. */
bool frame_failed(struct frame *f, const struct part *p, enum defect d);

/* The next len bytes of p as a part of their own; p moves behind them. A len beyond what p claims gives what
 * is there and sets *is_beyond (may be NULL). */
struct part part_take(struct part *p, size_t len, bool *is_beyond);
/* Everything from the cursor on. */
struct part part_rest(struct part *p);
/* Claimed bytes from the cursor on. */
size_t part_left(const struct part *p);

/* Fills the key of a UDP or TCP transaction; is_answer swaps the directions. */
void frame_flow_key(const struct frame *f, bool is_answer, uint8_t key[44]);
/* Notes a key of the place; one that is too long is left out. */
void frame_site(struct frame_site *site, const uint8_t *bytes, size_t len);
void frame_event(struct frame *f, enum funnel_phase phase, enum funnel_verb verb);

/* Readers, one file a family. */
void frame_read_ethertype(struct frame *f, uint16_t type, struct part p); /* read_link.c */
void frame_read_llc(struct frame *f, struct part p);
void frame_read_radio(struct frame *f, int link, struct part p); /* read_wlan.c */
void frame_read_ipv4(struct frame *f, struct part p);            /* read_ip.c */
void frame_read_ipv6(struct frame *f, struct part p);
void frame_read_arp(struct frame *f, struct part p);
void frame_read_icmpv6(struct frame *f, struct part p);
void frame_read_udp(struct frame *f, struct part p); /* read_transport.c */
void frame_read_tcp(struct frame *f, struct part p);
void frame_read_dhcp4(struct frame *f, struct part p); /* read_dhcp.c */
void frame_read_dhcp6(struct frame *f, struct part p);
void frame_read_dns_udp(struct frame *f, struct part p); /* read_dns.c */
void frame_read_dns_tcp(struct frame *f, struct part p);
bool frame_read_radius(struct frame *f, struct part p); /* read_radius.c; false: not RADIUS */
void frame_read_eapol(struct frame *f, struct part p);  /* read_eapol.c */

#endif
