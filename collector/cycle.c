/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cycle.c - the life of one device in the daemon: due, poll, record, confirm, due again.
 *
 *            timer                    last reply                    reach says
 *   IDLE ─────────────► POLLING ─────────────────────► (record) ──────────────────► IDLE, timer at the
 * interval, ▲                                                     │                        soon, or at once
 *    │                      six datagrams                  │ third miss
 *    └───(record)◄───────── CONFIRMING ◄───────────────────┘
 *
 * One request of a device is in flight at any time. Knows loop, snmp_io and the journal through the context.
 */
#include <stdlib.h>
#include <string.h>

#include "collector/collector_internal.h"
#include "collector/field.h"
#include "collector/plan.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"

#define DEADLINE_LEAST (10 * SECONDS)
#define DEADLINE_MOST  (5 * MINUTES)

enum {
    CHILDREN_FOR_PARENT = 3,
    QUALITY_BYTES = 16, /* a Quality: two varints of at most five octets, and what is around them */
    HEAD_BYTES = 256    /* the other fields of Samples and Record */
};

static const uint32_t OID_SYS_UPTIME[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt);
static void finish_poll(struct unit *u);

/* ---- time ---- */

static void arm(struct unit *u, ns_t due)
{
    if (loop_timer_set(u->c->o.loop, &u->timer, due))
        log_error("%s: out of memory for its timer; it is not polled until a restart", u->id);
}

static void schedule(struct unit *u, enum reach_next next)
{
    ns_t now = loop_mono(u->c->o.loop), soon = u->started + u->c->o.settings->collector.miss_interval;

    u->due = plan_next(u->due, u->interval, now);
    switch (next) {
    case REACH_AT_INTERVAL: arm(u, u->trap_due && u->trap_due < u->due ? u->trap_due : u->due); return;
    case REACH_SOON: arm(u, soon > now ? soon : now); return;
    case REACH_AT_ONCE:
    case REACH_CONFIRM: arm(u, now); return;
    }
}

/* ---- the journal ---- */

static void append(struct collector *c, Nw__Record *record, journal_pos *pos)
{
    /* A full disk is told by the daemon; the poll goes on. */
    if (c->o.append(c->o.ctx, record, pos))
        c->records_lost++;
}

void collector_append_finding(struct collector *c, const char *source, const char *kind, const char *entity,
                              const char *text)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Finding finding = NW__FINDING__INIT;

    record_put_finding(&record, &finding, source, kind, entity, text);
    c->findings++;
    append(c, &record, NULL);
}

void unit_append_finding(struct unit *u, const char *kind, const char *entity, const char *text)
{
    collector_append_finding(u->c, u->id, kind, entity, text);
}

static void append_samples(struct unit *u, Nw__Record *record)
{
    journal_pos pos = 0;

    record->samples->previous = u->previous;
    record->wall = 0;
    append(u->c, record, &pos);
    if (!pos)
        return;
    u->previous = pos;
    if (record->samples->table) {
        u->segment = journal_pos_segment(pos);
        u->table_at = pos;
    }
}

/* Bytes of a record without a table, at most. */
static size_t size_bound(const Nw__Samples *s)
{
    return strlen(s->source) + s->n_values * sizeof *s->values + s->n_unknown * QUALITY_BYTES + HEAD_BYTES;
}

/* May the append open a new segment? Its first record of a device needs the table. */
static bool will_rotate(const struct unit *u, const struct source_poll *in, Nw__Record *record)
{
    if (!record->samples->table &&
        !journal_will_rotate(u->c->o.journal, in->now, size_bound(record->samples)))
        return false;
    record->wall = (uint64_t)in->started_wall; /* for the size; set when it is appended */
    return journal_will_rotate(u->c->o.journal, in->now, nw__record__get_packed_size(record));
}

/* ERR_NOT_FOUND: the poll must be decoded. */
static enum err record_repeated(struct unit *u, const struct source_poll *in)
{
    Nw__Record record = NW__RECORD__INIT, *last = NULL;
    enum err e = in->is_shared ? ERR_NOT_FOUND : source_repeat(u->source, in, u->c->scratch, &record.samples);

    if (e)
        return e;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    if (u->segment != journal_segment(u->c->o.journal) || will_rotate(u, in, &record)) {
        last = retable(u, record.samples->table_version);
        if (!last)
            return ERR_NOT_FOUND;
        record.samples->table = last->samples->table;
    }
    append_samples(u, &record);
    record_free(last);
    return ERR_OK;
}

