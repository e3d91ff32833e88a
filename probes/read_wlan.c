/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_wlan.c - radiotap and Prism headers, 802.11 frames, beacons. Pure.
 *
 * Beacons give the networks (access points, no persons). Of every other management frame only the kind is
 * counted; of data frames the header is read and, where they are unprotected, what they carry. */
#include "probes/frame.h"

#include <string.h>

enum { DLT_PRISM = 119, DLT_RADIOTAP = 127 }; /* see read_link.c */
enum { PRISM_LEN = 144, AVS_MAGIC = 0x80211000 };
enum { RADIOTAP_FLAGS = 1, RADIOTAP_SIGNAL = 5, RADIOTAP_NO_PSDU = 26 }; /* bits of the present word */
enum { FLAG_FCS = 0x10, FLAG_DATA_PAD = 0x20, FLAG_BAD_FCS = 0x40 };
enum { TYPE_MGMT, TYPE_CTRL, TYPE_DATA };
enum { FC_TO_DS = 0x01, FC_FROM_DS = 0x02, FC_MORE_FRAGMENTS = 0x04, FC_PROTECTED = 0x40, FC_ORDER = 0x80 };
enum { DATA_NULL = 4, DATA_QOS = 8 };
enum { SUB_BEACON = 8, CTRL_WRAPPER = 7 };
enum { ELEMENT_SSID = 0, ELEMENT_DS = 3, ELEMENT_HT_OPERATION = 61 };
enum { FCS_LEN = 4 };

struct header {
    uint8_t subtype, flags;
    unsigned type;
    uint8_t radio; /* radiotap flags */
    int8_t signal; /* dBm; 0 = not told */
    const uint8_t *a1, *a2, *a3, *a4;
    unsigned fragment;
    bool is_amsdu, is_mesh;
    size_t len;
};

/* ---- beacons ---- */

static void read_element(struct beacon *b, bool *has_ssid, uint8_t id, uint8_t len, const uint8_t *value,
                         int *ht)
{
    if (id == ELEMENT_SSID && !*has_ssid) {
        *has_ssid = true;
        b->ssid_len = len;
        memcpy(b->ssid, value, len);
    } else if (id == ELEMENT_DS && len >= 1 && b->channel < 0) {
        b->channel = value[0];
    } else if (id == ELEMENT_HT_OPERATION && len >= 1 && *ht < 0) {
        *ht = value[0];
    }
}

/* Elements from the cursor to the end; only a beacon's are kept. */
static void read_elements(struct frame *f, struct part *p, bool *has_ssid)
{
    int ht_channel = -1;

    while (part_left(p) > 0) {
        size_t claimed = part_left(p);
        uint8_t id = wire_u8(&p->w), len = wire_u8(&p->w);
        const uint8_t *value;
        if (len > claimed - 2 && len <= claimed && !p->missing) {
            frame_odd(f, DEFECT_WLAN_ELEMENT); /* short by one or two octets, as some drivers cut it */
            value = wire_bytes(&p->w, claimed - 2);
            if (id != ELEMENT_SSID && value)
                read_element(&f->beacon, has_ssid, id, (uint8_t)(claimed - 2), value, &ht_channel);
            break;
        }
        value = wire_bytes(&p->w, len);
        if (frame_failed(f, p, DEFECT_WLAN_ELEMENT))
            return;
        read_element(&f->beacon, has_ssid, id, len, value, &ht_channel);
    }
    if (f->beacon.channel < 0)
        f->beacon.channel = ht_channel;
}

static void read_beacon(struct frame *f, const struct header *h, struct part p)
{
    bool has_ssid = false;

    f->beacon.channel = -1;
    f->beacon.signal = h->signal;
    memcpy(f->beacon.bssid, h->a3, PART_MAC_LEN);
    wire_skip(&p.w, 8 + 2); /* timestamp, interval */
    f->beacon.is_private = wire_le16(&p.w) & 0x0010;
    if (frame_failed(f, &p, DEFECT_WLAN))
        return;
    read_elements(f, &p, &has_ssid);
    f->beacon.is_present = has_ssid && !(h->radio & FLAG_BAD_FCS);
}

