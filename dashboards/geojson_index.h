/* SPDX-License-Identifier: GPL-3.0-or-later */
/* geojson_index.h - where each feature of a FeatureCollection stands, its id and its box, without a tree of
 * it: the city's grid has 100,000 cells. Pure.
 *
 * For files of our own (coverage/export.c): `"features":[` as json_out writes it, ids that are strings of
 * [A-Za-z0-9._-], coordinates of two numbers each. Anything else is ERR_MALFORMED, never read past its end.
 */
#ifndef NW_DASHBOARDS_GEOJSON_INDEX_H
#define NW_DASHBOARDS_GEOJSON_INDEX_H

#include "dashboards/ogc_query.h"
#include "lib/base/err.h"

enum { GEOJSON_FEATURES_MAX = 1000000, GEOJSON_ID_SIZE = 40 };

struct geojson_feature {
    size_t begin, len; /* of its text, braces included */
    char id[GEOJSON_ID_SIZE];
    struct ogc_box box;
};

struct geojson_index {
    struct geojson_feature *items;
    size_t count;
    struct ogc_box box; /* of all */
};

/* ERR_MALFORMED, ERR_LIMIT, ERR_NOMEM; *out is empty then. */
enum err geojson_index_read(const char *text, size_t len, struct geojson_index *out) NW_CHECKED;
void geojson_index_fini(struct geojson_index *x);

#endif
