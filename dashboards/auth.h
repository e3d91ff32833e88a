/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.h - sessions and access tokens: who a request comes from, for how long, and the token against forged
 * requests. Pure apart from users.db; the caller gives the time. */
#ifndef NW_DASHBOARDS_AUTH_H
#define NW_DASHBOARDS_AUTH_H

#include <stdbool.h>

#include "dashboards/role.h"
#include "dashboards/secret_io.h"
#include "dashboards/users_io.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum {
    AUTH_WHO_SIZE = USER_NAME_SIZE + 6,
    AUTH_TOKEN_NAME_MAX = 58,
    AUTH_TOKEN_DAYS_DEFAULT = 365,
    AUTH_TOKEN_DAYS_MAX = 3650
};

struct auth_limits {
    ns_t idle; /* ends after so long without a request */
    ns_t max;  /* ends so long after the log-in, whatever happens */
};

struct session {
    char user[AUTH_WHO_SIZE]; /* a user, or "token:" and the name of an access token; "" = nobody: role public
                               */
    enum role role;
    bool may_change; /* false: GET and HEAD alone */
    ns_t expires;    /* wall; the sooner of both limits */
    char csrf[SECRET_HEX_SIZE];
};

/* Who is it? token is that of a session or an access token. None, an unknown or expired one, or an account
 * without role: nobody, which is no error. Notes (at most once a minute) that it is in use. */
void auth_session_find(struct users *u, const struct auth_limits *limits, const char *token, ns_t wall,
                       struct session *out);
/* A new session; token receives what goes into the cookie. */
enum err auth_session_begin(struct users *u, const char *user, ns_t wall,
                            char token[SECRET_HEX_SIZE]) NW_CHECKED;
enum err auth_session_end(struct users *u, const char *token) NW_CHECKED;
/* Fills in a new access token, "nwt_" and 60 hexadecimal digits (240 random bits), whose hash alone is kept.
 * ERR_EXISTS. */
enum err auth_token_issue(struct users *u, const struct access_token *wanted,
                          char token[SECRET_HEX_SIZE]) NW_CHECKED;
/* The roles that a token can have: all but public and admin, administrators are people. */
bool auth_token_role(const char *name, enum role *out);
bool auth_is_access_token(const char *token);
/* For users_each(): one object of the array that ctx, a struct json_out, is in; nothing secret. */
void auth_user_json(void *ctx, const struct user *user);
/* For users_token_each(): one object of the array that ctx, a struct json_out, is in. */
void auth_token_json(void *ctx, const struct access_token *token);
/* The token of "Authorization: Bearer TOKEN" (RFC 6750 section 2.1); false: header is NULL or something else.
 */
bool auth_bearer(const char *header, char token[SECRET_HEX_SIZE]);
/* What X-CSRF-Token must say: derived from the token, so it is as secret and as short-lived. */
void auth_csrf(const char *token, char out[SECRET_HEX_SIZE]);

/* Is the Origin header (NULL: none) the site that Host names? The scheme is not compared: behind a proxy it
 * is the proxy's. */
bool auth_origin_fits(const char *origin, const char *host);

#endif
