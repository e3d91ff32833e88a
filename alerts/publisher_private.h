/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher_private.h - what publisher.c, retained.c and noc.c share. Nobody else includes it. */
#ifndef NW_ALERTS_PUBLISHER_PRIVATE_H
#define NW_ALERTS_PUBLISHER_PRIVATE_H

#include "alerts/event_json.h"
#include "alerts/outbox.h"
#include "alerts/publisher.h"
#include "lib/base/buf.h"
#include "lib/runtime/mqtt_io.h"

#define PUBLISHER_TIMER (1 * SECONDS)

enum { TOPIC_SIZE = 320, KINDS = 3 /* hotspot, device, site */ };

struct flags {
    uint8_t *of; /* per object */
    size_t count, ready, cursor, refresh;
};

enum { PRESENCE_MAX = 12, PRESENCE_LAGS = 8 };

/* A daemon as its last heartbeat tells of it. */
struct presence {
    char name[32], version[32], config[24];
    ns_t since, heard; /* wall */
    ns_t due;          /* monotonic: when it is told of again */
    bool is_online;    /* as told */
    char partitions[PRESENCE_LAGS][32];
    struct event_lag lags[PRESENCE_LAGS];
    size_t lag_count;
};

/* What begins every value of publisher_options.told. */
struct told_head {
    const void *record;
    size_t len;
};

struct publisher {
    struct publisher_options o;
    const struct engine *engine;
    struct mqtt *mqtt;
    struct outbox outbox;
    struct flags flags[KINDS];
    struct map *incidents; /* id -> flags */
    bool has_noted, is_receipt_unsaved, is_pumping;
    char prefix[128];
    ns_t started, sweep_until;
    struct presence own, presence[PRESENCE_MAX];
    size_t presence_count;
    struct loop_timer timer;
    uint64_t refused;
    char *password;
};

void topic_of(const struct publisher *p, char out[TOPIC_SIZE], const char *kind, const char *id,
              const char *tail);
/* QoS 1; body NULL: an empty one. false: not now; said unless it is only for want of a connection. */
bool publisher_send(struct publisher *p, const char *topic, const struct buf *body, bool retain, int *id);
void publisher_subscribe(struct publisher *p, const char *filter);
void publisher_pump(struct publisher *p);

/* ---- retained.c: states and incidents, as the broker keeps them ---- */
enum err retained_new(struct publisher *p) NW_CHECKED; /* also anew, for another engine */
void retained_free(struct publisher *p);
void retained_connected(struct publisher *p); /* everything anew, and leftovers are looked for */
void retained_tick(struct publisher *p, ns_t now);
void retained_pump(struct publisher *p);
/* What was noted may be told now. */
void retained_promote(struct publisher *p);
void retained_sweep(struct publisher *p, const struct mqtt_message *m, const char *rest);

/* ---- presence.c: daemon/<name> ---- */
void presence_body(const struct publisher *p, const struct presence *d, bool online, struct buf *out);
void presence_connected(struct publisher *p); /* all of them anew */
void presence_tick(struct publisher *p, ns_t now);
void presence_goodbye(struct publisher *p);
bool presence_knows(const struct publisher *p, const char *name);

/* ---- noc.c: receipts and commands ---- */
void noc_receipt(struct publisher *p, const struct mqtt_message *m);
void noc_command(struct publisher *p, const struct mqtt_message *m, const char *verb);

#endif
