/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.c - what is told over MQTT and what is heard. Knows topics; the connection is mqtt_io's, the
 * order of events outbox's. */
#include "alerts/publisher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "alerts/publisher_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { KEEPALIVE_S = 15 };

/* ---- topics ---- */

void topic_of(const struct publisher *p, char out[TOPIC_SIZE], const char *kind, const char *id,
              const char *tail)
{
    snprintf(out, TOPIC_SIZE, "%s%s/%s%s", p->prefix, kind, id, tail);
}

bool publisher_send(struct publisher *p, const char *topic, const struct buf *body, bool retain, int *id)
{
    enum err e = body ? buf_error(body) : ERR_OK;

    if (!e)
        e = mqtt_publish(p->mqtt, topic, body ? body->data : NULL, body ? body->len : 0, 1, retain, id);
    if (e && e != ERR_AGAIN)
        log_warning("MQTT: %s cannot be published: %s", topic, err_text(e));
    return e == ERR_OK;
}

/* ---- events ---- */

static void pump_events(struct publisher *p)
{
    char topic[TOPIC_SIZE];
    unsigned lane;
    uint64_t after, sequence = 0;

    snprintf(topic, sizeof topic, "%sevent", p->prefix);
    while (outbox_next(&p->outbox, &lane, &after)) {
        struct buf body = BUF_INIT;
        int id = 0;
        enum err e = db_event_after(p->o.db, lane, after, &sequence, &body);
        bool is_done = !e && publisher_send(p, topic, &body, false, &id);
        buf_fini(&body);
        if (e == ERR_NOT_FOUND)
            outbox_skip(&p->outbox, lane);
        else if (!is_done)
            return;
        else
            outbox_sent(&p->outbox, lane, sequence, id, loop_mono(p->o.loop));
    }
}

void publisher_pump(struct publisher *p)
{
    if (p->is_pumping || !p->mqtt || !mqtt_is_connected(p->mqtt))
        return;
    p->is_pumping = true;
    pump_events(p);
    retained_pump(p);
    p->is_pumping = false;
}

/* ---- the connection ---- */

static void on_message(void *ctx, const struct mqtt_message *m)
{
    struct publisher *p = ctx;
    const char *rest = m->topic + strlen(p->prefix);

    if (!strx_starts_with(m->topic, p->prefix))
        return;
    if (strcmp(rest, "noc/receipt") == 0 && !m->is_retained)
        noc_receipt(p, m);
    else if (strx_starts_with(rest, "noc/command/") && !m->is_retained)
        noc_command(p, m, rest + strlen("noc/command/"));
    else
        retained_sweep(p, m, rest);
}

void publisher_subscribe(struct publisher *p, const char *filter)
{
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "%s%s", p->prefix, filter);
    if (mqtt_subscribe(p->mqtt, topic, 1))
        log_warning("MQTT: no subscription to %s", topic);
}

static void on_connected(void *ctx)
{
    struct publisher *p = ctx;

    publisher_subscribe(p, "noc/receipt");
    publisher_subscribe(p, "noc/command/+");
    presence_connected(p);
    presence_tick(p, loop_mono(p->o.loop));
    retained_connected(p);
    publisher_pump(p);
}

static void on_disconnected(void *ctx)
{
    struct publisher *p = ctx;

    outbox_disconnected(&p->outbox);
    p->sweep_until = 0;
}

static void on_acknowledged(void *ctx, int id, bool nobody_hears)
{
    struct publisher *p = ctx;

    outbox_acknowledged(&p->outbox, id, !nobody_hears);
    publisher_pump(p);
}

static void on_timer(void *ctx)
{
    struct publisher *p = ctx;
    ns_t now = loop_mono(p->o.loop);

    if (loop_timer_after(p->o.loop, &p->timer, PUBLISHER_TIMER))
        loop_stop(p->o.loop);
    if (!mqtt_is_connected(p->mqtt))
        return;
    presence_tick(p, now);
    retained_tick(p, now);
    outbox_tick(&p->outbox, now);
    publisher_pump(p);
}

/* ---- public ---- */

static enum err read_password(struct publisher *p)
{
    const char *path = p->o.settings->alerts.mqtt.password_file;
    enum err e = path ? settings_read_secret(path, &p->password) : ERR_OK;

    if (e == ERR_DENIED)
        log_error("%s: others may read it, or we may not: chmod 0600, owner netzwacht-alerts", path);
    else if (e)
        log_error("%s: %s", path, err_text(e));
    return e;
}

