/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io_query.c - history.db, asking it: states and availability, incidents, commands. Knows SQLite. */
#include "lib/stores/history_io_db.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { LOG_MAX = 500 };

/* ---- states ---- */

struct intervals {
    struct interval *items;
    size_t count, cap;
};

static enum err add_interval(struct intervals *list, const struct interval *i)
{
    struct interval *last = list->count ? &list->items[list->count - 1] : NULL;

    if (i->to <= i->from)
        return ERR_OK;
    if (last && last->to == i->from && last->state == i->state && last->reason == i->reason &&
        strcmp(last->incident, i->incident) == 0) {
        last->to = i->to;
        return ERR_OK;
    }
    if (list->count == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct interval *items = realloc(list->items, cap * sizeof *items);
        if (!items)
            return ERR_NOMEM;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = *i;
    return ERR_OK;
}

/* The transitions of one thing as intervals of [from, to). */
static enum err read_states(struct history *h, int64_t thing, ns_t from, ns_t to, struct intervals *out)
{
    sqlite3_stmt *s = history_use(h, Q_STATES);
    struct interval current = {.from = from, .state = STATE_UNKNOWN, .reason = REASON_NO_DATA};
    enum err e = ERR_OK;
    int rc = SQLITE_DONE;

    if (!s)
        return ERR_IO;
    sqlite3_bind_int64(s, 1, thing);
    sqlite3_bind_int64(s, 2, from);
    sqlite3_bind_int64(s, 3, to);
    while (e == ERR_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        ns_t since = sqlite3_column_int64(s, 0);
        current.to = since;
        e = add_interval(out, &current);
        current.from = since > from ? since : from;
        current.state = (enum state)sqlite3_column_int(s, 1);
        current.reason = (enum reason)sqlite3_column_int(s, 2);
        strx_copy(current.incident, sizeof current.incident, column_text(s, 3));
    }
    sqlite3_reset(s);
    current.to = to;
    if (e == ERR_OK)
        e = add_interval(out, &current);
    return e ? e : history_err(rc);
}

/* Puts an unknown interval [begin, end) over what is in list. */
static enum err cover(struct intervals *list, ns_t begin, ns_t end)
{
    struct interval blind = {
        .from = begin, .to = end, .state = STATE_UNKNOWN, .reason = REASON_MONITOR_BLIND};
    struct intervals result = {0};
    bool is_put = false;
    enum err e = ERR_OK;

    for (size_t i = 0; i < list->count && e == ERR_OK; i++) {
        struct interval part = list->items[i];
        part.to = part.to < begin ? part.to : begin;
        e = add_interval(&result, &part);
        if (e == ERR_OK && !is_put && list->items[i].to > begin) {
            e = add_interval(&result, &blind);
            is_put = true;
        }
        part = list->items[i];
        part.from = part.from > end ? part.from : end;
        if (e == ERR_OK)
            e = add_interval(&result, &part);
    }
    if (e) {
        free(result.items);
        return e;
    }
    free(list->items);
    *list = result;
    return ERR_OK;
}

static enum err cover_blind(struct history *h, ns_t from, ns_t to, struct intervals *list)
{
    sqlite3_stmt *s = history_use(h, Q_BLINDS);
    enum err e = ERR_OK;

    if (!s)
        return ERR_IO;
    sqlite3_bind_int64(s, 1, from);
    sqlite3_bind_int64(s, 2, to);
    while (e == ERR_OK && sqlite3_step(s) == SQLITE_ROW) {
        ns_t begin_at = sqlite3_column_int64(s, 0), end = sqlite3_column_int64(s, 1);
        e = cover(list, begin_at > from ? begin_at : from, end < to ? end : to);
    }
    sqlite3_reset(s);
    return e;
}

enum err history_intervals(struct history *h, const char *kind, const char *id, ns_t from, ns_t to, ns_t now,
                           size_t max, struct interval **out, size_t *count)
{
    struct intervals list = {0};
    enum err e = ERR_OK;

    if (to > now)
        to = now;
    if (to > from)
        e = read_states(h, history_thing(h, kind, id), from, to, &list);
    if (e == ERR_OK && to > from)
        e = cover_blind(h, from, to, &list);
    if (e == ERR_OK && h->heard && to - h->heard > HISTORY_BLIND_AFTER && to > from)
        e = cover(&list, h->heard > from ? h->heard : from, to);
    if (e) {
        free(list.items);
        return e;
    }
    if (list.count > max) {
        memmove(list.items, list.items + (list.count - max), max * sizeof *list.items);
        list.count = max;
    }
    *out = list.items;
    *count = list.count;
    return ERR_OK;
}

enum err history_availability(struct history *h, const char *kind, const char *id, ns_t from, ns_t to,
                              ns_t now, struct availability *out)
{
    struct interval *intervals = NULL;
    size_t count = 0;
    enum err e = history_intervals(h, kind, id, from, to, now, SIZE_MAX, &intervals, &count);

    if (e)
        return e;
    memset(out, 0, sizeof *out);
    availability_of(intervals, count, from, to < now ? to : now, out);
    free(intervals);
    return ERR_OK;
}

/* ---- incidents ---- */

static Nw__Incident *incident_at(sqlite3_stmt *s, int column)
{
    const void *bytes = sqlite3_column_blob(s, column);
    int len = sqlite3_column_bytes(s, column);

    return bytes && len > 0 ? nw__incident__unpack(NULL, (size_t)len, bytes) : NULL;
}

enum err history_incidents(struct history *h, const struct history_filter *filter, history_incident_fn *fn,
                           void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_INCIDENTS);
    bool goes_on = true;
    int rc = SQLITE_DONE;

