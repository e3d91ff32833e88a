/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_session.c - log in, log out, who am I; accounts and the audit log for administrators.
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
    json_string(&j, "csrf", is_public ? NULL : c->session.csrf);
    json_time(&j, "expires", is_public ? 0 : c->session.expires);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

static void audit(struct dashboard *d, const char *user, const char *address, const char *action,
                  const char *object)
{
    enum err e = users_audit(d->users, loop_wall(d->loop), user, address, action, object);

    if (e)
        log_error("the audit log cannot be written: %s", err_text(e));
}

/* ---- log in ---- */

/* Lives until the worker is done, which may be after the request. */
struct login {
    struct api_call *call; /* NULL: the client went away */
    struct dashboard *dashboard;
    char user[USER_NAME_SIZE], address[HTTP_ADDRESS_SIZE];
    char hash[SECRET_PASSWORD_HASH_SIZE];
    char password[USER_PASSWORD_MAX + 1];
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
    bool is_tls = http_server_is_tls(c->dashboard->http);

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
    audit(d, l->user, l->address, "login", "");
    reply_with_cookie(l->call, token);
    secret_wipe(token, sizeof token);
}

static void on_compared(void *ctx)
{
    struct login *l = ctx;

    if (l->call) {
        l->call->abandon = NULL;
        if (l->is_right) {
            log_in(l);
        } else {
            l->dashboard->stats.logins_refused++;
            audit(l->dashboard, l->is_known ? l->user : "", l->address, "login refused", "");
            api_problem(l->call, 401, "login-failed", "Wrong user or password",
                        "Check both; `netzwacht user passwd NAME` sets a new password.");
        }
    }
    login_free(l);
}

static bool is_throttled(struct api_call *c, const char *user, const char *address)
{
    struct dashboard *d = c->dashboard;
    ns_t mono = loop_mono(d->loop), wait = 0;

    if (throttle_take(d->by_address, address, mono, &wait) && throttle_take(d->by_account, user, mono, &wait))
        return false;
    d->stats.logins_throttled++;
    snprintf(c->retry_after, sizeof c->retry_after, "%lld", (long long)(wait / SECONDS + 1));
    api_problem(c, 429, "too-many-logins", "Too many tries", "Try again in %s seconds.", c->retry_after);
    return true;
}

static enum err read_login(struct api_call *c, struct login *l)
{
    struct json_body *body = NULL;
    size_t len;
    const char *text = http_request_body(c->request, &len);
    enum err e = json_body_parse(text, len, &body);
    const char *user = e ? NULL : json_body_text(body, "user", USER_NAME_SIZE - 1);
    const char *password = e ? NULL : json_body_text(body, "password", USER_PASSWORD_MAX);

    if (user && password) {
        strx_copy(l->user, sizeof l->user, user);
        strx_copy(l->password, sizeof l->password, password);
    } else {
        e = ERR_MALFORMED;
    }
    json_body_free(body);
    return e;
}

void api_session_post(struct api_call *c)
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
    if (read_login(c, l) != ERR_OK) {
        api_problem(c, 400, "bad-request", "The body is wrong",
                    "Expected {\"user\": text, \"password\": text}.");
        login_free(l);
        return;
    }
    if (is_throttled(c, l->user, l->address)) {
        login_free(l);
        return;
    }
    l->is_known = users_find(d->users, l->user, &user) == ERR_OK && user.role != ROLE_NONE;
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

void api_session_delete(struct api_call *c)
{
    enum err e = auth_session_end(c->dashboard->users, c->token);

    if (e) {
        api_problem_err(c, e);
        return;
    }
    audit(c->dashboard, c->session.user, http_request_address(c->request), "logout", "");
    reply_with_cookie(c, "");
}

/* ---- administration ---- */

static void put_user(void *ctx, const struct user *user)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_string(j, "user", user->name);
    json_string(j, "role", role_name(user->role));
    json_time(j, "created", user->created);
    json_time(j, "last_login", user->last_login);
    json_int(j, "sessions", user->sessions);
    json_object_end(j);
}

void api_users(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e = users_each(c->dashboard->users, put_user, &j);
    json_array_end(&j);
    json_null(&j, "next");
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}

struct audit_page {
    struct json_out *j;
    int64_t limit, given, last;
    bool has_more;
};

static bool put_entry(void *ctx, const struct audit_entry *entry)
{
    struct audit_page *p = ctx;

    if (p->given == p->limit) {
        p->has_more = true;
        return false;
    }
    json_object_begin(p->j, NULL);
    json_int(p->j, "number", entry->number);
    json_time(p->j, "at", entry->at);
    json_string(p->j, "user", entry->user);
    json_string(p->j, "address", entry->address);
    json_string(p->j, "action", entry->action);
    json_string(p->j, "object", entry->object);
    json_object_end(p->j);
    p->last = entry->number;
    p->given++;
    return true;
}

void api_audit(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    struct audit_page p = {.j = &j};
    int64_t before, broken = 0;
    char next[24];

    if (!api_param_int(c, "limit", 1, 1000, 100, &p.limit) ||
        !api_param_int(c, "cursor", 0, INT64_MAX / 2, 0, &before))
        return;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e = users_audit_each(c->dashboard->users, before, p.limit + 1, put_entry, &p);
    if (e == ERR_OK)
        e = users_audit_verify(c->dashboard->users, &broken);
    json_array_end(&j);
    snprintf(next, sizeof next, "%lld", (long long)p.last);
    json_string(&j, "next", p.has_more ? next : NULL);
    json_bool(&j, "intact", broken == 0);
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}
