/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_send.c - takes a channel's messages to their receiver by HTTP, SMTP or syslog, and puts into words
 * what came of it. */
#include "alerts/channel_send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channel_udp_io.h"
#include "alerts/signature.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/settings.h"
#include "lib/runtime/curl_io_stream.h"

#define SIGNATURE_HEADER "X-Netzwacht-Signature: sha256="
#define ALERTS_PATH      "/api/v2/alerts"

enum { ANSWER_MAX = 4096, SYSLOG_LOT = 64, TO_SIZE = 64 };

struct channel_sender {
    struct loop *loop;
    struct curl_io *curl;
    const struct channel_settings *settings;
    channel_done_fn *done;
    void *ctx;
    char *url;                     /* alertmanager: with its path */
    char *secret, *password;       /* NULL: none */
    const char **to;               /* smtp: NULL at the end */
    struct channel_endpoint place; /* syslog */
    struct channel_udp *udp;       /* syslog over UDP */
    struct loop_timer failed;      /* what could not even be started */
    enum err error;
};

/* ---- what came of it ---- */

static void finish(struct channel_sender *s, enum channel_verdict verdict, ns_t retry_after, const char *said)
{
    struct channel_result r = {.verdict = verdict, .retry_after = retry_after};

    strx_copy(r.said, sizeof r.said, said);
    s->done(s->ctx, &r);
}

static const char *tls_hint(bool is_tls_error)
{
    return is_tls_error ? " (its certificate is not trusted: check url and ca_file)" : "";
}

static void on_http(void *ctx, const struct curl_response *r)
{
    struct channel_sender *s = ctx;
    enum channel_verdict verdict = channel_verdict_of(r->error, r->status);
    char said[CHANNEL_SAID_SIZE] = "";

    if (r->error)
        snprintf(said, sizeof said, "%s%s", err_text(r->error), tls_hint(r->is_tls_error));
    else if (r->status == 401 || r->status == 403)
        snprintf(said, sizeof said, "HTTP status %ld: check user, password_file and secret_file", r->status);
    else if (verdict != CHANNEL_ACCEPTED)
        snprintf(said, sizeof said, "HTTP status %ld", r->status);
    finish(s, verdict, r->retry_after, said);
}

static void on_mail(void *ctx, const struct curl_response *r)
{
    struct channel_sender *s = ctx;
    const char *words = r->refusal[0] ? r->refusal : err_text(r->error);
    char said[CHANNEL_SAID_SIZE] = "";

    if (!r->error) {
        if (r->refusal[0])
            snprintf(said, sizeof said, "the server does not take every recipient: %s", r->refusal);
        finish(s, CHANNEL_ACCEPTED, 0, said);
        return;
    }
    if (r->is_login_denied)
        snprintf(said, sizeof said, "user or password is refused (%s): check user and password_file", words);
    else if (r->is_tls_error)
        snprintf(said, sizeof said, "%s%s", words, tls_hint(true));
    else if (r->is_no_tls)
        snprintf(said, sizeof said, "the server offers no STARTTLS: use smtps://, or \"tls: no\"");
    else
        snprintf(said, sizeof said, "%s", words);
    finish(s, r->is_mail_refused ? CHANNEL_REFUSED : CHANNEL_AGAIN, 0, said);
}

static void on_stream(void *ctx, enum err error, bool is_tls_error)
{
    struct channel_sender *s = ctx;
    char said[CHANNEL_SAID_SIZE] = "";

    if (error)
        snprintf(said, sizeof said, "%s%s", err_text(error),
                 is_tls_error ? " (TLS: check url, ca_file, certificate_file and the receiver's log)" : "");
    finish(s, error ? CHANNEL_AGAIN : CHANNEL_ACCEPTED, 0, said);
}

static void on_udp(void *ctx, enum err error)
{
    on_stream(ctx, error, false);
}

static void on_failed(void *ctx)
{
    on_stream(ctx, ((struct channel_sender *)ctx)->error, false);
}

/* ---- on its way ---- */

/* What HTTP and mail have in common. */
static struct curl_request request_of(const struct channel_sender *s, const struct buf *body)
{
    const struct channel_settings *c = s->settings;

    return (struct curl_request){.url = s->url,
                                 .body = body->data,
                                 .body_len = body->len,
                                 .timeout = c->timeout,
                                 .max_body = ANSWER_MAX,
                                 .is_verified = true,
                                 .ca_file = c->ca_file,
                                 .certificate_file = c->certificate_file,
                                 .key_file = c->key_file,
                                 .user = c->user,
                                 .password = s->password};
}

static enum err start_http(struct channel_sender *s, const struct buf *body)
{
    char signature[sizeof SIGNATURE_HEADER + SIGNATURE_SIZE] = SIGNATURE_HEADER;
    const char *headers[] = {s->secret ? signature : NULL, NULL};
    struct curl_request q = request_of(s, body);

