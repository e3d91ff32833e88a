/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_session.c - log in, log out, who am I.
 *
 * A log-in: throttle by address and by account -> hash compared in the worker -> session. An unknown user
 * costs the same work as a known one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "dashboards/secret_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

void api_session_get(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    bool is_public = c->session.role == ROLE_PUBLIC;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "user", is_public ? NULL : c->session.user);
    json_string(&j, "role", role_name(c->session.role));
    json_bool(&j, "may_change", c->session.may_change);
    json_string(&j, "csrf", is_public ? NULL : c->session.csrf);
    json_time(&j, "expires", is_public ? 0 : c->session.expires);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

/* ---- log in ---- */

/* Lives until the worker is done, which may be after the request. */
struct login {
    struct api_call *call; /* NULL: the client went away */
    struct dashboard *dashboard;
    char user[USER_NAME_SIZE], address[HTTP_ADDRESS_SIZE];
    char hash[SECRET_PASSWORD_HASH_SIZE];
    char password[USER_PASSWORD_MAX + 1];
    char code[TOTP_CODE_SIZE], totp[TOTP_SECRET_SIZE];
    int64_t totp_step;
    enum role role;
    bool is_known, is_right;
};

static void login_free(struct login *l)
{
    secret_wipe(l, sizeof *l);
    free(l);
}

static void on_abandoned(struct api_call *c NW_UNUSED, void *p)
{
    struct login *l = p;

    l->call = NULL;
}

static void compare(void *ctx)
{
    struct login *l = ctx;
    bool fits = secret_password_verify(l->hash, l->password);

    l->is_right = fits && l->is_known;
}

static void reply_with_cookie(struct api_call *c, const char *token)
{
    struct http_header header;
    char cookie[160];
    bool is_tls = http_request_is_tls(c->request);

    snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
             is_tls ? "__Host-nw_session" : "nw_session", token, is_tls ? "; Secure" : "",
             token[0] ? "" : "; Max-Age=0");
    header = (struct http_header){"Set-Cookie", cookie};
    api_reply_empty(c, 204, &header, 1);
    secret_wipe(cookie, sizeof cookie);
}

static void log_in(struct login *l)
{
    struct dashboard *d = l->dashboard;
    ns_t wall = loop_wall(d->loop);
    char token[SECRET_HEX_SIZE];
    enum err e = ERR_OK;

    throttle_give_back(d->by_account, l->user, loop_mono(d->loop));
    throttle_give_back(d->by_address, l->address, loop_mono(d->loop));
    if (l->call->token[0]) /* the session before ends: one browser, one session */
        e = auth_session_end(d->users, l->call->token);
    if (e == ERR_OK)
        e = users_session_expire(d->users, wall - d->settings->dashboard.session_max,
                                 wall - d->settings->dashboard.session_idle);
    if (e == ERR_OK)
        e = auth_session_begin(d->users, l->user, wall, token);
    if (e == ERR_OK)
        e = users_touch_login(d->users, l->user, wall);
    if (e) {
        api_problem_err(l->call, e);
        return;
    }
    api_audit_note(d, l->user, l->address, "login", "");
    reply_with_cookie(l->call, token);
    secret_wipe(token, sizeof token);
}

static void refuse(struct login *l, const char *kind, const char *title, const char *advice)
{
    l->dashboard->stats.logins_refused++;
    api_audit_note(l->dashboard, l->is_known ? l->user : "", l->address, "login refused", "");
    api_problem(l->call, 401, kind, title, "%s", advice);
}

/* false: answered. A good code is spent before it opens anything. */
static bool has_second_factor(struct login *l)
{
    struct dashboard *d = l->dashboard;

    if (!l->totp[0]) {
        if (l->role != ROLE_ADMIN || !d->settings->dashboard.admin_second_factor)
            return true;
        refuse(l, "second-factor-missing", "Administrators need a second factor",
               "`netzwacht user totp NAME` on the server sets one up.");
        return false;
    }
    if (!l->code[0]) {
        api_problem(l->call, 401, "second-factor", "The second factor is missing",
                    "Send the authenticator app's six digits as `code`.");
        return false;
    }
    if (totp_verify(l->totp, l->code, loop_wall(d->loop), &l->totp_step) &&
        users_totp_taken(d->users, l->user, l->totp_step) == ERR_OK)
        return true;
    refuse(l, "second-factor-wrong", "The code is wrong or was used before",
           "Wait for the next one, and compare the clocks of server and phone.");
    return false;
}

