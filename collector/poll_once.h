/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_once.h - one device, once, now: for `netzwacht poll` and everything else that is no daemon. */
#ifndef NW_COLLECTOR_POLL_ONCE_H
#define NW_COLLECTOR_POLL_ONCE_H

#include "collector/poll.h"
#include "collector/snmp_io.h"
#include "collector/varbind.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct poll_once_options {
    struct loop *loop;
    struct snmp_io *io;
    struct snmp_peer *peer; /* address, version, community */
    struct profile_set *profiles;
    const char *profile; /* force this one; NULL = recognise */
    ns_t deadline;       /* duration: 60 s */
    uint32_t tries;      /* of each request: 4 */
};

/* Turns the loop until the poll is over. *profile is NULL if the device was not recognised; varbinds (cleared
 * first) holds what was read; summary tells the outcome, also when it is a failure: then ERR_OK is returned,
 * too. ERR_NOMEM, ERR_UNREACHABLE (no socket of that address family). */
enum err poll_once(const struct poll_once_options *o, struct varbind_set *varbinds,
                   const struct device_profile **profile, struct poll_summary *summary) NW_CHECKED;

#endif
