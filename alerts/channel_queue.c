/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_queue.c - order, bound and repetition of one channel's messages. Pure. */
#include "alerts/channel_queue.h"

#define PAUSE_FIRST (1 * SECONDS)
#define PAUSE_MAX   (15 * MINUTES)

void channel_queue_init(struct channel_queue *q, uint64_t first, uint64_t last)
{
    *q = (struct channel_queue){.last = last, .done = first ? first - 1 : last};
}

uint64_t channel_queue_put(struct channel_queue *q, bool *is_lost)
{
    *is_lost = channel_queue_waiting(q) >= CHANNEL_QUEUE_MAX;
    if (*is_lost) {
        q->done++;
        q->attempts = 0; /* retry_at stays: the receiver is no better for it */
    }
    return ++q->last;
}

bool channel_queue_is_due(const struct channel_queue *q, ns_t now)
{
    return !q->flying && q->done < q->last && now >= q->retry_at;
}

void channel_queue_sent(struct channel_queue *q, uint64_t number)
{
    q->flying = number;
}

static ns_t pause_after(unsigned attempts)
{
    ns_t pause = PAUSE_FIRST;

    for (unsigned i = 1; i < attempts && pause < PAUSE_MAX; i++)
        pause *= 2;
    return pause < PAUSE_MAX ? pause : PAUSE_MAX;
}

void channel_queue_ended(struct channel_queue *q, enum channel_verdict verdict, ns_t now, ns_t wait)
{
    if (verdict != CHANNEL_AGAIN) {
        if (q->flying > q->done) /* else it had to go for a newer one meanwhile */
            q->done = q->flying;
        q->attempts = 0;
        q->retry_at = 0;
    } else {
        ns_t pause = pause_after(++q->attempts);
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
