/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.c - sessions and access tokens by the rules of auth.h. */
#include "dashboards/auth.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

#define ACCESS_TOKEN_PREFIX "nwt_"

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

bool auth_is_access_token(const char *token)
{
    return strx_starts_with(token, ACCESS_TOKEN_PREFIX);
}

bool auth_token_role(const char *name, enum role *out)
{
    return role_from_name(name, out) && *out != ROLE_PUBLIC && *out != ROLE_ADMIN;
}

enum err auth_token_issue(struct users *u, const struct access_token *wanted, char token[SECRET_HEX_SIZE])
{
    char hash[SECRET_HEX_SIZE];

    secret_token(token);
    memcpy(token, ACCESS_TOKEN_PREFIX, strlen(ACCESS_TOKEN_PREFIX));
    hash_token(token, hash);
    return users_token_add(u, wanted, hash);
}

bool auth_bearer(const char *header, char token[SECRET_HEX_SIZE])
{
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    header += 7;
    header += strspn(header, " ");
    return strx_copy(token, SECRET_HEX_SIZE, header) && auth_is_access_token(token);
}

void auth_user_json(void *ctx, const struct user *user)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_string(j, "user", user->name);
    json_string(j, "role", role_name(user->role));
    json_time(j, "created", user->created);
    json_time(j, "last_login", user->last_login);
    json_bool(j, "has_second_factor", user->totp[0] != '\0');
    json_int(j, "sessions", user->sessions);
    json_object_end(j);
}

void auth_token_json(void *ctx, const struct access_token *token)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_string(j, "name", token->name);
    json_string(j, "role", role_name(token->role));
    json_string(j, "scope", token->may_change ? "write" : "read");
    json_time(j, "created", token->created);
    json_time(j, "expires", token->expires);
    json_time(j, "last_used", token->last_used);
    json_object_end(j);
}

static void find_access_token(struct users *u, const char *hash, ns_t wall, struct session *out)
{
    struct access_token token;

    if (users_token_find(u, hash, &token) != ERR_OK || token.role == ROLE_NONE || wall >= token.expires)
        return;
    if (wall - token.last_used >= MINUTES && users_token_touch(u, token.name, wall) != ERR_OK)
        log_debug("the use of access token %s could not be noted", token.name);
    snprintf(out->user, sizeof out->user, "token:%s", token.name);
    out->role = token.role;
    out->may_change = token.may_change;
    out->expires = token.expires;
}

static void find_log_in(struct users *u, const struct auth_limits *limits, const char *hash, ns_t wall,
                        struct session *out)
{
    struct stored_session stored;

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
    out->may_change = true;
    out->expires = by_idle < by_age ? by_idle : by_age;
}

void auth_session_find(struct users *u, const struct auth_limits *limits, const char *token, ns_t wall,
                       struct session *out)
{
    char hash[SECRET_HEX_SIZE];

    memset(out, 0, sizeof *out);
    out->role = ROLE_PUBLIC;
    if (!token || strlen(token) != SECRET_HEX_SIZE - 1)
        return;
    hash_token(token, hash);
    if (auth_is_access_token(token))
        find_access_token(u, hash, wall, out);
    else
        find_log_in(u, limits, hash, wall, out);
    if (out->role != ROLE_PUBLIC)
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
