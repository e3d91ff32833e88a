/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_io.c - sockets, batches of datagrams, ICMP errors; everything that can be decided without a socket is
 * in snmp_client.c. */
#include "collector/snmp_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    OUT_BATCH = 64,
    IN_BATCH = 64,
    IN_BATCHES_A_TURN = 8,
    ERRORS_A_TURN = 64,
    SEND_RETRIES = 3,
    RECEIVE_BUFFER = 4 * 1024 * 1024,
    RANDOM_BATCH = 64,
    GATHER_FROM = 8, /* requests in flight */
    ROUNDS_A_TURN = 4,
};
#define GATHER (1 * MILLISECONDS)

union any_address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

struct out_batch {
    int fd;
    uint32_t count;
    struct mmsghdr headers[OUT_BATCH];
    struct iovec vectors[OUT_BATCH];
    union any_address names[OUT_BATCH];
    uint8_t bytes[OUT_BATCH][SNMP_REQUEST_MAX + SNMP_V3_OVERHEAD];
};

struct in_batch {
    struct mmsghdr headers[IN_BATCH];
    struct iovec vectors[IN_BATCH];
    union any_address names[IN_BATCH];
    uint8_t bytes[IN_BATCH][SNMP_MESSAGE_MAX + 1];
};

struct snmp_io {
    struct loop *loop;
    struct snmp_client *client;
    struct loop_timer timer;
    struct out_batch out4, out6;
    struct in_batch *in;
    uint32_t random[RANDOM_BATCH];
    uint32_t random_left;
    uint64_t unsent;
    void (*notice)(void *ctx, struct snmp_peer *peer, enum snmp_notice what);
    void *notice_ctx;
};

/* ---- addresses ---- */

static socklen_t to_sockaddr(const struct snmp_address *from, union any_address *to)
{
    memset(to, 0, sizeof *to);
    if (from->is_v6) {
        to->in6.sin6_family = AF_INET6;
        to->in6.sin6_port = from->port_be;
        to->in6.sin6_scope_id = from->scope;
        memcpy(&to->in6.sin6_addr, from->ip, 16);
        return sizeof to->in6;
    }
    to->in.sin_family = AF_INET;
    to->in.sin_port = from->port_be;
    memcpy(&to->in.sin_addr, from->ip, 4);
    return sizeof to->in;
}

static bool from_sockaddr(const union any_address *from, struct snmp_address *to)
{
    memset(to, 0, sizeof *to);
    if (from->sa.sa_family == AF_INET) {
        to->port_be = from->in.sin_port;
        memcpy(to->ip, &from->in.sin_addr, 4);
        return true;
    }
    if (from->sa.sa_family != AF_INET6)
        return false;
    to->is_v6 = 1;
    to->port_be = from->in6.sin6_port;
    to->scope = from->in6.sin6_scope_id;
    memcpy(to->ip, &from->in6.sin6_addr, 16);
    return true;
}

enum err snmp_io_resolve(const char *address, int64_t port, struct snmp_address *out)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_family = AF_UNSPEC}, *found = NULL;
    union any_address name;
    int code;

    if (port < 1 || port > 65535)
        return ERR_RANGE;
    code = getaddrinfo(address, NULL, &hints, &found);
    if (code)
        return code == EAI_AGAIN ? ERR_AGAIN : code == EAI_MEMORY ? ERR_NOMEM : ERR_NOT_FOUND;
    memset(&name, 0, sizeof name);
    memcpy(&name, found->ai_addr, found->ai_addrlen < sizeof name ? found->ai_addrlen : sizeof name);
    freeaddrinfo(found);
    if (!from_sockaddr(&name, out))
        return ERR_NOT_FOUND;
    out->port_be = htons((uint16_t)port);
    return ERR_OK;
}

/* ---- sending ---- */

/* A pending ICMP error of another datagram makes sendmmsg() fail once without having sent anything: the same
 * datagram is tried again. What the system really refuses is skipped and taken like a refusal. */
static void flush(struct snmp_io *io, struct out_batch *b)
{
    uint32_t at = 0;
    int failures = 0;

    while (at < b->count) {
        int sent = sendmmsg(b->fd, b->headers + at, b->count - at, 0);

        if (sent > 0) {
            at += (uint32_t)sent;
            failures = 0;
            continue;
        }
        if (errno == EAGAIN || errno == ENOBUFS) {
            io->unsent += b->count - at; /* lost like any datagram; it will be repeated */
            break;
        }
        if (errno != EINTR && ++failures == SEND_RETRIES) {
            struct snmp_address to;

            if (from_sockaddr(&b->names[at], &to))
                snmp_client_refused(io->client, loop_mono(io->loop), &to);
            io->unsent++;
            at++;
            failures = 0;
        }
    }
    b->count = 0;
}

static void rearm(struct snmp_io *io)
{
    ns_t due = snmp_client_due(io->client);

    if (io->out4.count || io->out6.count)
        due = loop_mono(io->loop);
    if (due == INT64_MAX)
        loop_timer_cancel(io->loop, &io->timer);
    else if (!loop_timer_is_armed(&io->timer) || io->timer.due != due) {
        /* Without memory for the timer the next event comes with the next datagram. */
        if (loop_timer_set(io->loop, &io->timer, due))
            return;
    }
}

