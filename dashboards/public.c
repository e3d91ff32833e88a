/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public.c - gathers the public page's model from the journal and writes the files, once per interval. */
#include "dashboards/public.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dashboards/public_days.h"
#include "dashboards/public_files.h"
#include "dashboards/public_io.h"
#include "dashboards/public_maintenance.h"
#include "dashboards/public_page.h"
#include "dashboards/public_server.h"
#include "dashboards/snapshot.h"
#include "dashboards/tail.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/figure.h"
#include "lib/stores/history.h"

enum { INCIDENTS_MAX = 100, AVAILABILITY_DAYS = 30, STATEMENT_MAX = 256 * 1024 };

#define INCIDENTS_KEPT (7 * DAYS)
#define BLIND_AFTER    (60 * SECONDS)

struct public_writer {
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    struct snapshot *snapshot;
    struct history *history;
    struct tail *tail;
    struct loop_timer timer;
    struct public_hotspot *hotspots;
    const struct public_hotspot **by_name;
    struct public_days *days;
    struct public_model model; /* of the files as last written; has_model: they were */
    bool has_model;
    struct public_server *server; /* NULL: no port is set */
    public_append_fn *append;
    void *append_ctx;
    char *statements[PUBLIC_STATEMENTS]; /* their texts; NULL: an address, or not given */
    struct public_district *districts;
    struct public_incident incidents[INCIDENTS_MAX];
    struct public_maintenance_list maintenance;
    Nw__Record *announced; /* the last list of alerts; NULL: none yet */
    size_t hotspot_count, district_count, incident_count;
    struct public_files files;
    enum err last_error;
    struct figure_set figures;
};

/* ---- records ---- */

static void on_bytes(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct public_writer *p = ctx;
    enum err e =
        strcmp(partition, "collector") != 0 ? history_record(p->history, partition, pos, bytes, len) : ERR_OK;

    if (e)
        log_debug("a record of %s is not kept: %s", partition, err_text(e));
}

static void keep_announced(struct public_writer *p, const Nw__Record *record)
{
    struct buf bytes = BUF_INIT;
    Nw__Record *copy = NULL;

    if (record_pack(record, &bytes) == ERR_OK && record_unpack(bytes.data, bytes.len, &copy) == ERR_OK) {
        record_free(p->announced);
        p->announced = copy;
    }
    buf_fini(&bytes);
}

static void on_record(void *ctx, const char *partition, journal_pos pos NW_UNUSED, Nw__Record *record)
{
    struct public_writer *p = ctx;
    enum err e = snapshot_record(p->snapshot, partition, record, loop_wall(p->loop));

    if (record->body_case == NW__RECORD__BODY_ANNOUNCEMENTS && strcmp(partition, "alerts") == 0)
        keep_announced(p, record);
    if (e)
        log_debug("a record of %s is not shown: %s", partition, err_text(e));
}

static void on_idle(void *ctx)
{
    struct public_writer *p = ctx;
    enum err e = history_commit(p->history);

    if (e)
        log_debug("history cannot be committed: %s", err_text(e));
}

/* ---- the model ---- */

static bool is_blind(const struct public_writer *p, ns_t now)
{
    for (size_t i = 0; i < snapshot_daemon_count(p->snapshot); i++) {
        const struct snap_daemon *d = snapshot_daemon(p->snapshot, i);
        if (strcmp(d->partition, "alerts") == 0 && now - d->heard <= BLIND_AFTER)
            return false;
    }
    return true;
}

static size_t district_of(const struct public_writer *p, const struct hotspot *h)
{
    const struct district *all = inventory_districts(p->inventory, &(size_t){0});
    const struct district *d = inventory_district(p->inventory, hotspot_district_id(p->inventory, h));

    return d ? (size_t)(d - all) : SIZE_MAX;
}

static void fill_hotspots(struct public_writer *p, bool blind)
{
    size_t count;
    const struct hotspot *all = inventory_hotspots(p->inventory, &count);

    p->hotspot_count = 0;
    for (size_t d = 0; d < p->district_count; d++)
        memset(p->districts[d].counts, 0, sizeof p->districts[d].counts);
    for (size_t i = 0; i < count; i++) {
        const struct snap_state *state = snapshot_hotspot(p->snapshot, i);
        const struct site *site = inventory_site(p->inventory, all[i].site);
        struct public_hotspot *h = &p->hotspots[p->hotspot_count];
        if (!all[i].is_published)
            continue;
        *h = (struct public_hotspot){.id = all[i].id,
                                     .name = all[i].name ? all[i].name : "",
                                     .site = site && site->name ? site->name : "",
                                     .district = district_of(p, &all[i]),
                                     .at = hotspot_position(p->inventory, &all[i]),
                                     .state = blind ? STATE_UNKNOWN : state->state,
                                     .reason = blind ? REASON_MONITOR_BLIND : state->reason,
                                     .since = blind ? 0 : state->since,
                                     .load = LOAD_UNKNOWN};
        if (state_is_up(h->state))
            h->load = load_class(snapshot_clients(p->snapshot, i));
        if (h->district < p->district_count)
            p->districts[h->district].counts[h->state <= STATE_MAINTENANCE ? h->state : STATE_UNKNOWN]++;
        p->by_name[p->hotspot_count++] = h;
    }
    public_sort_by_name(p->by_name, p->hotspot_count);
}

