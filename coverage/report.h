/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the reports of netzwacht-report: what they need, from where, into which file. */
#ifndef NW_COVERAGE_REPORT_H
#define NW_COVERAGE_REPORT_H

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

enum report_format { REPORT_GEOJSON, REPORT_GPKG, REPORT_CSV };

struct report_request {
    const struct settings *settings;
    const struct inventory *inventory;
    enum report_format format;
    const char
        *output; /* path; folders are made; replaced in one step. NULL: standard output (not for gpkg) */
    ns_t from, to, now; /* period of the availability */
    /* progress, 0..1, and what is done now; may be NULL */
    void (*progress)(const char *step, double share);
};

/* ERR_UNSUPPORTED: not in this format. What is wrong has been logged. */
enum err report_coverage(const struct report_request *r) NW_CHECKED;
enum err report_availability(const struct report_request *r) NW_CHECKED;
/* Incidents that were opened in the period, and the user-minutes they took. */
enum err report_incidents(const struct report_request *r) NW_CHECKED;

#endif
