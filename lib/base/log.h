/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - one line per event on standard error.
 *
 * A line reads "netzwacht-store: warning: …"; under systemd (JOURNAL_STREAM set) the level is a
 * "<4>" prefix instead, as sd-daemon(3) defines it. Control characters of the message (names come
 * from the network) are written as \xNN. Lower floors return errors, they do not log: log once, where
 * the error is handled. */
#ifndef NW_BASE_LOG_H
#define NW_BASE_LOG_H

#include "lib/base/err.h"

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* program is borrowed for ever (a string literal). The level comes from NETZWACHT_LOG
 * (error, warning, info, debug), else info. */
void log_init(const char *program);
void log_set_level(enum log_level level);

void log_error(const char *fmt, ...) NW_PRINTF(1, 2);
void log_warning(const char *fmt, ...) NW_PRINTF(1, 2);
void log_info(const char *fmt, ...) NW_PRINTF(1, 2);
void log_debug(const char *fmt, ...) NW_PRINTF(1, 2);

#endif