static void tell_cut(struct unit *u, bool is_cut)
{
    if (is_cut && !u->is_cut)
        log_warning("%s: more than %d series; what is beyond is not kept", u->id, SOURCE_SERIES_MAX);
    u->is_cut = is_cut;
}

static enum err list_access_points(struct unit *u, const struct device_view *view)
{
    const struct poll_summary *s = poll_summary(u->poll);
    struct roster_poll poll = {
        .controller = u->id,
        .now = loop_mono(u->c->o.loop),
        .wall = loop_wall(u->c->o.loop),
        .interval = u->interval,
        .is_complete = s->is_answered && s->is_list_read,
    };
    enum err e = listing_take(&u->c->listing, u->c->roster, &poll, view);

    if (!s->is_answered)
        roster_silent(u->c->roster, u->id);
    return e;
}

static enum err decode_poll(struct unit *u, struct source_poll *in)
{
    struct collector *c = u->c;
    enum err e;

    varbind_set_clear(c->varbinds);
    in->varbinds = c->varbinds;
    if (!poll_profile(u->poll))
        return ERR_OK;
    poll_thaw(u->poll);
    e = poll_collect(u->poll, c->varbinds);
    u->is_over_limit = e == ERR_LIMIT;
    if (!e || u->is_over_limit)
        e = decode(c->decoder, poll_profile(u->poll), c->varbinds, &in->view);
    if (e)
        return e;
    c->decoded++;
    in->listing = &c->listing;
    e = list_access_points(u, in->view);
    in->is_shared = roster_knows(c->roster, u->id);
    return e;
}

static enum err record_decoded(struct unit *u, struct source_poll *in)
{
    struct collector *c = u->c;
    bool is_table_due = u->segment != journal_segment(c->o.journal);
    Nw__Record record = NW__RECORD__INIT;
    enum err e = decode_poll(u, in);

    if (e)
        return e;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    e = source_record(u->source, in, is_table_due, c->scratch, &record.samples);
    if (!e && !record.samples->table && will_rotate(u, in, &record))
        e = source_add_table(u->source, in, c->scratch);
    if (!e)
        append_samples(u, &record);
    if (in->view)
        tell_cut(u, u->is_over_limit || source_is_cut(u->source));
    return e;
}

static void record_poll(struct unit *u)
{
    struct source_poll in = {
        .poll = u->poll,
        .is_shared = roster_knows(u->c->roster, u->id),
        .reach = &u->reach,
        .started_wall = u->started_wall,
        .duration = loop_mono(u->c->o.loop) - u->started,
        .rtt = u->first_rtt,
        .now = loop_mono(u->c->o.loop),
        .interval = u->interval,
        .slowed = u->pace.factor,
        .is_walk_broken = u->is_walk_broken,
    };
    enum err e = record_repeated(u, &in);

    if (e == ERR_NOT_FOUND)
        e = record_decoded(u, &in);
    if (e)
        log_error("%s: this poll is not recorded: %s", u->id, err_text(e));
    else if (!in.is_shared)
        poll_freeze(u->poll);
}

/* ---- telling people, at changes only ---- */

/* An agent that does not accept our SNMPv3 request says why. */
static const char *why_faulty(const struct unit *u, const struct poll_summary *s)
{
    bool is_refused = s->why && u->peer.security && u->peer.security->report;

    return is_refused ? usm_report_name(u->peer.security->report) : s->why;
}

static void tell_faults(struct unit *u)
{
    const struct poll_summary *s = poll_summary(u->poll);
    const char *kind = s->is_walk_broken ? "walk_broken" : "bad_reply", *why = why_faulty(u, s);
    char where[OID_TEXT_SIZE];

    if (!s->is_answered && s->outcome != POLL_BROKEN)
        return; /* silence says nothing about what was wrong before */
    if (why && why != u->told_why) {
        log_warning("%s: %s%s%s", u->id, why, s->where ? ": " : "", poll_where(s, where));
        unit_append_finding(u, kind, poll_where(s, where), why);
    } else if (!why && u->told_why) {
        log_info("%s: reads without a fault again", u->id);
    }
    u->told_why = why;
}

static void tell_pace(struct unit *u)
{
    uint32_t factor = u->pace.factor;

    if (factor == u->told_slowed)
        return;
    if (factor > 1 && factor > u->told_slowed)
        log_info("%s takes %lld ms to answer, %lld ms at its best: its tables are read every %u intervals",
                 u->id, (long long)(u->peer.rtt / MILLISECONDS),
                 (long long)(u->pace.rtt_minimum / MILLISECONDS), factor);
    else if (factor == 1 && u->told_slowed > 1)
        log_info("%s answers as fast as before: its tables are read at every poll again", u->id);
    u->told_slowed = factor;
}

