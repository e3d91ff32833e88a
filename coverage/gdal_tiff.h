/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_tiff.h - the raster as a cloud optimised GeoTIFF, with overviews. */
#ifndef NW_COVERAGE_GDAL_TIFF_H
#define NW_COVERAGE_GDAL_TIFF_H

#include "coverage/coverage.h"
#include "lib/base/err.h"

#define GDAL_TIFF_NODATA -9999.0

/* Bands of 32-bit floats with descriptions: planned, delivered, indoors, delivered_indoors (0..1), level_dbm,
 * servers, mbit. Nodata where nothing serves (level), and where nothing was measured (delivered). epsg:
 * EPSG_LAEA, or another one that it is warped to (nearest neighbour). path must not exist. ERR_UNSUPPORTED:
 * GDAL lacks the drivers; ERR_IO. */
enum err gdal_tiff_write(const struct coverage *c, int epsg, const char *path) NW_CHECKED;

#endif
