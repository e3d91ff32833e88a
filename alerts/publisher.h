/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.h - keeps the broker and the NOC informed: retained states and incidents, the outbox, heartbeats,
 * receipts and commands. docs/alerts.md describes the topics.
 *
 * Every function takes a NULL publisher (no broker configured) and does nothing. */
#ifndef NW_ALERTS_PUBLISHER_H
#define NW_ALERTS_PUBLISHER_H

#include "alerts/db_io.h"
#include "alerts/engine.h"
#include "lib/base/map.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

enum { LANES = 2 }; /* 0 critical, 1 main */

struct publisher; /* opaque */

struct publisher_options {
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct db *db; /* the outbox; receipts are put into its batch */
    uint64_t seed;
    /* incident id -> a struct that begins with {void *record; size_t len;}: every open incident as last told.
     */
    const struct map *told;
    void (*command)(void *ctx, const struct engine_command *c, char outcome[16], char problem[256]);
    void *ctx;
};

/* sequence: the last committed event of each lane. */
enum err publisher_new(const struct publisher_options *o, const struct engine *engine,
                       const uint64_t sequence[LANES], struct publisher **out) NW_CHECKED;
/* Says goodbye (daemon/alerts: offline). */
void publisher_free(struct publisher *p);
enum err publisher_reload(struct publisher *p, const struct engine *engine, const struct settings *settings,
                          const struct inventory *inventory) NW_CHECKED;

/* Noted now, published after the next publisher_committed(). */
void publisher_state_changed(struct publisher *p, enum object_kind kind, size_t index);
void publisher_incident_changed(struct publisher *p, const char *id);
void publisher_committed(struct publisher *p, const uint64_t sequence[LANES]);
/* What the NOC's receipts cover; without a publisher nothing. */
void publisher_received(const struct publisher *p, uint64_t upto[LANES]);
/* Puts receipts into the database's batch. */
void publisher_save(struct publisher *p);

/* A heartbeat in another partition. */
void publisher_heard(struct publisher *p, const Nw__Heartbeat *beat, ns_t wall);
/* How far this daemon is behind. */
void publisher_own_lag(struct publisher *p, Nw__Lag *const *lags, size_t count);

struct publisher_stats {
    bool is_connected;
    uint64_t published, refused, connects;
    uint64_t waiting; /* events without receipt */
};
void publisher_stats(const struct publisher *p, struct publisher_stats *out);

#endif
