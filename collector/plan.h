/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - when is a device due? Pure. */
#ifndef NW_COLLECTOR_PLAN_H
#define NW_COLLECTOR_PLAN_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

/* Due times lie on a grid, so that devices that are near one another leave in one batch of datagrams: of
 * this, or of a multiple where polls are few (decision 0052). */
#define PLAN_TICK (250 * MILLISECONDS)

/* The grid of n devices in an interval: wide enough for bunches of a hundred polls, but at most 1 s and a
 * tenth of the interval. */
ns_t plan_tick(size_t n, ns_t interval);

/* Who takes which slot? order[slot] = device, each once. groups[device]: what it hangs on, or NULL. Those of
 * one group lie evenly over the whole interval, for what is in flight behind one uplink is bounded (decision
 * 0068). The same for the same groups, always. ERR_NOMEM. */
enum err plan_order(const char *const *groups, size_t n, size_t *order) NW_CHECKED;

/* The first due time of device i of n, spread evenly over span from start on, on the grid of PLAN_TICK. n >
 * 0. */
ns_t plan_first(size_t i, size_t n, ns_t start, ns_t span);

/* The first slot after now of device i of n: slots lie one interval apart, counted from the zero of the
 * monotonic clock on, so that a collector that was restarted asks each device when it would have asked it
 * anyway. n > 0.
 */
ns_t plan_slot(size_t i, size_t n, ns_t interval, ns_t now);
/* When to poll first: soon, or in the slot if that comes soon after (a quarter of the interval, 10 s at
 * most), for two polls close together make rates of a moment. */
ns_t plan_start(ns_t soon, ns_t slot, ns_t interval);

/* The next due time on the grid of `due` and interval that lies after now: slots that passed are left out,
 * not made up for, so that a pause is followed by an ordinary interval. interval > 0. */
ns_t plan_next(ns_t due, ns_t interval, ns_t now);

#endif
