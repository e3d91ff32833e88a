/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_table.h - the model's formulas as tables, so that anyone can check them against tables of their own.
 *
 * Input is tab- or comma-separated with a row of column names, in any order; other columns are passed over. A
 * row that cannot be computed keeps its place: its value is "nan" and the note says why. */
#ifndef NW_COVERAGE_MODEL_TABLE_H
#define NW_COVERAGE_MODEL_TABLE_H

#include <stddef.h>

#include "lib/base/buf.h"

/* One value of the table, by the names that reference tables use:
 *   "fspl"; "P.1411-12 4.1.1" with "los_urban" …; "P.1238 site-general" with "office_los" …: loss in dB
 *   "38.901 UMi LOS", "38.901 UMi NLOS" with "hBS=10 hUT=1.5": loss in dB; "38.901 UMi P_LOS": 0..1
 *   "P.2109-2" with "traditional theta=0 P=0.5" or "thermally-efficient …": loss in dB, d_m is not looked at
 * NAN: not one of ours, or a parameter out of its range. *note: "", "outside validity", "probability; " …,
 * "unknown model", "parameter out of range". */
double model_table_value(const char *model, const char *param, double f_ghz, double d_m, const char **note);

/* Columns model, param, f_GHz, d_m -> model, param, f_GHz, d_m, value, note. text is changed. *bad: rows
 * without a value. ERR_MALFORMED: a column is missing, or csv_in's; *line then says where. */
enum err model_table_pathloss(char *text, size_t len, struct buf *out, size_t *bad,
                              unsigned *line) NW_CHECKED;

/* Columns lat, lon (WGS84) -> lat, lon, laea_E, laea_N (EPSG:3035), cell100 (its code), utm32_E, utm32_N
 * (EPSG:25832), in metres. Errors as above, and gdal_transform_new's. */
enum err model_table_cells(char *text, size_t len, struct buf *out, size_t *bad, unsigned *line) NW_CHECKED;

#endif
