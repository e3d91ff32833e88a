/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_private.h - what prober.c and the runs of the kinds of probe (run_*.c) share. */
#ifndef NW_PROBES_PROBER_PRIVATE_H
#define NW_PROBES_PROBER_PRIVATE_H

#include "lib/base/buf.h"
#include "lib/base/map.h"
#include "lib/base/rng.h"
#include "lib/runtime/curl_io.h"
#include "probes/allow.h"
#include "probes/probe_dns.h"
#include "probes/probe_icmp.h"
#include "probes/probe_portal.h"
#include "probes/prober.h"
#include "probes/schedule.h"
#include "probes/sock_io.h"
#include "probes/web_service.h"

enum { PROBE_VALUES_MAX = 3 + ICMP_PINGS, PROBE_SMOKE_AT = 3, PROBE_COUNTERS = 8, PING_SEQUENCES = 65536 };

#define PROBE_TICK (20 * MILLISECONDS) /* sends are gathered to such steps: fewer wake-ups */

enum target_kind {
    TARGET_PING,
    TARGET_DNS,
    TARGET_PORTAL,
    TARGET_HTTP,
    TARGET_CANARY,
    TARGET_RADIUS,
    TARGET_TCP,
    TARGET_TLS,
    TARGET_NTP,
    TARGET_KINDS
};

struct udp_dialogue; /* run_udp.h */
struct tls_context;  /* tls_io.h */
struct tls_handshake;

struct probe_account { /* TARGET_RADIUS */
    int method;        /* enum radius_ask */
    char *secret, *password;
    const char *user, *nas_identifier; /* the settings' */
};

struct target {
    struct prober *prober;
    enum target_kind kind;
    char *source;   /* "probe/hs-0001" */
    const char *id; /* inside source */
    struct ip_address address;
    uint16_t port;
    const char *url, *question, *hostname; /* the inventory's */
    struct probe_account account;
    int record; /* enum dns_record: TARGET_DNS */
    struct dns_expectation expected;
    struct ip_prefix *expected_prefixes; /* what it points to */
    /* the round that is running */
    bool is_running;
    ns_t began_mono, began_wall;
    struct loop_timer timer;
    struct icmp_round round; /* TARGET_PING */
    bool is_unreachable;
    const struct udp_dialogue *dialogue; /* kinds that ask by UDP */
    int fd;                              /* -1 = none */
    struct buf query;
    unsigned tries;
    bool is_unproven; /* somebody answered who could not prove to be the one */
    ns_t sent_mono, sent_wall;
    uint64_t cookie;                 /* TARGET_NTP */
    struct tls_handshake *handshake; /* TARGET_TLS, once connected */
    ns_t connected_mono;
    double connect_s;
    struct web_service service; /* TARGET_HTTP */
    struct steps_run *steps;    /* its round; run_steps.c */
    struct portal_run *run;     /* TARGET_PORTAL, TARGET_CANARY */
    struct curl_transfer *transfer;
    /* what the journal knows of it */
    journal_pos previous;
    uint32_t table_segment, misses;
    const char *finding; /* code of the one that is open, NULL = none */
};

struct ping_slot {
    uint32_t target; /* index + 1; 0 = unused */
    uint8_t ping;
};

struct prober {
    struct prober_env env;
    struct allow allow;
    struct rng rng;
    struct target *targets;
    size_t target_count;
    struct map *by_id; /* id -> struct target * */
    struct schedule schedule;
    struct loop_timer timer;
    struct curl_io *curl;
    struct tls_context *tls;
    struct ping_socket ping4, ping6;
    uint16_t identifier, sequence;
    uint64_t secret; /* cookies of echo requests are made of it */
    struct ping_slot *slots;
    ns_t interval, deadline; /* of a round, from its beginning */
    double counts[PROBE_COUNTERS];
    Nw__Counter counters[PROBE_COUNTERS];
    Nw__Counter *counter_list[PROBE_COUNTERS];
};

enum probe_count {
    PROBE_ROUNDS,
    PROBE_ROUNDS_FAILED,
    PROBE_PINGS_SENT,
    PROBE_PINGS_ANSWERED,
    PROBE_FOREIGN_REPLIES, /* echo replies and DNS answers that fit no question of ours */
    PROBE_LATE,            /* rounds left out because the one before was still running */
    PROBE_TARGETS,
    PROBE_REFUSED_TARGETS
};

/* What a round found. */
struct outcome {
    Nw__Outcomes outcome;
    double values[PROBE_VALUES_MAX]; /* in the order of the kind's series; NaN = unknown */
    const char *finding;             /* code, or NULL */
    const char *text;                /* English, one sentence without the target's name */
};

/* Ends the round: journal, finding, bookkeeping. */
void target_finish(struct target *t, const struct outcome *o);

struct refusals { /* so that one line says it, not five hundred */
    size_t count, rows, unsupported;
    struct buf named;
};

/* prober_targets.c: fills targets and by_id from the inventory; ERR_NOMEM. */
enum err prober_add_targets(struct prober *p, struct refusals *r) NW_CHECKED;
void prober_log_targets(const struct prober *p, const struct refusals *r);
void probe_account_fini(struct probe_account *a);

void run_ping_start(struct target *t);
void run_dns_start(struct target *t);
void run_radius_start(struct target *t);
void run_ntp_start(struct target *t);
void run_tcp_start(struct target *t);
void run_web_start(struct target *t);
void run_steps_start(struct target *t);
/* Ends what runs without a result. */
void run_udp_stop(struct target *t);
void run_tcp_stop(struct target *t); /* and what run_udp_stop() ends */
void run_web_stop(struct target *t);
void run_steps_stop(struct target *t);

/* What portals and web services share (run_web.c). */
bool run_web_may_connect(void *ctx, const struct sockaddr *address); /* ctx: struct target */
struct portal_response run_web_response(const struct curl_response *response);
Nw__Outcomes run_web_outcome(enum portal_problem problem);
void run_web_note_certificate(struct outcome *o, double days, bool is_trusted);
/* Readable ping sockets (loop_fd_fn; ctx: struct prober). */
void run_ping_on_socket(void *ctx, int fd, uint32_t events);

/* The next multiple of PROBE_TICK. */
static inline ns_t tick_after(ns_t when)
{
    return (when + PROBE_TICK - 1) / PROBE_TICK * PROBE_TICK;
}

#endif
