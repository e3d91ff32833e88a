/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts.c - the daemon's cycle: read, judge, commit, append, publish. Knows the journal, the engine, the
 * database and the publisher; decides nothing about alarms. */
#include "alerts/alerts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "alerts/event_json.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

#define TICK_EVERY    (250 * MILLISECONDS)
#define READER        "alerts"
#define COMMIT_PAUSE  (10 * MILLISECONDS) /* group commit */
#define OFFSETS_EVERY (10 * SECONDS)      /* positions alone, when nothing else changes */
#define RETRY_EVERY   (1 * SECONDS)
#define KEEP_EVENTS   (30 * DAYS)
#define KEEP_COMMANDS (30 * DAYS)
#define GAP_OF_BOTH   (5 * SECONDS)
#define CATCH_UP_TICK (1 * SECONDS) /* of record time, while behind */

const char *const alerts_partitions[PARTITIONS] = {"collector", "probe", "dashboard", "cli"};

void told_free(void *p)
{
    struct told *t = p;

    if (t)
        free(t->record);
    free(t);
}

static int partition_index(const char *name)
{
    for (int i = 0; i < PARTITIONS; i++)
        if (strcmp(alerts_partitions[i], name) == 0)
            return i;
    return -1;
}

/* ---- out of the engine, into the batch ---- */

static bool pack(struct alerts *a, Nw__Record *r)
{
    buf_clear(&a->packed);
    if (!r->wall)
        r->wall = (uint64_t)loop_wall(a->o.loop);
    if (record_pack(r, &a->packed) == ERR_OK)
        return true;
    log_error("out of memory: a record is not written");
    return false;
}

/* a->packed goes into the partition after the next commit. */
static void send_packed(struct alerts *a)
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
    if (pack(a, &r))
        send_packed(a);
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
    if (pack(a, &r)) {
        keep_told(a, &i);
        send_packed(a);
    }
    event_json_event(a->o.settings->instance, &i, (ns_t)r.wall, &body);
    if (buf_error(&body) == ERR_OK)
        db_put_event(a->db, lane, i.lane_sequence, (ns_t)r.wall, body.data, body.len);
    else
        log_error("out of memory: an event is not in the outbox");
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
    if (pack(a, &r) &&
        journal_append(a->o.journal, loop_mono(a->o.loop), a->packed.data, a->packed.len, NULL))
        log_debug("re-probe of %s is not asked for", device_id);
}

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    struct alerts *a = ctx;

    db_put_row(a->db, kind, key, value, len);
}

/* ---- repeats: what a reader of this segment alone must know ---- */

static void append_bytes(struct alerts *a, const void *record, size_t len)
{
    if (journal_append(a->o.journal, loop_mono(a->o.loop), record, len, NULL))
        log_debug("a repeated state is not in the journal");
}

static void repeat_states(struct alerts *a)
{
    for (enum object_kind kind = OBJECT_HOTSPOT; kind <= OBJECT_SERVICE; kind++) {
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
            if (pack(a, &r))
                append_bytes(a, a->packed.data, a->packed.len);
        }
    }
    for (size_t k = 0; k < map_count(a->told); k++) {
        const struct told *t = map_at(a->told, k, NULL);
        append_bytes(a, t->record, t->len);
    }
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
        repeat_states(a);
}

static void commit(struct alerts *a)
{
    ns_t now = loop_mono(a->o.loop);
    enum err e;

    loop_timer_cancel(a->o.loop, &a->commit_timer);
    put_positions(a);
    step(a, "commit");
    e = db_commit(a->db);
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
}

static void on_commit_timer(void *ctx)
{
    commit(ctx);
}

/* At once, or so that commits are COMMIT_PAUSE apart. */
static void commit_soon(struct alerts *a)
{
    ns_t due = a->last_commit + COMMIT_PAUSE;

    if (loop_timer_is_armed(&a->commit_timer))
        return;
    if (due <= loop_mono(a->o.loop))
        commit(a);
    else if (loop_timer_set(a->o.loop, &a->commit_timer, due))
        commit(a);
}