static void tell_reach(struct unit *u)
{
    if (u->reach.is_down == u->was_down)
        return;
    u->was_down = u->reach.is_down;
    if (u->was_down)
        log_info("%s does not answer: %u polls missed, %u confirmations failed; it is asked once an interval",
                 u->id, u->reach.misses, u->reach.confirmations);
    else
        log_info("%s answers again", u->id);
}

void tell_roster(void *ctx, enum roster_event event, const char *controller, const char *ap,
                 const char *detail)
{
    static const struct {
        const char *kind, *before, *behind; /* the detail */
    } words[] = {
        [ROSTER_REPLACED] = {"ap_replaced", "has another serial number than before (", "): was it replaced?"},
        [ROSTER_SAME_SERIAL] = {"ap_same_serial", "has the serial number of ", ": they are kept apart"},
        [ROSTER_MOVED] = {"ap_moved", "has moved here from ", ""},
        [ROSTER_VANISHED] = {"ap_vanished", "is listed neither by this controller nor by another one", ""},
        [ROSTER_FORGOTTEN] = {"ap_forgotten", "has not been listed for 90 days and is forgotten", ""},
    };
    struct collector *c = ctx;
    struct unit *u = map_get(c->fleet.by_id, controller);
    char *text = strx_printf("%s %s%s%s", ap, words[event].before, detail, words[event].behind);

    if (u && text) {
        log_info("%s: %s", u->id, text);
        unit_append_finding(u, words[event].kind, ap, text);
    }
    free(text);
}

/* ---- the parent of children that went silent together ---- */

static void tell_parent(struct unit *u)
{
    struct unit *parent = u->parent;
    ns_t now = loop_mono(u->c->o.loop);

    if (!parent || u->reach.misses != 1)
        return;
    if (now - parent->window_begun > parent->interval) {
        parent->window_begun = now;
        parent->window_misses = 0;
        parent->window_is_spent = false;
    }
    if (++parent->window_misses < CHILDREN_FOR_PARENT || parent->window_is_spent)
        return;
    parent->window_is_spent = true;
    if (parent->reach.misses == 0)
        unit_poll_now(parent);
}

/* ---- confirming ---- */

static void on_confirmed(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct unit *u = ctx;
    /* Who refuses to answer is there. */
    bool is_there = result == ERR_OK || result == ERR_DENIED;
    enum reach_next next = reach_confirmed(&u->reach, is_there);

    (void)reply;
    (void)rtt;
    u->state = UNIT_IDLE;
    u->request = 0;
    if (!is_there)
        record_poll(u);
    tell_reach(u);
    unit_note(u);
    schedule(u, next);
}

static void confirm(struct unit *u)
{
    struct poll_request request = {.type = SNMP_GET};
    struct snmp_ask ask = {.peer = &u->peer,
                           .type = SNMP_GET,
                           .oids = request.oids,
                           .count = 1,
                           .tries = REACH_CONFIRMATIONS,
                           .wait = u->c->o.settings->collector.confirm_interval,
                           .done = on_confirmed,
                           .ctx = u};

    if (!poll_request_add_ids(&request, OID_SYS_UPTIME, ARRAY_LEN(OID_SYS_UPTIME)) ||
        snmp_io_ask(u->c->io, &ask, &u->request)) {
        schedule(u, REACH_AT_INTERVAL); /* cannot be sent, so cannot be confirmed: not down by that */
        return;
    }
    u->state = UNIT_CONFIRMING;
}

/* ---- polling ---- */

static void send_request(struct unit *u, struct poll_request *request)
{
    struct snmp_ask ask = {.peer = &u->peer,
                           .type = request->type,
                           .oids = request->oids,
                           .count = request->count,
                           .names = request->names,
                           .names_len = request->names_len,
                           .max_repetitions = request->max_repetitions,
                           .tries = u->first_rtt ? REACH_TRIES : reach_tries(&u->reach),
                           .done = on_reply,
                           .ctx = u};
    enum err e = snmp_io_ask(u->c->io, &ask, &u->request);

    if (!e)
        return;
    u->request = 0;
    if (poll_step(u->poll, loop_mono(u->c->o.loop), e, NULL, request) == POLL_ASK)
        poll_abort(u->poll);
    finish_poll(u);
}

/* A poll out of turn was due when it began: its timer still stands in the future. */
static void note_first_answer(struct unit *u)
{
    ns_t due = u->timer.due < u->started ? u->timer.due : u->started;

    lateness_add(&u->c->lateness, loop_mono(u->c->o.loop) - due);
}

