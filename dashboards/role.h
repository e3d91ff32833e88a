/* SPDX-License-Identifier: GPL-3.0-or-later */
/* role.h - who may do what: five roles as bits. A route lists all that may call it; nothing is inherited. */
#ifndef NW_DASHBOARDS_ROLE_H
#define NW_DASHBOARDS_ROLE_H

#include <stdbool.h>

enum role {
    ROLE_NONE = 0,
    ROLE_PUBLIC = 1, /* not logged in */
    ROLE_OPERATOR = 2,
    ROLE_NOC = 4,
    ROLE_PLANNER = 8,
    ROLE_ADMIN = 16,
};

enum {
    ROLES_STAFF = ROLE_OPERATOR | ROLE_NOC | ROLE_PLANNER | ROLE_ADMIN,
    ROLES_ALL = ROLE_PUBLIC | ROLES_STAFF,
    ROLES_ACT = ROLE_OPERATOR | ROLE_NOC | ROLE_ADMIN, /* acknowledge, comment */
    ROLES_NOC = ROLE_NOC | ROLE_ADMIN                  /* silence, close, maintenance */
};

const char *role_name(enum role r); /* "operator"; "public" for what is none */
bool role_from_name(const char *name, enum role *out);

#endif
