/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whatif.c - changes to servers, and what they do to cells. Pure apart from malloc; coordinates through
 * gdal_geo. */
#include "coverage/whatif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/export.h"
#include "coverage/gdal_geo.h"
#include "lib/base/json_out.h"
#include "lib/base/strx.h"

#define NEW_HEIGHT_M 5.0
#define CHANGED_FROM 0.0005 /* in any share of a cell */

/* ---- reading changes ---- */

static bool is_place(const struct whatif_change *c)
{
    return fabs(c->lat) <= 90 && fabs(c->lon) <= 180;
}

/* "53.7,9.99" and, if more is allowed, ",8" and ",indoor" */
static enum err parse_place(const char *text, bool is_new, struct whatif_change *c)
{
    int end = 0, more = 0;

    c->height_m = NEW_HEIGHT_M;
    if (sscanf(text, "%lf,%lf%n", &c->lat, &c->lon, &end) != 2 || !is_place(c))
        return ERR_MALFORMED;
    if (is_new && sscanf(text + end, ",%lf%n", &c->height_m, &more) == 1)
        end += more;
    if (is_new && strcmp(text + end, ",indoor") == 0) {
        c->is_indoor = true;
        return ERR_OK;
    }
    return text[end] || !(c->height_m >= 0.5 && c->height_m <= 100) ? ERR_MALFORMED : ERR_OK;
}

enum err whatif_parse(enum whatif_kind kind, const char *text, struct whatif_change *out)
{
    struct whatif_change c = {.kind = kind};
    size_t len = strcspn(text, "=");
    const char *value = text[len] ? text + len + 1 : "";
    enum err e = ERR_OK;
    int end = 0;

    if (kind == WHATIF_ADD) {
        e = parse_place(text, true, &c);
    } else {
        snprintf(c.hotspot, sizeof c.hotspot, "%.*s", (int)(len < sizeof c.hotspot ? len : 0), text);
        if (!strx_is_id(c.hotspot) || (kind == WHATIF_OFF && text[len]))
            e = ERR_MALFORMED;
        else if (kind == WHATIF_MOVE)
            e = parse_place(value, false, &c);
        else if (kind == WHATIF_POWER && (sscanf(value, "%lf:%lf%n", &c.band_ghz, &c.eirp_dbm, &end) != 2 ||
                                          value[end] || !(c.eirp_dbm >= -20 && c.eirp_dbm <= 60)))
            e = ERR_MALFORMED;
    }
    if (!e)
        *out = c;
    return e;
}

/* ---- applying them ---- */

static size_t cell_count(const struct coverage *c)
{
    return (size_t)c->grid.columns * (size_t)c->grid.rows;
}

enum err whatif_begin(struct coverage *c, struct whatif *out)
{
    struct whatif w = {.coverage = c, .total_before = c->total};

    w.before = calloc(cell_count(c) + 1, sizeof *w.before);
    w.areas_before = calloc(c->area_count + 1, sizeof *w.areas_before);
    if (!w.before || !w.areas_before) {
        whatif_fini(&w);
        return ERR_NOMEM;
    }
    if (cell_count(c))
        memcpy(w.before, c->grid.cells, cell_count(c) * sizeof *w.before);
    if (c->area_count)
        memcpy(w.areas_before, c->areas, c->area_count * sizeof *w.areas_before);
    *out = w;
    return ERR_OK;
}

void whatif_fini(struct whatif *w)
{
    free(w->before);
    free(w->areas_before);
    w->before = NULL;
    w->areas_before = NULL;
}

static struct raster_server *find_server(struct coverage *c, const char *hotspot)
{
    for (size_t i = 0; i < c->server_count; i++)
        if (c->hotspots[i] && strcmp(c->hotspots[i]->id, hotspot) == 0)
            return &c->servers[i];
    return NULL;
}

static enum err project(const struct raster *r, double lat, double lon, double *e, double *n)
{
    struct gdal_transform *to_laea = NULL;
    enum err problem = gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &to_laea);

    *e = lon;
    *n = lat;
    if (!problem)
        problem = gdal_transform_points(to_laea, e, n, 1);
    gdal_transform_free(to_laea);
    return problem ? problem : raster_at(r, *e, *n) ? ERR_OK : ERR_RANGE;
}

/* Mean availability of those that were measured; NaN if none was. */
static double usual_availability(const struct coverage *c)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < c->server_count; i++)
        if (!isnan(c->servers[i].availability)) {
            sum += c->servers[i].availability;
            count++;
        }
    return count ? sum / (double)count : NAN;
}

static struct raster_server new_server(const struct coverage *c, double easting, double northing,
                                       double height_m, bool is_indoor)
{
    static const struct hotspot_radio usual[] = {{.band_ghz = 2.4}, {.band_ghz = 5}};
    struct raster_server s = {
        .easting = easting, .northing = northing, .availability = usual_availability(c)};

    s.completeness = isnan(s.availability) ? 0 : 1;
    for (size_t i = 0; i < ARRAY_LEN(usual); i++)
        (void)coverage_add_radio(&s, c->settings, height_m, is_indoor, &usual[i]);
    return s;
}

