/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_history.c - what was: state intervals and availability of one hotspot, from lib/stores/history. */
#include <stdlib.h>

#include "dashboards/api.h"
#include "lib/model/state.h"

enum { INTERVALS_MAX = 1000 };

void api_json_availability(struct json_out *j, const struct availability *a)
{
    json_double(j, "availability", availability_share(a));
    json_double(j, "completeness", availability_completeness(a));
    json_double(j, "up_s", (double)a->up / SECONDS);
    json_double(j, "degraded_s", (double)a->degraded / SECONDS);
    json_double(j, "down_s", (double)a->down / SECONDS);
    json_double(j, "unknown_s", (double)a->unknown / SECONDS);
    json_double(j, "maintenance_s", (double)a->maintenance / SECONDS);
}

static const struct hotspot *find_hotspot(struct api_call *c)
{
    const struct hotspot *h = inventory_hotspot(c->dashboard->inventory, c->param);

    if (!h)
        api_problem_err(c, ERR_NOT_FOUND);
    return h;
}

void api_hotspot_history(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const struct hotspot *h = find_hotspot(c);
    ns_t now = loop_wall(d->loop), from, to;
    struct interval *intervals = NULL;
    struct buf b = BUF_INIT;
    struct json_out j;
    size_t count = 0;

    if (!h || !api_param_time(c, "to", now, now, &to) || !api_param_time(c, "from", to, to - 7 * DAYS, &from))
        return;
    if (from >= to) {
        api_bad_parameter(c, "from, to", "from earlier than to");
        return;
    }
    enum err e =
        history_intervals(d->history, "hotspot", h->id, from, to, now, INTERVALS_MAX, &intervals, &count);
    if (e) {
        api_problem_err(c, e);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "id", h->id);
    json_time(&j, "from", from);
    json_time(&j, "to", to);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&j, NULL);
        json_string(&j, "state", state_code(intervals[i].state));
        json_string(&j, "reason", reason_code(intervals[i].reason));
        json_time(&j, "from", intervals[i].from);
        json_time(&j, "to", intervals[i].to);
        api_json_id(&j, "incident", intervals[i].incident);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    free(intervals);
    api_reply(c, 200, NULL, &b);
}

ns_t api_first_midnight(ns_t now, int64_t days)
{
    ns_t begin, end;
    char date[11];

    availability_day(now, &begin, &end, date);
    for (int64_t i = 1; i < days; i++)
        availability_day(begin - HOURS, &begin, &end, date);
    return begin;
}

static void put_days(struct json_out *j, const struct interval *intervals, size_t count, ns_t from, ns_t now,
                     struct availability *total)
{
    ns_t begin, end;
    char date[11];

    json_array_begin(j, "days");
    for (ns_t at = from; at < now; at = end) {
        struct availability day = {0};
        availability_day(at, &begin, &end, date);
        availability_of(intervals, count, begin, end < now ? end : now, &day);
        json_object_begin(j, NULL);
        json_string(j, "date", date);
        api_json_availability(j, &day);
        json_object_end(j);
        availability_sum(total, &day);
    }
    json_array_end(j);
}

void api_hotspot_availability(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const struct hotspot *h = find_hotspot(c);
    ns_t now = loop_wall(d->loop);
    struct interval *intervals = NULL;
    struct availability total = {0};
    struct buf b = BUF_INIT;
    struct json_out j;
    size_t count = 0;
    int64_t days;

    if (!h || !api_param_int(c, "days", 1, 800, 90, &days))
        return;
    ns_t from = api_first_midnight(now, days);
    enum err e =
        history_intervals(d->history, "hotspot", h->id, from, now, now, SIZE_MAX, &intervals, &count);
    if (e) {
        api_problem_err(c, e);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "id", h->id);
    json_time(&j, "from", from);
    json_time(&j, "to", now);
    put_days(&j, intervals, count, from, now, &total);
    json_object_begin(&j, "total");
    api_json_availability(&j, &total);
    json_object_end(&j);
    json_object_end(&j);
    free(intervals);
    api_reply(c, 200, NULL, &b);
}
