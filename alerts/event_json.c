/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_json.c - writes the payloads of the MQTT contract. Pure. */
#include "alerts/event_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/json_out.h"
#include "lib/model/incident_json.h"
#include "lib/model/state.h"

void event_json_incident(const Nw__Incident *i, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    incident_json_put(&j, i, INCIDENT_JSON_MQTT);
    incident_json_put_runbook(&j, i);
    json_object_end(&j);
}

void event_json_incident_brief(const Nw__Incident *i, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    incident_json_put(&j, i, INCIDENT_JSON_MQTT);
    json_object_end(&j);
}

void event_json_event(const char *instance, const Nw__Incident *i, ns_t time, struct buf *out)
{
    struct buf text = BUF_INIT;
    struct json_out j;
    char sequence[24];

    snprintf(sequence, sizeof sequence, "%" PRIu64, i->lane_sequence);
    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "specversion", "1.0");
    buf_printf(&text, "%s/%s/%s", instance, i->source, sequence);
    json_string(&j, "id", text.data);
    buf_clear(&text);
    buf_printf(&text, "/netzwacht/%s/%s", instance, i->source);
    json_string(&j, "source", text.data);
    buf_clear(&text);
    buf_printf(&text, "de.netzwacht.incident.%s", i->event);
    json_string(&j, "type", text.data);
    json_time(&j, "time", time);
    json_string(&j, "subject", i->id);
    json_string(&j, "sequence", sequence);
    json_string(&j, "datacontenttype", "application/json");
    json_object_begin(&j, "data");
    incident_json_put(&j, i, INCIDENT_JSON_MQTT);
    json_object_end(&j);
    json_object_end(&j);
    buf_fini(&text);
}

static void put_place(struct json_out *j, const struct inventory *inv, const struct object_state *s)
{
    const struct hotspot *h = s->kind == OBJECT_HOTSPOT ? inventory_hotspot(inv, s->id) : NULL;
    const struct device *d = s->kind == OBJECT_DEVICE ? inventory_device(inv, s->id) : NULL;
    const char *site_id = s->kind == OBJECT_SITE ? s->id : h ? h->site : d ? d->site : NULL;
    const struct site *site = inventory_site(inv, site_id);
    const char *district = h ? hotspot_district_id(inv, h) : site ? site->district : NULL;
    struct geo_point at = {0, 0};

    if (h)
        at = hotspot_position(inv, h);
    else if (site)
        at = (struct geo_point){site->lat, site->lon};
    json_string(j, "site", site_id);
    json_string(j, "district", district && district[0] ? district : NULL);
    if (at.lat != 0 || at.lon != 0) {
        json_fixed(j, "lat", at.lat, 6);
        json_fixed(j, "lon", at.lon, 6);
    } else {
        json_null(j, "lat");
        json_null(j, "lon");
    }
}

static void put_text(struct json_out *j, const char *de, const char *en)
{
    json_object_begin(j, "text");
    json_string(j, "de", de);
    json_string(j, "en", en);
    json_object_end(j);
}

static void put_state_text(struct json_out *j, const struct object_state *s)
{
    struct buf de = BUF_INIT, en = BUF_INIT;

    buf_printf(&de, "%s: %s", s->name, state_text(s->state, LANG_DE));
    buf_printf(&en, "%s: %s", s->name, state_text(s->state, LANG_EN));
    if (s->reason != REASON_NONE) {
        buf_printf(&de, " (%s)", reason_text(s->reason, LANG_DE));
        buf_printf(&en, " (%s)", reason_text(s->reason, LANG_EN));
    }
    put_text(j, de.data, en.data);
    buf_fini(&de);
    buf_fini(&en);
}

void event_json_state(const struct inventory *inv, const struct object_state *s, ns_t updated,
                      struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "id", s->id);
    json_string(&j, "name", s->name);
    put_place(&j, inv, s);
    json_string(&j, "state", state_code(s->state));
    json_string(&j, "reason", reason_code(s->reason));
    json_time(&j, "since", s->since);
    json_string(&j, "incident", s->incident[0] ? s->incident : NULL);
    json_double(&j, "clients", s->clients);
    json_time(&j, "updated", updated);
    put_state_text(&j, s);
    json_object_end(&j);
}

void event_json_daemon(const struct event_daemon *d, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "name", d->name);
    json_bool(&j, "online", d->online);
    json_string(&j, "version", d->version);
    json_time(&j, "since", d->since);
    json_time(&j, "heartbeat", d->heartbeat);
    json_object_begin(&j, "lag");
    for (size_t i = 0; i < d->lag_count; i++)
        json_fixed(&j, d->lag[i].partition, d->lag[i].seconds, 3);
    json_object_end(&j);
    json_string(&j, "config", d->config);
    json_object_end(&j);
}
