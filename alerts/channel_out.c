/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_out.c - from a channel's queue to its receiver, one lot at a time; order and repetition are
 * channel_queue's, the sending is channel_send's. */
#include <inttypes.h>
#include <string.h>

#include "alerts/channels_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { REPEAT_BYTES = 256 * 1024 };

void channel_drop_done(struct channel *c)
{
    db_drop_messages(c->owner->o.db, c->key, c->queue.done);
}

/* ---- the log: what is wrong is said once, until it is something else ---- */

static void say_problem(struct channel *c, const char *said, const char *consequence)
{
    if (strcmp(c->said, said) == 0)
        return;
    strx_copy(c->said, sizeof c->said, said);
    if (said[0])
        log_warning("channel %s: %s: %s%s", c->settings->name, c->settings->url, said, consequence);
}

static void say_outcome(struct channel *c, const struct channel_result *r)
{
    if (r->verdict == CHANNEL_AGAIN) {
        c->owner->stats.failed++;
        c->is_failing = true;
        say_problem(c, r->said, "; its messages wait and are tried again");
        return;
    }
    if (r->verdict == CHANNEL_REFUSED) {
        c->owner->stats.refused++;
        log_warning("channel %s: message %" PRIu64 " is refused with %s and dropped", c->settings->name,
                    c->queue.flying, r->said);
        return;
    }
    if (c->is_failing)
        log_info("channel %s: messages are accepted again", c->settings->name);
    c->is_failing = false;
    say_problem(c, r->said, "");
}

/* ---- what is open, again ---- */

static void start_repeat(struct channel *c)
{
    struct buf lot = BUF_INIT;
    size_t count = map_count(c->told);

    buf_u8(&lot, '[');
    for (; c->repeated < count && lot.len < REPEAT_BYTES; c->repeated++) {
        const struct channel_told *t = map_at(c->told, c->repeated, NULL);
        if (!t->text[0])
            continue;
        buf_str(&lot, lot.len > 1 ? "," : "");
        buf_str(&lot, t->text);
    }
    buf_u8(&lot, ']');
    c->is_repeating = lot.len > 2;
    if (c->is_repeating)
        channel_sender_start(c->sender, &lot);
    buf_fini(&lot);
}

void channel_on_repeat(void *ctx)
{
    struct channel *c = ctx;
    struct loop *l = c->owner->o.loop;

    if (loop_timer_after(l, &c->repeat, c->settings->repeat))
        loop_stop(l);
    if (c->is_repeating || channel_queue_waiting(&c->queue))
        return;
    c->repeated = 0;
    start_repeat(c);
}

static void end_repeat(struct channel *c, const struct channel_result *r)
{
    struct channel_result said = *r;

    if (said.verdict == CHANNEL_REFUSED) /* it is not dropped: the next round says it again */
        said.verdict = CHANNEL_AGAIN;
    c->is_repeating = false;
    say_outcome(c, &said);
    if (channel_queue_waiting(&c->queue))
        channel_pump(c);
    else if (r->verdict == CHANNEL_ACCEPTED && c->repeated < map_count(c->told))
        start_repeat(c);
}

/* ---- the queue ---- */

void channel_on_result(void *ctx, const struct channel_result *r)
{
    struct channel *c = ctx;
    struct channels *all = c->owner;
    uint64_t before = c->queue.done;

    if (c->is_repeating) {
        end_repeat(c, r);
        return;
    }
    say_outcome(c, r);
    channel_queue_ended(&c->queue, r->verdict, loop_mono(all->o.loop), r->retry_after);
    if (r->verdict == CHANNEL_AGAIN) {
        db_put_attempts(all->o.db, c->key, c->queue.done + 1, c->queue.attempts);
        if (loop_timer_set(all->o.loop, &c->retry, c->queue.retry_at))
            loop_stop(all->o.loop);
        return;
    }
    if (r->verdict == CHANNEL_ACCEPTED)
        all->stats.sent += c->queue.done - before;
    channel_drop_done(c);
    channel_pump(c);
}

/* What is committed of the oldest; what is still in the batch comes later. */
static enum err gather(struct channel *c, struct buf *lot, uint64_t *number)
{
    unsigned most = channel_sender_lot(c->sender), taken = 0;
    enum err e = ERR_OK;

    for (*number = c->queue.done; !e && taken < most; taken += !e) {
        struct buf message = BUF_INIT;
        unsigned attempts = 0;
        e = db_message_after(c->owner->o.db, c->key, *number, number, &attempts, &message);
        if (!e && attempts > c->queue.attempts)
            c->queue.attempts = attempts;
        if (!e)
            channel_sender_add(c->sender, lot, &message);
        buf_fini(&message);
    }
    return taken ? ERR_OK : e;
}

void channel_pump(struct channel *c)
{
    struct buf lot = BUF_INIT;
    uint64_t number;
    enum err e;

    if (c->is_repeating || !channel_queue_is_due(&c->queue, loop_mono(c->owner->o.loop)))
        return;
    e = gather(c, &lot, &number);
    if (!e) {
        channel_queue_sent(&c->queue, number);
        channel_sender_start(c->sender, &lot);
    } else if (e != ERR_NOT_FOUND) {
        log_warning("channel %s: alerts.db cannot be read: %s", c->settings->name, err_text(e));
    }
    buf_fini(&lot);
}

void channel_on_retry(void *ctx)
{
    channel_pump(ctx);
}
