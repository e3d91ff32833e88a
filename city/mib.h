/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib.h - what each simulated agent has in its MIB, by family; OIDs and types as recordings of real devices
 * have them, values from the simulation. Pure. */
#ifndef NW_CITY_MIB_H
#define NW_CITY_MIB_H

#include "city/agent.h"
#include "city/sim.h"

enum family { FAMILY_UNIFI, FAMILY_ARUBAOS, FAMILY_JUNOS, FAMILY_UPS, FAMILY_LINUX, FAMILY_COUNT };

/* One agent at one moment. */
struct mib_agent {
    const struct sim *sim;
    int device;
    ns_t now;
};

enum family mib_family(enum role role);
/* The view of *a, which is borrowed and must outlive it. */
struct agent_view mib_view(struct mib_agent *a);
/* The largest message that the family's agents send. */
size_t mib_message_max(enum family family);

/* For the test of the tables: NULL, or what is wrong with the order of the family's columns. */
const char *mib_table_problem(enum family family);

#endif
