/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sock_io.h - the sockets of active probes: ICMP echo connected UDP, TCP. Nobody else in probes/ opens one.
 */
#ifndef NW_PROBES_SOCK_IO_H
#define NW_PROBES_SOCK_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "probes/allow.h"

struct ping_socket {
    int fd;
    bool is_ipv6;
    bool has_ip_header; /* what is received begins with one: a raw IPv4 socket */
    bool is_raw;        /* the identifier is ours to choose and to check; else the kernel does */
};

/* A ping socket where the system allows it (net.ipv4.ping_group_range), else a raw one (CAP_NET_RAW),
 * non-blocking. ERR_DENIED: neither. */
enum err ping_socket_open(bool is_ipv6, struct ping_socket *out) NW_CHECKED;
void ping_socket_close(struct ping_socket *s);
/* ERR_UNREACHABLE: no route; ERR_AGAIN: the buffer is full. */
enum err ping_socket_send(const struct ping_socket *s, const struct ip_address *to, const void *bytes,
                          size_t len) NW_CHECKED;
/* Hands over what has arrived, in batches, until nothing is left (at most 1,024 messages a call). */
void ping_socket_receive(const struct ping_socket *s,
                         void (*fn)(void *ctx, const struct ip_address *from, const void *bytes, size_t len),
                         void *ctx);

/* A connected UDP socket: the kernel chooses a random port and drops what comes from elsewhere. */
enum err udp_socket_open(const struct ip_address *to, uint16_t port, int *fd) NW_CHECKED;
enum err udp_socket_send(int fd, const void *bytes, size_t len) NW_CHECKED;
/* ERR_AGAIN: nothing there; ERR_UNREACHABLE: the port is closed (ICMP). */
enum err udp_socket_receive(int fd, void *bytes, size_t size, size_t *len) NW_CHECKED;

/* A TCP connection that is being made: writable when it stands, or has failed. Nothing is sent by it. */
enum err tcp_socket_open(const struct ip_address *to, uint16_t port, int *fd) NW_CHECKED;
/* Of a writable one: ERR_OK, or why it could not be made. */
enum err tcp_socket_connected(int fd) NW_CHECKED;

#endif
