/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts_private.h - what alerts.c, batch.c, intake.c and resume.c share. Nobody else includes it. */
#ifndef NW_ALERTS_ALERTS_PRIVATE_H
#define NW_ALERTS_ALERTS_PRIVATE_H

#include "alerts/alerts.h"
#include "alerts/channels.h"
#include "alerts/db_io.h"
#include "alerts/engine.h"
#include "alerts/publisher.h"
#include "alerts/rules.h"
#include "alerts/second_path.h"
#include "lib/base/map.h"

enum { PARTITIONS = 6, ONLY_HEARTBEATS = 5 /* public: citizens' reports raise nothing */, COUNTERS = 20 };
extern const char *const alerts_partitions[PARTITIONS];

/* Records decided but not yet in the partition. */
struct outgoing {
    uint64_t slot;
    void *record;
    size_t len;
    struct outgoing *next;
};

struct alerts {
    struct alerts_options o;
    struct rules *rules;
    struct engine *engine;
    struct db *db;
    struct journal_tail *tail;
    struct publisher *publisher; /* NULL: no broker is configured */
    struct channels *channels;   /* NULL: none is configured */
    struct second_path *second_path;
    struct map *told; /* incident id -> struct told: what was said last of every open one */
    struct loop_timer tick_timer, commit_timer, sync_timer;
    journal_pos committed[PARTITIONS]; /* positions in alerts.db */
    journal_pos seen[PARTITIONS];
    ns_t record_time[PARTITIONS]; /* wall of the last record of each */
    ns_t last_tick, last_commit, last_offsets, last_expire;
    uint64_t sequence, lane_sequence[LANES], slot;
    struct outgoing *outgoing, **outgoing_end; /* in the batch, not committed */
    uint64_t appended_slot, synced_slot;
    journal_pos appended;
    uint32_t segment;
    struct buf packed;
    struct buf announced; /* the record of the last list that citizens were told */
    bool is_primed, is_failing, is_reserve_short;
    bool is_new; /* alerts.db is: what the journal holds already only primes */
    uint64_t commits, transitions, events, escalations;
    /* heartbeat */
    Nw__Lag lags[PARTITIONS], *lag_list[PARTITIONS];
    Nw__Counter counters[COUNTERS], *counter_list[COUNTERS];
};

struct told {
    void *record;
    size_t len;
};

void told_free(void *told);

/* ---- batch.c: out of the engine, into the database, then to everybody ---- */
struct engine_sink batch_sink(struct alerts *a);
/* Into a->packed; false: out of memory, said. */
bool batch_pack(struct alerts *a, Nw__Record *r);
/* a->packed goes into the partition after the next commit. */
void batch_send(struct alerts *a);
/* Every state and every open incident into the partition's new segment. */
void batch_repeat(struct alerts *a);
void batch_commit(struct alerts *a);
void batch_on_timer(void *ctx);
/* At once, or so that commits are a moment apart. */
void batch_commit_soon(struct alerts *a);
/* Lets the engine judge, and commits what it decided. */
void batch_tick(struct alerts *a, ns_t wall);

/* ---- intake.c: records and commands ---- */
void intake_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len);
void intake_gap(void *ctx, const char *partition);
void intake_idle(void *ctx);
void intake_noc_command(void *ctx, const struct engine_command *c, char outcome[16], char problem[256]);

/* ---- notice.c: people who are told by name ---- */
/* Anew, with what the last run left waiting. */
enum err notice_begin(struct alerts *a, const struct settings *s) NW_CHECKED;
void notice_escalated(struct alerts *a, const Nw__Incident *i, const struct escalation_step *step);
/* Receipts, then what is due; into the batch. */
void notice_tick(struct alerts *a, ns_t wall);

/* ---- resume.c: what the last run left ---- */
/* Sequences and positions. */
enum err resume_numbers(struct alerts *a) NW_CHECKED;
/* The engine's rows; those that cannot be read, or whose object is gone, are dropped. */
enum err resume_rows(struct alerts *a) NW_CHECKED;
/* What was told last of every open incident. */
enum err resume_told(struct alerts *a) NW_CHECKED;
/* Appends to the partition what was committed but not appended. */
enum err resume_records(struct alerts *a) NW_CHECKED;
/* alerts.db is new: numbers continue behind those in the partition, so that no reader sees one twice. */
enum err resume_without_db(struct alerts *a) NW_CHECKED;

#endif
