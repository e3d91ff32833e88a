/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_in.c - which events a channel gets, and what it knows already; into its queue, or folded into a
 * digest. All of it goes into the batch of alerts.db. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channels_private.h"
#include "alerts/rules.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static int severity_of(const char *word)
{
    int s = 0;

    while (severity_words[s] && strcmp(severity_words[s], word) != 0)
        s++;
    return s;
}

/* ---- what it knows ---- */

static void free_told(void *p)
{
    struct channel_told *t = p;

    if (t)
        free(t->text);
    free(t);
}

static struct channel_told *remember(struct channel *c, const char *incident)
{
    struct channel_told *t = calloc(1, sizeof *t);

    if (t)
        t->text = strdup("");
    if (!t || !t->text || map_set(c->told, incident, t, NULL)) {
        log_error("out of memory: channel %s may not be told of the end of %s", c->settings->name, incident);
        free_told(t);
        return NULL;
    }
    return t;
}

/* A row is the severity's digit and the text; those of older versions are empty. */
static void keep(struct channel *c, const char *incident, const struct channel_told *t)
{
    struct buf row = BUF_INIT;

    buf_printf(&row, "%d%s", t->severity, t->text);
    if (!buf_error(&row))
        db_put_row(c->owner->o.db, c->told_kind, incident, row.data, row.len);
    buf_fini(&row);
}

static void restore_told(void *ctx, const char *key, const void *value, size_t len)
{
    struct channel *c = ctx;
    struct channel_told *t = remember(c, key);
    const char *row = value;
    char *text;

    if (!t)
        return;
    t->severity = len ? row[0] - '0' : SEVERITY_CRITICAL;
    text = len ? strndup(row + 1, len - 1) : NULL;
    if (!text)
        return;
    free(t->text);
    t->text = text;
}

static void forget(struct channel *c, const char *incident)
{
    free_told(map_remove(c->told, incident));
    db_put_row(c->owner->o.db, c->told_kind, incident, NULL, 0);
}

/* ---- is it wanted? ---- */

static bool is_ends_only(const struct channel_settings *s)
{
    return s->events == CHANNEL_EVENTS_ENDS || (s->events == CHANNEL_EVENTS_AUTO && s->kind == CHANNEL_SMTP);
}

static bool is_wanted(const struct channel *c, const Nw__Incident *i, const struct channel_told *t,
                      bool is_by_name)
{
    const struct channel_settings *s = c->settings;

    if (i->closed)
        return t != NULL;
    if (is_by_name)
        return true;
    if (!t)
        return s->automatic && severity_of(i->severity) >= s->severity;
    return !is_ends_only(s) || severity_of(i->severity) > t->severity;
}

/* ---- into the queue ---- */

static void put_message(struct channel *c, const struct buf *message)
{
    unsigned lost;
    uint64_t number;

    if (buf_error(message)) {
        log_error("out of memory: channel %s does not get a message", c->settings->name);
        return;
    }
    number = channel_queue_put(&c->queue, message->len, &lost);
    if (lost) {
        if (c->owner->stats.lost == 0)
            log_warning(
                "channel %s: more than %d messages or %d MiB wait: the oldest are dropped and counted",
                c->settings->name, CHANNEL_QUEUE_MAX, (int)(CHANNEL_QUEUE_BYTES / MIB));
        c->owner->stats.lost += lost;
        channel_drop_done(c);
    }
    db_put_message(c->owner->o.db, c->key, number, message->data, message->len);
}

/* ---- the digest ---- */

static void arm_digest(struct channel *c)
{
    if (loop_timer_set(c->owner->o.loop, &c->digest_end, c->digest.ends))
        loop_stop(c->owner->o.loop);
}

static void keep_count(struct channel *c)
{
    char count[24];

    snprintf(count, sizeof count, "%" PRIu64, c->digest.count);
    db_put_row(c->owner->o.db, c->digest_kind, "count", count, strlen(count));
}

static void fold(struct channel *c, const struct channel_event *e)
{
    struct buf line = BUF_INIT;
    char key[24];

    channel_mail_subject(&c->place, e->incident, &line);
    buf_printf(&line, " [%s]", e->incident->id);
    if (c->digest.count == 0)
        log_warning("channel %s: more than %" PRId64 " mails: the rest goes into one digest",
                    c->settings->name, c->settings->storm_limit);
    if (!buf_error(&line) && channel_digest_fold(&c->digest, line.data)) {
        snprintf(key, sizeof key, "%03" PRIu64, c->digest.count);
        db_put_row(c->owner->o.db, c->digest_kind, key, line.data, line.len);
    }
    keep_count(c);
    c->owner->stats.folded++;
    arm_digest(c);
    buf_fini(&line);
}

