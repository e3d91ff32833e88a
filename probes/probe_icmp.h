/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_icmp.h - ICMP echo (RFC 792, RFC 4443): requests out, replies in, one round judged. Pure: buffers and
 * times.
 *
 * A round is up to ICMP_PINGS requests. Of their round-trip times come the median, the jitter of RFC
 * 3550 6.4.1 (with the difference of successive round-trip times as D) and the share that was lost. The smoke
 * of a round is the whole of it: the fastest answer, the second fastest and so on, unknown where nothing
 * came. */
#ifndef NW_PROBES_PROBE_ICMP_H
#define NW_PROBES_PROBE_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { ICMP_PINGS = 10, ICMP_MESSAGE = 8 + 16 };

struct icmp_round {
    unsigned count, sent;     /* of count */
    ns_t sent_at[ICMP_PINGS]; /* monotonic */
    ns_t rtt[ICMP_PINGS];     /* -1: not answered (yet) */
};

struct icmp_verdict {
    unsigned sent, received;
    double rtt_s, jitter_s; /* NaN without answers (jitter: with fewer than two) */
    double loss_percent;    /* NaN if nothing was sent */
};

/* An echo request; cookie is secret to the sender and proves that a reply answers this request. */
void icmp_encode(uint8_t out[ICMP_MESSAGE], bool is_ipv6, uint16_t identifier, uint16_t sequence,
                 uint64_t cookie);

/* bytes: from a raw IPv4 socket (with IP header) or from any other (without). ERR_TYPE: not an echo reply,
 * ERR_MALFORMED, ERR_TRUNCATED. */
enum err icmp_decode(const void *bytes, size_t len, bool is_ipv6, bool has_ip_header, uint16_t *identifier,
                     uint16_t *sequence, uint64_t *cookie) NW_CHECKED;

/* count: how many pings, 1 to ICMP_PINGS. */
void icmp_round_begin(struct icmp_round *r, unsigned count);
/* The index of the ping sent now; at most count a round. */
unsigned icmp_round_sent(struct icmp_round *r, ns_t now);
/* False: a duplicate, or a ping that was never sent. */
bool icmp_round_answered(struct icmp_round *r, unsigned index, ns_t now);
bool icmp_round_is_complete(const struct icmp_round *r);
bool icmp_round_is_sent(const struct icmp_round *r); /* all of it */
struct icmp_verdict icmp_round_judge(const struct icmp_round *r);
/* count round-trip times in seconds, in ascending order; NaN for each that was not answered. */
void icmp_round_smoke(const struct icmp_round *r, double out[ICMP_PINGS]);

#endif
