/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_monitor.c - the monitor itself: health, metrics, daemons; and what the pages need to begin with. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/figure.h"
#include "lib/model/metric.h"
#include "lib/model/state.h"

#define LAG_MAX (60 * SECONDS)

/* ---- health ---- */

/* What must write heartbeats for netzwacht to be well; others count once they were seen. */
static const char *const required_partitions[] = {"collector", "alerts", "store"};

static void put_part(struct json_out *j, const char *name, const char *problem, bool *is_well)
{
    json_object_begin(j, NULL);
    json_string(j, "name", name);
    json_bool(j, "ok", problem == NULL);
    json_string(j, "problem", problem);
    json_object_end(j);
    *is_well = *is_well && !problem;
}

static const struct snap_daemon *daemon_of(const struct dashboard *d, const char *partition)
{
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++)
        if (strcmp(snapshot_daemon(d->snapshot, i)->partition, partition) == 0)
            return snapshot_daemon(d->snapshot, i);
    return NULL;
}

const char *api_daemon_problem(const struct snap_daemon *daemon, ns_t now, char *text, size_t size)
{
    const Nw__Heartbeat *beat = daemon->heartbeat;

    if (now - daemon->heard > API_DAEMON_SILENT) {
        snprintf(text, size, "no heartbeat for %lld s", (long long)((now - daemon->heard) / SECONDS));
        return text;
    }
    for (size_t i = 0; beat && i < beat->n_lag; i++) {
        if (beat->lag[i]->lag_ms > (uint64_t)(LAG_MAX / MILLISECONDS)) {
            snprintf(text, size, "%llu s behind partition %.64s",
                     (unsigned long long)beat->lag[i]->lag_ms / 1000, beat->lag[i]->partition);
            return text;
        }
    }
    if (beat && beat->is_clock_suspect)
        return "the clock jumped; history waits until it is steady";
    return NULL;
}

void api_health(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    ns_t now = loop_wall(d->loop);
    struct buf b = BUF_INIT, parts = BUF_INIT;
    struct json_out j, inner;
    bool is_well = true;
    char text[160];

    json_init(&inner, &parts);
    json_array_begin(&inner, NULL);
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        if (!strx_starts_with(daemon->partition, "unit."))
            put_part(&inner, daemon->name, api_daemon_problem(daemon, now, text, sizeof text), &is_well);
    }
    for (size_t i = 0; i < ARRAY_LEN(required_partitions); i++)
        if (!daemon_of(d, required_partitions[i]))
            put_part(&inner, required_partitions[i], "has not written anything yet: is it running?",
                     &is_well);
    json_array_end(&inner);
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "status", is_well ? "ok" : "lagging");
    json_raw(&j, "parts", parts.data ? parts.data : "[]");
    json_object_end(&j);
    buf_fini(&parts);
    api_reply(c, is_well ? 200 : 503, NULL, &b);
}

void api_daemons(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++)
        api_json_daemon(&j, NULL, snapshot_daemon(d->snapshot, i), loop_wall(d->loop));
    json_array_end(&j);
    json_null(&j, "next");
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

/* ---- OpenMetrics 1.0 ---- */

static void put_family(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_printf(b, "# TYPE netzwacht_%s %s\n# HELP netzwacht_%s %s\n", name, type, name, help);
}

static void put_label(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            buf_printf(b, "\\%c", *text);
        else if (*text == '\n')
            buf_str(b, "\\n");
        else
            buf_put(b, text, 1);
    }
}

static void put_per_daemon(struct buf *b, const struct dashboard *d, ns_t now)
{
    size_t count = snapshot_daemon_count(d->snapshot);

    put_family(b, "heartbeat_age_seconds", "gauge", "Time since the newest heartbeat of a daemon.");
    for (size_t i = 0; i < count; i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        buf_str(b, "netzwacht_heartbeat_age_seconds{daemon=\"");
        put_label(b, daemon->name);
        buf_printf(b, "\"} %.3f\n", (double)(now - daemon->heard) / SECONDS);
    }
    put_family(b, "lag_seconds", "gauge", "How far a daemon is behind a partition of the journal.");
    for (size_t i = 0; i < count; i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        for (size_t k = 0; daemon->heartbeat && k < daemon->heartbeat->n_lag; k++) {
            buf_str(b, "netzwacht_lag_seconds{daemon=\"");
            put_label(b, daemon->name);
            buf_str(b, "\",partition=\"");
            put_label(b, daemon->heartbeat->lag[k]->partition);
            buf_printf(b, "\"} %.3f\n", (double)daemon->heartbeat->lag[k]->lag_ms / 1000);
        }
    }
}

