/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blame.h - which phase of getting on-line has left what is usual for it. Pure.
 *
 * A phase has a baseline of its own for the share that succeeds and for the median time: moving means over
 * the last reports that were in order (weight 1/16), with the mean distance from them. It has left its
 * baseline if fewer succeed than usual by 15 points and four distances, or the median takes twice as long, at
 * least 50 ms more, and six distances. Blamed is the one phase that is furthest out. After 96 reports outside
 * the new values are usual. */
#ifndef NW_PROBES_BLAME_H
#define NW_PROBES_BLAME_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/units.h"

enum { BLAME_LEARNING = 8, BLAME_GIVEN_UP = 96 };

struct blame {
    unsigned reports, outside;                     /* learned from; outside in a row */
    double share, share_spread, time, time_spread; /* per cent, seconds */
};

/* share: per cent of the attempts that succeeded; median: seconds, NaN if none did. How far outside the
 * report lies: 0 = within, or not enough is known yet; above 1 = outside. Learns from the report. */
double blame_take(struct blame *b, double share, double median);

/* The index of the largest of count excesses; count if none is outside. */
size_t blame_pick(const double *excess, size_t count);

#endif
