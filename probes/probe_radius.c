/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_radius.c - RADIUS packets as bytes. Pure. */
#include "probes/probe_radius.h"

#include <string.h>

#include "lib/base/wire.h"
#include "probes/digest_io.h"

enum { HEADER = 20, LENGTH_AT = 2, AUTHENTICATOR_AT = 4, PACKET_MAX = 4096 };
enum {
    ATTRIBUTE_USER_NAME = 1,
    ATTRIBUTE_USER_PASSWORD = 2,
    ATTRIBUTE_CHAP_PASSWORD = 3,
    ATTRIBUTE_NAS_IDENTIFIER = 32,
    ATTRIBUTE_MESSAGE_AUTHENTICATOR = 80
};

static void put_attribute(struct buf *out, uint8_t type, const void *value, size_t len)
{
    buf_u8(out, type);
    buf_u8(out, (uint8_t)(len + 2));
    buf_put(out, value, len);
}

/* RFC 2865, 5.2: each block of 16 is masked with MD5(secret, the masked block before it). */
static enum err put_pap(struct buf *out, const struct radius_question *q)
{
    uint8_t masked[RADIUS_PASSWORD_MAX] = {0}, mask[DIGEST_MD5];
    size_t len = strlen(q->password), padded = len ? (len + 15) / 16 * 16 : 16;
    const uint8_t *before = q->authenticator;

    memcpy(masked, q->password, len);
    for (size_t at = 0; at < padded; at += 16) {
        const struct digest_part parts[] = {{q->secret, strlen(q->secret)}, {before, 16}};
        enum err e = digest_md5(parts, 2, mask);
        if (e)
            return e;
        for (size_t i = 0; i < 16; i++)
            masked[at + i] ^= mask[i];
        before = masked + at;
    }
    put_attribute(out, ATTRIBUTE_USER_PASSWORD, masked, padded);
    return ERR_OK;
}

/* RFC 2865, 2.2: the request's authenticator is the challenge. */
static enum err put_chap(struct buf *out, const struct radius_question *q)
{
    uint8_t value[1 + DIGEST_MD5] = {q->identifier};
    const struct digest_part parts[] = {
        {value, 1}, {q->password, strlen(q->password)}, {q->authenticator, RADIUS_AUTHENTICATOR}};
    enum err e = digest_md5(parts, 3, value + 1);

    put_attribute(out, ATTRIBUTE_CHAP_PASSWORD, value, sizeof value);
    return e;
}

static bool is_text(const char *text)
{
    return text && *text && strlen(text) <= RADIUS_TEXT_MAX;
}

static enum err put_account(struct buf *out, const struct radius_question *q)
{
    if (!is_text(q->user) || !q->password || strlen(q->password) > RADIUS_PASSWORD_MAX)
        return ERR_RANGE;
    put_attribute(out, ATTRIBUTE_USER_NAME, q->user, strlen(q->user));
    return q->method == RADIUS_PAP ? put_pap(out, q) : put_chap(out, q);
}

static void set_length(uint8_t *packet, size_t len)
{
    packet[LENGTH_AT] = (uint8_t)(len >> 8);
    packet[LENGTH_AT + 1] = (uint8_t)len;
}

enum err radius_encode(struct buf *out, const struct radius_question *q)
{
    static const uint8_t zeros[DIGEST_MD5];
    uint8_t *packet;
    enum err e = ERR_OK;

    if (!is_text(q->nas_identifier))
        return ERR_RANGE;
    buf_u8(out, q->method == RADIUS_STATUS ? RADIUS_STATUS_SERVER : RADIUS_ACCESS_REQUEST);
    buf_u8(out, q->identifier);
    buf_be16(out, 0); /* length, below */
    buf_put(out, q->authenticator, RADIUS_AUTHENTICATOR);
    put_attribute(out, ATTRIBUTE_MESSAGE_AUTHENTICATOR, zeros, sizeof zeros);
    if (q->method != RADIUS_STATUS)
        e = put_account(out, q);
    put_attribute(out, ATTRIBUTE_NAS_IDENTIFIER, q->nas_identifier, strlen(q->nas_identifier));
    if (!e)
        e = buf_error(out);
    if (e)
        return e;
    packet = (uint8_t *)out->data;
    set_length(packet, out->len);
    return digest_hmac_md5(q->secret, strlen(q->secret), packet, out->len, packet + HEADER + 2);
}

