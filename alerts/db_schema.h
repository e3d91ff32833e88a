/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db_schema.h - the tables of alerts.db, how older ones become these, and what is said to them. Only db_io.c
 * includes it.
 *
 * Parameters: ?1 ?2 texts, ?3 bytes, ?4 a number, ?5 the lane or how many attempts, ?6 a time. */
#ifndef NW_ALERTS_DB_SCHEMA_H
#define NW_ALERTS_DB_SCHEMA_H

enum { SCHEMA_VERSION = 3 };

enum statement {
    ROW_PUT,
    ROW_DROP,
    RECORD_PUT,
    RECORD_DROP,
    EVENT_PUT,
    EVENT_EXPIRE,
    COMMAND_PUT,
    COMMAND_EXPIRE,
    NUMBER_PUT,
    OFFSET_PUT,
    MESSAGE_PUT,
    MESSAGE_TRIED,
    MESSAGE_DROP,
    ROW_EACH,
    RECORD_EACH,
    EVENT_AFTER,
    NUMBER_GET,
    OFFSET_GET,
    COMMAND_GET,
    MESSAGE_AFTER,
    QUEUE_EACH,
    STATEMENT_COUNT
};

static const char *const statements[STATEMENT_COUNT] = {
    [ROW_PUT] = "INSERT OR REPLACE INTO engine (kind, key, value) VALUES (?1, ?2, ?3)",
    [ROW_DROP] = "DELETE FROM engine WHERE kind = ?1 AND key = ?2",
    [RECORD_PUT] = "INSERT OR REPLACE INTO pending (slot, record) VALUES (?4, ?3)",
    [RECORD_DROP] = "DELETE FROM pending WHERE slot <= ?4",
    [EVENT_PUT] = "INSERT OR REPLACE INTO outbox (lane, sequence, created, body) VALUES (?5, ?4, ?6, ?3)",
    [EVENT_EXPIRE] = "DELETE FROM outbox WHERE created < ?6",
    [COMMAND_PUT] = "INSERT OR REPLACE INTO command (id, at, outcome, problem) VALUES (?1, ?6, ?2, ?3)",
    [COMMAND_EXPIRE] = "DELETE FROM command WHERE at < ?6",
    [NUMBER_PUT] = "INSERT OR REPLACE INTO number (name, value) VALUES (?1, ?4)",
    [OFFSET_PUT] = "INSERT OR REPLACE INTO position (name, value) VALUES (?1, ?4)",
    [MESSAGE_PUT] = "INSERT OR REPLACE INTO message (channel, number, body) VALUES (?1, ?4, ?3)",
    [MESSAGE_TRIED] = "UPDATE message SET attempts = ?5 WHERE channel = ?1 AND number = ?4",
    [MESSAGE_DROP] = "DELETE FROM message WHERE channel = ?1 AND number <= ?4",
    [ROW_EACH] = "SELECT key, value FROM engine WHERE kind = ?1 ORDER BY key",
    [RECORD_EACH] = "SELECT slot, record FROM pending ORDER BY slot",
    [EVENT_AFTER] =
        "SELECT sequence, body FROM outbox WHERE lane = ?5 AND sequence > ?4 ORDER BY sequence LIMIT 1",
    [NUMBER_GET] = "SELECT value FROM number WHERE name = ?1",
    [OFFSET_GET] = "SELECT value FROM position WHERE name = ?1",
    [COMMAND_GET] = "SELECT outcome, problem FROM command WHERE id = ?1",
    [MESSAGE_AFTER] = "SELECT number, attempts, body FROM message WHERE channel = ?1 AND number > ?4"
                      " ORDER BY number LIMIT 1",
    [QUEUE_EACH] = "SELECT channel, number, length(body) FROM message ORDER BY channel, number"};

/* With rowid: a row of more than a kilobyte would else take a page of its own for what does not fit into an
 * index cell. */
#define OUTBOX                                                                                               \
    "CREATE TABLE outbox (lane INTEGER NOT NULL, sequence INTEGER NOT NULL, created INTEGER NOT NULL,"       \
    " body BLOB NOT NULL, PRIMARY KEY (lane, sequence));"

/* What waits for each channel of alerts.channels; with rowid for the same reason. */
#define MESSAGE                                                                                              \
    "CREATE TABLE message (channel TEXT NOT NULL, number INTEGER NOT NULL,"                                  \
    " attempts INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL, PRIMARY KEY (channel, number));"

static const char schema[] =
    "CREATE TABLE engine (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, "
    "key))"
    " WITHOUT ROWID;"
    "CREATE TABLE pending (slot INTEGER PRIMARY KEY, record BLOB NOT NULL);" OUTBOX
    "CREATE TABLE command (id TEXT PRIMARY KEY, at INTEGER NOT NULL, outcome TEXT NOT NULL, problem TEXT NOT "
    "NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE position (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE reserve (id INTEGER PRIMARY KEY, room BLOB NOT NULL);" MESSAGE "PRAGMA user_version = 3;";

static const char from_version_1[] = "ALTER TABLE outbox RENAME TO outbox_1;" OUTBOX
                                     "INSERT INTO outbox SELECT lane, sequence, created, body FROM outbox_1;"
                                     "DROP TABLE outbox_1;"
                                     "CREATE TABLE reserve (id INTEGER PRIMARY KEY, room BLOB NOT NULL);"
                                     "PRAGMA user_version = 2;";

static const char from_version_2[] = MESSAGE "PRAGMA user_version = 3;";

#endif
