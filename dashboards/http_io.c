/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io.c - libmicrohttpd 0.9.75 in our loop: its epoll descriptor is watched, MHD_run() does the work.
 *
 * Rules learnt the hard way (measured on Debian 12):
 *   - an answer queued on the first call of the access handler closes the connection: so the first call only
 *     looks at the headers, unless the request is to be refused, where closing is wanted;
 *   - its timeout is one of inactivity: http_io_connections.c shuts down what passes an absolute deadline;
 *   - a content reader that returns 0 without suspending makes it spin: streams suspend when they are empty;
 *   - suspend and resume are called from the loop's thread only, and a resumed connection goes on at the next
 *     MHD_run(), for which nothing becomes readable: so it is asked for by a timer;
 *   - a daemon with suspended connections must not be stopped: all are resumed first. */
#include "dashboards/http_io_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

static void blob_free_callback(void *cls)
{
    http_blob_unref(cls);
}

/* ---- requests ---- */

void *http_on_target(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct http_server *s = cls;
    struct http_request *r = calloc(1, sizeof *r);
    const union MHD_ConnectionInfo *context =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    if (!r)
        return NULL;
    r->server = s;
    r->mhd = mhd;
    r->connection = context ? context->socket_context : NULL;
    buf_init(&r->body, HTTP_BODY_MAX);
    buf_init(&r->pending, HTTP_STREAM_PENDING_MAX);
    r->target_error = http_target_parse(uri, strlen(uri), &r->target);
    r->next = s->requests;
    if (r->next)
        r->next->previous = r;
    s->requests = r;
    return r;
}

static void request_free(struct http_request *r)
{
    struct http_server *s = r->server;

    if (r->previous)
        r->previous->next = r->next;
    else
        s->requests = r->next;
    if (r->next)
        r->next->previous = r->previous;
    if (r->is_stream)
        s->stats.streams--;
    if (r->response)
        MHD_destroy_response(r->response);
    http_target_fini(&r->target);
    buf_fini(&r->body);
    buf_fini(&r->pending);
    free(r);
}

void http_on_completed(void *cls, struct MHD_Connection *mhd NW_UNUSED, void **con_cls,
                       enum MHD_RequestTerminationCode code NW_UNUSED)
{
    struct http_server *s = cls;
    struct http_request *r = *con_cls;

    if (!r)
        return;
    *con_cls = NULL;
    http_stage(r, STAGE_HEADERS); /* of the next request of the connection */
    if (r->is_handed_over)
        s->fns.gone(s->ctx, r);
    request_free(r);
}

struct header_count {
    unsigned all, unfit, content_length, host, transfer_encoding;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind NW_UNUSED, const char *key,
                                    size_t key_len, const char *value, size_t value_len)
{
    struct header_count *c = cls;

    c->all++;
    c->unfit += !http_field_fits(key, key_len, value, value ? value_len : 0) ||
                (strcasecmp(key, "Host") == 0 && value && !http_host_fits(value, value_len));
    c->content_length += strcasecmp(key, "Content-Length") == 0;
    c->host += strcasecmp(key, "Host") == 0;
    c->transfer_encoding += strcasecmp(key, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* 0: fine, else the status to refuse it with. Two parties that read the length differently is how requests
 * are smuggled, so whatever could be read in two ways is refused (RFC 9112, 6.1 and 11.2). */
static unsigned headers_verdict(struct http_request *r, const char *version)
{
    struct header_count count = {0};
    const char *length = MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, "Content-Length");
    const char *encoding = MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, "Transfer-Encoding");
    uint64_t n;

    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, count_header, &count);
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED;
    if (r->target_error == ERR_LIMIT)
        return MHD_HTTP_URI_TOO_LONG;
    if (r->target_error || count.unfit || count.content_length > 1 || count.host > 1 ||
        count.transfer_encoding > 1 || (count.content_length && count.transfer_encoding) ||
        (count.host == 0 && strcmp(version, "HTTP/1.1") == 0))
        return MHD_HTTP_BAD_REQUEST;
    if (count.all > HEADERS_MAX)
        return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
    if (encoding && (strcasecmp(encoding, "chunked") != 0 || strcmp(version, "HTTP/1.0") == 0))
        return MHD_HTTP_NOT_IMPLEMENTED;
    if (length && (strx_to_u64(length, &n) != ERR_OK || length[0] == '\0'))
        return MHD_HTTP_BAD_REQUEST;
    if (length && n > HTTP_BODY_MAX)
        return MHD_HTTP_CONTENT_TOO_LARGE;
    return 0;
}

static enum http_method method_of(const char *text)
{
    if (strcmp(text, "GET") == 0)
        return HTTP_GET;
    if (strcmp(text, "HEAD") == 0)
        return HTTP_HEAD;
    if (strcmp(text, "POST") == 0)
        return HTTP_POST;
    if (strcmp(text, "DELETE") == 0)
        return HTTP_DELETE;
    return HTTP_OTHER;
}

