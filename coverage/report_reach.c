/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_reach.c - `netzwacht report population` and `netzwacht report places`. */
#include <stdlib.h>

#include "coverage/reach.h"
#include "coverage/report_file.h"
#include "coverage/report_internal.h"
#include "lib/base/csv_out.h"
#include "lib/base/log.h"

enum { TABLE_MAX = 400 * 1024 * 1024 }; /* the whole of Germany has 200 MiB */

/* The table at path, ended by NUL. What is wrong has been logged. */
static enum err read_table(const char *path, struct buf *text)
{
    enum err e;

    buf_init(text, TABLE_MAX);
    e = buf_read_file(text, path);
    if (!e)
        buf_put(text, "", 0);
    if (!e && !text->len)
        e = ERR_MALFORMED;
    if (e)
        log_error("%s: %s", path,
                  e == ERR_LIMIT       ? "larger than 400 MiB"
                  : e == ERR_MALFORMED ? "is empty"
                                       : err_text(e));
    return e;
}

enum err report_load_population(const char *path, const struct coverage *c, struct population *out)
{
    struct buf text;
    enum err e = read_table(path, &text);

    *out = (struct population){0};
    if (!e) {
        e = population_read(text.data, text.len, &c->grid, out);
        if (e == ERR_MALFORMED)
            log_error("%s: expected a table with the columns GITTER_ID_100m (or x_mp_100m and y_mp_100m) and "
                      "Einwohner",
                      path);
        else if (e)
            log_error("%s: %s", path, err_text(e));
    }
    buf_fini(&text);
    if (e)
        return e;
    log_info("%s: %zu rows, %zu cells with %.0f inhabitants, %zu suppressed, %zu elsewhere", path, out->rows,
             out->used, out->total, out->suppressed, out->elsewhere);
    if (out->broken)
        log_warning("%s:%u: neither a cell nor a number; so are %zu rows in all", path, out->broken_line,
                    out->broken);
    if (out->duplicates)
        log_warning("%s: %zu rows are of cells that stand there before; the first counts", path,
                    out->duplicates);
    if (out->used)
        return ERR_OK;
    log_error("%s: none of its cells lies in this city; is it another city's?", path);
    population_fini(out);
    return ERR_MALFORMED;
}

/* Runs fn at each of the planners' thresholds. */
static enum err at_thresholds(struct coverage *c, void (*fn)(void *ctx, const struct coverage *c), void *ctx)
{
    static const double thresholds[] = {-67, -70, -75};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(thresholds); i++) {
        c->raster.threshold_dbm = thresholds[i];
        e = coverage_update(c, NULL);
        if (!e)
            fn(ctx, c);
    }
    return e;
}

struct tables {
    struct population population;
    struct poi_list points;
    struct csv_out csv;
};

static void add_rows(void *ctx, const struct coverage *c)
{
    struct tables *t = ctx;

    if (t->population.inhabitants)
        reach_csv(c, &t->population, &t->csv);
    poi_kinds_csv(c, &t->points, &t->csv);
}

enum err report_load_points(const char *path, const struct coverage *c, struct buf *text,
                            struct poi_list *out)
{
    enum err e = read_table(path, text);

    if (e)
        return e;
    e = poi_read(text->data, text->len, &c->raster, out);
    if (e == ERR_MALFORMED)
        log_error("%s: expected a table with the columns name, kind, lat, lon", path);
    else if (e)
        log_error("%s: %s", path, err_text(e));
    if (!e && out->broken)
        log_warning("%s:%u: no position; so are %zu rows in all", path, out->broken_line, out->broken);
    return e;
}

static bool is_format_csv(const struct report_request *r, const char *what)
{
    if (r->format != REPORT_CSV)
        log_error("%s is written as csv only", what);
    return r->format == REPORT_CSV;
}

enum err report_population(const struct report_request *r)
{
    const struct coverage_settings *s = &r->settings->coverage;
    struct loaded_coverage loaded = {0};
    struct tables t = {0};
    struct buf text = BUF_INIT, points = BUF_INIT;
    enum err e;

    if (!is_format_csv(r, "population"))
        return ERR_UNSUPPORTED;
    if (!s->population && !s->places) {
        log_error("name a table of inhabitants with --population, or points of interest with --places");
        return ERR_CONFIG;
    }
    e = report_load_coverage(r, &loaded);
    if (!e && s->population)
        e = report_load_population(s->population, loaded.coverage, &t.population);
    if (!e && s->places)
        e = report_load_points(s->places, loaded.coverage, &points, &t.points);
    report_csv_init(r, &t.csv, &text);
    reach_csv_head(&t.csv);
    if (!e)
        e = at_thresholds(loaded.coverage, add_rows, &t);
    if (!e)
        e = report_write_text(r->output, &text);
    report_tell(r, "done", 1);
    population_fini(&t.population);
    poi_fini(&t.points);
    buf_fini(&points);
    buf_fini(&text);
    report_unload_coverage(&loaded);
    return e;
}

enum err report_places(const struct report_request *r)
{
    const char *path = r->settings->coverage.places;
    struct loaded_coverage loaded = {0};
    struct poi_list points = {0};
    struct buf text = BUF_INIT, table = BUF_INIT;
    struct csv_out csv;
    enum err e;

    if (!is_format_csv(r, "places"))
        return ERR_UNSUPPORTED;
    if (!path) {
        log_error("name a table of points of interest with --places");
        return ERR_CONFIG;
    }
    e = report_load_coverage(r, &loaded);
    if (!e)
        e = report_load_points(path, loaded.coverage, &table, &points);
    if (!e) {
        report_csv_init(r, &csv, &text);
        poi_csv(loaded.coverage, &points, &csv);
        e = report_write_text(r->output, &text);
    }
    report_tell(r, "done", 1);
    poi_fini(&points);
    buf_fini(&table);
    buf_fini(&text);
    report_unload_coverage(&loaded);
    return e;
}
