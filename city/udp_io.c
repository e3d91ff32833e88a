/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp_io.c - datagrams of the city. */
#include "city/udp_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/rng.h"

enum {
    BATCH = 32,
    BATCHES_A_TURN = 16,
    REQUEST_MAX = 4096,
    REPLY_MAX = 9216,
    RECEIVE_BUFFER = 8 << 20,
    LATE_MAX = 65536
};

union control {
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr align;
};

struct slot {
    struct sockaddr_in peer;
    struct iovec part;
    union control control;
    uint32_t asked;
};

/* A reply on its slow way. */
struct late {
    struct late *next;
    ns_t due;
    struct sockaddr_in peer;
    uint32_t asked;
    size_t len;
    char bytes[];
};

struct udp {
    struct loop *loop;
    ns_t delay;
    unsigned loss_permille;
    struct rng rng;
    struct late *first, **last; /* in the order of their due times */
    size_t late_count;
    struct loop_timer timer;
    int fd;
    udp_fn *fn;
    void *ctx;
    struct udp_stats stats;
    struct mmsghdr in[BATCH], out[BATCH];
    struct slot in_slots[BATCH], out_slots[BATCH];
    char requests[BATCH][REQUEST_MAX];
    char replies[BATCH][REPLY_MAX];
};

static bool is_loopback(uint32_t address)
{
    return address >> 24 == 127;
}

static void prepare(struct mmsghdr *m, struct slot *s, void *bytes, size_t len)
{
    s->part = (struct iovec){bytes, len};
    memset(m, 0, sizeof *m);
    m->msg_hdr.msg_name = &s->peer;
    m->msg_hdr.msg_namelen = sizeof s->peer;
    m->msg_hdr.msg_iov = &s->part;
    m->msg_hdr.msg_iovlen = 1;
    m->msg_hdr.msg_control = &s->control;
    m->msg_hdr.msg_controllen = sizeof s->control;
}

/* The address that the datagram went to; 0 if the kernel did not say. */
static uint32_t asked_address(struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            return ntohl(info.ipi_addr.s_addr);
        }
    return 0;
}

