/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_io.h - SNMP requests over UDP on a loop: the only file of the collector that touches a socket of its
 * own for polling. One unconnected socket for IPv4 and one for IPv6 carry all agents; who may answer is
 * snmp_client's business. Only reads: there is no SET. */
#ifndef NW_COLLECTOR_SNMP_IO_H
#define NW_COLLECTOR_SNMP_IO_H

#include "collector/snmp_client.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

struct snmp_io; /* opaque */

struct snmp_io_options {
    const char *bind; /* source address, IPv4 or IPv6 literal; NULL = any */
    uint32_t window;  /* requests in flight: 256 */
    ns_t timeout;     /* first wait for an answer: 1 s */
    /* As snmp_client_options.notice; NULL = nobody listens. */
    void (*notice)(void *ctx, struct snmp_peer *peer, enum snmp_notice what);
    void *notice_ctx;
};

/* ERR_RANGE: bind is no address. ERR_IO, ERR_DENIED: errno has the reason. */
enum err snmp_io_new(struct loop *l, const struct snmp_io_options *options, struct snmp_io **out) NW_CHECKED;
/* Outstanding requests are dropped without a call of done. */
void snmp_io_free(struct snmp_io *io);
void snmp_io_tune(struct snmp_io *io, uint32_t window, ns_t timeout);

/* As snmp_client_ask(): OIDs are copied, ask->done is called from the loop. ERR_UNREACHABLE: no socket of
 * that address family. */
enum err snmp_io_ask(struct snmp_io *io, const struct snmp_ask *ask, snmp_handle *handle) NW_CHECKED;
void snmp_io_cancel(struct snmp_io *io, snmp_handle handle);
void snmp_io_stats(const struct snmp_io *io, struct snmp_stats *out);

/* An IPv4 or IPv6 literal (link-local with %interface), or a name, which is looked up and may block for
 * seconds. ERR_NOT_FOUND: no such name. */
enum err snmp_io_resolve(const char *address, int64_t port, struct snmp_address *out) NW_CHECKED;

#endif
