/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_maintenance.c - maintenance windows that people ask for, from wherever: a window is a Command
 * "maintenance" and has its id; a Command "maintenance_end" that names it ends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/json_io.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

enum { ANNOUNCE_TEXT_MAX = 500, MAINTENANCE_MAX_DAYS = 366 };

/* ---- the list ---- */

struct window_page {
    struct json_out *j;
    struct dashboard *dashboard;
    int64_t limit;
    uint64_t last;
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
    if (inventory_service(d->inventory, id))
        return inventory_service(d->inventory, id)->name;
    return id;
}

struct end_found {
    char id[80]; /* of the command */
    bool is_there;
};

static bool on_end(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    struct end_found *end = ctx;

    strx_copy(end->id, sizeof end->id, command->id);
    end->is_there = true;
    return false;
}

/* Who ended it does not matter: this page, the command line, the NOC. */
static enum err find_end(const struct dashboard *d, const char *window, struct end_found *out)
{
    enum err e;

    *out = (struct end_found){0};
    e = history_command_of(d->history, "maintenance_end", window, on_end, out);
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

struct window {
    uint64_t row;
    char *id, *by, *via, *target, *comment, *text_de, *text_en, outcome[16];
    ns_t begin, until;
    bool is_announced;
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
                          .via = strx_printf("%s", w->via),
                          .text_de = strx_printf("%s", w->text_de),
                          .text_en = strx_printf("%s", w->text_en),
                          .begin = w->begin ? w->begin : w->at,
                          .until = w->until,
                          .is_announced = w->is_announced};
    strx_copy(to->outcome, sizeof to->outcome, w->outcome);
    l->count++;
    return true;
}

static const char *window_status(const struct window_page *p, const struct window *w)
{
    struct end_found end;

    if (strcmp(w->outcome, "refused") == 0)
        return "refused";
    if (w->until <= p->now || (w->id && find_end(p->dashboard, w->id, &end) == ERR_OK && end.is_there))
        return "ended";
    if (strcmp(w->outcome, "pending") == 0)
        return "pending";
    return w->begin > p->now ? "planned" : "active";
}

static void put_announcement(struct json_out *j, const struct window *w)
{
    if (!w->is_announced) {
        json_null(j, "announced");
        return;
    }
    json_object_begin(j, "announced");
    json_string(j, "de", w->text_de);
    json_string(j, "en", w->text_en);
    json_object_end(j);
}

static void put_window(struct window_page *p, const struct window *w)
{
    json_object_begin(p->j, NULL);
    json_string(p->j, "id", w->id);
    json_string(p->j, "target", w->target);
    json_string(p->j, "target_name", w->target ? target_name(p->dashboard, w->target) : NULL);
    json_time(p->j, "begin", w->begin);
    json_time(p->j, "end", w->until);
    json_string(p->j, "comment", w->comment);
    json_string(p->j, "by", w->by);
    json_string(p->j, "via", w->via);
    put_announcement(p->j, w);
    json_string(p->j, "status", window_status(p, w));
    json_object_end(p->j);
    p->last = w->row;
}

static void window_list_free(struct window_list *l)
{
    for (size_t i = 0; l && i < l->count; i++) {
        free(l->items[i].id);
        free(l->items[i].by);
        free(l->items[i].via);
        free(l->items[i].text_de);
        free(l->items[i].text_en);
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

/* ---- asking for one ---- */

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
    const char *comment = e ? NULL : json_body_text(body, "comment", API_COMMENT_MAX);

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
        api_submit(c, &command);
    }
    json_body_free(body);
}

/* ---- ending one ---- */

static bool is_maintenance(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    *(bool *)ctx = strcmp(command->verb, "maintenance") == 0;
    return false;
}

void api_maintenance_end(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    Nw__Command command = NW__COMMAND__INIT;
    struct end_found end = {0};
    bool is_window = false;
    enum err e = history_command(d->history, c->param, is_maintenance, &is_window);

    if (!e && !is_window)
        e = ERR_NOT_FOUND;
    if (!e)
        e = find_end(d, c->param, &end);
    if (e) {
        api_problem_err(c, e);
    } else if (end.is_there) {
        api_reply_accepted(c, end.id);
    } else {
        command.verb = (char *)(uintptr_t) "maintenance_end";
        command.target = c->param;
        api_submit(c, &command);
    }
}
