/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.c - from inventory and availability to cells and districts. Knows coordinates through gdal_geo. */
#include "coverage/coverage.h"

#include <math.h>
#include <stdlib.h>

#include "coverage/gdal_geo.h"

enum { THREADS = 2 };

#define SHOWN_FROM 0.005

/* ---- servers ---- */

static void skip_hotspot(struct coverage *c, const struct hotspot *h, const char *why)
{
    c->skipped[c->skipped_count++] = (struct coverage_skipped){h->id, why};
}

bool coverage_add_radio(struct raster_server *s, const struct coverage_settings *settings, double height_m,
                        bool is_indoor, const struct hotspot_radio *radio)
{
    struct transmitter *t = &s->radios[s->radio_count];

    if (s->radio_count == GRID_BANDS)
        return false; /* a fourth radio shares a band with one of the others */
    s->bands[s->radio_count++] = grid_band_index(radio->band_ghz);
    *t = (struct transmitter){
        .f_ghz = band_frequency(radio->band_ghz),
        .eirp_dbm = radio->eirp_dbm != 0 ? radio->eirp_dbm : band_default_eirp(radio->band_ghz, is_indoor),
        .height_m = height_m,
        .is_indoor = is_indoor,
        .is_above_roofs = !is_indoor && height_m > settings->roof_height_m,
        .model = settings->model == COVERAGE_UMI ? FOOTPRINT_UMI : FOOTPRINT_P1411,
        .antenna = {radio->gain_dbi, radio->azimuth_deg, radio->tilt_deg, radio->beamwidth_deg,
                    radio->beamwidth_v_deg},
        .channel = {.width_mhz = (int)radio->width_mhz, .streams = (int)radio->streams}};
    transmitter_prepare(t, settings->indoor_loss_db);
    return true;
}

/* Position is still longitude and latitude here. */
static void add_server(struct coverage *c, const struct coverage_request *q, const struct hotspot *h)
{
    static const struct hotspot_radio usual[] = {{.band_ghz = 2.4}, {.band_ghz = 5}};
    struct geo_point p = hotspot_position(q->inventory, h);
    struct raster_server *s = &c->servers[c->server_count];
    /* Nothing stands in the inventory: what every access point has. */
    const struct hotspot_radio *radios = h->radios.count ? h->radios.items : usual;
    size_t count = h->radios.count ? h->radios.count : ARRAY_LEN(usual);

    if (p.lat == 0 && p.lon == 0) {
        skip_hotspot(c, h, "no position");
        return;
    }
    *s = (struct raster_server){.easting = p.lon, .northing = p.lat};
    for (size_t i = 0; i < count; i++)
        (void)coverage_add_radio(s, q->settings, h->height_m, h->environment == ENV_INDOOR, &radios[i]);
    q->availability(q->ctx, h, &s->availability, &s->completeness);
    c->hotspots[c->server_count++] = h;
}

enum err coverage_reserve(struct coverage *c, size_t n)
{
    size_t room = c->server_count + n + 1;
    struct raster_server *servers;
    const struct hotspot **hotspots;

    if (room <= c->server_room)
        return ERR_OK;
    servers = realloc(c->servers, room * sizeof *servers);
    if (servers)
        c->servers = servers;
    hotspots = realloc(c->hotspots, room * sizeof(*hotspots));
    if (hotspots)
        c->hotspots = hotspots;
    if (!servers || !hotspots)
        return ERR_NOMEM;
    c->server_room = room;
    return ERR_OK;
}

static enum err add_servers(struct coverage *c, const struct coverage_request *q)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(q->inventory, &count);
    enum err e = coverage_reserve(c, count);

    c->skipped = calloc(count + 1, sizeof *c->skipped);
    if (e || !c->skipped)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        add_server(c, q, &hotspots[i]);
    return ERR_OK;
}

static enum err project_servers(struct coverage *c, struct gdal_transform *to_laea)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < c->server_count; i++)
        e = gdal_transform_points(to_laea, &c->servers[i].easting, &c->servers[i].northing, 1);
    return e;
}

