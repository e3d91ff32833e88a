/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sd_notify.h - tells systemd how a service is: sd_notify(3) by a datagram, without libsystemd. */
#ifndef NW_RUNTIME_SD_NOTIFY_H
#define NW_RUNTIME_SD_NOTIFY_H

#include <stdbool.h>

/* Sends "READY=1", "WATCHDOG=1", "STOPPING=1" … to $NOTIFY_SOCKET; without one, nothing happens. */
void sd_notify_send(const char *state);

/* Is $WATCHDOG_USEC set, for this process? Then WATCHDOG=1 is due at least at half of that. */
bool sd_notify_is_watched(void);

#endif
