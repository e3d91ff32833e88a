/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_queue.h - order, bound and repetition of one channel's messages. Pure.
 *
 * Messages have gap-free numbers and leave in order, one at a time: what waits is done+1 … last. A message
 * stays until it was accepted, was refused for good, or CHANNEL_QUEUE_MAX newer ones came behind it. */
#ifndef NW_ALERTS_CHANNEL_QUEUE_H
#define NW_ALERTS_CHANNEL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { CHANNEL_QUEUE_MAX = 5000 };

enum channel_verdict { CHANNEL_ACCEPTED, CHANNEL_REFUSED, CHANNEL_AGAIN };

struct channel_queue {
    uint64_t last, done;
    uint64_t flying;   /* number of the message that is on its way; 0: none is */
    unsigned attempts; /* failed ones of the oldest message */
    ns_t retry_at;     /* monotonic; 0: at once */
};

/* What the last run left waiting: first … last, or none (0, 0). */
void channel_queue_init(struct channel_queue *q, uint64_t first, uint64_t last);
/* The number of a new message. *is_lost: the oldest had to go for it; it is q->done now. */
uint64_t channel_queue_put(struct channel_queue *q, bool *is_lost);
/* May one go now? Messages above q->done, the lowest first. */
bool channel_queue_is_due(const struct channel_queue *q, ns_t now);
void channel_queue_sent(struct channel_queue *q, uint64_t number);
/* How the flying one ended. wait: what the receiver asked for, 0: nothing. */
void channel_queue_ended(struct channel_queue *q, enum channel_verdict verdict, ns_t now, ns_t wait);
uint64_t channel_queue_waiting(const struct channel_queue *q);

/* 2xx is accepted; 4xx is refused but for 408 (timeout) and 429 (too many); all else is tried again. */
enum channel_verdict channel_verdict_of(enum err error, long status);

#endif
