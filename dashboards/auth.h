/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.h - sessions: who a request comes from, for how long, and the token against forged requests. Pure
 * apart from users.db; the caller gives the time. */
#ifndef NW_DASHBOARDS_AUTH_H
#define NW_DASHBOARDS_AUTH_H

#include <stdbool.h>

#include "dashboards/role.h"
#include "dashboards/secret_io.h"
#include "dashboards/users_io.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

struct auth_limits {
    ns_t idle; /* ends after so long without a request */
    ns_t max;  /* ends so long after the log-in, whatever happens */
};

struct session {
    char user[USER_NAME_SIZE]; /* "" = nobody: role public */
    enum role role;
    ns_t expires; /* wall; the sooner of both limits */
    char csrf[SECRET_HEX_SIZE];
};

/* Who is it? No token, an unknown or expired one, or an account without role: nobody, which is no error.
 * Notes (at most once a minute) that the session is in use. */
void auth_session_find(struct users *u, const struct auth_limits *limits, const char *token, ns_t wall,
                       struct session *out);
/* A new session; token receives what goes into the cookie. */
enum err auth_session_begin(struct users *u, const char *user, ns_t wall,
                            char token[SECRET_HEX_SIZE]) NW_CHECKED;
enum err auth_session_end(struct users *u, const char *token) NW_CHECKED;
/* What X-CSRF-Token must say: derived from the token, so it is as secret and as short-lived. */
void auth_csrf(const char *token, char out[SECRET_HEX_SIZE]);

/* Is the Origin header (NULL: none) the site that Host names? The scheme is not compared: behind a proxy it
 * is the proxy's. */
bool auth_origin_fits(const char *origin, const char *host);

#endif
