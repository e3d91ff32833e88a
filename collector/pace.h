/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - how often the tables of a device are read: less often while its answers take much longer than
 * they used to, because polling may be what it suffers from. Pure.
 *
 *   ORDINARY (1) ─ smoothed round trip over PACE_RISE × its minimum and over PACE_LEAST ─► 2 ─► PACE_MOST
 *        ▲                                                                                   │
 *        └── half with each poll in which it is below twice the minimum, or below PACE_LEAST ┘
 *
 * The minimum forgets: it rises by a thousandth of the distance with each poll, so that a device that moved
 * behind a slower line is ordinary again after some hours. */
#ifndef NW_COLLECTOR_PACE_H
#define NW_COLLECTOR_PACE_H

#include <stdint.h>

#include "lib/base/units.h"

#define PACE_LEAST (200 * MILLISECONDS)

enum { PACE_RISE = 4, PACE_MOST = 4 /* intervals between two readings of a table */ };

struct pace { /* zeroed at first */
    ns_t rtt_minimum;
    uint32_t factor; /* 0 and 1: at every poll */
};

/* After a poll that was answered. rtt: smoothed; 0 = not measured yet. */
void pace_polled(struct pace *p, ns_t rtt);
/* The least age of a table that is read again; 0 = as the profile says. */
ns_t pace_table_age(const struct pace *p, ns_t interval);

#endif
