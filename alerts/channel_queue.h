/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_queue.h - order, bound and repetition of one channel's messages. Pure.
 *
 * Messages have gap-free numbers and leave in order, one lot at a time: what waits is done+1 … last. A
 * message stays until it was accepted, was refused for good, or the bound (CHANNEL_QUEUE_MAX messages,
 * CHANNEL_QUEUE_BYTES bytes) made it go for a newer one. */
#ifndef NW_ALERTS_CHANNEL_QUEUE_H
#define NW_ALERTS_CHANNEL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/base/units.h"

enum { CHANNEL_QUEUE_MAX = 5000 };
#define CHANNEL_QUEUE_BYTES (8 * MIB)
/* What as many bytes take of alerts.db at most. */
#define CHANNEL_QUEUE_RESERVE (11 * MIB)

enum channel_verdict { CHANNEL_ACCEPTED, CHANNEL_REFUSED, CHANNEL_AGAIN };

struct channel_queue {
    uint64_t last, done;
    uint64_t flying;   /* number of the newest message that is on its way; 0: none is */
    unsigned attempts; /* failed ones of the oldest message */
    ns_t retry_at;     /* monotonic; 0: at once */
    struct rng jitter;
    uint64_t bytes; /* of those that wait */
    uint32_t size[CHANNEL_QUEUE_MAX];
};

void channel_queue_init(struct channel_queue *q, uint64_t seed);
/* What the last run left waiting, in order. */
void channel_queue_found(struct channel_queue *q, uint64_t number, size_t size);
/* The number of a new message of `size` bytes. *lost: so many of the oldest had to go for it; they are up to
 * q->done now. */
uint64_t channel_queue_put(struct channel_queue *q, size_t size, unsigned *lost);
/* May some go now? Messages above q->done, the lowest first. */
bool channel_queue_is_due(const struct channel_queue *q, ns_t now);
/* All up to `number` are on their way. */
void channel_queue_sent(struct channel_queue *q, uint64_t number);
/* How the flying ones ended. wait: what the receiver asked for, 0: nothing. CHANNEL_AGAIN: a pause of 1, 2,
 * 4 … s, at most 15 min, up to a quarter shorter by chance. */
void channel_queue_ended(struct channel_queue *q, enum channel_verdict verdict, ns_t now, ns_t wait);
uint64_t channel_queue_waiting(const struct channel_queue *q);

/* Of an HTTP request: error if it got no answer, else the answer's status. */
enum channel_verdict channel_verdict_of(enum err error, long status);

#endif
