/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pulse.h - what the daemons' figures did in the last hour, from their heartbeats. Pure.
 *
 * One value per figure and half minute: the last one of a counter, the highest one of a gauge, so that a
 * short peak stays visible. About 1 KB a figure. */
#ifndef NW_DASHBOARDS_PULSE_H
#define NW_DASHBOARDS_PULSE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/figure.h"
#include "lib/model/record.h"

#define PULSE_STEP (30 * SECONDS)
enum { PULSE_POINTS = 120 }; /* an hour */

struct pulse; /* opaque */

enum err pulse_new(struct pulse **out) NW_CHECKED;
void pulse_free(struct pulse *p);

/* Takes the counters and the lags of a heartbeat; one that is older than what is known is ignored. Figures
 * that figure_list.h does not have count as gauges. ERR_LIMIT: too many daemons or figures, the rest is left
 * out. */
enum err pulse_take(struct pulse *p, const char *daemon, ns_t wall, const Nw__Heartbeat *beat) NW_CHECKED;

enum pulse_what { PULSE_FIGURE, PULSE_LAG };

/* The PULSE_POINTS steps that are over at `now`, oldest first: counters as growth per second, gauges
 * and lags (in seconds, by partition) as they are; NaN: not known, or the daemon was restarted in between.
 * Returns false, and leaves out alone, if nothing is known of it. */
bool pulse_points(const struct pulse *p, const char *daemon, enum pulse_what what, const char *name, ns_t now,
                  double out[PULSE_POINTS]);

/* Mean of those of the `last` newest that are known, NaN if none is. */
double pulse_mean(const double points[PULSE_POINTS], size_t last);

#endif
