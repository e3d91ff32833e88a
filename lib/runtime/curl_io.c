/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_io.c - the only file that knows libcurl: its multi interface driven by our loop. */
#include "lib/runtime/curl_io.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/runtime/curl_io_private.h"

static void reap(struct curl_io *io);

/* ---- libcurl asks, the loop answers ---- */

static void on_socket(void *ctx, int fd, uint32_t events)
{
    struct curl_io *io = ctx;
    int running, action = 0;

    if (events & (EPOLLIN | EPOLLHUP))
        action |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        action |= CURL_CSELECT_OUT;
    if (events & EPOLLERR)
        action |= CURL_CSELECT_ERR;
    (void)curl_multi_socket_action(io->multi, fd, action, &running);
    reap(io);
}

static void on_timer(void *ctx)
{
    struct curl_io *io = ctx;
    int running;

    (void)curl_multi_socket_action(io->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    reap(io);
}

/* libcurl closes descriptors and gets the same numbers again: each change registers anew. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *watched)
{
    struct curl_io *io = ctx;
    uint32_t events = 0;

    (void)easy;
    (void)watched;
    loop_fd_remove(io->loop, fd);
    if (what == CURL_POLL_REMOVE)
        return 0;
    if (what & CURL_POLL_IN)
        events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        events |= EPOLLOUT;
    return loop_fd_add(io->loop, fd, events, on_socket, io) ? -1 : 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct curl_io *io = ctx;

    (void)multi;
    if (timeout_ms < 0) {
        loop_timer_cancel(io->loop, &io->timer);
        return 0;
    }
    return loop_timer_after(io->loop, &io->timer, timeout_ms * MILLISECONDS) ? -1 : 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct curl_transfer *t = ctx;
    size_t len = size * count, room = t->body.max - t->body.len;

    if (len > room) {
        buf_put(&t->body, bytes, room);
        t->is_body_cut = true;
        return 0; /* ends the transfer: nobody wants the rest */
    }
    buf_put(&t->body, bytes, len);
    return buf_error(&t->body) ? 0 : len;
}

static size_t give_upload(char *to, size_t size, size_t count, void *ctx)
{
    struct curl_transfer *t = ctx;
    size_t len = size * count, left = t->upload.len - t->uploaded;

    if (len > left)
        len = left;
    if (len)
        memcpy(to, t->upload.data + t->uploaded, len);
    t->uploaded += len;
    return len;
}

/* Each line that a mail server says. The first one that refuses something tells what is wrong. */
static size_t take_reply(char *line, size_t size, size_t count, void *ctx)
{
    struct curl_transfer *t = ctx;
    size_t len = size * count, kept = 0;

    if (t->refusal[0] || len < 3 || (line[0] != '4' && line[0] != '5'))
        return len;
    while (kept < len && kept + 1 < sizeof t->refusal && line[kept] != '\r' && line[kept] != '\n') {
        t->refusal[kept] = isprint((unsigned char)line[kept]) ? line[kept] : '?';
        kept++;
    }
    t->refusal[kept] = '\0';
    return len;
}

static curl_socket_t open_checked(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct curl_transfer *t = ctx;

    (void)purpose;
    if (t->may_connect && !t->may_connect(t->ctx, &address->addr)) {
        t->is_denied = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

/* ---- a transfer ends ---- */

static void detach(struct curl_transfer *t)
{
    if (t->previous)
        t->previous->next = t->next;
    else
        t->io->first = t->next;
    if (t->next)
        t->next->previous = t->previous;
}

void curl_io_free_transfer(struct curl_transfer *t)
{
    if (!t)
        return;
    curl_io_stream_free(t->stream);
    if (t->easy) {
        (void)curl_multi_remove_handle(t->io->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->recipients);
    buf_fini(&t->body);
    buf_fini(&t->upload);
    free(t);
}

void curl_io_cancel(struct curl_transfer *t)
{
    if (!t)
        return;
    detach(t);
    curl_io_free_transfer(t);
}

bool curl_io_is_tls_code(CURLcode code)
{
    switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR: return true;
    default: return false;
    }
}

enum err curl_io_err(const struct curl_transfer *t, CURLcode code)
{
    if (t->is_denied && code != CURLE_OK)
        return ERR_DENIED;
    if (code == CURLE_WRITE_ERROR && t->is_body_cut)
        return ERR_OK;
    switch (code) {
    case CURLE_OK: return ERR_OK;
    case CURLE_OPERATION_TIMEDOUT: return ERR_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST: return ERR_NOT_FOUND;
    case CURLE_COULDNT_CONNECT: return ERR_UNREACHABLE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return ERR_RANGE;
    case CURLE_OUT_OF_MEMORY: return ERR_NOMEM;
    default: return ERR_MALFORMED;
    }
}

/* "Expire date" of the first certificate of the chain, the server's own. */
static ns_t certificate_expiry(CURL *easy)
{
    static const char field[] = "Expire date:";
    struct curl_certinfo *info = NULL;
    time_t when;

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) || !info || info->num_of_certs < 1)
        return 0;
    for (const struct curl_slist *line = info->certinfo[0]; line; line = line->next) {
        if (strncasecmp(line->data, field, sizeof field - 1) != 0)
            continue;
        when = curl_getdate(line->data + sizeof field - 1, NULL);
        return when > 0 ? (ns_t)when * SECONDS : 0;
    }
    return 0;
}

