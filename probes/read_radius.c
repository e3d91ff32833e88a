/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_radius.c - RADIUS packet codes (RFC 2865, 2866, 5176; IANA radius-types). Pure. Attributes are stepped
 * over, never looked into: they carry user names and station addresses. */
#include "probes/frame.h"

enum { RADIUS_HEADER = 20, RADIUS_MAX = 4096 };

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
        uint8_t attribute_len;
        wire_skip(&attributes.w, 1);
        attribute_len = wire_u8(&attributes.w);
        if (!wire_error(&attributes.w) && attribute_len < 2) {
            frame_malformed(f, DEFECT_RADIUS);
            break;
        }
        wire_skip(&attributes.w, attribute_len - 2u);
        if (frame_failed(f, &attributes, DEFECT_RADIUS))
            break;
    }
    return true;
}