static enum err district_extent(const struct inventory *inv, struct gdal_transform *to_laea,
                                struct raster_extent *extent)
{
    size_t count;
    const struct district *districts = inventory_districts(inv, &count);

    for (size_t d = 0; d < count; d++)
        for (size_t r = 0; r < districts[d].ring_count; r++)
            for (size_t i = 0; i < districts[d].rings[r].count; i++) {
                double x = districts[d].rings[r].points[i].lon, y = districts[d].rings[r].points[i].lat;
                enum err e = gdal_transform_points(to_laea, &x, &y, 1);
                if (e)
                    return e;
                raster_extent_add(extent, x, y);
            }
    return ERR_OK;
}

/* ---- cells on the globe, and in districts ---- */

static enum err locate_lattice(struct coverage *c, struct gdal_transform *to_wgs84)
{
    const struct grid *g = &c->grid;
    size_t columns = (size_t)g->columns + 1, count = columns * ((size_t)g->rows + 1);

    c->lon = calloc(count, sizeof *c->lon);
    c->lat = calloc(count, sizeof *c->lat);
    if (!c->lon || !c->lat)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        c->lon[i] = g->easting + (double)(i % columns) * GRID_CELL_M;
        c->lat[i] = g->northing + (double)(i / columns) * GRID_CELL_M;
    }
    return gdal_transform_points(to_wgs84, c->lon, c->lat, count);
}

/* The mean of two opposite corners: 100 m are straight enough. */
static struct geo_point cell_centre(const struct coverage *c, size_t cell)
{
    size_t columns = (size_t)c->grid.columns, row = cell / columns, column = cell % columns;
    size_t corner = row * (columns + 1) + column, opposite = corner + columns + 2;

    return (struct geo_point){(c->lat[corner] + c->lat[opposite]) / 2,
                              (c->lon[corner] + c->lon[opposite]) / 2};
}

static void area_add(struct coverage_area *a, const struct grid_cell *cell)
{
    a->cells++;
    a->planned += cell->planned;
    a->delivered += cell->delivered;
    a->indoors += cell->indoors;
    a->delivered_indoors += cell->delivered_indoors;
    a->sure += cell->sure;
    a->median += cell->median;
    a->sure_indoors += cell->sure_indoors;
    a->median_indoors += cell->median_indoors;
    for (int b = 0; b < GRID_BANDS; b++) {
        a->by_band[b] += cell->by_band[b];
        a->indoors_by_band[b] += cell->indoors_by_band[b];
    }
    for (int i = 0; i < GRID_CLASSES; i++)
        a->classes[i] += cell->classes[i];
    if (!isnan(cell->completeness))
        a->completeness += cell->planned * cell->completeness;
    if (!isnan(cell->valid))
        a->valid += cell->planned * cell->valid;
}

/* Sums become means. */
static void area_close(struct coverage_area *a)
{
    double *const means[] = {&a->planned, &a->delivered, &a->indoors,      &a->delivered_indoors,
                             &a->sure,    &a->median,    &a->sure_indoors, &a->median_indoors};

    a->completeness = a->planned > 0 ? a->completeness / a->planned : NAN;
    a->valid = a->planned > 0 ? a->valid / a->planned : NAN;
    if (!a->cells)
        return;
    for (size_t i = 0; i < ARRAY_LEN(means); i++)
        *means[i] /= (double)a->cells;
    for (int b = 0; b < GRID_BANDS; b++) {
        a->by_band[b] /= (double)a->cells;
        a->indoors_by_band[b] /= (double)a->cells;
    }
    for (int i = 0; i < GRID_CLASSES; i++)
        a->classes[i] /= (double)a->cells;
}

/* Which district each cell lies in. */
static enum err locate_districts(struct coverage *c, const struct inventory *inv)
{
    const struct district *districts = inventory_districts(inv, &c->area_count);
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    c->districts = calloc(cells + 1, sizeof(*c->districts));
    c->areas = calloc(c->area_count + 1, sizeof *c->areas);
    if (!c->districts || !c->areas)
        return ERR_NOMEM;
    for (size_t d = 0; d < c->area_count; d++)
        c->areas[d] = (struct coverage_area){.id = districts[d].id, .name = districts[d].name};
    for (size_t i = 0; i < cells; i++)
        for (size_t d = 0; d < c->area_count && !c->districts[i]; d++)
            if (district_contains(&districts[d], cell_centre(c, i)))
                c->districts[i] = &districts[d];
    return ERR_OK;
}

