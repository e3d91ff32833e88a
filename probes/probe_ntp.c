/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_ntp.c - an NTP request's bytes and the arithmetic of its answer. Pure. */
#include "probes/probe_ntp.h"

#include <math.h>
#include <string.h>

#include "lib/base/wire.h"

enum { VERSION_CLIENT = 4 << 3 | 3, MODE_SERVER = 4, LEAP_UNKNOWN = 3, STRATUM_MAX = 15, COOKIE_AT = 40 };
#define EPOCH_1970 2208988800u /* seconds between 1900 and 1970 */

void ntp_encode(uint8_t out[NTP_PACKET], uint64_t cookie)
{
    memset(out, 0, NTP_PACKET);
    out[0] = VERSION_CLIENT;
    for (int i = 7; i >= 0; i--, cookie >>= 8)
        out[COOKIE_AT + i] = (uint8_t)cookie;
}

/* 32.32 fixed point since 1900, modulo 2^32 seconds: eras cancel out in differences. */
static uint64_t from_wall(ns_t wall)
{
    uint64_t seconds = (uint64_t)(wall / SECONDS), rest = (uint64_t)(wall % SECONDS);

    return (seconds + EPOCH_1970) << 32 | (rest << 32) / (uint64_t)SECONDS;
}

static double difference_s(uint64_t a, uint64_t b)
{
    return (double)(int64_t)(a - b) / 4294967296.0;
}

enum err ntp_judge(const void *bytes, size_t len, uint64_t cookie, ns_t sent_wall, ns_t took,
                   struct ntp_verdict *out)
{
    struct wire w;
    uint8_t first, stratum;
    uint64_t origin, received, sent;
    struct ntp_verdict v = {.offset_s = NAN};

    wire_init(&w, bytes, len);
    first = wire_u8(&w);
    stratum = wire_u8(&w);
    wire_skip(&w, 22); /* poll, precision, root delay and dispersion, reference id and time */
    origin = wire_be64(&w);
    received = wire_be64(&w);
    sent = wire_be64(&w);
    if (wire_error(&w) || (first & 7) != MODE_SERVER || origin != cookie)
        return ERR_AGAIN;
    v.stratum = stratum;
    if (stratum == 0) {
        v.judgement = NTP_REFUSED;
    } else if (first >> 6 == LEAP_UNKNOWN || stratum > STRATUM_MAX || sent == 0) {
        v.judgement = NTP_UNSYNCHRONISED;
    } else {
        v.judgement = NTP_TELLS;
        v.offset_s =
            (difference_s(received, from_wall(sent_wall)) + difference_s(sent, from_wall(sent_wall + took))) /
            2;
    }
    *out = v;
    return ERR_OK;
}
