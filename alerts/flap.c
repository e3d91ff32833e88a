/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flap.c - incidents that come back. Who returned flap_count times within flap_polls polls is flapping: it
 * stays open, and says nothing more, until it has rested for a quarter of that time. Rest in the good state
 * closes it; rest in the bad one ends the flapping, and it stands like any other. Pure apart from malloc. */
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"

enum { ROW_VERSION = 1 };

static ns_t window_of(const struct engine *e, const struct incident *i)
{
    return e->o.rules->guards.flap_polls * incident_interval(e, i);
}

void past_free(struct past *p)
{
    while (p) {
        struct past *next = p->next;
        free(p);
        p = next;
    }
}

void flap_note(struct engine *e, struct incident *i)
{
    size_t recent = 0;

    if (i->flap_count == FLAPS_MAX) {
        memmove(i->flaps, i->flaps + 1, (FLAPS_MAX - 1) * sizeof *i->flaps);
        i->flap_count--;
    }
    i->flaps[i->flap_count++] = e->now;
    for (size_t k = 0; k < i->flap_count; k++)
        recent += e->now - i->flaps[k] <= window_of(e, i);
    if (recent >= (size_t)e->o.rules->guards.flap_count && !i->is_flapping) {
        i->is_flapping = true;
        i->needs_say = true;
    }
}

void flap_rest(struct engine *e, struct incident *i)
{
    if (!i->is_flapping || !i->flap_count || e->now - i->flaps[i->flap_count - 1] < window_of(e, i) / 4)
        return;
    i->is_flapping = false;
    i->flap_count = 0;
    i->needs_say = true;
}

/* ---- those that are closed ---- */

static void forget(struct engine *e, struct past **at)
{
    struct past *p = *at;

    *at = p->next;
    e->sink.row(e->sink.ctx, "past", p->key, NULL, 0);
    free(p);
}

/* A cause that was closed a moment ago is not new: it returns, and may be flapping. */
void flap_remember(struct engine *e, struct incident *i)
{
    struct past **at = &e->past;

    while (*at) {
        struct past *p = *at;
        if (e->now - p->closed > window_of(e, i)) {
            forget(e, at);
            continue;
        }
        if (strcmp(p->key, i->key) == 0) {
            memcpy(i->flaps, p->flaps, sizeof i->flaps);
            i->flap_count = p->flap_count;
            flap_note(e, i);
            forget(e, at);
            return;
        }
        at = &p->next;
    }
}

void flap_keep(struct engine *e, const struct incident *i)
{
    struct past *p = calloc(1, sizeof *p);
    struct buf b = BUF_INIT;

    if (!p)
        return;
    strx_copy(p->key, sizeof p->key, i->key);
    memcpy(p->flaps, i->flaps, sizeof p->flaps);
    p->flap_count = i->flap_count;
    p->closed = e->now;
    p->next = e->past;
    e->past = p;
    buf_u8(&b, ROW_VERSION);
    buf_le64(&b, (uint64_t)p->closed);
    buf_u8(&b, (uint8_t)p->flap_count);
    for (size_t k = 0; k < p->flap_count; k++)
        buf_le64(&b, (uint64_t)p->flaps[k]);
    if (!buf_error(&b))
        e->sink.row(e->sink.ctx, "past", p->key, b.data, b.len);
    buf_fini(&b);
}

enum err flap_restore(struct engine *e, const char *key, const void *value, size_t len)
{
    struct past *p = calloc(1, sizeof *p);
    struct wire in;

    if (!p)
        return ERR_NOMEM;
    wire_init(&in, value, len);
    if (wire_u8(&in) != ROW_VERSION)
        wire_fail(&in, ERR_MALFORMED);
    p->closed = (ns_t)wire_le64(&in);
    p->flap_count = wire_u8(&in);
    if (p->flap_count > FLAPS_MAX || !strx_copy(p->key, sizeof p->key, key))
        wire_fail(&in, ERR_MALFORMED);
    for (size_t k = 0; k < p->flap_count && !wire_error(&in); k++)
        p->flaps[k] = (ns_t)wire_le64(&in);
    if (wire_error(&in)) {
        free(p);
        return ERR_MALFORMED;
    }
    p->next = e->past;
    e->past = p;
    return ERR_OK;
}
