/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_eapol.c - EAPOL (IEEE 802.1X), EAP codes (RFC 3748) and the 4-way handshake's key frames. Pure.
 * Identities and key material are not looked at. */
#include "probes/frame.h"

#include <string.h>

enum { EAPOL_EAP = 0, EAPOL_START = 1, EAPOL_LOGOFF = 2, EAPOL_KEY = 3 };
enum { EAP_REQUEST = 1, EAP_RESPONSE = 2, EAP_SUCCESS = 3, EAP_FAILURE = 4, EAP_TYPE_IDENTITY = 1 };
enum { EAP_HEADER = 4 };
enum { KEY_DESCRIPTOR_RSN = 2, KEY_DESCRIPTOR_WPA = 254 };
enum { KEY_PAIRWISE = 0x0008, KEY_ACK = 0x0080, KEY_MIC = 0x0100 };

/* The supplicant's side opens with its identity; the authenticator's verdict goes to the supplicant. */
static void note_eap(struct frame *f, uint8_t code, uint8_t type)
{
    if (!f->has_mac)
        return;
    if (code == EAP_RESPONSE && type == EAP_TYPE_IDENTITY) {
        memcpy(f->event.key, f->mac_from, PART_MAC_LEN);
        frame_event(f, FUNNEL_EAP, FUNNEL_OPENS);
    } else if (code == EAP_SUCCESS || code == EAP_FAILURE) {
        memcpy(f->event.key, f->mac_to, PART_MAC_LEN);
        frame_event(f, FUNNEL_EAP, code == EAP_SUCCESS ? FUNNEL_CLOSES_WELL : FUNNEL_CLOSES_BADLY);
    }
}

static void read_eap(struct frame *f, struct part p)
{
    static const enum counter counters[] = {COUNT_EAP_REQUEST, COUNT_EAP_RESPONSE, COUNT_EAP_SUCCESS,
                                            COUNT_EAP_FAILURE};
    uint8_t code = wire_u8(&p.w), type = 0;
    size_t len;

    wire_skip(&p.w, 1); /* identifier */
    len = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_EAP))
        return;
    if (code >= 1 && code <= ARRAY_LEN(counters))
        frame_hit(f, counters[code - 1]);
    if (len < EAP_HEADER || (len - EAP_HEADER > part_left(&p) && !f->is_fragment))
        frame_odd(f, DEFECT_EAP); /* code and type stand where they stand, whatever the length says */
    if ((code == EAP_REQUEST || code == EAP_RESPONSE) && part_left(&p) > 0) {
        type = wire_u8(&p.w);
        if (frame_failed(f, &p, DEFECT_EAP))
            return;
    }
    note_eap(f, code, type);
}

/* IEEE 802.11-2020 12.7.2; the MIC is taken as 16 octets long, as the common suites have it. */
static void read_key(struct frame *f, struct part p)
{
    uint8_t descriptor = wire_u8(&p.w);
    uint16_t info, data_len;

    if (frame_failed(f, &p, DEFECT_EAPOL) ||
        (descriptor != KEY_DESCRIPTOR_RSN && descriptor != KEY_DESCRIPTOR_WPA))
        return;
    info = wire_be16(&p.w);
    wire_skip(&p.w, 2 + 8 + 32 + 16 + 8 + 8 + 16); /* length, replay, nonce, IV, RSC, id, MIC */
    data_len = wire_be16(&p.w);
    wire_skip(&p.w, data_len);
    if (frame_failed(f, &p, DEFECT_EAPOL) || !f->has_mac || !(info & KEY_PAIRWISE))
        return;
    if ((info & KEY_ACK) && !(info & KEY_MIC)) {
        memcpy(f->event.key, f->mac_from, PART_MAC_LEN);
        memcpy(f->event.key + PART_MAC_LEN, f->mac_to, PART_MAC_LEN);
        frame_event(f, FUNNEL_KEY, FUNNEL_OPENS);
    } else if ((info & KEY_MIC) && !(info & KEY_ACK) && data_len == 0) {
        memcpy(f->event.key, f->mac_to, PART_MAC_LEN);
        memcpy(f->event.key + PART_MAC_LEN, f->mac_from, PART_MAC_LEN);
        frame_event(f, FUNNEL_KEY, FUNNEL_CLOSES_WELL);
    }
}

void frame_read_eapol(struct frame *f, struct part p)
{
    static const enum counter counters[] = {COUNT_EAPOL_EAP, COUNT_EAPOL_START, COUNT_EAPOL_LOGOFF,
                                            COUNT_EAPOL_KEY};
    uint8_t type;
    uint16_t len;
    bool is_beyond;
    struct part body;

    wire_skip(&p.w, 1); /* version */
    type = wire_u8(&p.w);
    len = wire_be16(&p.w);
    if (frame_failed(f, &p, DEFECT_EAPOL))
        return;
    if (type < ARRAY_LEN(counters))
        frame_hit(f, counters[type]);
    body = part_take(&p, len, &is_beyond);
    if (is_beyond && !f->is_fragment && (type == EAPOL_EAP || type == EAPOL_KEY))
        frame_odd(f, DEFECT_EAPOL); /* and what is there is read */
    if (type == EAPOL_EAP && part_left(&body) > 0)
        read_eap(f, body);
    else if (type == EAPOL_KEY && part_left(&body) > 0 && !(is_beyond && f->is_fragment))
        read_key(f, body);
}