static void put_sample(struct buf *b, const char *name, const char *daemon, double value)
{
    buf_printf(b, "netzwacht_%s{daemon=\"", name);
    put_label(b, daemon);
    buf_printf(b, "\"} %.17g\n", value);
}

/* One figure of all daemons that have it: a family must stand in one place. */
static void put_figure(struct buf *b, const struct dashboard *d, const struct figure *figure)
{
    bool is_counter = figure->kind == FIGURE_COUNTER;
    char family[80];
    bool is_begun = false;

    snprintf(family, sizeof family, "%.*s", (int)(strlen(figure->name) - (is_counter ? strlen("_total") : 0)),
             figure->name);
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        for (size_t k = 0; daemon->heartbeat && k < daemon->heartbeat->n_counters; k++) {
            const Nw__Counter *c = daemon->heartbeat->counters[k];
            if (strcmp(c->name, figure->name) != 0)
                continue;
            if (!is_begun)
                put_family(b, family, is_counter ? "counter" : "gauge", figure->help);
            is_begun = true;
            put_sample(b, figure->name, daemon->name, c->value);
        }
    }
}

static void put_figures(struct buf *b, const struct dashboard *d)
{
    for (size_t i = 0; i < figure_count(); i++)
        put_figure(b, d, figure_at(i));
    put_family(b, "daemon_figure", "gauge",
               "Figures that this dashboard has no words for: a daemon is newer.");
    for (size_t i = 0; i < snapshot_daemon_count(d->snapshot); i++) {
        const struct snap_daemon *daemon = snapshot_daemon(d->snapshot, i);
        for (size_t k = 0; daemon->heartbeat && k < daemon->heartbeat->n_counters; k++) {
            const Nw__Counter *c = daemon->heartbeat->counters[k];
            if (figure_by_name(c->name))
                continue;
            buf_str(b, "netzwacht_daemon_figure{daemon=\"");
            put_label(b, daemon->name);
            buf_str(b, "\",name=\"");
            put_label(b, c->name);
            buf_printf(b, "\"} %.17g\n", c->value);
        }
    }
}

static void put_states(struct buf *b, const struct dashboard *d)
{
    size_t count, states[5] = {0};
    struct snap_incidents incidents;

    inventory_hotspots(d->inventory, &count);
    for (size_t i = 0; i < count; i++) {
        enum state state = snapshot_hotspot(d->snapshot, i)->state;
        states[state <= STATE_MAINTENANCE ? state : STATE_UNKNOWN]++;
    }
    put_family(b, "hotspots", "gauge", "Hotspots by state.");
    for (int s = STATE_UNKNOWN; s <= STATE_MAINTENANCE; s++)
        buf_printf(b, "netzwacht_hotspots{state=\"%s\"} %zu\n", state_code((enum state)s), states[s]);
    snapshot_incidents(d->snapshot, &incidents);
    put_family(b, "incidents_open", "gauge", "Open incidents.");
    buf_printf(b, "netzwacht_incidents_open %zu\n", incidents.open);
}

