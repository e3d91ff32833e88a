/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.c - answers, parameters and pages: what all handlers share. */
#include "dashboards/api.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

/* ---- headers ---- */

static size_t own_headers(const struct api_call *c, struct http_header *out, bool is_private)
{
    size_t n = reply_headers(out, is_private ? REPLY_PRIVATE : REPLY_APP, http_request_is_tls(c->request));

    if (c->retry_after[0])
        out[n++] = (struct http_header){"Retry-After", c->retry_after};
    return n;
}

/* ---- answers ---- */

void api_etag(const char *data, size_t len, char out[API_ETAG_SIZE])
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a over eight bytes at a time; a tag, not a signature */
    size_t i = 0;

    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, data + i, 8);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 29;
    }
    for (; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    snprintf(out, API_ETAG_SIZE, "W/\"%016llx\"", (unsigned long long)hash);
}

void api_no_memory(struct api_call *c)
{
    static const struct http_header headers[] = {{"Retry-After", "1"}, {"Cache-Control", "no-store"}};

    log_error("out of memory: a request was answered with 503");
    http_reply(c->request, 503, headers, 2, NULL);
}

/* etag NULL: without. Takes the blob; NULL: out of memory. */
static void reply(struct api_call *c, unsigned status, const char *type, struct http_blob *blob,
                  const char *etag)
{
    struct http_header headers[API_HEADERS_MAX];
    size_t n = own_headers(c, headers, true);
    const char *known = http_request_header(c->request, "If-None-Match");

    if (!blob) {
        api_no_memory(c);
        return;
    }
    headers[n++] = (struct http_header){"Content-Type", type ? type : "application/json"};
    if (type &&
        strx_starts_with(type, "text/csv")) /* a table is for a program, never for the browser itself */
        headers[n++] = (struct http_header){"Content-Disposition", "attachment; filename=\"netzwacht.csv\""};
    if (etag) {
        headers[n++] = (struct http_header){"ETag", etag};
        headers[n++] = (struct http_header){"Vary", "Accept, Cookie"};
        if (known && http_etag_matches(known, etag + 2)) {
            http_blob_unref(blob);
            http_reply(c->request, 304, headers, n, NULL);
            return;
        }
    }
    http_reply(c->request, status, headers, n, blob);
}

void api_reply(struct api_call *c, unsigned status, const char *type, struct buf *body)
{
    enum http_method method = http_request_method(c->request);
    bool has_tag = (method == HTTP_GET || method == HTTP_HEAD) && status == 200;
    size_t len = body->len;
    char etag[API_ETAG_SIZE];

    if (buf_error(body)) {
        buf_fini(body);
        api_no_memory(c);
        return;
    }
    if (has_tag)
        api_etag(body->data, len, etag);
    reply(c, status, type, http_blob_new(buf_take(body), len), has_tag ? etag : NULL);
}

void api_reply_blob(struct api_call *c, const char *type, struct http_blob *blob, const char *etag)
{
    reply(c, 200, type, http_blob_ref(blob), etag);
}

void api_reply_empty(struct api_call *c, unsigned status, const struct http_header *extra, size_t count)
{
    struct http_header headers[API_HEADERS_MAX];
    size_t n = own_headers(c, headers, true);

    for (size_t i = 0; i < count && n < API_HEADERS_MAX; i++)
        headers[n++] = extra[i];
    http_reply(c->request, status, headers, n, NULL);
}

void api_problem(struct api_call *c, unsigned status, const char *kind, const char *title, const char *fmt,
                 ...)
{
    struct buf detail = BUF_INIT, type = BUF_INIT, body = BUF_INIT;
    struct json_out j;
    va_list args;

    va_start(args, fmt);
    buf_vprintf(&detail, fmt, args);
    va_end(args);
    buf_printf(&type, "urn:netzwacht:problem:%s", kind);
    json_init(&j, &body);
    json_object_begin(&j, NULL);
    json_string(&j, "type", type.data);
    json_string(&j, "title", title);
    json_uint(&j, "status", status);
    if (detail.len)
        json_string(&j, "detail", detail.data);
    json_object_end(&j);
    buf_fini(&detail);
    buf_fini(&type);
    api_reply(c, status, "application/problem+json", &body);
}

