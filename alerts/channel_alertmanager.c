/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_alertmanager.c - an event as alerts of Alertmanager's API v2 (POST /api/v2/alerts,
 * api/v2/openapi.yaml of Alertmanager: postableAlert). Pure.
 *
 * The labels are what Alertmanager knows an alert by: when severity, type or cause changes it is another one,
 * and the one before it has to end. */
#include <stdio.h>
#include <string.h>

#include "alerts/channel_text.h"
#include "lib/base/json_out.h"
#include "lib/model/state.h"

enum { TEXT_BYTES = 1024, NAMES_MAX = 50 };

static void put_text(struct json_out *j, const char *key, const char *text)
{
    struct buf clean = BUF_INIT;

    channel_text_clean(&clean, text, TEXT_BYTES);
    if (clean.len)
        json_string(j, key, clean.data);
    buf_fini(&clean);
}

static void put_labels(struct json_out *j, const struct channel_place *p, const Nw__Incident *i)
{
    json_object_begin(j, "labels");
    json_string(j, "alertname", i->type);
    json_string(j, "incident", i->id);
    json_string(j, "instance", p->settings->instance);
    json_string(j, "severity", i->severity);
    if (i->cause) {
        put_text(j, "cause", i->cause->id);
        put_text(j, "cause_kind", i->cause->kind);
    }
    json_object_end(j);
}

static void put_affected(struct json_out *j, const Nw__Incident *i)
{
    struct buf names = BUF_INIT;
    char count[24];
    size_t named = 0;

    snprintf(count, sizeof count, "%zu", channel_text_hotspots(i));
    json_string(j, "hotspots", count);
    for (size_t k = 0; k < i->n_members && named < NAMES_MAX; k++) {
        if (strcmp(i->members[k]->kind, "hotspot") != 0)
            continue;
        buf_str(&names, named++ ? ", " : "");
        buf_str(&names, i->members[k]->name);
    }
    put_text(j, "affected", names.data ? names.data : "");
    buf_fini(&names);
}

static void put_alert(struct json_out *j, const struct channel_place *p, const struct channel_event *e)
{
    const Nw__Incident *i = e->incident;
    struct buf link = BUF_INIT;

    json_object_begin(j, NULL);
    put_labels(j, p, i);
    json_object_begin(j, "annotations");
    put_text(j, "summary", p->channel->language == LANG_EN ? i->text_en : i->text_de);
    put_text(j, "cause_name", i->cause ? i->cause->name : "");
    put_affected(j, i);
    put_text(j, "runbook_url", i->runbook);
    json_object_end(j);
    json_time(j, "startsAt", (ns_t)i->opened);
    channel_text_link(p, i->id, &link);
    if (link.data)
        json_string(j, "generatorURL", link.data);
    if (i->closed)
        json_time(j, "endsAt", (ns_t)i->closed);
    json_object_end(j);
    buf_fini(&link);
}

void channel_alert(const struct channel_place *p, const struct channel_event *e, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    put_alert(&j, p, e);
}

/* Does the alert `text` of ours begin with these labels? They come first in it. */
static bool has_labels(const char *text, const struct channel_place *p, const Nw__Incident *i)
{
    struct buf labels = BUF_INIT;
    struct json_out j;
    bool is_same;

    json_init(&j, &labels);
    json_object_begin(&j, NULL);
    put_labels(&j, p, i);
    is_same = !buf_error(&labels) && strncmp(text, labels.data, labels.len) == 0;
    buf_fini(&labels);
    return is_same;
}

/* It is an object without endsAt: that goes before its last bracket. */
static void put_end(struct buf *out, const char *alert, ns_t end)
{
    struct json_out j;

    buf_put(out, alert, strlen(alert) - 1);
    json_init(&j, out);
    j.has_member = true;
    json_time(&j, "endsAt", end);
    buf_u8(out, '}');
}

void channel_alerts(const struct channel_place *p, const struct channel_event *e, struct buf *out)
{
    const Nw__Incident *i = e->incident;
    const char *previous = e->previous && e->previous[0] ? e->previous : NULL;

    buf_u8(out, '[');
    if (previous && (i->closed || !has_labels(previous, p, i)))
        put_end(out, previous, i->closed ? (ns_t)i->closed : e->time);
    if (previous && !i->closed && !has_labels(previous, p, i))
        buf_u8(out, ',');
    if (!previous || !i->closed)
        channel_alert(p, e, out);
    buf_u8(out, ']');
}
