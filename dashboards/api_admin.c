/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_admin.c - for administrators: accounts, access tokens and the audit log. */
#include <stdio.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

void api_audit_note(struct dashboard *d, const char *user, const char *address, const char *action,
                    const char *object)
{
    enum err e = users_audit(d->users, loop_wall(d->loop), user, address, action, object);

    if (e)
        log_error("the audit log cannot be written: %s", err_text(e));
}

/* ---- accounts ---- */

void api_users(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e = users_each(c->dashboard->users, auth_user_json, &j);
    json_array_end(&j);
    json_null(&j, "next");
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}

/* ---- access tokens ---- */

void api_tokens(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e = users_token_each(c->dashboard->users, auth_token_json, &j);
    json_array_end(&j);
    json_null(&j, "next");
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}

/* *problem stays NULL if the body is all that a token needs. */
static void read_token(const struct json_body *body, ns_t wall, struct access_token *out,
                       const char **problem)
{
    const char *name = json_body_text(body, "name", AUTH_TOKEN_NAME_MAX);
    const char *role = json_body_text(body, "role", 16), *scope = json_body_text(body, "scope", 8);
    const char *expires = json_body_text(body, "expires", 40);

    *out = (struct access_token){.created = wall, .expires = wall + AUTH_TOKEN_DAYS_DEFAULT * DAYS};
    if (!name || !strx_is_id(name))
        *problem = "name: a-z, 0-9, dot, dash, underscore, at most 58";
    else if (!role || !auth_token_role(role, &out->role))
        *problem = "role: operator, noc or planner";
    else if (scope && strcmp(scope, "read") != 0 && strcmp(scope, "write") != 0)
        *problem = "scope: read or write";
    else if (expires && (timex_parse(expires, &out->expires) != ERR_OK || out->expires <= wall ||
                         out->expires > wall + AUTH_TOKEN_DAYS_MAX * DAYS))
        *problem = "expires: a time as RFC 3339, at most ten years ahead";
    if (*problem)
        return;
    strx_copy(out->name, sizeof out->name, name);
    out->may_change = scope && strcmp(scope, "write") == 0;
}

static void issue(struct api_call *c, const struct access_token *wanted)
{
    struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;
    struct json_out j;
    char token[SECRET_HEX_SIZE];
    enum err e = auth_token_issue(d->users, wanted, token);

    if (e == ERR_EXISTS) {
        api_problem(c, 409, "exists", "There is a token of that name",
                    "Revoke it first, or choose another name.");
        return;
    }
    if (e) {
        api_problem_err(c, e);
        return;
    }
    api_audit_note(d, c->session.user, http_request_address(c->request), "token added", wanted->name);
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "token", token);
    json_object_end(&j);
    api_reply(c, 201, NULL, &b);
    secret_wipe(token, sizeof token);
}

void api_token_issue(struct api_call *c)
{
    struct json_body *body = NULL;
    struct access_token wanted;
    const char *problem = NULL;
    size_t len;
    const char *text = http_request_body(c->request, &len);

    if (json_body_parse(text, len, &body) != ERR_OK)
        problem = "expected a JSON object";
    else
        read_token(body, loop_wall(c->dashboard->loop), &wanted, &problem);
    json_body_free(body);
    if (problem)
        api_problem(c, 400, "bad-request", "The body is wrong", "%s.", problem);
    else
        issue(c, &wanted);
}

void api_token_revoke(struct api_call *c)
{
    enum err e = users_token_remove(c->dashboard->users, c->param);

    if (e) {
        api_problem_err(c, e);
        return;
    }
    api_audit_note(c->dashboard, c->session.user, http_request_address(c->request), "token revoked",
                   c->param);
    api_reply_empty(c, 204, NULL, 0);
}

/* ---- audit log ---- */

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
