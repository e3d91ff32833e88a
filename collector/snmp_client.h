/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_client.h - requests and their replies: matching, repetition, round-trip times, the window. Pure:
 * datagrams go out through a function of the owner's and come in through snmp_client_receive(); time is
 * passed in.
 *
 *   ask ─► queued ─(window has room)─► sent ─ reply that matches ──────────────► done(ERR_OK, reply)
 *                                       │ ▲
 *                             no answer │ │ next try, after the peer's measured time-out
 *                                       ▼ │
 *                                     waiting ─ tries used up ─► done(ERR_TIMEOUT, ERR_UNREACHABLE,
 * ERR_MALFORMED)
 *
 * A reply is taken only from the address and port asked, with the request-id (random, 31 bits), version and
 * community of the request, and, for a GET, with exactly the OIDs asked for; anything else is counted by kind
 * and ignored, and the genuine reply is still taken afterwards. A request's tries share one request-id, so a
 * late answer to the first try counts. The window bounds requests in their first wait: peers that do not
 * answer leave it, so that they cannot hold up the others. A line bounds the requests to its peers likewise;
 * those beyond it let the others pass.
 *
 * SNMPv3: the first request to a peer asks for its engine ID, then goes out itself; a Report that says so
 * with a valid MAC sets the peer's clock and sends the request anew. Any other Report is a hint: it is
 * counted and remembered (snmp_security.report), may start one discovery a minute, and ends nothing. Another
 * engine that a discovery names has one request to prove itself, else the proven one is asked again. A reply
 * is taken with the right msgID (random, 31 bits), engine, user, security level, MAC, time and context. */
#ifndef NW_COLLECTOR_SNMP_CLIENT_H
#define NW_COLLECTOR_SNMP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp_pdu.h"
#include "collector/usm.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

struct snmp_address {
    uint8_t ip[16]; /* an IPv4 address stands in the first four, the rest is 0 */
    uint16_t port_be;
    uint8_t is_v6;
    uint32_t scope; /* of a link-local IPv6 address */
};

/* What v3 adds to a peer; zeroed but for the user. */
struct snmp_security {
    const struct usm_user *user; /* borrowed */
    struct usm_engine engine;
    enum usm_report report; /* came in place of the last answer; NONE after one */
    /* the client's */
    bool is_proven;           /* the engine has shown that it knows the keys */
    bool is_replaced;         /* it took the place of one that had, too */
    struct usm_engine before; /* … which is kept until this one has shown it; id_len 0 = none */
    bool was_rediscovered;
    ns_t rediscovered;
};

/* What several agents lie behind. Embedded in its owner, zeroed but for the limit; must outlive their
 * requests. */
struct snmp_line {
    uint32_t limit; /* requests in their first wait; 0 = none */
    /* the client's */
    uint32_t in_first_wait, held_head, held_tail;
};

/* One agent. Embedded in its owner; must outlive its requests. */
struct snmp_peer {
    struct snmp_address address;
    int version;              /* on the wire: 0 = v1, 1 = v2c, 3 = v3 */
    const uint8_t *community; /* borrowed; v1, v2c */
    size_t community_len;
    struct snmp_security *security; /* borrowed; v3, else NULL */
    struct snmp_line *line;         /* borrowed; NULL = none */
    /* the client's: smoothed round-trip time (RFC 6298; only from requests sent once, as Karn found) */
    ns_t rtt, rtt_variation; /* 0 = not measured yet */
    uint8_t backoff;         /* doublings kept until a request is answered at its first try */
};

enum snmp_reject {
    SNMP_REJECT_MALFORMED,  /* no SNMP message */
    SNMP_REJECT_UNASKED,    /* from an address that owes no answer */
    SNMP_REJECT_PORT,       /* the address owes one, but from another port */
    SNMP_REJECT_LATE,       /* to a request that was given up not long ago */
    SNMP_REJECT_DOUBLED,    /* to one that was answered not long ago */
    SNMP_REJECT_PDU,        /* a message, but no response */
    SNMP_REJECT_REQUEST_ID, /* of no request that is remembered: very late, or guessed */
    SNMP_REJECT_VERSION,
    SNMP_REJECT_COMMUNITY,
    SNMP_REJECT_OIDS,     /* other OIDs than asked for */
    SNMP_REJECT_VARBINDS, /* more or fewer of them than asked for */
    /* v3 */
    SNMP_REJECT_ENGINE,
    SNMP_REJECT_USER,
    SNMP_REJECT_LEVEL,   /* less protected than asked for */
    SNMP_REJECT_DIGEST,  /* the MAC is wrong */
    SNMP_REJECT_WINDOW,  /* older than 150 s, or of an earlier boot */
    SNMP_REJECT_DECRYPT, /* authentic, but does not decrypt to a PDU */
    SNMP_REJECT_CONTEXT,
    SNMP_REJECT_REPORT, /* a Report that only hints at something */
    SNMP_REJECT_COUNT
};

