/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo_plan.h - what a demo run needs before anything starts: ports, passwords, configuration files. */
#ifndef NW_CLI_DEMO_PLAN_H
#define NW_CLI_DEMO_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { DEMO_USERS = 4, DEMO_PASSWORD_SIZE = 20 };

extern const char *const demo_user_names[DEMO_USERS]; /* also their roles */

struct demo_plan {
    /* asked for */
    unsigned hotspots, nodes, days;
    uint16_t http_port;
    uint64_t seed;
    /* found */
    char dir[64];    /* the demo's own, removed at the end */
    char config[96]; /* <dir>/netzwacht.yaml */
    uint16_t mqtt_port, snmp_port, portal_port, portal_tls_port, dns_port;
    char passwords[DEMO_USERS][DEMO_PASSWORD_SIZE];
    char mqtt_password[DEMO_PASSWORD_SIZE], noc_password[DEMO_PASSWORD_SIZE];
};

/* Makes dir, chooses ports (those asked for, or the next free ones) and passwords. */
enum err demo_plan_init(struct demo_plan *p) NW_CHECKED;

/* netzwacht.yaml, the broker's configuration, password and ACL files. Needs dir/city as `netzwacht-city init`
 * left it. */
enum err demo_plan_write(const struct demo_plan *p) NW_CHECKED;

#endif
