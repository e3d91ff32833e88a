/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_io_stream.h - bytes one way over TCP or TLS, to a receiver that never answers (syslog).
 *
 *   connect, TLS ──► send ──► wait until the peer's kernel has everything ──► TCP: end our side, wait for the
 *   peer's end; TLS: wait a moment for an alert or an end ──► done
 *
 * TCP: a peer that ends its side in order has read all; one that keeps it open for CURL_STREAM_LINGER is
 * believed. TLS: an end or an alert within CURL_STREAM_LINGER means that it was not taken (with TLS 1.3 a
 * certificate of ours is judged after we could send). More is not to be had without an answer. */
#ifndef NW_RUNTIME_CURL_IO_STREAM_H
#define NW_RUNTIME_CURL_IO_STREAM_H

#include "lib/runtime/curl_io.h"

#define CURL_STREAM_LINGER (500 * MILLISECONDS)

struct curl_stream_request {
    const char *host; /* name or address, without brackets */
    int port;
    bool is_tls;                             /* the peer is verified */
    const char *ca_file;                     /* NULL: the system's */
    const char *certificate_file, *key_file; /* ours; or NULL */
    ns_t timeout;                            /* of everything */
    const void *bytes;                       /* copied */
    size_t len;
};

/* error: as in curl_response; ERR_RESET: the peer ended before it can have read everything. Never called from
 * within curl_stream_start(). */
typedef void curl_stream_fn(void *ctx, enum err error, bool is_tls_error);

/* curl_io_free() ends it without calling anybody. */
enum err curl_stream_start(struct curl_io *io, const struct curl_stream_request *request,
                           curl_stream_fn *done, void *ctx) NW_CHECKED;

#endif
