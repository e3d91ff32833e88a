/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_geo.h - coordinates between reference systems, and GeoPackage files. The gdal_* files are the only
 * ones that know GDAL and PROJ. */
#ifndef NW_COVERAGE_GDAL_GEO_H
#define NW_COVERAGE_GDAL_GEO_H

#include <stddef.h>

#include "lib/base/err.h"

enum { EPSG_WGS84 = 4326, EPSG_LAEA = 3035, EPSG_UTM32 = 25832 };

struct gdal_transform; /* opaque */

/* x is easting or longitude, y northing or latitude, whatever the system's official axis order. */
enum err gdal_transform_new(int from_epsg, int to_epsg, struct gdal_transform **out) NW_CHECKED;
void gdal_transform_free(struct gdal_transform *t);
/* In place; ERR_RANGE if a point has no image. */
enum err gdal_transform_points(struct gdal_transform *t, double *x, double *y, size_t count) NW_CHECKED;

#endif
