/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orders.c - commands of others: "poll this device now". Reads the partitions of dashboard, cli and alerts,
 * appends an outcome for each command; a repeated id gets its outcome again. */
#include <stdlib.h>
#include <string.h>

#include "collector/collector_internal.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/record.h"

static const char *const PARTITIONS[] = {"dashboard", "cli", "alerts"};

#define READER "collector"

static void append_outcome(struct collector *c, const char *id, const char *outcome, const char *problem)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Outcome body = NW__OUTCOME__INIT;

    record_put_outcome(&record, &body, id, outcome, problem);
    if (c->o.append(c->o.ctx, &record, NULL))
        c->records_lost++;
}

static void conclude(struct collector *c, const char *id, const char *outcome, const char *problem)
{
    struct done_order *d = &c->done[c->done_count++ % ORDERS_KEPT];

    strx_copy(d->id, sizeof d->id, id);
    d->outcome = outcome;
    d->problem = problem;
    append_outcome(c, id, outcome, problem);
}

static const struct done_order *find_done(const struct collector *c, const char *id)
{
    size_t kept = c->done_count < ORDERS_KEPT ? c->done_count : ORDERS_KEPT;

    for (size_t i = 0; i < kept; i++) {
        if (strcmp(c->done[i].id, id) == 0)
            return &c->done[i];
    }
    return NULL;
}

/* A device, or a hotspot's device. */
static struct unit *find_unit(const struct collector *c, const char *target)
{
    struct unit *u = map_get(c->fleet.by_id, target);
    const struct hotspot *h;

    if (u)
        return u;
    h = inventory_hotspot(c->o.inventory, target);
    return h && h->device ? map_get(c->fleet.by_id, h->device) : NULL;
}

static void take_order(struct collector *c, const Nw__Command *order)
{
    const struct done_order *done;
    struct unit *u;

    if (strcmp(order->verb, "poll") != 0 && strcmp(order->verb, "reprobe") != 0)
        return;
    if (!order->id[0] || strlen(order->id) >= ORDER_ID_SIZE)
        return;
    done = find_done(c, order->id);
    if (done) {
        append_outcome(c, order->id, done->outcome, done->problem);
        return;
    }
    u = find_unit(c, order->target);
    if (!u) {
        conclude(c, order->id, "refused", "there is no device or hotspot of this id");
        return;
    }
    if (u->problem) {
        conclude(c, order->id, "refused", u->problem);
        return;
    }
    if (!u->waiting && !(u->waiting = calloc(1, sizeof *u->waiting))) {
        conclude(c, order->id, "refused", "out of memory");
        return;
    }
    for (uint32_t i = 0; i < u->waiting->count; i++) {
        if (strcmp(u->waiting->ids[i], order->id) == 0)
            return;
    }
    if (u->waiting->count == ORDERS_MAX) {
        conclude(c, order->id, "refused", "too many commands wait for this device");
        return;
    }
    strx_copy(u->waiting->ids[u->waiting->count++], ORDER_ID_SIZE, order->id);
    unit_poll_now(u);
}

void orders_finish(struct unit *u)
{
    struct waiting *waiting = u->waiting;

    u->waiting = NULL;
    for (uint32_t i = 0; waiting && i < waiting->count; i++)
        conclude(u->c, waiting->ids[i], "done", "");
    free(waiting);
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    Nw__Record *record;

    (void)partition;
    (void)pos;
    if (record_unpack(bytes, len, &record))
        return; /* counted by its writer's readers; nothing that can be executed */
    if (record->body_case == NW__RECORD__BODY_COMMAND)
        take_order(ctx, record->command);
    record_free(record);
}

static void on_idle(void *ctx)
{
    struct collector *c = ctx;

    for (size_t i = 0; i < ARRAY_LEN(PARTITIONS); i++) {
        journal_pos pos = journal_tail_position(c->orders, PARTITIONS[i]);

        if (pos && journal_cursor_store(c->o.settings->journal_dir, READER, PARTITIONS[i], pos))
            log_debug("the place in partition %s cannot be stored", PARTITIONS[i]);
    }
}

enum err orders_open(struct collector *c)
{
    static const struct journal_tail_fns fns = {.record = on_record, .idle = on_idle};
    const char *dir = c->o.settings->journal_dir;
    enum err e = journal_tail_new(c->o.loop, dir, &fns, c, &c->orders);

    for (size_t i = 0; !e && i < ARRAY_LEN(PARTITIONS); i++) {
        journal_pos after = 0;

        if (journal_cursor_load(dir, READER, PARTITIONS[i], &after))
            after = 0;
        e = journal_tail_add(c->orders, PARTITIONS[i], after, JOURNAL_FROM_END);
    }
    return e;
}

void orders_close(struct collector *c)
{
    journal_tail_free(c->orders);
    c->orders = NULL;
}
