/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.h - `netzwacht capture -i IFACE`: two processes.
 *
 *   interface ──pcap, kernel filter──► watcher ──pipe──► parser ──► report on standard output
 *                                      no rights         no rights, no files, no network (seccomp)
 *
 * The watcher opens the interface, sets the kernel's filter and snap length, gives up every right, and hands
 * frames on; it never looks into them. The parser is the one that touches foreign bytes: if it dies it is
 * replaced at once, and the report says how often. The filter lets only the protocols of the funnel through,
 * and on a monitor interface beacons alone: no probe requests, no data. */
#ifndef NW_PROBES_LIVE_H
#define NW_PROBES_LIVE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct live_options {
    const char *interface;
    ns_t duration; /* 0: until SIGINT or SIGTERM */
    bool as_json;
};

/* Runs until the end; the report is on standard output. Problems are logged. ERR_NOT_FOUND: no such
 * interface; ERR_DENIED: not allowed to capture. */
enum err live_run(const struct live_options *o) NW_CHECKED;

#endif