static void fill_availability(struct public_writer *p, ns_t now)
{
    public_days_update(p->days, p->history, now, loop_mono(p->loop));
    for (size_t d = 0; d < p->district_count; d++)
        public_days_sum(p->districts[d].days, AVAILABILITY_DAYS, &p->districts[d].availability);
}

/* The published hotspots among the members, where they are, and why: a device's name stays inside. */
static void fill_members(struct public_writer *p, const Nw__Incident *i, struct public_incident *out)
{
    bool *is_hit = calloc(p->district_count + 1, sizeof *is_hit);
    struct buf names = BUF_INIT;

    for (size_t k = 0; is_hit && k < i->n_members; k++) {
        const struct hotspot *h = strcmp(i->members[k]->kind, "hotspot") == 0
                                      ? inventory_hotspot(p->inventory, i->members[k]->id)
                                      : NULL;
        if (!h || !h->is_published)
            continue;
        size_t d = district_of(p, h);
        out->affected++;
        if (out->reason == REASON_NONE)
            out->reason = (enum reason)i->members[k]->reason;
        if (d < p->district_count)
            is_hit[d] = true;
    }
    for (size_t d = 0; is_hit && d < p->district_count; d++)
        if (is_hit[d])
            buf_printf(&names, "%s%s", names.len ? ", " : "", p->districts[d].outline->name);
    free(is_hit);
    out->districts = buf_take(&names);
}

static bool add_incident(void *ctx, uint64_t row NW_UNUSED, const Nw__Incident *i)
{
    struct public_writer *p = ctx;
    struct public_incident *out = &p->incidents[p->incident_count];

    if (p->incident_count == INCIDENTS_MAX)
        return false;
    if (i->closed && loop_wall(p->loop) - (ns_t)i->closed > INCIDENTS_KEPT)
        return true;
    *out = (struct public_incident){.id = strx_printf("%s", i->id),
                                    .opened = (ns_t)i->opened,
                                    .closed = (ns_t)i->closed,
                                    .changed = (ns_t)i->changed,
                                    .reason = i->cause ? (enum reason)i->cause->reason : REASON_NONE};
    fill_members(p, i, out);
    if (!out->districts)
        out->districts = strx_printf("%s", "");
    if (!out->id || !out->districts) {
        free((char *)(uintptr_t)out->id);
        free((char *)(uintptr_t)out->districts);
        return false;
    }
    p->incident_count++;
    return true;
}

static void drop_incidents(struct public_writer *p)
{
    for (size_t i = 0; i < p->incident_count; i++) {
        free((char *)(uintptr_t)p->incidents[i].id);
        free((char *)(uintptr_t)p->incidents[i].districts);
    }
    p->incident_count = 0;
}

static void fill_maintenance(struct public_writer *p, ns_t now)
{
    const Nw__Announcements *list = p->announced ? p->announced->announcements : NULL;

    if (public_maintenance_fill(list, p->inventory, now, &p->maintenance) != ERR_OK)
        log_debug("out of memory: announced maintenance is not shown");
}

static void fill_incidents(struct public_writer *p)
{
    const struct history_filter newest = {.open = -1, .limit = 1000};

    drop_incidents(p);
    if (history_incidents(p->history, &newest, add_incident, p) != ERR_OK)
        log_debug("incidents cannot be read");
}

/* ---- writing ---- */

static const char *statement_setting(const struct public_settings *s, enum public_statement which)
{
    switch (which) {
    case STATEMENT_IMPRINT: return s->imprint;
    case STATEMENT_PRIVACY: return s->privacy;
    case STATEMENT_ACCESSIBILITY: return s->accessibility;
    case STATEMENT_EASY_LANGUAGE: return s->easy_language;
    case PUBLIC_STATEMENTS: break;
    }
    return NULL;
}

static void fill_statements(const struct public_writer *p, struct public_model *m)
{
    for (int i = 0; i < PUBLIC_STATEMENTS; i++) {
        const char *given = statement_setting(&p->settings->public_page, (enum public_statement)i);
        m->statements[i].text = p->statements[i];
        m->statements[i].address = given && settings_is_address(given) ? given : NULL;
    }
}

