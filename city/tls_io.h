/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_io.h - TLS for the simulated portal: makes its own authority and certificates at the start (libssl,
 * libcrypto live here only). The authority's certificate goes to a file for clients that want to verify. */
#ifndef NW_CITY_TLS_IO_H
#define NW_CITY_TLS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct tls_server; /* opaque: two certificates, one valid for 90 days, one that expired two days ago */
struct tls_connection;

/* name and address (host byte order) go into the certificates; ca_path receives the authority's (PEM). */
enum err tls_server_new(const char *name, uint32_t address, const char *ca_path, ns_t wall,
                        struct tls_server **out) NW_CHECKED;
void tls_server_free(struct tls_server *s);
/* Which certificate new connections get. */
void tls_server_set_expired(struct tls_server *s, bool is_expired);

/* fd: connected, non-blocking; stays the caller's. NULL: out of memory. */
struct tls_connection *tls_connection_new(struct tls_server *s, int fd);
void tls_connection_free(struct tls_connection *c); /* says good-bye if it can without waiting */

/* As recv() and send(), the handshake included. ERR_AGAIN: wait for *events (EPOLLIN or EPOLLOUT). ERR_END:
 * closed by the peer. ERR_IO: broken. */
enum err tls_read(struct tls_connection *c, void *to, size_t size, size_t *n, uint32_t *events) NW_CHECKED;
enum err tls_write(struct tls_connection *c, const void *from, size_t size, size_t *n,
                   uint32_t *events) NW_CHECKED;

#endif
