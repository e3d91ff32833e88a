/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_tiff.c - squares into a dataset in memory, then through GDAL's COG driver. */
#include "coverage/gdal_tiff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include "coverage/gdal_geo.h"

static float planned(const struct raster_place *p)
{
    return (float)raster_outdoors(p);
}

static float delivered(const struct raster_place *p)
{
    return (float)coverage_known(p->delivered, p->completeness);
}

static float indoors(const struct raster_place *p)
{
    return (float)raster_indoors(p);
}

static float delivered_indoors(const struct raster_place *p)
{
    return (float)coverage_known(p->delivered_indoors, p->completeness);
}

static float level(const struct raster_place *p)
{
    return p->level_dbm;
}

static float servers(const struct raster_place *p)
{
    return p->servers;
}

static float mbit(const struct raster_place *p)
{
    return p->mbit;
}

static const struct {
    const char *name, *unit;
    float (*value)(const struct raster_place *p);
} bands[] = {{"planned", "1", planned},   {"delivered", "1", delivered},
             {"indoors", "1", indoors},   {"delivered_indoors", "1", delivered_indoors},
             {"level_dbm", "dBm", level}, {"servers", "1", servers},
             {"mbit", "Mbit/s", mbit}};

/* The northernmost row first. */
static enum err fill_band(GDALDatasetH memory, const struct raster *r, size_t number, float *line)
{
    GDALRasterBandH band = GDALGetRasterBand(memory, (int)number + 1);

    GDALSetDescription(band, bands[number].name);
    (void)GDALSetRasterUnitType(band, bands[number].unit);
    (void)GDALSetRasterNoDataValue(band, GDAL_TIFF_NODATA);
    for (int row = 0; row < r->rows; row++) {
        const struct raster_place *places = &r->places[(size_t)(r->rows - 1 - row) * (size_t)r->columns];
        for (int column = 0; column < r->columns; column++) {
            float value = bands[number].value(&places[column]);
            line[column] = isfinite(value) ? value : (float)GDAL_TIFF_NODATA;
        }
        if (GDALRasterIO(band, GF_Write, 0, row, r->columns, 1, line, r->columns, 1, GDT_Float32, 0, 0) !=
            CE_None)
            return ERR_IO;
    }
    return ERR_OK;
}

static enum err fill(GDALDatasetH memory, const struct coverage *c)
{
    const struct raster *r = &c->raster;
    double place[] = {r->easting, r->step_m, 0, r->northing + (double)r->rows * r->step_m, 0, -r->step_m};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    float *line = calloc((size_t)r->columns, sizeof *line);
    enum err e = srs && line ? ERR_OK : ERR_NOMEM;

    if (!e && (OSRImportFromEPSG(srs, EPSG_LAEA) != OGRERR_NONE ||
               GDALSetSpatialRef(memory, srs) != CE_None || GDALSetGeoTransform(memory, place) != CE_None))
        e = ERR_IO;
    for (size_t i = 0; !e && i < ARRAY_LEN(bands); i++)
        e = fill_band(memory, r, i, line);
    OSRRelease(srs);
    free(line);
    return e;
}

static void describe(GDALDatasetH memory, const struct coverage *c)
{
    char threshold[32];

    snprintf(threshold, sizeof threshold, "%.1f", c->raster.threshold_dbm);
    (void)GDALSetMetadataItem(memory, "MODEL",
                              c->settings->model == COVERAGE_UMI ? FOOTPRINT_UMI_TEXT : FOOTPRINT_MODEL_TEXT,
                              NULL);
    (void)GDALSetMetadataItem(memory, "THRESHOLD_DBM", threshold, NULL);
}

static enum err copy_to_cog(GDALDriverH cog, GDALDatasetH memory, int epsg, const char *path)
{
    char target[32], **options = NULL;
    GDALDatasetH file;

    snprintf(target, sizeof target, "EPSG:%d", epsg);
    options = CSLSetNameValue(options, "COMPRESS", "DEFLATE");
    options = CSLSetNameValue(options, "PREDICTOR", "YES");
    options = CSLSetNameValue(options, "BLOCKSIZE", "256");
    options = CSLSetNameValue(options, "RESAMPLING", "NEAREST");
    if (epsg != EPSG_LAEA)
        options = CSLSetNameValue(options, "TARGET_SRS", target);
    file = GDALCreateCopy(cog, path, memory, FALSE, options, NULL, NULL);
    CSLDestroy(options);
    if (!file)
        return ERR_IO;
    GDALClose(file);
    return ERR_OK;
}

enum err gdal_tiff_write(const struct coverage *c, int epsg, const char *path)
{
    GDALDriverH driver, cog;
    GDALDatasetH memory;
    enum err e;

    GDALAllRegister();
    driver = GDALGetDriverByName("MEM");
    cog = GDALGetDriverByName("COG");
    if (!driver || !cog)
        return ERR_UNSUPPORTED;
    if (!c->raster.columns)
        return ERR_NOT_FOUND; /* a city without a hotspot has no picture */
    memory =
        GDALCreate(driver, "", c->raster.columns, c->raster.rows, (int)ARRAY_LEN(bands), GDT_Float32, NULL);
    if (!memory)
        return ERR_NOMEM;
    e = fill(memory, c);
    describe(memory, c);
    if (!e)
        e = copy_to_cog(cog, memory, epsg, path);
    GDALClose(memory);
    return e;
}
