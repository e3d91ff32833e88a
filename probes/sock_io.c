/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sock_io.c - ICMP, UDP and TCP sockets. */
#include "probes/sock_io.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BATCH = 32, BATCHES = 32, MESSAGE_MAX = 256, RECEIVE_BUFFER = 1 << 20 };

static enum err err_from_send(int number)
{
    switch (number) {
    case EAGAIN:
    case ENOBUFS: return ERR_AGAIN;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case ECONNREFUSED: return ERR_UNREACHABLE;
    default: return err_from_errno(number);
    }
}

/* A raw socket sees every ICMP message of the host: let only echo replies through. */
static void filter_replies(const struct ping_socket *s)
{
    struct icmp_filter only4 = {.data = ~(1u << ICMP_ECHOREPLY)};
    struct icmp6_filter only6;

    ICMP6_FILTER_SETBLOCKALL(&only6);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &only6);
    if (s->is_ipv6)
        (void)setsockopt(s->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &only6, sizeof only6);
    else
        (void)setsockopt(s->fd, SOL_RAW, ICMP_FILTER, &only4, sizeof only4);
}

enum err ping_socket_open(bool is_ipv6, struct ping_socket *out)
{
    int family = is_ipv6 ? AF_INET6 : AF_INET, protocol = is_ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    int size = RECEIVE_BUFFER, number;
    struct ping_socket s = {.is_ipv6 = is_ipv6};

    s.fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (s.fd < 0) {
        number = errno;
        s.fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
        if (s.fd < 0)
            return err_from_errno(errno == EPERM ? number : errno);
        s.is_raw = true;
        s.has_ip_header = !is_ipv6;
        filter_replies(&s);
    }
    (void)setsockopt(s.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    *out = s;
    return ERR_OK;
}

void ping_socket_close(struct ping_socket *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

enum err ping_socket_send(const struct ping_socket *s, const struct ip_address *to, const void *bytes,
                          size_t len)
{
    struct sockaddr_storage sa;
    socklen_t sa_len = ip_address_to_sockaddr(to, 0, &sa);

    return sendto(s->fd, bytes, len, 0, (const struct sockaddr *)&sa, sa_len) < 0 ? err_from_send(errno)
                                                                                  : ERR_OK;
}

void ping_socket_receive(const struct ping_socket *s,
                         void (*fn)(void *ctx, const struct ip_address *from, const void *bytes, size_t len),
                         void *ctx)
{
    uint8_t bytes[BATCH][MESSAGE_MAX];
    struct sockaddr_storage from[BATCH];
    struct iovec iov[BATCH];
    struct mmsghdr messages[BATCH];

    for (int batch = 0; batch < BATCHES; batch++) {
        int n;
        memset(messages, 0, sizeof messages);
        for (size_t i = 0; i < BATCH; i++) {
            iov[i] = (struct iovec){bytes[i], MESSAGE_MAX};
            messages[i].msg_hdr = (struct msghdr){
                .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &iov[i], .msg_iovlen = 1};
        }
        n = recvmmsg(s->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++) {
            struct ip_address address;
            if (!ip_address_from_sockaddr((const struct sockaddr *)&from[i], &address))
                fn(ctx, &address, bytes[i], messages[i].msg_len);
        }
        if (n < BATCH)
            return;
    }
}

enum err udp_socket_open(const struct ip_address *to, uint16_t port, int *fd)
{
    struct sockaddr_storage sa;
    socklen_t sa_len = ip_address_to_sockaddr(to, port, &sa);
    int s = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum err e;

    if (s < 0)
        return err_from_errno(errno);
    if (connect(s, (const struct sockaddr *)&sa, sa_len)) {
        e = err_from_send(errno);
        close(s);
        return e;
    }
    *fd = s;
    return ERR_OK;
}

enum err udp_socket_send(int fd, const void *bytes, size_t len)
{
    return send(fd, bytes, len, 0) < 0 ? err_from_send(errno) : ERR_OK;
}

enum err udp_socket_receive(int fd, void *bytes, size_t size, size_t *len)
{
    ssize_t n = recv(fd, bytes, size, 0);

    if (n < 0)
        return err_from_send(errno);
    *len = (size_t)n;
    return ERR_OK;
}

enum err tcp_socket_open(const struct ip_address *to, uint16_t port, int *fd)
{
    struct sockaddr_storage sa;
    socklen_t sa_len = ip_address_to_sockaddr(to, port, &sa);
    int s = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum err e;

    if (s < 0)
        return err_from_errno(errno);
    if (connect(s, (const struct sockaddr *)&sa, sa_len) && errno != EINPROGRESS) {
        e = err_from_send(errno);
        close(s);
        return e;
    }
    *fd = s;
    return ERR_OK;
}

enum err tcp_socket_connected(int fd)
{
    int number = 0;
    socklen_t len = sizeof number;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len))
        return err_from_errno(errno);
    return number ? err_from_send(number) : ERR_OK;
}
