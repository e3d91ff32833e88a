/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.c - what the engine decides, on its way: gathered, committed in one transaction, then appended to the
 * partition and published. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "alerts/event_json.h"
#include "lib/base/log.h"
#include "lib/model/record.h"

#define COMMIT_PAUSE (10 * MILLISECONDS) /* group commit */
#define RETRY_EVERY  (1 * SECONDS)

void told_free(void *p)
{
    struct told *t = p;

    if (t)
        free(t->record);
    free(t);
}
/* ---- out of the engine, into the batch ---- */

bool batch_pack(struct alerts *a, Nw__Record *r)
{
    buf_clear(&a->packed);
    if (!r->wall)
        r->wall = (uint64_t)loop_wall(a->o.loop);
    if (record_pack(r, &a->packed) == ERR_OK)
        return true;
    log_error("out of memory: a record is not written");
    return false;
}

void batch_send(struct alerts *a)
{
    struct outgoing *out = calloc(1, sizeof *out);

    if (out)
        out->record = malloc(a->packed.len);
    if (!out || !out->record) {
        free(out);
        log_error("out of memory: a record is not written");
        return;
    }
    memcpy(out->record, a->packed.data, a->packed.len);
    out->len = a->packed.len;
    out->slot = ++a->slot;
    *a->outgoing_end = out;
    a->outgoing_end = &out->next;
    db_put_record(a->db, out->slot, out->record, out->len);
}

static void fill_state(const struct object_state *s, Nw__State *pb)
{
    nw__state__init(pb);
    pb->kind = (char *)(uintptr_t)object_kind_words[s->kind];
    pb->id = (char *)(uintptr_t)s->id;
    pb->state = s->state;
    pb->reason = s->reason;
    pb->since = (uint64_t)s->since;
    pb->previous_state = s->previous;
    pb->incident = (char *)(uintptr_t)s->incident;
    pb->clients = s->clients;
}

static void on_state(void *ctx, const struct object_state *s)
{
    struct alerts *a = ctx;
    Nw__Record r = NW__RECORD__INIT;
    Nw__State pb;

    fill_state(s, &pb);
    pb.sequence = ++a->sequence;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &pb;
    if (batch_pack(a, &r))
        batch_send(a);
    a->transitions++;
    publisher_state_changed(a->publisher, s->kind, s->index);
}

static void keep_told(struct alerts *a, const Nw__Incident *i)
{
    struct told *t;
    void *old = NULL;

    if (i->closed) {
        told_free(map_remove(a->told, i->id));
        db_put_row(a->db, "told", i->id, NULL, 0);
        return;
    }
    db_put_row(a->db, "told", i->id, a->packed.data, a->packed.len);
    t = calloc(1, sizeof *t);
    if (t)
        t->record = malloc(a->packed.len);
    if (!t || !t->record || map_set(a->told, i->id, t, &old)) {
        told_free(t);
        return;
    }
    memcpy(t->record, a->packed.data, a->packed.len);
    t->len = a->packed.len;
    told_free(old);
}

static void on_incident(void *ctx, const Nw__Incident *incident, const char *key)
{
    struct alerts *a = ctx;
    Nw__Incident i = *incident;
    Nw__Record r = NW__RECORD__INIT;
    unsigned lane = strcmp(i.source, "critical") == 0 ? 0 : 1;
    struct buf body = BUF_INIT;

    (void)key;
    i.sequence = ++a->sequence;
    i.lane_sequence = ++a->lane_sequence[lane];
    r.body_case = NW__RECORD__BODY_INCIDENT;
    r.incident = &i;
    if (batch_pack(a, &r)) {
        keep_told(a, &i);
        second_path_event(a->second_path, &i, a->packed.data, a->packed.len, (ns_t)r.wall);
        batch_send(a);
    }
    event_json_event(a->o.settings->instance, &i, (ns_t)r.wall, &body);
    if (buf_error(&body) == ERR_OK) {
        db_put_event(a->db, lane, i.lane_sequence, (ns_t)r.wall, body.data, body.len);
        channels_event(a->channels, &i, (ns_t)r.wall, body.data);
    } else {
        log_error("out of memory: an event is not in the outbox");
    }
    buf_fini(&body);
    a->events++;
    publisher_incident_changed(a->publisher, i.id);
    log_info("incident %s %s: %s", i.id, i.event, i.text_en);
}

/* A request to the collector; losing one costs a moment, so it is not kept in the database. */
static void on_reprobe(void *ctx, const char *device_id)
{
    struct alerts *a = ctx;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Command c = NW__COMMAND__INIT;
    char id[64];

    snprintf(id, sizeof id, "reprobe-%" PRIu64 "-%" PRIx64, a->sequence, (uint64_t)loop_wall(a->o.loop));
    c.id = id;
    c.by = c.via = (char *)(uintptr_t) "alerts";
    c.verb = (char *)(uintptr_t) "reprobe";
    c.target = (char *)(uintptr_t)device_id;
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = &c;
    if (batch_pack(a, &r) &&
        journal_append(a->o.journal, loop_mono(a->o.loop), a->packed.data, a->packed.len, NULL))
        log_debug("re-probe of %s is not asked for", device_id);
}

/* For the record alone: nobody is told. */
static void on_suppressed(void *ctx, const char *id, const char *window, const char *text)
{
    struct alerts *a = ctx;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Finding f = NW__FINDING__INIT;

    record_put_finding(&r, &f, id, "suppressed", window, text);
    if (batch_pack(a, &r))
        batch_send(a);
}

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    struct alerts *a = ctx;

    db_put_row(a->db, kind, key, value, len);
}

