/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - spreads the targets evenly over the interval: target i is due at start + (round + i/count) *
 * interval, whatever happened before, so nothing drifts and nothing bunches up. Pure. */
#ifndef NW_PROBES_SCHEDULE_H
#define NW_PROBES_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/units.h"

struct schedule {
    size_t count;
    ns_t interval, start;
    uint64_t next; /* slot: round * count + index */
};

void schedule_init(struct schedule *s, size_t count, ns_t interval, ns_t now);
/* When the next target is due; -1 without targets. */
ns_t schedule_when(const struct schedule *s);
/* The next target if it is due. After a standstill of more than an interval the missed rounds are left out:
 * each target is due once, not once for every round that was missed. */
bool schedule_take(struct schedule *s, ns_t now, size_t *index);

#endif
