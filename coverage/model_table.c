/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_table.c - formulas and cell codes, row by row. Pure; coordinates through gdal_geo. */
#include "coverage/model_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "coverage/gdal_geo.h"
#include "coverage/grid.h"
#include "coverage/propagation.h"
#include "lib/base/csv_in.h"
#include "lib/base/strx.h"

#define NOTE_OUTSIDE "outside validity"
#define NOTE_RANGE   "parameter out of range"

/* ---- path loss ---- */

/* The number behind "name=" in param; fallback if it is not there. */
static double parameter(const char *param, const char *name, double fallback)
{
    const char *at = strstr(param, name);
    double value;

    return at && sscanf(at + strlen(name), "=%lf", &value) == 1 ? value : fallback;
}

static double umi_value(const char *kind, const char *param, double f_ghz, double d_m, const char **note)
{
    double h_bs = parameter(param, "hBS", 10), h_ut = parameter(param, "hUT", 1.5);
    bool is_valid = umi_is_valid(f_ghz, d_m, h_ut);

    *note = is_valid ? "" : NOTE_OUTSIDE;
    if (strcmp(kind, "P_LOS") == 0) {
        *note = is_valid ? "probability; " : "probability; " NOTE_OUTSIDE;
        return umi_los_probability(d_m);
    }
    if (!(h_bs > 1 && h_ut > 1)) { /* the breakpoint distance is not defined below 1 m */
        *note = NOTE_RANGE;
        return NAN;
    }
    return strcmp(kind, "LOS") == 0 ? umi_loss_los(f_ghz, d_m, h_bs, h_ut)
                                    : umi_loss_nlos(f_ghz, d_m, h_bs, h_ut);
}

static double entry_value(const char *param, double f_ghz, const char **note)
{
    double elevation = parameter(param, "theta", 0), p = parameter(param, "P", NAN);
    bool is_traditional = strx_starts_with(param, "traditional ");

    *note = "";
    if ((is_traditional || strx_starts_with(param, "thermally-efficient ")) && p > 0 && p < 1 &&
        fabs(elevation) <= 90)
        return building_entry_loss(is_traditional ? BUILDING_TRADITIONAL : BUILDING_EFFICIENT, f_ghz,
                                   elevation, p);
    *note = NOTE_RANGE;
    return NAN;
}

double model_table_value(const char *model, const char *param, double f_ghz, double d_m, const char **note)
{
    static const char umi[] = "38.901 UMi ";

    *note = NOTE_RANGE;
    if (!(f_ghz > 0 && f_ghz < 1e6))
        return NAN;
    if (strcmp(model, "P.2109-2") == 0)
        return entry_value(param, f_ghz, note);
    if (!(d_m > 0 && d_m < 1e9))
        return NAN;
    for (int m = 0; m < PATH_MODEL_COUNT; m++) {
        const struct path_info *info = path_info((enum path_model)m);
        if (strcmp(info->model, model) == 0 && strcmp(info->param, param) == 0) {
            *note = path_is_valid((enum path_model)m, f_ghz, d_m) ? "" : NOTE_OUTSIDE;
            return path_loss((enum path_model)m, f_ghz, d_m);
        }
    }
    for (int kind = 0; kind < 3 && strx_starts_with(model, umi); kind++) {
        const char *name = (const char *const[]){"LOS", "NLOS", "P_LOS"}[kind];
        if (strcmp(model + strlen(umi), name) == 0)
            return umi_value(name, param, f_ghz, d_m, note);
    }
    *note = "unknown model";
    return NAN;
}

enum err model_table_pathloss(char *text, size_t len, struct buf *out, size_t *bad, unsigned *line)
{
    static const char *const names[] = {"model", "param", "f_GHz", "d_m"};
    int columns[ARRAY_LEN(names)];
    struct csv_in in;
    enum err e = csv_in_begin(&in, text, len);

    *bad = 0;
    *line = 1;
    for (size_t i = 0; !e && i < ARRAY_LEN(names); i++)
        if ((columns[i] = csv_in_find(&in, names[i])) < 0)
            e = ERR_MALFORMED;
    if (e)
        return e;
    buf_str(out, "model\tparam\tf_GHz\td_m\tvalue\tnote\n");
    while (!(e = csv_in_row(&in))) {
        const char *note = NOTE_RANGE;
        double f = NAN, d = NAN, value = NAN;
        if (csv_in_number(&in, columns[2], &f) && csv_in_number(&in, columns[3], &d))
            value =
                model_table_value(csv_in_cell(&in, columns[0]), csv_in_cell(&in, columns[1]), f, d, &note);
        *bad += isnan(value);
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
            buf_printf(out, "%s\t", csv_in_cell(&in, columns[i]));
        buf_printf(out, "%.4f\t%s\n", value, note);
    }
    *line = in.next_line;
    return e == ERR_END ? buf_error(out) : e;
}

/* ---- cells ---- */

/* The five columns of one position; *bad grows where it is none. */
static void put_position(struct buf *out, double lat, double lon, struct gdal_transform *to_laea,
                         struct gdal_transform *to_utm, size_t *bad)
{
    double e = lon, n = lat, utm_e = lon, utm_n = lat;
    char code[GRID_CODE_SIZE];

    if (!(fabs(lat) <= 90 && fabs(lon) <= 180) || gdal_transform_points(to_laea, &e, &n, 1) ||
        gdal_transform_points(to_utm, &utm_e, &utm_n, 1) || !(fabs(e) < 1e8 && fabs(n) < 1e8)) {
        ++*bad;
        buf_str(out, "\tnan\tnan\t\tnan\tnan\n");
        return;
    }
    grid_cell_code(grid_cell_floor(e), grid_cell_floor(n), code);
    buf_printf(out, "\t%.3f\t%.3f\t%s\t%.3f\t%.3f\n", e, n, code, utm_e, utm_n);
}

static enum err put_cells(struct csv_in *in, struct buf *out, size_t *bad)
{
    int lat_column = csv_in_find(in, "lat"), lon_column = csv_in_find(in, "lon");
    struct gdal_transform *to_laea = NULL, *to_utm = NULL;
    enum err e = lat_column < 0 || lon_column < 0 ? ERR_MALFORMED : ERR_OK;

    if (!e)
        e = gdal_transform_new(EPSG_WGS84, EPSG_LAEA, &to_laea);
    if (!e)
        e = gdal_transform_new(EPSG_WGS84, EPSG_UTM32, &to_utm);
    if (!e)
        buf_str(out, "lat\tlon\tlaea_E\tlaea_N\tcell100\tutm32_E\tutm32_N\n");
    while (!e && !(e = csv_in_row(in))) {
        double lat = NAN, lon = NAN;
        if (!csv_in_number(in, lat_column, &lat) || !csv_in_number(in, lon_column, &lon))
            lat = NAN;
        buf_printf(out, "%s\t%s", csv_in_cell(in, lat_column), csv_in_cell(in, lon_column));
        put_position(out, lat, lon, to_laea, to_utm, bad);
    }
    gdal_transform_free(to_laea);
    gdal_transform_free(to_utm);
    return e;
}

enum err model_table_cells(char *text, size_t len, struct buf *out, size_t *bad, unsigned *line)
{
    struct csv_in in;
    enum err e = csv_in_begin(&in, text, len);

    *bad = 0;
    *line = 1;
    if (e)
        return e;
    e = put_cells(&in, out, bad);
    *line = in.next_line;
    return e == ERR_END ? buf_error(out) : e;
}
