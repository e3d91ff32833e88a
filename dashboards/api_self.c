/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_self.c - the monitor about itself: each daemon with all figures of its heartbeat and what they did in
 * the last hour, and the room on the disk. */
#include <math.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/pulse.h"
#include "lib/base/strx.h"

enum { RECENT = 10 }; /* points: five minutes */

/* NULL: there is no heartbeat, or no such figure in it. */
static const double *figure_value(const struct snap_daemon *daemon, const char *name)
{
    const Nw__Heartbeat *beat = daemon->heartbeat;

    for (size_t i = 0; beat && i < beat->n_counters; i++)
        if (strcmp(beat->counters[i]->name, name) == 0)
            return &beat->counters[i]->value;
    return NULL;
}

/* A line without a turn says no more than its value: null. */
static void put_points(struct json_out *j, const double points[PULSE_POINTS])
{
    double lo = INFINITY, hi = -INFINITY;

    for (size_t i = 0; i < PULSE_POINTS; i++) {
        lo = fmin(lo, points[i]); /* fmin() passes over NaN */
        hi = fmax(hi, points[i]);
    }
    if (!(hi > lo)) {
        json_null(j, "points");
        return;
    }
    json_array_begin(j, "points");
    for (size_t i = 0; i < PULSE_POINTS; i++)
        json_fixed(j, NULL, points[i], 4);
    json_array_end(j);
}

/* In the last hour. Counters begin at 0, so that of a daemon which is younger has grown by all that it has.
 */
static double growth(const struct snap_daemon *daemon, double value, const double points[PULSE_POINTS],
                     ns_t now)
{
    double sum = 0;

    if (now - (ns_t)daemon->heartbeat->started < PULSE_POINTS * PULSE_STEP)
        return value;
    for (size_t i = 0; i < PULSE_POINTS; i++)
        sum += isnan(points[i]) ? 0 : points[i] * ((double)PULSE_STEP / SECONDS);
    return sum;
}

static void put_figure(struct json_out *j, const struct dashboard *d, const struct snap_daemon *daemon,
                       const Nw__Counter *c, ns_t now)
{
    const struct figure *figure = figure_by_name(c->name);
    bool is_counter = figure && figure->kind == FIGURE_COUNTER;
    double points[PULSE_POINTS];

    json_object_begin(j, NULL);
    json_string(j, "name", c->name);
    json_string(j, "kind", is_counter ? "counter" : "gauge");
    json_string(j, "class", figure_class_name(figure ? figure->class_ : FIGURE_OTHER));
    json_double(j, "value", c->value);
    if (!pulse_points(d->pulse, daemon->name, PULSE_FIGURE, c->name, now, points))
        for (size_t i = 0; i < PULSE_POINTS; i++)
            points[i] = NAN;
    json_fixed(j, "rate", is_counter ? pulse_mean(points, RECENT) : NAN, 4);
    json_fixed(j, "hour", is_counter ? growth(daemon, c->value, points, now) : NAN, 1);
    put_points(j, points);
    json_object_end(j);
}

static void put_lag(struct json_out *j, const struct dashboard *d, const char *daemon, const Nw__Lag *lag,
                    ns_t now)
{
    double points[PULSE_POINTS];

    json_object_begin(j, NULL);
    json_string(j, "partition", lag->partition);
    json_fixed(j, "seconds", (double)lag->lag_ms / 1000, 3);
    if (pulse_points(d->pulse, daemon, PULSE_LAG, lag->partition, now, points))
        put_points(j, points);
    else
        json_null(j, "points");
    json_object_end(j);
}

static void put_daemon(struct json_out *j, const struct dashboard *d, const struct snap_daemon *daemon,
                       ns_t now)
{
    static const char cpu[] = "process_cpu_seconds_total";
    const Nw__Heartbeat *beat = daemon->heartbeat;
    const double *memory = figure_value(daemon, "process_resident_memory_bytes");
    double points[PULSE_POINTS];
    char text[160];

    json_object_begin(j, NULL);
    json_string(j, "name", daemon->name);
    json_string(j, "partition", daemon->partition);
    json_string(j, "problem", api_daemon_problem(daemon, now, text, sizeof text));
    json_bool(j, "online", now - daemon->heard < API_DAEMON_SILENT);
    json_string(j, "version", beat ? beat->version : "");
    json_time(j, "started", beat ? (ns_t)beat->started : 0);
    json_time(j, "heartbeat", daemon->heard);
    json_fixed(j, "cpu",
               pulse_points(d->pulse, daemon->name, PULSE_FIGURE, cpu, now, points)
                   ? pulse_mean(points, RECENT)
                   : NAN,
               4);
    json_double(j, "memory_bytes", memory ? *memory : NAN);
    json_array_begin(j, "lag");
    for (size_t i = 0; beat && i < beat->n_lag; i++)
        put_lag(j, d, daemon->name, beat->lag[i], now);
    json_array_end(j);
    json_array_begin(j, "figures");
    for (size_t i = 0; beat && i < beat->n_counters; i++)
        put_figure(j, d, daemon, beat->counters[i], now);
    json_array_end(j);
    json_object_end(j);
}

/* ---- the disk ---- */

static double sum_of(const struct dashboard *d, const char *name)
{
    double sum = NAN;

    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        const double *value = figure_value(snapshot_daemon(d->snapshot, i), name);
        if (value)
            sum = isnan(sum) ? *value : sum + *value;
    }
    return sum;
}

/* Of one file system all daemons say the same; the newest word counts. */
static double newest_of(const struct dashboard *d, const char *name)
{
    double found = NAN;
    ns_t heard = INT64_MIN;

    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        const double *value = figure_value(daemon, name);
        if (value && !strx_starts_with(daemon->partition, "unit.") && daemon->heard > heard) {
            found = *value;
            heard = daemon->heard;
        }
    }
    return found;
}

static void put_disk(struct json_out *j, const struct dashboard *d)
{
    json_object_begin(j, "disk");
    json_double(j, "free_bytes", newest_of(d, "state_free_bytes"));
    json_double(j, "size_bytes", newest_of(d, "state_size_bytes"));
    json_double(j, "journal_bytes", sum_of(d, "journal_disk_bytes"));
    json_double(j, "journal_limit_bytes", sum_of(d, "journal_limit_bytes"));
    json_double(j, "history_bytes", sum_of(d, "store_files_bytes"));
    json_double(j, "history_budget_bytes", (double)d->settings->store.budget);
    json_object_end(j);
}

void api_self(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    ns_t now = loop_wall(d->loop);
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_time(&j, "at", now);
    json_uint(&j, "step_s", PULSE_STEP / SECONDS);
    json_array_begin(&j, "daemons");
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++)
        put_daemon(&j, d, snapshot_daemon(d->snapshot, i), now);
    json_array_end(&j);
    put_disk(&j, d);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}
