/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_internal.h - what the reports share. */
#ifndef NW_COVERAGE_REPORT_INTERNAL_H
#define NW_COVERAGE_REPORT_INTERNAL_H

#include "coverage/coverage.h"
#include "coverage/gdal_buildings.h"
#include "coverage/report.h"
#include "lib/stores/history.h"

/* All that the journal tells, in memory. What is wrong has been logged. */
enum err report_open_history(const struct report_request *r, struct history **out) NW_CHECKED;
void report_tell(const struct report_request *r, const char *step, double share);

struct loaded_coverage {
    struct coverage *coverage;
    struct buildings *buildings;
    struct gdal_buildings_findings buildings_found;
};

/* The coverage of the inventory over the period, with what settings name. What is wrong has been logged. */
enum err report_load_coverage(const struct report_request *r, struct loaded_coverage *out) NW_CHECKED;
void report_unload_coverage(struct loaded_coverage *l);

#endif
