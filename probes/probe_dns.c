/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_dns.c - a DNS query's bytes and the judgement of an answer. Pure. */
#include "probes/probe_dns.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/wire.h"

enum { HEADER = 12, LABEL_MAX = 63, POINTER = 0xc0, CLASS_IN = 1, RCODE_NXDOMAIN = 3, RECORDS_MAX = 256 };
enum { FLAG_RESPONSE = 0x8000, FLAG_TRUNCATED = 0x0200, FLAG_RECURSION = 0x0100, FLAG_AUTHENTIC = 0x0020 };

static enum err put_name(struct buf *out, const char *name)
{
    size_t start = out->len;

    while (*name) {
        size_t len = strcspn(name, ".");
        if (len == 0 || len > LABEL_MAX)
            return ERR_RANGE;
        buf_u8(out, (uint8_t)len);
        buf_put(out, name, len);
        name += len + (name[len] == '.');
    }
    buf_u8(out, 0);
    return out->len - start > DNS_NAME_MAX ? ERR_RANGE : ERR_OK;
}

enum err dns_encode_query(struct buf *out, uint16_t id, const char *name, uint16_t type)
{
    enum err e;

    buf_be16(out, id);
    buf_be16(out, FLAG_RECURSION | FLAG_AUTHENTIC);
    buf_be16(out, 1); /* one question; no answers, authorities, additional records */
    for (int i = 0; i < 3; i++)
        buf_be16(out, 0);
    e = put_name(out, name);
    buf_be16(out, type);
    buf_be16(out, CLASS_IN);
    return e ? e : buf_error(out);
}

/* A name in an answer: stepped over; it ends with a zero octet or a pointer. */
static void skip_name(struct wire *w)
{
    while (!wire_error(w)) {
        uint8_t len = wire_u8(w);
        if (len == 0)
            return;
        if ((len & POINTER) == POINTER) {
            wire_skip(w, 1);
            return;
        }
        if (len & POINTER)
            wire_fail(w, ERR_MALFORMED);
        wire_skip(w, len);
    }
}

static bool is_expected(const struct dns_expectation *e, const uint8_t *bytes, size_t len)
{
    struct ip_address a = {.is_ipv6 = len == 16};

    if (e->count == 0)
        return true;
    if (!bytes || (len != 4 && len != 16))
        return false;
    memcpy(a.bytes, bytes, len);
    for (size_t i = 0; i < e->count; i++)
        if (ip_prefix_contains(&e->prefixes[i], &a))
            return true;
    return false;
}

/* *is_right: all of them are as expected. */
static unsigned count_answers(struct wire *w, unsigned records, uint16_t wanted,
                              const struct dns_expectation *e, bool *is_right)
{
    unsigned found = 0;

    for (unsigned i = 0; i < records && i < RECORDS_MAX && !wire_error(w); i++) {
        uint16_t type, class, len;
        const uint8_t *data;
        skip_name(w);
        type = wire_be16(w);
        class = wire_be16(w);
        wire_skip(w, 4); /* TTL */
        len = wire_be16(w);
        data = wire_bytes(w, len);
        if (wire_error(w) || type != wanted || class != CLASS_IN)
            continue;
        found++;
        *is_right &= is_expected(e, data, len);
    }
    return found;
}

/* Names compare without case (RFC 4343); the last four octets are type and class. */
static bool is_same_question(const uint8_t *a, const uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t x = a[i], y = b[i];
        if (i + 4 < len) {
            x = x >= 'A' && x <= 'Z' ? (uint8_t)(x | 0x20) : x;
            y = y >= 'A' && y <= 'Z' ? (uint8_t)(y | 0x20) : y;
        }
        if (x != y)
            return false;
    }
    return true;
}

static enum dns_judgement judge_addresses(const struct dns_verdict *v, const struct dns_expectation *e,
                                          bool is_right)
{
    if (v->answers == 0)
        return e->is_absent ? DNS_ANSWERED : DNS_EMPTY;
    if (e->is_absent)
        return DNS_INVENTED;
    if (!is_right)
        return DNS_WRONG;
    return e->is_authentic && !v->is_authentic ? DNS_UNPROVEN : DNS_ANSWERED;
}

enum err dns_judge_answer(const void *bytes, size_t len, const struct buf *query,
                          const struct dns_expectation *expected, struct dns_verdict *out)
{
    const uint8_t *asked = (const uint8_t *)query->data;
    size_t question_len = query->len - HEADER;
    struct wire w;
    uint16_t flags, questions, answers, type;
    const uint8_t *question;
    struct dns_verdict v = {.judgement = DNS_REFUSED};

    wire_init(&w, bytes, len);
    if (wire_be16(&w) != (asked[0] << 8 | asked[1]) || wire_error(&w))
        return ERR_AGAIN;
    flags = wire_be16(&w);
    questions = wire_be16(&w);
    answers = wire_be16(&w);
    wire_skip(&w, 4);
    if (wire_error(&w) || !(flags & FLAG_RESPONSE))
        return ERR_AGAIN;
    v.rcode = flags & 0xf;
    v.is_authentic = (flags & FLAG_AUTHENTIC) != 0;
    if (questions == 0 && v.rcode != 0) { /* a server that cannot parse or will not say (FORMERR, REFUSED) */
        *out = v;
        return ERR_OK;
    }
    question = wire_bytes(&w, question_len);
    if (questions != 1 || !question || !is_same_question(question, asked + HEADER, question_len))
        return ERR_AGAIN;
    type = (uint16_t)(question[question_len - 4] << 8 | question[question_len - 3]);
    if (v.rcode == 0 && flags & FLAG_TRUNCATED) {
        v.judgement = DNS_TRUNCATED;
    } else if (v.rcode == 0) {
        bool is_right = true;
        v.answers = count_answers(&w, answers, type, expected, &is_right);
        if (wire_error(&w))
            return ERR_MALFORMED;
        v.judgement = judge_addresses(&v, expected, is_right);
    } else if (v.rcode == RCODE_NXDOMAIN && expected->is_absent) {
        v.judgement = DNS_ANSWERED;
    }
    *out = v;
    return ERR_OK;
}
