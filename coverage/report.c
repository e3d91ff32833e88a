/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - reads history, computes, writes one file. */
#include "coverage/report.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coverage/coverage.h"
#include "coverage/export.h"
#include "coverage/gdal_package.h"
#include "coverage/incident_sums.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/stores/history.h"

enum { INTERVALS_MAX = 100000 };

/* ---- the history of hotspots ---- */

struct availability_source {
    struct history *history;
    const struct report_request *request;
    size_t done, count;
    enum err error;
};

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

static enum err open_history(const struct report_request *r, struct history **out)
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

static void tell(const struct report_request *r, const char *step, double share)
{
    if (r->progress)
        r->progress(step, share);
}

static void hotspot_availability(void *ctx, const struct hotspot *h, double *share, double *completeness)
{
    struct availability_source *source = ctx;
    const struct report_request *r = source->request;
    struct availability a = {0};
    enum err e = history_availability(source->history, "hotspot", h->id, r->from, r->to, r->now, &a);

    if (e && !source->error)
        source->error = e;
    *share = availability_share(&a);
    *completeness = availability_completeness(&a);
    tell(r, "availability", (double)++source->done / (double)source->count);
}

/* ---- writing a file in one step ---- */

static enum err make_parents(const char *path)
{
    char *copy = strdup(path), *slash;
    enum err e = copy ? ERR_OK : ERR_NOMEM;

    for (slash = copy; !e && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(copy, 0750) && errno != EEXIST)
            e = err_from_errno(errno);
        *slash = '/';
    }
    free(copy);
    return e;
}

static enum err write_all(int fd, const struct buf *text)
{
    for (size_t done = 0; done < text->len;) {
        ssize_t n = write(fd, text->data + done, text->len - done);
        if (n < 0 && errno != EINTR)
            return err_from_errno(errno);
        done += n > 0 ? (size_t)n : 0;
    }
    return ERR_OK;
}

/* A name beside the output, for the unfinished file. */
static char *unfinished_path(const char *output)
{
    return strx_printf("%s.%d.part", output, (int)getpid());
}

/* Moves the unfinished file to its place, or removes it if e says that it failed. */
static enum err finish_file(const char *part, const char *output, enum err e)
{
    if (!e && rename(part, output))
        e = err_from_errno(errno);
    if (e) {
        unlink(part);
        log_error("%s cannot be written: %s", output, err_text(e));
    }
    return e;
}

static enum err write_text(const char *output, const struct buf *text)
{
    char *part;
    enum err e = buf_error(text);
    int fd;

    if (!e && !output)
        return write_all(STDOUT_FILENO, text);
    if (!e)
        e = make_parents(output);
    part = unfinished_path(output);
    if (!part)
        return ERR_NOMEM;
    fd = e ? -1 : open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (!e && fd < 0)
        e = err_from_errno(errno);
    if (!e)
        e = write_all(fd, text);
    if (fd >= 0 && close(fd) && !e)
        e = err_from_errno(errno);
    e = finish_file(part, output, e);
    free(part);
    return e;
}

static enum err write_package(const struct report_request *r, const struct coverage *c)
{
    char *part;
    enum err e;

    if (!r->output) {
        log_error("a GeoPackage cannot be written to standard output; name a file with -o");
        return ERR_UNSUPPORTED;
    }
    e = make_parents(r->output);
    part = strx_printf("%s.%d.part.gpkg", r->output, (int)getpid()); /* OGR insists on the ending */
    if (!part)
        return ERR_NOMEM;
    if (!e)
        e = gdal_package_write(c, r->inventory, part);
    e = finish_file(part, r->output, e);
    free(part);
    return e;
}

/* ---- reports ---- */

static void log_skipped(const struct coverage *c)
{
    for (size_t i = 0; i < c->skipped_count; i++)
        log_warning("hotspot %s is not part of the coverage: %s", c->skipped[i].hotspot, c->skipped[i].why);
}

static enum err write_coverage(const struct report_request *r, const struct coverage *c)
{
    struct buf text = BUF_INIT;
    enum err e;

    tell(r, "writing", 0);
    switch (r->format) {
    case REPORT_GPKG: return write_package(r, c);
    case REPORT_CSV: export_coverage_csv(c, &text); break;
    case REPORT_GEOJSON: export_coverage_geojson(c, r->now, &text); break;
    }
    e = write_text(r->output, &text);
    buf_fini(&text);
    return e;
}

enum err report_coverage(const struct report_request *r)
{
    struct availability_source source = {.request = r};
    struct coverage *c = NULL;
    enum err e = open_history(r, &source.history);

    if (e)
        return e;
    (void)inventory_hotspots(r->inventory, &source.count);
    e = coverage_compute(&(struct coverage_request){.inventory = r->inventory,
                                                    .settings = &r->settings->coverage,
                                                    .from = r->from,
                                                    .to = r->to,
                                                    .availability = hotspot_availability,
                                                    .ctx = &source},
                         &c);
    if (!e)
        e = source.error;
    if (e == ERR_RANGE)
        log_error("the positions of hotspots and districts lie more than 200 km apart; is one wrong, or are "
                  "latitude and "
                  "longitude exchanged?");
    else if (e == ERR_LIMIT)
        log_error("coverage: more than %d squares of %d m: compute it with `step_m: 25`, or part of the city",
                  RASTER_PLACES_MAX, (int)r->settings->coverage.step_m);
    else if (e)
        log_error("coverage: %s", err_text(e));
    if (!e) {
        log_skipped(c);
        e = write_coverage(r, c);
    }
    tell(r, "done", 1);
    coverage_free(c);
    history_close(source.history);
    return e;
}

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
    enum err e;

    if (r->format != REPORT_CSV) {
        log_error("availability is written as csv only");
        return ERR_UNSUPPORTED;
    }
    e = open_history(r, &history);
    if (e)
        return e;
    rows = calloc(count + 1, sizeof *rows);
    if (!rows)
        e = ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++) {
        rows[i].hotspot = &hotspots[i];
        e = fill_row(r, history, &rows[i]);
        tell(r, "availability", (double)(i + 1) / (double)count);
    }
    if (!e) {
        export_availability_csv(rows, count, r->from, r->to, &text);
        e = write_text(r->output, &text);
    }
    tell(r, "done", 1);
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
    enum err e;

    if (r->format != REPORT_CSV) {
        log_error("incidents are written as csv only");
        return ERR_UNSUPPORTED;
    }
    e = open_history(r, &history);
    if (e)
        return e;
    e = incident_sums_new(r->inventory, &summing.sums);
    if (!e)
        e = history_incidents(history, &all, add_incident, &summing);
    if (!e)
        e = summing.error;
    if (!e) {
        incident_sums_csv(summing.sums, r->from, r->to, &text);
        e = write_text(r->output, &text);
    }
    tell(r, "done", 1);
    incident_sums_free(summing.sums);
    buf_fini(&text);
    history_close(history);
    return e;
}
