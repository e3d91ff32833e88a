/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach.c - sums over inhabitants and points of interest. Pure apart from malloc; coordinates through
 * gdal_geo. */
#include "coverage/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/gdal_geo.h"
#include "lib/base/csv_in.h"

#define SURE   0.9
#define MEDIAN 0.5

/* ---- inhabitants ---- */

void reach_of(const struct coverage *c, const struct population *p, const struct district *district,
              struct reach *out)
{
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;
    struct reach sum = {0};
    double *const shares[] = {&sum.outdoors,  &sum.outdoors_sure,    &sum.outdoors_median,
                              &sum.indoors,   &sum.indoors_sure,     &sum.indoors_median,
                              &sum.delivered, &sum.delivered_indoors};

    for (size_t i = 0; i < cells; i++) {
        const struct grid_cell *cell = &c->grid.cells[i];
        const double parts[] = {
            cell->planned,      cell->sure,           cell->median,    cell->indoors,
            cell->sure_indoors, cell->median_indoors, cell->delivered, cell->delivered_indoors};
        bool is_inside = district ? c->districts[i] == district : c->districts[i] || c->area_count == 0;
        if (!is_inside || isnan(p->inhabitants[i]))
            continue;
        sum.cells++;
        sum.inhabitants += p->inhabitants[i];
        for (size_t k = 0; k < ARRAY_LEN(parts); k++)
            *shares[k] += p->inhabitants[i] * parts[k];
    }
    for (size_t k = 0; k < ARRAY_LEN(shares); k++)
        *shares[k] = sum.inhabitants > 0 ? *shares[k] / sum.inhabitants : NAN;
    *out = sum;
}

void reach_csv_head(struct csv_out *csv)
{
    static const char *const columns[] = {"by",
                                          "id",
                                          "name",
                                          "threshold_dbm",
                                          "count",
                                          "outdoors",
                                          "outdoors_sure",
                                          "outdoors_median",
                                          "indoors",
                                          "indoors_sure",
                                          "indoors_median",
                                          "delivered",
                                          "delivered_indoors"};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
}

static void write_row(const char *by, const char *id, const char *name, double threshold_dbm,
                      const struct reach *r, struct csv_out *csv)
{
    const double shares[] = {r->outdoors,     r->outdoors_sure,  r->outdoors_median, r->indoors,
                             r->indoors_sure, r->indoors_median, r->delivered,       r->delivered_indoors};

    csv_text(csv, by);
    csv_text(csv, id);
    csv_text(csv, name);
    csv_number(csv, threshold_dbm, 0);
    csv_number(csv, r->inhabitants, 0);
    for (size_t i = 0; i < ARRAY_LEN(shares); i++)
        csv_number(csv, shares[i], 4);
    csv_end_row(csv);
}

static const struct district *district_by_id(const struct coverage *c, const char *id)
{
    for (size_t i = 0; i < (size_t)c->grid.columns * (size_t)c->grid.rows; i++)
        if (c->districts[i] && strcmp(c->districts[i]->id, id) == 0)
            return c->districts[i];
    return NULL;
}

void reach_csv(const struct coverage *c, const struct population *p, struct csv_out *csv)
{
    struct reach r;

    reach_of(c, p, NULL, &r);
    write_row("city", "", "", c->raster.threshold_dbm, &r, csv);
    for (size_t d = 0; d < c->area_count; d++) {
        const struct district *district = district_by_id(c, c->areas[d].id);
        if (!district)
            continue; /* smaller than a cell */
        reach_of(c, p, district, &r);
        write_row("district", district->id, district->name, c->raster.threshold_dbm, &r, csv);
    }
}

/* ---- points of interest ---- */

/* Where it lies; false: no such place on earth. */
static bool project(struct gdal_transform *to_laea, double lat, double lon, double *e, double *n)
{
    *e = lon;
    *n = lat;
    return fabs(lat) <= 90 && fabs(lon) <= 180 && !gdal_transform_points(to_laea, e, n, 1) && isfinite(*e) &&
           isfinite(*n);
}

static void locate(struct poi *p, const struct raster *r, struct gdal_transform *to_laea)
{
    double e, n;

    if (project(to_laea, p->lat, p->lon, &p->easting, &p->northing))
        p->place = raster_at(r, p->easting, p->northing);
    if (!p->place && project(to_laea, p->lon, p->lat, &e, &n))
        p->is_exchanged = raster_at(r, e, n) != NULL;
}

struct poi_columns {
    int name, kind, lat, lon;
};

static enum err take_point(const struct csv_in *in, const struct poi_columns *c, size_t *room,
                           struct poi_list *list)
{
    struct poi p = {.name = csv_in_cell(in, c->name), .kind = csv_in_cell(in, c->kind)};

