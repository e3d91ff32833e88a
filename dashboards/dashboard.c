/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dashboard.c - the parts of netzwacht-dashboard put together, and the way of a request:
 *
 *   http_io -> cookie -> session -> route table (role) -> rate -> CSRF token -> handler -> answer */
#include "dashboards/dashboard_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/figure.h"

enum { LOGIN_QUEUE = 8 };

/* Log-ins: 5 a minute an account, 20 a minute an address */
#define ACCOUNT_REFILL (12 * SECONDS)
#define ADDRESS_REFILL (3 * SECONDS)
#define SESSION_REFILL (25 * MILLISECONDS)
enum { ACCOUNT_BURST = 5, ADDRESS_BURST = 20, SESSION_BURST = 240 };

/* ---- a request ---- */

static void find_session(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const char *cookies = http_request_header(c->request, "Cookie");
    const struct auth_limits limits = {d->settings->dashboard.session_idle,
                                       d->settings->dashboard.session_max};
    const char *name = http_request_is_tls(c->request) ? "__Host-nw_session" : "nw_session";

    c->is_bearer = auth_bearer(http_request_header(c->request, "Authorization"), c->token);
    if (!c->is_bearer && (!cookies || !http_cookie_get(cookies, name, c->token, sizeof c->token)))
        c->token[0] = '\0';
    auth_session_find(d->users, &limits, c->token[0] ? c->token : NULL, loop_wall(d->loop), &c->session);
}

/* A change must come from our own page: JSON (which forms cannot send), from our own origin, with the token.
 * false: refused. */
static bool is_wanted(struct api_call *c)
{
    const char *type = http_request_header(c->request, "Content-Type");
    const char *token = http_request_header(c->request, "X-CSRF-Token");
    enum http_method method = http_request_method(c->request);
    size_t len;

    if (method == HTTP_GET || method == HTTP_HEAD)
        return true;
    http_request_body(c->request, &len);
    if (len > 0 && (!type || strncasecmp(type, "application/json", 16) != 0)) {
        api_problem(c, 415, "media-type", "This must be JSON", "Send Content-Type: application/json.");
        return false;
    }
    if (!auth_origin_fits(http_request_header(c->request, "Origin"),
                          http_request_header(c->request, "Host"))) {
        api_problem(c, 403, "csrf", "From another site",
                    "Requests that change something must come from this one.");
        return false;
    }
    if (c->route->handler == api_session_post)
        return true; /* there is no session to take the token from yet */
    if (!c->session.may_change) {
        api_problem(c, 403, "read-only", "This access token may only read",
                    "`netzwacht token add --write` issues one that may change things.");
        return false;
    }
    if (c->is_bearer)
        return true;
    if (!token || !secret_equal(token, c->session.csrf)) {
        api_problem(c, 403, "csrf", "The CSRF token is missing or wrong",
                    "Send X-CSRF-Token with the value of `csrf` of GET /api/v1/session.");
        return false;
    }
    return true;
}

static bool is_too_fast(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    ns_t wait;

    if (c->session.role == ROLE_PUBLIC ||
        throttle_take(program_of(d)->by_session, c->token, loop_mono(d->loop), &wait))
        return false;
    d->stats.throttled++;
    strx_copy(c->retry_after, sizeof c->retry_after, "1");
    api_problem(c, 429, "too-many-requests", "Too many requests", "Slow down to 40 a second.");
    return true;
}

static void dispatch(struct api_call *c)
{
    const struct http_target *target = http_request_target(c->request);
    enum http_method method = http_request_method(c->request);
    enum route_verdict verdict =
        method == HTTP_OTHER ? ROUTE_NO_METHOD
                             : routes_find(method, target->path, c->session.role, &c->route, c->param);

    switch (verdict) {
    case ROUTE_FOUND:
        if (!is_too_fast(c) && is_wanted(c))
            c->route->handler(c);
        return;
    case ROUTE_NO_PATH:
        api_problem(c, 404, "not-found", "There is nothing here",
                    "GET /api/v1/openapi.json lists what there is.");
        return;
    case ROUTE_NO_METHOD:
        api_problem(c, 405, "method", "Not with this method",
                    "GET /api/v1/openapi.json says which methods there are.");
        return;
    case ROUTE_LOG_IN: api_problem(c, 401, "login-required", "Log in first", "POST /api/v1/session."); return;
    case ROUTE_FORBIDDEN:
        api_problem(c, 403, "forbidden", "Not with your role", "Your role is %s.",
                    role_name(c->session.role));
        return;
    }
}

