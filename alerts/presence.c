/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence.c - daemon/<name>: who of the daemons is alive, since when, how far behind. alerts speaks for all
 * of them, from their heartbeats in the journal; for alerts itself the last will does when it cannot. */
#include <string.h>

#include "alerts/event_json.h"
#include "alerts/publisher_private.h"
#include "config.h"
#include "lib/base/strx.h"

#define SILENT_MIN (3 * SECONDS)

static void take_lags(struct presence *d, Nw__Lag *const *lags, size_t count)
{
    d->lag_count = 0;
    for (size_t i = 0; i < count && d->lag_count < PRESENCE_LAGS; i++) {
        strx_copy(d->partitions[d->lag_count], sizeof d->partitions[0], lags[i]->partition);
        d->lags[d->lag_count] =
            (struct event_lag){d->partitions[d->lag_count], (double)lags[i]->lag_ms / 1000};
        d->lag_count++;
    }
}

static struct presence *find(struct publisher *p, const char *name)
{
    for (size_t i = 0; i < p->presence_count; i++)
        if (strcmp(p->presence[i].name, name) == 0)
            return &p->presence[i];
    if (p->presence_count == PRESENCE_MAX || !strx_is_id(name))
        return NULL;
    p->presence[p->presence_count] = (struct presence){0};
    strx_copy(p->presence[p->presence_count].name, sizeof p->presence[0].name, name);
    return &p->presence[p->presence_count++];
}

void publisher_heard(struct publisher *p, const Nw__Heartbeat *beat, ns_t wall)
{
    static const char family[] = "netzwacht-";
    const char *name = beat->daemon + (strx_starts_with(beat->daemon, family) ? strlen(family) : 0);
    struct presence *d = p && strcmp(name, "alerts") != 0 ? find(p, name) : NULL;

    if (!d || wall <= d->heard)
        return;
    d->heard = wall;
    d->since = (ns_t)beat->started ? (ns_t)beat->started : wall;
    strx_copy(d->version, sizeof d->version, beat->version);
    strx_copy(d->config, sizeof d->config, beat->config_hash);
    take_lags(d, beat->lag, beat->n_lag);
}

void publisher_own_lag(struct publisher *p, Nw__Lag *const *lags, size_t count)
{
    if (p)
        take_lags(&p->own, lags, count);
}

void presence_body(const struct publisher *p, const struct presence *d, bool online, struct buf *out)
{
    bool is_own = d == &p->own;
    struct event_daemon body = {.name = is_own ? "alerts" : d->name,
                                .version = is_own ? PACKAGE_VERSION : d->version,
                                .config = is_own ? p->o.settings->hash : d->config,
                                .online = online,
                                .since = is_own ? p->started : d->since,
                                .heartbeat = !online  ? 0
                                             : is_own ? loop_wall(p->o.loop)
                                                      : d->heard,
                                .lag = d->lags,
                                .lag_count = d->lag_count};

    event_json_daemon(&body, out);
}

static bool publish(struct publisher *p, const struct presence *d, bool online)
{
    struct buf body = BUF_INIT;
    char topic[TOPIC_SIZE];
    bool is_done;

    topic_of(p, topic, "daemon", d == &p->own ? "alerts" : d->name, "");
    presence_body(p, d, online, &body);
    is_done = publisher_send(p, topic, &body, true, NULL);
    buf_fini(&body);
    return is_done;
}

void presence_goodbye(struct publisher *p)
{
    (void)publish(p, &p->own, false);
}

void presence_connected(struct publisher *p)
{
    p->own.due = 0;
    for (size_t i = 0; i < p->presence_count; i++)
        p->presence[i].due = 0;
}

bool presence_knows(const struct publisher *p, const char *name)
{
    for (size_t i = 0; i < p->presence_count; i++)
        if (strcmp(p->presence[i].name, name) == 0)
            return true;
    return strcmp(name, "alerts") == 0;
}

void presence_tick(struct publisher *p, ns_t now)
{
    ns_t every = p->o.settings->alerts.mqtt.heartbeat, wall = loop_wall(p->o.loop);
    ns_t silent_after = every * 3 / 2 > SILENT_MIN ? every * 3 / 2 : SILENT_MIN;

    if (now >= p->own.due && publish(p, &p->own, true))
        p->own.due = now + every;
    for (size_t i = 0; i < p->presence_count; i++) {
        struct presence *d = &p->presence[i];
        bool online = wall - d->heard <= silent_after;
        if ((now >= d->due || online != d->is_online) && publish(p, d, online)) {
            d->due = now + every;
            d->is_online = online;
        }
    }
}