static void tick(struct alerts *a, ns_t wall)
{
    a->last_tick = wall;
    if (engine_tick(a->engine, wall))
        log_error("out of memory");
    if (!db_is_empty(a->db))
        commit_soon(a);
}

/* ---- commands ---- */

static void put_outcome(struct alerts *a, const char *id, const char *outcome, const char *problem)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Outcome o = NW__OUTCOME__INIT;

    o.command = (char *)(uintptr_t)id;
    o.outcome = (char *)(uintptr_t)outcome;
    o.problem = (char *)(uintptr_t)problem;
    r.body_case = NW__RECORD__BODY_OUTCOME;
    r.outcome = &o;
    if (pack(a, &r))
        send_packed(a);
}

/* Who executes what: poll and discover are the collector's. */
static bool is_our_verb(const char *verb)
{
    static const char *const verbs[] = {"acknowledge", "comment", "assign",      "shelve",
                                        "unshelve",    "close",   "maintenance", "maintenance_end"};

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i], verb) == 0)
            return true;
    return false;
}

static void execute(struct alerts *a, const struct engine_command *c, char outcome[16], char problem[256])
{
    char *old_outcome = NULL, *old_problem = NULL;
    const char *why;

    if (db_command(a->db, c->id, &old_outcome, &old_problem) == ERR_OK) {
        strx_copy(outcome, 16, old_outcome);
        strx_copy(problem, 256, old_problem);
        free(old_outcome);
        free(old_problem);
        return;
    }
    why = engine_command(a->engine, loop_wall(a->o.loop), c);
    strx_copy(outcome, 16, why ? "refused" : "done");
    strx_copy(problem, 256, why ? why : "");
    db_put_command(a->db, c->id, loop_wall(a->o.loop), outcome, problem);
}

static void take_command(struct alerts *a, const Nw__Command *c)
{
    struct engine_command command = {.id = c->id,
                                     .by = c->by,
                                     .via = c->via,
                                     .verb = c->verb,
                                     .target = c->target,
                                     .comment = c->comment,
                                     .begin = (ns_t)c->begin,
                                     .until = (ns_t)c->until};
    char outcome[16], problem[256];

    if (!is_our_verb(c->verb) || !c->id[0] || strlen(c->id) > 64)
        return;
    execute(a, &command, outcome, problem);
    put_outcome(a, c->id, outcome, problem);
}

/* From MQTT. */
static void on_noc_command(void *ctx, const struct engine_command *c, char outcome[16], char problem[256])
{
    struct alerts *a = ctx;

    execute(a, c, outcome, problem);
    tick(a, loop_wall(a->o.loop));
    commit_soon(a);
}

/* ---- reading ---- */

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct alerts *a = ctx;
    int p = partition_index(partition);
    Nw__Record *r = NULL;
    bool is_old;

    if (p < 0)
        return; /* units: history, raises nothing */
    is_old = !a->is_primed && (a->is_new || pos <= a->committed[p]);
    if (record_unpack(bytes, len, &r)) {
        log_warning("%s: a record at %" PRIu64 " cannot be read and is skipped", partition, pos);
        goto done;
    }
    if (is_old) {
        a->record_time[p] = (ns_t)r->wall;
        engine_prime(a->engine, partition, r);
        goto done;
    }
    /* Behind: time passes with the collector's records, so that holds and alarms come in order. While both of
     * us were down nobody watched: that gap is not the collector's silence. */
    if (p == 0 && !a->is_primed && (ns_t)r->wall - a->record_time[p] > GAP_OF_BOTH)
        engine_begin(a->engine, (ns_t)r->wall);
    a->record_time[p] = (ns_t)r->wall;
    if (p == 0 && (ns_t)r->wall > a->last_tick + CATCH_UP_TICK)
        tick(a, (ns_t)r->wall < loop_wall(a->o.loop) ? (ns_t)r->wall : loop_wall(a->o.loop));
    if (r->body_case == NW__RECORD__BODY_COMMAND)
        take_command(a, r->command);
    else
        engine_record(a->engine, partition, r);
