/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the reports of netzwacht-report: what they need, from where, into which file. */
#ifndef NW_COVERAGE_REPORT_H
#define NW_COVERAGE_REPORT_H

#include "coverage/whatif.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

enum report_format { REPORT_GEOJSON, REPORT_GPKG, REPORT_CSV, REPORT_PDF, REPORT_TIF, REPORT_KML };

struct report_request {
    const struct settings *settings;
    const struct inventory *inventory;
    enum report_format format;
    const char
        *output; /* path; folders are made; replaced in one step. NULL: standard output (not for gpkg) */
    ns_t from, to, now;                  /* period of the availability */
    int epsg;                            /* of the GeoTIFF: 3035 or 25832 */
    bool is_german;                      /* CSV: semicolons, decimal commas, a byte order mark */
    const struct whatif_change *changes; /* of report_whatif */
    size_t change_count;
    const char *candidates; /* report_sites: poles, CSV with name, lat, lon */
    size_t most;            /* sites at most */
    double target;          /* share of inhabitants at which it ends, 0..1 */
    /* progress, 0..1, and what is done now; may be NULL */
    void (*progress)(const char *step, double share);
};

/* ERR_UNSUPPORTED: not in this format. What is wrong has been logged. */
enum err report_coverage(const struct report_request *r) NW_CHECKED;
enum err report_availability(const struct report_request *r) NW_CHECKED;
/* Shares of inhabitants and of kinds of places that are served at the planners' thresholds; each place. */
enum err report_population(const struct report_request *r) NW_CHECKED;
enum err report_places(const struct report_request *r) NW_CHECKED;
/* What changes would change; which candidates to build first. */
enum err report_whatif(const struct report_request *r) NW_CHECKED;
enum err report_sites(const struct report_request *r) NW_CHECKED;
/* The record of the coverage for a catalogue of open data. */
enum err report_dcat(const struct report_request *r) NW_CHECKED;
/* Incidents that were opened in the period, and the user-minutes they took. */
enum err report_incidents(const struct report_request *r) NW_CHECKED;
/* The month (Europe/Berlin) that `from` lies in, for the city council: a tagged PDF, and beside it a CSV with
 * every figure of it; or the CSV alone. */
enum err report_council(const struct report_request *r) NW_CHECKED;

#endif
