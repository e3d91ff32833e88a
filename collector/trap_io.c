/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_io.c - the trap socket. */
#include "collector/trap_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, BATCHES_A_TURN = 8 };

union any_address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

/* Room for the drop counter and the address that a datagram was sent to. */
union control {
    struct cmsghdr align;
    uint8_t bytes[CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(struct in6_pktinfo)) +
                  CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct trap_io {
    struct trap_io_options o;
    int fd;
    struct trap_io_stats stats;
    uint32_t dropped; /* as the kernel counts */
    struct mmsghdr headers[BATCH];
    struct iovec vectors[BATCH];
    union any_address names[BATCH];
    union control controls[BATCH];
    uint8_t bytes[BATCH][SNMP_MESSAGE_MAX + 1]; /* touched only as far as datagrams reach */
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

/* ---- receiving ---- */

static void note_drops(struct trap_io *t, struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        uint32_t dropped;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
            continue;
        memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
        t->stats.dropped += dropped - t->dropped; /* it wraps */
        t->dropped = dropped;
    }
}

/* The address that the inform was sent to, so that the answer comes from there; by which interface is the
 * routes' business. Returns the bytes written. */
static size_t put_source(struct msghdr *in, union control *out)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(in); c; c = CMSG_NXTHDR(in, c)) {
        bool is_v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO;

        if (!is_v6 && (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO))
            continue;
        memcpy(out, c, c->cmsg_len);
        if (is_v6)
            ((struct in6_pktinfo *)(void *)CMSG_DATA(&out->align))->ipi6_ifindex = 0;
        else
            ((struct in_pktinfo *)(void *)CMSG_DATA(&out->align))->ipi_ifindex = 0;
        return CMSG_SPACE(is_v6 ? sizeof(struct in6_pktinfo) : sizeof(struct in_pktinfo));
    }
    return 0;
}

static void answer(const struct trap_io *t, struct msghdr *header, const struct snmp_octets *reply)
{
    union control control = {0};
    struct iovec vector = {(void *)(uintptr_t)reply->bytes, reply->len}; /* sendmsg() reads it */
    struct msghdr out = {.msg_name = header->msg_name,
                         .msg_namelen = header->msg_namelen,
                         .msg_iov = &vector,
                         .msg_iovlen = 1,
                         .msg_control = &control};

    out.msg_controllen = put_source(header, &control);
    if (!out.msg_controllen)
        out.msg_control = NULL;
    if (sendmsg(t->fd, &out, MSG_DONTWAIT) < 0)
        return; /* the sender repeats what it asked */
}

static int receive_batch(struct trap_io *t)
{
    int got;

    for (int i = 0; i < BATCH; i++) {
        t->vectors[i] = (struct iovec){t->bytes[i], sizeof t->bytes[i]};
        t->headers[i].msg_hdr = (struct msghdr){.msg_name = &t->names[i],
                                                .msg_namelen = sizeof t->names[i],
                                                .msg_iov = &t->vectors[i],
                                                .msg_iovlen = 1,
                                                .msg_control = &t->controls[i],
                                                .msg_controllen = sizeof t->controls[i]};
    }
    got = recvmmsg(t->fd, t->headers, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        struct msghdr *header = &t->headers[i].msg_hdr;
        struct snmp_address from;
        struct snmp_octets reply;

        t->stats.received++;
        note_drops(t, header);
        to_address(&t->names[i], &from);
        reply = t->o.receive(t->o.ctx, &from, t->bytes[i], t->headers[i].msg_len);
        if (reply.len)
            answer(t, header, &reply);
    }
    return got;
}

static void on_readable(void *ctx, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    for (int i = 0; i < BATCHES_A_TURN; i++)
        if (receive_batch(ctx) < BATCH)
            return;
}

/* ---- the socket ---- */

static enum err name_v4(const char *address, int64_t port, union any_address *out)
{
    memset(out, 0, sizeof *out);
    out->in.sin_family = AF_INET;
    out->in.sin_port = htons((uint16_t)port);
    return !address || inet_pton(AF_INET, address, &out->in.sin_addr) == 1 ? ERR_OK : ERR_RANGE;
}

static int open_family(int family)
{
    return socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Any: IPv6 with IPv4 mapped into it, or IPv4 alone where there is no IPv6. */
static enum err open_socket(struct trap_io *t)
{
    union any_address name = {.in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)t->o.port)}};
    bool is_v6 = !t->o.bind || inet_pton(AF_INET6, t->o.bind, &name.in6.sin6_addr) == 1;
    int off = 0;
    enum err e;

    t->fd = is_v6 ? open_family(AF_INET6) : -1;
    if (t->fd < 0 && (!is_v6 || !t->o.bind)) {
        is_v6 = false;
        e = name_v4(t->o.bind, t->o.port, &name);
        if (e)
            return e;
        t->fd = open_family(AF_INET);
    }
    if (t->fd < 0)
        return err_from_errno(errno);
    if (is_v6)
        setsockopt(t->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    return bind(t->fd, &name.sa, is_v6 ? sizeof name.in6 : sizeof name.in) ? err_from_errno(errno) : ERR_OK;
}

static enum err take_passed(struct trap_io *t)
{
    union any_address name = {0};
    socklen_t name_len = sizeof name, type_len = sizeof(int);
    int type, flags;

    if (getsockopt(t->o.passed, SOL_SOCKET, SO_TYPE, &type, &type_len) ||
        getsockname(t->o.passed, &name.sa, &name_len) || type != SOCK_DGRAM ||
        (name.sa.sa_family != AF_INET && name.sa.sa_family != AF_INET6))
        return ERR_TYPE;
    t->fd = fcntl(t->o.passed, F_DUPFD_CLOEXEC, 0);
    flags = t->fd < 0 ? -1 : fcntl(t->fd, F_GETFL);
    return flags < 0 || fcntl(t->fd, F_SETFL, flags | O_NONBLOCK) ? err_from_errno(errno) : ERR_OK;
}

/* What a kernel does not know is done without: the drops stay 0, answers leave from the route's address. */
static void tune(struct trap_io *t)
{
    int on = 1, size = TRAP_IO_BUFFER, got = 0;
    socklen_t len = sizeof got;

    setsockopt(t->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    setsockopt(t->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    setsockopt(t->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    if (setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
        setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (getsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &got, &len) == 0)
        t->stats.buffer = (uint64_t)got / 2; /* the kernel doubles what it is asked for (socket(7)) */
}

enum err trap_io_new(const struct trap_io_options *o, struct trap_io **out)
{
    struct trap_io *t = calloc(1, sizeof *t);
    enum err e;

    if (!t)
        return ERR_NOMEM;
    t->o = *o;
    t->fd = -1;
    e = o->passed ? take_passed(t) : open_socket(t);
    if (!e) {
        tune(t);
        e = loop_fd_add(o->loop, t->fd, EPOLLIN, on_readable, t);
    }
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
        loop_fd_remove(t->o.loop, t->fd);
        close(t->fd);
    }
    free(t);
}

void trap_io_stats(const struct trap_io *t, struct trap_io_stats *out)
{
    *out = t->stats;
}
