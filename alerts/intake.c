/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake.c - what comes in: records of the other partitions, and people's commands from wherever. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/alerts_private.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"

#define GAP_OF_BOTH   (5 * SECONDS)
#define CATCH_UP_TICK (1 * SECONDS) /* of record time, while behind */

static int partition_index(const char *name)
{
    for (int i = 0; i < PARTITIONS; i++)
        if (strcmp(alerts_partitions[i], name) == 0)
            return i;
    return -1;
}
/* ---- commands ---- */

static void put_outcome(struct alerts *a, const char *id, const char *outcome, const char *problem)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Outcome o = NW__OUTCOME__INIT;

    record_put_outcome(&r, &o, id, outcome, problem);
    if (batch_pack(a, &r))
        batch_send(a);
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

/* false: this id came before; the outcome is the one of then. */
static bool execute(struct alerts *a, const struct engine_command *c, char outcome[16], char problem[256])
{
    char *old_outcome = NULL, *old_problem = NULL;
    const char *why;

    if (db_command(a->db, c->id, &old_outcome, &old_problem) == ERR_OK) {
        strx_copy(outcome, 16, old_outcome);
        strx_copy(problem, 256, old_problem);
        free(old_outcome);
        free(old_problem);
        return false;
    }
    why = engine_command(a->engine, loop_wall(a->o.loop), c);
    strx_copy(outcome, 16, why ? "refused" : "done");
    strx_copy(problem, 256, why ? why : "");
    db_put_command(a->db, c->id, loop_wall(a->o.loop), outcome, problem);
    return true;
}

static void take_command(struct alerts *a, const Nw__Command *c)
{
    struct engine_command command = {.id = c->id,
                                     .by = c->by,
                                     .via = c->via,
                                     .verb = c->verb,
                                     .target = c->target,
                                     .comment = c->comment,
                                     .to = c->to,
                                     .begin = (ns_t)c->begin,
                                     .until = (ns_t)c->until,
                                     .announce = c->announce,
                                     .text_de = c->text_de,
                                     .text_en = c->text_en};
    char outcome[16], problem[256];

    if (!is_our_verb(c->verb) || !c->id[0] || strlen(c->id) > 64)
        return;
    execute(a, &command, outcome, problem);
    put_outcome(a, c->id, outcome, problem);
}

/* What came over MQTT stands in no partition yet: history, dashboard and command line read it from ours. */
static void put_command(struct alerts *a, const struct engine_command *c)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Command pb = NW__COMMAND__INIT;

    pb.id = (char *)(uintptr_t)c->id;
    pb.by = (char *)(uintptr_t)c->by;
    pb.via = (char *)(uintptr_t)c->via;
    pb.verb = (char *)(uintptr_t)c->verb;
    pb.target = (char *)(uintptr_t)c->target;
    pb.comment = (char *)(uintptr_t)c->comment;
    pb.to = (char *)(uintptr_t)c->to;
    pb.begin = (uint64_t)c->begin;
    pb.until = (uint64_t)c->until;
    pb.announce = c->announce;
    pb.text_de = (char *)(uintptr_t)c->text_de;
    pb.text_en = (char *)(uintptr_t)c->text_en;
    r.body_case = NW__RECORD__BODY_COMMAND;
    r.command = &pb;
    if (batch_pack(a, &r))
        batch_send(a);
}

/* From MQTT. */
void intake_noc_command(void *ctx, const struct engine_command *c, char outcome[16], char problem[256])
{
    struct alerts *a = ctx;

    if (execute(a, c, outcome, problem) && is_our_verb(c->verb)) {
        put_command(a, c);
        put_outcome(a, c->id, outcome, problem);
    }
    batch_tick(a, loop_wall(a->o.loop));
    batch_commit(a); /* who is told "done" may rely on it */
    if (a->is_failing && strcmp(outcome, "done") == 0) {
        strx_copy(outcome, 16, "unknown");
        strx_copy(problem, 256,
                  "Done, but it cannot be stored now (disk full?): ask again with the same id.");
    }
}

/* ---- reading ---- */

void intake_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
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
    if (r->body_case == NW__RECORD__BODY_HEARTBEAT)
        publisher_heard(a->publisher, r->heartbeat, (ns_t)r->wall);
    if (p >= ONLY_HEARTBEATS) {
        a->record_time[p] = (ns_t)r->wall;
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
        batch_tick(a, (ns_t)r->wall < loop_wall(a->o.loop) ? (ns_t)r->wall : loop_wall(a->o.loop));
    if (r->body_case == NW__RECORD__BODY_COMMAND)
        take_command(a, r->command);
    else
        engine_record(a->engine, partition, r);
done:
    if (pos > a->seen[p])
        a->seen[p] = pos;
    record_free(r);
}

void intake_gap(void *ctx, const char *partition)
{
    struct alerts *a = ctx;

    log_warning("records of partition %s are missing: states wait for fresh ones", partition);
    engine_gap(a->engine, partition, loop_wall(a->o.loop));
}

void intake_idle(void *ctx)
{
    struct alerts *a = ctx;

    if (!a->is_primed)
        return;
    if (engine_is_dirty(a->engine))
        batch_tick(a, loop_wall(a->o.loop));
    else if (!db_is_empty(a->db))
        batch_commit_soon(a);
}
