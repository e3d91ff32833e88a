/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts.c - the daemon's cycle: read, judge, commit, append, publish. Knows the journal, the engine, the
 * database and the publisher; decides nothing about alarms. */
#include "alerts/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "alerts/escalation.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"

#define TICK_EVERY    (250 * MILLISECONDS)
#define READER        "alerts"
#define OFFSETS_EVERY (10 * SECONDS) /* positions alone, when nothing else changes */
#define RESERVE_SLICE (4 * MIB)
#define KEEP_EVENTS   (30 * DAYS)
#define KEEP_COMMANDS (30 * DAYS)

const char *const alerts_partitions[PARTITIONS] = {"collector", "probe", "dashboard",
                                                   "cli",       "store", "public"};

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
    batch_tick(a, wall);
    if (now - a->last_offsets >= OFFSETS_EVERY && !loop_timer_is_armed(&a->commit_timer))
        batch_commit(a);
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

/* A slice of the reserve each time: it is for months to come, and writing it must not hold up an alarm. */
static void set_aside(struct alerts *a)
{
    uint64_t reserve = (uint64_t)a->o.settings->alerts.reserve;
    enum err e = db_reserve(a->db, reserve ? reserve + channels_most_bytes(a->channels) : 0, RESERVE_SLICE);

    if (e && !a->is_reserve_short)
        log_warning("alerts.db: %s: less than alerts.reserve is set aside for a full disk: make room in %s",
                    err_text(e), a->o.settings->state_dir);
    a->is_reserve_short = e != ERR_OK;
}

/* What is safe on the disk of the partition need not stand in alerts.db any more. */
static bool drop_synced(struct alerts *a)
{
    if (a->appended_slot <= a->synced_slot || a->outgoing || journal_sync(a->o.journal) != ERR_OK)
        return false;
    a->synced_slot = a->appended_slot;
    db_drop_records(a->db, a->synced_slot);
    db_put_number(a->db, "synced", a->appended);
    return true;
}

static void on_sync(void *ctx)
{
    struct alerts *a = ctx;

    if (!a->is_failing) {
        store_cursors(a);
        set_aside(a);
    }
    if (drop_synced(a))
        batch_commit_soon(a);
    if (loop_timer_after(a->o.loop, &a->sync_timer, OFFSETS_EVERY))
        loop_stop(a->o.loop);
}

/* ---- building ---- */

static enum err load_rules(const struct settings *s, const struct inventory *inv, struct rules **out)
{
    struct conf_report *report = NULL;
    char *shipped = settings_data_path("alerts/rules.yaml");
    enum err e = shipped ? conf_report_new(&report) : ERR_NOMEM;

    if (!e)
        e = rules_load(shipped, s->alerts.rules, report, out);
    if (!e && (e = escalation_check_names(*out, s, inv, report))) {
        rules_free(*out);
        *out = NULL;
    }
    if (!e && s->firmware && rules_load_firmware(*out, s->firmware, report))
        log_warning("no firmware is judged: %s", conf_report_text(report));
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
    struct engine_sink sink = batch_sink(a);
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
    const struct journal_tail_fns fns = {intake_record, intake_gap, intake_idle};
    enum err e = journal_tail_new(a->o.loop, a->o.settings->journal_dir, &fns, a, &a->tail);

    /* People's commands are few: from where we stopped. Samples: a segment back, old ones only prime. */
    for (int i = 0; !e && i < PARTITIONS; i++) {
        bool is_from_here = i >= 2 && i < ONLY_HEARTBEATS;
        e = journal_tail_add(a->tail, alerts_partitions[i], is_from_here ? a->committed[i] : 0,
                             is_from_here ? JOURNAL_FROM_OLDEST : JOURNAL_FROM_SEGMENT_BACK);
    }
    if (!e)
        e = journal_tail_catch_up(a->tail);
    a->is_primed = true;
    return e;
}

static enum err start_timers(struct alerts *a)
{
    enum err e = loop_timer_after(a->o.loop, &a->tick_timer, TICK_EVERY);

    /* At once: what the last run left is safe from then on, else lives of seconds would hand it on and on,
     * ever more. */
    return e ? e : loop_timer_after(a->o.loop, &a->sync_timer, 0);
}

