/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor.h - the passive probe as a part of netzwacht-probe: one watcher and one parser for each sensor of
 * the inventory, their reports into the journal.
 *
 *   services: - {id: mirror-core, kind: sensor, target: eth1}        # an interface of this machine
 *
 * Off unless `sensor.enabled`. The samples: "funnel/<hotspot>", one entity a phase; "probe/<sensor>", what it
 * saw of servers, storms and imitators. A watcher that ends is started again after a second. */
#ifndef NW_PROBES_SENSOR_H
#define NW_PROBES_SENSOR_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct sensors; /* opaque */

struct sensor_env { /* borrowed, alive as long as the sensors */
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct journal_writer *journal;
    enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos);
    void *append_ctx;
};

enum { SENSOR_COUNTERS = 5 };

/* Without a sensor, or with `sensor.enabled: false`, nothing runs. ERR_CONFIG: a key is wrong; it is logged.
 */
enum err sensors_new(const struct sensor_env *env, struct sensors **out) NW_CHECKED;
void sensors_free(struct sensors *s);
/* The figures of a heartbeat; out has room for SENSOR_COUNTERS. Returns how many there are. */
size_t sensors_figures(const struct sensors *s, const char *names[SENSOR_COUNTERS],
                       double values[SENSOR_COUNTERS]);

#endif
