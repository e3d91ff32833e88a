/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_frontier.h - which LLDP neighbours are asked next: those whose management address lies inside the
 * prefixes that the operator allows, and outside of the ranges, whose every address is asked anyway. Each
 * once, at most DISCOVER_DEPTH_MAX neighbours away from the ranges, at most so many. Pure. */
#ifndef NW_COLLECTOR_DISCOVER_FRONTIER_H
#define NW_COLLECTOR_DISCOVER_FRONTIER_H

#include "collector/discover.h"
#include "collector/discover_range.h"

enum { DISCOVER_DEPTH_MAX = 16 };

struct frontier; /* opaque */

struct frontier_options { /* borrowed */
    const struct discover_prefix *within;
    size_t within_count;
    const struct discover_range *ranges;
    size_t range_count;
    size_t most; /* addresses */
};

struct frontier_step {
    struct snmp_address address; /* port 0 */
    int64_t depth;
};

enum err frontier_new(const struct frontier_options *options, struct frontier **out) NW_CHECKED;
void frontier_free(struct frontier *f);

/* This address was asked in an earlier run: it counts, and is not asked again. */
enum err frontier_mark(struct frontier *f, const char *address) NW_CHECKED;
/* Takes in a found device's neighbours. */
enum err frontier_add(struct frontier *f, const struct discover_device *d) NW_CHECKED;
/* False: nobody is left. */
bool frontier_next(struct frontier *f, struct frontier_step *out);

size_t frontier_count(const struct frontier *f);   /* all, also those asked and marked */
size_t frontier_outside(const struct frontier *f); /* addresses that the prefixes do not allow */
size_t frontier_cut(const struct frontier *f);     /* addresses that the bounds do not allow */

#endif
