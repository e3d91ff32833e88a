/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tail.h - reads partitions of the journal for the dashboard and the public page: what is now and what comes,
 * as unpacked records; knows how far behind it is. */
#ifndef NW_DASHBOARDS_TAIL_H
#define NW_DASHBOARDS_TAIL_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct tail; /* opaque */

struct tail_fns {
    /* Each record, in order, as it stands in the journal. */
    void (*bytes)(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len);
    /* Those that say something about now, in order, behind their bytes; at the start only those that
     * newest.h keeps. None that is damaged, no samples of back-filled history. The record is borrowed; parts
     * may be taken out, but not of samples. */
    void (*record)(void *ctx, const char *partition, journal_pos pos, Nw__Record *record);
    void (*idle)(void *ctx); /* everything is read: the moment to commit */
};

/* partitions: NULL-terminated. Begins one whole segment back, so that everything was seen once; reads all
 * that is there before it returns, but unpacks only what was not overtaken. */
enum err tail_new(struct loop *l, const char *journal_dir, const char *const *partitions, bool with_units,
                  const struct tail_fns *fns, void *ctx, struct tail **out) NW_CHECKED;
void tail_free(struct tail *t);
/* The position of the last record whose bytes were handed out; 0: none. */
journal_pos tail_position(const struct tail *t, const char *partition);
struct tail_stats {
    uint64_t unreadable, gaps; /* records passed over; times that records were gone before they were read */
};
void tail_stats(const struct tail *t, struct tail_stats *out);
/* Sets lag of a heartbeat; borrowed until the next call. */
void tail_lags(struct tail *t, ns_t wall, Nw__Heartbeat *beat);

#endif
