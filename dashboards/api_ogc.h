/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_ogc.h - OGC API - Features (17-069r4): what api_ogc.c (pages, links, choice) and api_ogc_features.c
 * (the features of each collection) share. */
#ifndef NW_DASHBOARDS_API_OGC_H
#define NW_DASHBOARDS_API_OGC_H

#include "dashboards/api.h"
#include "dashboards/ogc_query.h"

/* An answer on its way: the features of a page, or the one that is wanted. */
struct ogc_answer {
    struct api_call *call;
    struct buf b;
    struct json_out j;
    struct ogc_box box;
    struct ogc_time time;
    bool has_box, has_time;
    const char *state, *district, *wanted; /* NULL: any */
    int64_t limit, offset, matched, returned;
    enum err error;
};

/* The feature is there; box NULL: it has no place. Is it to be written? */
bool ogc_offer(struct ogc_answer *a, const char *id, const struct ogc_box *box, ns_t from, ns_t to);
/* Around each that is: between them the properties are written to a->j. */
void ogc_feature_begin(struct ogc_answer *a, const char *id, const struct ogc_point *points, size_t count);
void ogc_feature_end(struct ogc_answer *a);
/* A feature whose text is there already. */
void ogc_feature_raw(struct ogc_answer *a, const char *text, size_t len);

struct ogc_collection {
    const char *id, *title, *description;
    bool has_time, has_state, has_district;
    void (*visit)(struct ogc_answer *a);
};
void ogc_visit_reports(struct ogc_answer *a); /* api_reports.c */

extern const struct ogc_collection ogc_collections[];
size_t ogc_collection_count(void);

#endif
