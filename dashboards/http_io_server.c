/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io_server.c - the server's start and stop, its socket and TLS, its turns in the loop. Knows
 * libmicrohttpd; see http_io.c for its rules. */
#include "dashboards/http_io_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"

static void run(struct http_server *s)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;

    s->has_resumed = false;
    MHD_run(s->mhd);
    if (s->has_resumed || MHD_get_timeout(s->mhd, &wait_ms) == MHD_YES) {
        ns_t wait = wait_ms > 1000 ? SECONDS : (ns_t)wait_ms * MILLISECONDS;
        if (loop_timer_after(s->loop, &s->run_timer, wait) != ERR_OK)
            log_error("out of memory: an HTTP connection may wait");
    } else {
        loop_timer_cancel(s->loop, &s->run_timer);
    }
}

static void on_ready(void *ctx, int fd NW_UNUSED, uint32_t events NW_UNUSED)
{
    run(ctx);
}

static void on_run_timer(void *ctx)
{
    run(ctx);
}

static void on_sweep(void *ctx)
{
    struct http_server *s = ctx;

    http_sweep(s);
    if (loop_timer_after(s->loop, &s->sweep_timer, SECONDS) != ERR_OK)
        log_error("out of memory: slow HTTP clients are no longer cut");
}

static void on_log(void *cls NW_UNUSED, const char *fmt, va_list args)
{
    char line[256];

    vsnprintf(line, sizeof line, fmt, args);
    line[strcspn(line, "\n")] = '\0';
    log_debug("libmicrohttpd: %s", line);
}

static enum err listen_socket(const struct http_options *o, int *out, uint16_t *port)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;
    char service[8];
    int fd = -1, one = 1;
    enum err e = ERR_IO;

    snprintf(service, sizeof service, "%u", (unsigned)o->port & 0xffff);
    if (getaddrinfo(o->address, service, &hints, &found) != 0)
        return ERR_MALFORMED;
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &bound_len) < 0)
        goto failed;
    *port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                              : ((struct sockaddr_in *)&bound)->sin_port);
    *out = fd;
    freeaddrinfo(found);
    return ERR_OK;

failed:
    e = errno == EADDRINUSE ? ERR_BUSY : errno == EACCES ? ERR_DENIED : ERR_IO;
    if (fd >= 0)
        close(fd);
    freeaddrinfo(found);
    return e;
}

static enum err read_pem(const char *path, char **out)
{
    struct buf b = BUF_INIT;
    char chunk[4096];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_from_errno(errno);
    buf_init(&b, 1024 * 1024);
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        buf_put(&b, chunk, (size_t)n);
    close(fd);
    explicit_bzero(chunk, sizeof chunk);
    *out = buf_take(&b);
    return *out ? ERR_OK : ERR_MALFORMED;
}

static struct MHD_Daemon *start_daemon(struct http_server *s, int fd, const char *certificate,
                                       const char *key)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        /* not SECURE256: that refuses the certificates that people have, P-256 and RSA with 2,048 bits */
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "SECURE128:-VERS-ALL:+VERS-TLS1.3"},
        {MHD_OPTION_END, 0, NULL}};

    if (s->is_tls)
        flags |= MHD_USE_TLS;
    else
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(
        flags, 0, http_on_accept, s, http_on_access, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(s->max_connections + CONNECTIONS_SLACK), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, http_on_target, s, MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static enum err join_loop(struct http_server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD);

    if (!info)
        return ERR_IO;
    enum err e = loop_fd_add(s->loop, info->epoll_fd, EPOLLIN, on_ready, s);
    if (e)
        return e;
    s->epoll_fd = info->epoll_fd;
    return loop_timer_after(s->loop, &s->sweep_timer, SECONDS);
}

enum err http_server_new(struct loop *l, const struct http_options *options, const struct http_fns *fns,
                         void *ctx, struct http_server **out)
{
    struct http_server *s = calloc(1, sizeof *s);
    char *certificate = NULL, *key = NULL;
    int fd = -1;
    enum err e = ERR_NOMEM;

    if (!s)
        return ERR_NOMEM;
    s->loop = l;
    s->fns = *fns;
    s->ctx = ctx;
    s->epoll_fd = -1;
    s->is_tls = options->tls_certificate && options->tls_key;
    s->max_connections = http_connections_room(options->max_connections ? options->max_connections : 2000);
    s->max_per_address = options->max_per_address ? options->max_per_address : 50;
    loop_timer_init(&s->run_timer, on_run_timer, s);
    loop_timer_init(&s->sweep_timer, on_sweep, s);
    s->per_address = map_new((uint64_t)loop_wall(l));
    if (!s->per_address)
        goto failed;
    if (s->is_tls && ((e = read_pem(options->tls_certificate, &certificate)) != ERR_OK ||
                      (e = read_pem(options->tls_key, &key)) != ERR_OK))
        goto failed;
    e = listen_socket(options, &fd, &s->port);
    if (e)
        goto failed;
    s->mhd = start_daemon(s, fd, certificate, key);
    if (!s->mhd) {
        e = s->is_tls ? ERR_UNSUPPORTED : ERR_IO;
        close(fd);
        goto failed;
    }
    e = join_loop(s);
    if (e)
        goto failed;
    *out = s;

failed:
    if (key)
        explicit_bzero(key, strlen(key));
    free(key);
    free(certificate);
    if (e)
        http_server_free(s);
    return e;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    s->is_stopping = true;
    loop_timer_cancel(s->loop, &s->run_timer);
    loop_timer_cancel(s->loop, &s->sweep_timer);
    if (s->epoll_fd >= 0)
        loop_fd_remove(s->loop, s->epoll_fd);
    for (struct http_request *r = s->requests; r; r = r->next)
        http_resume(r);
    if (s->mhd) {
        MHD_run(s->mhd);
        MHD_stop_daemon(s->mhd);
    }
    map_free(s->per_address, NULL);
    free(s);
}

uint16_t http_server_port(const struct http_server *s)
{
    return s->port;
}

bool http_server_is_tls(const struct http_server *s)
{
    return s->is_tls;
}

void http_server_stats(const struct http_server *s, struct http_stats *out)
{
    *out = s->stats;
}
