/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_io.h - the client's side of a TLS handshake over a connected, non-blocking socket; only to look at whom
 * one has met: nothing is sent over it afterwards. */
#ifndef NW_PROBES_TLS_IO_H
#define NW_PROBES_TLS_IO_H

#include <stdint.h>

#include "probes/probe_tls.h"

struct tls_context;   /* opaque: the roots that this system trusts */
struct tls_handshake; /* opaque */

enum err tls_context_new(struct tls_context **out) NW_CHECKED;
void tls_context_free(struct tls_context *c);

/* name: for SNI and to be found in the certificate; NULL: none. fd stays the caller's. */
enum err tls_handshake_new(struct tls_context *c, int fd, const char *name,
                           struct tls_handshake **out) NW_CHECKED;
/* ERR_OK: done. ERR_AGAIN: call again when the socket has *events (EPOLLIN or EPOLLOUT). ERR_MALFORMED: it
 * fails. Whatever the certificate, the handshake goes through: facts judge it. */
enum err tls_handshake_step(struct tls_handshake *h, uint32_t *events) NW_CHECKED;
struct tls_facts tls_handshake_facts(const struct tls_handshake *h);
void tls_handshake_free(struct tls_handshake *h);

#endif
