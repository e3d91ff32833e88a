/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_server.c - requests of citizens. */
#include "dashboards/public_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/auth.h"
#include "dashboards/files_io.h"
#include "dashboards/http_io.h"
#include "dashboards/reply.h"
#include "dashboards/secret_io.h"
#include "dashboards/throttle.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum {
    NONCE_LEN = 16,
    MAC_LEN = 32,
    TIME_LEN = 16,
    TOKEN_LEN = TIME_LEN + NONCE_LEN + MAC_LEN,
    USED_MAX = 2048
};
enum { ADDRESS_BURST = 5, ALL_BURST = 60, CONNECTIONS_MAX = 500, PER_ADDRESS_MAX = 20 };

#define ADDRESS_REFILL (2 * MINUTES)
#define ALL_REFILL     (10 * SECONDS)
#define TOKEN_FRESH    (3 * SECONDS)
#define TOKEN_STALE    (2 * HOURS)

struct public_server {
    struct public_server_options o;
    struct http_server *http;
    struct files *files;
    struct throttle *by_address, *by_all;
    char secret[SECRET_HEX_SIZE];
    char used[USED_MAX][NONCE_LEN + 1]; /* a ring: more than ALL_REFILL lets through in TOKEN_STALE */
    size_t used_next;
    uint64_t taken, refused;
};

/* ---- tokens: "<monotonic ns><nonce><mac>", hexadecimal ---- */

/* The secret stands on both sides, so that nobody can go on from a hash that he has. */
static void sign(const struct public_server *s, const char *front, char mac[MAC_LEN + 1])
{
    char text[2 * SECRET_HEX_SIZE + TIME_LEN + NONCE_LEN], hash[SECRET_HEX_SIZE];
    int len = snprintf(text, sizeof text, "%s%.*s%s", s->secret, TIME_LEN + NONCE_LEN, front, s->secret);

    secret_sha256(text, (size_t)len, hash);
    snprintf(mac, MAC_LEN + 1, "%.*s", MAC_LEN, hash);
}

static void make_token(const struct public_server *s, char token[TOKEN_LEN + 1])
{
    char nonce[SECRET_HEX_SIZE], mac[MAC_LEN + 1];

    secret_token(nonce);
    snprintf(token, TOKEN_LEN + 1, "%016llx%.*s", (unsigned long long)loop_mono(s->o.loop), NONCE_LEN, nonce);
    sign(s, token, mac);
    snprintf(token + TIME_LEN + NONCE_LEN, MAC_LEN + 1, "%s", mac);
}

/* Good, and from now on used. */
static bool use_token(struct public_server *s, const char *token)
{
    char mac[MAC_LEN + 1], time[TIME_LEN + 1];

    if (!token || strlen(token) != TOKEN_LEN || strspn(token, "0123456789abcdef") != TOKEN_LEN)
        return false;
    sign(s, token, mac);
    if (!secret_equal(mac, token + TIME_LEN + NONCE_LEN))
        return false;
    snprintf(time, sizeof time, "%.*s", TIME_LEN, token);
    ns_t age = loop_mono(s->o.loop) - (ns_t)strtoull(time, NULL, 16);
    if (age < TOKEN_FRESH || age > TOKEN_STALE)
        return false;
    for (size_t i = 0; i < USED_MAX; i++)
        if (memcmp(s->used[i], token + TIME_LEN, NONCE_LEN) == 0)
            return false;
    memcpy(s->used[s->used_next], token + TIME_LEN, NONCE_LEN);
    s->used_next = (s->used_next + 1) % USED_MAX;
    return true;
}

/* ---- answers ---- */

static void reply_page(struct public_server *s NW_UNUSED, struct http_request *r, unsigned status,
                       struct buf *page)
{
    struct http_header headers[REPLY_HEADERS_MAX];
    size_t n = reply_headers(headers, REPLY_PUBLIC, false), len = page->len;
    struct http_blob *blob = buf_error(page) ? NULL : http_blob_new(buf_take(page), len);

    buf_fini(page);
    headers[n++] = (struct http_header){"Cache-Control", "no-store"};
    headers[n++] = (struct http_header){"Content-Type", "text/html; charset=utf-8"};
    if (status == 429)
        headers[n++] = (struct http_header){"Retry-After", "120"};
    http_reply(r, blob ? status : 503, headers, n, blob);
}

static void reply_bare(struct http_request *r, unsigned status, const char *location)
{
    struct http_header headers[REPLY_HEADERS_MAX];
    size_t n = reply_headers(headers, REPLY_PUBLIC, false);

    if (location)
        headers[n++] = (struct http_header){"Location", location};
    http_reply(r, status, headers, n, NULL);
}

static void reply_answer(struct public_server *s, struct http_request *r, enum report_answer answer,
                         enum language lang)
{
    static const unsigned statuses[] = {[REPORT_TAKEN] = 200,
                                        [REPORT_INCOMPLETE] = 400,
                                        [REPORT_TOO_MANY] = 429,
                                        [REPORT_STALE] = 400,
                                        [REPORT_FAILED] = 503};
    struct buf page = BUF_INIT;

    report_page_answer(&page, s->o.model(s->o.ctx), answer, lang);
    reply_page(s, r, statuses[answer], &page);
}

/* ---- reports ---- */

void public_server_who(const char *address, char *out)
{
    unsigned char bits[16];

    if (inet_pton(AF_INET6, address, bits) == 1) {
        memset(bits + 8, 0, 8);
        if (inet_ntop(AF_INET6, bits, out, HTTP_ADDRESS_SIZE))
            return;
    }
    strx_copy(out, HTTP_ADDRESS_SIZE, address);
}

