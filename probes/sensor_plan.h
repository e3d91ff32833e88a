/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor_plan.h - the plan of a parser from inventory and settings. Pure. */
#ifndef NW_PROBES_SENSOR_PLAN_H
#define NW_PROBES_SENSOR_PLAN_H

#include "lib/model/inventory.h"
#include "lib/model/settings.h"
#include "probes/passive.h"

/* Hotspot i of the inventory is i + 1 of the plan. ERR_CONFIG: something does not fit; it is logged. */
enum err sensor_plan_make(const struct settings *settings, const struct inventory *inventory,
                          struct passive_plan **out) NW_CHECKED;

#endif
