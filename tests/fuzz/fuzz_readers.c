/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_readers.c - each frame reader by itself: the first octet says which, the second how much of the layer
 * was not captured. A reader that only another one calls is reached at once that way. */
#include <string.h>

#include "probes/frame.h"
#include "tests/fuzz/fuzz.h"

static void read_link(struct frame *f, struct part p)
{
    frame_read_ethertype(f, 0x8100, p);
}

static void read_lldp(struct frame *f, struct part p)
{
    frame_read_ethertype(f, 0x88cc, p);
}

static void read_radius(struct frame *f, struct part p)
{
    (void)frame_read_radius(f, p);
}

static void read_radiotap(struct frame *f, struct part p)
{
    frame_read_radio(f, 127, p);
}

static void read_80211(struct frame *f, struct part p)
{
    frame_read_radio(f, 105, p);
}

static void read_prism(struct frame *f, struct part p)
{
    frame_read_radio(f, 119, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct frame *, struct part) = {
        frame_read_ipv4,  frame_read_ipv6,  frame_read_arp,   frame_read_icmpv6,  frame_read_udp,
        frame_read_tcp,   frame_read_dhcp4, frame_read_dhcp6, frame_read_dns_udp, frame_read_dns_tcp,
        frame_read_eapol, frame_read_llc,   read_link,        read_lldp,          read_radius,
        read_radiotap,    read_80211,       read_prism};
    static struct frame f;
    struct part p;
    uint8_t *exact;

    if (size < 2)
        return 0;
    exact = malloc(size - 2 ? size - 2 : 1); /* exact size: a checker sees the first octet read too far */
    MUST(exact);
    memcpy(exact, data + 2, size - 2);
    memset(&f, 0, sizeof f);
    f.is_ipv6 = data[0] & 0x80;
    f.has_mac = f.has_ip = true;
    wire_init(&p.w, exact, size - 2);
    p.missing = data[1];
    readers[(data[0] & 0x7f) % ARRAY_LEN(readers)](&f, p);
    MUST(f.defect < DEFECT_COUNT);
    MUST(f.event.phase < FUNNEL_PHASES);
    MUST(f.circuit.len <= FRAME_SITE_MAX && f.remote.len <= FRAME_SITE_MAX && f.nas.len <= FRAME_SITE_MAX);
    MUST(f.client_len == 0 || f.client_len == PART_MAC_LEN);
    for (size_t i = 0; i < COUNTER_COUNT; i++)
        MUST(f.hits[i] <= 1);
    free(exact);
    return 0;
}