done:
    if (pos > a->seen[p])
        a->seen[p] = pos;
    record_free(r);
}

static void on_gap(void *ctx, const char *partition)
{
    struct alerts *a = ctx;

    log_warning("records of partition %s are missing: states wait for fresh ones", partition);
    engine_gap(a->engine, partition, loop_wall(a->o.loop));
}

static void on_idle(void *ctx)
{
    struct alerts *a = ctx;

    if (!a->is_primed)
        return;
    if (engine_is_dirty(a->engine))
        tick(a, loop_wall(a->o.loop));
    else if (!db_is_empty(a->db))
        commit_soon(a);
}

static void expire(struct alerts *a, ns_t wall)
{
    if (wall - a->last_expire < HOURS)
        return;
    a->last_expire = wall;
    db_expire_events(a->db, wall - KEEP_EVENTS);
    db_expire_commands(a->db, wall - KEEP_COMMANDS);
}

static void on_tick(void *ctx)
{
    struct alerts *a = ctx;
    ns_t now = loop_mono(a->o.loop), wall = loop_wall(a->o.loop);

    expire(a, wall);
    tick(a, wall);
    if (now - a->last_offsets >= OFFSETS_EVERY && !loop_timer_is_armed(&a->commit_timer))
        commit(a);
    if (loop_timer_after(a->o.loop, &a->tick_timer, TICK_EVERY))
        loop_stop(a->o.loop);
}

/* The positions that count stand in alerts.db; these tell the writers what must be kept for us. */
static void store_cursors(const struct alerts *a)
{
    for (int i = 0; i < PARTITIONS; i++) {
        enum err e = a->committed[i] ? journal_cursor_store(a->o.settings->journal_dir, READER,
                                                            alerts_partitions[i], a->committed[i])
                                     : ERR_OK;
        if (e)
            log_debug("cursor of %s: %s", alerts_partitions[i], err_text(e));
    }
}

/* What is safe on the disk of the partition need not stand in alerts.db any more. */
static void on_sync(void *ctx)
{
    struct alerts *a = ctx;

    if (!a->is_failing)
        store_cursors(a);
    if (a->appended_slot > a->synced_slot && !a->outgoing && journal_sync(a->o.journal) == ERR_OK) {
        a->synced_slot = a->appended_slot;
        db_drop_records(a->db, a->synced_slot);
        db_put_number(a->db, "synced", a->appended);
        commit_soon(a);
    }
    if (loop_timer_after(a->o.loop, &a->sync_timer, OFFSETS_EVERY))
        loop_stop(a->o.loop);
}

/* ---- building ---- */

static enum err load_rules(const struct settings *s, struct rules **out)
{
    struct conf_report *report = NULL;
    char *shipped = settings_data_path("alerts/rules.yaml");
    enum err e = shipped ? conf_report_new(&report) : ERR_NOMEM;

    if (!e)
        e = rules_load(shipped, s->alerts.rules, report, out);
    if (e && report && conf_report_count(report))
        log_error("%s", conf_report_text(report));
    else if (e)
        log_error("%s: %s", shipped ? shipped : "rules.yaml", err_text(e));
    conf_report_free(report);
    free(shipped);
    return e;
}

static enum err new_engine(struct alerts *a, const struct settings *s, const struct inventory *inv,
                           const struct rules *rules, struct engine **out)
{
    struct engine_sink sink = {a, on_state, on_incident, on_reprobe, on_row};
    struct engine_options o = {.inventory = inv,
                               .rules = rules,
                               .interval = s->collector.interval,
                               .probe_interval = s->probe.interval,
                               .tombstone_after = s->alerts.tombstone_after,
                               .sink = &sink};

    return engine_new(&o, out);
}

