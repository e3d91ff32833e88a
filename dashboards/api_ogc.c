/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_ogc.c - OGC API - Features - Part 1: Core, with GeoJSON: QGIS and GDAL open /api/v1/ogc by its address.
 */
#include "dashboards/api_ogc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 10000, HOST_MAX = 255 };

#define ROOT  "/api/v1/ogc"
#define CRS84 "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
#define JSON  "application/json"
#define GEO   "application/geo+json"

/* ---- links ---- */

/* As the client wrote it: behind a proxy nobody else knows. NULL: not a name or address with a port. */
static const char *host_of(const struct api_call *c)
{
    const char *host = http_request_header(c->request, "Host");
    size_t len =
        host ? strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:[]-_") : 0;

    return host && len > 0 && len <= HOST_MAX && host[len] == '\0' ? host : NULL;
}

static void put_root(struct buf *out, const struct api_call *c)
{
    const char *host = host_of(c);

    if (host)
        buf_printf(out, "http%s://%s", http_request_is_tls(c->request) ? "s" : "", host);
    buf_str(out, "/api/v1");
}

static void put_link(struct json_out *j, const struct api_call *c, const char *rel, const char *type,
                     const char *fmt, ...) NW_PRINTF(5, 6);
static void put_link(struct json_out *j, const struct api_call *c, const char *rel, const char *type,
                     const char *fmt, ...)
{
    struct buf href = BUF_INIT;
    va_list args;

    put_root(&href, c);
    va_start(args, fmt);
    buf_vprintf(&href, fmt, args);
    va_end(args);
    json_object_begin(j, NULL);
    json_string(j, "href", href.data);
    json_string(j, "rel", rel);
    json_string(j, "type", type);
    json_object_end(j);
    buf_fini(&href);
}

/* ---- parameters ---- */

/* 7.15.1: what is not in the description is refused. */
static bool are_known(struct api_call *c, const char *const *names)
{
    const struct http_target *t = http_request_target(c->request);

    for (size_t i = 0; i < t->param_count; i++) {
        bool is_known = false;
        for (size_t k = 0; names[k] && !is_known; k++)
            is_known = strcmp(names[k], t->params[i].name) == 0;
        if (!is_known) {
            api_bad_parameter(c, "query", "only parameters that the description names");
            return false;
        }
    }
    return true;
}

static bool is_json_wanted(struct api_call *c)
{
    const char *f = api_param(c, "f");

    if (!f || strcmp(f, "json") == 0)
        return true;
    api_bad_parameter(c, "f", "json");
    return false;
}

static bool has_no_parameters(struct api_call *c)
{
    static const char *const names[] = {"f", NULL};

    return is_json_wanted(c) && are_known(c, names);
}

static bool read_query(struct api_call *c, const struct ogc_collection *collection, struct ogc_answer *a)
{
    const char *names[] = {"f",
                           "bbox",
                           "datetime",
                           "limit",
                           "offset",
                           collection->has_state ? "state" : "f",
                           collection->has_district ? "district" : "f",
                           NULL};
    const char *box = api_param(c, "bbox"), *time = api_param(c, "datetime");

    *a = (struct ogc_answer){.call = c, .state = api_param(c, "state"), .district = api_param(c, "district")};
    if (!is_json_wanted(c) || !are_known(c, names) ||
        !api_param_int(c, "limit", 1, INT64_MAX / 2, LIMIT_DEFAULT, &a->limit) ||
        !api_param_int(c, "offset", 0, INT64_MAX / 2, 0, &a->offset))
        return false;
    if (a->limit > LIMIT_MAX)
        a->limit = LIMIT_MAX;
    if (box && ogc_box_parse(box, &a->box) != ERR_OK) {
        api_bad_parameter(c, "bbox", "west,south,east,north in degrees");
        return false;
    }
    if (time && ogc_time_parse(time, &a->time) != ERR_OK) {
        api_bad_parameter(c, "datetime", "a time as RFC 3339, or an interval like 2026-11-22T00:00:00Z/..");
        return false;
    }
    a->has_box = box != NULL;
    a->has_time = time && collection->has_time; /* 7.15.4: what has no time is not chosen by it */
    return true;
}

/* NULL: answered. */
static const struct ogc_collection *find_collection(struct api_call *c, const char *id)
{
    for (size_t i = 0; i < ogc_collection_count(); i++)
        if (strcmp(ogc_collections[i].id, id) == 0)
            return &ogc_collections[i];
    api_problem_err(c, ERR_NOT_FOUND);
    return NULL;
}

/* ---- features ---- */