static enum err start_publisher(struct alerts *a)
{
    struct publisher_options o = {.loop = a->o.loop,
                                  .settings = a->o.settings,
                                  .inventory = a->o.inventory,
                                  .db = a->db,
                                  .seed = a->o.seed,
                                  .command = intake_noc_command,
                                  .told = a->told,
                                  .ctx = a};

    if (!a->o.settings->alerts.mqtt.host) {
        log_info("no MQTT broker is configured (alerts.mqtt.host): events stay in the outbox");
        return ERR_OK;
    }
    return publisher_new(&o, a->engine, a->lane_sequence, &a->publisher);
}

static enum err new_channels(struct alerts *a, const struct settings *s, const struct inventory *inv,
                             struct channels **out)
{
    struct channels_options o = {
        .loop = a->o.loop, .settings = s, .inventory = inv, .db = a->db, .seed = a->o.seed};

    return channels_new(&o, out);
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
    loop_timer_init(&a->commit_timer, batch_on_timer, a);
    loop_timer_init(&a->sync_timer, on_sync, a);
    a->told = map_new(o->seed);
    e = a->told ? load_rules(o->settings, o->inventory, &a->rules) : ERR_NOMEM;
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
    e = new_channels(a, o->settings, o->inventory, &a->channels);
    if (!e)
        e = notice_begin(a, o->settings);
    if (e)
        goto failed;
    engine_begin(a->engine, alive ? (ns_t)alive : loop_wall(o->loop));
    a->last_tick = (ns_t)alive;
    batch_repeat(a);
    e = start_publisher(a);
    if (!e)
        e = start_reading(a);
    if (!e)
        e = start_timers(a);
    if (e)
        goto failed;
    engine_begin(a->engine, loop_wall(o->loop));
    batch_tick(a, loop_wall(o->loop));
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
    if (a->is_primed) {
        batch_commit(a);
        if (drop_synced(a))
            batch_commit(a);
    }
    publisher_free(a->publisher);
    channels_free(a->channels);
    second_path_free(a->second_path);
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
    buf_fini(&a->announced);
    free(a);
}

enum err alerts_reload(struct alerts *a, const struct settings *settings, const struct inventory *inventory)
{
    struct rules *rules = NULL, *old_rules = a->rules;
    struct engine *engine = NULL, *old = a->engine;
    struct channels *channels = NULL;
    enum err e = load_rules(settings, inventory, &rules);

    if (e)
        return e;
    batch_commit(a);
    e = new_engine(a, settings, inventory, rules, &engine);
    if (!e && !a->is_failing)
        e = new_channels(a, settings, inventory, &channels);
    if (e || a->is_failing) {
        engine_free(engine);
        rules_free(rules);
        return e ? e : ERR_NO_SPACE;
    }
    a->engine = engine;
    a->rules = rules;
    channels_free(a->channels);
    a->channels = channels;
    a->o.settings = settings;
    a->o.inventory = inventory;
    e = notice_begin(a, settings);
    if (!e)
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
    batch_tick(a, loop_wall(a->o.loop));
    channels_committed(a->channels); /* what waited goes at once */
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
    struct channels_stats c;
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
    publisher_own_lag(a->publisher, a->lag_list, PARTITIONS);
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
    put_counter(a, 9, "alerts_reserve_bytes", (double)db_reserved(a->db));
    channels_stats(a->channels, &c);
    put_counter(a, 10, "channel_sent_total", (double)c.sent);
    put_counter(a, 11, "channel_failed_total", (double)c.failed);
    put_counter(a, 12, "channel_refused_total", (double)c.refused);
    put_counter(a, 13, "channel_lost_total", (double)c.lost);
    put_counter(a, 14, "channel_waiting", (double)c.waiting);
    put_counter(a, 15, "channel_folded_total", (double)c.folded);
    put_counter(a, 16, "channels_failing", (double)c.failing);
    put_counter(a, 17, "second_path_sent_total", (double)second_path_sent(a->second_path));
    put_counter(a, 18, "second_path_waiting", (double)second_path_waiting(a->second_path));
    put_counter(a, 19, "escalations_total", (double)a->escalations);
    beat->n_counters = 20;
}
