/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lateness.h - how late do polls of live devices come? From the moment a poll was due until its first answer:
 * the wait for the window, lost packets and the round trip are in it; devices that do not answer are not.
 * Pure. */
#ifndef NW_COLLECTOR_LATENESS_H
#define NW_COLLECTOR_LATENESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/units.h"

enum { LATENESS_BOUNDS = 12 };

struct lateness_bound {
    ns_t most;
    const char *counter; /* "poll_answered_within_5ms_total" */
};

extern const struct lateness_bound lateness_bounds[LATENESS_BOUNDS]; /* ascending */

struct lateness {
    uint64_t within[LATENESS_BOUNDS]; /* cumulative, as in a histogram of Prometheus */
    uint64_t count;                   /* all, also those above the last bound */
};

/* late below 0 counts as 0. */
void lateness_add(struct lateness *l, ns_t late);

#endif
