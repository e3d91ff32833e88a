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
        o->lanes[l] = (struct outbox_lane){.last = last[l],
                                           .received = known,
                                           .sent = known,
                                           .settled = known,
                                           .settling = known,
                                           .backoff = timeout};
    }
}

void outbox_committed(struct outbox *o, unsigned lane, uint64_t last)
{
    if (last > o->lanes[lane].last)
        o->lanes[lane].last = last;
}

bool outbox_next(const struct outbox *o, unsigned *lane, uint64_t *after)
{
    if (o->flying_count == OUTBOX_WINDOW || o->is_unheard)
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

bool outbox_acknowledged(struct outbox *o, int id, bool is_heard)
{
    for (size_t i = 0; i < o->flying_count; i++) {
        if (o->flying[i].id != id)
            continue;
        if (!is_heard) {
            o->is_unheard = true;
            outbox_replay(o, o->flying[i].lane, o->flying[i].sequence - 1);
        }
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
    if (l->settled < upto)
        l->settled = upto;
    l->backoff = o->timeout;
    l->resend_at = l->received < l->sent ? now + l->backoff : 0;
    return true;
}

void outbox_replay(struct outbox *o, unsigned lane, uint64_t after)
{
    struct outbox_lane *l = &o->lanes[lane];

    if (after >= l->sent)
        return;
    l->sent = after;
    l->settled = l->settled < after ? l->settled : after;
    l->settling = l->settling < after ? l->settling : after;
}

void outbox_disconnected(struct outbox *o)
{
    for (unsigned lane = 0; lane < OUTBOX_LANES; lane++)
        outbox_replay(o, lane, o->lanes[lane].settled);
    o->flying_count = 0;
    o->is_unheard = false;
}

static uint64_t acknowledged_upto(const struct outbox *o, unsigned lane)
{
    uint64_t upto = o->lanes[lane].sent;

    for (size_t i = 0; i < o->flying_count; i++)
        if (o->flying[i].lane == lane && o->flying[i].sequence <= upto)
            upto = o->flying[i].sequence - 1;
    return upto;
}

static void settle(struct outbox *o, ns_t now)
{
    if (now < o->settle_at)
        return;
    o->settle_at = now + OUTBOX_SETTLES;
    for (unsigned lane = 0; lane < OUTBOX_LANES; lane++) {
        struct outbox_lane *l = &o->lanes[lane];
        l->settled = l->settled > l->settling ? l->settled : l->settling;
        l->settling = acknowledged_upto(o, lane);
    }
}

void outbox_tick(struct outbox *o, ns_t now)
{
    o->is_unheard = false;
    settle(o, now);
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
        outbox_replay(o, i, l->received);
    }
}

uint64_t outbox_waiting(const struct outbox *o)
{
    uint64_t waiting = 0;

    for (unsigned i = 0; i < OUTBOX_LANES; i++)
        waiting += o->lanes[i].last - o->lanes[i].received;
    return waiting;
}