static enum err add_server(struct coverage *c, const struct raster_server *s)
{
    enum err e = coverage_reserve(c, 1);

    if (e)
        return e;
    c->hotspots[c->server_count] = NULL;
    c->servers[c->server_count++] = *s;
    return ERR_OK;
}

static enum err set_power(struct raster_server *s, const struct whatif_change *change)
{
    for (size_t i = 0; i < s->radio_count; i++)
        if (s->bands[i] == grid_band_index(change->band_ghz)) {
            s->radios[i].eirp_dbm = change->eirp_dbm;
            return ERR_OK;
        }
    return ERR_RANGE;
}

enum err whatif_apply(struct whatif *w, const struct whatif_change *change)
{
    struct coverage *c = w->coverage;
    struct raster_extent around = RASTER_EXTENT_EMPTY;
    struct raster_server *s = change->kind == WHATIF_ADD ? NULL : find_server(c, change->hotspot);
    double easting = 0, northing = 0;
    enum err e = ERR_OK;

    if (change->kind != WHATIF_ADD && !s)
        return ERR_NOT_FOUND;
    if (change->kind == WHATIF_ADD || change->kind == WHATIF_MOVE)
        e = project(&c->raster, change->lat, change->lon, &easting, &northing);
    if (e)
        return e;
    if (s)
        raster_extent_reach(&around, s->easting, s->northing);
    switch (change->kind) {
    case WHATIF_OFF: s->radio_count = 0; break;
    case WHATIF_POWER: e = set_power(s, change); break;
    case WHATIF_MOVE:
        s->easting = easting;
        s->northing = northing;
        raster_extent_reach(&around, easting, northing);
        break;
    case WHATIF_ADD: {
        struct raster_server added = new_server(c, easting, northing, change->height_m, change->is_indoor);
        raster_extent_reach(&around, easting, northing);
        e = add_server(c, &added);
        break;
    }
    }
    return e ? e : coverage_update(c, &around);
}

/* ---- what came of it ---- */

static bool is_changed(const struct grid_cell *a, const struct grid_cell *b)
{
    return fabs(a->planned - b->planned) >= CHANGED_FROM ||
           fabs(a->delivered - b->delivered) >= CHANGED_FROM || fabs(a->indoors - b->indoors) >= CHANGED_FROM;
}

static double inhabitants_of(const struct population *p, size_t cell)
{
    return p && !isnan(p->inhabitants[cell]) ? p->inhabitants[cell] : 0;
}

static void write_area(struct json_out *j, const char *key, const struct coverage_area *before,
                       const struct coverage_area *after)
{
    json_object_begin(j, key);
    json_string(j, "id", after->id);
    json_string(j, "name", after->name);
    json_fixed(j, "planned_before", before->planned, 4);
    json_fixed(j, "planned", after->planned, 4);
    json_fixed(j, "delivered_before", before->delivered, 4);
    json_fixed(j, "delivered", after->delivered, 4);
    json_fixed(j, "indoors_before", before->indoors, 4);
    json_fixed(j, "indoors", after->indoors, 4);
    json_object_end(j);
}

static void write_summary(struct json_out *j, const struct whatif *w, const struct population *p)
{
    const struct coverage *c = w->coverage;
    double outdoors = 0, indoors = 0;

    for (size_t i = 0; i < cell_count(c); i++) {
        outdoors += inhabitants_of(p, i) * (c->grid.cells[i].planned - w->before[i].planned);
        indoors += inhabitants_of(p, i) * (c->grid.cells[i].indoors - w->before[i].indoors);
    }
    json_object_begin(j, "summary");
    json_fixed(j, "threshold_dbm", c->raster.threshold_dbm, 1);
    json_fixed(j, "inhabitants_gained", p ? outdoors : NAN, 1);
    json_fixed(j, "inhabitants_gained_indoors", p ? indoors : NAN, 1);
    write_area(j, "total", &w->total_before, &c->total);
    json_array_begin(j, "districts");
    for (size_t d = 0; d < c->area_count; d++)
        write_area(j, NULL, &w->areas_before[d], &c->areas[d]);
    json_array_end(j);
    json_object_end(j);
}

static void write_cell(struct json_out *j, const struct whatif *w, const struct population *p, size_t i)
{
    const struct grid_cell *before = &w->before[i], *after = &w->coverage->grid.cells[i];
    char code[GRID_CODE_SIZE];

    grid_cell_code(after->easting, after->northing, code);
    json_object_begin(j, NULL);
    json_string(j, "type", "Feature");
    json_string(j, "id", code);
    export_cell_polygon(j, w->coverage, i);
    json_object_begin(j, "properties");
    json_fixed(j, "planned_before", before->planned, 3);
    json_fixed(j, "planned", after->planned, 3);
    json_fixed(j, "planned_change", after->planned - before->planned, 3);
    json_fixed(j, "delivered_change", after->delivered - before->delivered, 3);
    json_fixed(j, "indoors_change", after->indoors - before->indoors, 3);
    json_fixed(j, "inhabitants", p ? p->inhabitants[i] : NAN, 0);
    json_object_end(j);
    json_object_end(j);
}

