/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels.c - from the queues in alerts.db to the receivers. Knows what a message looks like and how it is
 * sent; order and repetition are channel_queue's. */
#include "alerts/channels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channel_queue.h"
#include "alerts/rules.h"
#include "alerts/signature.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/runtime/curl_io.h"

#define SIGNATURE_HEADER "X-Netzwacht-Signature: sha256="

enum { ANSWER_MAX = 4096, KIND_SIZE = 80 };

struct channel {
    struct channels *owner;
    const struct channel_settings *settings;
    char *secret;              /* NULL: nothing is signed */
    char told_kind[KIND_SIZE]; /* of the rows that name the incidents it was told of */
    struct map *told;          /* incident id -> the channel itself */
    struct channel_queue queue;
    struct loop_timer timer;
    bool is_failing; /* said */
};

struct channels {
    struct channels_options o;
    struct curl_io *curl;
    struct channel *items;
    size_t count;
    struct channels_stats stats;
};

static void pump(struct channel *c);

/* ---- what is sent ---- */

static void drop_done(struct channel *c)
{
    db_drop_messages(c->owner->o.db, c->settings->name, c->queue.done);
}

static void wait_for_retry(struct channel *c)
{
    if (loop_timer_set(c->owner->o.loop, &c->timer, c->queue.retry_at))
        loop_stop(c->owner->o.loop);
}

static void say_failure(struct channel *c, const struct curl_response *r)
{
    char why[64];

    if (c->is_failing)
        return;
    c->is_failing = true;
    snprintf(why, sizeof why, "HTTP status %ld", r->status);
    log_warning("channel %s: %s: %s%s; its messages wait and are tried again", c->settings->name,
                c->settings->url, r->error ? err_text(r->error) : why,
                r->is_tls_error ? " (its certificate is not trusted: check url and ca_file)" : "");
}

static void on_answer(void *ctx, const struct curl_response *r)
{
    struct channel *c = ctx;
    struct channels *all = c->owner;
    uint64_t number = c->queue.flying;
    enum channel_verdict verdict = channel_verdict_of(r->error, r->status);

    channel_queue_ended(&c->queue, verdict, loop_mono(all->o.loop), r->retry_after);
    if (verdict == CHANNEL_AGAIN) {
        all->stats.failed++;
        say_failure(c, r);
        db_put_attempts(all->o.db, c->settings->name, number, c->queue.attempts);
        wait_for_retry(c);
        return;
    }
    drop_done(c);
    if (verdict == CHANNEL_REFUSED) {
        all->stats.refused++;
        log_warning("channel %s: message %" PRIu64 " is refused with HTTP status %ld and dropped",
                    c->settings->name, number, r->status);
    } else {
        all->stats.sent++;
        if (c->is_failing)
            log_info("channel %s: messages are accepted again", c->settings->name);
        c->is_failing = false;
    }
    pump(c);
}

static enum err send_message(struct channel *c, const struct buf *body)
{
    char signature[sizeof SIGNATURE_HEADER + SIGNATURE_SIZE] = SIGNATURE_HEADER;
    const char *headers[] = {c->secret ? signature : NULL, NULL};
    struct curl_request q = {.url = c->settings->url,
                             .content_type = "application/cloudevents+json",
                             .body = body->data,
                             .body_len = body->len,
                             .headers = headers,
                             .timeout = c->settings->timeout,
                             .max_body = ANSWER_MAX,
                             .is_verified = true,
                             .ca_file = c->settings->ca_file};

    if (c->secret)
        signature_hex(c->secret, strlen(c->secret), body->data, body->len,
                      signature + sizeof SIGNATURE_HEADER - 1);
    return curl_io_start(c->owner->curl, &q, on_answer, c, NULL);
}

/* The oldest message that is committed, if one may go. */
static void pump(struct channel *c)
{
    struct channels *all = c->owner;
    struct buf body = BUF_INIT;
    uint64_t number = 0;
    unsigned attempts = 0;
    enum err e;

    if (!channel_queue_is_due(&c->queue, loop_mono(all->o.loop)))
        return;
    e = db_message_after(all->o.db, c->settings->name, c->queue.done, &number, &attempts, &body);
    if (!e) {
        if (attempts > c->queue.attempts)
            c->queue.attempts = attempts;
        channel_queue_sent(&c->queue, number);
        e = send_message(c, &body);
        if (e)
            on_answer(c, &(struct curl_response){.error = e, .body = ""});
    } else if (e != ERR_NOT_FOUND) { /* that: it is still in the batch */
        log_warning("channel %s: alerts.db cannot be read: %s", c->settings->name, err_text(e));
    }
    buf_fini(&body);
}

static void on_timer(void *ctx)
{
    pump(ctx);
}

/* ---- what is to be sent ---- */

static int severity_of(const char *word)
{
    int s = 0;

    while (severity_words[s] && strcmp(severity_words[s], word) != 0)
        s++;
    return s;
}

