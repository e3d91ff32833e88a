/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox.c - order, window and repetition of events. Pure. */
#include "alerts/outbox.h"

#define BACKOFF_MAX (15 * MINUTES)

void outbox_init(struct outbox *o, ns_t timeout, const uint64_t last[OUTBOX_LANES],
                 const uint64_t received[OUTBOX_LANES])
{
    *o = (struct outbox){.timeout = timeout};
    for (unsigned l = 0; l < OUTBOX_LANES; l++) {
        uint64_t known = received[l] <= last[l] ? received[l] : last[l];
        o->lanes[l] =
            (struct outbox_lane){.last = last[l], .received = known, .sent = known, .backoff = timeout};
    }
}

void outbox_committed(struct outbox *o, unsigned lane, uint64_t last)
{
    if (last > o->lanes[lane].last)
        o->lanes[lane].last = last;
}

bool outbox_next(const struct outbox *o, unsigned *lane, uint64_t *after)
{
    if (o->flying_count == OUTBOX_WINDOW)
        return false;
    for (unsigned l = 0; l < OUTBOX_LANES; l++) {
        if (o->lanes[l].sent >= o->lanes[l].last)
            continue;
        *lane = l;
        *after = o->lanes[l].sent;
        return true;
    }
    return false;
}

void outbox_sent(struct outbox *o, unsigned lane, uint64_t sequence, int id, ns_t now)
{
    struct outbox_lane *l = &o->lanes[lane];

    if (o->flying_count < OUTBOX_WINDOW) {
        o->flying[o->flying_count].lane = lane;
        o->flying[o->flying_count].sequence = sequence;
        o->flying[o->flying_count++].id = id;
    }
    l->sent = sequence;
    if (!l->resend_at && l->received < sequence)
        l->resend_at = now + l->backoff;
}

void outbox_skip(struct outbox *o, unsigned lane)
{
    o->lanes[lane].sent = o->lanes[lane].last;
}

bool outbox_acknowledged(struct outbox *o, int id)
{
    for (size_t i = 0; i < o->flying_count; i++) {
        if (o->flying[i].id != id)
            continue;
        o->flying[i] = o->flying[--o->flying_count];
        return true;
    }
    return false;
}

bool outbox_receipt(struct outbox *o, unsigned lane, uint64_t upto, ns_t now)
{
    struct outbox_lane *l = &o->lanes[lane];

    if (upto > l->last)
        return false;
    if (upto <= l->received)
        return true;
    l->received = upto;
    if (l->sent < upto)
        l->sent = upto; /* a receipt of the run before this one */
    l->backoff = o->timeout;
    l->resend_at = l->received < l->sent ? now + l->backoff : 0;
    return true;
}

void outbox_replay(struct outbox *o, unsigned lane, uint64_t after)
{
    if (after < o->lanes[lane].sent)
        o->lanes[lane].sent = after;
}

/* What had no PUBACK may be lost: it goes again, in order. */
void outbox_disconnected(struct outbox *o)
{
    for (size_t i = 0; i < o->flying_count; i++)
        outbox_replay(o, o->flying[i].lane, o->flying[i].sequence - 1);
    o->flying_count = 0;
}

void outbox_tick(struct outbox *o, ns_t now)
{
    for (unsigned i = 0; i < OUTBOX_LANES; i++) {
        struct outbox_lane *l = &o->lanes[i];
        if (!l->resend_at || now < l->resend_at)
            continue;
        if (l->sent < l->last) { /* still busy with the first round */
            l->resend_at = now + l->backoff;
            continue;
        }
        l->backoff = 2 * l->backoff < BACKOFF_MAX ? 2 * l->backoff : BACKOFF_MAX;
        l->resend_at = l->received < l->sent ? now + l->backoff : 0;
        if (l->received < l->sent)
            l->sent = l->received;
    }
}

uint64_t outbox_waiting(const struct outbox *o)
{
    uint64_t waiting = 0;

    for (unsigned i = 0; i < OUTBOX_LANES; i++)
        waiting += o->lanes[i].last - o->lanes[i].received;
    return waiting;
}
