/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backfill_outages.h - what went wrong in the past days: drawn from the seed. Pure. */
#ifndef NW_CITY_BACKFILL_OUTAGES_H
#define NW_CITY_BACKFILL_OUTAGES_H

#include "city/sim.h"
#include "lib/model/state.h"

struct outage {
    ns_t from, to;
    enum state state;
    enum reason reason;
    int device;  /* fibre: the aggregation switch; power: the UPS; -1 */
    int hotspot; /* one alone; -1 */
    int site;    /* congestion; -1 */
};

/* Sorted by `from`; all end an hour before `to`. *out is malloc'ed. */
enum err outages_draw(const struct city *c, ns_t from, ns_t to, struct outage **out,
                      size_t *count) NW_CHECKED;
bool outage_hits_hotspot(const struct city *c, const struct outage *o, int hotspot);
/* Is the agent silent? */
bool outage_hits_device(const struct city *c, const struct outage *o, int device);
/* Sets the simulation to the state of the time t: nothing but the outages of the past is wrong then. */
void outages_apply(const struct outage *outages, size_t count, ns_t t, struct sim *s);

#endif
