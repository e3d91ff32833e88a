/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels.h - where events go besides MQTT: each channel of alerts.channels has its own queue in alerts.db
 * and at most one lot of messages on its way (docs/alerts.md, Further channels). A NULL struct channels is
 * one without any. */
#ifndef NW_ALERTS_CHANNELS_H
#define NW_ALERTS_CHANNELS_H

#include "alerts/db_io.h"
#include "lib/model/inventory.h"
#include "lib/model/journal.pb-c.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

struct channels; /* opaque */

struct channels_options {
    struct loop *loop;
    const struct settings *settings;   /* borrowed */
    const struct inventory *inventory; /* borrowed */
    struct db *db;                     /* borrowed */
    uint64_t seed;
};

struct channels_stats {
    uint64_t sent, failed, refused, lost, folded, waiting;
    unsigned failing; /* channels whose last attempt failed */
};

/* Takes up what alerts.db holds; what belongs to channels that are no more is dropped. *out NULL: there is
 * none. Says by log_error() what is wrong before it fails. */
enum err channels_new(const struct channels_options *o, struct channels **out) NW_CHECKED;
/* Ends what is on its way; it stays in its queue. */
void channels_free(struct channels *c);

/* Into the batch of alerts.db, for each channel that wants it: from the first event at the channel's severity
 * on every one of that incident (or only those that its setting `events` names), so that a recovery comes if
 * and only if the alarm did. time: when it was decided; json: its CloudEvent. */
void channels_event(struct channels *c, const Nw__Incident *i, ns_t time, const char *json);
/* The same for the one channel of that name, whatever its severity, `events` and `automatic` say; from then
 * on it is told of the incident's end. i->source and i->lane_sequence make the event's id: the same event
 * twice has the same id. false: there is no such channel. */
bool channels_deliver(struct channels *c, const char *name, const Nw__Incident *i, ns_t time);
/* The batch is committed: what is in it may go. */
void channels_committed(struct channels *c);
void channels_stats(const struct channels *c, struct channels_stats *out);
/* Bytes that all queues together may take of alerts.db. */
uint64_t channels_most_bytes(const struct channels *c);

#endif
