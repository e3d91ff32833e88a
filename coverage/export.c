/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.c - coverage and availability as GeoJSON and CSV. Pure. */
#include "coverage/export.h"

#include <math.h>

#include "lib/base/csv_out.h"
#include "lib/base/json_out.h"
#include "lib/base/timex.h"

static const char *const band_names[GRID_BANDS] = {"2.4", "5", "6"};

/* ---- GeoJSON ---- */

static void write_position(struct json_out *j, const struct coverage *c, size_t corner)
{
    json_array_begin(j, NULL);
    json_fixed(j, NULL, c->lon[corner], 6);
    json_fixed(j, NULL, c->lat[corner], 6);
    json_array_end(j);
}

/* Counterclockwise, as RFC 7946 wants exterior rings. */
void export_cell_polygon(struct json_out *j, const struct coverage *c, size_t cell)
{
    size_t columns = (size_t)c->grid.columns, stride = columns + 1;
    size_t south_west = cell / columns * stride + cell % columns;
    const size_t ring[] = {south_west, south_west + 1, south_west + stride + 1, south_west + stride,
                           south_west};

    json_object_begin(j, "geometry");
    json_string(j, "type", "Polygon");
    json_array_begin(j, "coordinates");
    json_array_begin(j, NULL);
    for (size_t i = 0; i < ARRAY_LEN(ring); i++)
        write_position(j, c, ring[i]);
    json_array_end(j);
    json_array_end(j);
    json_object_end(j);
}

static void write_bands(struct json_out *j, const char *key, const double by_band[GRID_BANDS])
{
    json_object_begin(j, key);
    for (int b = 0; b < GRID_BANDS; b++)
        json_fixed(j, band_names[b], by_band[b], 4);
    json_object_end(j);
}

static void write_properties(struct json_out *j, const struct coverage *c, size_t index)
{
    const struct grid_cell *cell = &c->grid.cells[index];

    json_object_begin(j, "properties");
    json_string(j, "district", c->districts[index] ? c->districts[index]->id : NULL);
    json_fixed(j, "planned", cell->planned, 3);
    json_fixed(j, "delivered", coverage_known(cell->delivered, cell->completeness), 3);
    json_fixed(j, "completeness", cell->completeness, 3);
    write_bands(j, "bands", cell->by_band);
    json_fixed(j, "indoors", cell->indoors, 3);
    json_fixed(j, "delivered_indoors", coverage_known(cell->delivered_indoors, cell->completeness), 3);
    write_bands(j, "bands_indoors", cell->indoors_by_band);
    json_fixed(j, "sure", cell->sure, 3);
    json_fixed(j, "median", cell->median, 3);
    json_fixed(j, "valid", cell->valid, 3);
    json_fixed(j, "mbit", cell->mbit, 1);
    json_fixed(j, "level_dbm", cell->level_dbm, 1);
    json_int(j, "hotspots", cell->servers);
    json_string(j, "best",
                cell->best < c->server_count && c->hotspots[cell->best] ? c->hotspots[cell->best]->id : NULL);
    json_object_end(j);
}

static void write_cell(struct json_out *j, const struct coverage *c, size_t index)
{
    char code[GRID_CODE_SIZE];

    grid_cell_code(c->grid.cells[index].easting, c->grid.cells[index].northing, code);
    json_object_begin(j, NULL);
    json_string(j, "type", "Feature");
    json_string(j, "id", code);
    export_cell_polygon(j, c, index);
    write_properties(j, c, index);
    json_object_end(j);
}

