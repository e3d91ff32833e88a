/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.c - sessions by the rules of auth.h. */
#include "dashboards/auth.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

static void hash_token(const char *token, char out[SECRET_HEX_SIZE])
{
    secret_sha256(token, strlen(token), out);
}

void auth_csrf(const char *token, char out[SECRET_HEX_SIZE])
{
    char text[SECRET_HEX_SIZE + 8];

    snprintf(text, sizeof text, "csrf:%s", token);
    secret_sha256(text, strlen(text), out);
    secret_wipe(text, sizeof text);
}

void auth_session_find(struct users *u, const struct auth_limits *limits, const char *token, ns_t wall,
                       struct session *out)
{
    struct stored_session stored;
    char hash[SECRET_HEX_SIZE];

    memset(out, 0, sizeof *out);
    out->role = ROLE_PUBLIC;
    if (!token || strlen(token) != SECRET_HEX_SIZE - 1)
        return;
    hash_token(token, hash);
    if (users_session_find(u, hash, &stored) != ERR_OK || stored.role == ROLE_NONE)
        return;
    ns_t by_idle = stored.seen + limits->idle, by_age = stored.created + limits->max;
    if (wall >= by_idle || wall >= by_age) {
        if (users_session_remove(u, hash) != ERR_OK)
            log_debug("an expired session could not be removed");
        return;
    }
    if (wall - stored.seen >= MINUTES) {
        if (users_session_touch(u, hash, wall) == ERR_OK)
            by_idle = wall + limits->idle;
    }
    strx_copy(out->user, sizeof out->user, stored.user);
    out->role = stored.role;
    out->expires = by_idle < by_age ? by_idle : by_age;
    auth_csrf(token, out->csrf);
}

enum err auth_session_begin(struct users *u, const char *user, ns_t wall, char token[SECRET_HEX_SIZE])
{
    char hash[SECRET_HEX_SIZE];

    secret_token(token);
    hash_token(token, hash);
    return users_session_add(u, hash, user, wall);
}

enum err auth_session_end(struct users *u, const char *token)
{
    char hash[SECRET_HEX_SIZE];

    hash_token(token, hash);
    return users_session_remove(u, hash);
}

bool auth_origin_fits(const char *origin, const char *host)
{
    const char *at;

    if (!origin)
        return true; /* not a browser, or an old one: the token decides */
    at = strstr(origin, "://");
    return at && host && strcasecmp(at + 3, host) == 0;
}
