/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_io.c - both ends of the control socket. */
#include "city/control_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/strx.h"

enum { CLIENTS_MAX = 16, ANSWER_MAX = 64 << 20 };

struct client {
    struct control_server *server;
    int fd; /* -1: free */
    char line[CONTROL_LINE_MAX + 1];
    size_t len;
    struct buf answer;
    size_t sent;
};

struct control_server {
    struct loop *loop;
    struct control *control;
    loop_fn *after;
    void *ctx;
    char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
    int fd;
    struct client clients[CLIENTS_MAX];
};

static void client_end(struct client *c)
{
    loop_fd_remove(c->server->loop, c->fd);
    close(c->fd);
    buf_fini(&c->answer);
    c->fd = -1;
}

static void obey(struct client *c)
{
    struct control_server *s = c->server;

    c->line[c->len] = '\0';
    c->line[strcspn(c->line, "\n")] = '\0';
    control_answer(s->control, c->line, loop_wall(s->loop), &c->answer);
    if (s->after)
        s->after(s->ctx);
}

static void on_client(void *ctx, int fd, uint32_t events)
{
    struct client *c = ctx;
    ssize_t n = 1;

    (void)events;
    while (c->answer.len == 0 && n > 0) {
        n = recv(fd, c->line + c->len, sizeof c->line - 1 - c->len, 0);
        if (n > 0)
            c->len += (size_t)n;
        if (n >= 0 && (n == 0 || c->len == sizeof c->line - 1 || memchr(c->line, '\n', c->len)))
            obey(c);
    }
    while (c->sent < c->answer.len) {
        n = send(fd, c->answer.data + c->sent, c->answer.len - c->sent, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        c->sent += (size_t)n;
    }
    if (n < 0 && errno == EAGAIN) {
        if (loop_fd_change(c->server->loop, fd, c->answer.len ? EPOLLOUT : EPOLLIN))
            client_end(c);
        return;
    }
    client_end(c);
}

static void on_listener(void *ctx, int fd, uint32_t events)
{
    struct control_server *s = ctx;
    int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), i = 0;

    (void)events;
    if (peer < 0)
        return;
    while (i < CLIENTS_MAX && s->clients[i].fd >= 0)
        i++;
    if (i == CLIENTS_MAX || loop_fd_add(s->loop, peer, EPOLLIN, on_client, &s->clients[i])) {
        close(peer);
        return;
    }
    s->clients[i] = (struct client){.server = s, .fd = peer};
    buf_init(&s->clients[i].answer, ANSWER_MAX);
}

static enum err make_address(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    return strx_copy(out->sun_path, sizeof out->sun_path, path) ? ERR_OK : ERR_LIMIT;
}

/* Does a living city answer at this path? */
static bool is_answered(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_alive = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;

    if (fd >= 0)
        close(fd);
    return is_alive;
}

enum err control_server_new(struct loop *l, const char *path, struct control *control, loop_fn *after,
                            void *ctx, struct control_server **out)
{
    struct sockaddr_un at;
    struct control_server *s;
    enum err e = make_address(path, &at);

    if (e)
        return e;
    if (is_answered(&at))
        return ERR_BUSY;
    s = calloc(1, sizeof *s);
    if (!s)
        return ERR_NOMEM;
    *s = (struct control_server){.loop = l, .control = control, .after = after, .ctx = ctx, .fd = -1};
    for (int i = 0; i < CLIENTS_MAX; i++)
        s->clients[i].fd = -1;
    (void)unlink(path);
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&at, sizeof at) < 0 || chmod(path, 0600) < 0 ||
        listen(s->fd, 16) < 0)
        e = err_from_errno(errno);
    else
        memcpy(s->path, at.sun_path, sizeof s->path);
    if (!e)
        e = loop_fd_add(l, s->fd, EPOLLIN, on_listener, s);
    if (e) {
        control_server_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void control_server_free(struct control_server *s)
{
    if (!s)
        return;
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (s->clients[i].fd >= 0)
            client_end(&s->clients[i]);
    if (s->fd >= 0) {
        loop_fd_remove(s->loop, s->fd);
        close(s->fd);
    }
    if (*s->path)
        (void)unlink(s->path);
    free(s);
}

enum err control_ask(const char *path, const char *line, struct buf *out)
{
    struct sockaddr_un at;
    struct timeval patience = {.tv_sec = 10};
    enum err e = make_address(path, &at);
    ssize_t n = -1;
    int fd;

    if (e)
        return e;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_from_errno(errno);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        close(fd);
        return ERR_UNREACHABLE;
    }
    if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line) ||
        send(fd, "\n", 1, MSG_NOSIGNAL) != 1)
        e = ERR_IO;
    while (!e) {
        char piece[16384];
        n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            break;
        buf_put(out, piece, (size_t)n);
    }
    if (!e && n < 0)
        e = errno == EAGAIN ? ERR_TIMEOUT : err_from_errno(errno);
    close(fd);
    return e ? e : buf_error(out);
}
