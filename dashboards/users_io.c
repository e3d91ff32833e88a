/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users_io.c - users.db: knows SQLite. */
#include "dashboards/users_io.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

struct users {
    sqlite3 *db;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS users(name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL,"
    " created INTEGER NOT NULL, last_login INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS sessions(token TEXT PRIMARY KEY, user TEXT NOT NULL, created INTEGER NOT "
    "NULL,"
    " seen INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS tokens(name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL,"
    " may_change INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " last_used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS audit(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT NOT NULL,"
    " address TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, hash TEXT NOT NULL);";

/* What each version of the file added; the number of steps that were taken stands in user_version. */
static const char *const migrations[] = {
    "ALTER TABLE users ADD COLUMN totp TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;",
};

static enum err err_from_sqlite(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ERR_OK;
    case SQLITE_NOMEM: return ERR_NOMEM;
    case SQLITE_FULL: return ERR_NO_SPACE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CONSTRAINT: return ERR_EXISTS;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_MALFORMED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return ERR_DENIED;
    default: return ERR_IO;
    }
}

/* Binds values by format: s text, i int64. NULL if SQLite refuses. */
static sqlite3_stmt *query(struct users *u, const char *sql, const char *format, ...)
{
    sqlite3_stmt *s = NULL;
    va_list args;

    if (sqlite3_prepare_v2(u->db, sql, -1, &s, NULL) != SQLITE_OK)
        return NULL;
    va_start(args, format);
    for (int i = 0; format[i]; i++) {
        if (format[i] == 's')
            sqlite3_bind_text(s, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else
            sqlite3_bind_int64(s, i + 1, va_arg(args, int64_t));
    }
    va_end(args);
    return s;
}

static enum err run(struct users *u, sqlite3_stmt *s)
{
    if (!s)
        return sqlite3_errcode(u->db) == SQLITE_OK ? ERR_IO : err_from_sqlite(sqlite3_errcode(u->db));
    int rc = sqlite3_step(s);
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}

static const char *column(sqlite3_stmt *s, int at)
{
    const unsigned char *text = sqlite3_column_text(s, at);

    return text ? (const char *)text : "";
}

/* ---- opening ---- */

/* The folder, and the file with mode 0600; what root makes belongs to whom the folder above belongs. */
static enum err make_file(const char *path)
{
    char *folder = strx_printf("%s", path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    struct stat above = {0};
    enum err e = ERR_OK;
    bool is_new = access(path, F_OK) < 0;
    int fd = -1;

    if (!folder)
        return ERR_NOMEM;
    if (slash && slash != folder) {
        char *upper;
        *slash = '\0';
        upper = strrchr(folder, '/');
        if (upper && upper != folder) {
            *upper = '\0';
            if (stat(folder, &above) < 0)
                above.st_uid = 0;
            *upper = '/';
        }
        if (mkdir(folder, 0750) == 0 && geteuid() == 0 && above.st_uid != 0 &&
            chown(folder, above.st_uid, above.st_gid) < 0)
            e = err_from_errno(errno);
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fchmod(fd, 0600) < 0)
        e = err_from_errno(errno);
    else if (is_new && geteuid() == 0 && above.st_uid != 0 && fchown(fd, above.st_uid, above.st_gid) < 0)
        e = err_from_errno(errno);
    if (fd >= 0)
        close(fd);
    free(folder);
    return e;
}

static enum err migrate(struct users *u)
{
    sqlite3_stmt *s;
    enum err e = err_from_sqlite(sqlite3_exec(u->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));

    if (e)
        return e;
    s = query(u, "PRAGMA user_version", "");
    size_t done = s && sqlite3_step(s) == SQLITE_ROW ? (size_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    for (size_t i = done; e == ERR_OK && i < ARRAY_LEN(migrations); i++) {
        char version[40];
        snprintf(version, sizeof version, "PRAGMA user_version = %zu", i + 1);
        e = err_from_sqlite(sqlite3_exec(u->db, migrations[i], NULL, NULL, NULL));
        if (e == ERR_OK)
            e = err_from_sqlite(sqlite3_exec(u->db, version, NULL, NULL, NULL));
    }
    enum err end = err_from_sqlite(sqlite3_exec(u->db, e ? "ROLLBACK" : "COMMIT", NULL, NULL, NULL));
    return e ? e : end;
}

enum err users_open(const char *path, struct users **out)
{
    struct users *u = calloc(1, sizeof *u);
    enum err e = ERR_OK;

    if (!u)
        return ERR_NOMEM;
    if (path)
        e = make_file(path);
    if (e == ERR_OK)
        e = err_from_sqlite(sqlite3_open_v2(path ? path : ":memory:", &u->db,
                                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                            NULL));
    if (e == ERR_OK) {
        sqlite3_busy_timeout(u->db, 2000);
        e = err_from_sqlite(sqlite3_exec(u->db,
                                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                         "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -512",
                                         NULL, NULL, NULL));
    }
    if (e == ERR_OK)
        e = err_from_sqlite(sqlite3_exec(u->db, schema, NULL, NULL, NULL));
    if (e == ERR_OK)
        e = migrate(u);
    if (e) {
        users_close(u);
        return e;
    }
    *out = u;
    return ERR_OK;
}

void users_close(struct users *u)
{
    if (!u)
        return;
    sqlite3_close(u->db);
    free(u);
}

/* ---- accounts ---- */

#define USER_COLUMNS "name, role, hash, created, last_login, totp, totp_step"

static void read_user(sqlite3_stmt *s, struct user *out)
{
    memset(out, 0, sizeof *out);
    strx_copy(out->name, sizeof out->name, column(s, 0));
    if (!role_from_name(column(s, 1), &out->role))
        out->role = ROLE_NONE;
    strx_copy(out->password_hash, sizeof out->password_hash, column(s, 2));
    out->created = sqlite3_column_int64(s, 3);
    out->last_login = sqlite3_column_int64(s, 4);
    strx_copy(out->totp, sizeof out->totp, column(s, 5));
    out->totp_step = sqlite3_column_int64(s, 6);
}

enum err users_find(struct users *u, const char *name, struct user *out)
{
    sqlite3_stmt *s = query(u, "SELECT " USER_COLUMNS " FROM users WHERE name = ?1", "s", name);
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(u->db);

    if (rc == SQLITE_ROW)
        read_user(s, out);
    sqlite3_finalize(s);
    return rc == SQLITE_ROW ? ERR_OK : rc == SQLITE_DONE ? ERR_NOT_FOUND : err_from_sqlite(rc);
}

enum err users_add(struct users *u, const char *name, enum role role, const char *hash, ns_t now)
{
    return run(u, query(u, "INSERT INTO users(name, role, hash, created) VALUES(?1, ?2, ?3, ?4)", "sssi",
                        name, role_name(role), hash, now));
}

enum err users_set_password(struct users *u, const char *name, const char *hash)
{
    enum err e = run(u, query(u, "UPDATE users SET hash = ?2 WHERE name = ?1", "ss", name, hash));

    if (e == ERR_OK && sqlite3_changes(u->db) == 0)
        return ERR_NOT_FOUND;
    return e ? e : run(u, query(u, "DELETE FROM sessions WHERE user = ?1", "s", name));
}

enum err users_set_totp(struct users *u, const char *name, const char *secret)
{
    enum err e =
        run(u, query(u, "UPDATE users SET totp = ?2, totp_step = 0 WHERE name = ?1", "ss", name, secret));

    return e == ERR_OK && sqlite3_changes(u->db) == 0 ? ERR_NOT_FOUND : e;
}

enum err users_totp_taken(struct users *u, const char *name, int64_t step)
{
    return run(u, query(u, "UPDATE users SET totp_step = ?2 WHERE name = ?1", "si", name, step));
}

enum err users_touch_login(struct users *u, const char *name, ns_t now)
{
    return run(u, query(u, "UPDATE users SET last_login = ?2 WHERE name = ?1", "si", name, now));
}

enum err users_each(struct users *u, void (*fn)(void *ctx, const struct user *user), void *ctx)
{
    sqlite3_stmt *s =
        query(u,
              "SELECT " USER_COLUMNS ", (SELECT count(*) FROM sessions WHERE user = name) FROM users"
              " ORDER BY name",
              "");
    int rc = SQLITE_ERROR;

    while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct user user;
        read_user(s, &user);
        user.sessions = sqlite3_column_int64(s, 7);
        fn(ctx, &user);
        secret_wipe(&user, sizeof user);
    }
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}

/* ---- sessions ---- */

enum err users_session_add(struct users *u, const char *token_hash, const char *user, ns_t now)
{
    return run(u, query(u, "INSERT INTO sessions VALUES(?1, ?2, ?3, ?3)", "ssi", token_hash, user, now));
}

enum err users_session_find(struct users *u, const char *token_hash, struct stored_session *out)
{
    sqlite3_stmt *s = query(u,
                            "SELECT users.name, role, sessions.created, seen FROM sessions JOIN users ON"
                            " users.name = sessions.user WHERE token = ?1",
                            "s", token_hash);
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(u->db);

    if (rc == SQLITE_ROW) {
        memset(out, 0, sizeof *out);
        strx_copy(out->user, sizeof out->user, column(s, 0));
        if (!role_from_name(column(s, 1), &out->role))
            out->role = ROLE_NONE;
        out->created = sqlite3_column_int64(s, 2);
        out->seen = sqlite3_column_int64(s, 3);
    }
    sqlite3_finalize(s);
    return rc == SQLITE_ROW ? ERR_OK : rc == SQLITE_DONE ? ERR_NOT_FOUND : err_from_sqlite(rc);
}

enum err users_session_touch(struct users *u, const char *token_hash, ns_t now)
{
    return run(u, query(u, "UPDATE sessions SET seen = ?2 WHERE token = ?1", "si", token_hash, now));
}

enum err users_session_remove(struct users *u, const char *token_hash)
{
    return run(u, query(u, "DELETE FROM sessions WHERE token = ?1", "s", token_hash));
}

enum err users_session_expire(struct users *u, ns_t created, ns_t seen)
{
    return run(u, query(u, "DELETE FROM sessions WHERE created < ?1 OR seen < ?2", "ii", created, seen));
}

/* ---- access tokens ---- */

#define TOKEN_COLUMNS "name, role, may_change, created, expires, last_used"

static void read_token(sqlite3_stmt *s, struct access_token *out)
{
    memset(out, 0, sizeof *out);
    strx_copy(out->name, sizeof out->name, column(s, 0));
    if (!role_from_name(column(s, 1), &out->role))
        out->role = ROLE_NONE;
    out->may_change = sqlite3_column_int64(s, 2) != 0;
    out->created = sqlite3_column_int64(s, 3);
    out->expires = sqlite3_column_int64(s, 4);
    out->last_used = sqlite3_column_int64(s, 5);
}

enum err users_token_add(struct users *u, const struct access_token *token, const char *hash)
{
    return run(u,
               query(u,
                     "INSERT INTO tokens(name, hash, role, may_change, created, expires) VALUES(?1, ?2, ?3,"
                     " ?4, ?5, ?6)",
                     "sssiii", token->name, hash, role_name(token->role), (int64_t)token->may_change,
                     token->created, token->expires));
}

enum err users_token_find(struct users *u, const char *hash, struct access_token *out)
{
    sqlite3_stmt *s = query(u, "SELECT " TOKEN_COLUMNS " FROM tokens WHERE hash = ?1", "s", hash);
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(u->db);

    if (rc == SQLITE_ROW)
        read_token(s, out);
    sqlite3_finalize(s);
    return rc == SQLITE_ROW ? ERR_OK : rc == SQLITE_DONE ? ERR_NOT_FOUND : err_from_sqlite(rc);
}

enum err users_token_touch(struct users *u, const char *name, ns_t now)
{
    return run(u, query(u, "UPDATE tokens SET last_used = ?2 WHERE name = ?1", "si", name, now));
}

enum err users_token_remove(struct users *u, const char *name)
{
    enum err e = run(u, query(u, "DELETE FROM tokens WHERE name = ?1", "s", name));

    return e == ERR_OK && sqlite3_changes(u->db) == 0 ? ERR_NOT_FOUND : e;
}

enum err users_token_each(struct users *u, void (*fn)(void *ctx, const struct access_token *token), void *ctx)
{
    sqlite3_stmt *s = query(u, "SELECT " TOKEN_COLUMNS " FROM tokens ORDER BY name", "");
    int rc = SQLITE_ERROR;

    while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct access_token token;
        read_token(s, &token);
        fn(ctx, &token);
    }
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}

/* ---- audit ---- */

/* What is hashed: the hash before and every field, each with its length in front, so that no two entries can
 * look the same. */
static void entry_hash(const char *previous, int64_t number, ns_t at, const char *const fields[4],
                       char out[SECRET_HEX_SIZE])
{
    struct buf b = BUF_INIT;

    buf_printf(&b, "%s %lld %lld", previous, (long long)number, (long long)at);
    for (int i = 0; i < 4; i++)
        buf_printf(&b, " %zu:%s", strlen(fields[i]), fields[i]);
    secret_sha256(b.data ? b.data : "", b.len, out);
    buf_fini(&b);
}

static enum err audit_last(struct users *u, int64_t *number, char hash[SECRET_HEX_SIZE])
{
    sqlite3_stmt *s = query(u, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", "");
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(u->db);

    *number = 0;
    hash[0] = '\0';
    if (rc == SQLITE_ROW) {
        *number = sqlite3_column_int64(s, 0);
        strx_copy(hash, SECRET_HEX_SIZE, column(s, 1));
    }
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}

enum err users_audit(struct users *u, ns_t at, const char *user, const char *address, const char *action,
                     const char *object)
{
    const char *const fields[4] = {user, address, action, object};
    char previous[SECRET_HEX_SIZE], hash[SECRET_HEX_SIZE];
    int64_t number;
    /* immediate: the command line appends too, and two entries must not follow the same one */
    enum err e = err_from_sqlite(sqlite3_exec(u->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));

    if (e)
        return e;
    e = audit_last(u, &number, previous);
    if (e == ERR_OK) {
        entry_hash(previous, number + 1, at, fields, hash);
        e = run(u, query(u, "INSERT INTO audit VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", "iisssss", number + 1, at,
                         user, address, action, object, hash));
    }
    enum err end = err_from_sqlite(sqlite3_exec(u->db, e ? "ROLLBACK" : "COMMIT", NULL, NULL, NULL));
    return e ? e : end;
}

enum err users_audit_each(struct users *u, int64_t before, int64_t limit,
                          bool (*fn)(void *ctx, const struct audit_entry *entry), void *ctx)
{
    sqlite3_stmt *s = query(u,
                            "SELECT number, at, user, address, action, object FROM audit WHERE number < ?1"
                            " ORDER BY number DESC LIMIT ?2",
                            "ii", before ? before : INT64_MAX, limit);
    bool goes_on = true;
    int rc = SQLITE_DONE;

    if (!s)
        return ERR_IO;
    while (goes_on && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct audit_entry entry = {.number = sqlite3_column_int64(s, 0),
                                    .at = sqlite3_column_int64(s, 1),
                                    .user = column(s, 2),
                                    .address = column(s, 3),
                                    .action = column(s, 4),
                                    .object = column(s, 5)};
        goes_on = fn(ctx, &entry);
    }
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}

enum err users_audit_verify(struct users *u, int64_t *broken)
{
    sqlite3_stmt *s =
        query(u, "SELECT number, at, user, address, action, object, hash FROM audit ORDER BY number", "");
    char previous[SECRET_HEX_SIZE] = "", hash[SECRET_HEX_SIZE];
    int64_t expected = 1;
    int rc = SQLITE_DONE;

    if (!s)
        return ERR_IO;
    *broken = 0;
    while (*broken == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *const fields[4] = {column(s, 2), column(s, 3), column(s, 4), column(s, 5)};
        int64_t number = sqlite3_column_int64(s, 0);
        entry_hash(previous, number, sqlite3_column_int64(s, 1), fields, hash);
        if (number != expected || strcmp(hash, column(s, 6)) != 0)
            *broken = expected;
        strx_copy(previous, sizeof previous, hash);
        expected++;
    }
    sqlite3_finalize(s);
    return err_from_sqlite(rc);
}
