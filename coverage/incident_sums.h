/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident_sums.h - how many user-minutes incidents took, by cause, district and site. Pure. */
#ifndef NW_COVERAGE_INCIDENT_SUMS_H
#define NW_COVERAGE_INCIDENT_SUMS_H

#include "lib/base/csv_out.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"

struct incident_sums; /* opaque */

/* inventory: borrowed. */
enum err incident_sums_new(const struct inventory *inventory, struct incident_sums **out) NW_CHECKED;
void incident_sums_free(struct incident_sums *s);
/* Counts it for its type, and for each district and site of its hotspots that share its user-minutes by their
 * number: what an incident cost is known as a whole alone. */
enum err incident_sums_add(struct incident_sums *s, const Nw__Incident *incident) NW_CHECKED;
/* Rows by, id, name, from, to, incidents, user_minutes; by: "type", "district", "site". Those without a
 * hotspot, or whose place is not known, have no place. */
void incident_sums_csv(const struct incident_sums *s, ns_t from, ns_t to, struct csv_out *csv);

#endif
