/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox.h - which event is published next, and when it is sent again. Pure: the bodies stay in alerts.db.
 *
 * Two lanes, each gap-free and in order; the critical one goes first. At most OUTBOX_WINDOW events are
 * without PUBACK. An event counts as delivered when the NOC's receipt covers it, never by PUBACK; without a
 * receipt everything above the last one is sent again after `timeout`, then after twice that, up to 15
 * minutes. A broker that was killed has forgotten what it acknowledged since it last wrote its store
 * (decisions 0063, 0073): a reconnection repeats what has no receipt and whose PUBACK is younger than
 * OUTBOX_SETTLES to twice that. */
#ifndef NW_ALERTS_OUTBOX_H
#define NW_ALERTS_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/units.h"

enum { OUTBOX_LANES = 2, OUTBOX_WINDOW = 20 };
#define OUTBOX_SETTLES (330 * SECONDS) /* longer than a broker of ours keeps anything in memory alone */

struct outbox_lane {
    uint64_t last;     /* newest committed event */
    uint64_t received; /* the NOC has all up to here */
    uint64_t sent;     /* published up to here since the last connection or repetition */
    uint64_t settled;  /* no reconnection repeats what is up to here */
    uint64_t settling; /* had its PUBACK at the last look */
    ns_t resend_at;    /* 0 = nothing to wait for */
    ns_t backoff;
};

struct outbox {
    struct outbox_lane lanes[OUTBOX_LANES];
    struct {
        unsigned lane;
        uint64_t sequence;
        int id;
    } flying[OUTBOX_WINDOW];
    size_t flying_count;
    bool is_unheard; /* nobody listens: until the next tick nothing is sent */
    ns_t timeout;
    ns_t settle_at; /* the next look */
};

void outbox_init(struct outbox *o, ns_t timeout, const uint64_t last[OUTBOX_LANES],
                 const uint64_t received[OUTBOX_LANES]);
void outbox_committed(struct outbox *o, unsigned lane, uint64_t last);
/* The lane to send from and the sequence after which; false: nothing now. */
bool outbox_next(const struct outbox *o, unsigned *lane, uint64_t *after);
/* It was handed to the connection as message `id`. */
void outbox_sent(struct outbox *o, unsigned lane, uint64_t sequence, int id, ns_t now);
/* There is no event of this lane above `sent` although there should be: it is 30 days old, or never was. */
void outbox_skip(struct outbox *o, unsigned lane);
/* PUBACK; false: no event. Not is_heard: no NOC has subscribed, so it waits, and what is behind it, for the
 * next outbox_tick(). */
bool outbox_acknowledged(struct outbox *o, int id, bool is_heard);
/* false: it claims more than was ever sent, and is ignored. */
bool outbox_receipt(struct outbox *o, unsigned lane, uint64_t upto, ns_t now);
/* Send everything above `after` again (a NOC that was away). */
void outbox_replay(struct outbox *o, unsigned lane, uint64_t after);
/* What the broker may not have, or not on its disk, goes again, in order. */
void outbox_disconnected(struct outbox *o);
/* Repetitions that are due, and what may be taken for settled. Only while connected. */
void outbox_tick(struct outbox *o, ns_t now);
uint64_t outbox_waiting(const struct outbox *o);

#endif
