/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io_assets.c - history.db, which hardware and firmware stood where: the last identity of each device
 * and access point, and what changed when. Knows SQLite. */
#include "lib/stores/history_io_db.h"

#include <string.h>

enum { CHANGES_PER_ASSET = 200, FIELDS = 3 };

static const char *const field_words[FIELDS] = {"model", "version", "serial"};

static void bind_asset(sqlite3_stmt *s, const char *source, const char *entity)
{
    bind_text(s, 1, source);
    bind_text(s, 2, entity);
}

static enum err put_identity(struct history *h, ns_t at, const struct history_asset *a,
                             const char *const fields[FIELDS])
{
    sqlite3_stmt *s = history_use(h, Q_ASSET_PUT);

    if (s) {
        bind_asset(s, a->source, a->entity);
        sqlite3_bind_int64(s, 3, at);
        for (int i = 0; i < FIELDS; i++)
            bind_text(s, 4 + i, fields[i]);
    }
    return history_run(h, s);
}

static enum err put_change(struct history *h, ns_t at, const struct history_asset *a, int field,
                           const char *before, const char *after)
{
    sqlite3_stmt *s = history_use(h, Q_CHANGE_PUT);
    enum err e;

    if (s) {
        bind_asset(s, a->source, a->entity);
        sqlite3_bind_int64(s, 3, at);
        bind_text(s, 4, field_words[field]);
        bind_text(s, 5, before);
        bind_text(s, 6, after);
    }
    e = history_run(h, s);
    s = e ? NULL : history_use(h, Q_CHANGES_TRIM);
    if (e)
        return e;
    if (s) {
        bind_asset(s, a->source, a->entity);
        sqlite3_bind_int(s, 3, CHANGES_PER_ASSET);
    }
    return history_run(h, s);
}

enum err history_asset(struct history *h, ns_t at, const struct history_asset *a)
{
    const char *fields[FIELDS] = {a->model, a->version, a->serial};
    char before[FIELDS][HISTORY_FIELD_MAX + 1] = {"", "", ""};
    bool is_known = false, is_news = false;
    enum err e = history_begin(h);
    sqlite3_stmt *s = e ? NULL : history_use(h, Q_ASSET);
    ns_t known_at = 0;

    if (e || !s)
        return e ? e : ERR_IO;
    bind_asset(s, a->source, a->entity);
    if (sqlite3_step(s) == SQLITE_ROW) {
        is_known = true;
        known_at = sqlite3_column_int64(s, 0);
        for (int i = 0; i < FIELDS; i++)
            strx_copy(before[i], sizeof before[i], column_text(s, 1 + i));
    }
    sqlite3_reset(s);
    if (is_known && at <= known_at)
        return ERR_OK; /* the journal is read again */
    for (int i = 0; i < FIELDS && e == ERR_OK; i++) {
        if (!fields[i][0])
            fields[i] = before[i];
        if (strcmp(fields[i], before[i]) == 0)
            continue;
        is_news = true;
        if (before[i][0])
            e = put_change(h, at, a, i, before[i], fields[i]);
    }
    return e || !is_news ? e : put_identity(h, at, a, fields);
}

enum err history_asset_changes(struct history *h, const char *source, const char *entity, size_t limit,
                               history_change_fn *fn, void *ctx)
{
    sqlite3_stmt *s = history_use(h, Q_CHANGES);
    int rc;

    if (!s)
        return ERR_IO;
    bind_asset(s, source, entity);
    sqlite3_bind_int64(s, 3, (int64_t)limit);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct history_change change = {.at = sqlite3_column_int64(s, 0),
                                        .entity = column_text(s, 1),
                                        .what = column_text(s, 2),
                                        .before = column_text(s, 3),
                                        .after = column_text(s, 4)};
        fn(ctx, &change);
    }
    sqlite3_reset(s);
    return history_err(rc);
}
