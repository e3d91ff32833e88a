/* SPDX-License-Identifier: GPL-3.0-or-later */
/* districts.c - what districts enclose, and districts as GeoJSON. Pure. */
#include "lib/model/districts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_out.h"

#define EARTH_RADIUS_KM 6371.0088 /* mean radius, IUGG */

void districts_fini(struct district_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->items[i].ring_count; k++)
            free(list->items[i].rings[k].points);
        free(list->items[i].rings);
        free(list->items[i].id);
        free(list->items[i].name);
    }
    free(list->items);
    *list = (struct district_list){0};
}

/* ---- geometry ---- */

bool district_contains(const struct district *d, struct geo_point p)
{
    bool is_inside = false;

    for (size_t r = 0; r < d->ring_count; r++) {
        const struct geo_ring *ring = &d->rings[r];
        for (size_t i = 0, j = ring->count - 1; i < ring->count; j = i++) {
            struct geo_point a = ring->points[i], b = ring->points[j];
            if ((a.lat > p.lat) != (b.lat > p.lat) &&
                p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon)
                is_inside = !is_inside;
        }
    }
    return is_inside;
}

double geo_ring_area_km2(const struct geo_ring *ring)
{
    const double degree = 3.14159265358979323846 / 180;
    double sum = 0;

    /* Chamberlain & Duquette, "Some algorithms for polygons on a sphere", JPL 07-03 */
    for (size_t i = 0; i + 1 < ring->count; i++) {
        struct geo_point a = ring->points[i], b = ring->points[i + 1];
        sum += (b.lon - a.lon) * degree * (2 + sin(a.lat * degree) + sin(b.lat * degree));
    }
    return fabs(sum) * EARTH_RADIUS_KM * EARTH_RADIUS_KM / 2;
}

double district_area_km2(const struct district *d)
{
    double sum = 0;

    for (size_t i = 0; i < d->ring_count; i++)
        sum += (d->rings[i].is_hole ? -1 : 1) * geo_ring_area_km2(&d->rings[i]);
    return sum;
}

bool district_is_equal(const struct district *a, const struct district *b)
{
    bool is_equal =
        strcmp(a->id, b->id) == 0 && strcmp(a->name, b->name) == 0 && a->ring_count == b->ring_count;

    for (size_t i = 0; is_equal && i < a->ring_count; i++) {
        const struct geo_ring *x = &a->rings[i], *y = &b->rings[i];

        is_equal = x->is_hole == y->is_hole && x->count == y->count;
        for (size_t k = 0; is_equal && k < x->count; k++)
            is_equal = x->points[k].lat == y->points[k].lat && x->points[k].lon == y->points[k].lon;
    }
    return is_equal;
}

/* ---- writing ---- */

static void put_ring(struct json_out *json, const struct geo_ring *ring)
{
    json_array_begin(json, NULL);
    for (size_t i = 0; i < ring->count; i++) {
        json_array_begin(json, NULL);
        json_double(json, NULL, ring->points[i].lon);
        json_double(json, NULL, ring->points[i].lat);
        json_array_end(json);
    }
    json_array_end(json);
}

static void put_feature(struct json_out *json, const struct district *d)
{
    json_object_begin(json, NULL);
    json_string(json, "type", "Feature");
    json_object_begin(json, "properties");
    json_string(json, "id", d->id);
    json_string(json, "name", d->name);
    json_object_end(json);
    json_object_begin(json, "geometry");
    json_string(json, "type", "MultiPolygon");
    json_array_begin(json, "coordinates");
    for (size_t i = 0; i < d->ring_count; i++) {
        if (!d->rings[i].is_hole)
            json_array_begin(json, NULL);
        put_ring(json, &d->rings[i]);
        if (i + 1 == d->ring_count || !d->rings[i + 1].is_hole)
            json_array_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    json_object_end(json);
}

void districts_write(struct buf *out, const struct district_list *list, const char *generator)
{
    struct json_out json;

    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "generator", generator);
    json_string(&json, "type", "FeatureCollection");
    json_array_begin(&json, "features");
    for (size_t i = 0; i < list->count; i++)
        put_feature(&json, &list->items[i]);
    json_array_end(&json);
    json_object_end(&json);
    buf_str(out, "\n");
}
