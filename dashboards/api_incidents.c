/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_incidents.c - incidents, and what operators do about them. A POST writes a Command to the journal
 * (synced) and answers 202; alerts executes it and answers with an Outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/incident_json.h"

enum { PERSON_MAX = 128 };

/* ---- lists ---- */

struct incident_page {
    struct json_out *j;
    int64_t limit, given;
    uint64_t last;
    bool has_more;
};

static bool put_incident(void *ctx, uint64_t row, const Nw__Incident *incident)
{
    struct incident_page *p = ctx;

    if (p->given == p->limit) {
        p->has_more = true;
        return false;
    }
    json_object_begin(p->j, NULL);
    incident_json_put(p->j, incident, INCIDENT_JSON_API);
    json_object_end(p->j);
    p->last = row;
    p->given++;
    return true;
}

static bool read_filter(struct api_call *c, struct history_filter *f)
{
    const char *status = api_param(c, "status");

    f->open = !status || strcmp(status, "all") == 0 ? -1 : strcmp(status, "open") == 0;
    if (status && f->open == 0 && strcmp(status, "closed") != 0) {
        api_bad_parameter(c, "status", "open, closed or all");
        return false;
    }
    f->severity = api_param(c, "severity");
    f->type = api_param(c, "type");
    f->operator_state = api_param(c, "operator");
    f->member = api_param(c, "member");
    return api_param_q(c, &f->text);
}

void api_incidents(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    struct incident_page p = {.j = &j};
    struct history_filter f = {0};
    int64_t before;
    char next[24];

    if (!read_filter(c, &f) || !api_param_int(c, "limit", 1, 1000, 100, &p.limit) ||
        !api_param_int(c, "cursor", 0, INT64_MAX / 2, 0, &before))
        return;
    f.before = (uint64_t)before;
    f.limit = (size_t)p.limit + 1;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e = history_incidents(c->dashboard->history, &f, put_incident, &p);
    json_array_end(&j);
    snprintf(next, sizeof next, "%llu", (unsigned long long)p.last);
    json_string(&j, "next", p.has_more ? next : NULL);
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}

static void put_event(void *ctx, const struct history_event *event)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_time(j, "at", event->at);
    json_string(j, "event", event->event);
    json_string(j, "severity", event->severity);
    json_int(j, "members", event->members);
    api_json_id(j, "by", event->by);
    api_json_id(j, "comment", event->comment);
    json_object_end(j);
}

void api_incident(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    Nw__Incident *incident = NULL;
    enum err e = history_incident(c->dashboard->history, c->param, &incident);

    if (e) {
        api_problem_err(c, e);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    incident_json_put(&j, incident, INCIDENT_JSON_API);
    incident_json_put_runbook(&j, incident);
    json_array_begin(&j, "log");
    e = history_incident_log(c->dashboard->history, c->param, put_event, &j);
    json_array_end(&j);
    json_object_end(&j);
    nw__incident__free_unpacked(incident, NULL);
    api_reply_or_problem(c, e, &b);
}

/* ---- commands ---- */

static bool is_command_id(const char *id)
{
    size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return len > 0 && len <= 64 && id[len] == '\0';
}

static bool is_known(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command NW_UNUSED)
{
    *(bool *)ctx = true;
    return false;
}

void api_reply_accepted(struct api_call *c, const char *id)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "command", id);
    json_object_end(&j);
    api_reply(c, 202, NULL, &b);
}

/* To the journal first, then everything that may fail without harm. */
static enum err append_command(struct api_call *c, Nw__Command *command)
{
    struct dashboard *d = c->dashboard;
    ns_t wall = loop_wall(d->loop);
    Nw__Record record = NW__RECORD__INIT;
    enum err e;

    command->by = c->session.user;
    command->via = (char *)(uintptr_t) "dashboard";
    record.body_case = NW__RECORD__BODY_COMMAND;
    record.command = command;
    e = d->append(d->append_ctx, &record);
    if (e)
        return e;
    if (history_put_command(d->history, wall, command) != ERR_OK)
        log_warning("history.db: command %s is known only when it is read back", command->id);
    if (users_audit(d->users, wall, c->session.user, http_request_address(c->request), command->verb,
                    command->target) != ERR_OK)
        log_error("the audit log cannot be written");
    return ERR_OK;
}

