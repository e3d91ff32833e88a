/* SPDX-License-Identifier: GPL-3.0-or-later */
/* districts.h - districts as polygons: read from GeoJSON (RFC 7946), measured, written. Pure. */
#ifndef NW_MODEL_DISTRICTS_H
#define NW_MODEL_DISTRICTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/runtime/conf.h"

struct geo_point {
    double lat, lon; /* WGS84 degrees */
};

struct geo_ring {
    struct geo_point *points; /* closed: the last equals the first */
    size_t count;
    bool is_hole; /* of the polygon whose outer ring stands before it */
};

struct district {
    char *id, *name;
    struct geo_ring
        *rings; /* outer rings and holes: a point is inside if it is inside an odd number of them */
    size_t ring_count;
};

struct district_list {
    struct district *items;
    size_t count;
};

/* Which properties of a feature say its id and name. */
struct district_keys {
    const char *id, *name;
    bool makes_ids; /* of what is no id; else that is a mistake */
};

/* Reads a FeatureCollection of Polygons and MultiPolygons in longitude, latitude (WGS84). What is wrong is
 * reported by feature: no polygon, open rings, fewer than four positions, no area, other coordinate systems,
 * ids twice. keys NULL: "id" and "name". At most 64 MiB and 32 levels. ERR_CONFIG if anything was reported,
 * out has what could be read; ERR_NOMEM. Free out in any case. */
enum err districts_read(const char *file, const char *text, size_t len, const struct district_keys *keys,
                        struct conf_report *report, struct district_list *out) NW_CHECKED;
enum err districts_read_file(const char *path, const struct district_keys *keys, struct conf_report *report,
                             struct district_list *out) NW_CHECKED;
void districts_fini(struct district_list *list);

/* Even-odd rule over the rings. */
bool district_contains(const struct district *d, struct geo_point p);
/* On the sphere; for what lies in a city within some thousandths of the ellipsoid's. */
double geo_ring_area_km2(const struct geo_ring *ring);
double district_area_km2(const struct district *d);
/* The same id, name and positions. */
bool district_is_equal(const struct district *a, const struct district *b);

/* A FeatureCollection; generator is a foreign member of that name (RFC 7946, 6.1). */
void districts_write(struct buf *out, const struct district_list *list, const char *generator);

#endif