void api_metrics(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;

    put_family(&b, "build", "info", "Version of the dashboard.");
    buf_printf(&b, "netzwacht_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
    put_states(&b, d);
    put_per_daemon(&b, d, loop_wall(d->loop));
    put_figures(&b, d);
    buf_str(&b, "# EOF\n");
    api_reply(c, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8", &b);
}

/* ---- what the pages begin with ---- */

void api_summary(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    api_json_summary(&j, NULL, c->dashboard, loop_wall(c->dashboard->loop));
    api_reply(c, 200, NULL, &b);
}

static void put_words(struct json_out *j)
{
#define STATE(number, symbol, code_, de_, en_)  {code_, de_, en_},
#define REASON(number, symbol, code_, de_, en_) {code_, de_, en_},
    static const struct {
        const char *code, *de, *en;
    } words[][24] = {{
#undef REASON
#include "lib/model/state_list.h"
                         {NULL, NULL, NULL}},
                     {
#undef STATE
#define REASON(number, symbol, code_, de_, en_) {code_, de_, en_},
#include "lib/model/state_list.h"
                         {NULL, NULL, NULL}}};
#undef REASON
    static const char *const keys[] = {"states", "reasons"};

    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        json_array_begin(j, keys[k]);
        for (size_t i = 0; words[k][i].code; i++) {
            json_object_begin(j, NULL);
            json_string(j, "code", words[k][i].code);
            json_object_begin(j, "text");
            json_string(j, "de", words[k][i].de);
            json_string(j, "en", words[k][i].en);
            json_object_end(j);
            json_object_end(j);
        }
        json_array_end(j);
    }
}

struct box {
    double south, west, north, east;
    bool has_any;
};

static void box_add(struct box *b, struct geo_point p)
{
    if (p.lat == 0 && p.lon == 0)
        return;
    if (!b->has_any || p.lat < b->south)
        b->south = p.lat;
    if (!b->has_any || p.lat > b->north)
        b->north = p.lat;
    if (!b->has_any || p.lon < b->west)
        b->west = p.lon;
    if (!b->has_any || p.lon > b->east)
        b->east = p.lon;
    b->has_any = true;
}

static void put_corner(struct json_out *j, double lat, double lon)
{
    json_array_begin(j, NULL);
    json_fixed(j, NULL, lat, 6);
    json_fixed(j, NULL, lon, 6);
    json_array_end(j);
}

static void put_districts(struct json_out *j, const struct inventory *inventory, struct box *box)
{
    size_t count;
    const struct district *districts = inventory_districts(inventory, &count);

    json_array_begin(j, "districts");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(j, NULL);
        json_string(j, "id", districts[i].id);
        json_string(j, "name", districts[i].name);
        json_array_begin(j, "rings");
        for (size_t r = 0; r < districts[i].ring_count; r++) {
            json_array_begin(j, NULL);
            for (size_t p = 0; p < districts[i].rings[r].count; p++) {
                struct geo_point at = districts[i].rings[r].points[p];
                put_corner(j, at.lat, at.lon);
                box_add(box, at);
            }
            json_array_end(j);
        }
        json_array_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_bounds(struct json_out *j, const struct inventory *inventory, struct box *box)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &count);

    for (size_t i = 0; i < count; i++)
        box_add(box, hotspot_position(inventory, &hotspots[i]));
    json_array_begin(j, "bounds");
    if (box->has_any) {
        put_corner(j, box->south, box->west);
        put_corner(j, box->north, box->east);
    }
    json_array_end(j);
}

void api_config(struct api_call *c)
{
    const struct settings *s = c->dashboard->settings;
    struct buf b = BUF_INIT;
    struct json_out j;
    struct box box = {0};

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "title", s->dashboard.title);
    json_string(&j, "instance", s->instance);
    json_string(&j, "version", PACKAGE_VERSION);
    json_bool(&j, "is_simulated", s->is_simulated);
    put_districts(&j, c->dashboard->inventory, &box);
    put_bounds(&j, c->dashboard->inventory, &box);
    put_words(&j);
    json_array_begin(&j, "metrics");
    for (size_t i = 0; i < metric_count(); i++) {
        json_object_begin(&j, NULL);
        json_string(&j, "name", metric_at(i)->name);
        json_string(&j, "unit", metric_at(i)->unit);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_double(&j, "poll_interval_s", (double)s->collector.interval / SECONDS);
    json_double(&j, "probe_interval_s", (double)s->probe.interval / SECONDS);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

void api_description(struct api_call *c)
{
    struct buf b = BUF_INIT;
    const char *text;
    size_t len;

    if (!c->dashboard->description) {
        api_problem(c, 404, "not-found", "The description is not installed",
                    "openapi.json is missing in netzwacht's data folder; install netzwacht anew.");
        return;
    }
    text = http_blob_data(c->dashboard->description, &len);
    buf_put(&b, text, len);
    api_reply(c, 200, NULL, &b);
}