/* Where the Message-Authenticator's value lies in the packet; 0: there is none. ERR_MALFORMED: an attribute
 * does not fit, or it stands there twice. */
static enum err find_signature(const uint8_t *packet, size_t len, size_t *at)
{
    struct wire w;

    wire_init(&w, packet, len);
    wire_skip(&w, HEADER);
    *at = 0;
    while (wire_left(&w)) {
        uint8_t type = wire_u8(&w), attribute_len = wire_u8(&w);
        if (attribute_len < 2)
            return ERR_MALFORMED;
        if (type == ATTRIBUTE_MESSAGE_AUTHENTICATOR) {
            if (*at || attribute_len != 2 + DIGEST_MD5)
                return ERR_MALFORMED;
            *at = w.pos;
        }
        wire_skip(&w, attribute_len - 2u);
    }
    return wire_error(&w) ? ERR_MALFORMED : ERR_OK;
}

/* RFC 2865, 3: MD5(code, identifier, length, request's authenticator, attributes, secret). */
static enum err check_response(const uint8_t *packet, size_t len, const uint8_t *request, const char *secret)
{
    const struct digest_part parts[] = {{packet, AUTHENTICATOR_AT},
                                        {request + AUTHENTICATOR_AT, RADIUS_AUTHENTICATOR},
                                        {packet + HEADER, len - HEADER},
                                        {secret, strlen(secret)}};
    uint8_t right[DIGEST_MD5];
    enum err e = digest_md5(parts, 4, right);

    if (e)
        return e;
    return digest_differs(right, packet + AUTHENTICATOR_AT, sizeof right) ? ERR_DENIED : ERR_OK;
}

/* RFC 3579, 3.2: over the reply with the request's authenticator, and zeros in place of itself. */
static enum err check_signature(const uint8_t *packet, size_t len, size_t at, const uint8_t *request,
                                const char *secret)
{
    uint8_t copy[PACKET_MAX], right[DIGEST_MD5];
    enum err e;

    memcpy(copy, packet, len);
    memcpy(copy + AUTHENTICATOR_AT, request + AUTHENTICATOR_AT, RADIUS_AUTHENTICATOR);
    memset(copy + at, 0, DIGEST_MD5);
    e = digest_hmac_md5(secret, strlen(secret), copy, len, right);
    if (e)
        return e;
    return digest_differs(right, packet + at, sizeof right) ? ERR_DENIED : ERR_OK;
}

static bool is_answer_to(uint8_t code, uint8_t asked)
{
    switch (code) {
    case RADIUS_ACCESS_ACCEPT: return true;
    case RADIUS_ACCOUNTING_RESPONSE: return asked == RADIUS_STATUS_SERVER;
    case RADIUS_ACCESS_REJECT:
    case RADIUS_ACCESS_CHALLENGE: return asked == RADIUS_ACCESS_REQUEST;
    default: return false;
    }
}

enum err radius_judge(const void *bytes, size_t len, const struct buf *request, const char *secret,
                      struct radius_verdict *out)
{
    const uint8_t *packet = bytes, *asked = (const uint8_t *)request->data;
    size_t claimed, at;
    enum err e;

    if (len < HEADER || packet[1] != asked[1] || !is_answer_to(packet[0], asked[0]))
        return ERR_AGAIN;
    claimed = (size_t)packet[LENGTH_AT] << 8 | packet[LENGTH_AT + 1];
    if (claimed < HEADER || claimed > len || claimed > PACKET_MAX)
        return ERR_AGAIN; /* RFC 2865, 3: silently discarded; what lies behind the length is padding */
    if (find_signature(packet, claimed, &at))
        return ERR_AGAIN;
    e = check_response(packet, claimed, asked, secret);
    if (!e && at)
        e = check_signature(packet, claimed, at, asked, secret);
    if (e)
        return e;
    *out = (struct radius_verdict){.code = packet[0], .is_signed = at != 0};
    return ERR_OK;
}
