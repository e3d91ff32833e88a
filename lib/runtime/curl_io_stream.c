/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_io_stream.c - libcurl connects and encrypts (CURLOPT_CONNECT_ONLY), the bytes are ours. */
#include "lib/runtime/curl_io_stream.h"

#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/runtime/curl_io_private.h"

#define LOOK_EVERY (10 * MILLISECONDS)

enum stream_phase { STREAM_SENDING, STREAM_FLUSHING, STREAM_LINGERING };

struct curl_stream {
    struct curl_transfer *transfer;
    curl_stream_fn *done;
    void *ctx;
    enum stream_phase phase;
    int fd; /* -1: not connected */
    bool is_tls;
    ns_t deadline, linger_until;
    struct loop_timer timer;
};

void curl_io_stream_free(struct curl_stream *s)
{
    struct loop *l;

    if (!s)
        return;
    l = s->transfer->io->loop;
    if (s->fd >= 0)
        loop_fd_remove(l, s->fd);
    loop_timer_cancel(l, &s->timer);
    free(s);
}

static void finish(struct curl_stream *s, enum err e, bool is_tls_error)
{
    curl_stream_fn *done = s->done;
    void *ctx = s->ctx;

    curl_io_cancel(s->transfer); /* frees s; libcurl says goodbye to a TLS peer and closes */
    done(ctx, e, is_tls_error);
}

static bool is_everything_acknowledged(const struct curl_stream *s)
{
    int left = 0;

    return ioctl(s->fd, SIOCOUTQ, &left) == 0 && left == 0;
}

/* false: it is finished, s is no more. */
static bool look_at_peer(struct curl_stream *s)
{
    char ignored[512];
    size_t n = 0;
    CURLcode code;

    do
        code = curl_easy_recv(s->transfer->easy, ignored, sizeof ignored, &n);
    while (code == CURLE_OK && n > 0);
    if (code == CURLE_AGAIN)
        return true;
    if (code == CURLE_OK && s->phase == STREAM_LINGERING && !s->is_tls)
        finish(s, ERR_OK, false);
    else
        finish(s, ERR_RESET, code != CURLE_OK && s->is_tls);
    return false;
}

static bool send_rest(struct curl_stream *s)
{
    struct curl_transfer *t = s->transfer;

    while (t->uploaded < t->upload.len) {
        size_t n = 0;
        CURLcode code =
            curl_easy_send(t->easy, t->upload.data + t->uploaded, t->upload.len - t->uploaded, &n);
        if (code == CURLE_AGAIN)
            return true;
        if (code) {
            finish(s, ERR_RESET, s->is_tls);
            return false;
        }
        t->uploaded += n;
    }
    s->phase = STREAM_FLUSHING;
    return loop_fd_change(t->io->loop, s->fd, EPOLLIN) == ERR_OK;
}

static void linger(struct curl_stream *s)
{
    s->phase = STREAM_LINGERING;
    s->linger_until = loop_mono(s->transfer->io->loop) + CURL_STREAM_LINGER;
    if (!s->is_tls)
        (void)shutdown(s->fd, SHUT_WR);
}

static void on_time(void *ctx)
{
    struct curl_stream *s = ctx;
    struct loop *l = s->transfer->io->loop;
    ns_t now = loop_mono(l);

    if (s->phase == STREAM_FLUSHING && is_everything_acknowledged(s))
        linger(s);
    if (s->phase == STREAM_LINGERING && now >= s->linger_until && is_everything_acknowledged(s))
        finish(s, ERR_OK, false);
    else if (now >= s->deadline)
        finish(s, ERR_TIMEOUT, false);
    else if (loop_timer_after(l, &s->timer, LOOK_EVERY))
        finish(s, ERR_NOMEM, false);
}

static void on_socket(void *ctx, int fd, uint32_t events)
{
    struct curl_stream *s = ctx;

    (void)fd;
    if (s->phase == STREAM_SENDING && (events & EPOLLOUT) && !send_rest(s))
        return;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        (void)look_at_peer(s);
}

static void on_connected(struct curl_transfer *t, CURLcode code)
{
    struct curl_stream *s = t->stream;
    struct loop *l = t->io->loop;
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (code) {
        finish(s, curl_io_err(t, code), curl_io_is_tls_code(code));
        return;
    }
    if (curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) || fd == CURL_SOCKET_BAD) {
        finish(s, ERR_RESET, false);
        return;
    }
    loop_fd_remove(l, fd);
    s->fd = fd;
    if (loop_fd_add(l, fd, EPOLLIN | EPOLLOUT, on_socket, s) || loop_timer_after(l, &s->timer, LOOK_EVERY))
        finish(s, ERR_NOMEM, false);
}

static bool set_options(struct curl_transfer *t, const struct curl_stream_request *q)
{
    char url[300];
    struct curl_request common = {.url = url,
                                  .timeout = q->timeout,
                                  .is_verified = true,
                                  .ca_file = q->ca_file,
                                  .certificate_file = q->certificate_file,
                                  .key_file = q->key_file};

    snprintf(url, sizeof url, strchr(q->host, ':') ? "%s://[%s]:%d" : "%s://%s:%d",
             q->is_tls ? "https" : "http", q->host, q->port);
    return curl_io_set_common(t, &common) || curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https") ||
           curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, 1L) ||
           curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 0L) || /* it would close it at once */
           curl_easy_setopt(t->easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

enum err curl_stream_start(struct curl_io *io, const struct curl_stream_request *q, curl_stream_fn *done,
                           void *ctx)
{
    struct curl_transfer *t = curl_io_new_transfer(io);
    struct curl_stream *s = t ? calloc(1, sizeof *s) : NULL;
    enum err e = ERR_NOMEM;

    if (!s)
        goto refused;
    *s = (struct curl_stream){.transfer = t,
                              .done = done,
                              .ctx = ctx,
                              .fd = -1,
                              .is_tls = q->is_tls,
                              .deadline = loop_mono(io->loop) + q->timeout};
    loop_timer_init(&s->timer, on_time, s);
    t->stream = s;
    t->connected = on_connected;
    buf_put(&t->upload, q->bytes, q->len);
    if (!buf_error(&t->upload))
        e = set_options(t, q) ? ERR_RANGE : curl_io_begin(t);
    if (!e)
        return ERR_OK;
refused:
    curl_io_free_transfer(t);
    return e;
}