static void write_pages(struct public_writer *p)
{
    const struct public_settings *s = &p->settings->public_page;
    ns_t now = loop_wall(p->loop);
    bool blind = is_blind(p, now);
    struct public_model m = {.title = p->settings->dashboard.title,
                             .instance = p->settings->instance,
                             .is_simulated = p->settings->is_simulated,
                             .url = s->url,
                             .licence = {s->licence, s->licence_url, s->attribution},
                             .is_blind = blind,
                             .now = now,
                             .hotspots = p->hotspots,
                             .by_name = p->by_name,
                             .districts = p->districts,
                             .district_count = p->district_count,
                             .days = public_days_city(p->days),
                             .incidents = p->incidents,
                             .maintenance = &p->maintenance,
                             .has_form = s->port != 0};
    enum err e;

    fill_statements(p, &m);
    fill_hotspots(p, blind);
    fill_availability(p, now);
    fill_incidents(p);
    fill_maintenance(p, now);
    m.hotspot_count = p->hotspot_count;
    m.incident_count = p->incident_count;
    p->model = m;
    p->has_model = true;
    e = public_files_put_all(&p->files, &m);
    if (e && e != p->last_error)
        log_error("%s cannot be written: %s; the public page stays as it was", p->files.folder, err_text(e));
    else if (!e && p->last_error)
        log_info("%s can be written again", p->files.folder);
    p->last_error = e;
}

static void on_timer(void *ctx)
{
    struct public_writer *p = ctx;

    write_pages(p);
    if (loop_timer_after(p->loop, &p->timer, p->settings->public_page.interval) != ERR_OK)
        log_error("out of memory: the public page is no longer written");
}

/* Appends a file's bytes; ERR_LIMIT: more than max. */
static enum err read_file(const char *path, size_t max, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char chunk[4096];
    ssize_t n;

    if (fd < 0)
        return err_from_errno(errno);
    while ((n = read(fd, chunk, sizeof chunk)) > 0 && out->len <= max)
        buf_put(out, chunk, (size_t)n);
    close(fd);
    return n < 0 ? ERR_IO : out->len > max ? ERR_LIMIT : buf_error(out);
}

static enum err copy_shipped(struct public_writer *p, const char *name)
{
    char *below = strx_printf("public/%s", name), *path = below ? settings_data_path(below) : NULL;
    enum err e = path ? read_file(path, MIB, &p->files.page) : ERR_NOMEM;

    if (e)
        log_error("%s cannot be read: %s; install netzwacht anew", path ? path : name, err_text(e));
    else if ((e = public_files_put(&p->files, name)) != ERR_OK)
        log_error("%s cannot be written: %s", p->files.folder, err_text(e));
    free(below);
    free(path);
    return e;
}

static enum err copy_all_shipped(struct public_writer *p)
{
    enum err e = copy_shipped(p, "status.css");

    if (e == ERR_OK)
        e = copy_shipped(p, "nearest.js");
    if (e == ERR_OK) {
        public_page_icon(&p->files.page);
        e = public_files_put(&p->files, "icon.svg");
    }
    return e;
}

/* A file that cannot be read leaves its place empty: the page is needed more than its imprint. */
static void read_statements(struct public_writer *p)
{
    for (int i = 0; i < PUBLIC_STATEMENTS; i++) {
        const char *path = statement_setting(&p->settings->public_page, (enum public_statement)i);
        struct buf text = BUF_INIT;
        if (!path || settings_is_address(path))
            continue;
        enum err e = read_file(path, STATEMENT_MAX, &text);
        if (e)
            log_error("%s cannot be read: %s; the public page is without it", path, err_text(e));
        else
            p->statements[i] = buf_take(&text);
        buf_fini(&text);
    }
}

/* ---- reports ---- */

static const struct public_model *model_now(void *ctx)
{
    struct public_writer *p = ctx;

    return p->has_model ? &p->model : NULL;
}

static enum err take_report(void *ctx, const struct report *report)
{
    struct public_writer *p = ctx;
    Nw__Record record = NW__RECORD__INIT;
    Nw__CitizenReport body = NW__CITIZEN_REPORT__INIT;

    body.lat = report->lat;
    body.lon = report->lon;
    body.category = (char *)(uintptr_t)report->category;
    body.hotspot = (char *)(uintptr_t)report->hotspot;
    record.body_case = NW__RECORD__BODY_REPORT;
    record.report = &body;
    return p->append(p->append_ctx, &record);
}

