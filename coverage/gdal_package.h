/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_package.h - coverage as a GeoPackage: layer coverage_cells (EPSG:3035) and layer hotspots
 * (EPSG:25832). */
#ifndef NW_COVERAGE_GDAL_PACKAGE_H
#define NW_COVERAGE_GDAL_PACKAGE_H

#include "coverage/coverage.h"
#include "lib/base/err.h"

/* QGIS draws both in colour (gdal_style.h). generated: wall time that the file says. path must not exist.
 * ERR_UNSUPPORTED: GDAL has no GPKG driver. */
enum err gdal_package_write(const struct coverage *c, const struct inventory *inv, ns_t generated,
                            const char *path) NW_CHECKED;

#endif