static void leave_from(struct msghdr *m, uint32_t address)
{
    struct in_pktinfo info = {.ipi_spec_dst = {.s_addr = htonl(address)}};
    struct cmsghdr *c = CMSG_FIRSTHDR(m);

    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

/* true: the reply waits for its time, or is dropped because too many do. */
static bool put_off(struct udp *u, const struct sockaddr_in *peer, uint32_t asked, const char *bytes,
                    size_t len)
{
    struct late *l;

    if (u->delay == 0 && !u->first)
        return false;
    l = u->late_count < LATE_MAX ? malloc(sizeof *l + len) : NULL;
    if (!l)
        return true;
    *l = (struct late){.due = loop_mono(u->loop) + u->delay, .peer = *peer, .asked = asked, .len = len};
    memcpy(l->bytes, bytes, len);
    *u->last = l;
    u->last = &l->next;
    u->late_count++;
    if (u->first == l && loop_timer_set(u->loop, &u->timer, l->due))
        u->stats.lost++; /* it leaves with the next one */
    return true;
}

/* Answers what was received into the first slots of out; returns how many replies there are. */
static size_t answer(struct udp *u, size_t received)
{
    size_t replies = 0;

    for (size_t i = 0; i < received; i++) {
        struct msghdr *m = &u->in[i].msg_hdr;
        uint32_t asked = asked_address(m);
        size_t len;
        if (!is_loopback(asked) || !is_loopback(ntohl(u->in_slots[i].peer.sin_addr.s_addr)) ||
            (m->msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
            u->stats.foreign++;
            continue;
        }
        if (u->loss_permille && rng_below(&u->rng, 1000) < u->loss_permille) {
            u->stats.lost++;
            continue;
        }
        u->stats.received++;
        len = u->fn(u->ctx, asked, u->requests[i], u->in[i].msg_len, u->replies[replies], REPLY_MAX);
        if (len == 0 || put_off(u, &u->in_slots[i].peer, asked, u->replies[replies], len))
            continue;
        u->out_slots[replies].peer = u->in_slots[i].peer;
        prepare(&u->out[replies], &u->out_slots[replies], u->replies[replies], len);
        leave_from(&u->out[replies].msg_hdr, asked);
        replies++;
    }
    return replies;
}

/* What cannot be sent at once is lost, as on any network. */
static void send_all(struct udp *u, size_t count)
{
    size_t done = 0;

    while (done < count) {
        int n = sendmmsg(u->fd, u->out + done, (unsigned)(count - done), 0);
        if (n > 0)
            u->stats.sent += (unsigned)n;
        done += n > 0 ? (size_t)n : 1;
    }
}

static void on_readable(void *ctx, int fd, uint32_t events)
{
    struct udp *u = ctx;

    (void)events;
    for (int batch = 0; batch < BATCHES_A_TURN; batch++) {
        int n;
        for (int i = 0; i < BATCH; i++)
            prepare(&u->in[i], &u->in_slots[i], u->requests[i], REQUEST_MAX);
        n = recvmmsg(fd, u->in, BATCH, MSG_DONTWAIT, NULL);
        if (n <= 0)
            return;
        send_all(u, answer(u, (size_t)n));
        if (n < BATCH)
            return;
    }
}

/* Replies whose time has come leave, a batch at a time. */
static void on_due(void *ctx)
{
    struct udp *u = ctx;
    size_t n = 0;

    while (u->first && u->first->due <= loop_mono(u->loop)) {
        struct late *l = u->first;
        memcpy(u->replies[n], l->bytes, l->len);
        u->out_slots[n].peer = l->peer;
        prepare(&u->out[n], &u->out_slots[n], u->replies[n], l->len);
        leave_from(&u->out[n].msg_hdr, l->asked);
        u->first = l->next;
        if (!u->first)
            u->last = &u->first;
        u->late_count--;
        free(l);
        if (++n == BATCH) {
            send_all(u, n);
            n = 0;
        }
    }
    send_all(u, n);
    if (u->first && loop_timer_set(u->loop, &u->timer, u->first->due))
        u->stats.lost++;
}

static enum err open_socket(struct udp *u, uint16_t port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, size = RECEIVE_BUFFER;

    u->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (u->fd < 0)
        return err_from_errno(errno);
    /* Both are wishes: the buffer is cut to rmem_max, and binding to lo may need a privilege on old kernels.
     */
    (void)setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(u->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo");
    if (setsockopt(u->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0 ||
        bind(u->fd, (struct sockaddr *)&any, sizeof any) < 0)
        return errno == EADDRINUSE ? ERR_BUSY : err_from_errno(errno);
    return ERR_OK;
}

enum err udp_new(struct loop *l, uint16_t port, udp_fn *fn, void *ctx, struct udp **out)
{
    struct udp *u = calloc(1, sizeof *u);
    enum err e;

    if (!u)
        return ERR_NOMEM;
    u->loop = l;
    u->fn = fn;
    u->ctx = ctx;
    u->rng.state = port;
    u->last = &u->first;
    loop_timer_init(&u->timer, on_due, u);
    e = open_socket(u, port);
    if (!e)
        e = loop_fd_add(l, u->fd, EPOLLIN, on_readable, u);
    if (e) {
        udp_free(u);
        return e;
    }
    *out = u;
    return ERR_OK;
}

void udp_free(struct udp *u)
{
    if (!u)
        return;
    loop_timer_cancel(u->loop, &u->timer);
    while (u->first) {
        struct late *next = u->first->next;
        free(u->first);
        u->first = next;
    }
    if (u->fd >= 0) {
        loop_fd_remove(u->loop, u->fd);
        close(u->fd);
    }
    free(u);
}

void udp_set_weather(struct udp *u, ns_t delay, unsigned loss_permille)
{
    u->delay = delay;
    u->loss_permille = loss_permille;
}

void udp_read_stats(const struct udp *u, struct udp_stats *out)
{
    *out = u->stats;
}
