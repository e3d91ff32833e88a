/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector.h - the collector daemon's own part: polls every device of the inventory in its interval,
 * journals what it learned, executes "poll now". cli/collector_main.c puts it into a process. */
#ifndef NW_COLLECTOR_COLLECTOR_H
#define NW_COLLECTOR_COLLECTOR_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct collector; /* opaque */

struct collector_options {
    struct loop *loop;
    const struct settings *settings;   /* borrowed until collector_free() or the next collector_reload() */
    const struct inventory *inventory; /* likewise */
    struct journal_writer *journal;    /* partition collector */
    /* Packs and appends; fills in the wall time. */
    enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos);
    void *ctx;
    uint64_t seed;
    int trap_socket; /* a bound UDP socket for traps, the caller's to close: it goes before
                        collector.trap_port; 0 = none */
};

/* Reports what is wrong by log_error() before it fails. A device that cannot be polled (unreadable community,
 * unknown name) is reported and left out; it fails only if there are no profiles or no socket. */
enum err collector_new(const struct collector_options *options, struct collector **out) NW_CHECKED;
void collector_free(struct collector *c);
/* Takes a new configuration as a whole; on an error the old one goes on and has not been touched. What is
 * known about reachability survives for devices that keep their id. */
enum err collector_reload(struct collector *c, const struct settings *settings,
                          const struct inventory *inventory) NW_CHECKED;
/* Adds counters; strings and the list are borrowed until the next call. */
void collector_beat(struct collector *c, Nw__Heartbeat *beat);

#endif
