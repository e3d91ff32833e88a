/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_digest.h - how many mails a channel sends in a window; what is beyond is gathered for one mail at
 * its end. Pure.
 *
 *   first mail ──► window runs: storm_limit go out (critical ones: twice that), the others are folded
 *   ──► window ends: one digest if anything was folded; the next mail begins a new one */
#ifndef NW_ALERTS_CHANNEL_DIGEST_H
#define NW_ALERTS_CHANNEL_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/units.h"

enum { CHANNEL_DIGEST_LINES = 100 };

struct channel_digest {
    ns_t ends;      /* monotonic, of the window; 0: none runs */
    int64_t sent;   /* in it */
    uint64_t count; /* folded */
    struct buf lines;
};

void channel_digest_fini(struct channel_digest *d);
/* May this mail go out at `now`? Counts it if so. */
bool channel_digest_admits(struct channel_digest *d, int64_t limit, ns_t window, bool is_critical, ns_t now);
/* One more without a mail of its own. true: its line is kept, too, not only counted. */
bool channel_digest_fold(struct channel_digest *d, const char *line);
/* What the last run had folded; the window ends at once. */
void channel_digest_restore(struct channel_digest *d, uint64_t count, ns_t now);
bool channel_digest_is_due(const struct channel_digest *d, ns_t now);
/* Nothing is folded any more. */
void channel_digest_clear(struct channel_digest *d);

#endif