static void on_compared(void *ctx)
{
    struct login *l = ctx;

    if (l->call) {
        l->call->abandon = NULL;
        if (!l->is_right)
            refuse(l, "login-failed", "Wrong user or password",
                   "Check both; `netzwacht user passwd NAME` sets a new password.");
        else if (has_second_factor(l))
            log_in(l);
    }
    login_free(l);
}

/* user NULL: by address alone. */
static bool is_throttled(struct api_call *c, const char *user, const char *address)
{
    struct dashboard *d = c->dashboard;
    ns_t mono = loop_mono(d->loop), wait = 0;

    if (throttle_take(d->by_address, address, mono, &wait) &&
        (!user || throttle_take(d->by_account, user, mono, &wait)))
        return false;
    d->stats.logins_throttled++;
    snprintf(c->retry_after, sizeof c->retry_after, "%lld", (long long)(wait / SECONDS + 1));
    api_problem(c, 429, "too-many-logins", "Too many tries", "Try again in %s seconds.", c->retry_after);
    return true;
}

/* A wall screen has no Authorization header in its event stream: its access token becomes the cookie. */
static void adopt_token(struct api_call *c, const char *token)
{
    struct dashboard *d = c->dashboard;
    const struct auth_limits no_limits = {0};
    const char *address = http_request_address(c->request);
    struct session session = {0};

    if (is_throttled(c, NULL, address))
        return;
    if (auth_is_access_token(token))
        auth_session_find(d->users, &no_limits, token, loop_wall(d->loop), &session);
    if (!session.user[0]) {
        d->stats.logins_refused++;
        api_audit_note(d, "", address, "token refused", "");
        api_problem(c, 401, "login-failed", "Unknown or expired access token",
                    "`netzwacht token add` issues a new one.");
        return;
    }
    throttle_give_back(d->by_address, address, loop_mono(d->loop));
    api_audit_note(d, session.user, address, "login", "");
    reply_with_cookie(c, token);
}

static enum err read_login(const struct json_body *body, struct login *l)
{
    const char *user = json_body_text(body, "user", USER_NAME_SIZE - 1);
    const char *password = json_body_text(body, "password", USER_PASSWORD_MAX);

    if (!user || !password)
        return ERR_MALFORMED;
    strx_copy(l->user, sizeof l->user, user);
    strx_copy(l->password, sizeof l->password, password);
    const char *code = json_body_text(body, "code", TOTP_DIGITS);
    strx_copy(l->code, sizeof l->code, code ? code : "");
    return ERR_OK;
}

static void compare_password(struct api_call *c, const struct json_body *body)
{
    struct dashboard *d = c->dashboard;
    struct login *l = calloc(1, sizeof *l);
    struct user user;
    enum err e;

    if (!l) {
        api_no_memory(c);
        return;
    }
    l->call = c;
    l->dashboard = d;
    strx_copy(l->address, sizeof l->address, http_request_address(c->request));
    if (read_login(body, l) != ERR_OK) {
        api_problem(c, 400, "bad-request", "The body is wrong",
                    "Expected {\"user\": text, \"password\": text} or {\"token\": text}.");
        login_free(l);
        return;
    }
    if (is_throttled(c, l->user, l->address)) {
        login_free(l);
        return;
    }
    l->is_known = users_find(d->users, l->user, &user) == ERR_OK && user.role != ROLE_NONE;
    if (l->is_known) {
        strx_copy(l->totp, sizeof l->totp, user.totp);
        l->totp_step = user.totp_step;
        l->role = user.role;
    }
    strx_copy(l->hash, sizeof l->hash, l->is_known ? user.password_hash : secret_password_nobody());
    c->abandon = on_abandoned;
    c->pending = l;
    e = worker_run(d->worker, compare, on_compared, l);
    if (e) {
        c->abandon = NULL;
        login_free(l);
        d->stats.logins_throttled++;
        api_problem(c, 429, "too-many-logins", "Too many log-ins at once", "Try again in a few seconds.");
    }
}

void api_session_post(struct api_call *c)
{
    struct json_body *body = NULL;
    size_t len;
    const char *text = http_request_body(c->request, &len);

    if (json_body_parse(text, len, &body) != ERR_OK) {
        api_problem(c, 400, "bad-request", "The body is wrong", "Expected a JSON object.");
        return;
    }
    const char *token = json_body_text(body, "token", SECRET_HEX_SIZE - 1);
    if (token)
        adopt_token(c, token);
    else
        compare_password(c, body);
    json_body_free(body);
}

void api_session_delete(struct api_call *c)
{
    enum err e = auth_session_end(c->dashboard->users, c->token);

    if (e) {
        api_problem_err(c, e);
        return;
    }
    api_audit_note(c->dashboard, c->session.user, http_request_address(c->request), "logout", "");
    reply_with_cookie(c, "");
}