static void on_request(void *ctx, struct http_request *r)
{
    static const struct http_header retry = {"Retry-After", "1"};
    struct dashboard *d = ctx;
    struct api_call *c = calloc(1, sizeof *c);

    if (!c) {
        http_reply(r, 503, &retry, 1, NULL);
        return;
    }
    c->dashboard = d;
    c->request = r;
    http_request_set_user(r, c);
    find_session(c);
    dispatch(c);
}

static void on_gone(void *ctx NW_UNUSED, struct http_request *r)
{
    struct api_call *c = http_request_user(r);

    if (!c)
        return;
    api_stream_gone(c);
    if (c->abandon)
        c->abandon(c, c->pending);
    secret_wipe(c, sizeof *c);
    free(c);
}

/* ---- records ---- */

/* What changed of the hardware goes to history, which knows the last word of each from before a restart. */
static void note_assets(struct dashboard *d, const Nw__Samples *samples)
{
    struct assets *assets = snapshot_assets(d->snapshot, samples->source);

    for (size_t i = 0; assets && i < assets->count; i++) {
        struct asset *a = &assets->items[i];
        const struct history_asset told = {samples->source, a->entity, a->model, a->version, a->serial};
        if (!a->is_noted)
            a->is_noted = history_asset(d->history, (ns_t)samples->started, &told) == ERR_OK;
    }
}

/* Of this machine's daemons: probe units tell theirs by the relay, late. */
static void note_pulse(struct dashboard *d, const char *partition, const Nw__Record *record)
{
    if (strx_starts_with(partition, "unit."))
        return;
    enum err e = pulse_take(d->pulse, record->heartbeat->daemon, (ns_t)record->wall, record->heartbeat);
    if (e)
        log_debug("figures of %s are not kept: %s", record->heartbeat->daemon, err_text(e));
}

/* Who asks for events since a position gets all of them or hears that some are forgotten. */
static void note_alerts_position(struct program *p, journal_pos pos, const void *bytes, size_t len)
{
    unsigned field;
    ns_t wall = 0;

    if (!p->has_alerts_position)
        events_start(p->d.events, pos - 1);
    p->has_alerts_position = true;
    if (!record_peek(bytes, len, &wall, &field) || loop_wall(p->d.loop) - wall > EVENTS_KEPT)
        events_start(p->d.events, pos);
}

static void on_bytes(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct program *p = ctx;
    struct dashboard *d = &p->d;
    enum err e = history_record(d->history, partition, pos, bytes, len);

    d->stats.history_failed += e != ERR_OK;
    if (e && !p->has_told_history) {
        p->has_told_history = true;
        log_error("history.db cannot be written: %s; lists of incidents stand still", err_text(e));
    }
    if (strcmp(partition, "alerts") == 0)
        note_alerts_position(p, pos, bytes, len);
}

static void on_record(void *ctx, const char *partition, journal_pos pos, Nw__Record *record)
{
    struct program *p = ctx;
    struct dashboard *d = &p->d;
    bool is_told = p->former && pos <= tail_position(p->former, partition);

    if (!is_told)
        api_events_record(d, partition, pos, record, loop_wall(d->loop));
    if (!is_told && record->body_case == NW__RECORD__BODY_HEARTBEAT)
        note_pulse(d, partition, record);
    enum err e = snapshot_record(d->snapshot, partition, record, loop_wall(d->loop));
    if (e)
        log_warning("a record of %s is not shown: %s", partition, err_text(e));
    if (record->body_case == NW__RECORD__BODY_SAMPLES && record->samples->table)
        note_assets(d, record->samples);
}

static void commit_history(struct program *p)
{
    if (history_commit(p->d.history) != ERR_OK && !p->has_told_history) {
        p->has_told_history = true;
        log_error("history.db cannot be committed; lists of incidents stand still after a restart");
    }
}

static void on_tick(void *ctx)
{
    struct dashboard *d = ctx;

    d->tick_count++;
    commit_history(program_of(d));
    api_firmware_tick(d);
    api_reports_tick(d);
    api_events_tick(d);
    if (loop_timer_after(d->loop, &d->tick, SECONDS) != ERR_OK)
        log_error("out of memory: summaries stop");
}

/* ---- start ---- */

bool dashboard_put_incident(void *ctx, uint64_t row NW_UNUSED, const Nw__Incident *incident)
{
    snapshot_incident(ctx, incident);
    return true;
}

static enum err open_stores(struct dashboard *d)
{
    char *users = strx_printf("%s/dashboard/users.db", d->settings->state_dir);
    char *history = strx_printf("%s/dashboard/history.db", d->settings->state_dir);
    const struct history_filter open = {.open = 1, .limit = DASHBOARD_INCIDENTS};
    enum err e = users && history ? ERR_OK : ERR_NOMEM;

