/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ogc_query.h - what a request for features chooses: OGC API - Features - Part 1: Core (17-069r4), 7.15.
 * Pure. */
#ifndef NW_DASHBOARDS_OGC_QUERY_H
#define NW_DASHBOARDS_OGC_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

/* West, south, east, north in degrees (CRS84); west > east crosses the 180th meridian. */
struct ogc_box {
    double west, south, east, north;
};

struct ogc_point {
    double lon, lat;
};

/* An instant, or an interval with or without ends. */
struct ogc_time {
    ns_t from, to; /* wall; both count */
};

/* "9.9,53.6,10.1,53.8", or six numbers with heights, which are left out. ERR_MALFORMED; ERR_RANGE: degrees
 * that do not exist, or south of north. */
enum err ogc_box_parse(const char *text, struct ogc_box *out) NW_CHECKED;
/* "T", "T/T", "T/..", "../T" with T as RFC 3339; an empty end is "..". ERR_MALFORMED; ERR_RANGE: it ends
 * before it begins. */
enum err ogc_time_parse(const char *text, struct ogc_time *out) NW_CHECKED;

bool ogc_box_overlaps(const struct ogc_box *query, const struct ogc_box *feature);
/* The box of nothing; widened it is the box of what it was widened by. */
struct ogc_box ogc_box_empty(void);
void ogc_box_widen(struct ogc_box *box, double lon, double lat);
struct ogc_box ogc_box_of(const struct ogc_point *points, size_t count);

#endif