bool ogc_offer(struct ogc_answer *a, const char *id, const struct ogc_box *box, ns_t from, ns_t to)
{
    if (a->error)
        return false;
    if (a->wanted) {
        bool is_it = a->returned == 0 && strcmp(id, a->wanted) == 0;
        a->returned += is_it;
        return is_it;
    }
    if (a->has_box && (!box || !ogc_box_overlaps(&a->box, box)))
        return false;
    if (a->has_time && (from > a->time.to || to < a->time.from))
        return false;
    if (a->matched++ < a->offset || a->returned >= a->limit)
        return false;
    a->returned++;
    return true;
}

static void put_position(struct json_out *j, const struct ogc_point *p)
{
    json_array_begin(j, NULL);
    json_fixed(j, NULL, p->lon, 6);
    json_fixed(j, NULL, p->lat, 6);
    json_array_end(j);
}

static void put_geometry(struct json_out *j, const struct ogc_point *points, size_t count)
{
    if (count == 0) {
        json_null(j, "geometry");
        return;
    }
    json_object_begin(j, "geometry");
    json_string(j, "type", count == 1 ? "Point" : "LineString");
    json_array_begin(j, "coordinates");
    if (count == 1) {
        json_fixed(j, NULL, points[0].lon, 6);
        json_fixed(j, NULL, points[0].lat, 6);
    }
    for (size_t i = 0; count > 1 && i < count; i++)
        put_position(j, &points[i]);
    json_array_end(j);
    json_object_end(j);
}

void ogc_feature_begin(struct ogc_answer *a, const char *id, const struct ogc_point *points, size_t count)
{
    json_object_begin(&a->j, NULL);
    json_string(&a->j, "type", "Feature");
    json_string(&a->j, "id", id);
    put_geometry(&a->j, points, count);
    json_object_begin(&a->j, "properties");
}

/* 7.16.2: one that was asked for alone says where it belongs. */
static void put_feature_links(struct ogc_answer *a)
{
    const char *collection = a->call->route->path + strlen(ROOT "/collections/");
    int len = (int)strcspn(collection, "/");

    json_array_begin(&a->j, "links");
    put_link(&a->j, a->call, "self", GEO, "/ogc/collections/%.*s/items/%s", len, collection, a->wanted);
    put_link(&a->j, a->call, "collection", JSON, "/ogc/collections/%.*s", len, collection);
    json_array_end(&a->j);
}

void ogc_feature_end(struct ogc_answer *a)
{
    json_object_end(&a->j); /* properties */
    if (a->wanted)
        put_feature_links(a);
    json_object_end(&a->j);
}

void ogc_feature_raw(struct ogc_answer *a, const char *text, size_t len)
{
    if (a->j.has_member)
        buf_str(&a->b, ",");
    buf_put(&a->b, text, len - 1);
    a->j.has_member = true;
    if (a->wanted)
        put_feature_links(a);
    json_object_end(&a->j);
}

/* Names of our own, which need no escape; values are given back as they came, but for what would end them. */
static void put_query(struct buf *out, const struct http_target *t)
{
    for (size_t i = 0; i < t->param_count; i++) {
        if (strcmp(t->params[i].name, "offset") == 0 || strcmp(t->params[i].name, "limit") == 0)
            continue;
        buf_printf(out, "&%s=", t->params[i].name);
        for (const char *p = t->params[i].value; *p; p++) {
            if (strchr("&#+%? \"<>", *p) || (unsigned char)*p >= 0x80)
                buf_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
            else
                buf_put(out, p, 1);
        }
    }
}

static void put_page_links(struct ogc_answer *a, const struct ogc_collection *collection)
{
    const struct http_target *t = http_request_target(a->call->request);
    struct buf query = BUF_INIT;

    put_query(&query, t);
    json_array_begin(&a->j, "links");
    put_link(&a->j, a->call, "self", GEO, "/ogc/collections/%s/items?limit=%lld&offset=%lld%s",
             collection->id, (long long)a->limit, (long long)a->offset, query.data ? query.data : "");
    put_link(&a->j, a->call, "collection", JSON, "/ogc/collections/%s", collection->id);
    if (a->offset + a->returned < a->matched)
        put_link(&a->j, a->call, "next", GEO, "/ogc/collections/%s/items?limit=%lld&offset=%lld%s",
                 collection->id, (long long)a->limit, (long long)(a->offset + a->returned),
                 query.data ? query.data : "");
    json_array_end(&a->j);
    buf_fini(&query);
}

static void finish(struct ogc_answer *a)
{
    if (a->error) {
        buf_fini(&a->b);
        api_problem_err(a->call, a->error);
        return;
    }
    api_reply(a->call, 200, GEO, &a->b);
}

