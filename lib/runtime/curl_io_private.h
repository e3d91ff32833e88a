/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_io_private.h - what curl_io.c and curl_io_stream.c share. Nobody else includes it. */
#ifndef NW_RUNTIME_CURL_IO_PRIVATE_H
#define NW_RUNTIME_CURL_IO_PRIVATE_H

#include <curl/curl.h>

#include "lib/base/buf.h"
#include "lib/runtime/curl_io.h"

struct curl_transfer {
    struct curl_io *io;
    struct curl_transfer *next, *previous;
    CURL *easy;
    struct curl_slist *headers;
    curl_done_fn *done;
    void *ctx;
    bool (*may_connect)(void *ctx, const struct sockaddr *address);
    struct buf body;
    struct buf *cookies; /* the caller's, or NULL */
    ns_t started;
    bool is_body_cut, is_denied;
    /* mail */
    struct curl_slist *recipients;
    struct buf upload;
    size_t uploaded;
    char refusal[160];
    /* stream: takes over when the connection stands, or could not be made */
    void (*connected)(struct curl_transfer *t, CURLcode code);
    struct curl_stream *stream;
};

struct curl_io {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer timer;
    struct curl_transfer *first;
};

/* Those of every transfer: what it is bound to, how long it may take, whom it trusts. */
bool curl_io_set_common(struct curl_transfer *t, const struct curl_request *q);
/* A transfer without anything set, or NULL; curl_io_begin() hands it to libcurl. */
struct curl_transfer *curl_io_new_transfer(struct curl_io *io);
enum err curl_io_begin(struct curl_transfer *t) NW_CHECKED;
void curl_io_free_transfer(struct curl_transfer *t); /* one that is not begun */
void curl_io_stream_free(struct curl_stream *s);
enum err curl_io_err(const struct curl_transfer *t, CURLcode code);
bool curl_io_is_tls_code(CURLcode code);

#endif
