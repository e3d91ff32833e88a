/* SPDX-License-Identifier: GPL-3.0-or-later */
/* role.c - names of roles. Pure. */
#include "dashboards/role.h"

#include <stddef.h>
#include <string.h>

static const struct {
    enum role role;
    const char *name;
} roles[] = {{ROLE_PUBLIC, "public"},
             {ROLE_OPERATOR, "operator"},
             {ROLE_NOC, "noc"},
             {ROLE_PLANNER, "planner"},
             {ROLE_ADMIN, "admin"}};

const char *role_name(enum role r)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (roles[i].role == r)
            return roles[i].name;
    return "public";
}

bool role_from_name(const char *name, enum role *out)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strcmp(roles[i].name, name) == 0) {
            *out = roles[i].role;
            return true;
        }
    }
    return false;
}
