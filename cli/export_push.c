/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_push.c - remote-write 1.0 over curl_io, with pauses between attempts. */
#include "cli/export_push.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/runtime/curl_io.h"
#include "lib/stores/snappy_io.h"

#define REQUEST_MAX (60 * SECONDS)
#define PAUSE_FIRST (500 * MILLISECONDS)
#define PAUSE_MAX   (30 * SECONDS)

enum { ANSWER_MAX = 4096, ANSWER_SHOWN = 200 };

struct export_push {
    struct export_push_options o;
    struct loop *loop;
    struct curl_io *io;
    struct loop_timer timer;
    struct buf body;
    ns_t pause, until; /* monotonic */
    enum err verdict;
};

static void attempt(void *ctx);

static void finish(struct export_push *p, enum err e)
{
    p->verdict = e;
    loop_stop(p->loop);
}

/* The answer's first line, as far as it can be shown. */
static void log_answer(const char *url, const struct curl_response *r)
{
    char text[ANSWER_SHOWN + 1];
    size_t len = r->body_len < ANSWER_SHOWN ? r->body_len : ANSWER_SHOWN;

    memcpy(text, r->body, len);
    text[len] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    log_error("%s answers %ld: %s", url, r->status, *text ? text : "(nothing)");
}

static bool is_worth_another(const struct curl_response *r)
{
    if (r->error)
        return !r->is_tls_error && r->error != ERR_RANGE && r->error != ERR_NOMEM;
    return r->status == 429 || r->status >= 500;
}

static void try_again(struct export_push *p, const struct curl_response *r)
{
    ns_t wait = r->retry_after > p->pause ? r->retry_after : p->pause;

    if (loop_mono(p->loop) + wait > p->until) {
        if (!r->error)
            log_answer(p->o.url, r);
        log_error("%s: gave up: %s", p->o.url, r->error ? err_text(r->error) : "it does not recover");
        finish(p, ERR_TIMEOUT);
        return;
    }
    log_info("%s: %s (%ld): again in %.1f s", p->o.url, r->error ? err_text(r->error) : "not now", r->status,
             (double)wait / SECONDS);
    p->pause = 2 * p->pause < PAUSE_MAX ? 2 * p->pause : PAUSE_MAX;
    if (loop_timer_after(p->loop, &p->timer, wait))
        finish(p, ERR_NOMEM);
}

static void on_answer(void *ctx, const struct curl_response *r)
{
    struct export_push *p = ctx;

    if (!r->error && r->status >= 200 && r->status < 300) {
        finish(p, ERR_OK);
    } else if (is_worth_another(r)) {
        try_again(p, r);
    } else {
        if (r->error)
            log_error("%s: %s%s", p->o.url, err_text(r->error),
                      r->is_tls_error ? " (its certificate is not trusted: --ca-file?)" : "");
        else
            log_answer(p->o.url, r);
        finish(p, ERR_DENIED);
    }
}

static void attempt(void *ctx)
{
    static const char *const headers[] = {"Content-Encoding: snappy",
                                          "X-Prometheus-Remote-Write-Version: 0.1.0", NULL};
    struct export_push *p = ctx;
    struct curl_request q = {.url = p->o.url,
                             .content_type = "application/x-protobuf",
                             .body = p->body.data,
                             .body_len = p->body.len,
                             .authorization = p->o.authorization,
                             .headers = headers,
                             .timeout = REQUEST_MAX,
                             .max_body = ANSWER_MAX,
                             .is_verified = true,
                             .ca_file = p->o.ca_file};
    enum err e = curl_io_start(p->io, &q, on_answer, p, NULL);

    if (e) {
        log_error("%s: %s", p->o.url, err_text(e));
        finish(p, e);
    }
}

enum err export_push_send(struct export_push *p, const struct buf *write_request)
{
    enum err e;

    buf_clear(&p->body);
    e = snappy_pack(write_request->data, write_request->len, &p->body);
    if (e)
        return e;
    p->pause = PAUSE_FIRST;
    p->until = loop_mono_now(p->loop) + p->o.patience;
    e = loop_timer_after(p->loop, &p->timer, 0);
    if (!e)
        e = loop_run(p->loop);
    return e ? e : p->verdict;
}

enum err export_push_new(const struct export_push_options *o, struct export_push **out)
{
    struct export_push *p = calloc(1, sizeof *p);
    enum err e;

    if (!p)
        return ERR_NOMEM;
    p->o = *o;
    e = loop_new(NULL, &p->loop);
    if (!e)
        e = curl_io_new(p->loop, &p->io);
    if (e) {
        export_push_free(p);
        return e;
    }
    loop_timer_init(&p->timer, attempt, p);
    *out = p;
    return ERR_OK;
}

void export_push_free(struct export_push *p)
{
    if (!p)
        return;
    curl_io_free(p->io);
    if (p->loop)
        loop_timer_cancel(p->loop, &p->timer);
    loop_free(p->loop);
    buf_fini(&p->body);
    free(p);
}