static void flush_all(struct snmp_io *io)
{
    if (io->out4.count)
        flush(io, &io->out4);
    if (io->out6.count)
        flush(io, &io->out6);
    rearm(io);
}

static enum err transmit(void *ctx, const struct snmp_address *to, const void *bytes, size_t len)
{
    struct snmp_io *io = ctx;
    struct out_batch *b = to->is_v6 ? &io->out6 : &io->out4;
    uint32_t i;

    if (b->fd < 0)
        return ERR_UNREACHABLE;
    if (b->count == OUT_BATCH)
        flush(io, b);
    i = b->count++;
    memcpy(b->bytes[i], bytes, len);
    b->vectors[i] = (struct iovec){b->bytes[i], len};
    b->headers[i].msg_hdr = (struct msghdr){.msg_name = &b->names[i],
                                            .msg_namelen = to_sockaddr(to, &b->names[i]),
                                            .msg_iov = &b->vectors[i],
                                            .msg_iovlen = 1};
    return ERR_OK;
}

static uint32_t request_id(void *ctx)
{
    struct snmp_io *io = ctx;

    if (!io->random_left) {
        if (getrandom(io->random, sizeof io->random, 0) != (ssize_t)sizeof io->random)
            abort(); /* never for 256 bytes once the system is up (getrandom(2)); guessable ids are no choice
                      */
        io->random_left = RANDOM_BATCH;
    }
    return io->random[--io->random_left];
}

static void notice(void *ctx, struct snmp_peer *peer, enum snmp_notice what)
{
    struct snmp_io *io = ctx;

    io->notice(io->notice_ctx, peer, what);
}

static void on_timer(void *ctx)
{
    struct snmp_io *io = ctx;

    snmp_client_advance(io->client, loop_mono(io->loop));
    flush_all(io);
}

/* ---- receiving ---- */

