/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_parts.h - the seam inside the plan: streets.c lays out places and hotspots, tree.c hangs them on
 * fibre. */
#ifndef NW_CITY_PLAN_PARTS_H
#define NW_CITY_PLAN_PARTS_H

#include "city/plan.h"
#include "lib/base/rng.h"

/* Metres east and north of the city's centre: streets are laid out in these. */
struct metres {
    double x, y;
};
struct metres metres_from(struct geo_point p);
struct geo_point metres_to(struct metres m);

/* Appends a zeroed site. NULL: out of memory. */
struct city_site *city_add_site(struct city *c);

/* Fills sites and hotspots: positions, names, is_indoor, site. */
enum err city_lay_streets(struct city *c, struct rng *rng) NW_CHECKED;
/* Fills devices and by_address, and the hotspots' device, access and MAC. */
enum err city_hang_tree(struct city *c, struct rng *rng) NW_CHECKED;
/* Fills mistakes. ERR_RANGE: the city is too small for one of each kind. */
enum err city_make_mistakes(struct city *c) NW_CHECKED;

#endif