static struct coverage_area *area_of(const struct coverage *c, const struct district *district)
{
    for (size_t d = 0; d < c->area_count; d++)
        if (c->areas[d].id == district->id)
            return &c->areas[d];
    return NULL;
}

static void sum_areas(struct coverage *c)
{
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    c->total = (struct coverage_area){.id = "", .name = ""};
    for (size_t d = 0; d < c->area_count; d++)
        c->areas[d] = (struct coverage_area){.id = c->areas[d].id, .name = c->areas[d].name};
    for (size_t i = 0; i < cells; i++) {
        if (c->districts[i])
            area_add(area_of(c, c->districts[i]), &c->grid.cells[i]);
        if (c->districts[i] || c->area_count == 0)
            area_add(&c->total, &c->grid.cells[i]);
    }
    for (size_t d = 0; d < c->area_count; d++)
        area_close(&c->areas[d]);
    area_close(&c->total);
}

double coverage_known(double delivered, double completeness)
{
    return completeness == 0 ? NAN : delivered;
}

bool coverage_cell_is_shown(const struct coverage *c, size_t cell)
{
    return c->districts[cell] || c->grid.cells[cell].planned >= SHOWN_FROM;
}

/* ---- the whole ---- */

enum err coverage_update(struct coverage *c, const struct raster_extent *x)
{
    enum err e = raster_serve(&c->raster, c->servers, c->server_count, x, THREADS);

    if (e)
        return e;
    grid_update(&c->grid, &c->raster, x);
    sum_areas(c);
    return ERR_OK;
}

static enum err compute(struct coverage *c, const struct coverage_request *q)
{
    struct raster_extent area = RASTER_EXTENT_EMPTY;
    const struct buildings *buildings = NULL;
    struct gdal_transform *to_laea = NULL, *to_wgs84 = NULL;
    enum err e = gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &to_laea);

    if (!e)
        e = gdal_transform_new(EPSG_LAEA, EPSG_WGS84, &to_wgs84);
    if (!e)
        e = add_servers(c, q);
    if (!e)
        e = project_servers(c, to_laea);
    if (!e)
        e = district_extent(q->inventory, to_laea, &area);
    for (size_t i = 0; i < c->server_count; i++)
        raster_extent_reach(&area, c->servers[i].easting, c->servers[i].northing);
    if (!e && q->buildings)
        e = q->buildings(q->ctx, &area, &buildings);
    if (!e)
        e = raster_new(&area, (int)q->settings->step_m, c->threshold_dbm, buildings, &c->raster);
    if (!e)
        e = raster_serve(&c->raster, c->servers, c->server_count, NULL, THREADS);
    if (!e)
        e = grid_from_raster(&c->raster, &c->grid);
    if (!e)
        e = locate_lattice(c, to_wgs84);
    if (!e)
        e = locate_districts(c, q->inventory);
    if (!e)
        sum_areas(c);
    gdal_transform_free(to_laea);
    gdal_transform_free(to_wgs84);
    return e;
}

enum err coverage_compute(const struct coverage_request *q, struct coverage **out)
{
    struct coverage *c = calloc(1, sizeof *c);
    enum err e = ERR_NOMEM;

    if (c) {
        c->from = q->from;
        c->to = q->to;
        c->settings = q->settings;
        c->threshold_dbm = q->settings->threshold_dbm;
        e = compute(c, q);
    }
    if (e) {
        coverage_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

void coverage_free(struct coverage *c)
{
    if (!c)
        return;
    grid_fini(&c->grid);
    raster_fini(&c->raster);
    free(c->servers);
    free(c->hotspots);
    free(c->skipped);
    free(c->districts);
    free(c->areas);
    free(c->lon);
    free(c->lat);
    free(c);
}
