/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels.h - where events go besides MQTT: each channel of alerts.channels has its own queue in alerts.db
 * and at most one message on its way (docs/alerts.md, Further channels). A NULL struct channels is one
 * without any. */
#ifndef NW_ALERTS_CHANNELS_H
#define NW_ALERTS_CHANNELS_H

#include "alerts/db_io.h"
#include "lib/model/journal.pb-c.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

struct channels; /* opaque */

struct channels_options {
    struct loop *loop;
    const struct settings *settings; /* borrowed */
    struct db *db;                   /* borrowed */
    uint64_t seed;
};

struct channels_stats {
    uint64_t sent, failed, refused, lost, waiting;
};

/* Takes up what alerts.db holds; what belongs to channels that are no more is dropped. *out NULL: there is
 * none. Says by log_error() what is wrong before it fails. */
enum err channels_new(const struct channels_options *o, struct channels **out) NW_CHECKED;
/* Ends what is on its way; it stays in its queue. */
void channels_free(struct channels *c);

/* Into the batch of alerts.db, for each channel that wants it: from the first event at the channel's severity
 * on every one of that incident, so that a recovery comes if and only if the alarm did. body: its CloudEvent.
 */
void channels_event(struct channels *c, const Nw__Incident *i, const void *body, size_t len);
/* The batch is committed: what is in it may go. */
void channels_committed(struct channels *c);
void channels_stats(const struct channels *c, struct channels_stats *out);

#endif
