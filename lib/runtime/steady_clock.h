/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steady_clock.h - wall time steered by monotonic time, so that a clock set by hand, a bad time server or a
 * dead battery does not reach the records. Pure.
 *
 *   FOLLOWING ──wall departs from monotonic by more than a step──► SUSPECT, holds the old base
 *       ▲                                                              │ wall comes back: at once
 *       └──────────────────────────────────────────────────────────────┘ or agrees with itself for 3 steps */
#ifndef NW_RUNTIME_STEADY_CLOCK_H
#define NW_RUNTIME_STEADY_CLOCK_H

#include <stdbool.h>

#include "lib/base/units.h"

struct steady_clock {
    ns_t step;      /* > 0: a departure up to this is a correction, beyond it a jump */
    ns_t base;      /* wall - monotonic, as it is believed */
    ns_t candidate; /* the same as the system says it since the jump … */
    ns_t since;     /* … and since when (monotonic) it has been saying so */
    bool is_started, is_suspect;
};

void steady_clock_init(struct steady_clock *c, ns_t step);
/* The wall time to write into a record now. While c->is_suspect nothing may be deleted for its age. */
ns_t steady_clock_wall(struct steady_clock *c, ns_t mono, ns_t wall);

#endif
