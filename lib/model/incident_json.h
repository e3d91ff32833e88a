/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident_json.h - an incident as it stands, in JSON: one shape for the MQTT contract
 * (docs/schemas/incident.json), the HTTP API (docs/openapi.yaml, Incident) and `netzwacht incidents`. Pure.
 */
#ifndef NW_MODEL_INCIDENT_JSON_H
#define NW_MODEL_INCIDENT_JSON_H

#include "lib/base/json_out.h"
#include "lib/model/record.h"
#include "lib/model/state.h"

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

/* What to check first, one step a line: the site's own words, else those that are shipped; "" if the type is
 * not known. Borrowed from the incident or the program. */
const char *incident_runbook(const Nw__Incident *incident, enum language lang);
/* The same in both languages as member `runbook_text`; it is left out of lists. */
void incident_json_put_runbook(struct json_out *j, const Nw__Incident *incident);

#endif
