/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.c - what is told over MQTT and what is heard. Knows topics; the connection is mqtt_io's, the
 * order of events outbox's.
 *
 * An object that changed is `noted`; the commit makes it `ready`; only then, and while it is not noted again,
 * it is published. After each connect everything is ready (birth), and retained topics of things that are no
 * more are emptied. */
#include "alerts/publisher.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "alerts/inbound.h"
#include "alerts/outbox.h"
#include "config.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/runtime/mqtt_io.h"

#define SWEEP_FOR (10 * SECONDS) /* how long retained leftovers are looked for after a connect */
#define TIMER     (1 * SECONDS)

enum {
    STATES_IN_FLIGHT = 100,
    KEEPALIVE_S = 15,
    TOPIC_SIZE = 320,
    FLAG_NOTED = 1,
    FLAG_READY = 2,
    KINDS = 2 /* hotspot, device */
};

struct flags {
    uint8_t *of; /* per object */
    size_t count, ready, cursor, refresh;
};

/* What begins every value of publisher_options.told. */
struct told_head {
    const void *record;
    size_t len;
};

struct publisher {
    struct publisher_options o;
    const struct engine *engine;
    struct mqtt *mqtt;
    struct outbox outbox;
    struct flags flags[KINDS];
    struct map *incidents; /* id -> flags */
    bool has_noted, is_receipt_unsaved, is_pumping;
    char prefix[128];
    ns_t started, beat_due, sweep_until;
    struct loop_timer timer;
    uint64_t refused;
    char *password;
};

static const char *const kind_words[KINDS] = {"hotspot", "device"};

/* ---- topics ---- */

static void topic_of(const struct publisher *p, char out[TOPIC_SIZE], const char *kind, const char *id,
                     const char *tail)
{
    snprintf(out, TOPIC_SIZE, "%s%s/%s%s", p->prefix, kind, id, tail);
}

static bool publish(struct publisher *p, const char *topic, const struct buf *body, bool retain, int *id)
{
    enum err e = body ? buf_error(body) : ERR_OK;

    if (!e)
        e = mqtt_publish(p->mqtt, topic, body ? body->data : NULL, body ? body->len : 0, 1, retain, id);
    if (e && e != ERR_AGAIN)
        log_warning("MQTT: %s cannot be published: %s", topic, err_text(e));
    return e == ERR_OK;
}

/* ---- retained states ---- */

static bool publish_object(struct publisher *p, unsigned kind, size_t index)
{
    struct object_state s;
    struct buf body = BUF_INIT;
    char topic[TOPIC_SIZE];
    bool is_done;

    if (!engine_object(p->engine, kind == 0 ? OBJECT_HOTSPOT : OBJECT_DEVICE, index, &s))
        return true;
    topic_of(p, topic, kind_words[kind], s.id, "/state");
    event_json_state(p->o.inventory, &s, loop_wall(p->o.loop), &body);
    is_done = publish(p, topic, &body, true, NULL);
    buf_fini(&body);
    return is_done;
}

static size_t in_flight(const struct publisher *p)
{
    struct mqtt_stats s;

    mqtt_stats(p->mqtt, &s);
    return s.in_flight;
}

static void set_ready(struct flags *f, size_t index)
{
    if (!(f->of[index] & FLAG_READY))
        f->ready++;
    f->of[index] |= FLAG_READY;
}

static void pump_states(struct publisher *p)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        for (size_t looked = 0; f->ready && looked < f->count; looked++) {
            size_t index = f->cursor;
            if (in_flight(p) >= STATES_IN_FLIGHT)
                return;
            if (f->of[index] == FLAG_READY) {
                if (!publish_object(p, kind, index))
                    return;
                f->of[index] = 0;
                f->ready--;
            }
            f->cursor = (f->cursor + 1) % f->count;
        }
    }
}

/* ---- retained incidents ---- */

static bool publish_incident(struct publisher *p, const char *id)
{
    const struct told_head *told = map_get(p->o.told, id);
    Nw__Record *r = NULL;
    struct buf body = BUF_INIT;
    char topic[TOPIC_SIZE];
    bool is_done;

    topic_of(p, topic, "incident", id, "");
    if (!told)
        return publish(p, topic, NULL, true, NULL);
    if (record_unpack(told->record, told->len, &r) || r->body_case != NW__RECORD__BODY_INCIDENT) {
        record_free(r);
        return true;
    }
    event_json_incident(r->incident, &body);
    record_free(r);
    is_done = publish(p, topic, &body, true, NULL);
    buf_fini(&body);
    return is_done;
}

