/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backfill.h - the past days of the city as journal records: what netzwacht would have written.
 *
 * Samples of every device, of a probe to every hotspot and of one to portal and DNS, with the entities and
 * metrics that the shipped profiles yield (those that history keeps), and State records of a believable past:
 * a fibre cut and a power cut, access points that failed, a crowded lido. Pure: hands out packed records. */
#ifndef NW_CITY_BACKFILL_H
#define NW_CITY_BACKFILL_H

#include "city/plan.h"
#include "lib/base/units.h"

#define BACKFILL_STEP (10 * MINUTES)

enum { BACKFILL_SOURCE_NONE = -1 }; /* State records belong to no source */

struct backfill_sink {
    /* Must the next record of this source carry its table? (Its first of a segment.) len: about how long it
     * is. */
    bool (*needs_table)(void *ctx, int source, size_t len);
    /* *previous of the source's records; 0 before the first. */
    uint64_t (*previous)(void *ctx, int source);
    enum err (*record)(void *ctx, int source, const void *bytes, size_t len);
    void *ctx;
};

struct backfill_figures {
    uint64_t records, values, states, outages;
};

/* Sources are numbered from 0 up to this; hotspots that are rows of a controller have no probe and are left
 * out. */
size_t backfill_sources(const struct city *c);

/* Steps from `from` to `to` (wall). Stops at the first error of the sink. */
enum err backfill_write(const struct city *c, ns_t from, ns_t to, const struct backfill_sink *sink,
                        struct backfill_figures *out) NW_CHECKED;

#endif
