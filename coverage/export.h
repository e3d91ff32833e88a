/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.h - coverage and availability as text: GeoJSON (RFC 7946) and CSV (RFC 4180). Pure. The GeoPackage
 * is gdal_package.h's. */
#ifndef NW_COVERAGE_EXPORT_H
#define NW_COVERAGE_EXPORT_H

#include "coverage/coverage.h"
#include "coverage/gdal_buildings.h"
#include "lib/base/buf.h"
#include "lib/base/csv_out.h"
#include "lib/base/json_out.h"
#include "lib/stores/availability.h"

/* A FeatureCollection of cells in WGS84; the member "summary" holds the figures by district and what was
 * assumed. generated: wall time. buildings: NULL if there was no file of them. */
void export_coverage_geojson(const struct coverage *c, const struct gdal_buildings_findings *buildings,
                             ns_t generated, struct buf *out);
/* One row per cell, with its EPSG:3035 code. */
void export_coverage_csv(const struct coverage *c, struct csv_out *csv);

/* Cells by class and published hotspots (OGC KML 2.2). */
void export_coverage_kml(const struct coverage *c, const struct inventory *inv, struct buf *out);

/* Member "geometry" of a cell, WGS84. */
void export_cell_polygon(struct json_out *j, const struct coverage *c, size_t cell);

struct availability_row {
    const struct hotspot *hotspot;
    const char *site_name, *district_name;
    struct availability time;
    size_t outages; /* intervals that were unusable */
    ns_t longest_outage;
};

/* One row per hotspot; times in seconds, availability in percent. */
void export_availability_csv(const struct availability_row *rows, size_t count, ns_t from, ns_t to,
                             struct csv_out *csv);

#endif
