/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - a made-up history in a YAML file: which device answers when, and with which values.
 *
 *   inventory: town.yaml              # or several; relative to this file
 *   start: "2026-10-24T22:00:00Z"
 *   duration: 12h                     # at most 400d
 *   interval: 60s                     # of all polls
 *   events:                           # a value holds until the next one of its series
 *     - {at: 0s, source: ap-1, entity: radio/0, kind: radio, metric: wireless.utilization, value: 20}
 *     - {at: 2h, source: ap-1, entity: radio/0, metric: wireless.utilization, value: 30, to: 95, until: 3h}
 *     - {at: 3h, source: ap-1, entity: radio/0, metric: wireless.utilization, unknown: yes}
 *     - {at: 4h, source: agg-1, cut: yes}        # it and all that hangs below it are silent
 *     - {at: 5h, source: agg-1, cut: no}
 *     - {at: 6h, source: sw-2, answers: no}      # its agent alone
 *     - {at: 7h, source: probe/portal, answers: no}   # a service's or hotspot's check fails
 *
 * The collector's timing is the real one: a miss is followed by polls 2 s apart, down is told after three of
 * them and three more seconds. Pure apart from conf's file reading. */
#ifndef NW_ALERTS_SCENARIO_H
#define NW_ALERTS_SCENARIO_H

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/runtime/conf.h"

struct scenario; /* opaque */

/* Everything wrong goes to report (ERR_CONFIG). inventory: used if the file names none; may be NULL. */
enum err scenario_load(const char *path, const struct inventory *inventory, struct conf_report *report,
                       struct scenario **out) NW_CHECKED;
void scenario_free(struct scenario *s);

/* Borrowed. */
const struct inventory *scenario_inventory(const struct scenario *s);
ns_t scenario_interval(const struct scenario *s);

/* Plays it, once: every record in order of time. record() returns ERR_OK to go on. */
struct scenario_player {
    void *ctx;
    enum err (*record)(void *ctx, const char *partition, const Nw__Record *record);
    /* The time between two records has passed. */
    enum err (*pass)(void *ctx, ns_t wall);
};
enum err scenario_play(struct scenario *s, const struct scenario_player *player) NW_CHECKED;
/* Polls this device at the next step; for use in record() and pass(). */
void scenario_reprobe(struct scenario *s, const char *device_id);

#endif
