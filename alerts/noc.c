/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noc.c - what the NOC sends: receipts and commands, and the replies to them. */
#include <string.h>

#include "alerts/event_json.h"
#include "alerts/inbound.h"
#include "alerts/publisher_private.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

static void refuse(struct publisher *p, const char *topic, enum err e)
{
    if (p->refused++ == 0)
        log_warning("MQTT: a message on %s is dropped: %s (further ones are only counted)", topic,
                    err_text(e));
}

void noc_receipt(struct publisher *p, const struct mqtt_message *m)
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

/* One incident (id), or all open ones ("") as they were told last, as many as fit into one payload. */
static void list_incidents(const struct publisher *p, const char *id, struct buf *out)
{
    struct json_out j;
    size_t more = 0;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "incidents");
    for (size_t i = 0; i < map_count(p->o.told); i++) {
        const char *key;
        const struct told_head *told = map_at(p->o.told, i, &key);
        struct buf one = BUF_INIT;
        Nw__Record *r = NULL;
        if (id[0] && strcmp(id, key) != 0)
            continue;
        if (record_unpack(told->record, told->len, &r) == ERR_OK && r->body_case == NW__RECORD__BODY_INCIDENT)
            (id[0] ? event_json_incident : event_json_incident_brief)(r->incident, &one);
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

/* What will come: a NOC that was away for longer than events are kept sees where they begin. */
static void replay(struct publisher *p, const struct inbound_command *in, struct buf *out)
{
    struct buf body = BUF_INIT;
    struct json_out j;
    uint64_t first = 0;
    enum err e = db_event_after(p->o.db, in->lane, in->after, &first, &body);

    buf_fini(&body);
    outbox_replay(&p->outbox, in->lane, in->after);
    json_init(&j, out);
    json_object_begin(&j, NULL);
    if (e)
        json_null(&j, "first");
    else
        json_uint(&j, "first", first);
    json_uint(&j, "last", p->outbox.lanes[in->lane].last);
    json_object_end(&j);
}

void noc_command(struct publisher *p, const struct mqtt_message *m, const char *verb)
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
        list_incidents(p, in.target, &data);
    } else if (strcmp(verb, "replay") == 0) {
        replay(p, &in, &data);
    } else {
        struct engine_command c = {.id = in.id,
                                   .by = in.by,
                                   .via = "mqtt",
                                   .verb = verb,
                                   .target = in.target,
                                   .comment = in.comment,
                                   .to = in.to,
                                   .begin = in.begin,
                                   .until = in.until,
                                   .announce = in.announce,
                                   .text_de = in.text_de,
                                   .text_en = in.text_en};
        p->o.command(p->o.ctx, &c, outcome, problem);
    }
    send_reply(p, m, in.client, &(struct reply){in.id, outcome, problem, &data});
    buf_fini(&data);
    publisher_pump(p);
}
