/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels.c - the channels of alerts.channels: their start, their end, and who is asked about an event. */
#include "alerts/channels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/channels_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

/* ---- events ---- */

static void take(struct channel *c, const Nw__Incident *i, ns_t time, const char *json, bool is_by_name)
{
    struct buf id = BUF_INIT;
    struct channel_event e = {.incident = i, .time = time, .json = json};

    buf_printf(&id, "%s/%s/%" PRIu64, c->owner->o.settings->instance, i->source, i->lane_sequence);
    e.id = id.data;
    if (buf_error(&id))
        log_error("out of memory: channel %s does not get an event", c->settings->name);
    else
        channel_take(c, &e, is_by_name);
    buf_fini(&id);
}

void channels_event(struct channels *c, const Nw__Incident *i, ns_t time, const char *json)
{
    for (size_t k = 0; c && k < c->count; k++)
        take(&c->items[k], i, time, json, false);
}

bool channels_deliver(struct channels *c, const char *name, const Nw__Incident *i, ns_t time)
{
    for (size_t k = 0; c && k < c->count; k++) {
        if (strcmp(c->items[k].settings->name, name) == 0) {
            take(&c->items[k], i, time, NULL, true);
            return true;
        }
    }
    return false;
}

void channels_committed(struct channels *c)
{
    for (size_t k = 0; c && k < c->count; k++)
        channel_pump(&c->items[k]);
}

/* ---- start and stop ---- */

/* Those of a channel that is no more are nobody's. */
static void restore_message(void *ctx, const char *key, uint64_t number, size_t size)
{
    struct channels *c = ctx;

    for (size_t k = 0; k < c->count; k++) {
        if (strcmp(c->items[k].key, key) == 0) {
            channel_queue_found(&c->items[k].queue, number, size);
            return;
        }
    }
    if (strcmp(c->gone, key) != 0)
        log_warning("channel %s is configured no more: its messages are dropped", key);
    strx_copy(c->gone, sizeof c->gone, key);
    db_drop_messages(c->o.db, key, number);
}

static void make_keys(struct channel *c)
{
    const struct channel_settings *s = c->settings;
    bool is_webhook = s->kind == CHANNEL_WEBHOOK; /* they had queues before there were kinds */

    snprintf(c->key, sizeof c->key, "%s%s%s", is_webhook ? "" : channel_kind_words[s->kind],
             is_webhook ? "" : " ", s->name);
    snprintf(c->told_kind, sizeof c->told_kind, "told %s", c->key);
    snprintf(c->digest_kind, sizeof c->digest_kind, "digest %s", c->key);
}

static enum err channel_begin(struct channels *all, size_t k)
{
    struct channel *c = &all->items[k];
    const struct channel_settings *s =
        (const struct channel_settings *)all->o.settings->alerts.channels.items + k;
    enum err e;

    c->owner = all;
    c->settings = s;
    c->place = (struct channel_place){all->o.settings, s, all->o.inventory, all->host};
    loop_timer_init(&c->retry, channel_on_retry, c);
    loop_timer_init(&c->repeat, channel_on_repeat, c);
    loop_timer_init(&c->digest_end, channel_on_digest_end, c);
    channel_queue_init(&c->queue, all->o.seed + k);
    make_keys(c);
    c->told = map_new(all->o.seed);
    all->count = k + 1;
    if (!c->told)
        return ERR_NOMEM;
    e = channel_in_restore(c);
    if (!e)
        e = channel_sender_new(all->o.loop, all->curl, s, channel_on_result, c, &c->sender);
    if (!e && s->kind == CHANNEL_ALERTMANAGER)
        e = loop_timer_after(all->o.loop, &c->repeat, s->repeat);
    return e;
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
    if (gethostname(c->host, sizeof c->host - 1))
        c->host[0] = '\0';
    if (count)
        e = curl_io_new(o->loop, &c->curl);
    for (size_t k = 0; !e && k < count; k++)
        e = channel_begin(c, k);
    if (!e)
        e = db_each_message(o->db, restore_message, c);
    if (e || !count) {
        channels_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

static void channel_end(struct channel *c)
{
    loop_timer_cancel(c->owner->o.loop, &c->retry);
    loop_timer_cancel(c->owner->o.loop, &c->repeat);
    channel_in_free(c);
    channel_sender_free(c->sender);
}

void channels_free(struct channels *c)
{
    if (!c)
        return;
    curl_io_free(c->curl);
    for (size_t k = 0; k < c->count; k++)
        channel_end(&c->items[k]);
    free(c->items);
    free(c);
}

void channels_stats(const struct channels *c, struct channels_stats *out)
{
    *out = c ? c->stats : (struct channels_stats){0};
    for (size_t k = 0; c && k < c->count; k++) {
        out->waiting += channel_queue_waiting(&c->items[k].queue);
        out->failing += c->items[k].is_failing;
    }
}

uint64_t channels_most_bytes(const struct channels *c)
{
    return c ? c->count * (uint64_t)CHANNEL_QUEUE_RESERVE : 0;
}
