/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon.h - what every daemon's main() has in common: options, settings, inventory, loop, its own journal
 * partition, heartbeat once a second, SIGTERM and SIGINT to stop, SIGHUP to reload.
 *
 *   int main(int argc, char **argv) { return daemon_main(argc, argv, &collector_daemon); }
 */
#ifndef NW_CLI_DAEMON_H
#define NW_CLI_DAEMON_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

/* What a daemon gets; all borrowed, alive until stop() has returned. */
struct daemon {
    const char *name; /* "netzwacht-collector" */
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct journal_writer *journal; /* its own partition; NULL if it has none */
    uint64_t seed;                  /* from the system's generator; NETZWACHT_SEED overrides */
};

struct daemon_info {
    const char *name;      /* "netzwacht-collector" */
    const char *partition; /* "collector"; NULL: writes none */
    const char *summary;   /* one line for --help */
    /* Starts; *state is handed to the others. Reports what is wrong by log_error() before it fails. */
    enum err (*start)(struct daemon *d, void **state);
    /* Frees everything. */
    void (*stop)(struct daemon *d, void *state);
    /* A whole new configuration is valid; d->settings and d->inventory are the new ones already, the old ones
     * are freed after this returns. On an error the old ones come back, so nothing may have changed yet.
     * NULL: SIGHUP is answered by a log line that a restart is needed. */
    enum err (*reload)(struct daemon *d, void *state);
    /* Adds lag and counters (at most 190) to the heartbeat; all borrowed until the next call. CPU, memory and
     * the journal's figures are added for every daemon. May be NULL. */
    void (*beat)(void *state, Nw__Heartbeat *beat);
};

int daemon_main(int argc, char **argv, const struct daemon_info *info);

/* Packs and appends to the daemon's partition; a wall of 0 is filled in, steered by monotonic time. Logs a
 * full disk once. pos may be NULL. Errors as of journal_append(): the record need not be appended again. */
enum err daemon_append(struct daemon *d, Nw__Record *record, journal_pos *pos) NW_CHECKED;

#endif
