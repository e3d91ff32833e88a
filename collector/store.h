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

#include "cli/daemon.h"

enum err store_start(struct daemon *d, void **state);
void store_stop(struct daemon *d, void *state);
enum err store_reload(struct daemon *d, void *state);
void store_beat(void *state, Nw__Heartbeat *beat);

#endif