static void read_management(struct frame *f, const struct header *h, struct part p)
{
    static const struct {
        uint8_t subtype;
        enum counter counter;
        uint8_t fixed; /* bytes before the elements */
    } kinds[] = {{0, COUNT_WLAN_ASSOC_REQUEST, 4},
                 {1, COUNT_WLAN_ASSOC_RESPONSE, 6},
                 {2, COUNT_WLAN_ASSOC_REQUEST, 10},
                 {3, COUNT_WLAN_ASSOC_RESPONSE, 6},
                 {4, COUNT_WLAN_PROBE_REQUEST, 0},
                 {5, COUNT_WLAN_PROBE_RESPONSE, 12},
                 {SUB_BEACON, COUNT_WLAN_BEACON, 12},
                 {10, COUNT_WLAN_DISASSOC, 2},
                 {11, COUNT_WLAN_AUTH, 6},
                 {12, COUNT_WLAN_DEAUTH, 2}};

    frame_hit(f, COUNT_WLAN_MGMT);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (kinds[i].subtype != h->subtype)
            continue;
        frame_hit(f, kinds[i].counter);
        if ((h->flags & FC_PROTECTED) || h->fragment > 0)
            return;
        f->is_fragment = h->flags & FC_MORE_FRAGMENTS;
        if (h->subtype == SUB_BEACON) {
            read_beacon(f, h, p);
            return;
        }
        wire_skip(&p.w, kinds[i].fixed);
        (void)frame_failed(f, &p, DEFECT_WLAN);
    }
}

/* ---- data ---- */

/* IEEE 802.11-2020 table 9-30. */
static void note_addresses(struct frame *f, const struct header *h)
{
    const uint8_t *to = h->flags & FC_TO_DS ? h->a3 : h->a1;
    const uint8_t *from = h->a2;

    if (h->flags & FC_FROM_DS)
        from = h->flags & FC_TO_DS ? h->a4 : h->a3;
    memcpy(f->mac_to, to, PART_MAC_LEN);
    memcpy(f->mac_from, from, PART_MAC_LEN);
    f->has_mac = true;
}

static void read_data(struct frame *f, const struct header *h, struct part p)
{
    frame_hit(f, COUNT_WLAN_DATA);
    if ((h->subtype & DATA_NULL) || (h->flags & FC_PROTECTED) || h->fragment > 0 || part_left(&p) == 0)
        return;
    if (h->is_amsdu || h->is_mesh) {
        f->is_nested = true;
        return;
    }
    note_addresses(f, h);
    f->is_fragment = h->flags & FC_MORE_FRAGMENTS;
    if (wire_peek(&p.w, 0) == 0 && wire_peek(&p.w, 1) == 0)
        wire_skip(&p.w, 2); /* some drivers leave two octets of padding in front of the LLC header */
    frame_read_llc(f, p);
}

/* ---- headers ---- */

/* Control frames need their receiver; the rest is not ours to read, but for the wrapper's version. */
static void read_control(struct frame *f, const struct header *h, struct part p)
{
    wire_skip(&p.w, 2 + PART_MAC_LEN); /* duration, receiver */
    if (frame_failed(f, &p, DEFECT_WLAN))
        return;
    frame_hit(f, COUNT_WLAN_CTRL);
    if (h->subtype == CTRL_WRAPPER && (wire_peek(&p.w, 0) & 3)) /* the frame control that it carries */
        f->is_foreign_radio = true;
}

/* Removes the frame check sequence from the end of what p claims; a body too short for one has none. */
static void drop_fcs(struct part *p)
{
    size_t claimed = part_left(p), keep = claimed >= FCS_LEN ? claimed - FCS_LEN : claimed;

    *p = part_take(p, keep, NULL);
}

static bool read_addresses(struct frame *f, struct header *h, struct part *p)
{
    wire_skip(&p->w, 2); /* duration */
    h->a1 = wire_bytes(&p->w, PART_MAC_LEN);
    h->a2 = wire_bytes(&p->w, PART_MAC_LEN);
    h->a3 = wire_bytes(&p->w, PART_MAC_LEN);
    h->fragment = wire_le16(&p->w) & 0xf;
    h->len = 24;
    if (h->type == TYPE_DATA && (h->flags & FC_TO_DS) && (h->flags & FC_FROM_DS)) {
        h->a4 = wire_bytes(&p->w, PART_MAC_LEN);
        h->len += PART_MAC_LEN;
    }
    if (h->type == TYPE_DATA && (h->subtype & DATA_QOS)) {
        uint16_t qos = wire_le16(&p->w);
        h->is_amsdu = qos & 0x0080;
        /* Mesh Control Present shares its bit with other uses: the octet behind the header must fit as well
         */
        h->is_mesh =
            (h->flags & FC_FROM_DS) && (qos & 0x0100) && part_left(p) > 0 && wire_peek(&p->w, 0) <= 2;
        h->len += 2;
    }
    if ((h->flags & FC_ORDER) && (h->type == TYPE_MGMT || (h->subtype & DATA_QOS))) {
        wire_skip(&p->w, 4); /* HT Control */
        h->len += 4;
    }
    if ((h->radio & FLAG_DATA_PAD) && h->type == TYPE_DATA && h->len % 4)
        wire_skip(&p->w, 4 - h->len % 4);
    if (frame_failed(f, p, DEFECT_WLAN))
        return false;
    if (h->radio & FLAG_FCS)
        drop_fcs(p);
    return true;
}

