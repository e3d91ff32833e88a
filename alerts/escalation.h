/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escalation.h - the schema of the rules' `escalations`, and what it names outside the rules. Pure. */
#ifndef NW_ALERTS_ESCALATION_H
#define NW_ALERTS_ESCALATION_H

#include "alerts/rules.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

extern const struct conf_schema escalation_schema;
/* What the table cannot say; fills in what is derived. */
void escalation_check(struct conf_list *escalations, struct conf_report *report);
/* Channels that netzwacht.yaml does not have, sites that the inventory does not have. inv may be NULL: sites
 * are believed. ERR_CONFIG: something was reported. report: the one that the rules were read with. */
enum err escalation_check_names(const struct rules *r, const struct settings *s, const struct inventory *inv,
                                struct conf_report *report) NW_CHECKED;

#endif