    if (!csv_in_number(in, c->lat, &p.lat) || !csv_in_number(in, c->lon, &p.lon)) {
        if (!list->broken++)
            list->broken_line = in->line;
        return ERR_OK;
    }
    if (list->count == *room) {
        size_t wanted = *room ? *room * 2 : 256;
        struct poi *larger = realloc(list->items, wanted * sizeof *larger);
        if (!larger)
            return ERR_NOMEM;
        list->items = larger;
        *room = wanted;
    }
    list->items[list->count++] = p;
    return ERR_OK;
}

enum err poi_read(char *text, size_t len, const struct raster *r, struct poi_list *out)
{
    struct gdal_transform *to_laea = NULL;
    struct poi_columns c;
    struct csv_in in;
    size_t room = 0;
    enum err e = csv_in_begin(&in, text, len);

    *out = (struct poi_list){0};
    if (e)
        return ERR_MALFORMED;
    c = (struct poi_columns){csv_in_find(&in, "name"), csv_in_find(&in, "kind"), csv_in_find(&in, "lat"),
                             csv_in_find(&in, "lon")};
    if (c.name < 0 || c.lat < 0 || c.lon < 0)
        return ERR_MALFORMED;
    e = gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &to_laea);
    while (!e && !(e = csv_in_row(&in)))
        e = take_point(&in, &c, &room, out);
    if (e == ERR_END)
        e = ERR_OK;
    for (size_t i = 0; !e && i < out->count; i++)
        locate(&out->items[i], r, to_laea);
    gdal_transform_free(to_laea);
    if (e)
        poi_fini(out);
    return e;
}

void poi_fini(struct poi_list *list)
{
    free(list->items);
    *list = (struct poi_list){0};
}

void poi_csv(const struct coverage *c, const struct poi_list *list, struct csv_out *csv)
{
    static const char *const columns[] = {
        "name",    "kind",      "lat",       "lon",  "cell",         "threshold_dbm", "outdoors",
        "indoors", "delivered", "level_dbm", "mbit", "best_hotspot", "remark"};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
    for (size_t i = 0; i < list->count; i++) {
        const struct poi *p = &list->items[i];
        const struct raster_place *at = p->place;
        char code[GRID_CODE_SIZE] = "";
        if (at)
            grid_cell_code(grid_cell_floor(p->easting), grid_cell_floor(p->northing), code);
        csv_text(csv, p->name);
        csv_text(csv, p->kind);
        csv_number(csv, p->lat, 6);
        csv_number(csv, p->lon, 6);
        csv_text(csv, code);
        csv_number(csv, c->raster.threshold_dbm, 0);
        csv_number(csv, at ? raster_outdoors(at) : NAN, 3);
        csv_number(csv, at ? raster_indoors(at) : NAN, 3);
        csv_number(csv, at ? at->delivered : NAN, 3);
        csv_number(csv, at ? at->level_dbm : NAN, 1);
        csv_number(csv, at ? at->mbit : NAN, 1);
        csv_text(csv, at && at->best < c->server_count && c->hotspots[at->best] ? c->hotspots[at->best]->id
                                                                                : NULL);
        csv_text(csv, at                ? NULL
                      : p->is_exchanged ? "latitude and longitude exchanged"
                                        : "outside of the city");
        csv_end_row(csv);
    }
}

static void add_point(struct reach *sum, const struct raster_place *at)
{
    double outdoors = raster_outdoors(at), indoors = raster_indoors(at);

    sum->inhabitants++;
    sum->outdoors += outdoors;
    sum->outdoors_sure += outdoors >= SURE;
    sum->outdoors_median += outdoors >= MEDIAN;
    sum->indoors += indoors;
    sum->indoors_sure += indoors >= SURE;
    sum->indoors_median += indoors >= MEDIAN;
    sum->delivered += at->delivered;
    sum->delivered_indoors += at->delivered_indoors;
}

static bool is_first_of_kind(const struct poi_list *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(list->items[k].kind, list->items[i].kind) == 0)
            return false;
    return true;
}

void poi_kinds_csv(const struct coverage *c, const struct poi_list *list, struct csv_out *csv)
{
    for (size_t i = 0; i < list->count; i++) {
        struct reach r = {0};
        double *const shares[] = {&r.outdoors,  &r.outdoors_sure,    &r.outdoors_median,
                                  &r.indoors,   &r.indoors_sure,     &r.indoors_median,
                                  &r.delivered, &r.delivered_indoors};
        if (!is_first_of_kind(list, i))
            continue;
        for (size_t k = i; k < list->count; k++)
            if (list->items[k].place && strcmp(list->items[k].kind, list->items[i].kind) == 0)
                add_point(&r, list->items[k].place);
        for (size_t k = 0; k < ARRAY_LEN(shares); k++)
            *shares[k] = r.inhabitants > 0 ? *shares[k] / r.inhabitants : NAN;
        write_row("kind", list->items[i].kind, list->items[i].kind, c->raster.threshold_dbm, &r, csv);
    }
}
