/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_internal.h - what the reports share. */
#ifndef NW_COVERAGE_REPORT_INTERNAL_H
#define NW_COVERAGE_REPORT_INTERNAL_H

#include "coverage/coverage.h"
#include "coverage/gdal_buildings.h"
#include "coverage/reach.h"
#include "coverage/report.h"
#include "lib/stores/history.h"

/* All that the journal tells, in memory. What is wrong has been logged. */
enum err report_open_history(const struct report_request *r, struct history **out) NW_CHECKED;
void report_tell(const struct report_request *r, const char *step, double share);

/* The table that the request asks for. */
void report_csv_init(const struct report_request *r, struct csv_out *csv, struct buf *to);

struct loaded_coverage {
    struct coverage *coverage;
    struct buildings *buildings;
    struct gdal_buildings_findings buildings_found;
};

/* The coverage of the inventory over the period, with what settings name. What is wrong has been logged. */
enum err report_load_coverage(const struct report_request *r, struct loaded_coverage *out) NW_CHECKED;
/* The same from a history that is open already. */
enum err report_compute_coverage(const struct report_request *r, struct history *history,
                                 struct loaded_coverage *out) NW_CHECKED;
void report_unload_coverage(struct loaded_coverage *l);
/* Inhabitants on the coverage's grid; points of interest or candidates, whose names point into text. Logged
 * too. */
enum err report_load_population(const char *path, const struct coverage *c,
                                struct population *out) NW_CHECKED;
enum err report_load_points(const char *path, const struct coverage *c, struct buf *text,
                            struct poi_list *out) NW_CHECKED;

#endif
