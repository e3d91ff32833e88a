/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_udp_io.h - syslog messages as datagrams (RFC 5426), one each. Whether they arrive nobody can know;
 * only a closed port is heard of, by ICMP. */
#ifndef NW_ALERTS_CHANNEL_UDP_IO_H
#define NW_ALERTS_CHANNEL_UDP_IO_H

#include "lib/runtime/loop.h"

struct channel_udp; /* opaque */
typedef void channel_udp_fn(void *ctx, enum err error);

/* host: an address. Nothing is opened yet. */
enum err channel_udp_new(struct loop *l, const char *host, int port, channel_udp_fn *done, void *ctx,
                         struct channel_udp **out) NW_CHECKED;
void channel_udp_free(struct channel_udp *u);
/* frames: messages with octet counts. ERR_UNREACHABLE …; else done is called, not from within. */
enum err channel_udp_start(struct channel_udp *u, const char *frames, size_t len) NW_CHECKED;

#endif
