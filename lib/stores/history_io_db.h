/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io_db.h - what history_io.c (filling), history_io_query.c (asking) and history_io_assets.c
 * (hardware) share: the connection and its statements. Nobody else includes it. */
#ifndef NW_STORES_HISTORY_IO_DB_H
#define NW_STORES_HISTORY_IO_DB_H

#include <sqlite3.h>

#include "lib/base/strx.h"
#include "lib/stores/history.h"

enum { PARTITIONS_MAX = 64 };

#define COMMAND_COLUMNS                                                                                      \
    "row, id, by, via, verb, target, comment, at, begin, until, outcome, problem, finished, announce,"       \
    " text_de, text_en"

#define STATEMENTS(X)                                                                                        \
    X(BEGIN, "BEGIN")                                                                                        \
    X(COMMIT, "COMMIT")                                                                                      \
    X(CURSOR_PUT, "INSERT OR REPLACE INTO cursors VALUES(?1, ?2)")                                           \
    X(CURSORS, "SELECT partition, position FROM cursors")                                                    \
    X(HEARD_PUT, "INSERT OR REPLACE INTO heard VALUES(1, ?1)")                                               \
    X(HEARD, "SELECT at FROM heard")                                                                         \
    X(THING, "SELECT num FROM things WHERE kind = ?1 AND id = ?2")                                           \
    X(THING_PUT, "INSERT OR IGNORE INTO things(kind, id) VALUES(?1, ?2)")                                    \
    X(STATE_PUT, "INSERT OR REPLACE INTO states VALUES(?1, ?2, ?3, ?4, ?5)")                                 \
    X(STATES, "SELECT since, state, reason, incident FROM states WHERE thing = ?1 AND since < ?3 AND"        \
              " since >= ifnull((SELECT max(since) FROM states WHERE thing = ?1 AND since <= ?2), ?2)"       \
              " ORDER BY since")                                                                             \
    X(BLIND_PUT, "INSERT OR REPLACE INTO blind VALUES(?1, ?2)")                                              \
    X(BLINDS, "SELECT begin, end FROM blind WHERE end > ?1 AND begin < ?2 ORDER BY begin")                   \
    X(INCIDENT_ROW, "SELECT row, sequence FROM incidents WHERE id = ?1")                                     \
    X(INCIDENT_ADD, "INSERT INTO incidents(id, sequence, is_open, severity, type, operator, search, body)"   \
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                               \
    X(INCIDENT_PUT, "UPDATE incidents SET sequence = ?2, is_open = ?3, severity = ?4, type = ?5,"            \
                    " operator = ?6, search = ?7, body = ?8 WHERE id = ?1")                                  \
    X(MEMBER_PUT, "INSERT OR IGNORE INTO members VALUES(?1, ?2)")                                            \
    X(LOG_PUT, "INSERT OR IGNORE INTO incident_log VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                  \
    X(LOG, "SELECT at, event, severity, by, comment, members FROM incident_log WHERE incident ="             \
           " (SELECT row FROM incidents WHERE id = ?1) ORDER BY sequence LIMIT ?2")                          \
    X(INCIDENT, "SELECT body FROM incidents WHERE id = ?1")                                                  \
    X(INCIDENTS, "SELECT row, body FROM incidents WHERE row < ?1 AND (?2 < 0 OR is_open = ?2)"               \
                 " AND (?3 IS NULL OR instr(',' || ?3 || ',', ',' || severity || ','))"                      \
                 " AND (?4 IS NULL OR type = ?4) AND (?5 IS NULL OR operator = ?5)"                          \
                 " AND (?6 IS NULL OR row IN (SELECT incident FROM members WHERE id = ?6))"                  \
                 " AND (?7 IS NULL OR instr(search, lower(?7))) ORDER BY row DESC LIMIT ?8")                 \
    X(COMMAND_PUT, "INSERT INTO commands(id, verb, target, by, via, comment, at, begin, until, announce,"    \
                   " text_de, text_en) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"            \
                   " ON CONFLICT(id) DO UPDATE SET verb = ?2, target = ?3, by = ?4, via = ?5, comment = ?6," \
                   " at = ?7, begin = ?8, until = ?9, announce = ?10, text_de = ?11, text_en = ?12"          \
                   " WHERE at = 0")                                                                          \
    X(OUTCOME_PUT, "INSERT INTO commands(id, outcome, problem, finished) VALUES(?1, ?2, ?3, ?4)"             \
                   " ON CONFLICT(id) DO UPDATE SET outcome = ?2, problem = ?3, finished = ?4"                \
                   " WHERE finished = 0")                                                                    \
    X(OUTCOME_SET,                                                                                           \
      "UPDATE commands SET outcome = ?2, problem = ?3, finished = ?4 WHERE id = ?1 AND finished = 0")        \
    X(COMMAND, "SELECT " COMMAND_COLUMNS " FROM commands WHERE id = ?1")                                     \
    X(COMMANDS, "SELECT " COMMAND_COLUMNS " FROM commands WHERE verb = ?1 AND until > ?2 AND row < ?3"       \
                " ORDER BY row DESC LIMIT ?4")                                                               \
    X(COMMAND_OF, "SELECT " COMMAND_COLUMNS " FROM commands WHERE verb = ?1 AND target = ?2"                 \
                  " AND outcome <> 'refused' ORDER BY row LIMIT 1")                                          \
    X(ASSET, "SELECT at, model, version, serial FROM assets WHERE source = ?1 AND entity = ?2")              \
    X(ASSET_PUT, "INSERT OR REPLACE INTO assets VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                             \
    X(CHANGE_PUT, "INSERT INTO asset_changes(source, entity, at, what, before, after)"                       \
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                                                         \
    X(CHANGES_TRIM, "DELETE FROM asset_changes WHERE source = ?1 AND entity = ?2 AND row <= (SELECT row"     \
                    " FROM asset_changes WHERE source = ?1 AND entity = ?2 ORDER BY row DESC"                \
                    " LIMIT 1 OFFSET ?3)")                                                                   \
    X(CHANGES, "SELECT at, entity, what, before, after FROM asset_changes WHERE source = ?1"                 \
               " AND (?2 IS NULL OR entity = ?2) ORDER BY at DESC, row DESC LIMIT ?3")                       \
    X(REPORT_PUT, "INSERT INTO reports(at, lat, lon, category, hotspot) VALUES(?1, ?2, ?3, ?4, ?5)")         \
    X(REPORTS_TRIM, "DELETE FROM reports WHERE at < ?1")                                                     \
    X(REPORTS,                                                                                               \
      "SELECT row, at, lat, lon, category, hotspot FROM reports WHERE at >= ?1 AND row < ?2"                 \
      " AND (?3 IS NULL OR instr(',' || ?3 || ',', ',' || category || ',')) ORDER BY row DESC LIMIT ?4")

enum statement {
#define X(name, sql) Q_##name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

struct cursor {
    char partition[65];
    journal_pos position;
    bool is_changed;
};

struct history {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    struct cursor cursors[PARTITIONS_MAX];
    size_t cursor_count;
    ns_t heard; /* wall time of the newest record of alerts; 0 = none yet */
    bool in_transaction;
};

enum err history_err(int rc);
/* Makes what is missing of the tables. ERR_UNSUPPORTED: of a newer version. */
enum err history_check_schema(struct history *h);
enum err history_put_report(struct history *h, ns_t wall, const Nw__CitizenReport *report);
/* Opens the transaction that history_commit() closes, unless it is open. */
enum err history_begin(struct history *h);
/* Runs a statement that gives no rows; NULL: what history_use() refused. */
enum err history_run(struct history *h, sqlite3_stmt *s);
/* A statement ready to bind; NULL if SQLite refuses (out of memory, damaged file). */
sqlite3_stmt *history_use(struct history *h, enum statement which);
/* Row number of what has this kind and id; 0 if there is none. */
int64_t history_thing(struct history *h, const char *kind, const char *id);

static inline void bind_text(sqlite3_stmt *s, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static inline const char *column_text(sqlite3_stmt *s, int at)
{
    const unsigned char *text = sqlite3_column_text(s, at);

    return text ? (const char *)text : "";
}

#endif