    if (e == ERR_OK && mkdir(d->settings->state_dir, 0750) < 0 && errno != EEXIST)
        log_warning("%s cannot be made", d->settings->state_dir);
    if (e == ERR_OK && (e = users_open(users, &d->users)) != ERR_OK)
        log_error("%s cannot be opened: %s", users, err_text(e));
    if (e == ERR_OK && (e = history_open(history, &d->history)) == ERR_MALFORMED) {
        log_warning("%s is damaged: it is made anew from the journal", history);
        if (unlink(history) == 0)
            e = history_open(history, &d->history);
    }
    if (e == ERR_OK && (e = history_catch_up(d->history, d->settings->journal_dir)) == ERR_OK)
        e = history_incidents(d->history, &open, dashboard_put_incident, d->snapshot);
    if (e && d->users)
        log_error("%s: %s", history ? history : "history.db", err_text(e));
    free(users);
    free(history);
    return e;
}

/* A mistake is said with its place, and the dashboard starts without rules: it must show what is down. */
enum err dashboard_read_rules(struct dashboard *d)
{
    struct conf_report *report = NULL;
    enum err e = d->settings->firmware ? conf_report_new(&report) : ERR_OK;

    if (report) {
        e = firmware_rules_load(d->settings->firmware, report, &d->firmware);
        if (e)
            log_error("no firmware is rated: %s",
                      conf_report_count(report) ? conf_report_text(report) : err_text(e));
    }
    conf_report_free(report);
    return e == ERR_NOMEM ? e : ERR_OK;
}

static struct http_blob *read_description(void)
{
    char *path = settings_data_path("openapi.json"), *data = NULL;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat st;
    struct http_blob *blob = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < 4 * MIB)
        data = malloc((size_t)st.st_size);
    if (data && read(fd, data, (size_t)st.st_size) == st.st_size)
        blob = http_blob_new(data, (size_t)st.st_size);
    else
        free(data);
    if (fd >= 0)
        close(fd);
    free(path);
    return blob;
}

static enum err open_files(struct dashboard *d)
{
    char *built_in = settings_data_path("web");
    char *coverage = strx_printf("%s/coverage", d->settings->state_dir);
    const char *web = d->settings->dashboard.web_dir ? d->settings->dashboard.web_dir : built_in;
    const char *published =
        d->settings->public_page.directory ? d->settings->public_page.directory : d->settings->public_dir;
    enum err e = web && coverage ? files_new(web, &d->web) : ERR_NOMEM;

    if (e == ERR_OK)
        e = files_new(published, &d->published);
    if (e == ERR_OK)
        e = files_new(coverage, &d->coverage);
    d->description = read_description();
    free(built_in);
    free(coverage);
    return e;
}

static enum err make_parts(struct program *p)
{
    struct dashboard *d = &p->d;
    enum err e = secret_init();

    if (e == ERR_OK)
        e = snapshot_new(d->inventory, &d->snapshot);
    if (e == ERR_OK)
        e = pulse_new(&d->pulse);
    if (e == ERR_OK)
        e = dashboard_read_rules(d);
    if (e == ERR_OK)
        e = events_new(&d->events);
    if (e == ERR_OK)
        e = throttle_new(ACCOUNT_BURST, ACCOUNT_REFILL, &d->by_account);
    if (e == ERR_OK)
        e = throttle_new(ADDRESS_BURST, ADDRESS_REFILL, &d->by_address);
    if (e == ERR_OK)
        e = throttle_new(SESSION_BURST, SESSION_REFILL, &p->by_session);
    /* before the worker: it forks, and a fork copies no threads */
    if (e == ERR_OK)
        e = series_worker_new(d->loop, d->settings->journal_dir, d->settings->rrd_dir, &d->series);
    if (e == ERR_OK)
        e = worker_new(d->loop, LOGIN_QUEUE, &d->worker);
    if (e == ERR_OK)
        e = open_files(d);
    if (e)
        log_error("cannot start: %s", err_text(e));
    return e;
}

enum err dashboard_start_tail(struct program *p, struct tail **out)
{
    static const char *const partitions[] = {"collector", "probe", "alerts", "store",
                                             "dashboard", "cli",   "public", NULL};
    static const struct tail_fns fns = {.bytes = on_bytes, .record = on_record};
    enum err e = tail_new(p->d.loop, p->d.settings->journal_dir, partitions, true, &fns, p, out);

    if (e)
        log_error("the journal in %s cannot be read: %s", p->d.settings->journal_dir, err_text(e));
    return e;
}

