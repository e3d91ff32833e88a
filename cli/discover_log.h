/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_log.h - the file that a search's state is appended to, so that an interrupted one goes on. What
 * stands in it is collector/discover_state.h's business. */
#ifndef NW_CLI_DISCOVER_LOG_H
#define NW_CLI_DISCOVER_LOG_H

#include "collector/discover_state.h"
#include "lib/base/err.h"

struct discover_log; /* opaque */

/* Opens path for one search alone, and reads what an earlier run left there into *state; a new file (mode
 * 0600) gets asks and the credentials' check written into it. What is wrong is logged with what to do about
 * it, and the file stays as it was: ERR_CONFIG: it is broken, or was made for another question or with other
 * credentials; ERR_BUSY: another run uses it; ERR_IO … */
enum err discover_log_open(const char *path, const char *asks, const char *secret,
                           struct discover_state *state, struct discover_log **out) NW_CHECKED;
/* Appends lines and empties them. Logged if it fails; nothing may be appended then any more. */
enum err discover_log_append(struct discover_log *l, struct buf *lines) NW_CHECKED;
/* Onto the disk: what was appended survives a loss of power. */
void discover_log_sync(struct discover_log *l);
void discover_log_close(struct discover_log *l);

#endif