static void pump_incidents(struct publisher *p)
{
    for (size_t i = 0; i < map_count(p->incidents);) {
        const char *id;
        uintptr_t flags = (uintptr_t)map_at(p->incidents, i, &id);
        if (flags != FLAG_READY) {
            i++;
            continue;
        }
        if (!publish_incident(p, id))
            return;
        map_remove(p->incidents, id);
    }
}

static void flag_incident(struct publisher *p, const char *id, uintptr_t flag)
{
    uintptr_t flags = (uintptr_t)map_get(p->incidents, id) | flag;

    if (map_set(p->incidents, id, (void *)flags, NULL))
        log_error("out of memory: incident/%s is not published", id);
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
        bool is_done = !e && publish(p, topic, &body, false, &id);
        buf_fini(&body);
        if (e == ERR_NOT_FOUND)
            outbox_skip(&p->outbox, lane);
        else if (!is_done)
            return;
        else
            outbox_sent(&p->outbox, lane, sequence, id, loop_mono(p->o.loop));
    }
}

static void pump(struct publisher *p)
{
    if (p->is_pumping || !p->mqtt || !mqtt_is_connected(p->mqtt))
        return;
    p->is_pumping = true;
    pump_events(p);
    pump_incidents(p);
    pump_states(p);
    p->is_pumping = false;
}

/* ---- heartbeat ---- */

static void daemon_body(const struct publisher *p, bool online, struct buf *out)
{
    struct event_daemon d = {.name = "alerts",
                             .version = PACKAGE_VERSION,
                             .config = p->o.settings->hash,
                             .online = online,
                             .since = p->started,
                             .heartbeat = online ? loop_wall(p->o.loop) : 0};

    event_json_daemon(&d, out);
}

static void publish_daemon(struct publisher *p, bool online)
{
    struct buf body = BUF_INIT;
    char topic[TOPIC_SIZE];

    topic_of(p, topic, "daemon", "alerts", "");
    daemon_body(p, online, &body);
    publish(p, topic, &body, true, NULL);
    buf_fini(&body);
}

/* ---- what comes in ---- */

static void refuse(struct publisher *p, const char *topic, enum err e)
{
    if (p->refused++ == 0)
        log_warning("MQTT: a message on %s is dropped: %s (further ones are only counted)", topic,
                    err_text(e));
}

static void take_receipt(struct publisher *p, const struct mqtt_message *m)
{
    struct inbound_receipt r;
    enum err e = inbound_receipt_parse(m->payload, m->len, &r);

    if (e) {
        refuse(p, m->topic, e);
        return;
    }
    if (!outbox_receipt(&p->outbox, r.lane, r.upto, loop_mono(p->o.loop))) {
        refuse(p, m->topic, ERR_RANGE);
        return;
    }
    p->is_receipt_unsaved = true;
}

struct reply {
    const char *command, *outcome, *problem;
    const struct buf *data; /* JSON, or NULL */
};

static void put_problem(struct json_out *j, const char *problem)
{
    if (!problem[0]) {
        json_null(j, "problem");
        return;
    }
    json_object_begin(j, "problem");
    json_string(j, "type", "about:blank");
    json_string(j, "title", "The command was refused");
    json_int(j, "status", 422);
    json_string(j, "detail", problem);
    json_object_end(j);
}

static void send_reply(struct publisher *p, const struct mqtt_message *m, const char *client,
                       const struct reply *r)
{
    struct buf body = BUF_INIT;
    struct json_out j;
    char topic[TOPIC_SIZE];
    enum err e;

    json_init(&j, &body);
    json_object_begin(&j, NULL);
    json_string(&j, "command", r->command);
    json_string(&j, "outcome", r->outcome);
    put_problem(&j, r->problem);
    if (r->data && r->data->data)
        json_raw(&j, "data", r->data->data);
    else
        json_null(&j, "data");
    json_object_end(&j);
    topic_of(p, topic, "noc/reply", client, "");
    e = buf_error(&body);
    if (!e && m->response_topic && strx_starts_with(m->response_topic, p->prefix))
        e = mqtt_reply(p->mqtt, m->response_topic, m->correlation, m->correlation_len, body.data, body.len);
    else if (!e)
        e = mqtt_publish(p->mqtt, topic, body.data, body.len, 1, false, NULL);
    if (e)
        log_debug("MQTT: no reply to %s: %s", client, err_text(e));
    buf_fini(&body);
}

