/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db_io.c - alerts.db. The only file of alerts that knows SQLite. */
#include "alerts/db_io.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "alerts/db_schema.h"
#include "lib/base/strx.h"

enum { PROBLEM_SIZE = 160, RESERVE_BLOCK = 1024 * 1024, ROOM_FILE = 8 * 1024 * 1024 };
enum { LOG_TIDY = 500, LOG_MAX = 1000 }; /* pages */
#define DISK_SPARE (64 * (uint64_t)MIB)  /* that much has to be free besides before anything is set aside */

struct op {
    enum statement statement;
    char *text1, *text2; /* ?1, ?2 */
    void *bytes;         /* ?3 */
    size_t len;
    uint64_t number; /* ?4 */
    unsigned lane;   /* ?5; of messages: the attempts */
    ns_t time;       /* ?6 */
};

struct db {
    sqlite3 *sqlite;
    sqlite3_stmt *prepared[STATEMENT_COUNT];
    struct op *ops;
    size_t count, cap;
    bool is_short;     /* out of memory while gathering */
    uint64_t reserved; /* bytes */
    int log_pages;     /* in the log, not in the database yet */
    char *path, *room_path;
    char problem[PROBLEM_SIZE];
};

static enum err from_sqlite(struct db *db, int rc)
{
    strx_copy(db->problem, sizeof db->problem, db->sqlite ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(rc));
    switch (rc & 0xff) {
    case SQLITE_FULL: return ERR_NO_SPACE;
    case SQLITE_NOMEM: return ERR_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_MALFORMED;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return ERR_DENIED;
    default: return ERR_IO;
    }
}

static enum err execute(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : from_sqlite(db, rc);
}

/* ---- the log ---- */

/* Takes the place of SQLite's own rule, which moves the log within a commit. */
static int on_log(void *ctx, sqlite3 *sqlite, const char *name, int pages)
{
    struct db *db = ctx;

    (void)sqlite;
    (void)name;
    db->log_pages = pages;
    return SQLITE_OK;
}

/* What fails (a full disk, a reader) is tried again after the next commit. */
static void move_log(struct db *db)
{
    if (sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) == SQLITE_OK)
        db->log_pages = 0;
}

void db_tidy(struct db *db)
{
    if (db->log_pages >= LOG_TIDY)
        move_log(db);
}

/* ---- opening ---- */

static enum err read_int(struct db *db, const char *sql, int *out)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL);
    enum err e = ERR_OK;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int(s, 0);
    else
        e = from_sqlite(db, rc);
    sqlite3_finalize(s);
    return e;
}

static enum err prepare_schema(struct db *db)
{
    int version = 0, blocks = 0;
    enum err e =
        execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;"
                    "PRAGMA secure_delete = OFF;" /* Debian: on; freeing the reserve would write all of it */
                    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;");

    if (!e)
        e = read_int(db, "PRAGMA user_version", &version);
    if (!e && version > SCHEMA_VERSION)
        return ERR_UNSUPPORTED;
    if (!e && version < SCHEMA_VERSION) {
        e = execute(db, "BEGIN IMMEDIATE");
        if (!e && version == 0)
            e = execute(db, schema);
        if (!e && version == 1)
            e = execute(db, from_version_1);
        if (!e && (version == 1 || version == 2))
            e = execute(db, from_version_2);
        if (!e)
            e = execute(db, "COMMIT");
    }
    if (!e)
        e = read_int(db, "SELECT count(*) FROM reserve", &blocks);
    db->reserved = (uint64_t)blocks * RESERVE_BLOCK;
    sqlite3_wal_hook(db->sqlite, on_log, db);
    for (size_t i = 0; !e && i < STATEMENT_COUNT; i++) {
        int rc = sqlite3_prepare_v3(db->sqlite, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &db->prepared[i], NULL);
        if (rc != SQLITE_OK)
            e = from_sqlite(db, rc);
    }
    return e;
}

enum err db_open(const char *path, struct db **out)
{
    struct db *db = calloc(1, sizeof *db);
    int fd, rc;
    enum err e;

    if (!db)
        return ERR_NOMEM;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640); /* SQLite would use 0644 */
    if (fd >= 0)
        close(fd);
    db->path = strdup(path);
    db->room_path = strx_printf("%s-room", path);
    rc = sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                         NULL);
    e = rc == SQLITE_OK ? prepare_schema(db) : from_sqlite(db, rc);
    if (e) {
        db_close(db);
        return e;
    }
    *out = db;
    return ERR_OK;
}

