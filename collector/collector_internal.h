/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector_internal.h - what collector.c, cycle.c and orders.c share: the daemon's context, and a device. */
#ifndef NW_COLLECTOR_COLLECTOR_INTERNAL_H
#define NW_COLLECTOR_COLLECTOR_INTERNAL_H

#include "collector/access.h"
#include "collector/collector.h"
#include "collector/decode.h"
#include "collector/pace.h"
#include "collector/poll.h"
#include "collector/profile.h"
#include "collector/lateness.h"
#include "collector/listing.h"
#include "collector/reach.h"
#include "collector/snmp_io.h"
#include "collector/source.h"
#include "collector/trap.h"
#include "collector/trap_io.h"
#include "collector/trap_strangers.h"
#include "collector/trap_v3.h"
#include "lib/base/map.h"

enum { ORDERS_MAX = 8, ORDER_ID_SIZE = 65, ORDERS_KEPT = 256, COUNTERS = 96 };

enum unit_state { UNIT_IDLE, UNIT_POLLING, UNIT_CONFIRMING };

/* One device that is polled. */
struct unit {
    struct collector *c;
    char *id, *name;
    const char *problem; /* why it cannot be polled; NULL = it can */
    struct snmp_peer peer;
    struct poll *poll;
    struct source *source;
    struct reach reach;
    struct pace pace;
    enum unit_state state;
    struct loop_timer timer;
    ns_t interval, first, due; /* first: after the start; due: on the grid of the interval */
    ns_t started, started_wall, first_rtt;
    snmp_handle request;
    struct unit *parent;
    struct snmp_line line; /* to those whose parent it is */
    /* as a parent: children that went silent in one window */
    ns_t window_begun;
    uint32_t window_misses;
    bool window_is_spent;
    struct trap_bucket traps;
    struct trap_v3_sender notifier;
    ns_t trap_due;      /* a trap wants a poll at this time; 0 = none does */
    ns_t trap_last;     /* the latest time for which one does: earlier polls do not make up for it */
    ns_t trap_polled;   /* when the last one began that a trap had wanted; 0 = never */
    bool trap_is_whole; /* of the whole device */
    /* journal */
    journal_pos previous;
    uint32_t segment;     /* whose table is written; 0 = none */
    journal_pos table_at; /* the newest record with its table; 0 = none */
    /* what was told last */
    const char *told_why;
    uint32_t told_slowed;
    bool was_down, is_walk_broken, is_cut;
    bool is_over_limit; /* of the last decoded poll: it held more than a set takes */
    bool shares_engine; /* v3: another device had its engine ID first */
    /* commands that wait for the end of the poll */
    struct waiting *waiting; /* NULL = none */
};

struct waiting {
    char ids[ORDERS_MAX][ORDER_ID_SIZE];
    uint32_t count;
};

struct done_order {
    char id[ORDER_ID_SIZE];
    const char *outcome, *problem;
};

/* One of the configuration's credentials. */
struct access {
    bool is_read;
    enum err error;
    const char *problem; /* of error */
    struct snmp_access with;
};

/* How a device stands: bits, counted at each heartbeat. One octet a device, for units are large, and reading
 * all of them each second would empty the caches. */
enum standing {
    STANDS_DOWN = 1 << 0,
    STANDS_SILENT = 1 << 1,
    STANDS_BROKEN = 1 << 2,
    STANDS_CUT = 1 << 3,
    STANDS_LEFT_OUT = 1 << 4,
    STANDS_SHARING = 1 << 5,
    STANDS_SLOWED = 1 << 6,
    STANDS_SMALL = 1 << 7,
};

/* Everything that a new configuration replaces. */
struct fleet {
    struct profile_set *profiles;
    struct unit *units;
    uint8_t *standings; /* of each unit: enum standing, as unit_note() saw it */
    size_t count;
    struct map *by_id, *by_address; /* by_address: of what traps come from; hexadecimal */
    struct map *by_engine;          /* the first device with this SNMPv3 engine ID; hexadecimal */
    struct access *access;          /* as the credentials in the settings */
    size_t access_count;
};