static enum MHD_Result refuse(struct http_request *r, unsigned status)
{
    static const char text[] =
        "{\"type\":\"urn:netzwacht:problem:malformed-request\",\"title\":\"This request "
        "cannot be read\"}";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);

    r->server->stats.refused++;
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/problem+json");
    MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Connection", "close");
    http_stage(r, STAGE_FAREWELL);
    enum MHD_Result result = MHD_queue_response(r->mhd, status, response);
    MHD_destroy_response(response);
    return result;
}

/* A proxy on this machine says for whom it asks; the last address is the one that the proxy itself saw. */
static void find_address(struct http_request *r)
{
    const char *peer = r->connection ? r->connection->address : "unknown";
    const char *forwarded = MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, "X-Forwarded-For");
    struct in6_addr six;
    struct in_addr four;

    strx_copy(r->address, sizeof r->address, peer);
    if (!forwarded || !http_is_loopback(peer))
        return;
    const char *last = strrchr(forwarded, ',');
    last = last ? last + 1 : forwarded;
    last += strspn(last, " \t");
    if (inet_pton(AF_INET, last, &four) == 1 || inet_pton(AF_INET6, last, &six) == 1)
        strx_copy(r->address, sizeof r->address, last);
}

static enum MHD_Result queue(struct http_request *r)
{
    struct MHD_Response *response = r->response;

    r->response = NULL;
    http_stage(r, r->is_stream ? STAGE_NONE : STAGE_ANSWER);
    enum MHD_Result result = MHD_queue_response(r->mhd, r->status, response);
    MHD_destroy_response(response);
    return result;
}

void http_suspend(struct http_request *r)
{
    r->is_suspended = true;
    MHD_suspend_connection(r->mhd);
}

void http_resume(struct http_request *r)
{
    struct http_server *s = r->server;

    if (!r->is_suspended)
        return;
    r->is_suspended = false;
    MHD_resume_connection(r->mhd);
    s->has_resumed = true;
    if (!s->is_stopping && loop_timer_after(s->loop, &s->run_timer, 0) != ERR_OK)
        log_error("out of memory: an HTTP answer may wait");
}

enum MHD_Result http_on_access(void *cls, struct MHD_Connection *mhd NW_UNUSED, const char *url NW_UNUSED,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **con_cls)
{
    struct http_server *s = cls;
    struct http_request *r = *con_cls;

    if (!r)
        return MHD_NO; /* out of memory when it began */
    if (!r->has_headers) {
        r->has_headers = true;
        r->method = method_of(method);
        s->stats.requests++;
        unsigned status = headers_verdict(r, version);
        if (status)
            return refuse(r, status);
        find_address(r);
        http_stage(r, STAGE_BODY);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        buf_put(&r->body, upload, *upload_size);
        r->is_over_limit = buf_error(&r->body) != ERR_OK;
        *upload_size = 0;
        return MHD_YES;
    }
    if (r->response)
        return queue(r);
    if (r->is_over_limit)
        return refuse(r, MHD_HTTP_CONTENT_TOO_LARGE);
    if (!r->is_handed_over) {
        r->is_handed_over = true;
        http_stage(r, STAGE_NONE);
        s->fns.request(s->ctx, r);
    }
    if (r->response)
        return queue(r);
    if (s->is_stopping)
        return MHD_NO;
    http_suspend(r);
    return MHD_YES;
}

enum http_method http_request_method(const struct http_request *r)
{
    return r->method;
}

const struct http_target *http_request_target(const struct http_request *r)
{
    return &r->target;
}

struct http_target *http_request_target_edit(struct http_request *r)
{
    return &r->target;
}

const char *http_request_header(const struct http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

const char *http_request_body(const struct http_request *r, size_t *len)
{
    *len = r->body.len;
    return r->body.data ? r->body.data : "";
}

const char *http_request_address(const struct http_request *r)
{
    return r->address;
}

bool http_request_is_tls(const struct http_request *r)
{
    const char *scheme = MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, "X-Forwarded-Proto");

    return r->server->is_tls || (scheme && strcasecmp(scheme, "https") == 0 && r->connection &&
                                 http_is_loopback(r->connection->address));
}

void http_request_set_user(struct http_request *r, void *user)
{
    r->user = user;
}

void *http_request_user(const struct http_request *r)
{
    return r->user;
}

void http_give(struct http_request *r, unsigned status, struct MHD_Response *response,
               const struct http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            log_error("a header of an answer was refused: %s", headers[i].name);
    r->response = response;
    r->status = status;
    http_resume(r);
}

void http_reply(struct http_request *r, unsigned status, const struct http_header *headers, size_t count,
                struct http_blob *body)
{
    size_t len = 0;
    const char *data = body ? http_blob_data(body, &len) : "";
    struct MHD_Response *response =
        body ? MHD_create_response_from_buffer_with_free_callback_cls(len, (void *)(uintptr_t)data,
                                                                      blob_free_callback, body)
             : MHD_create_response_from_buffer(0, (void *)(uintptr_t)data, MHD_RESPMEM_PERSISTENT);

    if (!response) {
        http_blob_unref(body);
        log_error("out of memory: a request stays without an answer");
        if (r->connection && r->connection->fd >= 0)
            shutdown(r->connection->fd, SHUT_RDWR);
        return;
    }
    http_give(r, status, response, headers, count);
}