static void clear_batch(struct db *db)
{
    for (size_t i = 0; i < db->count; i++) {
        free(db->ops[i].text1);
        free(db->ops[i].text2);
        free(db->ops[i].bytes);
    }
    db->count = 0;
    db->is_short = false;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    clear_batch(db);
    free(db->ops);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(db->prepared[i]);
    sqlite3_close(db->sqlite);
    free(db->path);
    free(db->room_path);
    free(db);
}

const char *db_problem(const struct db *db)
{
    return db->problem;
}

/* ---- the batch ---- */

static char *copy_text(struct db *db, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        db->is_short = true;
    return copy;
}

static void push(struct db *db, struct op op, const char *text1, const char *text2, const void *bytes,
                 size_t len)
{
    if (db->count == db->cap) {
        size_t cap = db->cap ? db->cap * 2 : 64;
        struct op *grown = realloc(db->ops, cap * sizeof *grown);
        if (!grown) {
            db->is_short = true;
            return;
        }
        db->ops = grown;
        db->cap = cap;
    }
    op.text1 = copy_text(db, text1);
    op.text2 = copy_text(db, text2);
    op.bytes = bytes ? malloc(len + 1) : NULL;
    op.len = len;
    if (bytes && !op.bytes)
        db->is_short = true;
    else if (bytes) {
        memcpy(op.bytes, bytes, len);
        ((char *)op.bytes)[len] = '\0';
    }
    db->ops[db->count++] = op;
}

void db_put_row(struct db *db, const char *kind, const char *key, const void *value, size_t len)
{
    push(db, (struct op){.statement = value ? ROW_PUT : ROW_DROP}, kind, key, value, len);
}

void db_put_record(struct db *db, uint64_t slot, const void *record, size_t len)
{
    push(db, (struct op){.statement = RECORD_PUT, .number = slot}, NULL, NULL, record, len);
}

void db_drop_records(struct db *db, uint64_t upto_slot)
{
    push(db, (struct op){.statement = RECORD_DROP, .number = upto_slot}, NULL, NULL, NULL, 0);
}

void db_put_event(struct db *db, unsigned lane, uint64_t sequence, ns_t created, const void *body, size_t len)
{
    push(db, (struct op){.statement = EVENT_PUT, .lane = lane, .number = sequence, .time = created}, NULL,
         NULL, body, len);
}

void db_expire_events(struct db *db, ns_t before)
{
    push(db, (struct op){.statement = EVENT_EXPIRE, .time = before}, NULL, NULL, NULL, 0);
}

void db_put_command(struct db *db, const char *id, ns_t at, const char *outcome, const char *problem)
{
    push(db, (struct op){.statement = COMMAND_PUT, .time = at}, id, outcome, problem, strlen(problem));
}

void db_expire_commands(struct db *db, ns_t before)
{
    push(db, (struct op){.statement = COMMAND_EXPIRE, .time = before}, NULL, NULL, NULL, 0);
}

void db_put_number(struct db *db, const char *name, uint64_t value)
{
    push(db, (struct op){.statement = NUMBER_PUT, .number = value}, name, NULL, NULL, 0);
}

void db_put_offset(struct db *db, const char *partition, journal_pos position)
{
    push(db, (struct op){.statement = OFFSET_PUT, .number = position}, partition, NULL, NULL, 0);
}

void db_put_message(struct db *db, const char *channel, uint64_t number, const void *body, size_t len)
{
    push(db, (struct op){.statement = MESSAGE_PUT, .number = number}, channel, NULL, body, len);
}

void db_put_attempts(struct db *db, const char *channel, uint64_t number, unsigned attempts)
{
    push(db, (struct op){.statement = MESSAGE_TRIED, .number = number, .lane = attempts}, channel, NULL, NULL,
         0);
}

void db_drop_messages(struct db *db, const char *channel, uint64_t upto)
{
    push(db, (struct op){.statement = MESSAGE_DROP, .number = upto}, channel, NULL, NULL, 0);
}

bool db_is_empty(const struct db *db)
{
    return db->count == 0;
}

static sqlite3_stmt *bind(struct db *db, const struct op *op)
{
    sqlite3_stmt *s = db->prepared[op->statement];
    int count = sqlite3_bind_parameter_count(s);

    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    if (op->text1)
        sqlite3_bind_text(s, 1, op->text1, -1, SQLITE_STATIC);
    if (op->text2 && count >= 2)
        sqlite3_bind_text(s, 2, op->text2, -1, SQLITE_STATIC);
    if (op->bytes && op->statement == COMMAND_PUT)
        sqlite3_bind_text(s, 3, op->bytes, (int)op->len, SQLITE_STATIC);
    else if (op->bytes)
        sqlite3_bind_blob(s, 3, op->bytes, (int)op->len, SQLITE_STATIC);
    if (count >= 4)
        sqlite3_bind_int64(s, 4, (sqlite3_int64)op->number);
    if (count >= 5)
        sqlite3_bind_int64(s, 5, op->lane);
    if (count >= 6)
        sqlite3_bind_int64(s, 6, op->time);
    return s;
}