static enum err start_server(struct public_writer *p)
{
    const struct public_server_options options = {.loop = p->loop,
                                                  .address = p->settings->public_page.listen,
                                                  .port = p->settings->public_page.port,
                                                  .folder = p->files.folder,
                                                  .model = model_now,
                                                  .take = take_report,
                                                  .ctx = p};

    return options.port ? public_server_new(&options, &p->server) : ERR_OK;
}

/* ---- start ---- */

static enum err open_history(struct public_writer *p)
{
    char *path = strx_printf("%s/public-history/history.db", p->settings->state_dir);
    enum err e = path ? history_open(path, &p->history) : ERR_NOMEM;

    if (e == ERR_MALFORMED && unlink(path) == 0) {
        log_warning("%s was damaged: it is made anew from the journal", path);
        e = history_open(path, &p->history);
    }
    if (e == ERR_OK)
        e = history_catch_up(p->history, p->settings->journal_dir);
    if (e)
        log_error("%s: %s", path ? path : "history.db", err_text(e));
    free(path);
    return e;
}

static enum err make_model(struct public_writer *p)
{
    size_t hotspots;
    const struct district *districts = inventory_districts(p->inventory, &p->district_count);

    inventory_hotspots(p->inventory, &hotspots);
    p->hotspots = calloc(hotspots + 1, sizeof *p->hotspots);
    p->by_name = calloc(hotspots + 1, sizeof(struct public_hotspot *));
    p->districts = calloc(p->district_count + 1, sizeof *p->districts);
    if (!p->hotspots || !p->by_name || !p->districts || public_days_new(p->inventory, &p->days) != ERR_OK)
        return ERR_NOMEM;
    for (size_t d = 0; d < p->district_count; d++) {
        p->districts[d].outline = &districts[d];
        p->districts[d].days = public_days_district(p->days, d);
    }
    return snapshot_new(p->inventory, &p->snapshot);
}

enum err public_new(const struct public_options *options, struct public_writer **out)
{
    static const char *const partitions[] = {"collector", "alerts", NULL};
    static const struct tail_fns fns = {.bytes = on_bytes, .record = on_record, .idle = on_idle};
    const struct settings *settings = options->settings;
    struct public_writer *p = calloc(1, sizeof *p);
    enum err e;

    if (!p)
        return ERR_NOMEM;
    p->loop = options->loop;
    p->settings = settings;
    p->inventory = options->inventory;
    p->append = options->append;
    p->append_ctx = options->append_ctx;
    p->files.folder =
        settings->public_page.directory ? settings->public_page.directory : settings->public_dir;
    loop_timer_init(&p->timer, on_timer, p);
    e = public_io_folder(p->files.folder);
    if (e)
        log_error("%s cannot be made: %s", p->files.folder, err_text(e));
    if (e == ERR_OK)
        e = copy_all_shipped(p);
    read_statements(p);
    if (e == ERR_OK)
        e = make_model(p);
    if (e == ERR_OK)
        e = open_history(p);
    if (e == ERR_OK)
        e = tail_new(p->loop, settings->journal_dir, partitions, true, &fns, p, &p->tail);
    if (e == ERR_OK)
        e = start_server(p);
    if (e == ERR_OK)
        e = loop_timer_after(p->loop, &p->timer, 0);
    if (e) {
        public_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

void public_free(struct public_writer *p)
{
    if (!p)
        return;
    loop_timer_cancel(p->loop, &p->timer);
    public_server_free(p->server);
    tail_free(p->tail);
    drop_incidents(p);
    public_maintenance_fini(&p->maintenance);
    record_free(p->announced);
    history_close(p->history);
    snapshot_free(p->snapshot);
    public_days_free(p->days);
    for (int i = 0; i < PUBLIC_STATEMENTS; i++)
        free(p->statements[i]);
    free(p->by_name);
    free(p->hotspots);
    free(p->districts);
    buf_fini(&p->files.page);
    free(p);
}

void public_beat(struct public_writer *p, Nw__Heartbeat *beat)
{
    struct figure_set *f = &p->figures;
    struct tail_stats tail;

    tail_stats(p->tail, &tail);
    figure_put(f, "public_files_written_total", (double)p->files.written);
    figure_put(f, "public_files_failed_total", (double)p->files.failed);
    if (p->server) {
        uint64_t taken, refused;
        public_server_counts(p->server, &taken, &refused);
        figure_put(f, "public_reports_total", (double)taken);
        figure_put(f, "public_reports_refused_total", (double)refused);
    }
    figure_put(f, "tail_records_unreadable_total", (double)tail.unreadable);
    figure_put(f, "tail_gaps_total", (double)tail.gaps);
    figure_set_give(f, beat);
    tail_lags(p->tail, loop_wall(p->loop), beat);
}
