/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retained.c - states and incidents as the broker keeps them for whoever comes later.
 *
 * An object that changed is `noted`; the commit makes it `ready`; only then, and while it is not noted again,
 * it is published. After each connect everything is ready (birth), and retained topics of things that are no
 * more are emptied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/event_json.h"
#include "alerts/publisher_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

#define SWEEP_FOR (10 * SECONDS) /* how long leftovers are looked for after a connect */

enum { STATES_IN_FLIGHT = 100, FLAG_NOTED = 1, FLAG_READY = 2 };

static const enum object_kind kinds[KINDS] = {OBJECT_HOTSPOT, OBJECT_DEVICE, OBJECT_SITE};

static const char *const swept[] = {"incident/+", "hotspot/+/state", "device/+/state", "site/+/state",
                                    "daemon/+"};

/* ---- retained states ---- */

static bool publish_object(struct publisher *p, unsigned kind, size_t index)
{
    struct object_state s;
    struct buf body = BUF_INIT;
    char topic[TOPIC_SIZE];
    bool is_done;

    if (!engine_object(p->engine, kinds[kind], index, &s))
        return true;
    topic_of(p, topic, object_kind_words[kinds[kind]], s.id, "/state");
    event_json_state(p->o.inventory, &s, loop_wall(p->o.loop), &body);
    is_done = publisher_send(p, topic, &body, true, NULL);
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
        return publisher_send(p, topic, NULL, true, NULL);
    if (record_unpack(told->record, told->len, &r) || r->body_case != NW__RECORD__BODY_INCIDENT) {
        record_free(r);
        return true;
    }
    event_json_incident(r->incident, &body);
    record_free(r);
    is_done = publisher_send(p, topic, &body, true, NULL);
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

void retained_pump(struct publisher *p)
{
    pump_incidents(p);
    pump_states(p);
}

void retained_connected(struct publisher *p)
{
    for (size_t i = 0; i < ARRAY_LEN(swept); i++)
        publisher_subscribe(p, swept[i]);
    p->sweep_until = loop_mono(p->o.loop) + SWEEP_FOR;
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < p->flags[kind].count; i++)
            set_ready(&p->flags[kind], i);
    for (size_t i = 0; i < map_count(p->o.told); i++) {
        const char *id;
        map_at(p->o.told, i, &id);
        flag_incident(p, id, FLAG_READY);
    }
}

/* Every object at least once in state_repeat: a slice each second. */
static void refresh(struct publisher *p)
{
    ns_t repeat = p->o.settings->alerts.state_repeat;

    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        size_t slice = (size_t)((double)f->count * (double)PUBLISHER_TIMER / (double)repeat * 1.1) + 1;
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

void retained_tick(struct publisher *p, ns_t now)
{
    if (p->sweep_until && now >= p->sweep_until)
        end_sweep(p);
    refresh(p);
}

void retained_promote(struct publisher *p)
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

void publisher_state_changed(struct publisher *p, enum object_kind kind, size_t index)
{
    unsigned k = 0;

    while (k < KINDS && kinds[k] != kind)
        k++;
    if (!p || k == KINDS || index >= p->flags[k].count)
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

enum err retained_new(struct publisher *p)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct flags *f = &p->flags[kind];
        free(f->of);
        *f = (struct flags){0};
        f->count = engine_object_count(p->engine, kinds[kind]);
        f->of = calloc(f->count + 1, 1);
        if (!f->of)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

void retained_free(struct publisher *p)
{
    for (unsigned kind = 0; kind < KINDS; kind++)
        free(p->flags[kind].of);
    map_free(p->incidents, NULL);
}

/* A retained topic of ours whose thing is no more. */
void retained_sweep(struct publisher *p, const struct mqtt_message *m, const char *rest)
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
    else if (strx_starts_with(rest, "daemon/"))
        is_known = presence_knows(p, id);
    else if (strx_starts_with(rest, "hotspot/"))
        is_known = inventory_hotspot(p->o.inventory, id) != NULL;
    else if (strx_starts_with(rest, "site/"))
        is_known = inventory_site(p->o.inventory, id) != NULL;
    else
        is_known = inventory_device(p->o.inventory, id) != NULL;
    if (!is_known)
        publisher_send(p, m->topic, NULL, true, NULL);
}