/* Remembers who was told; true: this channel gets the event. */
static bool is_wanted(struct channel *c, const Nw__Incident *i)
{
    bool is_told = map_get(c->told, i->id) != NULL;

    if (i->closed) {
        if (is_told) {
            (void)map_remove(c->told, i->id);
            db_put_row(c->owner->o.db, c->told_kind, i->id, NULL, 0);
        }
        return is_told;
    }
    if (is_told || severity_of(i->severity) < c->settings->severity)
        return is_told;
    if (map_set(c->told, i->id, c, NULL))
        log_error("out of memory: channel %s may not be told of the end of %s", c->settings->name, i->id);
    db_put_row(c->owner->o.db, c->told_kind, i->id, "", 0);
    return true;
}

static void put_message(struct channel *c, const void *body, size_t len)
{
    bool is_lost;
    uint64_t number = channel_queue_put(&c->queue, &is_lost);

    if (is_lost) {
        if (c->owner->stats.lost++ == 0)
            log_warning("channel %s: more than %d messages wait: the oldest are dropped and counted",
                        c->settings->name, CHANNEL_QUEUE_MAX);
        drop_done(c);
    }
    db_put_message(c->owner->o.db, c->settings->name, number, body, len);
}

void channels_event(struct channels *c, const Nw__Incident *i, const void *body, size_t len)
{
    for (size_t k = 0; c && k < c->count; k++)
        if (is_wanted(&c->items[k], i))
            put_message(&c->items[k], body, len);
}

void channels_committed(struct channels *c)
{
    for (size_t k = 0; c && k < c->count; k++)
        pump(&c->items[k]);
}

/* ---- start and stop ---- */

static enum err read_secret(struct channel *c)
{
    const char *path = c->settings->secret_file;
    enum err e = path ? settings_read_secret(path, &c->secret) : ERR_OK;

    if (e == ERR_DENIED)
        log_error("%s: others may read it, or we may not: chmod 0600, owner netzwacht-alerts", path);
    else if (e)
        log_error("%s: %s", path, err_text(e));
    return e;
}

static void restore_told(void *ctx, const char *key, const void *value, size_t len)
{
    struct channel *c = ctx;

    (void)value;
    (void)len;
    if (map_set(c->told, key, c, NULL))
        log_error("out of memory: channel %s may not be told of the end of %s", c->settings->name, key);
}

/* Those of a channel that is no more are nobody's. */
static void restore_queue(void *ctx, const char *name, uint64_t first, uint64_t last)
{
    struct channels *c = ctx;

    for (size_t k = 0; k < c->count; k++) {
        if (strcmp(c->items[k].settings->name, name) == 0) {
            channel_queue_init(&c->items[k].queue, first, last);
            return;
        }
    }
    log_warning("channel %s is configured no more: its %" PRIu64 " messages are dropped", name,
                last - first + 1);
    db_drop_messages(c->o.db, name, last);
}

static enum err channel_begin(struct channels *all, size_t k)
{
    struct channel *c = &all->items[k];

    c->owner = all;
    c->settings = (const struct channel_settings *)all->o.settings->alerts.channels.items + k;
    loop_timer_init(&c->timer, on_timer, c);
    snprintf(c->told_kind, sizeof c->told_kind, "told %s", c->settings->name);
    c->told = map_new(all->o.seed);
    all->count = k + 1;
    if (!c->told)
        return ERR_NOMEM;
    return read_secret(c);
}

enum err channels_new(const struct channels_options *o, struct channels **out)
{
    size_t count = o->settings->alerts.channels.count;
    struct channels *c = calloc(1, sizeof *c);
    enum err e = ERR_OK;

    *out = NULL;
    if (c)
        c->items = calloc(count + 1, sizeof *c->items);
    if (!c || !c->items) {
        free(c);
        return ERR_NOMEM;
    }
    c->o = *o;
    for (size_t k = 0; !e && k < count; k++)
        e = channel_begin(c, k);
    for (size_t k = 0; !e && k < count; k++)
        e = db_each_row(o->db, c->items[k].told_kind, restore_told, &c->items[k]);
    if (!e)
        e = db_each_queue(o->db, restore_queue, c);
    if (!e && count)
        e = curl_io_new(o->loop, &c->curl);
    if (e || !count) {
        channels_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

void channels_free(struct channels *c)
{
    if (!c)
        return;
    curl_io_free(c->curl);
    for (size_t k = 0; k < c->count; k++) {
        struct channel *one = &c->items[k];
        loop_timer_cancel(c->o.loop, &one->timer);
        map_free(one->told, NULL);
        if (one->secret)
            explicit_bzero(one->secret, strlen(one->secret));
        free(one->secret);
    }
    free(c->items);
    free(c);
}

void channels_stats(const struct channels *c, struct channels_stats *out)
{
    *out = c ? c->stats : (struct channels_stats){0};
    for (size_t k = 0; c && k < c->count; k++)
        out->waiting += channel_queue_waiting(&c->items[k].queue);
}