/* Open incidents, as they were told last, as many as fit into one payload. */
static void list_incidents(const struct publisher *p, struct buf *out)
{
    struct json_out j;
    size_t more = 0;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "incidents");
    for (size_t i = 0; i < map_count(p->o.told); i++) {
        const struct told_head *told = map_at(p->o.told, i, NULL);
        struct buf one = BUF_INIT;
        Nw__Record *r = NULL;
        if (record_unpack(told->record, told->len, &r) == ERR_OK && r->body_case == NW__RECORD__BODY_INCIDENT)
            event_json_incident(r->incident, &one);
        record_free(r);
        if (one.len && out->len + one.len < EVENT_PAYLOAD_MAX - 1024)
            json_raw(&j, NULL, one.data);
        else
            more++;
        buf_fini(&one);
    }
    json_array_end(&j);
    json_uint(&j, "more", more);
    json_object_end(&j);
}

static void take_command(struct publisher *p, const struct mqtt_message *m, const char *verb)
{
    struct inbound_command in;
    struct buf data = BUF_INIT;
    char outcome[16] = "done", problem[256] = "";
    enum err e = inbound_command_parse(verb, m->payload, m->len, &in);

    if (e) {
        refuse(p, m->topic, e);
        return;
    }
    if (strcmp(verb, "list") == 0) {
        list_incidents(p, &data);
    } else if (strcmp(verb, "replay") == 0) {
        outbox_replay(&p->outbox, in.lane, in.after);
    } else {
        struct engine_command c = {.id = in.id,
                                   .by = in.by,
                                   .via = "mqtt",
                                   .verb = verb,
                                   .target = in.target,
                                   .comment = in.comment,
                                   .begin = in.begin,
                                   .until = in.until};
        p->o.command(p->o.ctx, &c, outcome, problem);
    }
    send_reply(p, m, in.client, &(struct reply){in.id, outcome, problem, &data});
    buf_fini(&data);
    pump(p);
}

/* A retained topic of ours whose thing is no more. */
static void sweep(struct publisher *p, const struct mqtt_message *m, const char *rest)
{
    const char *slash = strchr(rest, '/');
    char id[80];
    bool is_known;

    if (!m->is_retained || m->len == 0 || !slash)
        return;
    strx_copy(id, sizeof id, slash + 1);
    if (strx_ends_with(id, "/state"))
        id[strlen(id) - strlen("/state")] = '\0';
    if (strx_starts_with(rest, "incident/"))
        is_known = map_get(p->o.told, id) != NULL;
    else if (strx_starts_with(rest, "hotspot/"))
        is_known = inventory_hotspot(p->o.inventory, id) != NULL;
    else
        is_known = inventory_device(p->o.inventory, id) != NULL;
    if (!is_known)
        publish(p, m->topic, NULL, true, NULL);
}

static void on_message(void *ctx, const struct mqtt_message *m)
{
    struct publisher *p = ctx;
    const char *rest = m->topic + strlen(p->prefix);

    if (!strx_starts_with(m->topic, p->prefix))
        return;
    if (strcmp(rest, "noc/receipt") == 0 && !m->is_retained)
        take_receipt(p, m);
    else if (strx_starts_with(rest, "noc/command/") && !m->is_retained)
        take_command(p, m, rest + strlen("noc/command/"));
    else
        sweep(p, m, rest);
}

/* ---- the connection ---- */

static const char *const swept[] = {"incident/+", "hotspot/+/state", "device/+/state"};

static void subscribe(struct publisher *p, const char *filter)
{
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "%s%s", p->prefix, filter);
    if (mqtt_subscribe(p->mqtt, topic, 1))
        log_warning("MQTT: no subscription to %s", topic);
}

static void make_all_ready(struct publisher *p)
{
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < p->flags[kind].count; i++)
            set_ready(&p->flags[kind], i);
    for (size_t i = 0; i < map_count(p->o.told); i++) {
        const char *id;
        map_at(p->o.told, i, &id);
        flag_incident(p, id, FLAG_READY);
    }
}

static void on_connected(void *ctx)
{
    struct publisher *p = ctx;

    subscribe(p, "noc/receipt");
    subscribe(p, "noc/command/+");
    for (size_t i = 0; i < ARRAY_LEN(swept); i++)
        subscribe(p, swept[i]);
    p->sweep_until = loop_mono(p->o.loop) + SWEEP_FOR;
    publish_daemon(p, true);
    make_all_ready(p);
    pump(p);
}

static void on_disconnected(void *ctx)
{
    struct publisher *p = ctx;

    outbox_disconnected(&p->outbox);
    p->sweep_until = 0;
}

