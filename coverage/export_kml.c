/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_kml.c - coverage as KML (OGC 12-007r2), for maps that the public knows. Pure. Only what is
 * published. */
#include <string.h>

#include "coverage/export.h"
#include "lib/base/strx.h"

/* Lower bounds of `planned` and their colours, aabbggrr as KML has it; light to dark, so that grey shows
 * them, too. */
static const struct {
    double from;
    const char *id, *colour;
} classes[] = {
    {0.9, "c90", "b36b2a08"}, {0.75, "c75", "b39c5208"}, {0.5, "c50", "b3c69242"}, {0.1, "c10", "b3e1ca9e"}};

/* Text from an inventory: XML 1.0 has no control characters, and no way to write them. */
static void put_text(struct buf *out, const char *text)
{
    struct buf valid = BUF_INIT;

    strx_put_utf8(&valid, text, strlen(text));
    for (size_t i = 0; i < valid.len; i++) {
        unsigned char c = (unsigned char)valid.data[i];
        if (c == '<')
            buf_str(out, "&lt;");
        else if (c == '&')
            buf_str(out, "&amp;");
        else if (c == '>')
            buf_str(out, "&gt;");
        else if (c >= ' ' || c == '\t' || c == '\n')
            buf_u8(out, c);
    }
    buf_fini(&valid);
}

static void put_cell(const struct coverage *c, size_t cell, const char *style, struct buf *out)
{
    size_t columns = (size_t)c->grid.columns, stride = columns + 1,
           at = cell / columns * stride + cell % columns;
    const size_t ring[] = {at, at + 1, at + stride + 1, at + stride, at};
    char code[GRID_CODE_SIZE];

    grid_cell_code(c->grid.cells[cell].easting, c->grid.cells[cell].northing, code);
    buf_printf(out,
               "<Placemark><name>%s</name><styleUrl>#%s</"
               "styleUrl><Polygon><outerBoundaryIs><LinearRing><coordinates>",
               code, style);
    for (size_t i = 0; i < ARRAY_LEN(ring); i++)
        buf_printf(out, "%s%.6f,%.6f", i ? " " : "", c->lon[ring[i]], c->lat[ring[i]]);
    buf_str(out, "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>\n");
}

static void put_cells(const struct coverage *c, struct buf *out)
{
    size_t cells = (size_t)c->grid.columns * (size_t)c->grid.rows;

    buf_str(out, "<Folder><name>Versorgung je 100-m-Zelle (geplant, im Freien)</name>\n");
    for (size_t i = 0; i < cells; i++)
        for (size_t k = 0; k < ARRAY_LEN(classes); k++)
            if (c->grid.cells[i].planned >= classes[k].from) {
                put_cell(c, i, classes[k].id, out);
                break;
            }
    buf_str(out, "</Folder>\n");
}

static void put_hotspots(const struct coverage *c, const struct inventory *inv, struct buf *out)
{
    buf_str(out, "<Folder><name>Hotspots</name>\n");
    for (size_t i = 0; i < c->server_count; i++) {
        const struct hotspot *h = c->hotspots[i];
        struct geo_point p;
        if (!h || !h->is_published)
            continue;
        p = hotspot_position(inv, h);
        buf_str(out, "<Placemark><name>");
        put_text(out, h->name);
        buf_printf(out, "</name><Point><coordinates>%.6f,%.6f</coordinates></Point></Placemark>\n", p.lon,
                   p.lat);
    }
    buf_str(out, "</Folder>\n");
}

void export_coverage_kml(const struct coverage *c, const struct inventory *inv, struct buf *out)
{
    buf_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml "
                 "xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n"
                 "<name>Öffentliches WLAN</name>\n");
    for (size_t k = 0; k < ARRAY_LEN(classes); k++)
        buf_printf(out,
                   "<Style "
                   "id=\"%s\"><LineStyle><width>0</width></LineStyle><PolyStyle><color>%s</color></"
                   "PolyStyle></Style>\n",
                   classes[k].id, classes[k].colour);
    put_cells(c, out);
    put_hotspots(c, inv, out);
    buf_str(out, "</Document></kml>\n");
}
