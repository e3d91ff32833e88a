/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routes.h - one table: method, path, roles, handler. What is not in it does not exist; who is not named may
 * not. Pure: matching only. docs/openapi.yaml says the same to people, tests compare the two. */
#ifndef NW_DASHBOARDS_ROUTES_H
#define NW_DASHBOARDS_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "dashboards/http_io.h"
#include "dashboards/role.h"

struct api_call;
typedef void route_fn(struct api_call *c);

enum { ROUTE_PARAM_SIZE = 128 };

struct route {
    enum http_method method; /* GET answers HEAD too */
    const char *path; /* one "{id}" at most; a last "*" matches the rest, also with slashes, also nothing */
    unsigned roles;   /* enum role, or'ed */
    route_fn *handler;
};

enum route_verdict {
    ROUTE_FOUND,
    ROUTE_NO_PATH,   /* 404 */
    ROUTE_NO_METHOD, /* 405 */
    ROUTE_LOG_IN,    /* 401: not for the public */
    ROUTE_FORBIDDEN  /* 403: not for this role */
};

extern const struct route routes[];
size_t routes_count(void);

/* param receives what stands for {id} or *, "" if there is neither. *out is set for all but ROUTE_NO_PATH. A
 * path that the public cannot see is ROUTE_LOG_IN for it, whether it exists or not, below /api/. */
enum route_verdict routes_find(enum http_method method, const char *path, enum role role,
                               const struct route **out, char param[ROUTE_PARAM_SIZE]);

#endif
