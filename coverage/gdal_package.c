/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_package.c - writes a GeoPackage with OGR. */
#include "coverage/gdal_package.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "coverage/gdal_geo.h"
#include "coverage/gdal_style.h"
#include "lib/base/timex.h"

struct column {
    const char *name;
    OGRFieldType type;
};

static OGRLayerH create_layer(GDALDatasetH package, const char *name, int epsg, OGRwkbGeometryType geometry,
                              const struct column *columns, size_t count)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OGRLayerH layer = NULL;

    if (srs && OSRImportFromEPSG(srs, epsg) == OGRERR_NONE) {
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
        layer = GDALDatasetCreateLayer(package, name, srs, geometry, NULL);
    }
    OSRRelease(srs);
    for (size_t i = 0; layer && i < count; i++) {
        OGRFieldDefnH field = OGR_Fld_Create(columns[i].name, columns[i].type);
        if (OGR_L_CreateField(layer, field, TRUE) != OGRERR_NONE)
            layer = NULL;
        OGR_Fld_Destroy(field);
    }
    return layer;
}

static void set_number(OGRFeatureH feature, int field, double value)
{
    if (isfinite(value))
        OGR_F_SetFieldDouble(feature, field, value);
}

static OGRGeometryH cell_polygon(const struct grid_cell *cell)
{
    static const int corners[][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon), ring = OGR_G_CreateGeometry(wkbLinearRing);

    for (size_t i = 0; i < ARRAY_LEN(corners); i++)
        OGR_G_AddPoint_2D(ring, cell->easting + corners[i][0] * GRID_CELL_M,
                          cell->northing + corners[i][1] * GRID_CELL_M);
    OGR_G_AddGeometryDirectly(polygon, ring);
    return polygon;
}

/* Adds the feature to the layer and frees both. */
static bool add_feature(OGRLayerH layer, OGRFeatureH feature, OGRGeometryH geometry)
{
    bool is_fine = OGR_F_SetGeometryDirectly(feature, geometry) == OGRERR_NONE &&
                   OGR_L_CreateFeature(layer, feature) == OGRERR_NONE;

    OGR_F_Destroy(feature);
    return is_fine;
}

static bool add_cell(OGRLayerH layer, const struct coverage *c, size_t index)
{
    const struct grid_cell *cell = &c->grid.cells[index];
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    char code[GRID_CODE_SIZE];

    grid_cell_code(cell->easting, cell->northing, code);
    OGR_F_SetFieldString(feature, 0, code);
    if (c->districts[index])
        OGR_F_SetFieldString(feature, 1, c->districts[index]->id);
    set_number(feature, 2, cell->planned);
    set_number(feature, 3, coverage_known(cell->delivered, cell->completeness));
    set_number(feature, 4, cell->completeness);
    for (int b = 0; b < GRID_BANDS; b++)
        set_number(feature, 5 + b, cell->by_band[b]);
    set_number(feature, 8, cell->level_dbm);
    OGR_F_SetFieldInteger(feature, 9, cell->servers);
    if (cell->best < c->server_count && c->hotspots[cell->best])
        OGR_F_SetFieldString(feature, 10, c->hotspots[cell->best]->id);
    set_number(feature, 11, cell->indoors);
    set_number(feature, 12, coverage_known(cell->delivered_indoors, cell->completeness));
    set_number(feature, 13, cell->sure);
    set_number(feature, 14, cell->median);
    set_number(feature, 15, cell->valid);
    set_number(feature, 16, cell->mbit);
    return add_feature(layer, feature, cell_polygon(cell));
}

static enum err write_cells(GDALDatasetH package, const struct coverage *c)
{
    static const struct column columns[] = {{"cell", OFTString},
                                            {"district", OFTString},
                                            {"planned", OFTReal},
                                            {"delivered", OFTReal},
                                            {"completeness", OFTReal},
                                            {"planned_2_4", OFTReal},
                                            {"planned_5", OFTReal},
                                            {"planned_6", OFTReal},
                                            {"level_dbm", OFTReal},
                                            {"hotspots", OFTInteger},
                                            {"best_hotspot", OFTString},
                                            {"indoors", OFTReal},
                                            {"delivered_indoors", OFTReal},
                                            {"sure", OFTReal},
                                            {"median", OFTReal},
                                            {"valid", OFTReal},
                                            {"mbit", OFTReal}};
    OGRLayerH layer =
        create_layer(package, "coverage_cells", EPSG_LAEA, wkbPolygon, columns, ARRAY_LEN(columns));
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    if (!layer)
        return ERR_IO;
    for (size_t i = 0; i < cells; i++)
        if (coverage_cell_is_shown(c, i) && !add_cell(layer, c, i))
            return ERR_IO;
    return ERR_OK;
}

