/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_incidents.c - incidents, what operators do about them, maintenance windows. A POST writes a Command to
 * the journal (synced) and answers 202; alerts executes it and answers with an Outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/model/incident_json.h"

enum { COMMENT_MAX = 4000, ANNOUNCE_TEXT_MAX = 500, PERSON_MAX = 128, MAINTENANCE_MAX_DAYS = 366 };

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
    f->text = api_param(c, "q");
    return true;
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

static void reply_accepted(struct api_call *c, const char *id)
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

/* Appends the command, unless one of that id was appended before: the answer is the same. */
static void submit(struct api_call *c, Nw__Command *command)
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
        reply_accepted(c, command->id);
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
    *comment = json_body_text(*body, "comment", COMMENT_MAX);
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
        submit(c, &command);
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
        submit(c, &command);
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

/* ---- maintenance: a Command "maintenance"; its id is the window's. Ended by "maintenance_end". ---- */

struct window_page {
    struct json_out *j;
    struct dashboard *dashboard;
    int64_t limit, given;
    uint64_t last;
    bool has_more;
    ns_t now;
};

static const char *target_name(const struct dashboard *d, const char *id)
{
    if (inventory_hotspot(d->inventory, id))
        return inventory_hotspot(d->inventory, id)->name;
    if (inventory_device(d->inventory, id))
        return inventory_device(d->inventory, id)->name;
    if (inventory_site(d->inventory, id))
        return inventory_site(d->inventory, id)->name;
    return id;
}

static bool is_ended(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    *(bool *)ctx = strcmp(command->outcome, "refused") != 0;
    return false;
}

static const char *window_status(struct window_page *p, const struct history_command *w)
{
    char end_id[80];
    bool ended = false;

    if (strcmp(w->outcome, "refused") == 0)
        return "refused";
    snprintf(end_id, sizeof end_id, "end-%.60s", w->id);
    if (history_command(p->dashboard->history, end_id, is_ended, &ended) == ERR_OK && ended)
        return "ended";
    if (w->until <= p->now)
        return "ended";
    if (strcmp(w->outcome, "pending") == 0)
        return "pending";
    return w->begin > p->now ? "planned" : "active";
}

struct window {
    uint64_t row;
    char *id, *by, *target, *comment, outcome[16];
    ns_t begin, until;
};

struct window_list {
    struct window items[1001];
    size_t count;
};

/* The statement that reads windows must be finished before the one that reads their ends begins. */
static bool copy_window(void *ctx, uint64_t row, const struct history_command *w)
{
    struct window_list *l = ctx;
    struct window *to = &l->items[l->count];

    if (l->count == ARRAY_LEN(l->items))
        return false;
    *to = (struct window){.row = row,
                          .id = strx_printf("%s", w->id),
                          .by = strx_printf("%s", w->by),
                          .target = strx_printf("%s", w->target),
                          .comment = strx_printf("%s", w->comment),
                          .begin = w->begin,
                          .until = w->until};
    strx_copy(to->outcome, sizeof to->outcome, w->outcome);
    l->count++;
    return true;
}

static void put_window(struct window_page *p, const struct window *w)
{
    struct history_command command = {
        .id = w->id ? w->id : "", .outcome = w->outcome, .begin = w->begin, .until = w->until};

    json_object_begin(p->j, NULL);
    json_string(p->j, "id", w->id);
    json_string(p->j, "target", w->target);
    json_string(p->j, "target_name", w->target ? target_name(p->dashboard, w->target) : NULL);
    json_time(p->j, "begin", w->begin);
    json_time(p->j, "end", w->until);
    json_string(p->j, "comment", w->comment);
    json_string(p->j, "by", w->by);
    json_string(p->j, "status", window_status(p, &command));
    json_object_end(p->j);
    p->last = w->row;
}

static void window_list_free(struct window_list *l)
{
    for (size_t i = 0; l && i < l->count; i++) {
        free(l->items[i].id);
        free(l->items[i].by);
        free(l->items[i].target);
        free(l->items[i].comment);
    }
    free(l);
}