/* The digest into the queue and its rows out of the database, in one transaction. */
void channel_on_digest_end(void *ctx)
{
    struct channel *c = ctx;
    struct channel_digest *d = &c->digest;
    struct channel_folded f = {.time = loop_wall(c->owner->o.loop),
                               .number = c->queue.last + 1,
                               .count = d->count,
                               .lines = d->lines.data ? d->lines.data : ""};
    struct buf message = BUF_INIT;

    if (!channel_digest_is_due(d, loop_mono(c->owner->o.loop)))
        return;
    f.more = d->count > CHANNEL_DIGEST_LINES ? d->count - CHANNEL_DIGEST_LINES : 0;
    channel_mail_folded(&c->place, &f, &message);
    put_message(c, &message);
    for (uint64_t k = 1; k <= d->count && k <= CHANNEL_DIGEST_LINES; k++) {
        char key[24];
        snprintf(key, sizeof key, "%03" PRIu64, k);
        db_put_row(c->owner->o.db, c->digest_kind, key, NULL, 0);
    }
    db_put_row(c->owner->o.db, c->digest_kind, "count", NULL, 0);
    channel_digest_clear(d);
    buf_fini(&message);
}

static void restore_line(void *ctx, const char *key, const void *value, size_t len)
{
    struct channel *c = ctx;
    char text[512];
    uint64_t count;

    snprintf(text, sizeof text, "%.*s", (int)len, (const char *)value);
    if (strcmp(key, "count") != 0)
        (void)channel_digest_fold(&c->digest, text);
    else if (strx_to_u64(text, &count) == ERR_OK)
        channel_digest_restore(&c->digest, count, loop_mono(c->owner->o.loop));
}

/* ---- an event ---- */

/* What the next event of this incident has to know of this one. */
static void note(struct channel *c, const struct channel_event *e, struct channel_told *t, bool is_new)
{
    int severity = severity_of(e->incident->severity);
    bool is_higher = is_new || severity > t->severity;
    struct buf alert = BUF_INIT;
    char *text = NULL;

    if (is_higher)
        t->severity = severity;
    if (c->settings->kind == CHANNEL_SMTP && is_new) {
        text = strdup(e->id);
    } else if (c->settings->kind == CHANNEL_ALERTMANAGER) {
        channel_alert(&c->place, e, &alert);
        text = buf_take(&alert);
    }
    if (text) {
        free(t->text);
        t->text = text;
    }
    if (is_higher || text)
        keep(c, e->incident->id, t);
    buf_fini(&alert);
}

static bool is_folded(struct channel *c, const Nw__Incident *i)
{
    const struct channel_settings *s = c->settings;

    return s->kind == CHANNEL_SMTP &&
           !channel_digest_admits(&c->digest, s->storm_limit, s->storm_window,
                                  strcmp(i->severity, "critical") == 0, loop_mono(c->owner->o.loop));
}

void channel_take(struct channel *c, struct channel_event *e, bool is_by_name)
{
    const Nw__Incident *i = e->incident;
    struct channel_told *t = map_get(c->told, i->id);
    bool is_new = t == NULL;
    struct buf message = BUF_INIT;

    if (!is_wanted(c, i, t, is_by_name))
        return;
    if (is_new && !(t = remember(c, i->id)))
        return;
    e->first_id = c->settings->kind == CHANNEL_SMTP && t->text[0] ? t->text : e->id;
    e->previous = c->settings->kind == CHANNEL_ALERTMANAGER ? t->text : NULL;
    if (is_folded(c, i)) {
        fold(c, e);
    } else {
        channel_text(&c->place, e, &message);
        put_message(c, &message);
    }
    if (i->closed)
        forget(c, i->id);
    else
        note(c, e, t, is_new);
    buf_fini(&message);
}

enum err channel_in_restore(struct channel *c)
{
    enum err e = db_each_row(c->owner->o.db, c->told_kind, restore_told, c);

    if (!e)
        e = db_each_row(c->owner->o.db, c->digest_kind, restore_line, c);
    if (!e && c->digest.count)
        arm_digest(c);
    return e;
}

void channel_in_free(struct channel *c)
{
    loop_timer_cancel(c->owner->o.loop, &c->digest_end);
    channel_digest_fini(&c->digest);
    map_free(c->told, free_told);
}