void api_ogc_items(struct api_call *c)
{
    const struct ogc_collection *collection = find_collection(c, c->param);
    struct ogc_answer a;

    if (!collection || !read_query(c, collection, &a))
        return;
    json_init(&a.j, &a.b);
    json_object_begin(&a.j, NULL);
    json_string(&a.j, "type", "FeatureCollection");
    json_array_begin(&a.j, "features");
    collection->visit(&a);
    json_array_end(&a.j);
    json_int(&a.j, "numberMatched", a.matched);
    json_int(&a.j, "numberReturned", a.returned);
    put_page_links(&a, collection);
    json_object_end(&a.j);
    finish(&a);
}

/* The collection stands in the route's own path: a route has one parameter. */
void api_ogc_item(struct api_call *c)
{
    const char *rest = c->route->path + strlen(ROOT "/collections/");
    struct ogc_answer a = {.call = c, .wanted = c->param};
    char id[32];

    snprintf(id, sizeof id, "%.*s", (int)strcspn(rest, "/"), rest);
    const struct ogc_collection *collection = find_collection(c, id);
    if (!collection || !has_no_parameters(c))
        return;
    json_init(&a.j, &a.b);
    collection->visit(&a);
    if (!a.error && a.returned == 0)
        a.error = ERR_NOT_FOUND;
    finish(&a);
}

/* ---- what there is ---- */

static struct ogc_box city_box(const struct dashboard *d)
{
    const struct relations *r = snapshot_relations(d->snapshot);
    struct ogc_box box = ogc_box_empty();
    size_t count;

    inventory_hotspots(d->inventory, &count);
    for (size_t i = 0; i < count; i++)
        ogc_box_widen(&box, r->hotspots[i].at.lon, r->hotspots[i].at.lat);
    return box;
}

static void put_extent(struct json_out *j, const struct dashboard *d)
{
    const struct ogc_box box = city_box(d);

    if (!isfinite(box.west))
        return;
    json_object_begin(j, "extent");
    json_object_begin(j, "spatial");
    json_array_begin(j, "bbox");
    json_array_begin(j, NULL);
    json_fixed(j, NULL, box.west, 6);
    json_fixed(j, NULL, box.south, 6);
    json_fixed(j, NULL, box.east, 6);
    json_fixed(j, NULL, box.north, 6);
    json_array_end(j);
    json_array_end(j);
    json_string(j, "crs", CRS84);
    json_object_end(j);
    json_object_end(j);
}

static void put_collection(struct json_out *j, const struct api_call *c,
                           const struct ogc_collection *collection)
{
    json_object_begin(j, NULL);
    json_string(j, "id", collection->id);
    json_string(j, "title", collection->title);
    json_string(j, "description", collection->description);
    json_string(j, "itemType", "feature");
    put_extent(j, c->dashboard);
    json_array_begin(j, "crs");
    json_string(j, NULL, CRS84);
    json_array_end(j);
    json_array_begin(j, "links");
    put_link(j, c, "self", JSON, "/ogc/collections/%s", collection->id);
    put_link(j, c, "items", GEO, "/ogc/collections/%s/items", collection->id);
    json_array_end(j);
    json_object_end(j);
}

void api_ogc_landing(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!has_no_parameters(c))
        return;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "title", c->dashboard->settings->dashboard.title);
    json_string(&j, "description", "Hotspots, links, reports and coverage as OGC API - Features");
    json_array_begin(&j, "links");
    put_link(&j, c, "self", JSON, "/ogc");
    put_link(&j, c, "service-desc", "application/vnd.oai.openapi+json;version=3.1", "/openapi.json");
    put_link(&j, c, "conformance", JSON, "/ogc/conformance");
    put_link(&j, c, "data", JSON, "/ogc/collections");
    json_array_end(&j);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

void api_ogc_conformance(struct api_call *c)
{
    static const char *const classes[] = {"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                                          "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"};
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!has_no_parameters(c))
        return;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "conformsTo");
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        json_string(&j, NULL, classes[i]);
    json_array_end(&j);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

void api_ogc_collections(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!has_no_parameters(c))
        return;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "links");
    put_link(&j, c, "self", JSON, "/ogc/collections");
    json_array_end(&j);
    json_array_begin(&j, "collections");
    for (size_t i = 0; i < ogc_collection_count(); i++)
        put_collection(&j, c, &ogc_collections[i]);
    json_array_end(&j);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

void api_ogc_collection(struct api_call *c)
{
    const struct ogc_collection *collection = find_collection(c, c->param);
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!collection || !has_no_parameters(c))
        return;
    json_init(&j, &b);
    put_collection(&j, c, collection);
    api_reply(c, 200, NULL, &b);
}
