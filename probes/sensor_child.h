/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_child.h - the watcher of a sensor, and what its parser does with the frames (live.h). */
#ifndef NW_PROBES_SENSOR_CHILD_H
#define NW_PROBES_SENSOR_CHILD_H

#include "lib/base/units.h"
#include "probes/passive.h"

struct sensor_child {
    const char *interface;
    const struct passive_plan *plan;
    ns_t interval;
};

/* The life of a forked process: closes all descriptors but pipe_end, which the reports go to, and returns its
 * exit status. */
int sensor_child_main(const struct sensor_child *child, int pipe_end);

#endif
