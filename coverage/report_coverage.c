/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_coverage.c - the coverage of the inventory, with availability and buildings, and its files. */
#include <stdlib.h>

#include "coverage/dcat.h"
#include "coverage/export.h"
#include "coverage/gdal_buildings.h"
#include "coverage/gdal_package.h"
#include "coverage/gdal_tiff.h"
#include "coverage/report_file.h"
#include "coverage/report_internal.h"
#include "lib/base/log.h"

/* ---- what is multiplied in ---- */

struct sources {
    const struct report_request *request;
    struct history *history;
    size_t done, count;
    enum err error;
    struct loaded_coverage *loaded;
};

static void hotspot_availability(void *ctx, const struct hotspot *h, double *share, double *completeness)
{
    struct sources *source = ctx;
    const struct report_request *r = source->request;
    struct availability a = {0};
    enum err e = history_availability(source->history, "hotspot", h->id, r->from, r->to, r->now, &a);

    if (e && !source->error)
        source->error = e;
    *share = availability_share(&a);
    *completeness = availability_completeness(&a);
    report_tell(r, "availability", (double)++source->done / (double)source->count);
}

static void log_buildings(const char *path, const struct gdal_buildings_findings *f)
{
    log_info("%s: %zu buildings, %zu elsewhere, %zu without a polygon, %zu broken, %zu twice", path, f->used,
             f->elsewhere, f->no_polygon, f->broken, f->duplicates);
    if (f->no_polygon || f->broken || f->duplicates)
        log_warning("%s: of %zu features %zu have no polygon, %zu a broken one, %zu stand there twice", path,
                    f->features, f->no_polygon, f->broken, f->duplicates);
}

static enum err load_buildings(void *ctx, const struct raster_extent *extent, const struct buildings **out)
{
    struct sources *source = ctx;
    const char *path = source->request->settings->coverage.buildings;
    struct gdal_buildings_findings *found = &source->loaded->buildings_found;
    enum err e;

    *out = NULL;
    if (!path)
        return ERR_OK;
    report_tell(source->request, "buildings", 0);
    e = gdal_buildings_read(path, extent, &source->loaded->buildings, found);
    if (e) {
        log_error("%s: %s", path, found->problem[0] ? found->problem : err_text(e));
        return ERR_CONFIG;
    }
    log_buildings(path, found);
    if (!found->used) {
        log_error("%s: none of its %zu features is a building near a hotspot or in a district; is it another "
                  "city's, or "
                  "are latitude and longitude exchanged?",
                  path, found->features);
        return ERR_CONFIG;
    }
    *out = source->loaded->buildings;
    return ERR_OK;
}

static void log_skipped(const struct coverage *c)
{
    for (size_t i = 0; i < c->skipped_count; i++)
        log_warning("hotspot %s is not part of the coverage: %s", c->skipped[i].hotspot, c->skipped[i].why);
}

static void log_failure(const struct report_request *r, enum err e)
{
    if (e == ERR_RANGE)
        log_error("the positions of hotspots and districts lie more than 200 km apart; is one wrong, or are "
                  "latitude and longitude exchanged?");
    else if (e == ERR_LIMIT)
        log_error("coverage: more than %d squares of %d m: compute it with `step_m: 25`, or part of the city",
                  RASTER_PLACES_MAX, (int)r->settings->coverage.step_m);
    else if (e != ERR_CONFIG)
        log_error("coverage: %s", err_text(e));
}

enum err report_compute_coverage(const struct report_request *r, struct history *history,
                                 struct loaded_coverage *out)
{
    struct sources source = {.request = r, .history = history, .loaded = out};
    enum err e;

    *out = (struct loaded_coverage){0};
    (void)inventory_hotspots(r->inventory, &source.count);
    e = coverage_compute(&(struct coverage_request){.inventory = r->inventory,
                                                    .settings = &r->settings->coverage,
                                                    .from = r->from,
                                                    .to = r->to,
                                                    .availability = hotspot_availability,
                                                    .buildings = load_buildings,
                                                    .ctx = &source},
                         &out->coverage);
    if (!e)
        e = source.error;
    if (e)
        log_failure(r, e);
    else
        log_skipped(out->coverage);
    if (e)
        report_unload_coverage(out);
    return e;
}

enum err report_load_coverage(const struct report_request *r, struct loaded_coverage *out)
{
    struct history *history = NULL;
    enum err e = report_open_history(r, &history);

    if (e)
        return e;
    e = report_compute_coverage(r, history, out);
    history_close(history);
    return e;
}

void report_unload_coverage(struct loaded_coverage *l)
{
    coverage_free(l->coverage);
    buildings_free(l->buildings);
    *l = (struct loaded_coverage){0};
}

/* ---- the files ---- */

struct package {
    const struct report_request *request;
    const struct coverage *coverage;
};

static enum err write_package(void *ctx, const char *path)
{
    const struct package *p = ctx;

    return gdal_package_write(p->coverage, p->request->inventory, p->request->now, path);
}

static enum err write_tiff(void *ctx, const char *path)
{
    const struct package *p = ctx;

    return gdal_tiff_write(p->coverage, p->request->epsg, path);
}

static enum err write_coverage(const struct report_request *r, const struct loaded_coverage *l)
{
    const struct coverage *c = l->coverage;
    struct package package = {r, c};
    struct buf text = BUF_INIT;
    struct csv_out csv;
    enum err e;

    report_tell(r, "writing", 0);
    switch (r->format) {
    case REPORT_GPKG: return report_write_by(r->output, ".gpkg", write_package, &package);
    case REPORT_TIF: return report_write_by(r->output, ".tif", write_tiff, &package);
    case REPORT_KML: export_coverage_kml(c, r->inventory, &text); break;
    case REPORT_PDF:
        log_error("coverage is not written as pdf; `netzwacht report council` is");
        return ERR_UNSUPPORTED;
    case REPORT_CSV:
        report_csv_init(r, &csv, &text);
        export_coverage_csv(c, &csv);
        break;
    case REPORT_GEOJSON:
        export_coverage_geojson(c, l->buildings ? &l->buildings_found : NULL, r->now, &text);
        break;
    }
    e = report_write_text(r->output, &text);
    buf_fini(&text);
    return e;
}

enum err report_coverage(const struct report_request *r)
{
    struct loaded_coverage loaded;
    enum err e = report_load_coverage(r, &loaded);

    if (!e)
        e = write_coverage(r, &loaded);
    report_tell(r, "done", 1);
    report_unload_coverage(&loaded);
    return e;
}

enum err report_dcat(const struct report_request *r)
{
    const char *missing = dcat_missing(&r->settings->open_data);
    struct loaded_coverage loaded;
    struct buf text = BUF_INIT;
    enum err e;

    if (missing) {
        log_error("the configuration lacks open_data.%s, without which no catalogue takes the record",
                  missing);
        return ERR_CONFIG;
    }
    e = report_load_coverage(r, &loaded);
    if (!e) {
        dcat_write(loaded.coverage, &r->settings->open_data, r->now, &text);
        e = report_write_text(r->output, &text);
    }
    report_tell(r, "done", 1);
    buf_fini(&text);
    report_unload_coverage(&loaded);
    return e;
}
