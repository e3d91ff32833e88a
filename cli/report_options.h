/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_options.h - the command line of netzwacht-report. */
#ifndef NW_CLI_REPORT_OPTIONS_H
#define NW_CLI_REPORT_OPTIONS_H

#include <stdbool.h>

#include "coverage/report.h"

struct report_options {
    const char *config, *buildings, *population, *places; /* NULL: as configured */
    double threshold_dbm;                                 /* NAN: likewise */
    int64_t step_m;                                       /* 0: likewise */
    struct whatif_change changes[WHATIF_CHANGES_MAX];     /* report_request borrows them */
};

extern const char report_usage[];

/* Fills request and options. false: end with *status; what is wrong has been said. argv[0] is the report's
 * name. */
bool report_options_parse(int argc, char **argv, struct report_request *r, struct report_options *o,
                          int *status);

#endif
