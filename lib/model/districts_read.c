/* SPDX-License-Identifier: GPL-3.0-or-later */
/* districts_read.c - GeoJSON as districts. Pure apart from reading the file. */
#include "lib/model/districts.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { FILE_MAX = 64 * 1024 * 1024, DEPTH_MAX = 32 };

struct reading {
    struct conf_report *report;
    struct conf_pos at; /* of the whole file: jansson keeps no positions */
    const struct district_keys *keys;
    size_t feature; /* from 1 */
    const char *id; /* of the feature, NULL while it is not known */
};

static enum err complain(struct reading *r, const char *fmt, ...) NW_PRINTF(2, 3);
static enum err complain(struct reading *r, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list args;

    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    conf_report_add(r->report, r->at, "feature %zu%s%s%s: %s", r->feature, r->id ? " (" : "",
                    r->id ? r->id : "", r->id ? ")" : "", text.data ? text.data : "");
    buf_fini(&text);
    return ERR_MALFORMED;
}

/* ---- rings ---- */

static enum err read_position(struct reading *r, const json_t *pair, struct geo_point *out)
{
    const json_t *x = json_array_get(pair, 0), *y = json_array_get(pair, 1);
    double lon = json_number_value(x), lat = json_number_value(y);

    if (!json_is_number(x) || !json_is_number(y))
        return complain(r, "expected positions like [9.99, 53.7], longitude first");
    if (fabs(lon) > 360 || fabs(lat) > 360)
        return complain(
            r,
            "%.0f, %.0f are metres of a map, not degrees: GeoJSON is in WGS84, convert with `ogr2ogr "
            "-t_srs EPSG:4326 out.geojson in`",
            lon, lat);
    if (fabs(lat) > 90 || fabs(lon) > 180)
        return complain(r, "%g, %g is no place: expected longitude (-180 to 180), then latitude (-90 to 90)",
                        lon, lat);
    *out = (struct geo_point){lat, lon};
    return ERR_OK;
}

static bool is_closed(const struct geo_ring *ring)
{
    struct geo_point first = ring->points[0], last = ring->points[ring->count - 1];

    return first.lat == last.lat && first.lon == last.lon;
}

static enum err read_ring(struct reading *r, const json_t *json, struct geo_ring *ring)
{
    size_t count = json_array_size(json);

    if (count < 4)
        return complain(r, "a ring has %zu positions, expected at least 4, the last the same as the first",
                        count);
    ring->points = calloc(count, sizeof *ring->points);
    if (!ring->points)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        enum err e = read_position(r, json_array_get(json, i), &ring->points[i]);
        if (e)
            return e;
        ring->count++;
    }
    if (!is_closed(ring))
        return complain(r, "a ring is open: its last position, %g, %g, must be its first, %g, %g",
                        ring->points[count - 1].lon, ring->points[count - 1].lat, ring->points[0].lon,
                        ring->points[0].lat);
    if (geo_ring_area_km2(ring) < 1e-9)
        return complain(r, "a ring encloses nothing");
    return ERR_OK;
}

static enum err read_polygon(struct reading *r, const json_t *polygon, struct district *d)
{
    size_t index;
    json_t *ring;

    json_array_foreach(polygon, index, ring)
    {
        struct geo_ring *grown = realloc(d->rings, (d->ring_count + 1) * sizeof *grown);
        enum err e;
        if (!grown)
            return ERR_NOMEM;
        d->rings = grown;
        d->rings[d->ring_count] = (struct geo_ring){.is_hole = index > 0};
        e = read_ring(r, ring, &d->rings[d->ring_count++]);
        if (e)
            return e;
    }
    return index ? ERR_OK : complain(r, "its polygon is empty");
}

/* ---- features ---- */

/* The property, a text or a number; of the id also the feature's own (RFC 7946, 3.2). malloc'ed or NULL. */
static char *property(const json_t *feature, const char *key, bool is_id)
{
    const json_t *value = json_object_get(json_object_get(feature, "properties"), key);

    if (!value && is_id)
        value = json_object_get(feature, "id");
    if (json_is_integer(value))
        return strx_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return json_is_string(value) ? strdup(json_string_value(value)) : NULL;
}

static enum err read_names(struct reading *r, const json_t *feature, struct district *d)
{
    char made[STRX_ID_SIZE];

    d->name = property(feature, r->keys->name, false);
    d->id = property(feature, r->keys->id, true);
    if (r->keys->makes_ids && (!d->id || !strx_is_id(d->id))) {
        strx_make_id(d->id ? d->id : d->name ? d->name : "", made);
        free(d->id);
        d->id = strdup(made);
    }
    if (!d->id || !strx_is_id(d->id))
        return complain(
            r, "expected a Polygon or MultiPolygon with the properties %s (a-z, 0-9, '.', '_', '-') and %s",
            r->keys->id, r->keys->name);
    r->id = d->id;
    if (!d->name)
        d->name = strdup(d->id);
    return d->name ? ERR_OK : ERR_NOMEM;
}