static ns_t time_of(CURL *easy, CURLINFO what)
{
    curl_off_t microseconds = 0;

    (void)curl_easy_getinfo(easy, what, &microseconds);
    return microseconds * MICROSECONDS;
}

static void note_phases(CURL *easy, struct curl_response *r)
{
    r->resolved = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
    r->connected = time_of(easy, CURLINFO_CONNECT_TIME_T);
    r->secured = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
    r->first_byte = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
}

static void keep_cookies(struct curl_transfer *t)
{
    struct curl_slist *lines = NULL;

    if (!t->cookies || curl_easy_getinfo(t->easy, CURLINFO_COOKIELIST, &lines))
        return;
    buf_clear(t->cookies);
    for (const struct curl_slist *line = lines; line; line = line->next)
        buf_printf(t->cookies, "%s\n", line->data);
    if (buf_error(t->cookies))
        buf_clear(t->cookies); /* more than anybody would keep */
    curl_slist_free_all(lines);
}

static void finish(struct curl_transfer *t, CURLcode code)
{
    long verify = 0;
    curl_off_t retry_after = 0;
    char *location = NULL, *content_type = NULL;
    struct curl_response r = {.error = curl_io_err(t, code), .is_tls_error = curl_io_is_tls_code(code)};

    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &r.status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
    (void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &content_type);
    (void)curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    (void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry_after);
    r.retry_after = retry_after > 0 && retry_after < 86400 ? (ns_t)retry_after * SECONDS : 0;
    r.location = location;
    r.content_type = content_type;
    r.body = t->body.data ? t->body.data : "";
    r.body_len = t->body.len;
    r.is_body_cut = t->is_body_cut;
    r.is_login_denied = code == CURLE_LOGIN_DENIED;
    r.is_no_tls = code == CURLE_USE_SSL_FAILED;
    r.is_mail_refused = t->upload.len && t->uploaded == t->upload.len && r.status >= 500;
    memcpy(r.refusal, t->refusal, sizeof r.refusal);
    r.duration = loop_mono(t->io->loop) - t->started;
    r.certificate_expires = certificate_expiry(t->easy);
    r.is_certificate_trusted = r.certificate_expires && verify == 0;
    note_phases(t->easy, &r);
    keep_cookies(t);
    detach(t);
    t->done(t->ctx, &r);
    curl_io_free_transfer(t);
}

/* done may start and cancel transfers: the queue is asked anew each time. */
static void reap(struct curl_io *io)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(io->multi, &left))) {
        struct curl_transfer *t = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        if (t && t->connected)
            t->connected(t, code);
        else if (t)
            finish(t, code);
    }
}

/* ---- start and stop ---- */

enum err curl_io_new(struct loop *l, struct curl_io **out)
{
    struct curl_io *io;

    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return ERR_NOMEM;
    io = calloc(1, sizeof *io);
    if (!io)
        return ERR_NOMEM;
    io->loop = l;
    loop_timer_init(&io->timer, on_timer, io);
    io->multi = curl_multi_init();
    if (!io->multi) {
        free(io);
        return ERR_NOMEM;
    }
    (void)curl_multi_setopt(io->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    (void)curl_multi_setopt(io->multi, CURLMOPT_SOCKETDATA, io);
    (void)curl_multi_setopt(io->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    (void)curl_multi_setopt(io->multi, CURLMOPT_TIMERDATA, io);
    *out = io;
    return ERR_OK;
}

void curl_io_free(struct curl_io *io)
{
    if (!io)
        return;
    while (io->first)
        curl_io_cancel(io->first);
    (void)curl_multi_cleanup(io->multi);
    loop_timer_cancel(io->loop, &io->timer);
    free(io);
    curl_global_cleanup();
}

static enum err add_line(struct curl_transfer *t, const char *line)
{
    struct curl_slist *grown = line ? curl_slist_append(t->headers, line) : NULL;

    if (!grown)
        return ERR_NOMEM;
    t->headers = grown;
    return ERR_OK;
}

static enum err add_header(struct curl_transfer *t, const char *name, const char *value)
{
    char *line = strx_printf("%s: %s", name, value);
    enum err e = add_line(t, line);

    free(line);
    return e;
}

static enum err set_headers(struct curl_transfer *t, const struct curl_request *q)
{
    enum err e = add_header(t, "Accept", q->accept ? q->accept : "*/*");

    if (!e && q->authorization)
        e = add_header(t, "Authorization", q->authorization);
    if (!e && q->body)
        e = add_header(t, "Content-Type", q->content_type ? q->content_type : "application/json");
    for (const char *const *line = q->headers; !e && line && *line; line++)
        e = add_line(t, *line);
    return e;
}

/* The first option that fails fails the request; later ones are not tried. */
bool curl_io_set_common(struct curl_transfer *t, const struct curl_request *q)
{
    long timeout_ms = q->timeout > MILLISECONDS ? (long)(q->timeout / MILLISECONDS) : 1;
    CURL *c = t->easy;

    return curl_easy_setopt(c, CURLOPT_PRIVATE, t) || curl_easy_setopt(c, CURLOPT_URL, q->url) ||
           curl_easy_setopt(c, CURLOPT_PROXY, "") ||
           curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) || curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L) ||
           curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L) ||
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms) ||
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) ||
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, q->is_verified ? 1L : 0L) ||
           curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, q->is_verified ? 2L : 0L) ||
           (q->ca_file && curl_easy_setopt(c, CURLOPT_CAINFO, q->ca_file)) ||
           (q->certificate_file && (curl_easy_setopt(c, CURLOPT_SSLCERT, q->certificate_file) ||
                                    curl_easy_setopt(c, CURLOPT_SSLKEY, q->key_file))) ||
           (q->user && (curl_easy_setopt(c, CURLOPT_USERNAME, q->user) ||
                        curl_easy_setopt(c, CURLOPT_PASSWORD, q->password ? q->password : ""))) ||
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) ||
           curl_easy_setopt(c, CURLOPT_WRITEDATA, t) ||
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_checked) ||
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
}

