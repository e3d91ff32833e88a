/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_map.c - the map of the hotspots as a picture (SVG). Pure. */
#include <math.h>
#include <stdint.h>

#include "dashboards/public_page.h"

/* ---- map ---- */

enum { MAP_SIZE = 800, MAP_MARGIN = 20 };

struct projection {
    double south, west, scale_x, scale_y;
};

static void widen(double box[4], struct geo_point p)
{
    box[0] = fmin(box[0], p.lat);
    box[1] = fmin(box[1], p.lon);
    box[2] = fmax(box[2], p.lat);
    box[3] = fmax(box[3], p.lon);
}

static void widen_by_outline(double box[4], const struct district *d)
{
    for (size_t r = 0; r < d->ring_count; r++)
        for (size_t p = 0; p < d->rings[r].count; p++)
            widen(box, d->rings[r].points[p]);
}

/* Equirectangular around the middle: a city is small enough. district SIZE_MAX: all of it. */
static bool project(const struct public_model *m, size_t district, struct projection *out)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (size_t i = 0; i < m->hotspot_count; i++)
        if (district == SIZE_MAX || m->hotspots[i].district == district)
            widen(box, m->hotspots[i].at);
    for (size_t i = 0; i < m->district_count; i++)
        if (district == SIZE_MAX || i == district)
            widen_by_outline(box, m->districts[i].outline);
    if (!(box[2] > box[0]) || !(box[3] > box[1]))
        return false;
    double narrow = cos((box[0] + box[2]) / 2 * M_PI / 180);
    double span = fmax(box[2] - box[0], (box[3] - box[1]) * narrow);
    double scale = (MAP_SIZE - 2 * MAP_MARGIN) / span;
    *out = (struct projection){.south = box[0] - (span - (box[2] - box[0])) / 2,
                               .west = box[1] - (span / narrow - (box[3] - box[1])) / 2,
                               .scale_x = scale * narrow,
                               .scale_y = scale};
    return true;
}

static void put_point(struct buf *out, const struct projection *p, struct geo_point at)
{
    buf_printf(out, "%.1f %.1f", MAP_MARGIN + (at.lon - p->west) * p->scale_x,
               MAP_SIZE - MAP_MARGIN - (at.lat - p->south) * p->scale_y);
}

static void put_outlines(struct buf *out, const struct public_model *m, const struct projection *p)
{
    buf_str(out, "<path fill=\"#fbfaf6\" stroke=\"#8d94ab\" fill-rule=\"evenodd\" d=\"");
    for (size_t i = 0; i < m->district_count; i++) {
        for (size_t r = 0; r < m->districts[i].outline->ring_count; r++) {
            const struct geo_ring *ring = &m->districts[i].outline->rings[r];
            for (size_t k = 0; k < ring->count; k++) {
                buf_str(out, k ? "L" : "M");
                put_point(out, p, ring->points[k]);
            }
            buf_str(out, "Z");
        }
    }
    buf_str(out, "\"/>\n");
}

/* Each state has a shape of its own: circle, half circle, cross, diamond, ring. */
static const char *const shapes[] = {
    [STATE_UNKNOWN] = "<circle r=\"4\" fill=\"#fff\" stroke=\"#5a6078\" stroke-width=\"2\"/>",
    [STATE_USABLE] = "<circle r=\"4\" fill=\"#1e7b4c\"/>",
    [STATE_DEGRADED] = "<path d=\"M0-6 6 5H-6Z\" fill=\"#b35c00\"/>",
    [STATE_UNUSABLE] = "<path d=\"M-5-5 5 5M5-5-5 5\" stroke=\"#bd1e2c\" stroke-width=\"3\"/>",
    [STATE_MAINTENANCE] = "<path d=\"M0-6 6 0 0 6-6 0Z\" fill=\"#1f5fae\"/>"};

static void put_map(struct buf *out, const struct public_model *m, size_t district)
{
    struct projection p;

    buf_printf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"><rect width=\"%d\" height=\"%d\" "
        "fill=\"#e6ebf2\"/>\n<defs>",
        MAP_SIZE, MAP_SIZE, MAP_SIZE, MAP_SIZE);
    for (int s = STATE_UNKNOWN; s <= STATE_MAINTENANCE; s++)
        buf_printf(out, "<g id=\"s%d\">%s</g>", s, shapes[s]);
    buf_str(out, "</defs>\n");
    if (project(m, district, &p)) {
        put_outlines(out, m, &p);
        for (size_t i = 0; i < m->hotspot_count; i++) {
            enum state state = m->hotspots[i].state;
            if (district != SIZE_MAX && m->hotspots[i].district != district)
                continue;
            buf_str(out, "<use transform=\"translate(");
            put_point(out, &p, m->hotspots[i].at);
            buf_printf(out, ")\" href=\"#s%d\"/>", state <= STATE_MAINTENANCE ? (int)state : 0);
        }
    }
    buf_str(out, "\n</svg>\n");
}

void public_page_map(struct buf *out, const struct public_model *m)
{
    put_map(out, m, SIZE_MAX);
}

void public_page_district_map(struct buf *out, const struct public_model *m, size_t district)
{
    put_map(out, m, district);
}

void public_map_name(struct buf *out, const struct public_district *d)
{
    buf_printf(out, "map-%s.svg", d->outline->id);
}

bool public_map_locate(const struct public_model *m, size_t district, double x, double y,
                       struct geo_point *out)
{
    struct projection p;

    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1) || !project(m, district, &p))
        return false;
    *out = (struct geo_point){.lat = p.south + (MAP_SIZE - MAP_MARGIN - y * MAP_SIZE) / p.scale_y,
                              .lon = p.west + (x * MAP_SIZE - MAP_MARGIN) / p.scale_x};
    return true;
}