static enum err write_hotspots(GDALDatasetH package, const struct coverage *c, const struct inventory *inv)
{
    static const struct column columns[] = {{"hotspot", OFTString},    {"name", OFTString},
                                            {"site", OFTString},       {"district", OFTString},
                                            {"availability", OFTReal}, {"completeness", OFTReal}};
    OGRLayerH layer = create_layer(package, "hotspots", EPSG_UTM32, wkbPoint, columns, ARRAY_LEN(columns));
    struct gdal_transform *to_utm = NULL;
    enum err e = layer ? gdal_transform_new(EPSG_LAEA, EPSG_UTM32, &to_utm) : ERR_IO;

    for (size_t i = 0; !e && i < c->server_count; i++) {
        double x = c->servers[i].easting, y = c->servers[i].northing;
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
        e = gdal_transform_points(to_utm, &x, &y, 1);
        OGR_G_SetPoint_2D(point, 0, x, y);
        OGR_F_SetFieldString(feature, 0, c->hotspots[i]->id);
        OGR_F_SetFieldString(feature, 1, c->hotspots[i]->name);
        OGR_F_SetFieldString(feature, 2, c->hotspots[i]->site);
        OGR_F_SetFieldString(feature, 3, hotspot_district_id(inv, c->hotspots[i]));
        set_number(feature, 4, c->servers[i].availability);
        set_number(feature, 5, c->servers[i].completeness);
        if (!add_feature(layer, feature, point) && !e)
            e = ERR_IO;
    }
    gdal_transform_free(to_utm);
    return e;
}

/* What a reader must know to trust the figures; QGIS shows it with the layer's source. */
static void describe(GDALDatasetH package, const struct coverage *c)
{
    char from[TIMEX_RFC3339_SIZE], to[TIMEX_RFC3339_SIZE], threshold[32];

    timex_rfc3339(c->from, from);
    timex_rfc3339(c->to, to);
    snprintf(threshold, sizeof threshold, "%.1f", c->threshold_dbm);
    GDALSetMetadataItem(package, "MODEL",
                        c->settings->model == COVERAGE_UMI ? FOOTPRINT_UMI_TEXT : FOOTPRINT_MODEL_TEXT, NULL);
    GDALSetMetadataItem(package, "RULE", FOOTPRINT_RULE_TEXT, NULL);
    GDALSetMetadataItem(package, "AVAILABILITY_FROM", from, NULL);
    GDALSetMetadataItem(package, "AVAILABILITY_TO", to, NULL);
    GDALSetMetadataItem(package, "THRESHOLD_DBM", threshold, NULL);
}

enum err gdal_package_write(const struct coverage *c, const struct inventory *inv, ns_t generated,
                            const char *path)
{
    char when[TIMEX_RFC3339_SIZE];
    GDALDriverH driver;
    GDALDatasetH package;
    enum err e = ERR_OK;

    GDALAllRegister();
    timex_rfc3339(generated, when);
    CPLSetConfigOption("OGR_CURRENT_DATE", when); /* of last_change; else two runs differ */
    driver = GDALGetDriverByName("GPKG");
    if (!driver)
        return ERR_UNSUPPORTED;
    package = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!package)
        return ERR_IO;
    describe(package, c);
    if (GDALDatasetStartTransaction(package, FALSE) != OGRERR_NONE)
        e = ERR_IO;
    if (!e)
        e = write_cells(package, c);
    if (!e)
        e = write_hotspots(package, c, inv);
    if (!e)
        e = gdal_style_write(package, generated);
    if (!e && GDALDatasetCommitTransaction(package) != OGRERR_NONE)
        e = ERR_IO;
    GDALClose(package);
    return e;
}
