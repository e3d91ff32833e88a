/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_geo.c - coordinate transformations by PROJ, through OGR. */
#include "coverage/gdal_geo.h"

#include <stdlib.h>

#include <ogr_srs_api.h>

struct gdal_transform {
    OGRCoordinateTransformationH handle;
};

static OGRSpatialReferenceH reference_new(int epsg)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);

    if (srs && OSRImportFromEPSG(srs, epsg) == OGRERR_NONE) {
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
        return srs;
    }
    OSRRelease(srs);
    return NULL;
}

enum err gdal_transform_new(int from_epsg, int to_epsg, struct gdal_transform **out)
{
    OGRSpatialReferenceH from = reference_new(from_epsg), to = reference_new(to_epsg);
    struct gdal_transform *t = calloc(1, sizeof *t);
    enum err e = t ? ERR_OK : ERR_NOMEM;

    if (!e && (!from || !to))
        e = ERR_NOT_FOUND; /* PROJ's database is not installed */
    if (!e && !(t->handle = OCTNewCoordinateTransformation(from, to)))
        e = ERR_UNSUPPORTED;
    OSRRelease(from);
    OSRRelease(to);
    if (e) {
        free(t);
        return e;
    }
    *out = t;
    return ERR_OK;
}

void gdal_transform_free(struct gdal_transform *t)
{
    if (!t)
        return;
    OCTDestroyCoordinateTransformation(t->handle);
    free(t);
}

enum err gdal_transform_points(struct gdal_transform *t, double *x, double *y, size_t count)
{
    enum { BATCH = 4096 };

    for (size_t i = 0; i < count; i += BATCH) {
        size_t n = count - i < BATCH ? count - i : BATCH;
        if (!OCTTransform(t->handle, (int)n, x + i, y + i, NULL))
            return ERR_RANGE;
    }
    return ERR_OK;
}
