/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recurring.h - when a window of the rules file is open, as spans of time. Pure. */
#ifndef NW_ALERTS_RECURRING_H
#define NW_ALERTS_RECURRING_H

#include <stddef.h>

#include "alerts/rules.h"
#include "lib/base/units.h"

enum { RECURRING_SPANS_MAX = 20 };

struct span {
    ns_t begin, until; /* wall, UTC */
};

/* The occurrences that end after `now` and begin at `last` or before, earliest first; no more than
 * RECURRING_SPANS_MAX. Where the clock of Berlin is set back the span goes from the first time that it shows
 * the beginning to the last time that it shows the end; what it leaves out in March is left out. */
size_t recurring_spans(const struct recurring *r, ns_t now, ns_t last, struct span *out);

#endif