static enum err open_db(struct alerts *a)
{
    char *path = strx_printf("%s/alerts.db", a->o.settings->state_dir);
    enum err e = path ? db_open(path, &a->db) : ERR_NOMEM;

    if (e == ERR_MALFORMED)
        log_error("%s is damaged: move it away (open incidents start anew) or restore a backup", path);
    else if (e == ERR_UNSUPPORTED)
        log_error("%s was written by a newer netzwacht: install that version", path);
    else if (e)
        log_error("%s: %s", path ? path : "alerts.db", err_text(e));
    free(path);
    return e;
}

/* Reads the tables and last values of every device, then what is new, judging it on its own time. */
static enum err start_reading(struct alerts *a)
{
    const struct journal_tail_fns fns = {on_record, on_gap, on_idle};
    enum err e = journal_tail_new(a->o.loop, a->o.settings->journal_dir, &fns, a, &a->tail);

    /* People's commands are few: from where we stopped. Samples: a segment back, old ones only prime. */
    for (int i = 0; !e && i < PARTITIONS; i++)
        e = journal_tail_add(a->tail, alerts_partitions[i], i < 2 ? 0 : a->committed[i],
                             i < 2 ? JOURNAL_FROM_SEGMENT_BACK : JOURNAL_FROM_OLDEST);
    if (!e)
        e = journal_tail_catch_up(a->tail);
    a->is_primed = true;
    return e;
}

static enum err start_timers(struct alerts *a)
{
    enum err e = loop_timer_after(a->o.loop, &a->tick_timer, TICK_EVERY);

    return e ? e : loop_timer_after(a->o.loop, &a->sync_timer, OFFSETS_EVERY);
}

static enum err start_publisher(struct alerts *a)
{
    struct publisher_options o = {.loop = a->o.loop,
                                  .settings = a->o.settings,
                                  .inventory = a->o.inventory,
                                  .db = a->db,
                                  .seed = a->o.seed,
                                  .command = on_noc_command,
                                  .told = a->told,
                                  .ctx = a};

    if (!a->o.settings->alerts.mqtt.host) {
        log_info("no MQTT broker is configured (alerts.mqtt.host): events stay in the outbox");
        return ERR_OK;
    }
    return publisher_new(&o, a->engine, a->lane_sequence, &a->publisher);
}

enum err alerts_new(const struct alerts_options *o, struct alerts **out)
{
    struct alerts *a = calloc(1, sizeof *a);
    uint64_t alive = 0;
    enum err e;

    if (!a)
        return ERR_NOMEM;
    a->o = *o;
    a->outgoing_end = &a->outgoing;
    loop_timer_init(&a->tick_timer, on_tick, a);
    loop_timer_init(&a->commit_timer, on_commit_timer, a);
    loop_timer_init(&a->sync_timer, on_sync, a);
    a->told = map_new(o->seed);
    e = a->told ? load_rules(o->settings, &a->rules) : ERR_NOMEM;
    if (!e)
        e = new_engine(a, o->settings, o->inventory, a->rules, &a->engine);
    if (!e)
        e = open_db(a);
    if (e)
        goto failed;
    e = resume_numbers(a);
    if (!e)
        e = resume_rows(a);
    if (!e)
        e = resume_told(a);
    if (!e)
        e = resume_records(a);
    if (!e)
        e = db_number(a->db, "alive", &alive);
    if (!e && !alive)
        e = resume_without_db(a);
    if (e) {
        log_error("alerts.db: %s (%s)", err_text(e), db_problem(a->db));
        goto failed;
    }
    a->is_new = alive == 0;
    engine_begin(a->engine, alive ? (ns_t)alive : loop_wall(o->loop));
    a->last_tick = (ns_t)alive;
    repeat_states(a);
    e = start_publisher(a);
    if (!e)
        e = start_reading(a);
    if (!e)
        e = start_timers(a);
    if (e)
        goto failed;
    engine_begin(a->engine, loop_wall(o->loop));
    tick(a, loop_wall(o->loop));
    *out = a;
    return ERR_OK;
failed:
    log_error("cannot start: %s", err_text(e));
    alerts_free(a);
    return e;
}

