/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_buildings.h - footprints of buildings from what a survey office gives: GeoPackage, Shapefile, GeoJSON,
 * GML (ALKIS, CityGML), FlatGeobuf, in any reference system that PROJ knows.
 *
 * The file is foreign: GDAL reads it in a process of its own with bounds of memory, time and writing, and
 * what comes back is checked again. */
#ifndef NW_COVERAGE_GDAL_BUILDINGS_H
#define NW_COVERAGE_GDAL_BUILDINGS_H

#include "coverage/buildings.h"
#include "coverage/raster.h"
#include "lib/base/err.h"

struct gdal_buildings_findings {
    size_t features;
    size_t used;       /* buildings */
    size_t no_polygon; /* points, lines, solids, nothing */
    size_t broken;     /* rings of fewer than three points, or without an image in EPSG:3035 */
    size_t elsewhere;  /* outside of the extent */
    size_t duplicates; /* the same bounding box as another one's */
    char problem[160]; /* why nothing could be read; "" */
};

/* Buildings that touch the extent (EPSG:3035), indexed. A height comes from a field height, measuredHeight,
 * hoehe, building_height. *out is NULL on error: ERR_MALFORMED (no such format, no reference system, GDAL
 * crashed or met a bound), ERR_NOT_FOUND, ERR_LIMIT, ERR_NOMEM; findings->problem says more. */
enum err gdal_buildings_read(const char *path, const struct raster_extent *extent, struct buildings **out,
                             struct gdal_buildings_findings *findings) NW_CHECKED;

#endif
