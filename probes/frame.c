/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c - what the frame readers share: parts, defects, keys. Pure. */
#include "probes/frame.h"

#include <string.h>

static const char *const defect_texts[DEFECT_COUNT] = {
    [DEFECT_NONE] = "nothing",
    [DEFECT_LINK] = "link header incomplete",
    [DEFECT_RADIO] = "radio header contradicts its length",
    [DEFECT_WLAN] = "802.11 header incomplete",
    [DEFECT_WLAN_ELEMENT] = "802.11 element beyond the frame",
    [DEFECT_ARP] = "ARP incomplete",
    [DEFECT_IP_HEADER] = "IPv4 header contradicts its length",
    [DEFECT_IPV6_HEADER] = "IPv6 header incomplete",
    [DEFECT_UDP_LENGTH] = "UDP length contradicts its packet",
    [DEFECT_TCP_HEADER] = "TCP header contradicts its length",
    [DEFECT_ICMPV6_OPTION] = "ICMPv6 option contradicts its length",
    [DEFECT_DHCP4] = "DHCPv4 message incomplete",
    [DEFECT_DHCP4_OPTION] = "DHCPv4 option contradicts its length",
    [DEFECT_DHCP6] = "DHCPv6 option beyond the message",
    [DEFECT_DNS] = "DNS record beyond the message",
    [DEFECT_DNS_NAME] = "DNS name that cannot be read",
    [DEFECT_RADIUS] = "RADIUS attribute contradicts its length",
    [DEFECT_EAPOL] = "EAPOL body contradicts its length",
    [DEFECT_EAP] = "EAP message contradicts its length",
    [DEFECT_LLDP] = "LLDP element beyond the frame",
};

const char *defect_text(enum defect d)
{
    return defect_texts[d];
}

void frame_hit(struct frame *f, enum counter c)
{
    f->hits[c] = 1;
}

void frame_malformed(struct frame *f, enum defect d)
{
    if (!f->defect)
        f->defect = d;
    f->is_unclean = true;
}

void frame_odd(struct frame *f, enum defect d)
{
    if (!f->defect)
        f->defect = d;
    f->is_odd = true;
}

bool frame_failed(struct frame *f, const struct part *p, enum defect d)
{
    if (!wire_error(&p->w))
        return false;
    if (f->is_fragment)
        return true;
    if (p->missing > 0)
        f->is_unclean = true;
    else
        frame_malformed(f, d);
    return true;
}

size_t part_left(const struct part *p)
{
    return wire_error(&p->w) ? 0 : wire_left(&p->w) + p->missing;
}

struct part part_take(struct part *p, size_t len, bool *is_beyond)
{
    size_t here = wire_left(&p->w), claimed = part_left(p);
    struct part sub;

    if (is_beyond)
        *is_beyond = len > claimed;
    if (len > claimed)
        len = claimed;
    sub.missing = len > here ? len - here : 0;
    sub.w = wire_sub(&p->w, len - sub.missing);
    p->missing -= sub.missing;
    return sub;
}

struct part part_rest(struct part *p)
{
    return part_take(p, part_left(p), NULL);
}

void frame_flow_key(const struct frame *f, bool is_answer, uint8_t key[44])
{
    const uint8_t *from = is_answer ? f->ip_to : f->ip_from, *to = is_answer ? f->ip_from : f->ip_to;
    uint16_t port_from = is_answer ? f->port_to : f->port_from,
             port_to = is_answer ? f->port_from : f->port_to;

    memcpy(key, from, FRAME_ADDRESS_LEN);
    memcpy(key + 16, to, FRAME_ADDRESS_LEN);
    key[32] = (uint8_t)(port_from >> 8);
    key[33] = (uint8_t)port_from;
    key[34] = (uint8_t)(port_to >> 8);
    key[35] = (uint8_t)port_to;
    key[36] = f->is_ipv6;
}

void frame_site(struct frame_site *site, const uint8_t *bytes, size_t len)
{
    if (len > sizeof site->bytes)
        return;
    site->len = (uint8_t)len;
    memcpy(site->bytes, bytes, len);
}

void frame_event(struct frame *f, enum funnel_phase phase, enum funnel_verb verb)
{
    f->event.phase = phase;
    f->event.verb = verb;
}