    if (!s)
        return ERR_IO;
    sqlite3_bind_int64(s, 1, filter->before ? (int64_t)filter->before : INT64_MAX);
    sqlite3_bind_int(s, 2, filter->open);
    bind_text(s, 3, filter->severity);
    bind_text(s, 4, filter->type);
    bind_text(s, 5, filter->operator_state);
    bind_text(s, 6, filter->member);
    bind_text(s, 7, filter->text);
    sqlite3_bind_int64(s, 8, (int64_t)filter->limit);
    while (goes_on && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        Nw__Incident *i = incident_at(s, 1);
        if (i)
            goes_on = fn(ctx, (uint64_t)sqlite3_column_int64(s, 0), i);
        nw__incident__free_unpacked(i, NULL);
    }
    sqlite3_reset(s);
    return history_err(rc);
}

enum err history_incident(struct history *h, const char *id, Nw__Incident **out)
{
    sqlite3_stmt *s = history_use(h, Q_INCIDENT);
    Nw__Incident *i = NULL;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, id);
    if (sqlite3_step(s) == SQLITE_ROW)
        i = incident_at(s, 0);
    sqlite3_reset(s);
    if (!i)
        return ERR_NOT_FOUND;
    *out = i;
    return ERR_OK;
}

enum err history_incident_log(struct history *h, const char *id, history_event_fn *fn, void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_LOG);
    int rc;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, id);
    sqlite3_bind_int(s, 2, LOG_MAX);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct history_event event = {.at = sqlite3_column_int64(s, 0),
                                      .event = column_text(s, 1),
                                      .severity = column_text(s, 2),
                                      .by = column_text(s, 3),
                                      .comment = column_text(s, 4),
                                      .members = sqlite3_column_int64(s, 5)};
        fn(ctx, &event);
    }
    sqlite3_reset(s);
    return history_err(rc);
}

/* ---- commands ---- */

static enum err each_command(sqlite3_stmt *s, history_command_fn *fn, void *ctx, size_t *found)
{
    bool goes_on = true;
    int rc = SQLITE_DONE;

    while (goes_on && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct history_command c = {.id = column_text(s, 1),
                                    .by = column_text(s, 2),
                                    .via = column_text(s, 3),
                                    .verb = column_text(s, 4),
                                    .target = column_text(s, 5),
                                    .comment = column_text(s, 6),
                                    .at = sqlite3_column_int64(s, 7),
                                    .begin = sqlite3_column_int64(s, 8),
                                    .until = sqlite3_column_int64(s, 9),
                                    .outcome = column_text(s, 10),
                                    .problem = column_text(s, 11),
                                    .finished = sqlite3_column_int64(s, 12),
                                    .is_announced = sqlite3_column_int(s, 13) != 0,
                                    .text_de = column_text(s, 14),
                                    .text_en = column_text(s, 15)};
        goes_on = fn(ctx, (uint64_t)sqlite3_column_int64(s, 0), &c);
        ++*found;
    }
    sqlite3_reset(s);
    return history_err(rc);
}

enum err history_command(struct history *h, const char *id, history_command_fn *fn, void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_COMMAND);
    size_t found = 0;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, id);
    enum err e = each_command(s, fn, ctx, &found);
    return e ? e : found ? ERR_OK : ERR_NOT_FOUND;
}

enum err history_command_of(struct history *h, const char *verb, const char *target, history_command_fn *fn,
                            void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_COMMAND_OF);
    size_t found = 0;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, verb);
    bind_text(s, 2, target);
    enum err e = each_command(s, fn, ctx, &found);
    return e ? e : found ? ERR_OK : ERR_NOT_FOUND;
}

enum err history_commands(struct history *h, const char *verb, ns_t after, uint64_t before, size_t limit,
                          history_command_fn *fn, void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_COMMANDS);
    size_t found = 0;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, verb);
    sqlite3_bind_int64(s, 2, after);
    sqlite3_bind_int64(s, 3, before ? (int64_t)before : INT64_MAX);
    sqlite3_bind_int64(s, 4, (int64_t)limit);
    return each_command(s, fn, ctx, &found);
}
