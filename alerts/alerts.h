/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts.h - netzwacht-alerts without its main(): the engine on a journal, with a database and a publisher.
 *
 *   journal ──tail──► engine ──batch──► alerts.db (one transaction: rows, offsets, outbox, records)
 *                                           │ committed
 *                                           ├──► partition alerts (State, Incident, Outcome)
 *                                           └──► publisher ──► MQTT ⇄ NOC
 *
 * Nothing is shown to anybody before it is committed. At a start what alerts.db holds and the partition lacks
 * is appended again. */
#ifndef NW_ALERTS_ALERTS_H
#define NW_ALERTS_ALERTS_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct alerts; /* opaque */

/* All borrowed until alerts_free(). */
struct alerts_options {
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct journal_writer *journal; /* of partition alerts */
    uint64_t seed;
    /* Tests: called before each step of a commit with its name ("commit", "append", "publish"); a test kills
     * the process there. NULL otherwise. */
    void (*step)(const char *name);
};

/* Reports what is wrong by log_error() before it fails. */
enum err alerts_new(const struct alerts_options *o, struct alerts **out) NW_CHECKED;
/* Commits what is left. */
void alerts_free(struct alerts *a);
/* Other settings, another inventory: the engine is built anew from alerts.db. On error nothing has changed.
 */
enum err alerts_reload(struct alerts *a, const struct settings *settings,
                       const struct inventory *inventory) NW_CHECKED;
/* Lags and counters of a heartbeat; borrowed until the next call. */
void alerts_beat(struct alerts *a, Nw__Heartbeat *beat);

#endif
