/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_dns.h - one DNS question over UDP (RFC 1035): the query out, the answer in and judged. Pure.
 *
 * An answer counts only if identifier, question and direction fit: anything else is somebody else's, or
 * spoofed, and the probe waits on. The socket sees to it that it comes from the server's address and port. */
#ifndef NW_PROBES_PROBE_DNS_H
#define NW_PROBES_PROBE_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "probes/allow.h"

enum { DNS_TYPE_A = 1, DNS_TYPE_AAAA = 28, DNS_NAME_MAX = 255 };

/* What the answer has to be. */
struct dns_expectation {
    const struct ip_prefix *prefixes; /* where each address has to lie; none: anywhere */
    size_t count;
    bool is_absent;    /* the name must not exist: an address is a lie (RFC 8020; "NXDOMAIN hijacking") */
    bool is_authentic; /* the server must have validated it: AD (RFC 4035, 3.2.3) */
};

enum dns_judgement {
    DNS_ANSWERED,  /* rcode 0 and an answer of the type asked for */
    DNS_EMPTY,     /* rcode 0, no such record */
    DNS_REFUSED,   /* another rcode */
    DNS_WRONG,     /* an address lies elsewhere than expected */
    DNS_INVENTED,  /* an address of a name that must not exist */
    DNS_UNPROVEN,  /* right, and not validated, though it should be */
    DNS_TRUNCATED, /* TC set: the server wants TCP; it is alive, the answer is not judged */
};

struct dns_verdict {
    enum dns_judgement judgement;
    unsigned rcode, answers; /* answers: records of the type asked for */
    bool is_authentic;       /* as the server says */
};

/* name: "portal.example" with or without dot at its end, labels of 1 to 63 octets. ERR_RANGE if it is none.
 * The query asks to be told whether the answer was validated (AD, RFC 6840, 5.7). */
enum err dns_encode_query(struct buf *out, uint16_t id, const char *name, uint16_t type) NW_CHECKED;

/* query: what dns_encode_query() wrote. ERR_AGAIN: not the answer to it, wait on; ERR_MALFORMED: is, but
 * broken. */
enum err dns_judge_answer(const void *bytes, size_t len, const struct buf *query,
                          const struct dns_expectation *expected, struct dns_verdict *out) NW_CHECKED;

#endif