void api_problem_err(struct api_call *c, enum err e)
{
    switch (e) {
    case ERR_NOT_FOUND:
        api_problem(c, 404, "not-found", "There is no such thing",
                    "Look the id up in the list that it should be in.");
        return;
    case ERR_MALFORMED:
    case ERR_RANGE:
    case ERR_TYPE:
    case ERR_LIMIT: api_problem(c, 400, "bad-request", "The request is wrong", "%s", err_text(e)); return;
    case ERR_NOMEM: api_no_memory(c); return;
    case ERR_BUSY:
    case ERR_AGAIN:
    case ERR_RESET:
    case ERR_TIMEOUT:
        api_problem(c, 503, "try-again", "Not possible at the moment", "%s; try again in a second.",
                    err_text(e));
        return;
    default:
        log_error("%s %s: %s", c->route ? c->route->path : "?", c->param, err_text(e));
        api_problem(c, 500, "internal", "This failed here", "%s; the dashboard's log says more.",
                    err_text(e));
        return;
    }
}

void api_reply_or_problem(struct api_call *c, enum err e, struct buf *body)
{
    if (e) {
        buf_fini(body);
        api_problem_err(c, e);
        return;
    }
    api_reply(c, 200, NULL, body);
}

void api_bad_parameter(struct api_call *c, const char *name, const char *expected)
{
    api_problem(c, 400, "bad-request", "A parameter is wrong", "%s: expected %s.", name, expected);
}

void api_reply_file(struct api_call *c, const struct files_entry *entry, enum reply_kind kind)
{
    reply_file(c->request, entry, kind, http_request_is_tls(c->request));
}

/* ---- parameters ---- */

const char *api_param(const struct api_call *c, const char *name)
{
    const char *value = http_target_param(http_request_target(c->request), name);

    return value && value[0] ? value : NULL;
}

bool api_param_int(struct api_call *c, const char *name, int64_t lo, int64_t hi, int64_t fallback,
                   int64_t *out)
{
    const char *text = api_param(c, name);
    char expected[80];

    *out = fallback;
    if (!text)
        return true;
    if (strx_to_i64(text, out) == ERR_OK && *out >= lo && *out <= hi)
        return true;
    snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)lo, (long long)hi);
    api_bad_parameter(c, name, expected);
    return false;
}

bool api_param_time(struct api_call *c, const char *name, ns_t base, ns_t fallback, ns_t *out)
{
    const char *text = api_param(c, name);
    int64_t seconds;

    *out = fallback;
    if (!text)
        return true;
    if (text[0] == '-' && strx_to_i64(text, &seconds) == ERR_OK && seconds > -4000000000) {
        *out = base + seconds * SECONDS;
        return true;
    }
    if (text[0] != '-' && timex_parse(text, out) == ERR_OK)
        return true;
    api_bad_parameter(c, name, "a time as RFC 3339, as seconds since 1970, or -N seconds");
    return false;
}

bool api_list_has(const char *list, const char *word)
{
    size_t len = strlen(word);

    if (!list)
        return true;
    for (;;) {
        size_t part = strcspn(list, ",");
        if (part == len && strncmp(list, word, len) == 0)
            return true;
        if (list[part] == '\0')
            return false;
        list += part + 1;
    }
}

static bool contains(const char *text, const char *q)
{
    for (; *text; text++) {
        size_t i = 0;
        while (q[i] && tolower((unsigned char)text[i]) == tolower((unsigned char)q[i]))
            i++;
        if (!q[i])
            return true;
    }
    return false;
}

bool api_matches(const char *q, ...)
{
    const char *text;
    bool is_found = false;
    va_list args;

    if (!q)
        return true;
    va_start(args, q);
    while (!is_found && (text = va_arg(args, const char *)) != NULL)
        is_found = contains(text, q);
    va_end(args);
    return is_found;
}

bool api_param_q(struct api_call *c, const char **out)
{
    *out = api_param(c, "q");
    if (!*out || strlen(*out) <= 400) /* 100 characters of four bytes */
        return true;
    api_bad_parameter(c, "q", "at most 100 characters");
    return false;
}

/* ---- pages ---- */

bool api_page_begin(struct api_call *c, struct api_page *p, struct buf *b, struct json_out *j)
{
    memset(p, 0, sizeof *p);
    p->next = -1;
    if (!api_param_int(c, "limit", 1, 1000, 100, &p->limit) ||
        !api_param_int(c, "cursor", 0, INT64_MAX / 2, 0, &p->skip))
        return false;
    if (!api_param_q(c, &(const char *){NULL}))
        return false;
    json_init(j, b);
    json_object_begin(j, NULL);
    json_array_begin(j, "items");
    return true;
}

bool api_page_room(struct api_page *p, int64_t index)
{
    if (p->given < p->limit) {
        p->given++;
        return true;
    }
    p->next = index;
    return false;
}

void api_page_end(struct api_call *c, struct api_page *p, struct buf *b, struct json_out *j)
{
    char next[24];

    json_array_end(j);
    snprintf(next, sizeof next, "%lld", (long long)p->next);
    json_string(j, "next", p->next >= 0 ? next : NULL);
    json_object_end(j);
    api_reply(c, 200, NULL, b);
}
