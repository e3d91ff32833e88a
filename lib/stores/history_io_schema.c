/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io_schema.c - the tables of history.db, and what each version added to them: knows SQLite. */
#include "lib/stores/history_io_db.h"

enum { SCHEMA_VERSION = 4 };

static const char schema[] =
    "CREATE TABLE cursors(partition TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE heard(one INTEGER PRIMARY KEY CHECK(one = 1), at INTEGER NOT NULL);"
    "CREATE TABLE things(num INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, UNIQUE(kind, id));"
    "CREATE TABLE states(thing INTEGER NOT NULL, since INTEGER NOT NULL, state INTEGER NOT NULL,"
    " reason INTEGER NOT NULL, incident TEXT NOT NULL, PRIMARY KEY(thing, since)) WITHOUT ROWID;"
    "CREATE TABLE blind(begin INTEGER PRIMARY KEY, end INTEGER NOT NULL);"
    "CREATE TABLE incidents(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL,"
    " is_open INTEGER NOT NULL, severity TEXT NOT NULL, type TEXT NOT NULL, operator TEXT NOT NULL,"
    " search TEXT NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE members(id TEXT NOT NULL, incident INTEGER NOT NULL, PRIMARY KEY(id, incident)) WITHOUT "
    "ROWID;"
    "CREATE TABLE incident_log(incident INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,"
    " event TEXT NOT NULL, severity TEXT NOT NULL, members INTEGER NOT NULL, by TEXT NOT NULL,"
    " comment TEXT NOT NULL, PRIMARY KEY(incident, sequence)) WITHOUT ROWID;"
    "CREATE TABLE commands(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, verb TEXT NOT NULL DEFAULT '',"
    " target TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', via TEXT NOT NULL DEFAULT '',"
    " comment TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL DEFAULT 0, begin INTEGER NOT NULL DEFAULT 0,"
    " until INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT 'pending',"
    " problem TEXT NOT NULL DEFAULT '', finished INTEGER NOT NULL DEFAULT 0);"
    "PRAGMA user_version = 1;";
/* What version 2 added. */
static const char schema_assets[] =
    "CREATE TABLE assets(source TEXT NOT NULL, entity TEXT NOT NULL, at INTEGER NOT NULL, model TEXT NOT "
    "NULL,"
    " version TEXT NOT NULL, serial TEXT NOT NULL, PRIMARY KEY(source, entity)) WITHOUT ROWID;"
    "CREATE TABLE asset_changes(row INTEGER PRIMARY KEY, source TEXT NOT NULL, entity TEXT NOT NULL,"
    " at INTEGER NOT NULL, what TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);"
    "CREATE INDEX asset_changes_of ON asset_changes(source, entity, row);"
    "PRAGMA user_version = 2;";
static const char schema_announcements[] =
    "ALTER TABLE commands ADD COLUMN announce INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE commands ADD COLUMN text_de TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE commands ADD COLUMN text_en TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX commands_of ON commands(verb, target);"
    "PRAGMA user_version = 3;";
static const char schema_reports[] =
    "CREATE TABLE reports(row INTEGER PRIMARY KEY, at INTEGER NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL,"
    " category TEXT NOT NULL, hotspot TEXT NOT NULL);"
    "PRAGMA user_version = 4;";

enum err history_check_schema(struct history *h)
{
    sqlite3_stmt *s = NULL;
    int version = -1;

    if (sqlite3_prepare_v2(h->db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        version = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    if (version < 0)
        return ERR_MALFORMED;
    if (version > SCHEMA_VERSION)
        return ERR_UNSUPPORTED;
    int rc = version < 1 ? sqlite3_exec(h->db, schema, NULL, NULL, NULL) : SQLITE_OK;
    if (rc == SQLITE_OK && version < 2)
        rc = sqlite3_exec(h->db, schema_assets, NULL, NULL, NULL);
    if (rc == SQLITE_OK && version < 3)
        rc = sqlite3_exec(h->db, schema_announcements, NULL, NULL, NULL);
    if (rc == SQLITE_OK && version < 4)
        rc = sqlite3_exec(h->db, schema_reports, NULL, NULL, NULL);
    return history_err(rc);
}
