/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io.h - an HTTP/1.1 server on a loop; http_io*.c are the only files that know libmicrohttpd.
 *
 * A request is handed over once, when its headers and body are in; it is answered at once or later, from the
 * loop's thread. Refused here already, with 400, 413, 414, 431 or 501 and a closed connection: targets that
 * http_parse.h refuses, doubled Content-Length, Host or Transfer-Encoding, Content-Length beside
 * Transfer-Encoding, headers that are none (http_field_fits), bodies over the limit. Not seen, because
 * libmicrohttpd has read it by then: lines that were folded, and what stood behind a NUL in a header; no
 * proxy passes either on. Deadlines are absolute (a byte every few seconds does not help): headers within 10
 * s of connecting or of the answer before, the body within 30 s, reading the answer within 120 s. When all
 * places are taken, the one that has waited longest makes room. */
#ifndef NW_DASHBOARDS_HTTP_IO_H
#define NW_DASHBOARDS_HTTP_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dashboards/http_parse.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

enum { HTTP_BODY_MAX = 65536, HTTP_STREAM_PENDING_MAX = 1048576, HTTP_ADDRESS_SIZE = 64 };

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_DELETE, HTTP_OTHER };

struct http_server;  /* opaque */
struct http_request; /* opaque; valid until `gone` was called for it */

/* Bytes that several answers share; counted references. */
struct http_blob;
/* Takes data (malloc'ed); NULL when out of memory, data is freed then. */
struct http_blob *http_blob_new(char *data, size_t len);
struct http_blob *http_blob_ref(struct http_blob *b);
void http_blob_unref(struct http_blob *b); /* NULL is fine */
const char *http_blob_data(const struct http_blob *b, size_t *len);

struct http_fns {
    /* A complete request: answer it now or later, exactly once. */
    void (*request)(void *ctx, struct http_request *r);
    /* It is over: answered, or the client went away. Only for requests that `request` saw. */
    void (*gone)(void *ctx, struct http_request *r);
};

struct http_options {
    const char *address;                   /* IPv4 or IPv6 literal */
    int64_t port;                          /* 0: any free one */
    const char *tls_certificate, *tls_key; /* PEM files; both or none */
    size_t max_connections;                /* 2,000; fewer where the process may not have so many files */
    size_t max_per_address;                /* 50; loopback (a proxy, an operator) may have 1,000 */
};

struct http_stats {
    uint64_t requests, refused, cut; /* cut: closed by a deadline */
    uint64_t displaced;              /* closed to make room for another */
    uint64_t streams_cut;            /* ended because the client reads too slowly */
    size_t connections, streams;
};

/* ERR_BUSY: the port is in use; ERR_DENIED; ERR_MALFORMED: address; ERR_UNSUPPORTED: no TLS in the library;
 * ERR_NOT_FOUND: a TLS file. */
enum err http_server_new(struct loop *l, const struct http_options *options, const struct http_fns *fns,
                         void *ctx, struct http_server **out) NW_CHECKED;
/* Ends all requests (gone is called for each). */
void http_server_free(struct http_server *s);
uint16_t http_server_port(const struct http_server *s);
bool http_server_is_tls(const struct http_server *s);
void http_server_stats(const struct http_server *s, struct http_stats *out);

enum http_method http_request_method(const struct http_request *r);
const struct http_target *http_request_target(const struct http_request *r);
/* Parts of the path may be cut apart by the router. */
struct http_target *http_request_target_edit(struct http_request *r);
const char *http_request_header(const struct http_request *r, const char *name); /* or NULL */
const char *http_request_body(const struct http_request *r, size_t *len);        /* "" if there is none */
/* The peer; behind a proxy on loopback the last address of X-Forwarded-For. */
const char *http_request_address(const struct http_request *r);
/* Does the browser speak TLS, with us or with a proxy on loopback that says so (X-Forwarded-Proto)? */
bool http_request_is_tls(const struct http_request *r);
void http_request_set_user(struct http_request *r, void *user);
void *http_request_user(const struct http_request *r);

struct http_header {
    const char *name, *value;
};

/* Answers; takes one reference of body (NULL: empty). Headers are copied. Content-Length is set by the
 * server.
 */
void http_reply(struct http_request *r, unsigned status, const struct http_header *headers, size_t count,
                struct http_blob *body);

/* Answers 200 with a body that goes on until http_stream_end() or until the client leaves. */
enum err http_stream_begin(struct http_request *r, const struct http_header *headers,
                           size_t count) NW_CHECKED;
/* ERR_LIMIT: the client reads too slowly (more than HTTP_STREAM_PENDING_MAX wait); the stream ends. */
enum err http_stream_write(struct http_request *r, const void *data, size_t len) NW_CHECKED;
void http_stream_end(struct http_request *r);

#endif
