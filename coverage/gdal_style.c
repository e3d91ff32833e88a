/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdal_style.c - QML of the layers, in the table that QGIS looks for when it opens a GeoPackage. */
#include "coverage/gdal_style.h"

#include <gdal.h>
#include <ogr_api.h>

#include "lib/base/buf.h"
#include "lib/base/timex.h"

/* Classes of the share that is served, light to dark; red, green, blue. */
static const struct {
    double from, to;
    const char *colour;
} classes[] = {{0, 0.1, "247,251,255"},
               {0.1, 0.5, "158,202,225"},
               {0.5, 0.75, "66,146,198"},
               {0.75, 0.9, "8,82,156"},
               {0.9, 1, "8,42,107"}};

static void put_symbol(struct buf *out, size_t number, const char *type, const char *layer,
                       const char *options)
{
    buf_printf(out,
               "<symbol type=\"%s\" name=\"%zu\" alpha=\"0.75\"><layer class=\"%s\" enabled=\"1\"><Option "
               "type=\"Map\">%s</Option>"
               "</layer></symbol>",
               type, number, layer, options);
}

static void put_cell_style(struct buf *out)
{
    buf_str(
        out,
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"3.22\" "
        "styleCategories=\"Symbology\">"
        "<renderer-v2 type=\"graduatedSymbol\" attr=\"planned\" graduatedMethod=\"GraduatedColor\"><ranges>");
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        buf_printf(
            out,
            "<range symbol=\"%zu\" lower=\"%.2f\" upper=\"%.2f\" label=\"%.0f - %.0f %%\" render=\"true\"/>",
            i, classes[i].from, classes[i].to, classes[i].from * 100, classes[i].to * 100);
    buf_str(out, "</ranges><symbols>");
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        struct buf options = BUF_INIT;
        buf_printf(&options,
                   "<Option type=\"QString\" name=\"color\" value=\"%s,255\"/><Option type=\"QString\" "
                   "name=\"style\" "
                   "value=\"solid\"/><Option type=\"QString\" name=\"outline_style\" value=\"no\"/>",
                   classes[i].colour);
        put_symbol(out, i, "fill", "SimpleFill", options.data ? options.data : "");
        buf_fini(&options);
    }
    buf_str(out, "</symbols></renderer-v2></qgis>");
}

static void put_hotspot_style(struct buf *out)
{
    buf_str(out, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"3.22\" "
                 "styleCategories=\"Symbology\">"
                 "<renderer-v2 type=\"singleSymbol\"><symbols>");
    put_symbol(out, 0, "marker", "SimpleMarker",
               "<Option type=\"QString\" name=\"color\" value=\"214,96,24,255\"/><Option type=\"QString\" "
               "name=\"name\" "
               "value=\"circle\"/><Option type=\"QString\" name=\"size\" value=\"2.4\"/>");
    buf_str(out, "</symbols></renderer-v2></qgis>");
}

static enum err add_style(OGRLayerH table, const char *layer, const char *name, const char *qml,
                          const char *when)
{
    OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(table));
    const char *const texts[] = {"", "", layer, "geom", name, qml, "", "", "netzwacht", "", when};
    enum err e;

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        OGR_F_SetFieldString(row, (int)i, texts[i]);
    OGR_F_SetFieldInteger(row, (int)ARRAY_LEN(texts), 1);
    e = OGR_L_CreateFeature(table, row) == OGRERR_NONE ? ERR_OK : ERR_IO;
    OGR_F_Destroy(row);
    return e;
}

static enum err add_columns(OGRLayerH table)
{
    static const char *const names[] = {"f_table_catalog", "f_table_schema",
                                        "f_table_name",    "f_geometry_column",
                                        "styleName",       "styleQML",
                                        "styleSLD",        "description",
                                        "owner",           "ui",
                                        "update_datetime"};
    OGRFieldDefnH is_default = OGR_Fld_Create("useAsDefault", OFTInteger);
    enum err e = ERR_OK;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        OGRFieldDefnH field = OGR_Fld_Create(names[i], OFTString);
        if (OGR_L_CreateField(table, field, TRUE) != OGRERR_NONE)
            e = ERR_IO;
        OGR_Fld_Destroy(field);
    }
    OGR_Fld_SetSubType(is_default, OFSTBoolean);
    if (OGR_L_CreateField(table, is_default, TRUE) != OGRERR_NONE)
        e = ERR_IO;
    OGR_Fld_Destroy(is_default);
    return e;
}

enum err gdal_style_write(void *package, ns_t generated)
{
    OGRLayerH table = GDALDatasetCreateLayer(package, "layer_styles", NULL, wkbNone, NULL);
    struct buf cells = BUF_INIT, hotspots = BUF_INIT;
    char when[TIMEX_RFC3339_SIZE];
    enum err e = table ? add_columns(table) : ERR_IO;

    timex_rfc3339(generated, when);
    put_cell_style(&cells);
    put_hotspot_style(&hotspots);
    if (!e)
        e = buf_error(&cells) ? buf_error(&cells) : buf_error(&hotspots);
    if (!e)
        e = add_style(table, "coverage_cells", "Versorgung", cells.data, when);
    if (!e)
        e = add_style(table, "hotspots", "Hotspots", hotspots.data, when);
    buf_fini(&cells);
    buf_fini(&hotspots);
    return e;
}
