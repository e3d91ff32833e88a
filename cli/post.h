/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post.h - how commands of netzwacht(1) ask a daemon for something: a Command in partition cli, and the
 * Outcome that comes back through the daemon's own partition. */
#ifndef NW_CLI_POST_H
#define NW_CLI_POST_H

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"

enum { POST_PROBLEM_SIZE = 256 };

/* Fills in id (random, unless one is there), by (the log-in name) and via, appends the command durably and
 * waits for its outcome in `partition` ("alerts", "collector"). Returns ERR_OK: done; ERR_DENIED: refused,
 * *problem says why; ERR_TIMEOUT: no answer within `patience` (the daemon is down: it will execute the
 * command when it starts); ERR_BUSY: another command is just being written. */
enum err post_command(const struct settings *s, Nw__Command *c, const char *partition, ns_t patience,
                      char problem[POST_PROBLEM_SIZE]) NW_CHECKED;

#endif
