/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_whatif.c - `netzwacht report whatif` and `netzwacht report sites`. */
#include <stdlib.h>

#include "coverage/report_file.h"
#include "coverage/report_internal.h"
#include "coverage/whatif.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"

/* Coverage, and inhabitants if there is a table of them (population->inhabitants is NULL else). */
static enum err load(const struct report_request *r, struct loaded_coverage *loaded,
                     struct population *population)
{
    const char *path = r->settings->coverage.population;
    enum err e = report_load_coverage(r, loaded);

    *population = (struct population){0};
    if (!e && path)
        e = report_load_population(path, loaded->coverage, population);
    return e;
}

static enum err apply_all(const struct report_request *r, struct whatif *w)
{
    for (size_t i = 0; i < r->change_count; i++) {
        const struct whatif_change *c = &r->changes[i];
        enum err e = whatif_apply(w, c);
        if (e == ERR_NOT_FOUND)
            log_error("there is no hotspot %s with a position", c->hotspot);
        else if (e == ERR_RANGE && c->kind == WHATIF_POWER)
            log_error("hotspot %s has no radio at %g GHz", c->hotspot, c->band_ghz);
        else if (e == ERR_RANGE)
            log_error("%g, %g lies outside of the city; are latitude and longitude exchanged?", c->lat,
                      c->lon);
        else if (e)
            log_error("what-if: %s", err_text(e));
        if (e)
            return e;
        report_tell(r, "changes", (double)(i + 1) / (double)r->change_count);
    }
    return ERR_OK;
}

enum err report_whatif(const struct report_request *r)
{
    struct loaded_coverage loaded = {0};
    struct population population = {0}, *known;
    struct whatif w = {0};
    struct buf text = BUF_INIT;
    struct csv_out csv;
    enum err e;

    if (r->format != REPORT_CSV && r->format != REPORT_GEOJSON) {
        log_error("what-if is written as geojson or csv");
        return ERR_UNSUPPORTED;
    }
    if (!r->change_count) {
        log_error("say what changes: --off, --move, --add or --eirp");
        return ERR_CONFIG;
    }
    e = load(r, &loaded, &population);
    known = population.inhabitants ? &population : NULL;
    if (!e)
        e = whatif_begin(loaded.coverage, &w);
    if (!e)
        e = apply_all(r, &w);
    if (!e && r->format == REPORT_GEOJSON) {
        whatif_geojson(&w, known, &text);
    } else if (!e) {
        report_csv_init(r, &csv, &text);
        whatif_csv(&w, known, &csv);
    }
    if (!e)
        e = report_write_text(r->output, &text);
    report_tell(r, "done", 1);
    buf_fini(&text);
    whatif_fini(&w);
    population_fini(&population);
    report_unload_coverage(&loaded);
    return e;
}

/* ---- next sites ---- */

static void put_sites_csv(const struct report_request *r, const struct next_site *sites, size_t count,
                          bool is_people, struct buf *out)
{
    const char *const columns[] = {
        "rank", "name", "lat", "lon", is_people ? "inhabitants_gained" : "hectares_gained", "share"};
    struct csv_out csv;

    report_csv_init(r, &csv, out);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(&csv, columns[i]);
    csv_end_row(&csv);
    for (size_t i = 0; i < count; i++) {
        csv_int(&csv, (int64_t)i + 1);
        csv_text(&csv, sites[i].at->name);
        csv_number(&csv, sites[i].at->lat, 6);
        csv_number(&csv, sites[i].at->lon, 6);
        csv_number(&csv, sites[i].gained, 1);
        csv_number(&csv, sites[i].share, 4);
        csv_end_row(&csv);
    }
}

static void put_sites_geojson(const struct next_site *sites, size_t count, bool is_people, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "type", "FeatureCollection");
    json_array_begin(&j, "features");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&j, NULL);
        json_string(&j, "type", "Feature");
        json_object_begin(&j, "geometry");
        json_string(&j, "type", "Point");
        json_array_begin(&j, "coordinates");
        json_fixed(&j, NULL, sites[i].at->lon, 6);
        json_fixed(&j, NULL, sites[i].at->lat, 6);
        json_array_end(&j);
        json_object_end(&j);
        json_object_begin(&j, "properties");
        json_uint(&j, "rank", i + 1);
        json_string(&j, "name", sites[i].at->name);
        json_fixed(&j, is_people ? "inhabitants_gained" : "hectares_gained", sites[i].gained, 1);
        json_fixed(&j, "share", sites[i].share, 4);
        json_object_end(&j);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

static enum err write_sites(const struct report_request *r, struct coverage *c, const struct population *p)
{
    struct poi_list candidates = {0};
    struct next_site *sites = NULL;
    struct buf table = BUF_INIT, text = BUF_INIT;
    size_t count = 0;
    enum err e = report_load_points(r->candidates, c, &table, &candidates);

    if (!e)
        e = whatif_next_sites(c, p, &candidates, r->most, r->target, &sites, &count);
    if (!e && r->format == REPORT_GEOJSON)
        put_sites_geojson(sites, count, p != NULL, &text);
    else if (!e)
        put_sites_csv(r, sites, count, p != NULL, &text);
    if (!e)
        e = report_write_text(r->output, &text);
    free(sites);
    poi_fini(&candidates);
    buf_fini(&table);
    buf_fini(&text);
    return e;
}

enum err report_sites(const struct report_request *r)
{
    struct loaded_coverage loaded = {0};
    struct population population = {0};
    enum err e;

    if (r->format != REPORT_CSV && r->format != REPORT_GEOJSON) {
        log_error("sites are written as csv or geojson");
        return ERR_UNSUPPORTED;
    }
    if (!r->candidates) {
        log_error("name a table of candidate poles (name, lat, lon) with --candidates");
        return ERR_CONFIG;
    }
    e = load(r, &loaded, &population);
    if (!e)
        e = write_sites(r, loaded.coverage, population.inhabitants ? &population : NULL);
    report_tell(r, "done", 1);
    population_fini(&population);
    report_unload_coverage(&loaded);
    return e;
}
