/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_style.h - how QGIS draws our layers: table layer_styles, which it reads by itself. */
#ifndef NW_COVERAGE_GDAL_STYLE_H
#define NW_COVERAGE_GDAL_STYLE_H

#include "lib/base/err.h"
#include "lib/base/units.h"

/* package: a GDALDatasetH open for writing. generated: wall time that the table says. */
enum err gdal_style_write(void *package, ns_t generated) NW_CHECKED;

#endif