static enum err read_feature(struct reading *r, const json_t *feature, struct district *d)
{
    const json_t *geometry = json_object_get(feature, "geometry");
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    const char *type = json_string_value(json_object_get(geometry, "type"));
    size_t index;
    json_t *polygon;
    enum err e = read_names(r, feature, d);

    if (e)
        return e;
    if (!type || (strcmp(type, "Polygon") != 0 && strcmp(type, "MultiPolygon") != 0))
        return complain(r, "expected a Polygon or MultiPolygon, not %.30s", type ? type : "nothing");
    if (strcmp(type, "Polygon") == 0)
        return read_polygon(r, coordinates, d);
    json_array_foreach(coordinates, index, polygon)
    {
        e = read_polygon(r, polygon, d);
        if (e)
            return e;
    }
    return index ? ERR_OK : complain(r, "its geometry is empty");
}

/* RFC 7946 knows WGS84 alone; files of before 2016 may name another system. */
static void check_system(struct reading *r, const json_t *root)
{
    const json_t *crs = json_object_get(root, "crs");
    const char *name = json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));

    if (name && !strstr(name, "CRS84") && !strx_ends_with(name, ":4326"))
        conf_report_add(
            r->report, r->at,
            "its coordinates are in %.60s, expected WGS84: convert with `ogr2ogr -t_srs EPSG:4326 "
            "out.geojson in`",
            name);
}

static bool stands_before(const struct district_list *list, const char *id)
{
    for (size_t i = 0; i + 1 < list->count; i++)
        if (list->items[i].id && strcmp(list->items[i].id, id) == 0)
            return true;
    return false;
}

static enum err read_features(struct reading *r, const json_t *root, struct district_list *out)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    size_t index;
    json_t *feature;
    enum err e = ERR_OK;

    if ((type && strcmp(type, "FeatureCollection") != 0) || json_array_size(features) == 0)
        conf_report_add(r->report, r->at, "expected a GeoJSON FeatureCollection with at least one feature");
    check_system(r, root);
    out->items = calloc(json_array_size(features) + 1, sizeof *out->items);
    if (!out->items)
        return ERR_NOMEM;
    json_array_foreach(features, index, feature)
    {
        struct district *d = &out->items[out->count++];

        r->feature = index + 1;
        r->id = NULL;
        e = read_feature(r, feature, d);
        if (e == ERR_NOMEM)
            return e;
        if (!e && stands_before(out, d->id))
            complain(r, "the id \"%s\" stands here a second time; ids must be unique", d->id);
    }
    return ERR_OK;
}

enum err districts_read(const char *file, const char *text, size_t len, const struct district_keys *keys,
                        struct conf_report *report, struct district_list *out)
{
    static const struct district_keys usual = {"id", "name", false};
    struct reading r = {report, {conf_report_file(report, file), 1, 1}, keys ? keys : &usual, 0, NULL};
    size_t before = conf_report_count(report);
    json_error_t problem = {.line = 1, .column = 1};
    json_t *root = NULL;
    enum err e = ERR_OK;

    *out = (struct district_list){0};
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (strx_is_nested(text, len, DEPTH_MAX))
        strx_copy(problem.text, sizeof problem.text, "nested deeper than 32 levels");
    else
        root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
    if (root) {
        e = read_features(&r, root, out);
    } else {
        r.at.line = problem.line > 0 ? (unsigned)problem.line : 1;
        r.at.column = problem.column > 0 ? (unsigned)problem.column : 1;
        conf_report_add(report, r.at, "expected a GeoJSON FeatureCollection: %s", problem.text);
    }
    json_decref(root);
    return e ? e : conf_report_count(report) > before ? ERR_CONFIG : ERR_OK;
}

enum err districts_read_file(const char *path, const struct district_keys *keys, struct conf_report *report,
                             struct district_list *out)
{
    struct conf_pos at = {conf_report_file(report, path), 1, 1};
    struct buf text;
    enum err e;

    buf_init(&text, FILE_MAX);
    e = buf_read_file(&text, path);
    if (e)
        conf_report_add(report, at, "expected a GeoJSON FeatureCollection: %s",
                        e == ERR_LIMIT ? "larger than 64 MiB" : err_text(e));
    else
        e = districts_read(path, text.data ? text.data : "", text.len, keys, report, out);
    buf_fini(&text);
    return e == ERR_NOMEM ? e : e ? ERR_CONFIG : ERR_OK;
}