static bool is_too_much(struct public_server *s, struct http_request *r)
{
    char who[HTTP_ADDRESS_SIZE];
    ns_t mono = loop_mono(s->o.loop), wait;

    public_server_who(http_request_address(r), who);
    return !throttle_take(s->by_address, who, mono, &wait) || !throttle_take(s->by_all, "all", mono, &wait);
}

static enum report_answer judge(struct public_server *s, struct http_request *r,
                                const struct http_target *form)
{
    struct report report;

    if (!report_read(form, s->o.model(s->o.ctx), &report))
        return REPORT_INCOMPLETE;
    if (!use_token(s, http_target_param(form, "token"))) /* first: who has none uses up nothing */
        return REPORT_STALE;
    if (is_too_much(s, r))
        return REPORT_TOO_MANY;
    if (report_is_trapped(form)) { /* whoever filled that learns nothing */
        s->refused++;
        return REPORT_TAKEN;
    }
    if (s->o.take(s->o.ctx, &report) != ERR_OK)
        return REPORT_FAILED;
    s->taken++;
    return REPORT_TAKEN;
}

/* The body of a form is a query without its question mark. */
static enum err parse_form(struct http_request *r, struct http_target *form)
{
    struct buf text = BUF_INIT;
    size_t len;
    const char *body = http_request_body(r, &len);

    buf_str(&text, "/?");
    buf_put(&text, body, len);
    enum err e = buf_error(&text) ? buf_error(&text) : http_target_parse(text.data, text.len, form);
    buf_fini(&text);
    return e;
}

static void on_post(struct public_server *s, struct http_request *r)
{
    const char *type = http_request_header(r, "Content-Type");
    struct http_target form;

    if (!type || !strx_starts_with(type, "application/x-www-form-urlencoded") ||
        !auth_origin_fits(http_request_header(r, "Origin"), http_request_header(r, "Host")) ||
        parse_form(r, &form) != ERR_OK) {
        s->refused++;
        reply_bare(r, 400, NULL);
        return;
    }
    enum report_answer answer = judge(s, r, &form);
    s->refused += answer != REPORT_TAKEN;
    reply_answer(s, r, answer, report_language(&form));
    http_target_fini(&form);
}

static void on_form(struct public_server *s, struct http_request *r)
{
    struct buf page = BUF_INIT;
    char token[TOKEN_LEN + 1];

    make_token(s, token);
    report_page(&page, s->o.model(s->o.ctx), http_request_target(r), token);
    reply_page(s, r, 200, &page);
}

/* ---- files ---- */

static void on_file(struct public_server *s, struct http_request *r, const char *name)
{
    const struct files_entry *entry = NULL;
    enum err e = files_get(s->files, name[0] ? name : "index.html", loop_mono(s->o.loop), &entry);

    if (e)
        reply_bare(r, e == ERR_NOT_FOUND ? 404 : 503, NULL);
    else
        reply_file(r, entry, reply_kind_of_public(entry->name), false);
}

static void on_request(void *ctx, struct http_request *r)
{
    struct public_server *s = ctx;
    const char *path = http_request_target(r)->path;
    enum http_method method = http_request_method(r);
    bool is_get = method == HTTP_GET || method == HTTP_HEAD, is_form = strcmp(path, "/status/report") == 0;

    if (is_form && !s->o.model(s->o.ctx))
        reply_bare(r, 503, NULL);
    else if (is_form && method == HTTP_POST)
        on_post(s, r);
    else if (!is_get)
        reply_bare(r, 405, NULL);
    else if (is_form)
        on_form(s, r);
    else if (strx_starts_with(path, "/status/"))
        on_file(s, r, path + strlen("/status/"));
    else if (strcmp(path, "/") == 0 || strcmp(path, "/status") == 0)
        reply_bare(r, 308, "/status/");
    else
        reply_bare(r, 404, NULL);
}

static void on_gone(void *ctx NW_UNUSED, struct http_request *r NW_UNUSED)
{
}

/* ---- start ---- */

static enum err listen_at(struct public_server *s)
{
    static const struct http_fns fns = {.request = on_request, .gone = on_gone};
    const struct http_options options = {.address = s->o.address,
                                         .port = s->o.port,
                                         .max_connections = CONNECTIONS_MAX,
                                         .max_per_address = PER_ADDRESS_MAX};
    enum err e = http_server_new(s->o.loop, &options, &fns, s, &s->http);

    if (e)
        log_error("public: cannot listen on %s port %lld: %s", s->o.address, (long long)s->o.port,
                  err_text(e));
    else
        log_info("http://%s:%u/status/", s->o.address, http_server_port(s->http));
    return e;
}

enum err public_server_new(const struct public_server_options *options, struct public_server **out)
{
    struct public_server *s = calloc(1, sizeof *s);
    enum err e = s ? secret_init() : ERR_NOMEM;

    if (!s)
        return e;
    s->o = *options;
    if (e == ERR_OK)
        e = files_new(options->folder, &s->files);
    if (e == ERR_OK)
        e = throttle_new(ADDRESS_BURST, ADDRESS_REFILL, &s->by_address);
    if (e == ERR_OK)
        e = throttle_new(ALL_BURST, ALL_REFILL, &s->by_all);
    if (e == ERR_OK) {
        secret_token(s->secret);
        e = listen_at(s);
    }
    if (e) {
        public_server_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void public_server_free(struct public_server *s)
{
    if (!s)
        return;
    http_server_free(s->http);
    files_free(s->files);
    throttle_free(s->by_address);
    throttle_free(s->by_all);
    secret_wipe(s, sizeof *s);
    free(s);
}

void public_server_counts(const struct public_server *s, uint64_t *taken, uint64_t *refused)
{
    *taken = s->taken;
    *refused = s->refused;
}