void api_submit(struct api_call *c, Nw__Command *command)
{
    const char *key = http_request_header(c->request, "Idempotency-Key");
    char id[SECRET_HEX_SIZE];
    bool is_repeated = false;
    enum err e;

    if (key && !is_command_id(key)) {
        api_bad_parameter(c, "Idempotency-Key", "1 to 64 of A-Z a-z 0-9 . _ -");
        return;
    }
    secret_token(id);
    id[32] = '\0';
    command->id = (char *)(uintptr_t)(key ? key : id);
    e = key ? history_command(c->dashboard->history, key, is_known, &is_repeated) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND)
        e = append_command(c, command);
    if (e)
        api_problem_err(c, e);
    else
        api_reply_accepted(c, command->id);
}

/* comment and until of the body; false: answered. */
static bool read_comment(struct api_call *c, struct json_body **body, const char **comment, ns_t *until)
{
    size_t len;
    const char *text = http_request_body(c->request, &len);
    enum err e = json_body_parse(text, len, body);
    const char *time = e ? NULL : json_body_text(*body, "until", 64);

    *until = 0;
    if (e || (time && timex_parse(time, until) != ERR_OK)) {
        api_problem(
            c, 400, "bad-request", "The body is wrong",
            "Expected {\"comment\": text of at most 1000 characters, \"until\": time}; both optional.");
        return false;
    }
    *comment = json_body_text(*body, "comment", API_COMMENT_MAX);
    return true;
}

static bool incident_exists(struct api_call *c)
{
    Nw__Incident *incident = NULL;
    enum err e = history_incident(c->dashboard->history, c->param, &incident);

    nw__incident__free_unpacked(incident, NULL);
    if (e)
        api_problem_err(c, e);
    return e == ERR_OK;
}

/* to: who looks after it from now on. */
void api_incident_assign(struct api_call *c)
{
    Nw__Command command = NW__COMMAND__INIT;
    struct json_body *body = NULL;
    const char *comment = NULL, *to;
    ns_t until;

    if (!incident_exists(c))
        return;
    if (!read_comment(c, &body, &comment, &until)) {
        json_body_free(body);
        return;
    }
    to = json_body_text(body, "to", PERSON_MAX);
    if (!to || !to[0]) {
        api_bad_parameter(c, "to", "a text: who?");
    } else {
        command.verb = (char *)(uintptr_t) "assign";
        command.target = c->param;
        command.to = (char *)(uintptr_t)to;
        command.comment = (char *)(uintptr_t)(comment ? comment : "");
        api_submit(c, &command);
    }
    json_body_free(body);
}

static void act(struct api_call *c, const char *verb, bool needs_comment, bool needs_until)
{
    Nw__Command command = NW__COMMAND__INIT;
    struct json_body *body = NULL;
    const char *comment = NULL;
    ns_t until = 0, now = loop_wall(c->dashboard->loop);

    if (!incident_exists(c))
        return;
    if (!read_comment(c, &body, &comment, &until)) {
        json_body_free(body);
        return;
    }
    if (needs_comment && (!comment || !comment[0])) {
        api_bad_parameter(c, "comment", "a text: why?");
    } else if (needs_until && (until <= now || until > now + DAYS)) {
        api_bad_parameter(c, "until", "a time within the next 24 hours");
    } else {
        command.verb = (char *)(uintptr_t)verb;
        command.target = c->param;
        command.comment = (char *)(uintptr_t)(comment ? comment : "");
        command.until = (uint64_t)until;
        api_submit(c, &command);
    }
    json_body_free(body);
}

void api_incident_acknowledge(struct api_call *c)
{
    act(c, "acknowledge", false, false);
}

void api_incident_comment(struct api_call *c)
{
    act(c, "comment", true, false);
}

void api_incident_unshelve(struct api_call *c)
{
    act(c, "unshelve", false, false);
}

void api_incident_shelve(struct api_call *c)
{
    act(c, "shelve", true, true);
}

void api_incident_close(struct api_call *c)
{
    act(c, "close", false, false);
}

static bool put_command(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_string(j, "id", command->id);
    json_string(j, "verb", command->verb);
    json_string(j, "target", command->target);
    json_string(j, "by", command->by);
    json_time(j, "at", command->at);
    json_string(j, "outcome", command->outcome);
    api_json_id(j, "problem", command->problem);
    json_time(j, "finished", command->finished);
    json_object_end(j);
    return false;
}

void api_command(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    enum err e = history_command(c->dashboard->history, c->param, put_command, &j);
    api_reply_or_problem(c, e, &b);
}
