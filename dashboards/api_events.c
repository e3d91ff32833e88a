/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_events.c - Server-Sent Events: every transition of a state, every change of an incident, every outcome
 * of a command, as it comes out of the journal; a summary every 5 s.
 *
 * The stream of one client: subscribed -> replay of what it missed -> live, until it leaves or reads too
 * slowly. A request may write to a stream only from the loop. */
#include <stdio.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/incident_json.h"

enum { SUMMARY_EVERY = 5, COMMENT_EVERY = 15 }; /* ticks of a second */

void api_stream_gone(struct api_call *c)
{
    struct dashboard *d = c->dashboard;

    if (!c->previous && !c->next && d->streams != c)
        return; /* was no stream */
    if (c->previous)
        c->previous->next = c->next;
    else
        d->streams = c->next;
    if (c->next)
        c->next->previous = c->previous;
    c->previous = c->next = NULL;
    d->stream_count--;
}

static void send_to(struct api_call *c, const struct buf *b)
{
    if (buf_error(b) || b->len == 0)
        return;
    enum err e = http_stream_write(c->request, b->data, b->len);
    if (e && e != ERR_END)
        log_debug("an event stream of %s ends: it reads too slowly", c->session.user);
}

static void send_to_all(struct dashboard *d, const struct buf *b)
{
    for (struct api_call *c = d->streams, *next; c; c = next) {
        next = c->next;
        send_to(c, b);
    }
}

static void put_frame(struct buf *out, uint64_t id, const char *name, struct buf *json)
{
    events_frame(out, id, name, json->data ? json->data : "{}");
    buf_fini(json);
}

static void frame_summary(struct dashboard *d, struct buf *out)
{
    struct buf json = BUF_INIT;
    struct json_out j;

    json_init(&j, &json);
    api_json_summary(&j, NULL, d, loop_wall(d->loop));
    put_frame(out, 0, "summary", &json);
}

static void frame_daemons(struct dashboard *d, struct buf *out)
{
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        struct buf json = BUF_INIT;
        struct json_out j;
        json_init(&j, &json);
        api_json_daemon(&j, NULL, snapshot_daemon(d->snapshot, i), loop_wall(d->loop));
        put_frame(out, 0, "daemon", &json);
    }
}

void api_events(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    struct http_header headers[API_HEADERS_MAX];
    const char *last = http_request_header(c->request, "Last-Event-ID");
    struct buf b = BUF_INIT;
    uint64_t after;
    size_t n;

    if (http_request_method(c->request) == HTTP_HEAD) {
        api_reply_empty(c, 200, NULL, 0);
        return;
    }
    if (d->stream_count >= API_STREAMS_MAX) {
        d->stats.streams_refused++;
        api_problem(c, 503, "too-many-streams", "Too many event streams",
                    "Close a window, or read the lists instead.");
        return;
    }
    n = reply_headers(headers, REPLY_PRIVATE, http_request_is_tls(c->request));
    headers[n++] = (struct http_header){"Content-Type", "text/event-stream"};
    headers[n++] = (struct http_header){"X-Accel-Buffering", "no"}; /* nginx would hold events back */
    if (http_stream_begin(c->request, headers, n) != ERR_OK) {
        api_no_memory(c);
        return;
    }
    c->next = d->streams;
    if (c->next)
        c->next->previous = c;
    d->streams = c;
    d->stream_count++;
    buf_str(&b, "retry: 2000\n\n");
    if (last && (strx_to_u64(last, &after) != ERR_OK || !events_after(d->events, after, &b)))
        events_frame(&b, 0, "reset", "{}");
    frame_summary(d, &b);
    frame_daemons(d, &b);
    send_to(c, &b);
    buf_fini(&b);
}

static const char *frame_of(struct dashboard *d, const Nw__Record *record, struct buf *json)
{
    struct json_out j;

    json_init(&j, json);
    switch (record->body_case) {
    case NW__RECORD__BODY_STATE:
        if (record->state->is_repeat)
            return NULL;
        api_json_state_event(&j, d, record->state);
        return "state";
    case NW__RECORD__BODY_INCIDENT:
        json_object_begin(&j, NULL);
        incident_json_put(&j, record->incident, INCIDENT_JSON_API);
        json_object_end(&j);
        return "incident";
    case NW__RECORD__BODY_OUTCOME:
        /* re-probes, which alerts asks of the collector, are known to nobody and concern nobody here */
        return api_json_command_event(&j, d, record->outcome) ? "command" : NULL;
    default: return NULL;
    }
}

void api_events_record(struct dashboard *d, const char *partition, uint64_t pos, const Nw__Record *record,
                       ns_t now)
{
    struct buf json = BUF_INIT, frame = BUF_INIT;
    bool is_alerts = strcmp(partition, "alerts") == 0;
    const char *name = strx_starts_with(partition, "unit.") ? NULL : frame_of(d, record, &json);

    if (!name) {
        buf_fini(&json);
        return;
    }
    put_frame(&frame, is_alerts ? pos : 0, name, &json);
    if (is_alerts && now - (ns_t)record->wall <= EVENTS_KEPT && !buf_error(&frame) &&
        events_push(d->events, pos, (ns_t)record->wall, frame.data, frame.len) != ERR_OK)
        log_warning("out of memory: an event is not kept for those who reconnect");
    send_to_all(d, &frame);
    buf_fini(&frame);
}

void api_events_reset(struct dashboard *d)
{
    struct buf b = BUF_INIT;

    events_frame(&b, 0, "reset", "{}");
    send_to_all(d, &b);
    buf_fini(&b);
}

void api_events_tick(struct dashboard *d)
{
    struct buf b = BUF_INIT;

    if (!d->streams)
        return;
    if (d->tick_count % SUMMARY_EVERY == 0) {
        frame_summary(d, &b);
        frame_daemons(d, &b);
    }
    if (d->tick_count % COMMENT_EVERY == 0)
        buf_str(&b, ":\n\n");
    send_to_all(d, &b);
    buf_fini(&b);
}
