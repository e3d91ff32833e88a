/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing.h - between what a poll understood and the roster: which rows of a controller count. Pure. */
#ifndef NW_COLLECTOR_LISTING_H
#define NW_COLLECTOR_LISTING_H

#include "collector/decode.h"
#include "collector/roster.h"

/* Zero-initialised; reused from poll to poll. */
struct listing {
    enum quality_reason *voices; /* by entity of the view: QUALITY_OK, or why its values are unknown */
    size_t cap;
    const struct roster_ghost *ghosts; /* valid until the roster's next poll */
    size_t ghost_count;
};

void listing_fini(struct listing *l);
/* Is it an access point by its base MAC, "ap/<mac>"? Ids by name or index are their controller's own affair.
 */
bool listing_names(const char *kind, const char *id, const char *mac);
/* Takes the view's access points through the roster; radios and SSIDs (attribute "ap") share their access
 * point's fate. A device that lists none, and never did, leaves no trace. */
enum err listing_take(struct listing *l, struct roster *r, const struct roster_poll *poll,
                      const struct device_view *view) NW_CHECKED;

#endif
