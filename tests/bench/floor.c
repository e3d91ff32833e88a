/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floor.c - the least that polling over UDP costs: prebuilt requests of 50 varbinds in batches of 64, replies
 * received in batches of 64 and not looked at. Usage: floor PORT AGENTS CYCLES; prints CPU microseconds per
 * varbind, replies and the wall time of a cycle. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, PACKETS = 3, VARBINDS = 50, WINDOW = 256, SIZE = 1472, LOST_MS = 200 };

static const uint8_t columns[6][11] = {
    /* BER of ifHCInOctets, ifHCInUcastPkts, ifHCOutOctets, ifHCOutUcastPkts, ifInErrors, ifOutErrors; length
       first */
    {10, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6},  {10, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 7},
    {10, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 10}, {10, 0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 11},
    {9, 0x2b, 6, 1, 2, 1, 2, 2, 1, 14},      {9, 0x2b, 6, 1, 2, 1, 2, 2, 1, 20},
};

struct packet {
    uint8_t bytes[SIZE];
    size_t len;
};

static void put(uint8_t *at, size_t *len, const void *bytes, size_t count)
{
    memcpy(at + *len, bytes, count);
    *len += count;
}

/* A long-form header, so that it always takes four bytes. */
static void wrap(uint8_t tag, uint8_t *bytes, size_t *len)
{
    uint8_t header[4] = {tag, 0x82, (uint8_t)(*len >> 8), (uint8_t)*len};

    memmove(bytes + sizeof header, bytes, *len);
    memcpy(bytes, header, sizeof header);
    *len += sizeof header;
}

/* Varbinds first..first+49 of 6 columns x 24 rows and sysUpTime for what is left. */
static void build(struct packet *p, size_t first)
{
    static const uint8_t uptime[] = {0x30, 12, 6, 8, 0x2b, 6, 1, 2, 1, 1, 3, 0, 5, 0};
    static const uint8_t head[] = {2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c'},
                         ids[] = {2, 4, 0x11, 0x22, 0x33, 0x44, 2, 1, 0, 2, 1, 0};
    uint8_t list[SIZE];
    size_t len = 0;

    for (size_t i = first; i < first + VARBINDS; i++) {
        const uint8_t *column = columns[i / 24 % 6];
        uint8_t oid[] = {0x30, (uint8_t)(column[0] + 5), 6, (uint8_t)(column[0] + 1)},
                row[] = {(uint8_t)(i % 24 + 1), 5, 0};

        if (i >= 144) {
            put(list, &len, uptime, sizeof uptime);
            continue;
        }
        put(list, &len, oid, sizeof oid);
        put(list, &len, column + 1, column[0]);
        put(list, &len, row, sizeof row);
    }
    wrap(0x30, list, &len);
    p->len = 0;
    put(p->bytes, &p->len, ids, sizeof ids);
    put(p->bytes, &p->len, list, len);
    wrap(0xa0, p->bytes, &p->len);
    memmove(p->bytes + sizeof head, p->bytes, p->len);
    memcpy(p->bytes, head, sizeof head);
    p->len += sizeof head;
    wrap(0x30, p->bytes, &p->len);
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct mmsghdr out[BATCH], in[BATCH];
static struct iovec out_parts[BATCH], in_parts[BATCH];
static struct sockaddr_in names[BATCH];
static uint8_t buffers[BATCH][SIZE];

static size_t send_batch(int fd, struct packet *packets, int port, size_t from, size_t count)
{
    int sent;

    for (size_t i = 0; i < count; i++) {
        struct packet *p = &packets[(from + i) % PACKETS];

        names[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        names[i].sin_addr.s_addr = htonl(0x7f400001u + (uint32_t)((from + i) / PACKETS));
        out_parts[i] = (struct iovec){p->bytes, p->len};
        out[i].msg_hdr = (struct msghdr){
            .msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &out_parts[i], .msg_iovlen = 1};
    }
    sent = sendmmsg(fd, out, (unsigned)count, 0);
    return sent > 0 ? (size_t)sent : 0;
}

/* Returns the replies received in all cycles. */
static size_t run(int fd, struct packet *packets, int port, size_t agents, size_t cycles)
{
    size_t total = agents * PACKETS * cycles, sent = 0, got = 0, lost = 0;
    struct pollfd waiting = {fd, POLLIN, 0};

    while (got + lost < total) {
        size_t room = WINDOW - (sent - got - lost), left = total - sent;
        int n;

        if (room >= BATCH && left)
            sent += send_batch(fd, packets, port, sent % (agents * PACKETS), left < BATCH ? left : BATCH);
        for (size_t i = 0; i < BATCH; i++) {
            in_parts[i] = (struct iovec){buffers[i], SIZE};
            in[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
        }
        n = recvmmsg(fd, in, BATCH, MSG_DONTWAIT, NULL);
        if (n > 0)
            got += (size_t)n;
        else if (sent - got - lost > WINDOW - BATCH || sent == total)
            lost += poll(&waiting, 1, LOST_MS) > 0 ? 0 : sent - got - lost;
    }
    return got;
}

int main(int argc, char **argv)
{
    struct packet packets[PACKETS];
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
    size_t got;
    double cpu, wall;

    if (argc != 4 || fd < 0) {
        fprintf(stderr, "usage: floor PORT AGENTS CYCLES\n");
        return 64;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    for (size_t i = 0; i < PACKETS; i++)
        build(&packets[i], i * VARBINDS);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    wall = seconds(CLOCK_MONOTONIC);
    got = run(fd, packets, atoi(argv[1]), (size_t)atol(argv[2]), (size_t)atol(argv[3]));
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    printf("%.4f us/varbind, %zu replies, %.4f s a cycle\n", cpu / (double)(got ? got : 1) / VARBINDS * 1e6,
           got, wall / atof(argv[3]));
    return 0;
}
