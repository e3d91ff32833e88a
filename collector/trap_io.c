/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_io.c - the trap socket. What a datagram means is trap.c's business. */
#include "collector/trap_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DATAGRAMS_A_TURN = 256,
    RECEIVE_BUFFER = 8 * 1024 * 1024, /* 13,000 traps of 300 bytes; the default holds 166 */
};

union any_address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

struct trap_io {
    struct loop *loop;
    int fd;
    trap_fn *fn;
    void *ctx;
    struct trap_stats stats;
    uint8_t bytes[SNMP_MESSAGE_MAX + 1];
};

static void to_address(const union any_address *name, struct snmp_address *out)
{
    memset(out, 0, sizeof *out);
    if (name->sa.sa_family == AF_INET) {
        memcpy(out->ip, &name->in.sin_addr, 4);
    } else if (IN6_IS_ADDR_V4MAPPED(&name->in6.sin6_addr)) {
        memcpy(out->ip, name->in6.sin6_addr.s6_addr + 12, 4);
    } else {
        out->is_v6 = 1;
        memcpy(out->ip, &name->in6.sin6_addr, 16);
    }
}

/* RFC 3416, 4.2.7: the same message as a Response. */
static void acknowledge(struct trap_io *t, const struct snmp_message *m, size_t len, struct msghdr *header)
{
    size_t type_at = (size_t)(m->community - t->bytes) + m->community_len;

    t->bytes[type_at] = SNMP_RESPONSE;
    header->msg_iov->iov_len = len; /* it holds t->bytes still */
    header->msg_control = NULL;
    header->msg_controllen = 0;
    if (sendmsg(t->fd, header, MSG_DONTWAIT) < 0)
        return; /* the sender repeats it */
}

static void take(struct trap_io *t, size_t len, struct msghdr *header)
{
    struct snmp_address from;
    struct snmp_message m;
    struct trap trap;

    t->stats.received++;
    if (header->msg_flags & MSG_TRUNC || snmp_message_parse(t->bytes, len, &m) || trap_read(&m, &trap)) {
        t->stats.malformed++;
        return;
    }
    to_address(header->msg_name, &from);
    if (t->fn(t->ctx, &from, &trap, &m) && m.type == SNMP_INFORM)
        acknowledge(t, &m, len, header);
}

static void note_drops(struct trap_io *t, struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        uint32_t dropped;

        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
            t->stats.dropped = dropped;
        }
    }
}

static void on_readable(void *ctx, int fd, uint32_t events)
{
    struct trap_io *t = ctx;

    (void)events;
    for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
        union any_address name;
        uint8_t control[128];
        struct iovec vector = {t->bytes, sizeof t->bytes};
        struct msghdr header = {.msg_name = &name,
                                .msg_namelen = sizeof name,
                                .msg_iov = &vector,
                                .msg_iovlen = 1,
                                .msg_control = control,
                                .msg_controllen = sizeof control};
        ssize_t len = recvmsg(fd, &header, MSG_DONTWAIT);

        if (len < 0)
            return;
        note_drops(t, &header);
        take(t, (size_t)len, &header);
    }
}

/* Any: IPv6 with IPv4 mapped into it, or IPv4 alone where there is no IPv6. */
static enum err open_socket(struct trap_io *t, const char *address, int64_t port)
{
    union any_address name = {.in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)}};
    socklen_t len = sizeof name.in6;
    int off = 0, on = 1, size = RECEIVE_BUFFER;

    if (address && inet_pton(AF_INET6, address, &name.in6.sin6_addr) != 1) {
        memset(&name, 0, sizeof name);
        name.in.sin_family = AF_INET;
        name.in.sin_port = htons((uint16_t)port);
        len = sizeof name.in;
        if (inet_pton(AF_INET, address, &name.in.sin_addr) != 1)
            return ERR_RANGE;
    }
    t->fd = socket(name.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->fd < 0 && !address) {
        memset(&name, 0, sizeof name);
        name.in.sin_family = AF_INET;
        name.in.sin_port = htons((uint16_t)port);
        len = sizeof name.in;
        t->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    if (t->fd < 0)
        return err_from_errno(errno);
    if (name.sa.sa_family == AF_INET6)
        setsockopt(t->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(t->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
        setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return bind(t->fd, &name.sa, len) ? err_from_errno(errno) : ERR_OK;
}

enum err trap_io_new(struct loop *l, const char *bind, int64_t port, trap_fn *fn, void *ctx,
                     struct trap_io **out)
{
    struct trap_io *t = calloc(1, sizeof *t);
    enum err e;

    if (!t)
        return ERR_NOMEM;
    t->loop = l;
    t->fd = -1;
    t->fn = fn;
    t->ctx = ctx;
    e = open_socket(t, bind, port);
    if (!e)
        e = loop_fd_add(l, t->fd, EPOLLIN, on_readable, t);
    if (e)
        trap_io_free(t);
    else
        *out = t;
    return e;
}

void trap_io_free(struct trap_io *t)
{
    if (!t)
        return;
    if (t->fd >= 0) {
        loop_fd_remove(t->loop, t->fd);
        close(t->fd);
    }
    free(t);
}

void trap_io_stats(const struct trap_io *t, struct trap_stats *out)
{
    *out = t->stats;
}
