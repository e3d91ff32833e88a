/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - reads history, computes, writes one file. */
#include "coverage/report.h"

#include <stdlib.h>

#include "coverage/export.h"
#include "coverage/incident_sums.h"
#include "coverage/report_file.h"
#include "coverage/report_internal.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/stores/history.h"

enum { INTERVALS_MAX = 100000 };

/* What the dashboard or the public page keeps goes back for years, the journal for days. */
static bool open_kept(const struct report_request *r, struct history **out)
{
    static const char *const folders[] = {"dashboard", "public-history"};
    bool is_open = false;

    for (size_t i = 0; i < ARRAY_LEN(folders) && !is_open; i++) {
        char *path = strx_printf("%s/%s/history.db", r->settings->state_dir, folders[i]);
        enum err e = path ? history_open_copy(path, out) : ERR_NOMEM;
        is_open = e == ERR_OK;
        if (e && e != ERR_NOT_FOUND)
            log_warning("%s cannot be read: %s", path ? path : folders[i], err_text(e));
        free(path);
    }
    return is_open;
}

enum err report_open_history(const struct report_request *r, struct history **out)
{
    enum err e = ERR_OK;

    if (!open_kept(r, out)) {
        log_warning("there is no history.db in %s: only what the journal still holds is counted",
                    r->settings->state_dir);
        e = history_open(NULL, out);
    }
    if (!e) {
        e = history_catch_up(*out, r->settings->journal_dir);
        if (e) {
            history_close(*out);
            log_error("the journal in %s cannot be read: %s", r->settings->journal_dir, err_text(e));
        }
    }
    return e;
}

void report_tell(const struct report_request *r, const char *step, double share)
{
    if (r->progress)
        r->progress(step, share);
}

void report_csv_init(const struct report_request *r, struct csv_out *csv, struct buf *to)
{
    if (r->is_german)
        csv_init_german(csv, to);
    else
        csv_init(csv, to);
}

/* ---- reports ---- */

static void note_outages(const struct interval *intervals, size_t count, struct availability_row *row)
{
    for (size_t i = 0; i < count; i++) {
        ns_t length = intervals[i].to - intervals[i].from;
        if (intervals[i].state != STATE_UNUSABLE)
            continue;
        row->outages++;
        if (length > row->longest_outage)
            row->longest_outage = length;
    }
}

static enum err fill_row(const struct report_request *r, struct history *h, struct availability_row *row)
{
    const struct site *site = inventory_site(r->inventory, row->hotspot->site);
    const struct district *district =
        inventory_district(r->inventory, hotspot_district_id(r->inventory, row->hotspot));
    struct interval *intervals = NULL;
    size_t count = 0;
    enum err e = history_intervals(h, "hotspot", row->hotspot->id, r->from, r->to, r->now, INTERVALS_MAX,
                                   &intervals, &count);

    if (e)
        return e;
    row->site_name = site ? site->name : NULL;
    row->district_name = district ? district->name : NULL;
    availability_of(intervals, count, r->from, r->to < r->now ? r->to : r->now, &row->time);
    note_outages(intervals, count, row);
    free(intervals);
    return ERR_OK;
}

enum err report_availability(const struct report_request *r)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(r->inventory, &count);
    struct availability_row *rows;
    struct history *history;
    struct buf text = BUF_INIT;
    struct csv_out csv;
    enum err e;

    if (r->format != REPORT_CSV) {
        log_error("availability is written as csv only");
        return ERR_UNSUPPORTED;
    }
    e = report_open_history(r, &history);
    if (e)
        return e;
    rows = calloc(count + 1, sizeof *rows);
    if (!rows)
        e = ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++) {
        rows[i].hotspot = &hotspots[i];
        e = fill_row(r, history, &rows[i]);
        report_tell(r, "availability", (double)(i + 1) / (double)count);
    }
    if (!e) {
        report_csv_init(r, &csv, &text);
        export_availability_csv(rows, count, r->from, r->to, &csv);
        e = report_write_text(r->output, &text);
    }
    report_tell(r, "done", 1);
    free(rows);
    buf_fini(&text);
    history_close(history);
    return e;
}

/* ---- what incidents cost ---- */

struct summing {
    const struct report_request *request;
    struct incident_sums *sums;
    enum err error;
};

static bool add_incident(void *ctx, uint64_t row, const Nw__Incident *i)
{
    struct summing *s = ctx;

    (void)row;
    if ((ns_t)i->opened >= s->request->from && (ns_t)i->opened < s->request->to)
        s->error = incident_sums_add(s->sums, i);
    return s->error == ERR_OK;
}

enum err report_incidents(const struct report_request *r)
{
    const struct history_filter all = {.open = -1, .limit = SIZE_MAX / 2};
    struct summing summing = {.request = r};
    struct history *history = NULL;
    struct buf text = BUF_INIT;
    struct csv_out csv;
    enum err e;

    if (r->format != REPORT_CSV) {
        log_error("incidents are written as csv only");
        return ERR_UNSUPPORTED;
    }
    e = report_open_history(r, &history);
    if (e)
        return e;
    e = incident_sums_new(r->inventory, &summing.sums);
    if (!e)
        e = history_incidents(history, &all, add_incident, &summing);
    if (!e)
        e = summing.error;
    if (!e) {
        report_csv_init(r, &csv, &text);
        incident_sums_csv(summing.sums, r->from, r->to, &csv);
        e = report_write_text(r->output, &text);
    }
    report_tell(r, "done", 1);
    incident_sums_free(summing.sums);
    buf_fini(&text);
    history_close(history);
    return e;
}
