/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_reports.c - what citizens reported: as a list, and as features for maps. */
#include <stdio.h>

#include "dashboards/api_ogc.h"

enum { FEATURES_MAX = 100000 };

static ns_t oldest_kept(const struct dashboard *d)
{
    return loop_wall(d->loop) - d->settings->public_page.report_keep;
}

static void put_report(struct json_out *j, const struct dashboard *d, const struct history_report *r)
{
    const struct hotspot *h = r->hotspot[0] ? inventory_hotspot(d->inventory, r->hotspot) : NULL;

    json_time(j, "at", r->at);
    json_string(j, "category", r->category);
    api_json_id(j, "hotspot", r->hotspot);
    json_string(j, "hotspot_name", h ? h->name : NULL);
    json_fixed(j, "lat", r->lat, 5);
    json_fixed(j, "lon", r->lon, 5);
}

/* ---- the list ---- */

struct list {
    const struct dashboard *dashboard;
    struct json_out *j;
    int64_t left;
    uint64_t last; /* row of the last one given */
    bool has_more;
};

static bool add_report(void *ctx, uint64_t row, const struct history_report *r)
{
    struct list *list = ctx;

    if (list->left == 0) {
        list->has_more = true;
        return false;
    }
    list->left--;
    list->last = row;
    json_object_begin(list->j, NULL);
    put_report(list->j, list->dashboard, r);
    json_object_end(list->j);
    return true;
}

void api_citizen_reports(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    char next[24];
    ns_t from;

    if (!api_param_time(c, "from", loop_wall(d->loop), oldest_kept(d), &from) ||
        !api_page_begin(c, &p, &b, &j))
        return;
    struct list list = {.dashboard = d, .j = &j, .left = p.limit};
    ns_t oldest = oldest_kept(d);
    enum err e = history_reports(d->history, from > oldest ? from : oldest, api_param(c, "category"),
                                 (uint64_t)p.skip, (size_t)p.limit + 1, add_report, &list);
    json_array_end(&j);
    snprintf(next, sizeof next, "%llu", (unsigned long long)list.last);
    json_string(&j, "next", list.has_more ? next : NULL);
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}

/* Once an hour: what is too old is forgotten. */
void api_reports_tick(struct dashboard *d)
{
    if (d->tick_count % 3600 == 1 && history_drop_reports(d->history, oldest_kept(d)) != ERR_OK)
        d->stats.history_failed++;
}

/* ---- features ---- */

static bool offer_report(void *ctx, uint64_t row, const struct history_report *r)
{
    struct ogc_answer *a = ctx;
    const struct ogc_point at = {r->lon, r->lat};
    const struct ogc_box box = ogc_box_of(&at, 1);
    char id[24];

    snprintf(id, sizeof id, "%llu", (unsigned long long)row);
    if (ogc_offer(a, id, &box, r->at, r->at)) {
        ogc_feature_begin(a, id, &at, 1);
        put_report(&a->j, a->call->dashboard, r);
        ogc_feature_end(a);
    }
    return true;
}

void ogc_visit_reports(struct ogc_answer *a)
{
    const struct dashboard *d = a->call->dashboard;

    a->error = history_reports(d->history, oldest_kept(d), NULL, 0, FEATURES_MAX, offer_report, a);
}
