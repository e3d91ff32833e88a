/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mqtt_io.h - one MQTT connection on the loop. The only file that knows libmosquitto.
 *
 * Connects in the background (MQTT 5, falling back to 3.1.1 where the broker refuses 5), reconnects for ever
 * with 1 to 60 s between attempts and jitter. Nothing is queued here: a publish while not connected is
 * refused, and after a disconnection every message without PUBACK is forgotten: the owner sends again what
 * matters (libmosquitto's own queue is unbounded and reuses message ids, measured). PUBACK is not delivery.
 * A kept session: what came meanwhile is delivered at the next connection (mosquitto_connect_async() takes no
 * session expiry of MQTT 5, so that case connects in the foreground: for commands, not for daemons). Known
 * limit: a broker given by name is resolved by libc, which may block the loop for its timeout: give an
 * address where that matters. */
#ifndef NW_RUNTIME_MQTT_IO_H
#define NW_RUNTIME_MQTT_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

enum { MQTT_PAYLOAD_MAX = 64 * 1024, MQTT_INFLIGHT_MAX = 500 };

struct mqtt; /* opaque */

/* Everything is borrowed during mqtt_new() only. */
struct mqtt_options {
    const char *host;
    int port;
    const char *client_id;
    const char *user, *password; /* NULL: none */
    bool tls;
    const char *ca_file, *certificate_file, *key_file; /* ca_file NULL: the system's */
    int keepalive_s;
    uint32_t session_s; /* the broker keeps the session that long without us; 0: not at all. Connecting then
                           blocks. */
    const char *will_topic, *will_payload; /* QoS 1, retained; NULL: none */
    uint64_t seed;
};

/* Borrowed during the callback. */
struct mqtt_message {
    const char *topic;
    const void *payload;
    size_t len;
    bool is_retained;
    const char *response_topic; /* MQTT 5; NULL: none */
    const void *correlation;
    size_t correlation_len;
};

struct mqtt_fns {
    void (*connected)(void *ctx); /* subscriptions are gone: subscribe anew */
    void (*disconnected)(void *ctx);
    void (*message)(void *ctx, const struct mqtt_message *m);
    /* PUBACK. nobody_hears: the broker says that no client has subscribed to this topic (MQTT 5 reason 0x10;
     * 3.1.1 cannot say it). */
    void (*acknowledged)(void *ctx, int id, bool nobody_hears);
};

/* ERR_NOT_FOUND, ERR_DENIED: a file of the TLS options cannot be read; ERR_NOMEM. The broker need not be
 * there. */
enum err mqtt_new(struct loop *loop, const struct mqtt_options *o, const struct mqtt_fns *fns, void *ctx,
                  struct mqtt **out) NW_CHECKED;
/* Sends what is written, then DISCONNECT; the last will is not sent. */
void mqtt_free(struct mqtt *m);

bool mqtt_is_connected(const struct mqtt *m);
/* Whether the broker still knew our session when we came: without one, what was sent meanwhile is lost. */
bool mqtt_has_session(const struct mqtt *m);
/* *id (may be NULL) is what acknowledged() will bring. ERR_AGAIN: not connected, or MQTT_INFLIGHT_MAX
 * messages wait for PUBACK; ERR_LIMIT: longer than MQTT_PAYLOAD_MAX. len 0 with retain empties the topic. */
enum err mqtt_publish(struct mqtt *m, const char *topic, const void *payload, size_t len, int qos,
                      bool retain, int *id) NW_CHECKED;
/* A reply with the asker's correlation data (MQTT 5; ignored on 3.1.1). */
enum err mqtt_reply(struct mqtt *m, const char *topic, const void *correlation, size_t correlation_len,
                    const void *payload, size_t len) NW_CHECKED;
enum err mqtt_subscribe(struct mqtt *m, const char *filter, int qos) NW_CHECKED;
enum err mqtt_unsubscribe(struct mqtt *m, const char *filter) NW_CHECKED;

struct mqtt_stats {
    uint64_t connects, failures, published, acknowledged;
    size_t in_flight;
};
void mqtt_stats(const struct mqtt *m, struct mqtt_stats *out);

#endif