    q.content_type = s->settings->kind == CHANNEL_WEBHOOK ? "application/cloudevents+json" : NULL;
    q.headers = headers;
    if (s->secret)
        signature_hex(s->secret, strlen(s->secret), body->data, body->len,
                      signature + sizeof SIGNATURE_HEADER - 1);
    return curl_io_start(s->curl, &q, on_http, s, NULL);
}

static enum err start_mail(struct channel_sender *s, const struct buf *body)
{
    struct curl_mail mail = {.from = s->settings->from, .to = s->to, .is_starttls_needed = s->settings->tls};
    struct curl_request q = request_of(s, body);

    q.mail = &mail;
    return curl_io_start(s->curl, &q, on_mail, s, NULL);
}

static enum err start_syslog(struct channel_sender *s, const struct buf *lot)
{
    const struct channel_settings *c = s->settings;
    struct curl_stream_request q = {.host = s->place.host,
                                    .port = s->place.port,
                                    .is_tls = strcmp(s->place.scheme, "tls") == 0,
                                    .ca_file = c->ca_file,
                                    .certificate_file = c->certificate_file,
                                    .key_file = c->key_file,
                                    .timeout = c->timeout,
                                    .bytes = lot->data,
                                    .len = lot->len};

    if (s->udp)
        return channel_udp_start(s->udp, lot->data, lot->len);
    return curl_stream_start(s->curl, &q, on_stream, s);
}

void channel_sender_start(struct channel_sender *s, const struct buf *lot)
{
    enum err e = buf_error(lot);

    if (!e) {
        switch ((enum channel_kind)s->settings->kind) {
        case CHANNEL_SMTP: e = start_mail(s, lot); break;
        case CHANNEL_SYSLOG: e = start_syslog(s, lot); break;
        default: e = start_http(s, lot);
        }
    }
    s->error = e;
    if (e && loop_timer_after(s->loop, &s->failed, 0))
        loop_stop(s->loop);
}

unsigned channel_sender_lot(const struct channel_sender *s)
{
    return s->settings->kind == CHANNEL_SYSLOG ? SYSLOG_LOT : 1;
}

/* Octet counting (RFC 6587, 3.4.1; RFC 5425, 4.3); over UDP channel_udp_io takes it apart again. */
void channel_sender_add(struct channel_sender *s, struct buf *lot, const struct buf *message)
{
    if (s->settings->kind == CHANNEL_SYSLOG)
        buf_printf(lot, "%zu ", message->len);
    buf_put(lot, message->data, message->len);
}

/* ---- start and stop ---- */

static enum err read_secret(const char *path, char **out)
{
    enum err e = path ? settings_read_secret(path, out) : ERR_OK;

    if (e == ERR_DENIED)
        log_error("%s: others may read it, or we may not: chmod 0600, owner netzwacht-alerts", path);
    else if (e)
        log_error("%s: %s", path, err_text(e));
    return e;
}

static enum err prepare(struct channel_sender *s)
{
    const struct channel_settings *c = s->settings;
    size_t len = strlen(c->url);
    enum err e = ERR_OK;

    while (c->kind == CHANNEL_ALERTMANAGER && c->url[len - 1] == '/')
        len--;
    s->url = strx_printf("%.*s%s", (int)len, c->url, c->kind == CHANNEL_ALERTMANAGER ? ALERTS_PATH : "");
    s->to = calloc(c->to.count + 1, sizeof *s->to);
    if (!s->url || !s->to)
        return ERR_NOMEM;
    for (size_t i = 0; i < c->to.count; i++)
        s->to[i] = c->to.items[i];
    if (c->kind == CHANNEL_SYSLOG)
        e = channel_endpoint(c->url, &s->place);
    if (!e && strcmp(s->place.scheme, "udp") == 0)
        e = channel_udp_new(s->loop, s->place.host, s->place.port, on_udp, s, &s->udp);
    return e;
}

enum err channel_sender_new(struct loop *l, struct curl_io *curl, const struct channel_settings *settings,
                            channel_done_fn *done, void *ctx, struct channel_sender **out)
{
    struct channel_sender *s = calloc(1, sizeof *s);
    enum err e;

    if (!s)
        return ERR_NOMEM;
    *s = (struct channel_sender){.loop = l, .curl = curl, .settings = settings, .done = done, .ctx = ctx};
    loop_timer_init(&s->failed, on_failed, s);
    e = read_secret(settings->secret_file, &s->secret);
    if (!e)
        e = read_secret(settings->password_file, &s->password);
    if (!e)
        e = prepare(s);
    if (e) {
        channel_sender_free(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

static void forget(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void channel_sender_free(struct channel_sender *s)
{
    if (!s)
        return;
    loop_timer_cancel(s->loop, &s->failed);
    channel_udp_free(s->udp);
    forget(s->secret);
    forget(s->password);
    free(s->to);
    free(s->url);
    free(s);
}
