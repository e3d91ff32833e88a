/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_radius.c - RADIUS packet codes (RFC 2865, 2866, 5176; IANA radius-types). Pure. Of the attributes two
 * are read: NAS-Identifier, which says where it was, and Calling-Station-Id, so that the same client is
 * counted once (frame.h says where that stays). Names of users are stepped over. */
#include "probes/frame.h"

#include <string.h>

enum { RADIUS_HEADER = 20, RADIUS_MAX = 4096 };
enum { ATTRIBUTE_CALLING_STATION = 31, ATTRIBUTE_NAS_IDENTIFIER = 32 };

static bool is_known_code(uint8_t code)
{
    return (code >= 1 && code <= 13) || (code >= 21 && code <= 27) || (code >= 29 && code <= 34) ||
           (code >= 40 && code <= 45) || code == 50 || code == 51 || (code >= 129 && code <= 132);
}

static void note_code(struct frame *f, uint8_t code, uint8_t identifier)
{
    static const struct {
        uint8_t code;
        enum counter counter;
        enum funnel_verb verb;
    } codes[] = {{1, COUNT_RADIUS_ACCESS_REQUEST, FUNNEL_OPENS},
                 {2, COUNT_RADIUS_ACCESS_ACCEPT, FUNNEL_CLOSES_WELL},
                 {3, COUNT_RADIUS_ACCESS_REJECT, FUNNEL_CLOSES_BADLY},
                 {4, COUNT_RADIUS_ACCOUNTING_REQUEST, FUNNEL_NOTHING},
                 {5, COUNT_RADIUS_ACCOUNTING_RESPONSE, FUNNEL_NOTHING},
                 {11, COUNT_RADIUS_ACCESS_CHALLENGE, FUNNEL_CLOSES_WELL}};

    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].code != code)
            continue;
        frame_hit(f, codes[i].counter);
        frame_flow_key(f, codes[i].verb != FUNNEL_OPENS, f->event.key);
        f->event.key[37] = identifier;
        frame_event(f, FUNNEL_RADIUS, codes[i].verb);
        return;
    }
    frame_hit(f, COUNT_RADIUS_OTHER);
}

/* "02-C1-1E-47-AB-CD", with any separator (RFC 3580 3.21). */
static void note_station(struct frame *f, const uint8_t *text, size_t len)
{
    uint8_t mac[PART_MAC_LEN] = {0};
    size_t digits = 0;

    for (size_t i = 0; i < len && digits < 2 * PART_MAC_LEN; i++) {
        uint8_t c = text[i] | 0x20;
        unsigned value = c >= '0' && c <= '9' ? c - (unsigned)'0' : c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
        if (value < 16) {
            mac[digits / 2] = (uint8_t)(mac[digits / 2] << 4 | value);
            digits++;
        }
    }
    if (digits < 2 * PART_MAC_LEN)
        return;
    memcpy(f->client, mac, PART_MAC_LEN);
    f->client_len = PART_MAC_LEN;
}

static void note_attribute(struct frame *f, uint8_t kind, const uint8_t *value, size_t len)
{
    if (kind == ATTRIBUTE_NAS_IDENTIFIER)
        frame_site(&f->nas, value, len);
    else if (kind == ATTRIBUTE_CALLING_STATION)
        note_station(f, value, len);
}

bool frame_read_radius(struct frame *f, struct part p)
{
    uint8_t code = wire_u8(&p.w), identifier = wire_u8(&p.w);
    uint16_t len = wire_be16(&p.w);
    bool is_beyond;
    struct part attributes;

    if (wire_error(&p.w) || !is_known_code(code) || len < RADIUS_HEADER || len > RADIUS_MAX)
        return false;
    note_code(f, code, identifier);
    wire_skip(&p.w, 16); /* authenticator */
    if (frame_failed(f, &p, DEFECT_RADIUS))
        return true;
    attributes = part_take(&p, len - RADIUS_HEADER, &is_beyond);
    if (is_beyond && !f->is_fragment)
        frame_malformed(f, DEFECT_RADIUS);
    while (part_left(&attributes) > 0) {
        uint8_t kind = wire_u8(&attributes.w), attribute_len;
        const uint8_t *value;
        attribute_len = wire_u8(&attributes.w);
        if (!wire_error(&attributes.w) && attribute_len < 2) {
            frame_malformed(f, DEFECT_RADIUS);
            break;
        }
        value = wire_bytes(&attributes.w, attribute_len < 2 ? 0 : attribute_len - 2u);
        if (frame_failed(f, &attributes, DEFECT_RADIUS))
            break;
        note_attribute(f, kind, value, attribute_len - 2u);
    }
    return true;
}