/* ---- room for bad days ---- */

uint64_t db_reserved(const struct db *db)
{
    return db->reserved;
}

static bool has_disk_room(const struct db *db, uint64_t bytes)
{
    struct statvfs fs;

    return db->path && statvfs(db->path, &fs) == 0 &&
           (uint64_t)fs.f_bavail * fs.f_frsize > bytes + DISK_SPARE;
}

/* What is in the log goes into the database, which has to grow for it, before the log begins anew. */
static enum err make_room_file(const struct db *db)
{
    int fd = db->room_path ? open(db->room_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640) : -1;
    int rc;

    if (fd < 0)
        return db->room_path && errno == EEXIST ? ERR_OK : ERR_NO_SPACE;
    rc = posix_fallocate(fd, 0, ROOM_FILE);
    close(fd);
    if (rc)
        unlink(db->room_path);
    return rc ? ERR_NO_SPACE : ERR_OK;
}

enum err db_reserve(struct db *db, uint64_t bytes, uint64_t step)
{
    enum err e = ERR_OK;

    if (db->reserved >= bytes)
        return bytes ? make_room_file(db) : ERR_OK;
    if (!has_disk_room(db, bytes - db->reserved))
        return ERR_NO_SPACE;
    for (uint64_t done = 0; !e && done < step && db->reserved < bytes; done += RESERVE_BLOCK) {
        e = execute(db, "INSERT INTO reserve (room) VALUES (zeroblob(1048576))");
        if (!e)
            db->reserved += RESERVE_BLOCK;
    }
    db_tidy(db);
    return e;
}

/* The pages become free ones of the same file; true: there were some. */
static bool give_up_reserve(struct db *db)
{
    char problem[PROBLEM_SIZE];
    bool is_done;

    if (!db->reserved || !db->room_path)
        return false;
    strx_copy(problem, sizeof problem, db->problem);
    unlink(db->room_path);
    is_done = execute(db, "PRAGMA wal_checkpoint(PASSIVE); DELETE FROM reserve") == ERR_OK;
    if (is_done)
        db->reserved = 0;
    else
        strx_copy(db->problem, sizeof db->problem, problem);
    return is_done;
}

static enum err write_batch(struct db *db)
{
    enum err e;

    e = execute(db, "BEGIN IMMEDIATE");
    if (e)
        return e;
    for (size_t i = 0; !e && i < db->count; i++) {
        sqlite3_stmt *s = bind(db, &db->ops[i]);
        int rc = sqlite3_step(s);
        if (rc != SQLITE_DONE)
            e = from_sqlite(db, rc);
        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
    }
    if (!e)
        e = execute(db, "COMMIT");
    if (e) {
        char problem[PROBLEM_SIZE];
        strx_copy(problem, sizeof problem, db->problem);
        (void)!execute(db, "ROLLBACK");
        strx_copy(db->problem, sizeof db->problem, problem);
        return e;
    }
    return ERR_OK;
}

enum err db_commit(struct db *db)
{
    enum err e;

    if (db->count == 0)
        return ERR_OK;
    if (db->is_short)
        return ERR_NOMEM;
    if (db->log_pages >= LOG_MAX)
        move_log(db);
    e = write_batch(db);
    if (e == ERR_NO_SPACE && give_up_reserve(db))
        e = write_batch(db);
    if (e)
        return e;
    clear_batch(db);
    return ERR_OK;
}

/* ---- reading ---- */

enum err db_each_row(struct db *db, const char *kind,
                     void (*each)(void *ctx, const char *key, const void *value, size_t len), void *ctx)
{
    sqlite3_stmt *s = bind(db, &(struct op){.statement = ROW_EACH, .text1 = (char *)(uintptr_t)kind});
    int rc;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        each(ctx, (const char *)sqlite3_column_text(s, 0), sqlite3_column_blob(s, 1),
             (size_t)sqlite3_column_bytes(s, 1));
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? ERR_OK : from_sqlite(db, rc);
}