static void on_acknowledged(void *ctx, int id)
{
    struct publisher *p = ctx;

    outbox_acknowledged(&p->outbox, id);
    pump(p);
}

/* Every object at least once in state_repeat: a slice each second. */
static void refresh(struct publisher *p)
{
    ns_t repeat = p->o.settings->alerts.state_repeat;

    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        size_t slice = (size_t)((double)f->count * (double)TIMER / (double)repeat * 1.1) + 1;
        for (size_t i = 0; i < slice && f->count; i++) {
            set_ready(f, f->refresh);
            f->refresh = (f->refresh + 1) % f->count;
        }
    }
}

static void end_sweep(struct publisher *p)
{
    char topic[TOPIC_SIZE];

    p->sweep_until = 0;
    for (size_t i = 0; i < ARRAY_LEN(swept); i++) {
        snprintf(topic, sizeof topic, "%s%s", p->prefix, swept[i]);
        if (mqtt_unsubscribe(p->mqtt, topic))
            log_debug("MQTT: still subscribed to %s", topic);
    }
}

static void on_timer(void *ctx)
{
    struct publisher *p = ctx;
    ns_t now = loop_mono(p->o.loop);

    if (loop_timer_after(p->o.loop, &p->timer, TIMER))
        loop_stop(p->o.loop);
    if (!mqtt_is_connected(p->mqtt))
        return;
    if (p->sweep_until && now >= p->sweep_until)
        end_sweep(p);
    if (now >= p->beat_due) {
        p->beat_due = now + p->o.settings->alerts.mqtt.heartbeat;
        publish_daemon(p, true);
    }
    refresh(p);
    outbox_tick(&p->outbox, now);
    pump(p);
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
    daemon_body(p, false, &will);
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

static enum err make_flags(struct publisher *p)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        free(f->of);
        *f = (struct flags){0};
        f->count = engine_object_count(p->engine, kind == 0 ? OBJECT_HOTSPOT : OBJECT_DEVICE);
        f->of = calloc(f->count + 1, 1);
        if (!f->of)
            return ERR_NOMEM;
    }
    return ERR_OK;
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
    e = p->incidents ? make_flags(p) : ERR_NOMEM;
    if (!e)
        e = db_number(o->db, "received 0", &received[0]);
    if (!e)
        e = db_number(o->db, "received 1", &received[1]);
    outbox_init(&p->outbox, o->settings->alerts.receipt_timeout, sequence, received);
    if (!e)
        e = connect_broker(p);
    if (!e)
        e = loop_timer_after(o->loop, &p->timer, TIMER);
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
        publish_daemon(p, false);
    mqtt_free(p->mqtt);
    loop_timer_cancel(p->o.loop, &p->timer);
    for (unsigned kind = 0; kind < KINDS; kind++)
        free(p->flags[kind].of);
    map_free(p->incidents, NULL);
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
    e = make_flags(p);
    if (e)
        return e;
    mqtt_free(p->mqtt);
    p->mqtt = NULL;
    outbox_disconnected(&p->outbox);
    free(p->password);
    p->password = NULL;
    return connect_broker(p);
}

void publisher_state_changed(struct publisher *p, enum object_kind kind, size_t index)
{
    unsigned k = kind == OBJECT_HOTSPOT ? 0 : 1;

    if (!p || (kind != OBJECT_HOTSPOT && kind != OBJECT_DEVICE) || index >= p->flags[k].count)
        return;
    p->flags[k].of[index] |= FLAG_NOTED;
    p->has_noted = true;
}

void publisher_incident_changed(struct publisher *p, const char *id)
{
    if (!p)
        return;
    flag_incident(p, id, FLAG_NOTED);
    p->has_noted = true;
}

static void promote(struct publisher *p)
{
    p->has_noted = false;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        for (size_t i = 0; i < f->count; i++) {
            if (!(f->of[i] & FLAG_NOTED))
                continue;
            f->of[i] &= (uint8_t)~FLAG_NOTED;
            set_ready(f, i);
        }
    }
    for (size_t i = 0; i < map_count(p->incidents); i++) {
        const char *id;
        map_at(p->incidents, i, &id);
        (void)!map_set(p->incidents, id, (void *)(uintptr_t)FLAG_READY, NULL);
    }
}

void publisher_committed(struct publisher *p, const uint64_t sequence[LANES])
{
    if (!p)
        return;
    for (unsigned lane = 0; lane < LANES; lane++)
        outbox_committed(&p->outbox, lane, sequence[lane]);
    if (p->has_noted)
        promote(p);
    pump(p);
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
