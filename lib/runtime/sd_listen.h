/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sd_listen.h - sockets that systemd has opened for a service: sd_listen_fds(3) without libsystemd. */
#ifndef NW_RUNTIME_SD_LISTEN_H
#define NW_RUNTIME_SD_LISTEN_H

#include <stddef.h>

enum { SD_LISTEN_FIRST = 3 }; /* the first one; the others follow */

/* How many were passed to this process ($LISTEN_FDS, $LISTEN_PID); 0 if none were, or to another one. From
 * then on they are closed on exec, and children are told of none. */
size_t sd_listen_fds(void);

#endif