static void on_reply(void *ctx, enum err result, const struct snmp_message *reply, ns_t rtt)
{
    struct unit *u = ctx;
    struct poll_request request;

    u->request = 0;
    if (result == ERR_OK && !u->first_rtt) {
        u->first_rtt = rtt ? rtt : 1;
        note_first_answer(u);
    }
    if (poll_step(u->poll, loop_mono(u->c->o.loop), result, reply, &request) == POLL_ASK)
        send_request(u, &request);
    else
        finish_poll(u);
}

static void finish_poll(struct unit *u)
{
    bool is_answered = poll_summary(u->poll)->is_answered;
    enum reach_next next = reach_polled(&u->reach, is_answered);

    u->state = UNIT_IDLE;
    u->c->polls++;
    if (is_answered) {
        u->is_walk_broken = poll_summary(u->poll)->is_walk_broken;
        pace_polled(&u->pace, u->peer.rtt);
    } else {
        u->c->misses++;
    }
    record_poll(u);
    tell_faults(u);
    tell_pace(u);
    tell_reach(u);
    unit_note(u);
    orders_finish(u);
    if (next == REACH_CONFIRM)
        confirm(u);
    else
        schedule(u, next);
    if (!is_answered)
        tell_parent(u);
}

/* What traps want of a poll that begins now. One that comes too early for a trap's delay reads what has not
 * happened yet, so what the trap is about stays wanted. */
static void take_trap(struct unit *u, ns_t now)
{
    ns_t soonest = now + u->c->o.settings->collector.miss_interval;

    if (u->trap_due && u->trap_due <= now) {
        u->trap_polled = now;
        if (u->trap_last <= now) {
            u->trap_due = u->trap_last = 0;
            u->trap_is_whole = false;
        } else {
            u->trap_due = u->trap_last = u->trap_last > soonest ? u->trap_last : soonest;
        }
    }
    poll_keep_wanted(u->poll, u->trap_due != 0);
}

/* is_narrow: only what traps asked for. */
static void begin_poll(struct unit *u, bool is_narrow)
{
    struct loop *l = u->c->o.loop;
    ns_t now = loop_mono(l), limit = u->interval;
    struct poll_request request;
    enum poll_next next;

    if (limit < DEADLINE_LEAST)
        limit = DEADLINE_LEAST;
    if (limit > DEADLINE_MOST)
        limit = DEADLINE_MOST;
    u->state = UNIT_POLLING;
    u->started = now;
    u->started_wall = loop_wall(l);
    u->first_rtt = 0;
    take_trap(u, now);
    poll_slow_down(u->poll, pace_table_age(&u->pace, u->interval));
    u->c->slowed += u->pace.factor > 1;
    next = is_narrow ? poll_begin_wanted(u->poll, now, now + limit, &request)
                     : poll_begin(u->poll, now, now + limit, u->reach.misses > 0, &request);
    if (next == POLL_ASK)
        send_request(u, &request);
    else
        finish_poll(u);
}

void unit_on_timer(void *ctx)
{
    struct unit *u = ctx;
    const struct loop *l = u->c->o.loop;
    ns_t late = loop_mono(l) - u->timer.due;

    if (late > u->c->lateness_max)
        u->c->lateness_max = late;
    if (u->state == UNIT_IDLE)
        begin_poll(u, u->trap_due && u->trap_due <= loop_mono(l) && !u->trap_is_whole &&
                          u->reach.misses == 0 && loop_mono(l) < u->due);
}

void unit_poll_now(struct unit *u)
{
    if (u->problem || u->state != UNIT_IDLE)
        return;
    loop_timer_cancel(u->c->o.loop, &u->timer);
    begin_poll(u, false);
}

void unit_poll_for_trap(struct unit *u, const struct trap_rule *rule)
{
    ns_t at = loop_mono(u->c->o.loop) + (rule ? rule->delay : 0);
    ns_t soonest = u->trap_polled ? u->trap_polled + u->c->o.settings->collector.miss_interval : 0;

    if (u->problem)
        return;
    if (!rule || !rule->read_count || !poll_want(u->poll, rule))
        u->trap_is_whole = true;
    if (at < soonest)
        at = soonest;
    if (!u->trap_due || at < u->trap_due)
        u->trap_due = at;
    if (u->trap_last < at)
        u->trap_last = at;
    if (u->state == UNIT_IDLE && u->trap_due < u->timer.due)
        arm(u, u->trap_due);
}
