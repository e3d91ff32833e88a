/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_icmp.c - echo requests and replies as bytes, a round's figures. Pure. */
#include "probes/probe_icmp.h"

#include <math.h>
#include <string.h>

#include "lib/base/wire.h"

enum { ECHO_REPLY = 0, ECHO_REQUEST = 8, ECHO6_REQUEST = 128, ECHO6_REPLY = 129 };

static const uint8_t mark[8] = {'n', 'e', 't', 'z', 'w', 'a', 'c', 'h'}; /* tells others who pings */

static void put(uint8_t *to, uint64_t value, size_t len)
{
    for (size_t i = len; i > 0; i--, value >>= 8)
        to[i - 1] = (uint8_t)value;
}

/* RFC 1071; len is even. */
static uint16_t checksum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* An IPv6 checksum covers addresses that only the kernel knows: it fills that in. */
void icmp_encode(uint8_t out[ICMP_MESSAGE], bool is_ipv6, uint16_t identifier, uint16_t sequence,
                 uint64_t cookie)
{
    memset(out, 0, ICMP_MESSAGE);
    out[0] = is_ipv6 ? ECHO6_REQUEST : ECHO_REQUEST;
    put(out + 4, identifier, 2);
    put(out + 6, sequence, 2);
    put(out + 8, cookie, 8);
    memcpy(out + 16, mark, sizeof mark);
    if (!is_ipv6)
        put(out + 2, checksum(out, ICMP_MESSAGE), 2);
}

enum err icmp_decode(const void *bytes, size_t len, bool is_ipv6, bool has_ip_header, uint16_t *identifier,
                     uint16_t *sequence, uint64_t *cookie)
{
    struct wire w;
    uint8_t type, code;
    uint16_t id, seq;
    uint64_t secret;

    wire_init(&w, bytes, len);
    if (has_ip_header) {
        size_t header = (wire_peek(&w, 0) & 0x0fu) * 4u;
        if (wire_peek(&w, 0) >> 4 != 4 || header < 20)
            return ERR_MALFORMED;
        wire_skip(&w, header);
    }
    type = wire_u8(&w);
    code = wire_u8(&w);
    wire_skip(&w, 2); /* the kernel has checked the checksum */
    id = wire_be16(&w);
    seq = wire_be16(&w);
    secret = wire_be64(&w);
    if (wire_error(&w))
        return wire_error(&w);
    if (type != (is_ipv6 ? ECHO6_REPLY : ECHO_REPLY) || code != 0)
        return ERR_TYPE;
    *identifier = id;
    *sequence = seq;
    *cookie = secret;
    return ERR_OK;
}

void icmp_round_begin(struct icmp_round *r, unsigned count)
{
    r->count = count;
    r->sent = 0;
    for (size_t i = 0; i < ICMP_PINGS; i++)
        r->rtt[i] = -1;
}

unsigned icmp_round_sent(struct icmp_round *r, ns_t now)
{
    r->sent_at[r->sent] = now;
    return r->sent++;
}

bool icmp_round_answered(struct icmp_round *r, unsigned index, ns_t now)
{
    if (index >= r->sent || r->rtt[index] >= 0)
        return false;
    r->rtt[index] = now > r->sent_at[index] ? now - r->sent_at[index] : 0;
    return true;
}

static unsigned count_answers(const struct icmp_round *r)
{
    unsigned n = 0;

    for (unsigned i = 0; i < r->sent; i++)
        n += r->rtt[i] >= 0;
    return n;
}

bool icmp_round_is_sent(const struct icmp_round *r)
{
    return r->sent == r->count;
}

bool icmp_round_is_complete(const struct icmp_round *r)
{
    return icmp_round_is_sent(r) && count_answers(r) == r->count;
}

/* The answered ones in ascending order; returns how many. */
static size_t sort_answers(const struct icmp_round *r, ns_t sorted[ICMP_PINGS])
{
    size_t n = 0;

    for (unsigned i = 0; i < r->sent; i++) {
        size_t place = n;
        if (r->rtt[i] < 0)
            continue;
        for (; place > 0 && sorted[place - 1] > r->rtt[i]; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = r->rtt[i];
        n++;
    }
    return n;
}

/* NAN if none was answered. */
static double median_s(const struct icmp_round *r)
{
    ns_t sorted[ICMP_PINGS] = {0};
    size_t n = sort_answers(r, sorted);

    if (n == 0)
        return NAN;
    return n % 2 ? (double)sorted[n / 2] / 1e9 : ((double)sorted[n / 2 - 1] + (double)sorted[n / 2]) / 2e9;
}

void icmp_round_smoke(const struct icmp_round *r, double out[ICMP_PINGS])
{
    ns_t sorted[ICMP_PINGS] = {0};
    size_t n = sort_answers(r, sorted);

    for (size_t i = 0; i < r->count; i++)
        out[i] = i < n ? (double)sorted[i] / 1e9 : NAN;
}

/* J += (|D| - J) / 16 over successive answers (RFC 3550 6.4.1). */
static double jitter_s(const struct icmp_round *r)
{
    double jitter = 0;
    ns_t last = -1;

    for (unsigned i = 0; i < r->sent; i++) {
        if (r->rtt[i] < 0)
            continue;
        if (last >= 0)
            jitter += (fabs((double)(r->rtt[i] - last)) - jitter) / 16;
        last = r->rtt[i];
    }
    return jitter / 1e9;
}

struct icmp_verdict icmp_round_judge(const struct icmp_round *r)
{
    struct icmp_verdict v = {
        .sent = r->sent, .received = count_answers(r), .rtt_s = median_s(r), .jitter_s = NAN};

    v.loss_percent = v.sent ? 100.0 * (v.sent - v.received) / v.sent : NAN;
    if (v.received > 1)
        v.jitter_s = jitter_s(r);
    return v;
}