static enum err connect_broker(struct publisher *p)
{
    const struct mqtt_settings *s = &p->o.settings->alerts.mqtt;
    const struct mqtt_fns fns = {on_connected, on_disconnected, on_message, on_acknowledged};
    char client[96], will_topic[TOPIC_SIZE];
    struct buf will = BUF_INIT;
    struct mqtt_options o = {.host = s->host,
                             .port = (int)s->port,
                             .client_id = client,
                             .user = s->user,
                             .tls = s->tls,
                             .ca_file = s->ca_file,
                             .certificate_file = s->certificate_file,
                             .key_file = s->key_file,
                             .keepalive_s = KEEPALIVE_S,
                             .will_topic = will_topic,
                             .seed = p->o.seed};
    enum err e = read_password(p);

    if (e)
        return e;
    snprintf(client, sizeof client, "netzwacht-%s-alerts", p->o.settings->instance);
    topic_of(p, will_topic, "daemon", "alerts", "");
    presence_body(p, &p->own, false, &will);
    o.password = p->password;
    o.will_payload = will.data;
    e = buf_error(&will);
    if (!e)
        e = mqtt_new(p->o.loop, &o, &fns, p, &p->mqtt);
    if (e)
        log_error("MQTT: %s: check the files of alerts.mqtt", err_text(e));
    buf_fini(&will);
    return e;
}

enum err publisher_new(const struct publisher_options *o, const struct engine *engine,
                       const uint64_t sequence[LANES], struct publisher **out)
{
    struct publisher *p = calloc(1, sizeof *p);
    uint64_t received[LANES] = {0};
    enum err e;

    if (!p)
        return ERR_NOMEM;
    p->o = *o;
    p->engine = engine;
    p->started = loop_wall(o->loop);
    snprintf(p->prefix, sizeof p->prefix, "netzwacht/v1/%s/", o->settings->instance);
    loop_timer_init(&p->timer, on_timer, p);
    p->incidents = map_new(o->seed);
    e = p->incidents ? retained_new(p) : ERR_NOMEM;
    if (!e)
        e = db_number(o->db, "received 0", &received[0]);
    if (!e)
        e = db_number(o->db, "received 1", &received[1]);
    outbox_init(&p->outbox, o->settings->alerts.receipt_timeout, sequence, received);
    if (!e)
        e = connect_broker(p);
    if (!e)
        e = loop_timer_after(o->loop, &p->timer, PUBLISHER_TIMER);
    if (e) {
        publisher_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

void publisher_free(struct publisher *p)
{
    if (!p)
        return;
    if (p->mqtt && mqtt_is_connected(p->mqtt))
        presence_goodbye(p);
    mqtt_free(p->mqtt);
    loop_timer_cancel(p->o.loop, &p->timer);
    retained_free(p);
    if (p->password)
        explicit_bzero(p->password, strlen(p->password));
    free(p->password);
    free(p);
}

enum err publisher_reload(struct publisher *p, const struct engine *engine, const struct settings *settings,
                          const struct inventory *inventory)
{
    enum err e;

    if (!p)
        return ERR_OK;
    p->engine = engine;
    p->o.settings = settings;
    p->o.inventory = inventory;
    e = retained_new(p);
    if (e)
        return e;
    mqtt_free(p->mqtt);
    p->mqtt = NULL;
    outbox_disconnected(&p->outbox);
    free(p->password);
    p->password = NULL;
    return connect_broker(p);
}

void publisher_committed(struct publisher *p, const uint64_t sequence[LANES])
{
    if (!p)
        return;
    for (unsigned lane = 0; lane < LANES; lane++)
        outbox_committed(&p->outbox, lane, sequence[lane]);
    if (p->has_noted)
        retained_promote(p);
    publisher_pump(p);
}

void publisher_received(const struct publisher *p, uint64_t upto[LANES])
{
    for (unsigned lane = 0; lane < LANES; lane++)
        upto[lane] = p ? p->outbox.lanes[lane].received : 0;
}

void publisher_save(struct publisher *p)
{
    if (!p || !p->is_receipt_unsaved)
        return;
    p->is_receipt_unsaved = false;
    db_put_number(p->o.db, "received 0", p->outbox.lanes[0].received);
    db_put_number(p->o.db, "received 1", p->outbox.lanes[1].received);
}

void publisher_stats(const struct publisher *p, struct publisher_stats *out)
{
    struct mqtt_stats s;

    *out = (struct publisher_stats){0};
    if (!p || !p->mqtt)
        return;
    mqtt_stats(p->mqtt, &s);
    out->is_connected = mqtt_is_connected(p->mqtt);
    out->published = s.published;
    out->connects = s.connects;
    out->refused = p->refused;
    out->waiting = outbox_waiting(&p->outbox);
}