/* Traps and informs. */
struct notices {
    struct trap_io *io;          /* NULL = off */
    struct trap_v3 *v3;          /* NULL: those of v3 are not taken */
    struct trap_io_stats closed; /* of the sockets before */
    struct trap_strangers strangers;
    uint64_t taken, informs, malformed, unknown, over_limit, about_clients, discoveries;
    uint64_t rejected[SNMP_REJECT_COUNT]; /* of v3 */
};

struct collector {
    struct collector_options o;
    struct fleet fleet;
    struct snmp_io *io;
    struct decoder *decoder;
    struct varbind_set *varbinds;
    struct source_scratch *scratch;
    struct shared_book *shared; /* what the devices' polls have in common */
    struct roster *roster;
    struct listing listing;
    struct journal_tail *orders;
    struct loop_timer tidy;     /* gives memory back to the system */
    ns_t tidy_after;            /* later and later: most of it is taken at the start */
    struct journal_reader *own; /* of the own partition, for tables; NULL until one is wanted */
    struct notices notices;
    struct done_order done[ORDERS_KEPT];
    size_t done_count;
    /* counters */
    uint64_t polls, misses, findings, records_lost;
    uint64_t slowed;   /* polls that left tables out because the device had become slow */
    uint64_t decoded;  /* polls decoded in full; the others were repeated by recipe */
    ns_t lateness_max; /* since the last heartbeat */
    struct lateness lateness;
    Nw__Counter counters[COUNTERS];
    Nw__Counter *counter_list[COUNTERS];
};

/* collector.c */
void collector_count(struct collector *c, Nw__Heartbeat *beat, const char *name, double value);
/* Every credentials are read and turned into keys once, when somebody asks for them first. */
const struct access *fleet_access(struct fleet *f, const struct settings *s, const struct credentials *c);

/* Something of the unit may have changed that heartbeats count. */
void unit_note(const struct unit *u);

/* cycle.c */
void unit_on_timer(void *ctx);
/* Polls now, out of turn; a poll under way counts as that. */
void unit_poll_now(struct unit *u);
/* A trap came: polls what it is about, or the whole device (rule NULL: nobody knows the trap). Traps that
 * come while one waits are one poll, and between two such polls lies at least collector.miss_interval. A
 * regular poll a moment ago holds none up: what it read may be what was before. */
void unit_poll_for_trap(struct unit *u, const struct trap_rule *rule);
void unit_append_finding(struct unit *u, const char *kind, const char *entity, const char *text);
void collector_append_finding(struct collector *c, const char *source, const char *kind, const char *entity,
                              const char *text);

/* What the roster has to tell: as a finding of the controller. */
void tell_roster(void *ctx, enum roster_event event, const char *controller, const char *ap,
                 const char *detail);

/* retable.c: a record of the unit's that has the series table of this version, out of the journal; for
 * record_free(). NULL: there is none, or it cannot be read. */
Nw__Record *retable(const struct unit *u, uint32_t version);

/* recover.c: reads the newest segments of the own partition; what is missing there is no error. */
void recover(struct collector *c);

/* identity.c */
void identity_notice(void *ctx, struct snmp_peer *peer, enum snmp_notice what);
/* A trap has proved that this engine is at the device's address. */
void identity_of_traps(struct unit *u, const struct usm_engine *engine);
/* The engine that `from` was goes on being `to`'s, if the user is still the same. */
void identity_carry_over(struct fleet *f, struct unit *to, const struct unit *from);

/* notices.c */
/* Without collector.trap_port and without a socket that was passed: nothing. */
enum err notices_open(struct collector *c) NW_CHECKED;
void notices_close(struct collector *c);
void notices_free(struct collector *c);
/* From now on the SNMPv3 users of s, with f's keys, may send; those of before are borrowed no more. */
enum err notices_users(struct collector *c, struct fleet *f, const struct settings *s) NW_CHECKED;
void notices_beat(struct collector *c, Nw__Heartbeat *beat);
/* Makes the device findable by the address that its traps come from. */
enum err notices_add(struct fleet *f, struct unit *u) NW_CHECKED;

/* orders.c */
enum err orders_open(struct collector *c) NW_CHECKED;
void orders_close(struct collector *c);
/* The poll that they waited for is over. */
void orders_finish(struct unit *u);

#endif
