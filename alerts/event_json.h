/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_json.h - the JSON payloads of the MQTT contract (docs/schemas/). Pure. */
#ifndef NW_ALERTS_EVENT_JSON_H
#define NW_ALERTS_EVENT_JSON_H

#include "alerts/engine.h"
#include "lib/base/buf.h"

enum { EVENT_PAYLOAD_MAX = 64 * 1024 };

/* The incident as it stands, with what to check first: incident/<id>, `netzwacht incidents show --json`. */
void event_json_incident(const Nw__Incident *i, struct buf *out);
/* Without that, as in the `data` of events: for lists, of which 64 KiB must hold many. */
void event_json_incident_brief(const Nw__Incident *i, struct buf *out);
/* CloudEvents 1.0, structured. time: when it was said. */
void event_json_event(const char *instance, const Nw__Incident *i, ns_t time, struct buf *out);
/* hotspot/<id>/state, device/<id>/state, site/<id>/state. */
void event_json_state(const struct inventory *inv, const struct object_state *s, ns_t updated,
                      struct buf *out);

struct event_lag {
    const char *partition;
    double seconds;
};

struct event_daemon {
    const char *name, *version, *config;
    bool online;
    ns_t since, heartbeat; /* heartbeat 0: null */
    const struct event_lag *lag;
    size_t lag_count;
};
void event_json_daemon(const struct event_daemon *d, struct buf *out);

#endif
