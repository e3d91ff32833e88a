/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sketch.h - a histogram of durations in fixed memory, for percentiles within 0.2 %. Pure.
 *
 * Exact below 512 ns; above, 256 buckets an octave. A duration outside 0 … 17 s counts in the outermost
 * bucket. */
#ifndef NW_PROBES_SKETCH_H
#define NW_PROBES_SKETCH_H

#include <stdint.h>

#include "lib/base/units.h"

enum { SKETCH_BUCKETS = 512 + 25 * 256 };

struct sketch {
    uint64_t count;
    uint32_t buckets[SKETCH_BUCKETS];
};

void sketch_add(struct sketch *s, ns_t duration);

/* Nearest rank: element ceil(percent/100 * count) of the sorted durations, as its bucket's middle; -1 if the
 * sketch is empty. */
ns_t sketch_percentile(const struct sketch *s, unsigned percent);

#endif
