/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io_reports.c - what citizens reported: knows SQLite. */
#include <math.h>

#include "lib/stores/history_io_db.h"

/* Written by netzwacht-public, which checked it; what could not be drawn is left out all the same. */
enum err history_put_report(struct history *h, ns_t wall, const Nw__CitizenReport *report)
{
    sqlite3_stmt *s;

    if (!(fabs(report->lat) <= 90) || !(fabs(report->lon) <= 180))
        return ERR_OK;
    s = history_use(h, Q_REPORT_PUT);
    if (s) {
        sqlite3_bind_int64(s, 1, wall);
        sqlite3_bind_double(s, 2, report->lat);
        sqlite3_bind_double(s, 3, report->lon);
        bind_text(s, 4, report->category);
        bind_text(s, 5, report->hotspot);
    }
    return history_run(h, s);
}

enum err history_drop_reports(struct history *h, ns_t before)
{
    enum err e = history_begin(h);
    sqlite3_stmt *s = e ? NULL : history_use(h, Q_REPORTS_TRIM);

    if (s)
        sqlite3_bind_int64(s, 1, before);
    return e ? e : history_run(h, s);
}

enum err history_reports(struct history *h, ns_t after, const char *categories, uint64_t before, size_t limit,
                         history_report_fn *fn, void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_REPORTS);
    bool goes_on = true;
    int rc = SQLITE_DONE;

    if (!s)
        return ERR_IO;
    sqlite3_bind_int64(s, 1, after);
    sqlite3_bind_int64(s, 2, before ? (int64_t)before : INT64_MAX);
    bind_text(s, 3, categories);
    sqlite3_bind_int64(s, 4, (int64_t)limit);
    while (goes_on && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const struct history_report report = {.at = sqlite3_column_int64(s, 1),
                                              .lat = sqlite3_column_double(s, 2),
                                              .lon = sqlite3_column_double(s, 3),
                                              .category = column_text(s, 4),
                                              .hotspot = column_text(s, 5)};
        goes_on = fn(ctx, (uint64_t)sqlite3_column_int64(s, 0), &report);
    }
    sqlite3_reset(s);
    return goes_on ? history_err(rc) : ERR_OK;
}