static enum err start_server(struct dashboard *d)
{
    static const struct http_fns fns = {.request = on_request, .gone = on_gone};
    const struct dashboard_settings *s = &d->settings->dashboard;
    const struct http_options options = {
        .address = s->listen, .port = s->port, .tls_certificate = s->tls_certificate, .tls_key = s->tls_key};
    enum err e = http_server_new(d->loop, &options, &fns, d, &d->http);

    if (e == ERR_BUSY)
        log_error(
            "port %lld of %s is in use: set dashboard.port to another one, or stop who uses it (`ss -ltnp` "
            "shows it)",
            (long long)s->port, s->listen);
    else if (e == ERR_MALFORMED)
        log_error("dashboard.listen: \"%s\" is no address; 127.0.0.1 is one", s->listen);
    else if (e)
        log_error("cannot listen on %s port %lld: %s", s->listen, (long long)s->port, err_text(e));
    else
        log_info("http%s://%s:%u/", http_server_is_tls(d->http) ? "s" : "", s->listen,
                 http_server_port(d->http));
    return e;
}

enum err dashboard_new(const struct dashboard_options *options, struct dashboard **out)
{
    struct program *p = calloc(1, sizeof *p);
    struct dashboard *d = p ? &p->d : NULL;
    enum err e;

    if (!p)
        return ERR_NOMEM;
    d->loop = options->loop;
    d->settings = options->settings;
    d->inventory = options->inventory;
    d->append = options->append;
    d->append_ctx = options->append_ctx;
    d->started = loop_wall(d->loop);
    api_firmware_tick(d);
    loop_timer_init(&d->tick, on_tick, d);
    e = make_parts(p);
    if (e == ERR_OK)
        e = open_stores(d);
    if (e == ERR_OK)
        e = dashboard_start_tail(p, &p->tail);
    if (e == ERR_OK)
        e = start_server(d);
    if (e == ERR_OK)
        e = loop_timer_after(d->loop, &d->tick, SECONDS);
    if (e) {
        dashboard_free(d);
        return e;
    }
    *out = d;
    return ERR_OK;
}

void dashboard_free(struct dashboard *d)
{
    struct program *p = d ? program_of(d) : NULL;

    if (!d)
        return;
    loop_timer_cancel(d->loop, &d->tick);
    worker_free(d->worker); /* answers what waits, while the server still stands */
    http_server_free(d->http);
    tail_free(p->tail);
    series_worker_free(d->series);
    throttle_free(d->by_account);
    throttle_free(d->by_address);
    throttle_free(p->by_session);
    files_free(d->web);
    files_free(d->published);
    files_free(d->coverage);
    http_blob_unref(d->description);
    buf_fini(&d->coverage_summary);
    events_free(d->events);
    network_free(d->network.network);
    api_map_free(d->map);
    api_coverage_cells_free(d->cells);
    api_availability_free(d->availability);
    snapshot_free(d->snapshot);
    pulse_free(d->pulse);
    firmware_rules_free(d->firmware);
    history_close(d->history);
    users_close(d->users);
    free(p);
}

void dashboard_beat(struct dashboard *d, Nw__Heartbeat *beat)
{
    struct program *p = program_of(d);
    struct figure_set *f = &p->figures;
    struct http_stats http;
    struct tail_stats tail;

    http_server_stats(d->http, &http);
    tail_stats(p->tail, &tail);
    figure_put(f, "http_requests_total", (double)http.requests);
    figure_put(f, "http_connections", (double)http.connections);
    figure_put(f, "http_streams", (double)http.streams);
    figure_put(f, "http_refused_total", (double)http.refused);
    figure_put(f, "http_cut_total", (double)http.cut);
    figure_put(f, "http_displaced_total", (double)http.displaced);
    figure_put(f, "http_throttled_total", (double)d->stats.throttled);
    figure_put(f, "http_streams_cut_total", (double)http.streams_cut);
    figure_put(f, "http_streams_refused_total", (double)d->stats.streams_refused);
    figure_put(f, "logins_refused_total", (double)d->stats.logins_refused);
    figure_put(f, "logins_throttled_total", (double)d->stats.logins_throttled);
    figure_put(f, "series_failed_total", (double)d->stats.series_failed);
    figure_put(f, "history_failed_total", (double)d->stats.history_failed);
    figure_put(f, "tail_records_unreadable_total", (double)tail.unreadable);
    figure_put(f, "tail_gaps_total", (double)tail.gaps);
    figure_set_give(f, beat);
    tail_lags(p->tail, loop_wall(d->loop), beat);
}
