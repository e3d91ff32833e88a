/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web_io.c - sockets of the portal. */
#include "city/web_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "city/portal.h"

enum { CONNECTIONS_MAX = 256, BACKLOG = 128, ACCEPTS_A_TURN = 64 };
static const ns_t deadline = 10 * SECONDS;

struct connection {
    struct web *web;
    struct connection *previous, *next;
    int fd;
    struct tls_connection *tls;
    struct loop_timer timer;
    char request[PORTAL_REQUEST_MAX];
    size_t request_len;
    struct buf reply;
    size_t sent;
};

struct web {
    struct loop *loop;
    struct tls_server *tls;
    const char *base;
    int fd;
    struct connection *connections;
    size_t count;
};

static void connection_end(struct connection *c)
{
    struct web *w = c->web;

    loop_timer_cancel(w->loop, &c->timer);
    loop_fd_remove(w->loop, c->fd);
    tls_connection_free(c->tls);
    close(c->fd);
    buf_fini(&c->reply);
    if (c->previous)
        c->previous->next = c->next;
    else
        w->connections = c->next;
    if (c->next)
        c->next->previous = c->previous;
    w->count--;
    free(c);
}

static enum err plain_result(ssize_t n, size_t *out, uint32_t *events, uint32_t wait_for)
{
    if (n > 0) {
        *out = (size_t)n;
        return ERR_OK;
    }
    if (n == 0)
        return ERR_END;
    *events = wait_for;
    return errno == EAGAIN || errno == EINTR ? ERR_AGAIN : ERR_IO;
}

static enum err get_bytes(struct connection *c, size_t *n, uint32_t *events)
{
    char *to = c->request + c->request_len;
    size_t size = sizeof c->request - c->request_len;

    if (c->tls)
        return tls_read(c->tls, to, size, n, events);
    return plain_result(recv(c->fd, to, size, 0), n, events, EPOLLIN);
}

static enum err put_bytes(struct connection *c, size_t *n, uint32_t *events)
{
    const char *from = c->reply.data + c->sent;
    size_t size = c->reply.len - c->sent;

    if (c->tls)
        return tls_write(c->tls, from, size, n, events);
    return plain_result(send(c->fd, from, size, MSG_NOSIGNAL), n, events, EPOLLOUT);
}

/* Reads the request, then writes the reply, as far as it goes without waiting. */
static void on_connection(void *ctx, int fd, uint32_t events)
{
    struct connection *c = ctx;
    enum err e = ERR_OK;
    size_t n = 0;

    (void)events;
    while (!e && c->reply.len == 0) {
        e = get_bytes(c, &n, &events);
        if (!e) {
            c->request_len += n;
            (void)portal_answer(c->request, c->request_len, c->web->base, &c->reply);
            e = buf_error(&c->reply);
        }
    }
    while (!e && c->sent < c->reply.len) {
        e = put_bytes(c, &n, &events);
        if (!e)
            c->sent += n;
    }
    if (e == ERR_AGAIN)
        e = loop_fd_change(c->web->loop, fd, events);
    else if (!e)
        e = ERR_END;
    if (e)
        connection_end(c);
}

static void on_deadline(void *ctx)
{
    connection_end(ctx);
}

static enum err connection_begin(struct web *w, int fd)
{
    struct connection *c = calloc(1, sizeof *c);
    enum err e;

    if (!c)
        return ERR_NOMEM;
    c->web = w;
    c->fd = fd;
    loop_timer_init(&c->timer, on_deadline, c);
    if (w->tls) {
        c->tls = tls_connection_new(w->tls, fd);
        if (!c->tls) {
            free(c);
            return ERR_NOMEM;
        }
    }
    e = loop_fd_add(w->loop, fd, EPOLLIN, on_connection, c);
    if (!e)
        e = loop_timer_after(w->loop, &c->timer, deadline);
    if (e) {
        loop_fd_remove(w->loop, fd);
        tls_connection_free(c->tls);
        free(c);
        return e;
    }
    c->next = w->connections;
    if (c->next)
        c->next->previous = c;
    w->connections = c;
    w->count++;
    return ERR_OK;
}

static void on_listener(void *ctx, int fd, uint32_t events)
{
    struct web *w = ctx;

    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer < 0)
            return;
        if (w->count >= CONNECTIONS_MAX || connection_begin(w, peer))
            close(peer);
    }
}

enum err web_new(struct loop *l, uint32_t address, uint16_t port, struct tls_server *tls, const char *base,
                 struct web **out)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(address)}};
    struct web *w = calloc(1, sizeof *w);
    int on = 1;
    enum err e = ERR_OK;

    if (!w)
        return ERR_NOMEM;
    *w = (struct web){.loop = l, .tls = tls, .base = base};
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0 || setsockopt(w->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(w->fd, (struct sockaddr *)&to, sizeof to) < 0 || listen(w->fd, BACKLOG) < 0)
        e = errno == EADDRINUSE ? ERR_BUSY : err_from_errno(errno);
    if (!e)
        e = loop_fd_add(l, w->fd, EPOLLIN, on_listener, w);
    if (e) {
        web_free(w);
        return e;
    }
    *out = w;
    return ERR_OK;
}

void web_free(struct web *w)
{
    if (!w)
        return;
    while (w->connections)
        connection_end(w->connections);
    if (w->fd >= 0) {
        loop_fd_remove(w->loop, w->fd);
        close(w->fd);
    }
    free(w);
}
