/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_samples.h - reports of a parser as samples in the journal.
 *
 * "funnel/<hotspot>" (and "funnel/<sensor>" for what no hotspot could be given): one entity "phase/dhcp4",
 * kind "funnel-dhcp4", for each phase; a phase that the report lacks is unknown. "probe/<sensor>": entity
 * "sensor", and one "imitator/<bssid>" for each network that imitates ours. */
#ifndef NW_PROBES_SENSOR_SAMPLES_H
#define NW_PROBES_SENSOR_SAMPLES_H

#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "probes/passive_report.h"

struct sensor_samples; /* opaque */

struct sensor_samples_env { /* borrowed, alive as long as the samples */
    const struct settings *settings;
    const struct inventory *inventory;
    struct journal_writer *journal;
    const char *sensor; /* id */
    enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos);
    void *append_ctx;
};

enum err sensor_samples_new(const struct sensor_samples_env *env, struct sensor_samples **out) NW_CHECKED;
void sensor_samples_free(struct sensor_samples *s);
/* ERR_MALFORMED: the report names what does not exist. */
enum err sensor_samples_take(struct sensor_samples *s, const struct report *r) NW_CHECKED;

#endif
