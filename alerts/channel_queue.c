/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_queue.c - order, bound and repetition of one channel's messages. Pure. */
#include "alerts/channel_queue.h"

#define PAUSE_FIRST (1 * SECONDS)
#define PAUSE_MAX   (15 * MINUTES)

void channel_queue_init(struct channel_queue *q, uint64_t seed)
{
    *q = (struct channel_queue){.jitter = {seed}};
}

static void take_in(struct channel_queue *q, uint64_t number, size_t size)
{
    q->last = number;
    q->size[number % CHANNEL_QUEUE_MAX] = (uint32_t)size;
    q->bytes += (uint32_t)size;
}

static void let_go(struct channel_queue *q)
{
    uint32_t *size = &q->size[++q->done % CHANNEL_QUEUE_MAX];

    q->bytes -= *size;
    *size = 0;
}

void channel_queue_found(struct channel_queue *q, uint64_t number, size_t size)
{
    if (q->last == 0)
        q->done = number - 1;
    while (number - q->done > CHANNEL_QUEUE_MAX)
        let_go(q);
    take_in(q, number, size);
}

uint64_t channel_queue_put(struct channel_queue *q, size_t size, unsigned *lost)
{
    *lost = 0;
    while (channel_queue_waiting(q) >= CHANNEL_QUEUE_MAX ||
           (q->done < q->last && q->bytes + size > (uint64_t)CHANNEL_QUEUE_BYTES)) {
        let_go(q);
        q->attempts = 0; /* retry_at stays: the receiver is no better for it */
        ++*lost;
    }
    take_in(q, q->last + 1, size);
    return q->last;
}

bool channel_queue_is_due(const struct channel_queue *q, ns_t now)
{
    return !q->flying && q->done < q->last && now >= q->retry_at;
}

void channel_queue_sent(struct channel_queue *q, uint64_t number)
{
    q->flying = number;
}

static ns_t pause_after(struct channel_queue *q)
{
    ns_t pause = PAUSE_FIRST;

    for (unsigned i = 1; i < q->attempts && pause < PAUSE_MAX; i++)
        pause *= 2;
    if (pause > PAUSE_MAX)
        pause = PAUSE_MAX;
    return pause - (ns_t)(rng_unit(&q->jitter) * (double)pause / 4);
}

void channel_queue_ended(struct channel_queue *q, enum channel_verdict verdict, ns_t now, ns_t wait)
{
    if (verdict != CHANNEL_AGAIN) {
        while (q->done < q->flying) /* unless they had to go for newer ones meanwhile */
            let_go(q);
        q->attempts = 0;
        q->retry_at = 0;
    } else {
        ns_t pause;
        q->attempts++;
        pause = pause_after(q);
        if (wait > pause)
            pause = wait < PAUSE_MAX ? wait : PAUSE_MAX;
        q->retry_at = now + pause;
    }
    q->flying = 0;
}

uint64_t channel_queue_waiting(const struct channel_queue *q)
{
    return q->last - q->done;
}

enum channel_verdict channel_verdict_of(enum err error, long status)
{
    if (error || status < 200)
        return CHANNEL_AGAIN;
    if (status < 300)
        return CHANNEL_ACCEPTED;
    return status >= 400 && status < 500 && status != 408 && status != 429 ? CHANNEL_REFUSED : CHANNEL_AGAIN;
}
