/* SPDX-License-Identifier: GPL-3.0-or-later */
/* second_path.c - which unconfirmed events go another way, and when. Pure. */
#include "alerts/second_path.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/map.h"
#include "lib/base/wire.h"

#define ROW  "second"
#define TOLD "second told"

enum { KEY_SIZE = 64 };

/* An event that waits. Its row: when it is due, then the record. */
struct waiting {
    struct waiting *next; /* in the order of their events */
    char key[KEY_SIZE];   /* "<lane> <sequence>" */
    ns_t due;
    Nw__Record *record;
};

struct second_path {
    ns_t after;
    struct second_path_fns fns;
    struct waiting *first, **end;
    size_t count;
    struct map *told; /* incident id -> the second path itself */
    uint64_t sent;
};

static void key_of(const Nw__Incident *i, char out[KEY_SIZE])
{
    snprintf(out, KEY_SIZE, "%.20s %020" PRIu64, i->source, i->lane_sequence);
}

/* ---- the list ---- */

static void append(struct second_path *p, struct waiting *w)
{
    *p->end = w;
    p->end = &w->next;
    p->count++;
}

static struct waiting *unlink_at(struct second_path *p, struct waiting **at)
{
    struct waiting *w = *at;

    *at = w->next;
    if (p->end == &w->next)
        p->end = at;
    p->count--;
    return w;
}

static void waiting_free(struct waiting *w)
{
    if (w)
        record_free(w->record);
    free(w);
}

static void drop(struct second_path *p, struct waiting **at)
{
    struct waiting *w = unlink_at(p, at);

    p->fns.row(p->fns.ctx, ROW, w->key, NULL, 0);
    waiting_free(w);
}

static bool is_opening_waiting(const struct second_path *p, const char *id)
{
    for (const struct waiting *w = p->first; w; w = w->next)
        if (strcmp(w->record->incident->id, id) == 0 && strcmp(w->record->incident->event, "opened") == 0)
            return true;
    return false;
}

static void drop_incident(struct second_path *p, const char *id)
{
    struct waiting **at = &p->first;

    while (*at) {
        if (strcmp((*at)->record->incident->id, id) == 0)
            drop(p, at);
        else
            at = &(*at)->next;
    }
}

/* ---- who was told ---- */

static void remember(struct second_path *p, const char *id)
{
    if (map_set(p->told, id, p, NULL))
        log_error("out of memory: the second path may tell of %s again", id);
    p->fns.row(p->fns.ctx, TOLD, id, "", 0);
}

static void forget(struct second_path *p, const char *id)
{
    (void)map_remove(p->told, id);
    p->fns.row(p->fns.ctx, TOLD, id, NULL, 0);
}

static void send(struct second_path *p, struct waiting **at)
{
    struct waiting *w = unlink_at(p, at);
    const Nw__Incident *i = w->record->incident;

    p->sent++;
    p->fns.send(p->fns.ctx, i);
    if (i->closed)
        forget(p, i->id);
    else if (!map_get(p->told, i->id))
        remember(p, i->id);
    p->fns.row(p->fns.ctx, ROW, w->key, NULL, 0);
    waiting_free(w);
}

/* ---- what waits ---- */

static enum err put(struct second_path *p, const void *record, size_t len, ns_t due)
{
    struct waiting *w = calloc(1, sizeof *w);
    enum err e = w ? record_unpack(record, len, &w->record) : ERR_NOMEM;

    if (!e && w->record->body_case != NW__RECORD__BODY_INCIDENT)
        e = ERR_MALFORMED;
    if (e) {
        waiting_free(w);
        return e;
    }
    key_of(w->record->incident, w->key);
    w->due = due;
    append(p, w);
    return ERR_OK;
}

static void keep_row(struct second_path *p, const char *key, ns_t due, const void *record, size_t len)
{
    struct buf b = BUF_INIT;

    buf_le64(&b, (uint64_t)due);
    buf_put(&b, record, len);
    if (!buf_error(&b))
        p->fns.row(p->fns.ctx, ROW, key, b.data, b.len);
    buf_fini(&b);
}

/* An end that nobody there waits for is no news; one whose beginning still waits goes with it. */
static bool is_wanted(struct second_path *p, const Nw__Incident *i)
{
    bool is_told = map_get(p->told, i->id) != NULL;

    if (!i->closed)
        return !is_told && strcmp(i->severity, "critical") == 0;
    if (!is_told && is_opening_waiting(p, i->id))
        return true;
    drop_incident(p, i->id);
    if (is_told)
        forget(p, i->id);
    return false;
}

void second_path_event(struct second_path *p, const Nw__Incident *incident, const void *record, size_t len,
                       ns_t now)
{
    char key[KEY_SIZE];

    if (!p->after || !is_wanted(p, incident))
        return;
    if (put(p, record, len, now + p->after)) {
        log_error("out of memory: the second path may not tell of %s", incident->id);
        return;
    }
    key_of(incident, key);
    keep_row(p, key, now + p->after, record, len);
    if (p->count > SECOND_PATH_MAX)
        send(p, &p->first);
}

void second_path_received(struct second_path *p, const char *lane, uint64_t upto)
{
    struct waiting **at = &p->first;

    while (*at) {
        const Nw__Incident *i = (*at)->record->incident;
        if (strcmp(i->source, lane) == 0 && i->lane_sequence <= upto)
            drop(p, at);
        else
            at = &(*at)->next;
    }
}

void second_path_tick(struct second_path *p, ns_t now)
{
    struct waiting **at = &p->first;

    while (*at) {
        if (now >= (*at)->due)
            send(p, at);
        else
            at = &(*at)->next;
    }
}

/* ---- start and stop ---- */

enum err second_path_restore(struct second_path *p, const char *kind, const char *key, const void *value,
                             size_t len, ns_t now)
{
    ns_t grace = p->after < SECOND_PATH_GRACE ? p->after : SECOND_PATH_GRACE;
    struct wire w;
    ns_t due;

    if (!p->after)
        return ERR_NOT_FOUND;
    if (strcmp(kind, TOLD) == 0)
        return map_set(p->told, key, p, NULL);
    wire_init(&w, value, len);
    due = (ns_t)wire_le64(&w);
    if (wire_error(&w))
        return ERR_MALFORMED;
    if (due < now + grace)
        due = now + grace;
    if (due > now + p->after) /* the clock was set back */
        due = now + p->after;
    return put(p, (const uint8_t *)value + sizeof(uint64_t), len - sizeof(uint64_t), due);
}

enum err second_path_new(ns_t after, const struct second_path_fns *fns, uint64_t seed,
                         struct second_path **out)
{
    struct second_path *p = calloc(1, sizeof *p);

    if (p)
        p->told = map_new(seed);
    if (!p || !p->told) {
        free(p);
        return ERR_NOMEM;
    }
    p->after = after;
    p->fns = *fns;
    p->end = &p->first;
    *out = p;
    return ERR_OK;
}

void second_path_free(struct second_path *p)
{
    if (!p)
        return;
    while (p->first)
        waiting_free(unlink_at(p, &p->first));
    map_free(p->told, NULL);
    free(p);
}

size_t second_path_waiting(const struct second_path *p)
{
    return p->count;
}

uint64_t second_path_sent(const struct second_path *p)
{
    return p->sent;
}