enum err db_each_record(struct db *db, void (*each)(void *ctx, uint64_t slot, const void *record, size_t len),
                        void *ctx)
{
    sqlite3_stmt *s = bind(db, &(struct op){.statement = RECORD_EACH});
    int rc;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        each(ctx, (uint64_t)sqlite3_column_int64(s, 0), sqlite3_column_blob(s, 1),
             (size_t)sqlite3_column_bytes(s, 1));
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? ERR_OK : from_sqlite(db, rc);
}

enum err db_event_after(struct db *db, unsigned lane, uint64_t after, uint64_t *sequence, struct buf *body)
{
    sqlite3_stmt *s = bind(db, &(struct op){.statement = EVENT_AFTER, .lane = lane, .number = after});
    int rc = sqlite3_step(s);
    enum err e = ERR_OK;

    if (rc == SQLITE_ROW) {
        *sequence = (uint64_t)sqlite3_column_int64(s, 0);
        buf_put(body, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1));
        e = buf_error(body);
    } else {
        e = rc == SQLITE_DONE ? ERR_NOT_FOUND : from_sqlite(db, rc);
    }
    sqlite3_reset(s);
    return e;
}

enum err db_message_after(struct db *db, const char *channel, uint64_t after, uint64_t *number,
                          unsigned *attempts, struct buf *body)
{
    struct op op = {.statement = MESSAGE_AFTER, .text1 = (char *)(uintptr_t)channel, .number = after};
    sqlite3_stmt *s = bind(db, &op);
    int rc = sqlite3_step(s);
    enum err e = ERR_OK;

    if (rc == SQLITE_ROW) {
        *number = (uint64_t)sqlite3_column_int64(s, 0);
        *attempts = (unsigned)sqlite3_column_int(s, 1);
        buf_put(body, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2));
        e = buf_error(body);
    } else {
        e = rc == SQLITE_DONE ? ERR_NOT_FOUND : from_sqlite(db, rc);
    }
    sqlite3_reset(s);
    return e;
}

enum err db_each_message(struct db *db,
                         void (*each)(void *ctx, const char *channel, uint64_t number, size_t size),
                         void *ctx)
{
    sqlite3_stmt *s = bind(db, &(struct op){.statement = QUEUE_EACH});
    int rc;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        each(ctx, (const char *)sqlite3_column_text(s, 0), (uint64_t)sqlite3_column_int64(s, 1),
             (size_t)sqlite3_column_int64(s, 2));
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? ERR_OK : from_sqlite(db, rc);
}

static enum err get_number(struct db *db, enum statement which, const char *name, uint64_t *out)
{
    sqlite3_stmt *s = bind(db, &(struct op){.statement = which, .text1 = (char *)(uintptr_t)name});
    int rc = sqlite3_step(s);

    if (rc == SQLITE_ROW)
        *out = (uint64_t)sqlite3_column_int64(s, 0);
    else if (rc == SQLITE_DONE)
        *out = 0;
    sqlite3_reset(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? ERR_OK : from_sqlite(db, rc);
}

enum err db_number(struct db *db, const char *name, uint64_t *out)
{
    return get_number(db, NUMBER_GET, name, out);
}

enum err db_offset(struct db *db, const char *partition, journal_pos *out)
{
    return get_number(db, OFFSET_GET, partition, out);
}

static const struct op *command_in_batch(const struct db *db, const char *id)
{
    for (size_t i = 0; i < db->count; i++)
        if (db->ops[i].statement == COMMAND_PUT && db->ops[i].text1 && strcmp(db->ops[i].text1, id) == 0)
            return &db->ops[i];
    return NULL;
}

static enum err copy_command(const char *outcome, const char *problem, char **outcome_copy,
                             char **problem_copy)
{
    *outcome_copy = strdup(outcome);
    *problem_copy = strdup(problem);
    if (*outcome_copy && *problem_copy)
        return ERR_OK;
    free(*outcome_copy);
    free(*problem_copy);
    return ERR_NOMEM;
}

enum err db_command(struct db *db, const char *id, char **outcome, char **problem)
{
    const struct op *put = command_in_batch(db, id);
    sqlite3_stmt *s;
    int rc;
    enum err e = ERR_OK;

    if (put && put->text2 && put->bytes)
        return copy_command(put->text2, put->bytes, outcome, problem);
    s = bind(db, &(struct op){.statement = COMMAND_GET, .text1 = (char *)(uintptr_t)id});
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        e = copy_command((const char *)sqlite3_column_text(s, 0), (const char *)sqlite3_column_text(s, 1),
                         outcome, problem);
    } else {
        e = rc == SQLITE_DONE ? ERR_NOT_FOUND : from_sqlite(db, rc);
    }
    sqlite3_reset(s);
    return e;
}
