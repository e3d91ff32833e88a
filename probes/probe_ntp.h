/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_ntp.h - one question to a time server (NTPv4 client mode, RFC 5905; SNTP) and its judged answer.
 * Pure.
 *
 * The request says nothing of our clock: where our time would stand is a secret that the answer must repeat.
 */
#ifndef NW_PROBES_PROBE_NTP_H
#define NW_PROBES_PROBE_NTP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { NTP_PORT = 123, NTP_PACKET = 48 };

enum ntp_judgement {
    NTP_TELLS,          /* the time */
    NTP_UNSYNCHRONISED, /* it says itself that its clock is not to be believed */
    NTP_REFUSED,        /* a kiss-o'-death: it will not serve us (RFC 5905, 7.4) */
};

struct ntp_verdict {
    enum ntp_judgement judgement;
    unsigned stratum;
    double offset_s; /* its clock less ours; NaN unless NTP_TELLS */
};

void ntp_encode(uint8_t out[NTP_PACKET], uint64_t cookie);

/* sent_wall: when the question left, took: until the answer came. ERR_AGAIN: no answer to it. */
enum err ntp_judge(const void *bytes, size_t len, uint64_t cookie, ns_t sent_wall, ns_t took,
                   struct ntp_verdict *out) NW_CHECKED;

#endif
