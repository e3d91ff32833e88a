/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_io_stream.c - answers that go on: Server-Sent Events. Knows libmicrohttpd; see http_io.c for its
 * rules. */
#include "dashboards/http_io_internal.h"

#include <string.h>

static ssize_t on_read(void *cls, uint64_t pos NW_UNUSED, char *out, size_t max)
{
    struct http_request *r = cls;
    size_t left = r->pending.len - r->sent;

    if (left == 0) {
        if (r->is_ended || r->server->is_stopping)
            return MHD_CONTENT_READER_END_OF_STREAM;
        http_suspend(r);
        return 0;
    }
    if (left > max)
        left = max;
    memcpy(out, r->pending.data + r->sent, left);
    r->sent += left;
    if (r->sent == r->pending.len) {
        buf_clear(&r->pending);
        r->sent = 0;
    }
    return (ssize_t)left;
}

enum err http_stream_begin(struct http_request *r, const struct http_header *headers, size_t count)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, on_read, r, NULL);

    if (!response)
        return ERR_NOMEM;
    r->is_stream = true;
    r->server->stats.streams++;
    http_give(r, MHD_HTTP_OK, response, headers, count);
    return ERR_OK;
}

enum err http_stream_write(struct http_request *r, const void *data, size_t len)
{
    if (r->is_ended)
        return ERR_END;
    buf_put(&r->pending, data, len);
    if (buf_error(&r->pending)) {
        http_stream_end(r);
        r->server->stats.streams_cut++;
        return ERR_LIMIT;
    }
    http_resume(r);
    return ERR_OK;
}

void http_stream_end(struct http_request *r)
{
    r->is_ended = true;
    http_stage(r, STAGE_FAREWELL); /* a client that does not read is not waited for */
    http_resume(r);
}