void whatif_geojson(const struct whatif *w, const struct population *p, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "type", "FeatureCollection");
    write_summary(&j, w, p);
    json_array_begin(&j, "features");
    for (size_t i = 0; i < cell_count(w->coverage); i++)
        if (is_changed(&w->before[i], &w->coverage->grid.cells[i]))
            write_cell(&j, w, p, i);
    json_array_end(&j);
    json_object_end(&j);
}

void whatif_csv(const struct whatif *w, const struct population *p, struct csv_out *csv)
{
    static const char *const columns[] = {"cell",           "planned_before",   "planned",
                                          "planned_change", "delivered_change", "indoors_change",
                                          "inhabitants"};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
    for (size_t i = 0; i < cell_count(w->coverage); i++) {
        const struct grid_cell *before = &w->before[i], *after = &w->coverage->grid.cells[i];
        char code[GRID_CODE_SIZE];
        if (!is_changed(before, after))
            continue;
        grid_cell_code(after->easting, after->northing, code);
        csv_text(csv, code);
        csv_number(csv, before->planned, 3);
        csv_number(csv, after->planned, 3);
        csv_number(csv, after->planned - before->planned, 3);
        csv_number(csv, after->delivered - before->delivered, 3);
        csv_number(csv, after->indoors - before->indoors, 3);
        csv_number(csv, p ? p->inhabitants[i] : NAN, 0);
        csv_end_row(csv);
    }
}

/* ---- next sites ---- */

/* What a cell is worth: inhabitants, or a hectare where a district is. */
static double worth(const struct coverage *c, const struct population *p, size_t cell)
{
    if (p)
        return inhabitants_of(p, cell);
    return c->districts[cell] || c->area_count == 0 ? 1 : 0;
}

static double covered(const struct coverage *c, const struct population *p, double *all)
{
    double sum = 0;

    *all = 0;
    for (size_t i = 0; i < cell_count(c); i++) {
        sum += worth(c, p, i) * c->grid.cells[i].planned;
        *all += worth(c, p, i);
    }
    return sum;
}

struct weighing {
    const struct coverage *coverage;
    const struct population *population;
};

static double weigh(void *ctx, double easting, double northing)
{
    const struct weighing *w = ctx;
    const struct grid *g = &w->coverage->grid;
    int side = GRID_CELL_M / w->coverage->raster.step_m;
    size_t column = (size_t)((easting - g->easting) / GRID_CELL_M),
           row = (size_t)((northing - g->northing) / GRID_CELL_M);

    return worth(w->coverage, w->population, row * (size_t)g->columns + column) / (side * side);
}

/* A candidate with the gain that it had when it was last looked at: it never has more later. */
struct candidate {
    const struct poi *at;
    struct raster_server server;
    double gain;
    size_t round;
};

static size_t best_candidate(const struct candidate *all, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++)
        if (all[i].gain > all[best].gain)
            best = i;
    return best;
}

static size_t gather(const struct coverage *c, const struct poi_list *candidates, struct candidate *all)
{
    size_t count = 0;

    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->items[i].place)
            all[count++] =
                (struct candidate){.at = &candidates->items[i],
                                   .gain = INFINITY,
                                   .server = new_server(c, candidates->items[i].easting,
                                                        candidates->items[i].northing, NEW_HEIGHT_M, false)};
    return count;
}

enum err whatif_next_sites(struct coverage *c, const struct population *p, const struct poi_list *candidates,
                           size_t most, double target, struct next_site **out, size_t *count)
{
    struct candidate *all = calloc(candidates->count + 1, sizeof *all);
    struct next_site *sites = calloc(candidates->count + 1, sizeof *sites);
    struct weighing weighing = {c, p};
    double everything, reached = covered(c, p, &everything);
    size_t n = 0, found = 0;
    enum err e = all && sites ? ERR_OK : ERR_NOMEM;

    if (!e)
        n = gather(c, candidates, all);
    while (!e && n && found < most && everything > 0 && reached / everything < target) {
        struct candidate *best = &all[best_candidate(all, n)];
        struct raster_extent around = RASTER_EXTENT_EMPTY;
        double before = reached;
        if (best->round != found + 1) { /* its gain is from before the last site */
            best->gain = raster_gain(&c->raster, &best->server, weigh, &weighing);
            best->round = found + 1;
            continue;
        }
        if (!(best->gain > 1e-6))
            break;
        raster_extent_reach(&around, best->server.easting, best->server.northing);
        e = add_server(c, &best->server);
        if (!e)
            e = coverage_update(c, &around);
        reached = covered(c, p, &everything);
        sites[found++] = (struct next_site){best->at, reached - before, reached / everything};
        best->gain = 0;
    }
    free(all);
    if (e) {
        free(sites);
        return e;
    }
    *out = sites;
    *count = found;
    return ERR_OK;
}
