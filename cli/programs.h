/* SPDX-License-Identifier: GPL-3.0-or-later */
/* programs.h - the daemons that make up an installation, in the order in which they are started. */
#ifndef NW_CLI_PROGRAMS_H
#define NW_CLI_PROGRAMS_H

static const char *const netzwacht_daemons[] = {"netzwacht-collector", "netzwacht-alerts",
                                                "netzwacht-dashboard", "netzwacht-public",
                                                "netzwacht-probe",     "netzwacht-store"};

#endif
