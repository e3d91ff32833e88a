/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resume.c - takes up at a start what the last run committed: numbers, rows, open incidents, and records that
 * the partition lacks. */
#include <stdlib.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

struct restoring {
    struct alerts *a;
    const char *kind;
};

static void restore_row(void *ctx, const char *key, const void *value, size_t len)
{
    struct restoring *r = ctx;
    enum err e = engine_restore(r->a->engine, r->kind, key, value, len);

    if (e == ERR_MALFORMED)
        log_warning("alerts.db: row %s/%s cannot be read and is dropped", r->kind, key);
    if (e == ERR_MALFORMED || e == ERR_NOT_FOUND)
        db_put_row(r->a->db, r->kind, key, NULL, 0);
}

static void restore_told(void *ctx, const char *key, const void *value, size_t len)
{
    struct alerts *a = ctx;
    struct told *t = calloc(1, sizeof *t);
    void *old = NULL;

    if (t)
        t->record = malloc(len + 1);
    if (!t || !t->record || map_set(a->told, key, t, &old)) {
        told_free(t);
        return;
    }
    memcpy(t->record, value, len);
    t->len = len;
    told_free(old);
}

/* Incidents first: nodes point at them. */
enum err resume_rows(struct alerts *a)
{
    static const char *const kinds[] = {"meta",   "incident", "node",  "state",
                                        "window", "watch",    "usual", "past"};
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(kinds); i++)
        e = db_each_row(a->db, kinds[i], restore_row, &(struct restoring){a, kinds[i]});
    return e;
}

enum err resume_numbers(struct alerts *a)
{
    enum err e = db_number(a->db, "sequence", &a->sequence);

    if (!e)
        e = db_number(a->db, "lane 0", &a->lane_sequence[0]);
    if (!e)
        e = db_number(a->db, "lane 1", &a->lane_sequence[1]);
    if (!e)
        e = db_number(a->db, "slot", &a->slot);
    if (!e)
        e = db_number(a->db, "synced", &a->appended);
    for (int i = 0; !e && i < PARTITIONS; i++)
        e = db_offset(a->db, alerts_partitions[i], &a->committed[i]);
    memcpy(a->seen, a->committed, sizeof a->seen);
    return e;
}

/* ---- what the partition lacks ---- */

struct pending {
    struct alerts *a;
    struct outgoing *first, **end;
};

static void gather_pending(void *ctx, uint64_t slot, const void *record, size_t len)
{
    struct pending *p = ctx;
    struct outgoing *out = calloc(1, sizeof *out);

    if (out)
        out->record = malloc(len + 1);
    if (!out || !out->record) {
        free(out);
        return;
    }
    memcpy(out->record, record, len);
    out->len = len;
    out->slot = slot;
    *p->end = out;
    p->end = &out->next;
}

static void drop_first(struct pending *p)
{
    struct outgoing *out = p->first;

    p->a->appended_slot = out->slot;
    p->first = out->next;
    free(out->record);
    free(out);
}

/* Walks the partition behind the last synced position and drops what is found there, in order. */
static enum err drop_found(struct alerts *a, struct pending *p)
{
    struct journal_reader *reader = NULL;
    const void *record;
    size_t len;
    journal_pos pos;
    enum err e =
        journal_reader_open(a->o.settings->journal_dir, "alerts", a->appended, JOURNAL_FROM_OLDEST, &reader);

    while (!e && p->first) {
        e = journal_read(reader, &record, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC)
            e = ERR_OK;
        else if (!e && len == p->first->len && memcmp(record, p->first->record, len) == 0) {
            drop_first(p);
            a->appended = pos;
        }
    }
    journal_reader_close(reader);
    return e == ERR_AGAIN || e == ERR_END ? ERR_OK : e;
}

enum err resume_records(struct alerts *a)
{
    struct pending p = {.a = a};
    size_t count = 0;
    enum err e;

    p.end = &p.first;
    e = db_each_record(a->db, gather_pending, &p);
    if (!e && p.first)
        e = drop_found(a, &p);
    while (p.first) {
        if (!e)
            e = journal_append(a->o.journal, loop_mono(a->o.loop), p.first->record, p.first->len,
                               &a->appended);
        count++;
        drop_first(&p);
    }
    if (count)
        log_info("%zu records of the last run are appended now", count);
    return e;
}

enum err resume_told(struct alerts *a)
{
    return db_each_row(a->db, "told", restore_told, a);
}

/* ---- a new alerts.db beside an old partition ---- */

static uint64_t number_of_id(const char *id)
{
    const char *dash = strrchr(id, '-');
    uint64_t number;

    return dash && strx_to_u64(dash + 1, &number) == ERR_OK ? number : 0;
}

static void raise_to(uint64_t *at, uint64_t value)
{
    if (value > *at)
        *at = value;
}

static void go_beyond(struct alerts *a, const Nw__Record *r, uint64_t *incident_number)
{
    if (r->body_case == NW__RECORD__BODY_STATE)
        raise_to(&a->sequence, r->state->sequence);
    if (r->body_case != NW__RECORD__BODY_INCIDENT)
        return;
    raise_to(&a->sequence, r->incident->sequence);
    raise_to(&a->lane_sequence[strcmp(r->incident->source, "critical") == 0 ? 0 : 1],
             r->incident->lane_sequence);
    raise_to(incident_number, number_of_id(r->incident->id));
}

/* The engine's counter, as rows.c writes it. */
static enum err set_incident_number(struct alerts *a, uint64_t number)
{
    struct buf row = BUF_INIT;
    enum err e;

    buf_u8(&row, 1);
    buf_le64(&row, number);
    buf_u8(&row, 0);
    buf_le64(&row, 0);
    e = buf_error(&row);
    if (!e)
        e = engine_restore(a->engine, "meta", "engine", row.data, row.len);
    buf_fini(&row);
    return e;
}

enum err resume_without_db(struct alerts *a)
{
    struct journal_reader *reader = NULL;
    const void *bytes;
    size_t len;
    journal_pos pos;
    uint64_t number = 0;
    enum err e = journal_reader_open(a->o.settings->journal_dir, "alerts", 0, JOURNAL_FROM_OLDEST, &reader);

    while (!e) {
        Nw__Record *r = NULL;
        e = journal_read(reader, &bytes, &len, &pos);
        if (e == ERR_GAP || e == ERR_CRC)
            e = ERR_OK;
        else if (!e && record_unpack(bytes, len, &r) == ERR_OK)
            go_beyond(a, r, &number);
        record_free(r);
    }
    journal_reader_close(reader);
    if (e != ERR_AGAIN && e != ERR_END)
        return e;
    if (a->sequence)
        log_warning(
            "alerts.db is new, the journal is not: numbers go on after %llu, open incidents begin anew",
            (unsigned long long)a->sequence);
    return set_incident_number(a, number);
}
