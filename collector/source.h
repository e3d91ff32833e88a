/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.h - from what a poll understood to the record that goes into the journal: series table, rates,
 * reachability. Pure: one struct source per device keeps what two polls have in common.
 *
 * Every table begins with the entity "device" (kind chassis) and its series reachable and poll.rtt, so the
 * record of a silent device is short: `reachable` is 0 once it is down, unknown while it is only missing. */
#ifndef NW_COLLECTOR_SOURCE_H
#define NW_COLLECTOR_SOURCE_H

#include "collector/decode.h"
#include "collector/listing.h"
#include "collector/poll.h"
#include "collector/reach.h"
#include "collector/varbind.h"
#include "lib/base/err.h"
#include "lib/model/journal.pb-c.h"

/* Series of one device; what decode found beyond is left out, and the daemon says so. */
enum { SOURCE_SERIES_MAX = 200000 };

struct source; /* opaque: one device */

enum err source_new(const char *id, struct source **out) NW_CHECKED; /* id is borrowed */
void source_free(struct source *s);

struct source_poll {
    const struct poll *poll;
    const struct varbind_set *varbinds; /* poll_collect() of it */
    const struct device_view *view;     /* decoded from them; NULL: nothing is known of the device */
    const struct listing *listing;      /* of the view; NULL: every row counts */
    bool is_shared; /* what its rows count for depends on other devices, too: it is decoded at every poll */
    const struct reach *reach;
    ns_t started_wall, duration, rtt; /* rtt: of the first request; 0 = none */
    ns_t now;                         /* monotonic */
    ns_t interval;
    uint32_t slowed;     /* as pace.h; 0 or 1 = not */
    bool is_walk_broken; /* as far as is known: this poll may have got no answer */
};

struct source_scratch; /* opaque: memory for one record, reused */

struct source_scratch *source_scratch_new(void);
void source_scratch_free(struct source_scratch *t);

/* An access point that left the listing stays in the table: an entity of kind ap with the attribute
 * "vanished" (since when) and one series, ap.up, which is unknown with the ghost's reason.
 *
 * Builds the record; it lives in scratch until the next call and borrows from view. is_table_due: the
 * source's first record of a segment; it is added by itself when the structure changed. */
enum err source_record(struct source *s, const struct source_poll *in, bool is_table_due,
                       struct source_scratch *t, Nw__Samples **out) NW_CHECKED;
/* The same from a poll in which nothing but readings changed, without view, listing and varbinds (which `in`
 * need not have): what source_record() would have made, at a fraction of its cost. ERR_NOT_FOUND: it must be
 * decoded. */
enum err source_repeat(struct source *s, const struct source_poll *in, struct source_scratch *t,
                       Nw__Samples **out) NW_CHECKED;
/* Was something left out of the last record, by SOURCE_SERIES_MAX or a bound of decode()? */
bool source_is_cut(const struct source *s);
/* Adds the table to the record of the last source_record(). */
enum err source_add_table(struct source *s, const struct source_poll *in,
                          struct source_scratch *t) NW_CHECKED;

#endif
