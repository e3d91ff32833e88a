/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.c - a ring of SSE frames. Pure. */
#include "dashboards/events.h"

#include <stdlib.h>
#include <string.h>

enum { RING = 65536, EVENTS_MAX = 50000, BYTES_MAX = 16 * 1024 * 1024 };

struct event {
    uint64_t id;
    ns_t wall;
    char *frame;
    size_t len;
};

struct events {
    struct event *ring;
    size_t first, count, bytes;
    uint64_t forgotten; /* the highest id that is not kept */
};

enum err events_new(struct events **out)
{
    struct events *e = calloc(1, sizeof *e);

    if (!e)
        return ERR_NOMEM;
    e->ring = calloc(RING, sizeof *e->ring);
    if (!e->ring) {
        free(e);
        return ERR_NOMEM;
    }
    *out = e;
    return ERR_OK;
}

static void forget_first(struct events *e)
{
    struct event *v = &e->ring[e->first];

    e->forgotten = v->id;
    e->bytes -= v->len;
    free(v->frame);
    memset(v, 0, sizeof *v);
    e->first = (e->first + 1) % RING;
    e->count--;
}

void events_free(struct events *e)
{
    if (!e)
        return;
    while (e->count)
        forget_first(e);
    free(e->ring);
    free(e);
}

void events_frame(struct buf *out, uint64_t id, const char *name, const char *json)
{
    if (id)
        buf_printf(out, "id: %llu\n", (unsigned long long)id);
    buf_printf(out, "event: %s\ndata: ", name);
    buf_str(out, json);
    buf_str(out, "\n\n");
}

void events_start(struct events *e, uint64_t id)
{
    while (e->count && e->ring[e->first].id <= id)
        forget_first(e);
    if (id > e->forgotten)
        e->forgotten = id;
}

enum err events_push(struct events *e, uint64_t id, ns_t wall, const char *frame, size_t len)
{
    char *copy = malloc(len + 1);

    if (!copy) {
        e->forgotten = id;
        return ERR_NOMEM;
    }
    memcpy(copy, frame, len);
    copy[len] = '\0';
    while (e->count && (e->count >= EVENTS_MAX || e->bytes + len > BYTES_MAX ||
                        wall - e->ring[e->first].wall > EVENTS_KEPT))
        forget_first(e);
    e->ring[(e->first + e->count) % RING] = (struct event){.id = id, .wall = wall, .frame = copy, .len = len};
    e->count++;
    e->bytes += len;
    return ERR_OK;
}

bool events_after(const struct events *e, uint64_t after, struct buf *out)
{
    if (after < e->forgotten)
        return false;
    for (size_t i = 0; i < e->count; i++) {
        const struct event *v = &e->ring[(e->first + i) % RING];
        if (v->id > after)
            buf_put(out, v->frame, v->len);
    }
    return true;
}

size_t events_count(const struct events *e)
{
    return e->count;
}
