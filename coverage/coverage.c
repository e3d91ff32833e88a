/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.c - from inventory and availability to cells and districts. Knows coordinates through gdal_geo. */
#include "coverage/coverage.h"

#include <math.h>
#include <stdlib.h>

#include "coverage/gdal_geo.h"

#define SHOWN_FROM 0.005

/* ---- servers ---- */

static void skip_hotspot(struct coverage *c, const struct hotspot *h, const char *why)
{
    c->skipped[c->skipped_count++] = (struct coverage_skipped){h->id, why};
}

static void add_radio(struct grid_server *s, const struct hotspot *h, double band_ghz, double eirp_dbm)
{
    bool is_indoor = h->environment == ENV_INDOOR;

    if (s->radio_count == GRID_BANDS)
        return; /* a fourth radio shares a band with one of the others */
    s->bands[s->radio_count] = grid_band_index(band_ghz);
    s->radios[s->radio_count++] =
        (struct transmitter){.f_ghz = band_frequency(band_ghz),
                             .eirp_dbm = eirp_dbm != 0 ? eirp_dbm : band_default_eirp(band_ghz, is_indoor),
                             .height_m = h->height_m,
                             .is_indoor = is_indoor};
}

/* Position is still longitude and latitude here. */
static void add_server(struct coverage *c, const struct inventory *inv, const struct hotspot *h,
                       coverage_availability_fn *availability, void *ctx)
{
    struct geo_point p = hotspot_position(inv, h);
    struct grid_server *s = &c->servers[c->server_count];
    const struct hotspot_radio *radios = h->radios.items;

    if (p.lat == 0 && p.lon == 0) {
        skip_hotspot(c, h, "no position");
        return;
    }
    *s = (struct grid_server){.easting = p.lon, .northing = p.lat};
    for (size_t i = 0; i < h->radios.count; i++)
        add_radio(s, h, radios[i].band_ghz, radios[i].eirp_dbm);
    if (h->radios.count == 0) { /* nothing stands in the inventory: what every access point has */
        add_radio(s, h, 2.4, 0);
        add_radio(s, h, 5, 0);
    }
    availability(ctx, h, &s->availability, &s->completeness);
    c->hotspots[c->server_count++] = h;
}

static enum err add_servers(struct coverage *c, const struct inventory *inv,
                            coverage_availability_fn *availability, void *ctx)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(inv, &count);

    c->servers = calloc(count + 1, sizeof *c->servers);
    c->hotspots = calloc(count + 1, sizeof(*c->hotspots));
    c->skipped = calloc(count + 1, sizeof *c->skipped);
    if (!c->servers || !c->hotspots || !c->skipped)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        add_server(c, inv, &hotspots[i], availability, ctx);
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
                                struct grid_extent *extent)
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
                grid_extent_add(extent, x, y);
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
    if (!isnan(cell->completeness))
        a->completeness += cell->planned * cell->completeness;
}

/* Sums become means. */
static void area_close(struct coverage_area *a)
{
    a->completeness = a->planned > 0 ? a->completeness / a->planned : NAN;
    if (a->cells) {
        a->planned /= (double)a->cells;
        a->delivered /= (double)a->cells;
    }
}

static enum err sum_districts(struct coverage *c, const struct inventory *inv)
{
    const struct district *districts = inventory_districts(inv, &c->area_count);
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    c->districts = calloc(cells + 1, sizeof(*c->districts));
    c->areas = calloc(c->area_count + 1, sizeof *c->areas);
    if (!c->districts || !c->areas)
        return ERR_NOMEM;
    c->total = (struct coverage_area){.id = "", .name = ""};
    for (size_t d = 0; d < c->area_count; d++)
        c->areas[d] = (struct coverage_area){.id = districts[d].id, .name = districts[d].name};
    for (size_t i = 0; i < cells; i++) {
        for (size_t d = 0; d < c->area_count && !c->districts[i]; d++) {
            if (district_contains(&districts[d], cell_centre(c, i))) {
                c->districts[i] = &districts[d];
                area_add(&c->areas[d], &c->grid.cells[i]);
            }
        }
        if (c->districts[i] || c->area_count == 0)
            area_add(&c->total, &c->grid.cells[i]);
    }
    for (size_t d = 0; d < c->area_count; d++)
        area_close(&c->areas[d]);
    area_close(&c->total);
    return ERR_OK;
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

static enum err compute(struct coverage *c, const struct inventory *inv,
                        coverage_availability_fn *availability, void *ctx)
{
    struct grid_extent area = GRID_EXTENT_EMPTY;
    struct gdal_transform *to_laea = NULL, *to_wgs84 = NULL;
    enum err e = gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &to_laea);

    if (!e)
        e = gdal_transform_new(EPSG_LAEA, EPSG_WGS84, &to_wgs84);
    if (!e)
        e = add_servers(c, inv, availability, ctx);
    if (!e)
        e = project_servers(c, to_laea);
    if (!e)
        e = district_extent(inv, to_laea, &area);
    if (!e)
        e = grid_compute(c->servers, c->server_count, &area, c->threshold_dbm, &c->grid);
    if (!e)
        e = locate_lattice(c, to_wgs84);
    if (!e)
        e = sum_districts(c, inv);
    gdal_transform_free(to_laea);
    gdal_transform_free(to_wgs84);
    return e;
}

enum err coverage_compute(const struct inventory *inv, double threshold_dbm, ns_t from, ns_t to,
                          coverage_availability_fn *availability, void *ctx, struct coverage **out)
{
    struct coverage *c = calloc(1, sizeof *c);
    enum err e = ERR_NOMEM;

    if (c) {
        c->from = from;
        c->to = to;
        c->threshold_dbm = threshold_dbm;
        e = compute(c, inv, availability, ctx);
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
    free(c->servers);
    free(c->hotspots);
    free(c->skipped);
    free(c->districts);
    free(c->areas);
    free(c->lon);
    free(c->lat);
    free(c);
}
