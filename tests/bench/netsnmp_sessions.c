/* SPDX-License-Identifier: GPL-3.0-or-later */
/* netsnmp_sessions.c - the same polls as floor.c, by net-snmp's asynchronous sessions: one session (and
 * socket) per agent of the single-session API, one epoll for all, 50 varbinds a GET, one GET of an agent in
 * flight at a time. Values are looked at by nobody. Usage: netsnmp_sessions PORT AGENTS CYCLES; prints the
 * CPU time of the cycles in microseconds per varbind, the answers and the wall time of a cycle. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { PACKETS = 3, VARBINDS = 50, ROWS = 24, WINDOW = 256, EVENTS = 64, WAIT_MS = 200 };

static const oid columns[6][11] = {
    {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6},  {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7},
    {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10}, {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11},
    {1, 3, 6, 1, 2, 1, 2, 2, 1, 14},     {1, 3, 6, 1, 2, 1, 2, 2, 1, 20},
};
static const size_t column_len[6] = {11, 11, 11, 11, 10, 10};

struct agent {
    void *session;
    int fd;
    size_t packet; /* the next one */
};

static struct agent *agents;
static size_t count, running, answered;

/* Varbinds first..first+49 of 6 columns x 24 rows and sysUpTime for what is left, as floor.c. */
static netsnmp_pdu *make_pdu(size_t first)
{
    static const oid uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

    if (!pdu)
        abort();
    for (size_t i = first; i < first + VARBINDS; i++) {
        size_t column = i / ROWS % 6, len = column_len[column];
        oid name[12];

        if (i >= 6 * ROWS) {
            snmp_add_null_var(pdu, uptime, OID_LENGTH(uptime));
            continue;
        }
        memcpy(name, columns[column], len * sizeof *name);
        name[len] = i % ROWS + 1;
        snmp_add_null_var(pdu, name, len + 1);
    }
    return pdu;
}

static int on_answer(int op, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *ctx);

static void ask(struct agent *a)
{
    netsnmp_pdu *pdu = make_pdu(a->packet * VARBINDS);

    if (!snmp_sess_async_send(a->session, pdu, on_answer, a)) {
        snmp_free_pdu(pdu);
        running--;
    }
}

static int on_answer(int op, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *ctx)
{
    struct agent *a = ctx;

    (void)session, (void)id, (void)pdu;
    answered += op == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE;
    if (++a->packet < PACKETS)
        ask(a);
    else
        running--;
    return 1;
}

static void open_all(int epoll, const char *port)
{
    netsnmp_session with;
    char peer[64];

    snmp_sess_init(&with);
    with.version = SNMP_VERSION_2c;
    with.community = (u_char *)(uintptr_t) "public";
    with.community_len = 6;
    with.peername = peer;
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &agents[i]};
        unsigned n = 0x7f400001u + (unsigned)i;

        snprintf(peer, sizeof peer, "udp:127.%u.%u.%u:%s", n >> 16 & 255, n >> 8 & 255, n & 255, port);
        agents[i].session = snmp_sess_open(&with);
        if (!agents[i].session ||
            epoll_ctl(epoll, EPOLL_CTL_ADD, agents[i].fd = snmp_sess_transport(agents[i].session)->sock,
                      &event)) {
            fprintf(stderr, "netsnmp_sessions: session %zu cannot be opened (ulimit -n?)\n", i);
            exit(71);
        }
    }
}

static void run_cycle(int epoll, netsnmp_large_fd_set *set)
{
    size_t next = 0;

    running = 0;
    while (next < count || running) {
        struct epoll_event events[EVENTS];
        int n;

        for (; next < count && running < WINDOW; next++) {
            agents[next].packet = 0;
            running++;
            ask(&agents[next]);
        }
        n = epoll_wait(epoll, events, EVENTS, WAIT_MS);
        for (int i = 0; i < n; i++) {
            struct agent *a = events[i].data.ptr;

            NETSNMP_LARGE_FD_SET(a->fd, set);
            snmp_sess_read2(a->session, set);
            NETSNMP_LARGE_FD_CLR(a->fd, set);
        }
        for (size_t i = 0; n == 0 && i < next; i++)
            snmp_sess_timeout(agents[i].session);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct rlimit files;
    netsnmp_large_fd_set set;
    int epoll = epoll_create1(EPOLL_CLOEXEC), cycles = argc == 4 ? atoi(argv[3]) : 0;
    double cpu, wall;

    count = argc == 4 ? (size_t)atol(argv[2]) : 0;
    agents = calloc(count ? count : 1, sizeof *agents);
    if (count == 0 || cycles < 1 || epoll < 0 || !agents) {
        fprintf(stderr, "usage: netsnmp_sessions PORT AGENTS CYCLES\n");
        return 64;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setenv("MIBS", "", 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    init_snmp("netsnmp_sessions");
    open_all(epoll, argv[1]);
    netsnmp_large_fd_set_init(&set, (int)count + 64);
    NETSNMP_LARGE_FD_ZERO(&set);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    wall = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < cycles; i++)
        run_cycle(epoll, &set);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    printf("%.4f us/varbind, %zu replies, %.4f s a cycle\n",
           cpu / (double)(answered ? answered : 1) / VARBINDS * 1e6, answered, wall / cycles);
    return 0;
}
