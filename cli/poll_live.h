/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_live.h - reads one agent over the network, once. */
#ifndef NW_CLI_POLL_LIVE_H
#define NW_CLI_POLL_LIVE_H

#include "collector/access.h"
#include "collector/profile.h"
#include "collector/snmp_io.h"
#include "collector/varbind.h"
#include "lib/base/err.h"

struct live_options {
    const char *target; /* address or name */
    long port;
    const char *credentials; /* as in cli/credentials.h; not read if access is given */
    const struct snmp_access *access;
    const char *profile; /* NULL = recognise */
    /* Called with the agent still open once it was read; NULL = nothing more is to be done. */
    enum err (*then)(void *ctx, struct loop *l, struct snmp_io *io, struct snmp_peer *peer,
                     const struct device_profile *profile);
    void *ctx;
};

/* Fills set and says what the device is. What goes wrong is logged, with what to do about it. ERR_DENIED: the
 * credentials cannot be read, or the agent refuses them; ERR_TIMEOUT, ERR_UNREACHABLE: no answer. */
enum err poll_live(const struct live_options *options, struct profile_set *profiles, struct varbind_set *set,
                   const struct device_profile **profile) NW_CHECKED;

#endif