static void read_80211(struct frame *f, uint8_t radio, int8_t signal, struct part p)
{
    struct header h = {.radio = radio, .signal = signal};
    uint8_t control = wire_u8(&p.w);

    h.flags = wire_u8(&p.w);
    if (frame_failed(f, &p, DEFECT_WLAN))
        return;
    if (control & 3) {
        f->is_foreign_radio = true;
        return;
    }
    h.type = control >> 2 & 3;
    h.subtype = control >> 4;
    frame_hit(f, COUNT_WLAN_FRAMES);
    if (h.type == TYPE_CTRL)
        read_control(f, &h, p);
    else if (h.type == TYPE_MGMT && read_addresses(f, &h, &p))
        read_management(f, &h, p);
    else if (h.type == TYPE_DATA && read_addresses(f, &h, &p))
        read_data(f, &h, p);
}

/* Steps through the fields of the first namespace, as radiotap.org defines them; offset: where they begin in
 * the header. True if it says that no frame follows (a sounding frame, or one that was not captured). */
static bool read_radiotap_fields(struct wire *w, size_t offset, uint32_t present, uint8_t *flags,
                                 int8_t *signal)
{
    static const struct {
        uint8_t align, size;
    } fields[] = {{8, 8}, {1, 1}, {1, 1}, {2, 4},  {2, 2},  {1, 1},  {1, 1},  {2, 2}, {2, 2},
                  {2, 2}, {1, 1}, {1, 1}, {1, 1},  {1, 1},  {2, 2},  {2, 2},  {1, 1}, {1, 1},
                  {4, 8}, {1, 3}, {4, 8}, {2, 12}, {8, 12}, {2, 12}, {2, 12}, {2, 6}, {1, 1}};

    for (size_t i = 0; i < ARRAY_LEN(fields) && !wire_error(w); i++) {
        size_t pad = (fields[i].align - offset % fields[i].align) % fields[i].align;
        if (!(present >> i & 1))
            continue;
        wire_skip(w, pad);
        if (i == RADIOTAP_FLAGS)
            *flags = wire_peek(w, 0);
        if (i == RADIOTAP_SIGNAL)
            *signal = (int8_t)wire_peek(w, 0);
        wire_skip(w, fields[i].size);
        offset += pad + fields[i].size;
    }
    return (present >> RADIOTAP_NO_PSDU & 1) && !wire_error(w);
}

/* radiotap.org: version, pad, length, chained "present" words, then fields, each aligned to its size. Only
 * the flags matter, and whether a frame follows at all. */
static void read_radiotap(struct frame *f, struct part p)
{
    uint8_t version = wire_u8(&p.w), flags = 0;
    int8_t signal = 0;
    uint16_t len;
    uint32_t present, more;
    struct part head;
    size_t offset = 8;
    bool is_beyond, has_psdu;

    wire_skip(&p.w, 1);
    len = wire_le16(&p.w);
    if (frame_failed(f, &p, DEFECT_RADIO))
        return;
    if (version > 0) {
        f->is_foreign_radio = true;
        return;
    }
    if (len < 8) {
        frame_malformed(f, DEFECT_RADIO);
        return;
    }
    head = part_take(&p, len - 4u, &is_beyond);
    if (is_beyond) {
        frame_malformed(f, DEFECT_RADIO);
        return;
    }
    present = more = wire_le32(&head.w);
    for (; (more & 0x80000000u) && !wire_error(&head.w); offset += 4)
        more = wire_le32(&head.w);
    has_psdu = !read_radiotap_fields(&head.w, offset, present, &flags, &signal);
    if (wire_error(&head.w) && head.missing > 0) {
        f->is_unclean = true;
        return;
    }
    if (wire_error(&head.w)) /* fields beyond the header: the frame behind it is still one */
        frame_odd(f, DEFECT_RADIO);
    if (has_psdu)
        read_80211(f, flags, signal, p);
}

void frame_read_radio(struct frame *f, int link, struct part p)
{
    if (link == DLT_RADIOTAP) {
        read_radiotap(f, p);
        return;
    }
    if (link == DLT_PRISM) {
        uint32_t magic = wire_be32(&p.w);
        if (!wire_error(&p.w) && (magic & 0xfffff000u) == AVS_MAGIC)
            return; /* an AVS header under this link type: not read */
        wire_skip(&p.w, PRISM_LEN - 4);
        if (frame_failed(f, &p, DEFECT_RADIO))
            return;
    }
    read_80211(f, 0, 0, p);
}
