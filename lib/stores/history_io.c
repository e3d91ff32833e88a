/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_io.c - history.db, opening and filling it: knows SQLite. One connection, one transaction from
 * commit to commit; nothing is synced, since the journal has it all. */
#include "lib/stores/history_io_db.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

enum { BUSY_MS = 2000 };

/* Statements are prepared at their first use and kept. */
static const char *const statement_sql[] = {
#define X(name, sql) sql,
    STATEMENTS(X)
#undef X
};

enum err history_err(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ERR_OK;
    case SQLITE_NOMEM: return ERR_NOMEM;
    case SQLITE_FULL: return ERR_NO_SPACE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_MALFORMED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return ERR_DENIED;
    default: return ERR_IO;
    }
}

sqlite3_stmt *history_use(struct history *h, enum statement which)
{
    sqlite3_stmt **s = &h->statements[which];

    if (!*s &&
        sqlite3_prepare_v3(h->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_reset(*s);
    sqlite3_clear_bindings(*s);
    return *s;
}

enum err history_run(struct history *h, sqlite3_stmt *s)
{
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(h->db);

    if (s)
        sqlite3_reset(s);
    return s ? history_err(rc) : rc == SQLITE_OK ? ERR_IO : history_err(rc);
}

enum err history_begin(struct history *h)
{
    enum err e = h->in_transaction ? ERR_OK : history_run(h, history_use(h, Q_BEGIN));

    h->in_transaction = e == ERR_OK;
    return e;
}

/* ---- opening ---- */

static enum err make_folder(const char *path)
{
    char *folder = strx_printf("%s", path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    enum err e = folder ? ERR_OK : ERR_NOMEM;

    if (slash && slash != folder) {
        *slash = '\0';
        if (mkdir(folder, 0750) < 0 && errno != EEXIST)
            e = err_from_errno(errno);
    }
    free(folder);
    return e;
}

static enum err load_cursors(struct history *h)
{
    sqlite3_stmt *s = history_use(h, Q_CURSORS);

    while (s && sqlite3_step(s) == SQLITE_ROW && h->cursor_count < PARTITIONS_MAX) {
        struct cursor *c = &h->cursors[h->cursor_count++];
        strx_copy(c->partition, sizeof c->partition, column_text(s, 0));
        c->position = (journal_pos)sqlite3_column_int64(s, 1);
    }
    sqlite3_stmt *heard = history_use(h, Q_HEARD);
    if (heard && sqlite3_step(heard) == SQLITE_ROW)
        h->heard = sqlite3_column_int64(heard, 0);
    if (heard)
        sqlite3_reset(heard);
    return s && heard ? ERR_OK : ERR_MALFORMED;
}

static enum err prepare(struct history *h)
{
    enum err e = history_err(sqlite3_exec(h->db,
                                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                                          "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096",
                                          NULL, NULL, NULL));

    if (!e)
        e = history_check_schema(h);
    return e ? e : load_cursors(h);
}

enum err history_open(const char *path, struct history **out)
{
    struct history *h = calloc(1, sizeof *h);
    enum err e = ERR_NOMEM;

    if (!h)
        return ERR_NOMEM;
    if (path && (e = make_folder(path)) != ERR_OK)
        goto failed;
    e = history_err(sqlite3_open_v2(path ? path : ":memory:", &h->db,
                                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    if (e)
        goto failed;
    sqlite3_busy_timeout(h->db, BUSY_MS);
    if (path && chmod(path, 0640) < 0)
        e = err_from_errno(errno);
    if (e || (e = prepare(h)) != ERR_OK)
        goto failed;
    *out = h;
    return ERR_OK;

failed:
    history_close(h);
    return e;
}

/* The whole of it in one step: a writer of WAL goes on meanwhile. */
static enum err copy_database(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");

    if (!b)
        return history_err(sqlite3_errcode(to));
    sqlite3_backup_step(b, -1);
    return history_err(sqlite3_backup_finish(b));
}

enum err history_open_copy(const char *path, struct history **out)
{
    struct history *h;
    sqlite3 *from = NULL;
    enum err e;

    if (access(path, F_OK) < 0)
        return err_from_errno(errno);
    h = calloc(1, sizeof *h);
    if (!h)
        return ERR_NOMEM;
    e = history_err(sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    if (!e)
        e = history_err(sqlite3_open_v2(
            "", &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    if (!e) {
        sqlite3_busy_timeout(from, BUSY_MS);
        e = copy_database(from, h->db);
    }
    sqlite3_close(from);
    if (!e)
        e = prepare(h);
    if (e)
        history_close(h);
    else
        *out = h;
    return e;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    if (h->db && history_commit(h) != ERR_OK)
        h->in_transaction = false; /* it is read from the journal again */
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(h->statements[i]);
    sqlite3_close(h->db);
    free(h);
}

/* ---- feeding ---- */

static struct cursor *find_cursor(struct history *h, const char *partition)
{
    for (size_t i = 0; i < h->cursor_count; i++)
        if (strcmp(h->cursors[i].partition, partition) == 0)
            return &h->cursors[i];
    if (h->cursor_count == PARTITIONS_MAX)
        return NULL;
    struct cursor *c = &h->cursors[h->cursor_count++];
    strx_copy(c->partition, sizeof c->partition, partition);
    return c;
}

int64_t history_thing(struct history *h, const char *kind, const char *id)
{
    sqlite3_stmt *s = history_use(h, Q_THING);
    int64_t num = 0;

    if (!s)
        return 0;
    bind_text(s, 1, kind);
    bind_text(s, 2, id);
    if (sqlite3_step(s) == SQLITE_ROW)
        num = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return num;
}

static enum err put_state(struct history *h, ns_t wall, const Nw__State *state)
{
    int64_t thing = history_thing(h, state->kind, state->id);
    sqlite3_stmt *s;
    enum err e;

    if (!thing) {
        s = history_use(h, Q_THING_PUT);
        if (s) {
            bind_text(s, 1, state->kind);
            bind_text(s, 2, state->id);
        }
        e = history_run(h, s);
        if (e)
            return e;
        thing = sqlite3_last_insert_rowid(h->db);
    }
    s = history_use(h, Q_STATE_PUT);
    if (s) {
        sqlite3_bind_int64(s, 1, thing);
        sqlite3_bind_int64(s, 2, state->since ? (ns_t)state->since : wall);
        sqlite3_bind_int64(s, 3, state->state);
        sqlite3_bind_int64(s, 4, state->reason);
        bind_text(s, 5, state->incident);
    }
    return history_run(h, s);
}

/* What q searches: id, cause, type and both texts, in lower case (ASCII). */
static void put_search(struct buf *out, const Nw__Incident *i)
{
    buf_printf(out, "%s\n%s\n%s\n%s\n%s\n%s", i->id, i->type, i->cause ? i->cause->id : "",
               i->cause ? i->cause->name : "", i->text_de, i->text_en);
    for (size_t k = 0; k < out->len; k++)
        if (out->data[k] >= 'A' && out->data[k] <= 'Z')
            out->data[k] = (char)(out->data[k] - 'A' + 'a');
}

static enum err put_member(struct history *h, int64_t row, const char *id)
{
    sqlite3_stmt *s = history_use(h, Q_MEMBER_PUT);

    if (s) {
        bind_text(s, 1, id);
        sqlite3_bind_int64(s, 2, row);
    }
    return history_run(h, s);
}

static enum err put_log(struct history *h, int64_t row, ns_t wall, const Nw__Incident *i)
{
    sqlite3_stmt *s = history_use(h, Q_LOG_PUT);
    bool by_person = strcmp(i->event, "acknowledged") == 0 || strcmp(i->event, "shelved") == 0 ||
                     strcmp(i->event, "commented") == 0 || strcmp(i->event, "changed") == 0 ||
                     strcmp(i->event, "closed") == 0;

    if (s) {
        sqlite3_bind_int64(s, 1, row);
        sqlite3_bind_int64(s, 2, (int64_t)i->sequence);
        sqlite3_bind_int64(s, 3, i->changed ? (ns_t)i->changed : wall);
        bind_text(s, 4, i->event);
        bind_text(s, 5, i->severity);
        sqlite3_bind_int64(s, 6, (int64_t)i->n_members);
        bind_text(s, 7, by_person ? i->operator_by : "");
        bind_text(s, 8, by_person ? i->operator_comment : "");
    }
    return history_run(h, s);
}

static enum err write_incident(struct history *h, bool is_new, const Nw__Incident *i, const struct buf *body,
                               const struct buf *search)
{
    sqlite3_stmt *s = history_use(h, is_new ? Q_INCIDENT_ADD : Q_INCIDENT_PUT);

    if (s) {
        bind_text(s, 1, i->id);
        sqlite3_bind_int64(s, 2, (int64_t)i->sequence);
        sqlite3_bind_int(s, 3, i->closed == 0);
        bind_text(s, 4, i->severity);
        bind_text(s, 5, i->type);
        bind_text(s, 6, i->operator_state[0] ? i->operator_state : "none");
        bind_text(s, 7, search->data);
        sqlite3_bind_blob(s, 8, body->data, (int)body->len, SQLITE_STATIC);
    }
    return history_run(h, s);
}

static enum err put_incident(struct history *h, ns_t wall, const Nw__Incident *i)
{
    struct buf body = BUF_INIT, search = BUF_INIT;
    sqlite3_stmt *s = history_use(h, Q_INCIDENT_ROW);
    int64_t row = 0, sequence = -1;
    enum err e = ERR_NOMEM;

    if (!s)
        return ERR_IO;
    bind_text(s, 1, i->id);
    if (sqlite3_step(s) == SQLITE_ROW) {
        row = sqlite3_column_int64(s, 0);
        sequence = sqlite3_column_int64(s, 1);
    }
    sqlite3_reset(s);
    if (row && (int64_t)i->sequence < sequence)
        return put_log(h, row, wall, i); /* an older one, read again */
    uint8_t *to = buf_extend(&body, nw__incident__get_packed_size(i));
    put_search(&search, i);
    if (!to || buf_error(&search))
        goto failed;
    nw__incident__pack(i, to);
    e = write_incident(h, row == 0, i, &body, &search);
    if (e)
        goto failed;
    if (!row)
        row = sqlite3_last_insert_rowid(h->db);
    if (i->cause)
        e = put_member(h, row, i->cause->id);
    for (size_t k = 0; k < i->n_members && e == ERR_OK; k++)
        e = put_member(h, row, i->members[k]->id);
    if (e == ERR_OK)
        e = put_log(h, row, wall, i);

failed:
    buf_fini(&body);
    buf_fini(&search);
    return e;
}

static enum err put_command(struct history *h, ns_t wall, const Nw__Command *c)
{
    sqlite3_stmt *s;

    if (strcmp(c->via, "alerts") == 0)
        return ERR_OK; /* re-probes: between daemons, and many */
    s = history_use(h, Q_COMMAND_PUT);
    if (s) {
        bind_text(s, 1, c->id);
        bind_text(s, 2, c->verb);
        bind_text(s, 3, c->target);
        bind_text(s, 4, c->by);
        bind_text(s, 5, c->via);
        bind_text(s, 6, c->comment);
        sqlite3_bind_int64(s, 7, wall);
        sqlite3_bind_int64(s, 8, (int64_t)c->begin);
        sqlite3_bind_int64(s, 9, (int64_t)c->until);
        sqlite3_bind_int(s, 10, c->announce);
        bind_text(s, 11, c->text_de);
        bind_text(s, 12, c->text_en);
    }
    return history_run(h, s);
}

/* An outcome of alerts may be read before its command, which stands in another partition; it waits as a row
 * without a command. The collector's are mostly of re-probes, which are not kept. */
static enum err put_outcome(struct history *h, const char *partition, ns_t wall, const Nw__Outcome *o)
{
    bool may_wait = strcmp(partition, "alerts") == 0;
    sqlite3_stmt *s = history_use(h, may_wait ? Q_OUTCOME_PUT : Q_OUTCOME_SET);

    if (s) {
        bind_text(s, 1, o->command);
        bind_text(s, 2, o->outcome);
        bind_text(s, 3, o->problem);
        sqlite3_bind_int64(s, 4, wall);
    }
    return history_run(h, s);
}

static enum err put_record(struct history *h, const char *partition, const Nw__Record *r)
{
    ns_t wall = (ns_t)r->wall;

    switch (r->body_case) {
    case NW__RECORD__BODY_STATE: return put_state(h, wall, r->state);
    case NW__RECORD__BODY_INCIDENT: return put_incident(h, wall, r->incident);
    case NW__RECORD__BODY_COMMAND: return put_command(h, wall, r->command);
    case NW__RECORD__BODY_OUTCOME: return put_outcome(h, partition, wall, r->outcome);
    case NW__RECORD__BODY_REPORT: return history_put_report(h, wall, r->report);
    default: return ERR_OK;
    }
}

static bool is_kept(unsigned field)
{
    return field == NW__RECORD__BODY_STATE || field == NW__RECORD__BODY_INCIDENT ||
           field == NW__RECORD__BODY_COMMAND || field == NW__RECORD__BODY_OUTCOME ||
           field == NW__RECORD__BODY_REPORT;
}

/* alerts writes a heartbeat a second; where nothing came for long, nobody was looking. */
static bool is_blind_until(const struct history *h, ns_t wall)
{
    return h->heard && wall - h->heard > HISTORY_BLIND_AFTER;
}

static enum err hear(struct history *h, ns_t wall)
{
    enum err e = ERR_OK;

    if (is_blind_until(h, wall)) {
        sqlite3_stmt *s = history_use(h, Q_BLIND_PUT);
        if (s) {
            sqlite3_bind_int64(s, 1, h->heard);
            sqlite3_bind_int64(s, 2, wall);
        }
        e = history_run(h, s);
    }
    if (wall > h->heard)
        h->heard = wall;
    return e;
}

enum err history_record(struct history *h, const char *partition, journal_pos pos, const void *record,
                        size_t len)
{
    struct cursor *c = find_cursor(h, partition);
    Nw__Record *r = NULL;
    unsigned field = 0;
    ns_t wall = 0;
    enum err e;

    if (!c)
        return ERR_LIMIT;
    if (pos <= c->position)
        return ERR_OK;
    bool is_peeked = record_peek(record, len, &wall, &field);
    bool is_row = !is_peeked || is_kept(field);
    e = is_row || is_blind_until(h, wall) ? history_begin(h) : ERR_OK; /* most are neither: heartbeats */
    if (e)
        return e;
    if (is_row) {
        e = record_unpack(record, len, &r);
        if (e == ERR_MALFORMED)
            e = ERR_OK; /* somebody else's fault, and it will not get better: go on behind it */
        else if (e == ERR_OK) {
            wall = (ns_t)r->wall;
            e = put_record(h, partition, r);
        }
        record_free(r);
    }
    if (e == ERR_OK && wall && strcmp(partition, "alerts") == 0)
        e = hear(h, wall);
    if (e == ERR_OK) {
        c->position = pos;
        c->is_changed = true;
    }
    return e;
}

enum err history_commit(struct history *h)
{
    bool is_changed = h->in_transaction;
    enum err e;

    for (size_t i = 0; i < h->cursor_count; i++)
        is_changed = is_changed || h->cursors[i].is_changed;
    e = is_changed ? history_begin(h) : ERR_OK;
    if (!is_changed || e)
        return e;
    for (size_t i = 0; i < h->cursor_count && e == ERR_OK; i++) {
        struct cursor *c = &h->cursors[i];
        sqlite3_stmt *s = c->is_changed ? history_use(h, Q_CURSOR_PUT) : NULL;
        if (!c->is_changed)
            continue;
        if (s) {
            bind_text(s, 1, c->partition);
            sqlite3_bind_int64(s, 2, (int64_t)c->position);
        }
        e = history_run(h, s);
        c->is_changed = e != ERR_OK;
    }
    if (e == ERR_OK && h->heard) {
        sqlite3_stmt *s = history_use(h, Q_HEARD_PUT);
        if (s)
            sqlite3_bind_int64(s, 1, h->heard);
        e = history_run(h, s);
    }
    if (e == ERR_OK)
        e = history_run(h, history_use(h, Q_COMMIT));
    h->in_transaction = e != ERR_OK;
    return e;
}

enum err history_put_command(struct history *h, ns_t wall, const Nw__Command *command)
{
    enum err e = history_begin(h);

    return e ? e : put_command(h, wall, command);
}

static enum err catch_up_partition(struct history *h, const char *journal_dir, const char *partition)
{
    struct cursor *c = find_cursor(h, partition);
    struct journal_reader *reader = NULL;
    const void *record;
    journal_pos pos;
    size_t len;
    enum err e;

    if (!c)
        return ERR_LIMIT;
    e = journal_reader_open(journal_dir, partition, c->position, JOURNAL_FROM_OLDEST, &reader);
    if (e)
        return e;
    for (;;) {
        e = journal_read(reader, &record, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC)
            continue; /* what is missing is missing; hear() notices the hole */
        if (e)
            break;
        e = history_record(h, partition, pos, record, len);
        if (e)
            break;
    }
    journal_reader_close(reader);
    return e == ERR_AGAIN ? ERR_OK : e;
}

enum err history_catch_up(struct history *h, const char *journal_dir)
{
    static const char *const partitions[] = {"dashboard", "cli", "public", "alerts"};
    DIR *d = opendir(journal_dir);
    struct dirent *entry;
    enum err e = ERR_OK;

    while (d && e == ERR_OK && (entry = readdir(d)) != NULL)
        if (strx_starts_with(entry->d_name, "unit.") && strlen(entry->d_name) <= 64)
            e = catch_up_partition(h, journal_dir, entry->d_name);
    if (d)
        closedir(d);
    for (size_t i = 0; i < ARRAY_LEN(partitions) && e == ERR_OK; i++)
        e = catch_up_partition(h, journal_dir, partitions[i]);
    return e ? e : history_commit(h);
}
