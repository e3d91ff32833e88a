/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tail.c - a journal tail with unpacked records. */
#include "dashboards/tail.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"

enum { PARTITIONS_MAX = 16 };

struct part {
    char name[65];
    ns_t newest; /* wall of the newest record handed out */
};

struct tail {
    struct journal_tail *journal;
    struct tail_fns fns;
    void *ctx;
    struct part parts[PARTITIONS_MAX];
    size_t part_count;
    struct tail_stats stats;
    bool is_behind; /* records were handed out since everything was read */
    Nw__Lag lags[PARTITIONS_MAX], *lag_list[PARTITIONS_MAX];
};

static void note(struct tail *t, const char *partition, ns_t wall)
{
    size_t i = 0;

    while (i < t->part_count && strcmp(t->parts[i].name, partition) != 0)
        i++;
    if (i == PARTITIONS_MAX)
        return;
    if (i == t->part_count) {
        strx_copy(t->parts[i].name, sizeof t->parts[i].name, partition);
        t->part_count++;
    }
    t->parts[i].newest = wall;
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct tail *t = ctx;
    Nw__Record *record = NULL;
    unsigned field = 0;
    ns_t wall = 0;
    bool is_peeked = record_peek(bytes, len, &wall, &field);
    bool is_history =
        strcmp(partition, "unit.history") == 0 && is_peeked && field == NW__RECORD__BODY_SAMPLES;

    t->is_behind = true;
    if (!is_history && record_unpack(bytes, len, &record) != ERR_OK) {
        record = NULL; /* whole by its checksum, so of a newer version: skip it */
        t->stats.unreadable++;
    }
    if (record)
        wall = (ns_t)record->wall;
    note(t, partition, wall);
    t->fns.record(t->ctx, partition, pos, bytes, len, record);
    record_free(record);
}

static void on_gap(void *ctx, const char *partition)
{
    struct tail *t = ctx;

    t->stats.gaps++;
    log_warning(
        "records of partition %s are missing: pages may be behind until everything has been seen again",
        partition);
}

static void on_idle(void *ctx)
{
    struct tail *t = ctx;

    t->is_behind = false;
    if (t->fns.idle)
        t->fns.idle(t->ctx);
}

enum err tail_new(struct loop *l, const char *journal_dir, const char *const *partitions, bool with_units,
                  const struct tail_fns *fns, void *ctx, struct tail **out)
{
    static const struct journal_tail_fns journal_fns = {.record = on_record, .gap = on_gap, .idle = on_idle};
    struct tail *t = calloc(1, sizeof *t);
    enum err e;

    if (!t)
        return ERR_NOMEM;
    t->fns = *fns;
    t->ctx = ctx;
    e = journal_tail_new(l, journal_dir, &journal_fns, t, &t->journal);
    for (size_t i = 0; e == ERR_OK && partitions[i]; i++)
        e = journal_tail_add(t->journal, partitions[i], 0, JOURNAL_FROM_SEGMENT_BACK);
    if (e == ERR_OK && with_units)
        e = journal_tail_add_units(t->journal, JOURNAL_FROM_SEGMENT_BACK);
    if (e == ERR_OK)
        e = journal_tail_catch_up(t->journal);
    if (e) {
        tail_free(t);
        return e;
    }
    *out = t;
    return ERR_OK;
}

void tail_free(struct tail *t)
{
    if (!t)
        return;
    journal_tail_free(t->journal);
    free(t);
}

void tail_lags(struct tail *t, ns_t wall, Nw__Heartbeat *beat)
{
    size_t n = 0;

    for (size_t i = 0; i < t->part_count; i++) {
        ns_t lag = t->is_behind && wall > t->parts[i].newest ? wall - t->parts[i].newest : 0;
        if (strx_starts_with(t->parts[i].name, "unit."))
            continue; /* a unit may be away for days; that is no lag of ours */
        nw__lag__init(&t->lags[n]);
        t->lags[n].partition = t->parts[i].name;
        t->lags[n].lag_ms = (uint64_t)(lag / MILLISECONDS);
        t->lag_list[n] = &t->lags[n];
        n++;
    }
    beat->lag = t->lag_list;
    beat->n_lag = n;
}

void tail_stats(const struct tail *t, struct tail_stats *out)
{
    *out = t->stats;
}