void alerts_free(struct alerts *a)
{
    if (!a)
        return;
    if (a->is_primed)
        commit(a);
    publisher_free(a->publisher);
    loop_timer_cancel(a->o.loop, &a->tick_timer);
    loop_timer_cancel(a->o.loop, &a->commit_timer);
    loop_timer_cancel(a->o.loop, &a->sync_timer);
    journal_tail_free(a->tail);
    while (a->outgoing) {
        struct outgoing *next = a->outgoing->next;
        free(a->outgoing->record);
        free(a->outgoing);
        a->outgoing = next;
    }
    engine_free(a->engine);
    rules_free(a->rules);
    db_close(a->db);
    map_free(a->told, told_free);
    buf_fini(&a->packed);
    free(a);
}

enum err alerts_reload(struct alerts *a, const struct settings *settings, const struct inventory *inventory)
{
    struct rules *rules = NULL, *old_rules = a->rules;
    struct engine *engine = NULL, *old = a->engine;
    enum err e = load_rules(settings, &rules);

    if (e)
        return e;
    commit(a);
    e = new_engine(a, settings, inventory, rules, &engine);
    if (e || a->is_failing) {
        engine_free(engine);
        rules_free(rules);
        return e ? e : ERR_NO_SPACE;
    }
    a->engine = engine;
    a->rules = rules;
    a->o.settings = settings;
    a->o.inventory = inventory;
    e = resume_rows(a);
    engine_begin(engine, loop_wall(a->o.loop));
    a->is_new = false;
    journal_tail_free(a->tail);
    a->tail = NULL;
    a->is_primed = false;
    if (!e)
        e = start_reading(a);
    if (!e)
        e = publisher_reload(a->publisher, engine, settings, inventory);
    engine_free(old);
    rules_free(old_rules);
    tick(a, loop_wall(a->o.loop));
    if (e)
        log_error("the new configuration is in force, but incomplete (%s): restart netzwacht-alerts",
                  err_text(e));
    return ERR_OK;
}

static void put_counter(struct alerts *a, size_t i, const char *name, double value)
{
    nw__counter__init(&a->counters[i]);
    a->counters[i].name = (char *)(uintptr_t)name;
    a->counters[i].value = value;
    a->counter_list[i] = &a->counters[i];
}

void alerts_beat(struct alerts *a, Nw__Heartbeat *beat)
{
    struct publisher_stats p = {0};
    ns_t wall = loop_wall(a->o.loop);

    for (int i = 0; i < PARTITIONS; i++) {
        ns_t lag = i < 2 && a->record_time[i] ? wall - a->record_time[i] : 0;
        nw__lag__init(&a->lags[i]);
        a->lags[i].partition = (char *)(uintptr_t)alerts_partitions[i];
        a->lags[i].lag_ms = lag > 0 ? (uint64_t)(lag / MILLISECONDS) : 0;
        a->lag_list[i] = &a->lags[i];
    }
    beat->lag = a->lag_list;
    beat->n_lag = PARTITIONS;
    publisher_stats(a->publisher, &p);
    put_counter(a, 0, "alerts_commits_total", (double)a->commits);
    put_counter(a, 1, "alerts_transitions_total", (double)a->transitions);
    put_counter(a, 2, "alerts_events_total", (double)a->events);
    put_counter(a, 3, "alerts_open_incidents", (double)map_count(a->told));
    put_counter(a, 4, "mqtt_connected", p.is_connected);
    put_counter(a, 5, "mqtt_published_total", (double)p.published);
    put_counter(a, 6, "mqtt_refused_total", (double)p.refused);
    put_counter(a, 7, "outbox_waiting", (double)p.waiting);
    put_counter(a, 8, "mqtt_connects_total", (double)p.connects);
    beat->counters = a->counter_list;
    beat->n_counters = 9;
}