/* As curl_easy_setopt(): true is trouble. */
static bool give_cookies(struct curl_transfer *t, struct buf *cookies)
{
    size_t at = 0;
    bool is_wrong = curl_easy_setopt(t->easy, CURLOPT_COOKIEFILE, "") != CURLE_OK;

    t->cookies = cookies;
    while (!is_wrong && at < cookies->len) {
        size_t len = strcspn(cookies->data + at, "\n");
        char *line = strndup(cookies->data + at, len);
        is_wrong = !line || curl_easy_setopt(t->easy, CURLOPT_COOKIELIST, line);
        free(line);
        at += len + 1;
    }
    return is_wrong;
}

static bool set_http(struct curl_transfer *t, const struct curl_request *q)
{
    CURL *c = t->easy;

    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") ||
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) || curl_easy_setopt(c, CURLOPT_CERTINFO, 1L) ||
           curl_easy_setopt(c, CURLOPT_USERAGENT, "netzwacht") ||
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers) ||
           curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
           (q->cookies && give_cookies(t, q->cookies)) ||
           (q->body && (curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)q->body_len) ||
                        curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, q->body)));
}

static bool set_mail(struct curl_transfer *t, const struct curl_request *q)
{
    CURL *c = t->easy;

    for (const char *const *to = q->mail->to; *to; to++) {
        struct curl_slist *grown = curl_slist_append(t->recipients, *to);
        if (!grown)
            return true;
        t->recipients = grown;
    }
    buf_put(&t->upload, q->body, q->body_len);
    return buf_error(&t->upload) || curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ||
           curl_easy_setopt(c, CURLOPT_USE_SSL,
                            q->mail->is_starttls_needed ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE) ||
           curl_easy_setopt(c, CURLOPT_MAIL_FROM, q->mail->from) ||
           curl_easy_setopt(c, CURLOPT_MAIL_RCPT, t->recipients) ||
           curl_easy_setopt(c, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) ||
           curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) ||
           curl_easy_setopt(c, CURLOPT_READFUNCTION, give_upload) ||
           curl_easy_setopt(c, CURLOPT_READDATA, t) ||
           curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->body_len) ||
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_reply) ||
           curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
}

struct curl_transfer *curl_io_new_transfer(struct curl_io *io)
{
    struct curl_transfer *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->io = io;
    t->started = loop_mono(io->loop);
    t->easy = curl_easy_init();
    if (t->easy)
        return t;
    curl_io_free_transfer(t);
    return NULL;
}

enum err curl_io_begin(struct curl_transfer *t)
{
    struct curl_io *io = t->io;

    if (curl_multi_add_handle(io->multi, t->easy))
        return ERR_NOMEM;
    t->next = io->first;
    if (io->first)
        io->first->previous = t;
    io->first = t;
    return ERR_OK;
}

enum err curl_io_start(struct curl_io *io, const struct curl_request *request, curl_done_fn *done, void *ctx,
                       struct curl_transfer **out)
{
    struct curl_transfer *t = curl_io_new_transfer(io);
    enum err e;

    if (!t)
        return ERR_NOMEM;
    t->done = done;
    t->ctx = ctx;
    t->may_connect = request->may_connect;
    buf_init(&t->body, request->max_body);
    e = request->mail ? ERR_OK : set_headers(t, request);
    if (!e &&
        (curl_io_set_common(t, request) || (request->mail ? set_mail(t, request) : set_http(t, request))))
        e = ERR_RANGE;
    if (!e)
        e = curl_io_begin(t);
    if (e) {
        curl_io_free_transfer(t);
        return e;
    }
    if (out)
        *out = t;
    return ERR_OK;
}
