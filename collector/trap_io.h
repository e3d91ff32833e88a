/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_io.h - receives traps and informs on a UDP port; informs are acknowledged. */
#ifndef NW_COLLECTOR_TRAP_IO_H
#define NW_COLLECTOR_TRAP_IO_H

#include "collector/snmp_client.h"
#include "collector/trap.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct trap_io; /* opaque */

struct trap_stats {
    uint64_t received, malformed;
    uint64_t dropped; /* by the kernel: its receive buffer was full */
};

/* from has the sender's address; its port says nothing. May return false: no device of ours (an inform is
 * then not acknowledged). */
typedef bool trap_fn(void *ctx, const struct snmp_address *from, const struct trap *trap,
                     const struct snmp_message *m);

/* bind: address or NULL = any. port: 1..65535; below 1024 needs CAP_NET_BIND_SERVICE (ERR_DENIED). */
enum err trap_io_new(struct loop *l, const char *bind, int64_t port, trap_fn *fn, void *ctx,
                     struct trap_io **out) NW_CHECKED;
void trap_io_free(struct trap_io *t);
void trap_io_stats(const struct trap_io *t, struct trap_stats *out);

#endif