/* What the owner of a peer should hear; once each time. */
enum snmp_notice {
    SNMP_NOTICE_ENGINE_NEW,      /* a first authentic answer: security->engine.id is the peer's */
    SNMP_NOTICE_ENGINE_REPLACED, /* … of another engine than before */
    SNMP_NOTICE_BOOTS_BACK,      /* engineBoots is lower than it was, by an authentic message */
};

struct snmp_stats {
    uint64_t held; /* requests that had to wait for their line */
    uint64_t requests, datagrams_out, replies, timeouts, varbinds;
    uint64_t rejected[SNMP_REJECT_COUNT];
    uint64_t discoveries, rediscoveries, unproven, clocks_set, boots_back; /* v3 */
    uint64_t unsent, dropped; /* by the sockets (snmp_io): not taken for sending; receive buffer full */
    uint32_t in_flight, queued;
};

/* reply is valid during the call and NULL unless result is ERR_OK; its error_status may be set.
 * ERR_TIMEOUT: no answer. ERR_UNREACHABLE: none, and the network said why. ERR_MALFORMED: the peer sent
 * something, but nothing that could be taken. ERR_DENIED: none but Reports (security->report). rtt: since the
 * first try. */
typedef void snmp_done_fn(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt);

struct snmp_ask {
    struct snmp_peer *peer;
    enum snmp_pdu_type type; /* GET, GETNEXT, GETBULK */
    const struct snmp_raw_oid *oids;
    size_t count;         /* 1..SNMP_ASK_MAX */
    const uint8_t *names; /* as in snmp_request */
    size_t names_len;
    uint32_t max_repetitions;
    uint32_t tries; /* >= 1 */
    ns_t wait;      /* between tries; 0 = by the peer's round-trip time */
    snmp_done_fn *done;
    void *ctx;
};

struct snmp_client_options {
    uint32_t window; /* requests in their first wait, over all peers */
    ns_t timeout; /* first wait while nothing is measured; waits lie between a fifth and four times of it */
    /* Sends a datagram. An error is taken like a loss, with ERR_UNREACHABLE as its reason. */
    enum err (*transmit)(void *ctx, const struct snmp_address *to, const void *bytes, size_t len);
    /* 31 unpredictable bits; tests may count. */
    uint32_t (*request_id)(void *ctx);
    void *ctx;
    /* NULL = nobody listens. Called from _receive(); must not ask. */
    void (*notice)(void *ctx, struct snmp_peer *peer, enum snmp_notice what);
};

struct snmp_client;           /* opaque */
typedef uint64_t snmp_handle; /* 0 = none */

enum err snmp_client_new(const struct snmp_client_options *options, struct snmp_client **out) NW_CHECKED;
void snmp_client_free(struct snmp_client *c); /* done is not called any more */
void snmp_client_tune(struct snmp_client *c, uint32_t window, ns_t timeout);

/* OIDs are copied. done is called from _receive() or _advance(), never from here. ERR_LIMIT: does not fit
 * into SNMP_REQUEST_MAX. */
enum err snmp_client_ask(struct snmp_client *c, ns_t now, const struct snmp_ask *ask,
                         snmp_handle *handle) NW_CHECKED;
void snmp_client_cancel(struct snmp_client *c, snmp_handle handle); /* one that is done is fine */

void snmp_client_receive(struct snmp_client *c, ns_t now, const struct snmp_address *from, const void *bytes,
                         size_t len);
/* ICMP says that nobody listens there. A hint only (it can be forged): it names the reason of a time-out, and
 * the next try comes sooner. */
void snmp_client_refused(struct snmp_client *c, ns_t now, const struct snmp_address *to);
/* Repeats and gives up what is due. */
void snmp_client_advance(struct snmp_client *c, ns_t now);
/* When to call _advance() next; INT64_MAX = nothing waits. */
ns_t snmp_client_due(const struct snmp_client *c);
void snmp_client_stats(const struct snmp_client *c, struct snmp_stats *out);
const char *snmp_reject_name(enum snmp_reject kind); /* "malformed", "unasked" … */

/* The wait before the first repetition to this peer. */
ns_t snmp_peer_timeout(const struct snmp_peer *peer, ns_t timeout);

#endif
