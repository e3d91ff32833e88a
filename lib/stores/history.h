/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h - what was: state intervals, incidents, commands, hardware; kept in an SQLite file of one's own.
 *
 * Fed with journal records: State, Incident and Outcome from `alerts`, CitizenReport from `public`, State
 * from `unit.*` (back-filled history), Command and Outcome from the others. Everything can be built anew from
 * the journal, so nothing is synced; the offsets read are committed with the rows. Order does not matter:
 * states are kept by their `since`, incidents by their sequence.
 *
 *   history_open("…/history.db", &h); history_catch_up(h, settings->journal_dir);
 *   history_availability(h, "hotspot", "hs-0001", from, to, now, &a);
 *
 * A time in which alerts wrote nothing, not even a heartbeat, for longer than HISTORY_BLIND_AFTER is unknown
 * for everybody: nobody was looking. Known limit: a state that changed and changed back while alerts was down
 * leaves no trace. */
#ifndef NW_STORES_HISTORY_H
#define NW_STORES_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/runtime/journal.h"
#include "lib/stores/availability.h"

#define HISTORY_BLIND_AFTER (60 * SECONDS)

struct history; /* opaque */

/* Creates the file (mode 0640) and its folder; NULL: in memory. ERR_UNSUPPORTED: made by a newer version. */
enum err history_open(const char *path, struct history **out) NW_CHECKED;
/* A copy of what stands in that file, to read and to go on from with history_catch_up(): for a program that
 * must not write where a daemon does. It lies in a temporary file that nobody sees and that goes with
 * history_close(). ERR_NOT_FOUND: there is no such file; ERR_DENIED, ERR_IO: it cannot be read. */
enum err history_open_copy(const char *path, struct history **out) NW_CHECKED;
void history_close(struct history *h);

/* Reads partitions alerts, dashboard, cli and unit.* of journal_dir from the stored offsets to their ends. */
enum err history_catch_up(struct history *h, const char *journal_dir) NW_CHECKED;
/* One record. Records at or before the stored offset of their partition are ignored; so are records that
 * history does not keep. Uncommitted until history_commit(). */
enum err history_record(struct history *h, const char *partition, journal_pos pos, const void *record,
                        size_t len) NW_CHECKED;
enum err history_commit(struct history *h) NW_CHECKED;
/* A command that the caller just appended itself: known at once, before its outcome can come back. Its record
 * is read later and changes nothing. */
enum err history_put_command(struct history *h, ns_t wall, const Nw__Command *command) NW_CHECKED;

/* ---- states ---- */

/* The intervals of one thing that touch [from, to), cut to it, oldest first, without holes: time before its
 * first state, and time in which nobody was looking, is STATE_UNKNOWN / REASON_MONITOR_BLIND or NO_DATA. What
 * lies behind now is left out. *out is malloc'ed. At most max intervals, the newest ones. */
enum err history_intervals(struct history *h, const char *kind, const char *id, ns_t from, ns_t to, ns_t now,
                           size_t max, struct interval **out, size_t *count) NW_CHECKED;
enum err history_availability(struct history *h, const char *kind, const char *id, ns_t from, ns_t to,
                              ns_t now, struct availability *out) NW_CHECKED;

/* ---- incidents ---- */

struct history_filter {
    int open;             /* 1 open, 0 closed, -1 all */
    const char *severity; /* one or several, separated by commas; NULL = any */
    const char *type;     /* NULL = any */
    const char *operator_state;
    const char *member; /* id of cause or member */
    const char *text;   /* contained in id, cause or text, ASCII case ignored */
    uint64_t before;    /* row number of a former page's last item; 0 = from the newest */
    size_t limit;
};

/* Called for each, newest first; row is what `before` takes. Returning false ends it. */
typedef bool history_incident_fn(void *ctx, uint64_t row, const Nw__Incident *incident);
enum err history_incidents(struct history *h, const struct history_filter *filter, history_incident_fn *fn,
                           void *ctx) NW_CHECKED;
/* ERR_NOT_FOUND; free with nw__incident__free_unpacked(out, NULL). */
enum err history_incident(struct history *h, const char *id, Nw__Incident **out) NW_CHECKED;

struct history_event {
    ns_t at;
    const char *event, *severity, *by, *comment;
    int64_t members;
};
typedef void history_event_fn(void *ctx, const struct history_event *event);
/* What happened to an incident, oldest first, at most 500. */
enum err history_incident_log(struct history *h, const char *id, history_event_fn *fn, void *ctx) NW_CHECKED;

/* ---- hardware and firmware ---- */

enum { HISTORY_FIELD_MAX = 255 };

/* "" where it is not known. */
struct history_asset {
    const char *source, *entity;          /* device; its access point's row, or "" for itself */
    const char *model, *version, *serial; /* at most HISTORY_FIELD_MAX bytes */
};
/* What the asset said it is, at that time. A known field that differs from the last known one is a change;
 * what is older than the last change is read again and changes nothing. Unlike the rest, changes cannot be
 * built anew: samples stay in the journal for hours. At most 200 changes of an asset are kept. */
enum err history_asset(struct history *h, ns_t at, const struct history_asset *asset) NW_CHECKED;

struct history_change {
    ns_t at;
    const char *entity, *what, *before, *after; /* what: model version serial */
};
typedef void history_change_fn(void *ctx, const struct history_change *change);
/* Newest first; entity NULL: the device's and those of all its access points. */
enum err history_asset_changes(struct history *h, const char *source, const char *entity, size_t limit,
                               history_change_fn *fn, void *ctx) NW_CHECKED;

/* ---- commands and maintenance ---- */

struct history_command {
    const char *id, *by, *via, *verb, *target, *comment;
    ns_t at, begin, until;
    const char *outcome; /* "pending" done refused unknown */
    const char *problem; /* "" */
    ns_t finished;       /* 0 = pending */
    bool is_announced;   /* maintenance: citizens are told, in these words */
    const char *text_de, *text_en;
};
typedef bool history_command_fn(void *ctx, uint64_t row, const struct history_command *command);
/* fn is called once; ERR_NOT_FOUND. */
enum err history_command(struct history *h, const char *id, history_command_fn *fn, void *ctx) NW_CHECKED;
/* The first command with that verb for this target that was not refused. fn is called once; ERR_NOT_FOUND. */
enum err history_command_of(struct history *h, const char *verb, const char *target, history_command_fn *fn,
                            void *ctx) NW_CHECKED;
/* Commands with that verb whose `until` is later than `after`, newest first, below row `before` (0 = all). */
enum err history_commands(struct history *h, const char *verb, ns_t after, uint64_t before, size_t limit,
                          history_command_fn *fn, void *ctx) NW_CHECKED;

/* ---- what citizens reported ---- */

struct history_report {
    ns_t at;
    double lat, lon;
    const char *category, *hotspot; /* hotspot "": a place without one */
};
typedef bool history_report_fn(void *ctx, uint64_t row, const struct history_report *report);
/* Not older than `after`, newest first, below row `before` (0 = all); categories: one or several, separated
 * by commas, NULL = any. */
enum err history_reports(struct history *h, ns_t after, const char *categories, uint64_t before, size_t limit,
                         history_report_fn *fn, void *ctx) NW_CHECKED;
/* Forgets those before `before`. */
enum err history_drop_reports(struct history *h, ns_t before) NW_CHECKED;

#endif
