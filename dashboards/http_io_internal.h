/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io_internal.h - what the four files of http_io.h share: http_io.c (requests, answers),
 * http_io_connections.c (who, how many, until when), http_io_stream.c (answers without an end),
 * http_io_server.c (socket, TLS, start and stop). */
#ifndef NW_DASHBOARDS_HTTP_IO_INTERNAL_H
#define NW_DASHBOARDS_HTTP_IO_INTERNAL_H

#include "dashboards/http_io.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include "lib/base/buf.h"
#include "lib/base/map.h"

enum { LOOPBACK_PER_ADDRESS = 1000, HEADERS_MAX = 100, CONNECTION_MEMORY = 32768 };

/* What a connection waits for; each stage has its time (http_io_connections.c). */
enum stage {
    STAGE_HEADERS,  /* 10 s: of the first request, or of the next one */
    STAGE_BODY,     /* 30 s */
    STAGE_ANSWER,   /* 120 s: until the client has read it */
    STAGE_FAREWELL, /* 10 s: the client shall read the last bytes and go */
    STAGE_NONE,     /* we work, or the answer is a stream: it may take as long as it takes */
    STAGES
};

struct connection {
    struct connection *previous, *next; /* of its stage */
    int fd;
    enum stage stage;
    bool is_cut;   /* shut down, and not closed yet */
    ns_t deadline; /* 0: none */
    char address[HTTP_ADDRESS_SIZE];
};

/* Oldest first, which is also the order of the deadlines: each stage has one length. */
struct connections {
    struct connection *first, *last;
    size_t count;
};

struct http_request {
    struct http_request *previous, *next; /* of the server's list */
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct connection *connection;
    enum http_method method;
    struct http_target target;
    enum err target_error;
    struct buf body;
    char address[HTTP_ADDRESS_SIZE];
    bool has_headers, is_handed_over, is_suspended, is_stream, is_ended, is_over_limit;
    struct MHD_Response *response; /* given, not queued yet */
    unsigned status;
    struct buf pending; /* of a stream */
    size_t sent;        /* bytes of pending that are gone */
    void *user;
};

struct http_server {
    struct loop *loop;
    struct http_fns fns;
    void *ctx;
    struct MHD_Daemon *mhd;
    int epoll_fd;
    uint16_t port;
    bool is_tls, is_stopping, has_resumed;
    size_t max_connections, max_per_address;
    size_t cut_count;        /* connections that are shut down and not closed yet */
    struct map *per_address; /* count as (void *)(uintptr_t) */
    struct connections stages[STAGES];
    struct http_request *requests;
    struct loop_timer run_timer, sweep_timer;
    struct http_stats stats;
};

/* ---- http_io_connections.c ---- */

/* Beyond max_connections so many may be there for a moment: until those that were cut are closed. */
enum { CONNECTIONS_SLACK = 256 };

/* What libmicrohttpd calls; cls is the server. */
enum MHD_Result http_on_accept(void *cls, const struct sockaddr *sa, socklen_t len);
void http_on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                        enum MHD_ConnectionNotificationCode code);
bool http_is_loopback(const char *address);
/* The request's connection waits for something else from now on. */
void http_stage(struct http_request *r, enum stage stage);
/* Cuts what has passed its deadline. */
void http_sweep(struct http_server *s);
/* How many connections there can be: as many as wanted, or as the process may have files. Raises that limit.
 */
size_t http_connections_room(size_t wanted);

/* ---- http_io.c ---- */

void *http_on_target(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result http_on_access(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **con_cls);
void http_on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                       enum MHD_RequestTerminationCode code);

void http_suspend(struct http_request *r);
void http_resume(struct http_request *r);
/* Answers with the response, which is taken. */
void http_give(struct http_request *r, unsigned status, struct MHD_Response *response,
               const struct http_header *headers, size_t count);

#endif
