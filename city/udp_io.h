/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp_io.h - one UDP socket for many addresses of 127.0.0.0/8, batched (recvmmsg, sendmmsg).
 *
 * The socket is bound to the wildcard address, for 127.0.0.0/8 cannot be bound as a whole; so it takes only
 * what was sent to and from 127.0.0.0/8 (IP_PKTINFO, and SO_BINDTODEVICE lo where allowed) and drops
 * everything else. Replies leave from the address that was asked. */
#ifndef NW_CITY_UDP_IO_H
#define NW_CITY_UDP_IO_H

#include <stdint.h>

#include "lib/runtime/loop.h"

struct udp; /* opaque */

struct udp_stats {
    uint64_t received, sent, foreign, lost; /* foreign: dropped, not from or to 127.0.0.0/8 */
};

/* Returns the reply's length, at most size; 0 = none. asked: the address that the request went to (host
 * order). */
typedef size_t udp_fn(void *ctx, uint32_t asked, const void *request, size_t len, void *reply, size_t size);

enum err udp_new(struct loop *l, uint16_t port, udp_fn *fn, void *ctx, struct udp **out) NW_CHECKED;
void udp_free(struct udp *u);
/* The way to the agents: replies leave `delay` (0 to 10 s) after their request came, and loss_permille of the
 * requests never arrive. */
void udp_set_weather(struct udp *u, ns_t delay, unsigned loss_permille);
void udp_read_stats(const struct udp *u, struct udp_stats *out);

#endif