void api_maintenance(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;
    struct json_out j;
    struct window_page p = {.j = &j, .dashboard = d, .now = loop_wall(d->loop)};
    struct window_list *list = NULL;
    int64_t before;
    char next[24];

    if (!api_param_int(c, "limit", 1, 1000, 100, &p.limit) ||
        !api_param_int(c, "cursor", 0, INT64_MAX / 2, 0, &before))
        return;
    list = calloc(1, sizeof *list);
    enum err e = list ? history_commands(d->history, "maintenance", p.now - 30 * DAYS, (uint64_t)before,
                                         (size_t)p.limit + 1, copy_window, list)
                      : ERR_NOMEM;
    if (e) {
        window_list_free(list);
        api_problem_err(c, e);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < list->count && i < (size_t)p.limit; i++)
        put_window(&p, &list->items[i]);
    json_array_end(&j);
    snprintf(next, sizeof next, "%llu", (unsigned long long)p.last);
    json_string(&j, "next", list->count > (size_t)p.limit ? next : NULL);
    json_object_end(&j);
    window_list_free(list);
    api_reply(c, 200, NULL, &b);
}

static bool is_target(const struct dashboard *d, const char *id)
{
    return inventory_hotspot(d->inventory, id) || inventory_device(d->inventory, id) ||
           inventory_site(d->inventory, id) || inventory_service(d->inventory, id);
}

/* What citizens are told: `announce` with text_de and text_en, all optional. false: answered. */
static bool read_announcement(struct api_call *c, const struct json_body *body, Nw__Command *command)
{
    static const char *const keys[] = {"text_de", "text_en"};
    char **members[] = {&command->text_de, &command->text_en};
    bool announce = false;

    if (!json_body_bool(body, "announce", &announce)) {
        api_bad_parameter(c, "announce", "true or false");
        return false;
    }
    command->announce = announce;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const char *text = json_body_text(body, keys[i], SIZE_MAX);
        if (text && text[0] && (!announce || strlen(text) > ANNOUNCE_TEXT_MAX)) {
            api_bad_parameter(c, keys[i], "a text for citizens of at most 500 bytes, with `announce`: true");
            return false;
        }
        if (text)
            *members[i] = (char *)(uintptr_t)text;
    }
    return true;
}

void api_maintenance_add(struct api_call *c)
{
    Nw__Command command = NW__COMMAND__INIT;
    struct json_body *body = NULL;
    size_t len;
    const char *text = http_request_body(c->request, &len);
    ns_t begin = 0, end = 0, now = loop_wall(c->dashboard->loop);
    enum err e = json_body_parse(text, len, &body);
    const char *target = e ? NULL : json_body_text(body, "target", 64);
    const char *begin_text = e ? NULL : json_body_text(body, "begin", 64);
    const char *end_text = e ? NULL : json_body_text(body, "end", 64);
    const char *comment = e ? NULL : json_body_text(body, "comment", COMMENT_MAX);

    if (!target || !is_target(c->dashboard, target)) {
        api_bad_parameter(c, "target", "the id of a hotspot, device, site or service");
    } else if (!begin_text || timex_parse(begin_text, &begin) != ERR_OK || !end_text ||
               timex_parse(end_text, &end) != ERR_OK || end <= begin || end <= now ||
               end - begin > MAINTENANCE_MAX_DAYS * DAYS) {
        api_bad_parameter(c, "begin, end", "two times, the end later than the beginning and than now");
    } else if (!comment || !comment[0]) {
        api_bad_parameter(c, "comment", "a text: why?");
    } else if (read_announcement(c, body, &command)) {
        command.verb = (char *)(uintptr_t) "maintenance";
        command.target = (char *)(uintptr_t)target;
        command.comment = (char *)(uintptr_t)comment;
        command.begin = (uint64_t)begin;
        command.until = (uint64_t)end;
        submit(c, &command);
    }
    json_body_free(body);
}

static bool is_maintenance(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    *(bool *)ctx = strcmp(command->verb, "maintenance") == 0;
    return false;
}

void api_maintenance_end(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    Nw__Command command = NW__COMMAND__INIT;
    bool is_window = false, is_repeated = false;
    char id[80];
    enum err e = history_command(d->history, c->param, is_maintenance, &is_window);

    if (e || !is_window) {
        api_problem_err(c, e ? e : ERR_NOT_FOUND);
        return;
    }
    snprintf(id, sizeof id, "end-%.60s", c->param);
    e = history_command(d->history, id, is_known, &is_repeated);
    if (e == ERR_NOT_FOUND) {
        command.id = id;
        command.verb = (char *)(uintptr_t) "maintenance_end";
        command.target = c->param;
        e = append_command(c, &command);
    }
    if (e)
        api_problem_err(c, e);
    else
        reply_accepted(c, id);
}
