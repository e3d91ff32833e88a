/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels_private.h - what channels.c, channel_in.c and channel_out.c share. Nobody else includes it. */
#ifndef NW_ALERTS_CHANNELS_PRIVATE_H
#define NW_ALERTS_CHANNELS_PRIVATE_H

#include "alerts/channel_digest.h"
#include "alerts/channel_queue.h"
#include "alerts/channel_send.h"
#include "alerts/channel_text.h"
#include "alerts/channels.h"
#include "lib/base/map.h"

enum { CHANNEL_KEY_SIZE = 80, CHANNEL_KIND_SIZE = 96, CHANNEL_HOST_SIZE = 256 };

/* An incident that a channel knows of. */
struct channel_told {
    int severity; /* the highest one that was told */
    char *text;   /* smtp: id of the first event; alertmanager: the alert as it was sent last; else "" */
};

struct channel {
    struct channels *owner;
    const struct channel_settings *settings;
    struct channel_place place;
    struct channel_sender *sender;
    /* Of its messages in alerts.db: a webhook's name; for the others with the kind before it, so that a
     * channel of another kind under the same name does not find bytes that it cannot send. */
    char key[CHANNEL_KEY_SIZE];
    char told_kind[CHANNEL_KIND_SIZE]; /* of the rows that keep `told` */
    struct map *told;                  /* incident id -> struct channel_told */
    struct channel_queue queue;
    struct loop_timer retry;
    /* alertmanager: what is open is said again and again, past the queue */
    struct loop_timer repeat;
    bool is_repeating;
    size_t repeated; /* of `told`, in this round */
    /* smtp */
    char digest_kind[CHANNEL_KIND_SIZE]; /* of the rows that keep the digest's lines */
    struct channel_digest digest;
    struct loop_timer digest_end;
    /* what was logged last */
    bool is_failing;
    char said[CHANNEL_SAID_SIZE];
};

struct channels {
    struct channels_options o;
    struct curl_io *curl;
    struct channel *items;
    size_t count;
    struct channels_stats stats;
    char host[CHANNEL_HOST_SIZE];
    char gone[CHANNEL_KEY_SIZE]; /* key of the queue that was dropped last, as it is nobody's */
};

/* ---- channel_in.c: what is to be sent ---- */
/* is_by_name: whatever its settings say. */
void channel_take(struct channel *c, struct channel_event *e, bool is_by_name);
enum err channel_in_restore(struct channel *c) NW_CHECKED;
void channel_in_free(struct channel *c);
void channel_on_digest_end(void *ctx); /* timer */

/* ---- channel_out.c: on its way ---- */
/* The oldest messages that are committed, if some may go. */
void channel_pump(struct channel *c);
void channel_drop_done(struct channel *c);
void channel_on_retry(void *ctx);  /* timers */
void channel_on_repeat(void *ctx); /* arms itself again */
void channel_on_result(void *ctx, const struct channel_result *r);

#endif
