/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_send.h - takes a channel's messages to their receiver and says how that went. Knows no queue. */
#ifndef NW_ALERTS_CHANNEL_SEND_H
#define NW_ALERTS_CHANNEL_SEND_H

#include "alerts/channel_queue.h"
#include "lib/base/buf.h"
#include "lib/model/channel_settings.h"
#include "lib/runtime/curl_io.h"

struct channel_sender; /* opaque */

enum { CHANNEL_SAID_SIZE = 320 };

struct channel_result {
    enum channel_verdict verdict;
    ns_t retry_after; /* what the receiver asks to wait; 0: nothing */
    /* What happened, and what to do about it. "" if nothing is wrong; of an accepted message: what is not
     * right all the same. */
    char said[CHANNEL_SAID_SIZE];
};
/* May start the next message, and free nothing. */
typedef void channel_done_fn(void *ctx, const struct channel_result *result);

/* Reads the channel's secrets. settings, loop and curl are borrowed. Says by log_error() what is wrong. */
enum err channel_sender_new(struct loop *l, struct curl_io *curl, const struct channel_settings *settings,
                            channel_done_fn *done, void *ctx, struct channel_sender **out) NW_CHECKED;
/* What is on its way ends without calling anybody, at the latest with curl_io_free(), which comes first. */
void channel_sender_free(struct channel_sender *s);

/* How many messages may go together: 1, or more where they are small and nobody answers. */
unsigned channel_sender_lot(const struct channel_sender *s);
/* Appends a message to what channel_sender_start() sends. */
void channel_sender_add(struct channel_sender *s, struct buf *lot, const struct buf *message);
/* `done` is never called from within. One at a time. */
void channel_sender_start(struct channel_sender *s, const struct buf *lot);

#endif
