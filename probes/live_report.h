/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_report.h - the analysis of a live capture as one report on standard output, when it ends. */
#ifndef NW_PROBES_LIVE_REPORT_H
#define NW_PROBES_LIVE_REPORT_H

#include <stdbool.h>

#include "probes/live.h"

struct live_report {
    const char *interface; /* stands where a file has its name */
    bool as_json;
};

/* r is borrowed until the capture has ended. */
struct live_parser live_report_parser(const struct live_report *r);

#endif