static void read_errors(struct snmp_io *io, int fd)
{
    for (int i = 0; i < ERRORS_A_TURN; i++) {
        union any_address name;
        uint8_t control[512], bytes[64];
        struct iovec vector = {bytes, sizeof bytes};
        struct msghdr header = {.msg_name = &name,
                                .msg_namelen = sizeof name,
                                .msg_iov = &vector,
                                .msg_iovlen = 1,
                                .msg_control = control,
                                .msg_controllen = sizeof control};
        struct snmp_address to;

        if (recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return;
        if (from_sockaddr(&name, &to))
            snmp_client_refused(io->client, loop_mono(io->loop), &to);
    }
}

static void prepare(struct in_batch *in)
{
    for (uint32_t i = 0; i < IN_BATCH; i++) {
        in->vectors[i] = (struct iovec){in->bytes[i], sizeof in->bytes[i]};
        in->headers[i].msg_hdr = (struct msghdr){.msg_name = &in->names[i],
                                                 .msg_namelen = sizeof in->names[i],
                                                 .msg_iov = &in->vectors[i],
                                                 .msg_iovlen = 1};
    }
}

static int receive_batch(struct snmp_io *io, int fd, ns_t came)
{
    struct in_batch *in = io->in;
    int got = recvmmsg(fd, in->headers, IN_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        struct snmp_address from;
        bool is_known = from_sockaddr(&in->names[i], &from);

        in->headers[i].msg_hdr.msg_namelen =
            sizeof in->names[i]; /* for the next call; the kernel has changed it */
        if (is_known)
            snmp_client_receive(io->client, came, &from, in->bytes[i], in->headers[i].msg_len);
    }
    return got;
}

/* Replies of many agents come one by one, and waking for each costs more than reading it: a short pause lets
 * them gather (decision 0030). False: they are few. */
static bool gather(struct snmp_io *io)
{
    struct snmp_stats stats;

    snmp_client_stats(io->client, &stats);
    if (stats.in_flight < GATHER_FROM)
        return false;
    nanosleep(&(struct timespec){.tv_nsec = GATHER}, NULL);
    loop_refresh(io->loop);
    return true;
}

/* came: when the datagrams are said to have come. Returns how many. */
static int receive_all(struct snmp_io *io, int fd, ns_t came)
{
    int total = 0;

    for (int i = 0; i < IN_BATCHES_A_TURN; i++) {
        int got = receive_batch(io, fd, came);

        if (got < 0 && errno != EAGAIN && errno != EINTR)
            continue; /* an ICMP error was reported in place of data: read on */
        total += got > 0 ? got : 0;
        if (got < IN_BATCH)
            break;
    }
    return total;
}

/* What is read lets the next requests of the same devices leave; their replies are waited for at once, as
 * long as there are many. Those of the first round came when the loop woke, or in the pause after it. */
static void on_readable(void *ctx, int fd, uint32_t events)
{
    struct snmp_io *io = ctx;
    ns_t came = loop_mono(io->loop);
    bool has_many = true;

    if (events & EPOLLERR)
        read_errors(io, fd);
    for (int i = 0; i < ROUNDS_A_TURN && has_many; i++) {
        has_many = gather(io);
        has_many &= receive_all(io, fd, i ? loop_mono(io->loop) : came) > 0;
        flush_all(io);
    }
}

/* ---- life ---- */

static enum err open_socket(struct snmp_io *io, struct out_batch *b, const union any_address *bind_to,
                            socklen_t len)
{
    int family = bind_to->sa.sa_family, on = 1, size = RECEIVE_BUFFER;
    enum err e;

    b->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (b->fd < 0)
        return err_from_errno(errno);
    if (family == AF_INET6) {
        setsockopt(b->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        setsockopt(b->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    } else {
        setsockopt(b->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    }
    /* Beyond net.core.rmem_max only with CAP_NET_ADMIN; the ordinary option gives what the system allows. */
    if (setsockopt(b->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
        setsockopt(b->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(b->fd, &bind_to->sa, len)) {
        e = err_from_errno(errno);
        goto not_bound;
    }
    e = loop_fd_add(io->loop, b->fd, EPOLLIN, on_readable, io);
    if (e)
        goto not_bound;
    return ERR_OK;

not_bound:
    close(b->fd);
    b->fd = -1;
    return e;
}

static enum err open_sockets(struct snmp_io *io, const char *bind_address)
{
    union any_address any;
    struct snmp_address source = {0};
    enum err e;

    if (bind_address) {
        socklen_t len;

        if (inet_pton(AF_INET6, bind_address, source.ip) == 1)
            source.is_v6 = 1;
        else if (inet_pton(AF_INET, bind_address, source.ip) != 1)
            return ERR_RANGE;
        len = to_sockaddr(&source, &any);
        return open_socket(io, source.is_v6 ? &io->out6 : &io->out4, &any, len);
    }
    e = open_socket(io, &io->out4, &any, to_sockaddr(&source, &any));
    source.is_v6 = 1;
    /* A machine without IPv6 polls over IPv4 alone, and the other way round. */
    if (open_socket(io, &io->out6, &any, to_sockaddr(&source, &any)) == ERR_OK)
        return ERR_OK;
    return e;
}

enum err snmp_io_new(struct loop *l, const struct snmp_io_options *options, struct snmp_io **out)
{
    struct snmp_io *io = calloc(1, sizeof *io);
    struct snmp_client_options client = {.window = options->window,
                                         .timeout = options->timeout,
                                         .transmit = transmit,
                                         .request_id = request_id,
                                         .notice = options->notice ? notice : NULL,
                                         .ctx = io};
    enum err e = ERR_NOMEM;

    if (!io)
        return ERR_NOMEM;
    io->loop = l;
    io->notice = options->notice;
    io->notice_ctx = options->notice_ctx;
    io->out4.fd = io->out6.fd = -1;
    loop_timer_init(&io->timer, on_timer, io);
    io->in = calloc(1, sizeof *io->in);
    if (!io->in)
        goto failed;
    prepare(io->in);
    e = snmp_client_new(&client, &io->client);
    if (e)
        goto failed;
    e = open_sockets(io, options->bind);
    if (e)
        goto failed;
    *out = io;
    return ERR_OK;

failed:
    snmp_io_free(io);
    return e;
}

static void close_socket(struct snmp_io *io, int fd)
{
    if (fd < 0)
        return;
    loop_fd_remove(io->loop, fd);
    close(fd);
}

void snmp_io_free(struct snmp_io *io)
{
    if (!io)
        return;
    loop_timer_cancel(io->loop, &io->timer);
    close_socket(io, io->out4.fd);
    close_socket(io, io->out6.fd);
    snmp_client_free(io->client);
    free(io->in);
    free(io);
}

void snmp_io_tune(struct snmp_io *io, uint32_t window, ns_t timeout)
{
    snmp_client_tune(io->client, window, timeout);
}

enum err snmp_io_ask(struct snmp_io *io, const struct snmp_ask *ask, snmp_handle *handle)
{
    enum err e;

    if ((ask->peer->address.is_v6 ? io->out6.fd : io->out4.fd) < 0)
        return ERR_UNREACHABLE;
    e = snmp_client_ask(io->client, loop_mono(io->loop), ask, handle);
    rearm(io);
    return e;
}

void snmp_io_cancel(struct snmp_io *io, snmp_handle handle)
{
    snmp_client_cancel(io->client, handle);
    rearm(io);
}

/* What the kernel dropped at this socket since it is open. */
static uint64_t socket_drops(int fd)
{
    uint32_t figures[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof figures;

    return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures, &len) == 0 ? figures[SK_MEMINFO_DROPS]
                                                                                 : 0;
}

void snmp_io_stats(const struct snmp_io *io, struct snmp_stats *out)
{
    snmp_client_stats(io->client, out);
    out->unsent = io->unsent;
    out->dropped = socket_drops(io->out4.fd) + socket_drops(io->out6.fd);
}
