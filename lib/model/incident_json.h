/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident_json.h - an incident as it stands, in JSON: one shape for the MQTT contract
 * (docs/schemas/incident.json), the HTTP API (docs/openapi.yaml, Incident) and `netzwacht incidents`. Pure.
 */
#ifndef NW_MODEL_INCIDENT_JSON_H
#define NW_MODEL_INCIDENT_JSON_H

#include "lib/base/json_out.h"
#include "lib/model/record.h"

enum {
    INCIDENT_JSON_MEMBERS_MAX = 200, /* the rest is a number, members_more */
    INCIDENT_JSON_CHANGES_MAX = 32,
    INCIDENT_JSON_HISTORY_BYTES = 16 * 1024, /* what is beyond is a number, history_more */
};

enum incident_json_form {
    INCIDENT_JSON_MQTT, /* members without names, so that 200 of them stay far below 64 KiB */
    INCIDENT_JSON_API,  /* members with the names that the page shows */
};

/* Writes the members of an object that the caller has begun and ends; he may add his own. */
void incident_json_put(struct json_out *j, const Nw__Incident *incident, enum incident_json_form form);

#endif
