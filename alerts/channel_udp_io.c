/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_udp_io.c - syslog messages as datagrams (RFC 5426), one each. */
#include "alerts/channel_udp_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An ICMP error comes within the round trip. */
#define ERROR_WAIT (100 * MILLISECONDS)

struct channel_udp {
    struct loop *loop;
    struct sockaddr_storage to;
    socklen_t to_len;
    channel_udp_fn *done;
    void *ctx;
    int fd; /* while a lot is on its way */
    struct loop_timer timer;
};

static void on_time(void *ctx)
{
    struct channel_udp *u = ctx;
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &error, &len))
        error = errno;
    close(u->fd);
    u->fd = -1;
    u->done(u->ctx, error ? err_from_errno(error) : ERR_OK);
}

enum err channel_udp_new(struct loop *l, const char *host, int port, channel_udp_fn *done, void *ctx,
                         struct channel_udp **out)
{
    struct channel_udp *u = calloc(1, sizeof *u);
    struct sockaddr_in *v4;
    struct sockaddr_in6 *v6;

    if (!u)
        return ERR_NOMEM;
    *u = (struct channel_udp){.loop = l, .done = done, .ctx = ctx, .fd = -1};
    loop_timer_init(&u->timer, on_time, u);
    v4 = (struct sockaddr_in *)&u->to;
    v6 = (struct sockaddr_in6 *)&u->to;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        u->to_len = sizeof *v4;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        u->to_len = sizeof *v6;
    } else {
        free(u);
        return ERR_MALFORMED;
    }
    *out = u;
    return ERR_OK;
}

void channel_udp_free(struct channel_udp *u)
{
    if (!u)
        return;
    loop_timer_cancel(u->loop, &u->timer);
    if (u->fd >= 0)
        close(u->fd);
    free(u);
}

static enum err send_all(int fd, const char *frames, size_t len)
{
    const char *end = frames + len;

    while (frames < end) {
        char *message;
        size_t size = (size_t)strtoull(frames, &message, 10);
        message++; /* the blank */
        if (size > (size_t)(end - message))
            return ERR_MALFORMED;
        if (send(fd, message, size, MSG_DONTWAIT) < 0)
            return err_from_errno(errno);
        frames = message + size;
    }
    return ERR_OK;
}

enum err channel_udp_start(struct channel_udp *u, const char *frames, size_t len)
{
    int fd = socket(u->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum err e = fd < 0 ? err_from_errno(errno) : ERR_OK;

    if (!e && connect(fd, (struct sockaddr *)&u->to, u->to_len))
        e = err_from_errno(errno);
    if (!e)
        e = send_all(fd, frames, len);
    if (!e)
        e = loop_timer_after(u->loop, &u->timer, ERROR_WAIT);
    if (e) {
        if (fd >= 0)
            close(fd);
        return e;
    }
    u->fd = fd;
    return ERR_OK;
}
