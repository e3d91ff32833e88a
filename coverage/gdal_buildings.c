/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_buildings.c - a child process reads with OGR and sends rings through a pipe; the parent checks them.
 *
 *   child: open -> each layer, each feature, each ring: head + points -> findings -> exit
 *   parent: reads until the findings; anything else at the end is a crash */
#include "coverage/gdal_buildings.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "coverage/gdal_geo.h"
#include "lib/base/strx.h"

enum { POINTS_MAX = 200000, MEMORY_MAX = 2000000000, SECONDS_MAX = 300 };

struct head { /* points of 0: the findings follow, and nothing behind them */
    int32_t building, points;
    double height_m;
};

/* ---- the child ---- */

struct sending {
    FILE *to;
    struct raster_extent extent;
    OGRCoordinateTransformationH to_laea; /* of the layer */
    struct gdal_buildings_findings found;
};

static double height_of(OGRFeatureH feature)
{
    static const char *const names[] = {"height", "measuredHeight", "hoehe", "building_height"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        int field = OGR_F_GetFieldIndex(feature, names[i]);
        double height = field >= 0 && OGR_F_IsFieldSetAndNotNull(feature, field)
                            ? OGR_F_GetFieldAsDouble(feature, field)
                            : 0;
        if (height > 0 && height < 1000)
            return height;
    }
    return NAN;
}

static bool ring_is_sound(OGRGeometryH ring)
{
    int count = OGR_G_GetPointCount(ring);

    if (count < 4 || count > POINTS_MAX) /* the last is the first once more */
        return false;
    for (int i = 0; i < count; i++)
        if (!isfinite(OGR_G_GetX(ring, i)) || !isfinite(OGR_G_GetY(ring, i)))
            return false;
    return true;
}

static void send_ring(struct sending *s, OGRGeometryH ring, double height_m)
{
    int count = OGR_G_GetPointCount(ring);
    const struct head head = {(int32_t)s->found.used, count, height_m};

    fwrite(&head, sizeof head, 1, s->to);
    for (int i = 0; i < count; i++) {
        double point[] = {OGR_G_GetX(ring, i), OGR_G_GetY(ring, i)};
        fwrite(point, sizeof point, 1, s->to);
    }
}

static bool is_elsewhere(const struct sending *s, OGRGeometryH geometry)
{
    OGREnvelope e;

    OGR_G_GetEnvelope(geometry, &e);
    return e.MaxX < s->extent.west || e.MinX > s->extent.east || e.MaxY < s->extent.south ||
           e.MinY > s->extent.north;
}

/* A polygon of EPSG:3035 becomes a building; its rings are all sound, or none is sent. */
static void send_polygon(struct sending *s, OGRGeometryH polygon, double height_m)
{
    int rings = OGR_G_GetGeometryCount(polygon);

    for (int i = 0; i < rings; i++)
        if (!ring_is_sound(OGR_G_GetGeometryRef(polygon, i)))
            rings = 0;
    if (!rings) {
        s->found.broken++;
        return;
    }
    if (is_elsewhere(s, polygon)) {
        s->found.elsewhere++;
        return;
    }
    for (int i = 0; i < rings; i++)
        send_ring(s, OGR_G_GetGeometryRef(polygon, i), height_m);
    s->found.used++;
}

static void send_feature(struct sending *s, OGRFeatureH feature)
{
    OGRGeometryH geometry = OGR_F_StealGeometry(feature);
    OGRwkbGeometryType type;

    s->found.features++;
    if (geometry && OGR_G_HasCurveGeometry(geometry, TRUE)) {
        OGRGeometryH linear = OGR_G_GetLinearGeometry(geometry, 0, NULL);
        OGR_G_DestroyGeometry(geometry);
        geometry = linear;
    }
    type = geometry ? OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) : wkbUnknown;
    if ((type != wkbPolygon && type != wkbMultiPolygon) || OGR_G_IsEmpty(geometry))
        s->found.no_polygon++;
    else if (OGR_G_Transform(geometry, s->to_laea) != OGRERR_NONE)
        s->found.broken++;
    else if (type == wkbPolygon)
        send_polygon(s, geometry, height_of(feature));
    else
        for (int i = 0; i < OGR_G_GetGeometryCount(geometry); i++)
            send_polygon(s, OGR_G_GetGeometryRef(geometry, i), height_of(feature));
    OGR_G_DestroyGeometry(geometry);
}

static void send_layer(struct sending *s, OGRLayerH layer, OGRSpatialReferenceH laea)
{
    OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(layer);
    OGRFeatureH feature;

    if (!srs) {
        snprintf(s->found.problem, sizeof s->found.problem,
                 "layer %.60s has no reference system; `ogr2ogr -a_srs EPSG:25832` gives it one",
                 OGR_L_GetName(layer));
        return;
    }
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    s->to_laea = OCTNewCoordinateTransformation(srs, laea);
    if (!s->to_laea) {
        snprintf(s->found.problem, sizeof s->found.problem, "layer %.60s: its reference system is not known",
                 OGR_L_GetName(layer));
        return;
    }
    while ((feature = OGR_L_GetNextFeature(layer))) {
        send_feature(s, feature);
        OGR_F_Destroy(feature);
    }
    OCTDestroyCoordinateTransformation(s->to_laea);
}