static void write_area(struct json_out *j, const char *key, const struct coverage_area *a)
{
    json_object_begin(j, key);
    json_string(j, "id", a->id);
    json_string(j, "name", a->name);
    json_fixed(j, "area_km2", (double)a->cells * GRID_CELL_M * GRID_CELL_M / 1e6, 2);
    json_fixed(j, "planned", a->planned, 4);
    json_fixed(j, "delivered", coverage_known(a->delivered, a->completeness), 4);
    json_fixed(j, "completeness", a->completeness, 4);
    write_bands(j, "bands", a->by_band);
    json_fixed(j, "indoors", a->indoors, 4);
    json_fixed(j, "delivered_indoors", coverage_known(a->delivered_indoors, a->completeness), 4);
    write_bands(j, "bands_indoors", a->indoors_by_band);
    json_fixed(j, "sure", a->sure, 4);
    json_fixed(j, "median", a->median, 4);
    json_fixed(j, "sure_indoors", a->sure_indoors, 4);
    json_fixed(j, "median_indoors", a->median_indoors, 4);
    json_fixed(j, "valid", a->valid, 4);
    json_array_begin(j, "levels");
    for (int i = 0; i < GRID_CLASSES; i++) {
        json_object_begin(j, NULL);
        json_fixed(j, "from_dbm", grid_class_dbm[i], 0);
        json_fixed(j, "share", a->classes[i], 4);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void write_buildings(struct json_out *j, const struct gdal_buildings_findings *found)
{
    if (!found) {
        json_null(j, "buildings");
        return;
    }
    json_object_begin(j, "buildings");
    json_uint(j, "used", found->used);
    json_uint(j, "no_polygon", found->no_polygon);
    json_uint(j, "broken", found->broken);
    json_uint(j, "elsewhere", found->elsewhere);
    json_uint(j, "duplicates", found->duplicates);
    json_object_end(j);
}

static void write_assumptions(struct json_out *j, const struct coverage *c,
                              const struct gdal_buildings_findings *found)
{
    json_object_begin(j, "assumptions");
    json_string(j, "model", c->settings->model == COVERAGE_UMI ? FOOTPRINT_UMI_TEXT : FOOTPRINT_MODEL_TEXT);
    json_string(j, "rule", FOOTPRINT_RULE_TEXT);
    json_int(j, "step_m", c->settings->step_m);
    write_buildings(j, found);
    json_fixed(j, "body_loss_db", FOOTPRINT_BODY_LOSS_DB, 1);
    json_fixed(j, "phone_eirp_dbm", FOOTPRINT_PHONE_EIRP_DBM, 1);
    json_fixed(j, "range_max_m", FOOTPRINT_RANGE_MAX_M, 0);
    json_object_end(j);
}

static void write_summary(struct json_out *j, const struct coverage *c,
                          const struct gdal_buildings_findings *found, ns_t generated)
{
    json_object_begin(j, "summary");
    json_time(j, "generated", generated);
    json_time(j, "from", c->from);
    json_time(j, "to", c->to);
    json_fixed(j, "threshold_dbm", c->threshold_dbm, 1);
    json_uint(j, "hotspots", c->server_count);
    write_area(j, "total", &c->total);
    json_array_begin(j, "districts");
    for (size_t i = 0; i < c->area_count; i++)
        write_area(j, NULL, &c->areas[i]);
    json_array_end(j);
    json_array_begin(j, "skipped");
    for (size_t i = 0; i < c->skipped_count; i++) {
        json_object_begin(j, NULL);
        json_string(j, "hotspot", c->skipped[i].hotspot);
        json_string(j, "why", c->skipped[i].why);
        json_object_end(j);
    }
    json_array_end(j);
    write_assumptions(j, c, found);
    json_object_end(j);
}

void export_coverage_geojson(const struct coverage *c, const struct gdal_buildings_findings *buildings,
                             ns_t generated, struct buf *out)
{
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "type", "FeatureCollection");
    write_summary(&j, c, buildings, generated);
    json_array_begin(&j, "features");
    for (size_t i = 0; i < cells; i++)
        if (coverage_cell_is_shown(c, i))
            write_cell(&j, c, i);
    json_array_end(&j);
    json_object_end(&j);
}

/* ---- CSV ---- */

static void write_csv_cell(struct csv_out *csv, const struct coverage *c, size_t i)
{
    const struct grid_cell *cell = &c->grid.cells[i];
    char code[GRID_CODE_SIZE];

    grid_cell_code(cell->easting, cell->northing, code);
    csv_text(csv, code);
    csv_text(csv, c->districts[i] ? c->districts[i]->id : NULL);
    csv_number(csv, cell->planned, 3);
    csv_number(csv, coverage_known(cell->delivered, cell->completeness), 3);
    csv_number(csv, cell->completeness, 3);
    for (int b = 0; b < GRID_BANDS; b++)
        csv_number(csv, cell->by_band[b], 3);
    csv_number(csv, cell->level_dbm, 1);
    csv_int(csv, cell->servers);
    csv_text(csv,
             cell->best < c->server_count && c->hotspots[cell->best] ? c->hotspots[cell->best]->id : NULL);
    csv_number(csv, cell->indoors, 3);
    csv_number(csv, coverage_known(cell->delivered_indoors, cell->completeness), 3);
    csv_number(csv, cell->sure, 3);
    csv_number(csv, cell->median, 3);
    csv_number(csv, cell->valid, 3);
    csv_number(csv, cell->mbit, 1);
    csv_end_row(csv);
}

void export_coverage_csv(const struct coverage *c, struct csv_out *csv)
{
    static const char *const columns[] = {
        "cell",         "district",  "planned",           "delivered", "completeness",
        "planned_2_4",  "planned_5", "planned_6",         "level_dbm", "hotspots",
        "best_hotspot", "indoors",   "delivered_indoors", "sure",      "median",
        "valid",        "mbit"};
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
    for (size_t i = 0; i < cells; i++)
        if (coverage_cell_is_shown(c, i))
            write_csv_cell(csv, c, i);
}

static void write_availability_row(struct csv_out *csv, const struct availability_row *row, const char *from,
                                   const char *to)
{
    csv_text(csv, row->hotspot->id);
    csv_text(csv, row->hotspot->name);
    csv_text(csv, row->site_name);
    csv_text(csv, row->district_name);
    csv_text(csv, from);
    csv_text(csv, to);
    csv_number(csv, availability_share(&row->time) * 100, 3);
    csv_number(csv, availability_completeness(&row->time) * 100, 3);
    csv_int(csv, row->time.up / SECONDS);
    csv_int(csv, row->time.degraded / SECONDS);
    csv_int(csv, row->time.down / SECONDS);
    csv_int(csv, row->time.unknown / SECONDS);
    csv_int(csv, row->time.maintenance / SECONDS);
    csv_int(csv, (int64_t)row->outages);
    csv_int(csv, row->longest_outage / SECONDS);
    csv_end_row(csv);
}

void export_availability_csv(const struct availability_row *rows, size_t count, ns_t from, ns_t to,
                             struct csv_out *csv)
{
    static const char *const columns[] = {"hotspot",
                                          "name",
                                          "site",
                                          "district",
                                          "from",
                                          "to",
                                          "availability_percent",
                                          "completeness_percent",
                                          "up_s",
                                          "degraded_s",
                                          "down_s",
                                          "unknown_s",
                                          "maintenance_s",
                                          "outages",
                                          "longest_outage_s"};
    char from_text[TIMEX_RFC3339_SIZE], to_text[TIMEX_RFC3339_SIZE];

    timex_rfc3339(from, from_text);
    timex_rfc3339(to, to_text);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
    for (size_t i = 0; i < count; i++)
        write_availability_row(csv, &rows[i], from_text, to_text);
}
