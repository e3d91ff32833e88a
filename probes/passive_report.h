/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive_report.h - what a parser tells the daemon: messages of a fixed form, no client in them. Pure.
 *
 * The parser touches foreign bytes, so the daemon trusts it as little: every message is checked for its
 * length and its bounds (report_read()). A message: kind (1), length of the body (2, little-endian), body. */
#ifndef NW_PROBES_PASSIVE_REPORT_H
#define NW_PROBES_PASSIVE_REPORT_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/wire.h"
#include "probes/frame.h"

enum report_kind { REPORT_BEGIN = 1, REPORT_PHASE, REPORT_IMITATOR, REPORT_FIGURES, REPORT_KINDS };

/* Why an attempt failed. */
enum funnel_cause {
    CAUSE_SILENCE, /* no answer within 10 s */
    CAUSE_POOL,    /* DHCP: no offer, though the server made others one in the same interval */
    CAUSE_REFUSED, /* NAK, Access-Reject, EAP failure, TCP reset, DNS REFUSED */
    CAUSE_NAME,    /* NXDOMAIN */
    CAUSE_SERVER,  /* SERVFAIL and other errors */
    FUNNEL_CAUSES
};

struct report_phase {
    uint16_t hotspot; /* of the plan; 0 = elsewhere */
    uint8_t phase;    /* enum funnel_phase */
    uint32_t attempts, success, causes[FUNNEL_CAUSES];
    ns_t p50, p95; /* -1: none succeeded */
};

enum imitation { IMITATION_UNKNOWN_SENDER, IMITATION_OTHER_SECURITY, IMITATION_LOOKALIKE, IMITATIONS };

struct report_imitator {
    uint8_t bssid[PART_MAC_LEN];
    uint8_t ssid_len, ssid[32];
    uint8_t channel; /* 0 = not known */
    uint8_t why;     /* enum imitation */
    bool is_secured;
    int8_t signal;    /* dBm, strongest of the interval; 0 = not known */
    ns_t first, last; /* wall */
};

struct report_figures { /* closes a report */
    ns_t begin, end;    /* wall */
    uint64_t frames, malformed, arp, broadcast,
        elsewhere;                                    /* elsewhere: attempts that no hotspot could be given */
    uint32_t dropped, restarts;                       /* by the kernel; of parsers; since the watcher began */
    uint32_t rogue_servers, rogue_routers, imitators; /* distinct; imitators may be more than are reported */
    uint32_t withheld;                                /* phases with too few clients */
};

struct report {
    enum report_kind kind;
    union {
        ns_t end; /* REPORT_BEGIN: wall; what follows is of the time until then */
        struct report_phase phase;
        struct report_imitator imitator;
        struct report_figures figures;
    };
};

void report_put_begin(struct buf *out, ns_t end);
void report_put_phase(struct buf *out, const struct report_phase *r);
void report_put_imitator(struct buf *out, const struct report_imitator *r);
void report_put_figures(struct buf *out, const struct report_figures *r);

/* The next message at the cursor. ERR_AGAIN: not all of it is there yet (the cursor stays); ERR_MALFORMED. */
enum err report_read(struct wire *w, struct report *out) NW_CHECKED;

#endif
