/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - netzwacht-store: tails the journal and keeps history in RRD files.
 *
 *   UNITS ──their partitions are read to the end──► LIVE (also collector, probe)
 *
 * Units come first because an RRD file takes nothing older than its newest row, and unit.history holds days
 * that are past. Every settings.store.batch one cycle goes over all files, a slice a turn, and writes their
 * pending rows; files that are missing are made then, at most 32 MiB a second. The cursor of a partition
 * moves behind a record only when everything up to it is in files; reading begins at the start of the
 * cursor's segment, where every source gives its table, and rows that a file has already are passed over. So
 * kill -9 loses nothing and repeats nothing. While the clock is suspect, nothing is written. */
#ifndef NW_COLLECTOR_STORE_H
#define NW_COLLECTOR_STORE_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/loop.h"

struct store; /* opaque */

struct store_options {
    struct loop *loop;
    const struct settings *settings; /* borrowed until store_stop() or the next store_reload() */
    /* Appends to the partition "store" and logs what fails. */
    enum err (*append)(void *ctx, Nw__Record *record);
    void *append_ctx;
    uint64_t seed;
};

/* Begins to read the journal. What is wrong has been logged. */
enum err store_new(const struct store_options *options, struct store **out) NW_CHECKED;
/* Writes what is whole and frees; what is not is read again at the next start. */
void store_stop(struct store *s);
enum err store_reload(struct store *s, const struct settings *settings) NW_CHECKED;
void store_beat(struct store *s, Nw__Heartbeat *beat);

#endif
