/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_io.h - the UDP socket of traps and informs: received in batches, with what the kernel had to drop.
 * What a datagram means is its owner's business. */
#ifndef NW_COLLECTOR_TRAP_IO_H
#define NW_COLLECTOR_TRAP_IO_H

#include "collector/snmp_client.h"
#include "collector/snmp_v3.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct trap_io; /* opaque */

enum { TRAP_IO_BUFFER = 8 * 1024 * 1024 }; /* 13,000 traps of 300 bytes; the default holds 166 */

struct trap_io_options {
    struct loop *loop;
    const char *bind; /* address; NULL = any */
    int64_t port;     /* 1..65535; below 1024 needs CAP_NET_BIND_SERVICE (ERR_DENIED) */
    int passed; /* a socket that is bound already (its duplicate is used): then bind and port say nothing;
                   0 = none */
    /* from has the sender's address; its port says nothing. Returns what to answer, len 0 = nothing; bytes
     * may be changed for that. */
    struct snmp_octets (*receive)(void *ctx, const struct snmp_address *from, uint8_t *bytes, size_t len);
    void *ctx;
};

struct trap_io_stats {
    uint64_t received;
    uint64_t dropped; /* by the kernel: its receive buffer was full */
    uint64_t buffer;  /* bytes that it was given, of TRAP_IO_BUFFER */
};

/* ERR_TYPE: what was passed is no UDP socket. ERR_RANGE: bind is no address. */
enum err trap_io_new(const struct trap_io_options *o, struct trap_io **out) NW_CHECKED;
void trap_io_free(struct trap_io *t);
void trap_io_stats(const struct trap_io *t, struct trap_io_stats *out);

#endif