static void send_file(struct sending *s, const char *path)
{
    static const char *const drivers[] = {"GPKG", "ESRI Shapefile", "GeoJSON", "GML", "FlatGeobuf", NULL};
    OGRSpatialReferenceH laea = OSRNewSpatialReference(NULL);
    GDALDatasetH file;

    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    file = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (!file || OSRImportFromEPSG(laea, EPSG_LAEA) != OGRERR_NONE) {
        strx_copy(s->found.problem, sizeof s->found.problem,
                  "is no GeoPackage, Shapefile, GeoJSON, GML or FlatGeobuf that can be read");
        return;
    }
    OSRSetAxisMappingStrategy(laea, OAMS_TRADITIONAL_GIS_ORDER);
    for (int i = 0; i < GDALDatasetGetLayerCount(file); i++)
        send_layer(s, GDALDatasetGetLayer(file, i), laea);
}

static void bound(int what, rlim_t most)
{
    struct rlimit limit = {most, most};

    (void)setrlimit(what, &limit);
}

/* Does not return; nothing is freed: the process ends. */
static void child(int fd, const char *path, const struct raster_extent *extent)
{
    struct sending s = {.to = fdopen(fd, "w"), .extent = *extent};
    const struct head end = {0, 0, 0};

    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_FSIZE, 0);
    bound(RLIMIT_CPU, SECONDS_MAX);
#if !defined(__SANITIZE_ADDRESS__)
    bound(RLIMIT_AS, MEMORY_MAX);
#endif
    if (!s.to)
        _exit(1);
    send_file(&s, path);
    fwrite(&end, sizeof end, 1, s.to);
    fwrite(&s.found, sizeof s.found, 1, s.to);
    _exit(fflush(s.to) ? 1 : 0);
}

/* ---- the parent ---- */

static bool take(FILE *from, void *to, size_t size)
{
    return fread(to, 1, size, from) == size;
}

/* Reads one ring's points into x and y. */
static bool take_ring(FILE *from, double *x, double *y, int count)
{
    for (int i = 0; i < count; i++) {
        double point[2];
        if (!take(from, point, sizeof point))
            return false;
        x[i] = point[0];
        y[i] = point[1];
    }
    return true;
}

static enum err receive(FILE *from, struct buildings *b, struct gdal_buildings_findings *findings)
{
    double *x = calloc(POINTS_MAX, sizeof *x), *y = calloc(POINTS_MAX, sizeof *y);
    struct head head = {0};
    enum err e = x && y ? ERR_OK : ERR_NOMEM;

    while (!e && take(from, &head, sizeof head) && head.points > 0 && head.points <= POINTS_MAX) {
        e = take_ring(from, x, y, head.points) ? ERR_OK : ERR_MALFORMED;
        if (!e)
            e = buildings_add_ring(b, head.building, head.height_m, x, y, (size_t)head.points);
    }
    if (!e && (head.points != 0 || !take(from, findings, sizeof *findings)))
        e = ERR_MALFORMED;
    findings->problem[sizeof findings->problem - 1] = '\0';
    free(x);
    free(y);
    return e;
}

static enum err run_child(const char *path, const struct raster_extent *extent, struct buildings *b,
                          struct gdal_buildings_findings *findings)
{
    int fds[2], status = 0;
    FILE *from;
    pid_t pid;
    enum err e;

    if (pipe2(fds, O_CLOEXEC))
        return err_from_errno(errno);
    pid = fork();
    if (pid == 0) {
        close(fds[0]);
        child(fds[1], path, extent);
    }
    close(fds[1]);
    from = pid < 0 ? NULL : fdopen(fds[0], "r");
    e = from ? receive(from, b, findings) : err_from_errno(errno);
    if (from)
        fclose(from);
    else
        close(fds[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return !e && status != 0 ? ERR_MALFORMED : e;
}

static int by_box(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct raster_extent));
}

static size_t count_duplicates(const struct buildings *b)
{
    size_t count = buildings_count(b), duplicates = 0;
    struct raster_extent *boxes = calloc(count + 1, sizeof *boxes);

    for (size_t i = 0; boxes && i < count; i++)
        buildings_box(b, (int)i, &boxes[i].west, &boxes[i].south, &boxes[i].east, &boxes[i].north);
    if (boxes && count)
        qsort(boxes, count, sizeof *boxes, by_box);
    for (size_t i = 1; boxes && i < count; i++)
        duplicates += by_box(&boxes[i - 1], &boxes[i]) == 0;
    free(boxes);
    return duplicates;
}

enum err gdal_buildings_read(const char *path, const struct raster_extent *extent, struct buildings **out,
                             struct gdal_buildings_findings *findings)
{
    struct buildings *b = NULL;
    enum err e = ERR_OK;

    *out = NULL;
    *findings = (struct gdal_buildings_findings){0};
    if (strx_starts_with(path, "/vsi") || access(path, R_OK)) { /* GDAL's own paths reach into networks */
        strx_copy(findings->problem, sizeof findings->problem, "is not there, or may not be read");
        return ERR_NOT_FOUND;
    }
    e = buildings_new(&b);
    if (!e)
        e = run_child(path, extent, b, findings);
    if (e == ERR_MALFORMED && !findings->problem[0])
        strx_copy(findings->problem, sizeof findings->problem,
                  "broke off: too large, or GDAL cannot bear it");
    if (!e && findings->problem[0])
        e = ERR_MALFORMED;
    if (!e)
        e = buildings_index(b);
    if (e) {
        buildings_free(b);
        return e;
    }
    findings->duplicates = count_duplicates(b);
    *out = b;
    return ERR_OK;
}