static void on_escalated(void *ctx, const Nw__Incident *i, const struct escalation_step *step)
{
    struct alerts *a = ctx;
    Nw__Incident told = *i;

    told.sequence = a->sequence; /* of the change that was said just before */
    notice_escalated(a, &told, step);
}

static void on_announced(void *ctx, const Nw__Announcements *list)
{
    struct alerts *a = ctx;
    Nw__Record r = NW__RECORD__INIT;

    r.body_case = NW__RECORD__BODY_ANNOUNCEMENTS;
    r.announcements = (Nw__Announcements *)(uintptr_t)list;
    if (!batch_pack(a, &r))
        return;
    buf_clear(&a->announced);
    buf_put(&a->announced, a->packed.data, a->packed.len);
    batch_send(a);
}

struct engine_sink batch_sink(struct alerts *a)
{
    return (struct engine_sink){a,      on_state,      on_incident,  on_reprobe,
                                on_row, on_suppressed, on_escalated, on_announced};
}

/* ---- repeats: what a reader of this segment alone must know ---- */

static void append_bytes(struct alerts *a, const void *record, size_t len)
{
    if (journal_append(a->o.journal, loop_mono(a->o.loop), record, len, NULL))
        log_debug("a repeated state is not in the journal");
}

void batch_repeat(struct alerts *a)
{
    for (enum object_kind kind = OBJECT_HOTSPOT; kind <= OBJECT_SITE; kind++) {
        for (size_t k = 0; k < engine_object_count(a->engine, kind); k++) {
            Nw__Record r = NW__RECORD__INIT;
            struct object_state s;
            Nw__State pb;
            if (!engine_object(a->engine, kind, k, &s))
                continue;
            fill_state(&s, &pb);
            pb.sequence = a->sequence;
            pb.is_repeat = true;
            r.body_case = NW__RECORD__BODY_STATE;
            r.state = &pb;
            if (batch_pack(a, &r))
                append_bytes(a, a->packed.data, a->packed.len);
        }
    }
    for (size_t k = 0; k < map_count(a->told); k++) {
        const struct told *t = map_at(a->told, k, NULL);
        append_bytes(a, t->record, t->len);
    }
    if (a->announced.len && !buf_error(&a->announced))
        append_bytes(a, a->announced.data, a->announced.len);
    a->segment = journal_segment(a->o.journal);
}

/* ---- commit ---- */

static void put_positions(struct alerts *a)
{
    for (int i = 0; i < PARTITIONS; i++) {
        if (a->seen[i] == a->committed[i])
            continue;
        db_put_offset(a->db, alerts_partitions[i], a->seen[i]);
        a->committed[i] = a->seen[i];
    }
    db_put_number(a->db, "sequence", a->sequence);
    db_put_number(a->db, "lane 0", a->lane_sequence[0]);
    db_put_number(a->db, "lane 1", a->lane_sequence[1]);
    db_put_number(a->db, "slot", a->slot);
    db_put_number(a->db, "alive", (uint64_t)loop_wall(a->o.loop));
    publisher_save(a->publisher);
}

static void step(struct alerts *a, const char *name)
{
    if (a->o.step)
        a->o.step(name);
}

static void append_outgoing(struct alerts *a)
{
    while (a->outgoing) {
        struct outgoing *out = a->outgoing;
        enum err e = journal_append(a->o.journal, loop_mono(a->o.loop), out->record, out->len, &a->appended);
        if (e && e != ERR_LIMIT)
            log_debug("record %" PRIu64 " waits: %s", out->slot, err_text(e));
        a->appended_slot = out->slot;
        a->outgoing = out->next;
        free(out->record);
        free(out);
    }
    a->outgoing_end = &a->outgoing;
    if (journal_segment(a->o.journal) != a->segment)
        batch_repeat(a);
}

void batch_commit(struct alerts *a)
{
    ns_t now = loop_mono(a->o.loop);
    uint64_t reserved;
    enum err e;

    loop_timer_cancel(a->o.loop, &a->commit_timer);
    put_positions(a);
    step(a, "commit");
    reserved = db_reserved(a->db);
    e = db_commit(a->db);
    if (reserved && !db_reserved(a->db))
        log_warning("the disk of %s is full: the reserve of alerts.db is in use now",
                    a->o.settings->state_dir);
    if (e && !a->is_failing)
        log_error("alerts.db: %s (%s): alarms wait in memory; make room in %s", err_text(e),
                  db_problem(a->db), a->o.settings->state_dir);
    if (!e && a->is_failing)
        log_warning("alerts.db can be written again");
    a->is_failing = e != ERR_OK;
    if (e) {
        if (loop_timer_after(a->o.loop, &a->commit_timer, RETRY_EVERY))
            loop_stop(a->o.loop);
        return;
    }
    a->commits++;
    a->last_commit = a->last_offsets = now;
    step(a, "append");
    append_outgoing(a);
    step(a, "publish");
    publisher_committed(a->publisher, a->lane_sequence);
    channels_committed(a->channels);
    db_tidy(a->db);
}

void batch_on_timer(void *ctx)
{
    batch_commit(ctx);
}

void batch_commit_soon(struct alerts *a)
{
    ns_t due = a->last_commit + COMMIT_PAUSE;

    if (loop_timer_is_armed(&a->commit_timer))
        return;
    if (due <= loop_mono(a->o.loop))
        batch_commit(a);
    else if (loop_timer_set(a->o.loop, &a->commit_timer, due))
        batch_commit(a);
}

void batch_tick(struct alerts *a, ns_t wall)
{
    a->last_tick = wall;
    if (engine_tick(a->engine, wall))
        log_error("out of memory");
    notice_tick(a, wall);
    if (!db_is_empty(a->db))
        batch_commit_soon(a);
}
