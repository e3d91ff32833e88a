/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor_host.c - plain sockets, for what SNMP does not tell. */
#include "cli/doctor_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/usm.h"

enum { HOST_WAIT_MS = 700 };

union any_address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static socklen_t to_sockaddr(const struct snmp_address *a, uint16_t port_be, union any_address *out)
{
    memset(out, 0, sizeof *out);
    if (a->is_v6) {
        out->in6.sin6_family = AF_INET6;
        out->in6.sin6_port = port_be;
        out->in6.sin6_scope_id = a->scope;
        memcpy(&out->in6.sin6_addr, a->ip, 16);
        return sizeof out->in6;
    }
    out->in.sin_family = AF_INET;
    out->in.sin_port = port_be;
    memcpy(&out->in.sin_addr, a->ip, 4);
    return sizeof out->in;
}

/* -1: errno has the reason. EINPROGRESS is success. */
static int connect_to(const struct snmp_address *a, int type, int protocol, uint16_t port_be)
{
    union any_address to;
    socklen_t len = to_sockaddr(a, port_be, &to);
    int fd = socket(to.sa.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), number;

    if (fd < 0)
        return -1;
    if (connect(fd, &to.sa, len) == 0 || errno == EINPROGRESS)
        return fd;
    number = errno;
    close(fd);
    errno = number;
    return -1;
}

bool doctor_route(const struct snmp_address *a, char source[DISCOVER_ADDRESS_SIZE])
{
    union any_address own;
    socklen_t len = sizeof own;
    int fd = connect_to(a, SOCK_DGRAM, 0, a->port_be);

    source[0] = '\0';
    if (fd < 0)
        return errno != ENETUNREACH && errno != EHOSTUNREACH && errno != EADDRNOTAVAIL;
    if (getsockname(fd, &own.sa, &len) == 0)
        inet_ntop(own.sa.sa_family,
                  own.sa.sa_family == AF_INET6 ? (void *)&own.in6.sin6_addr : (void *)&own.in.sin_addr,
                  source, DISCOVER_ADDRESS_SIZE);
    close(fd);
    return true;
}

static int wait_for(int fd, short events)
{
    struct pollfd p = {fd, events, 0};

    return poll(&p, 1, HOST_WAIT_MS);
}

/* A port unreachable comes as ECONNREFUSED on a connected socket, what else there is (EHOSTUNREACH,
 * EACCES …) is said by routers on the way. */
enum doctor_port doctor_why_refused(const struct snmp_address *a)
{
    uint8_t bytes[128]; /* any message will do; this one tells no secret */
    size_t len;
    int fd = connect_to(a, SOCK_DGRAM, 0, a->port_be), number = 0;
    socklen_t size = sizeof number;

    if (fd < 0)
        return DOCTOR_PORT_HOST_UNREACHABLE;
    if (!usm_seal_discovery(1, 1, bytes, sizeof bytes, &len) && send(fd, bytes, len, 0) == (ssize_t)len &&
        wait_for(fd, POLLIN) > 0)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
    close(fd);
    return number == ECONNREFUSED ? DOCTOR_PORT_CLOSED : DOCTOR_PORT_HOST_UNREACHABLE;
}

/* Needs net.ipv4.ping_group_range, which Debian's systemd opens to all; without it nothing is known. */
static bool answers_ping(const struct snmp_address *a)
{
    struct icmphdr echo4 = {.type = ICMP_ECHO};
    struct icmp6_hdr echo6 = {.icmp6_type = ICMP6_ECHO_REQUEST};
    uint8_t reply[256];
    bool is_answered = false;
    int fd = connect_to(a, SOCK_DGRAM, a->is_v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP, 0);

    if (fd < 0)
        return false;
    if (send(fd, a->is_v6 ? (void *)&echo6 : (void *)&echo4, 8, 0) == 8 && wait_for(fd, POLLIN) > 0)
        is_answered = recv(fd, reply, sizeof reply, 0) >= 8;
    close(fd);
    return is_answered;
}

/* Accepted or refused: either way a host is there. */
static bool answers_tcp(const struct snmp_address *a, uint16_t port)
{
    int fd = connect_to(a, SOCK_STREAM, 0, htons(port)), number = 0;
    socklen_t size = sizeof number;
    bool is_answered;

    if (fd < 0)
        return errno == ECONNREFUSED;
    is_answered = wait_for(fd, POLLOUT) > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) == 0 &&
                  (number == 0 || number == ECONNREFUSED);
    close(fd);
    return is_answered;
}

const char *doctor_sign_of_life(const struct snmp_address *a)
{
    static const struct {
        uint16_t port;
        const char *how;
    } ports[] = {{22, "on TCP port 22"}, {80, "on TCP port 80"}, {443, "on TCP port 443"}};

    if (answers_ping(a))
        return "a ping";
    for (size_t i = 0; i < ARRAY_LEN(ports); i++)
        if (answers_tcp(a, ports[i].port))
            return ports[i].how;
    return NULL;
}
