/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_child.h - the worker's process: from fork to death. */
#ifndef NW_STORES_SERIES_CHILD_H
#define NW_STORES_SERIES_CHILD_H

#include <stdbool.h>
#include <stdnoreturn.h>
#include <sys/types.h>

/* Runs after fork(): gives up what it does not need, and answers requests on fd until that is closed. */
noreturn void series_child_run(int fd, pid_t parent, const char *journal_dir, const char *rrd_dir);

/* No network, no new programs, no processes, nothing opened for writing, created, renamed or deleted: such
 * calls fail with EPERM from now on. False: this kernel or processor cannot. */
bool series_sandbox_enter(void);

#endif
