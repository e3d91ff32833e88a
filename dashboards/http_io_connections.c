/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io_connections.c - who is connected, how many, until when. Knows libmicrohttpd; see http_io.c for its
 * rules.
 *
 *   accept -> HEADERS -> BODY -> NONE (we work) -> ANSWER -> HEADERS of the next request
 *
 * Each stage but NONE has a deadline that no byte moves. When all places are taken, the newcomer gets the
 * place of whoever has waited longest in the stage where most are: a flood of silent, of slow or of half
 * connections presses out its own, and who asks at once is answered (decision 0079). */
#include "dashboards/http_io_internal.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { OTHER_FILES = 256 }; /* databases, journal, pipes: what is no connection */

static const ns_t stage_times[STAGES] = {[STAGE_HEADERS] = 10 * SECONDS,
                                         [STAGE_BODY] = 30 * SECONDS,
                                         [STAGE_ANSWER] = 120 * SECONDS,
                                         [STAGE_FAREWELL] = 10 * SECONDS,
                                         [STAGE_NONE] = 0};

bool http_is_loopback(const char *address)
{
    return strx_starts_with(address, "127.") || strcmp(address, "::1") == 0 ||
           strx_starts_with(address, "::ffff:127.");
}

static void address_text(const struct sockaddr *sa, socklen_t len, char *out)
{
    if (!sa || getnameinfo(sa, len, out, HTTP_ADDRESS_SIZE, NULL, 0, NI_NUMERICHOST) != 0)
        strx_copy(out, HTTP_ADDRESS_SIZE, "unknown");
}

static size_t address_count(const struct http_server *s, const char *address)
{
    return (size_t)(uintptr_t)map_get(s->per_address, address);
}

static void address_change(struct http_server *s, const char *address, bool more)
{
    size_t count = address_count(s, address);

    if (more)
        count++;
    else if (count > 0)
        count--;
    if (count == 0)
        map_remove(s->per_address, address);
    else if (map_set(s->per_address, address, (void *)(uintptr_t)count, NULL) != ERR_OK)
        log_warning("out of memory: connections of %s are not counted", address);
}

/* ---- stages ---- */

static void stage_leave(struct http_server *s, struct connection *c)
{
    struct connections *stage = &s->stages[c->stage];

    if (c->previous)
        c->previous->next = c->next;
    else
        stage->first = c->next;
    if (c->next)
        c->next->previous = c->previous;
    else
        stage->last = c->previous;
    stage->count--;
}

static void stage_enter(struct http_server *s, struct connection *c, enum stage which)
{
    struct connections *stage = &s->stages[which];

    c->stage = which;
    c->deadline = stage_times[which] ? loop_mono(s->loop) + stage_times[which] : 0;
    c->next = NULL;
    c->previous = stage->last;
    if (c->previous)
        c->previous->next = c;
    else
        stage->first = c;
    stage->last = c;
    stage->count++;
}

void http_stage(struct http_request *r, enum stage stage)
{
    struct connection *c = r->connection;

    if (!c || c->is_cut)
        return;
    stage_leave(r->server, c);
    stage_enter(r->server, c, stage);
}

/* Shut down, not closed: that is libmicrohttpd's, in its next turn. */
static void cut(struct http_server *s, struct connection *c)
{
    stage_leave(s, c);
    stage_enter(s, c, STAGE_NONE);
    c->is_cut = true;
    s->cut_count++;
    if (c->fd >= 0)
        shutdown(c->fd, SHUT_RDWR);
}

void http_sweep(struct http_server *s)
{
    ns_t now = loop_mono(s->loop);

    for (enum stage i = STAGE_HEADERS; i < STAGE_NONE; i++)
        while (s->stages[i].first && s->stages[i].first->deadline <= now) {
            cut(s, s->stages[i].first);
            s->stats.cut++;
        }
}

/* The longest wait of the stage where most wait; NULL: we work for all of them. */
static struct connection *least_worth(const struct http_server *s)
{
    const struct connections *fullest = &s->stages[STAGE_HEADERS];

    for (enum stage i = STAGE_HEADERS; i < STAGE_NONE; i++)
        if (s->stages[i].count > fullest->count)
            fullest = &s->stages[i];
    return fullest->first;
}

/* ---- coming and going ---- */

enum MHD_Result http_on_accept(void *cls, const struct sockaddr *sa, socklen_t len)
{
    struct http_server *s = cls;
    char address[HTTP_ADDRESS_SIZE];

    address_text(sa, len, address);
    size_t limit = http_is_loopback(address) ? LOOPBACK_PER_ADDRESS : s->max_per_address;
    if (address_count(s, address) >= limit) {
        s->stats.refused++;
        return MHD_NO;
    }
    if (s->stats.connections - s->cut_count >= s->max_connections) {
        struct connection *c = least_worth(s);
        if (!c) {
            s->stats.refused++;
            return MHD_NO;
        }
        cut(s, c);
        s->stats.displaced++;
    }
    return MHD_YES;
}

static void connection_open(struct http_server *s, struct MHD_Connection *mhd, void **socket_context)
{
    const union MHD_ConnectionInfo *info;
    struct connection *c = calloc(1, sizeof *c);

    if (!c)
        return; /* lives without a deadline of ours; memory is gone anyway */
    /* One answer at a time: since 1.0 both are the same union, and the second overwrites the first. */
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    c->fd = info ? info->connect_fd : -1;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info ? info->client_addr : NULL;
    address_text(sa,
                 sa && sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
                 c->address);
    stage_enter(s, c, STAGE_HEADERS);
    s->stats.connections++;
    address_change(s, c->address, true);
    *socket_context = c;
}

static void connection_close(struct http_server *s, struct connection *c)
{
    stage_leave(s, c);
    s->stats.connections--;
    s->cut_count -= c->is_cut;
    address_change(s, c->address, false);
    free(c);
}

void http_on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                        enum MHD_ConnectionNotificationCode code)
{
    struct http_server *s = cls;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        connection_open(s, mhd, socket_context);
    } else if (*socket_context) {
        connection_close(s, *socket_context);
        *socket_context = NULL;
    }
}

size_t http_connections_room(size_t wanted)
{
    struct rlimit files;
    rlim_t needed = (rlim_t)(wanted + CONNECTIONS_SLACK + OTHER_FILES);

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return wanted;
    if (files.rlim_cur < needed && files.rlim_max > files.rlim_cur) {
        files.rlim_cur = files.rlim_max < needed ? files.rlim_max : needed;
        if (setrlimit(RLIMIT_NOFILE, &files) < 0 && getrlimit(RLIMIT_NOFILE, &files) < 0)
            return wanted;
    }
    if (files.rlim_cur >= needed)
        return wanted;
    size_t room = files.rlim_cur > 2 * OTHER_FILES ? (size_t)files.rlim_cur - OTHER_FILES : OTHER_FILES;
    room -= room > 2 * CONNECTIONS_SLACK ? CONNECTIONS_SLACK : room / 2;
    log_warning("the limit of open files is %llu: at most %zu HTTP connections at once, not %zu",
                (unsigned long long)files.rlim_cur, room, wanted);
    return room;
}
