/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tail.c - a journal tail with unpacked records. */
#include "dashboards/tail.h"

#include <stdlib.h>
#include <string.h>

#include "dashboards/newest.h"
#include "dashboards/snapshot.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/model/record_head.h"

enum { PARTITIONS_MAX = 64 };

struct part {
    char name[65];
    ns_t newest; /* wall of the newest record handed out */
};

/* While the tail reads what stands there at its start. */
struct start {
    struct newest *newest;
    struct journal_reader *readers[PARTITIONS_MAX]; /* of t->parts; opened when needed */
    enum err error;
};

struct tail {
    struct loop *loop;
    char *dir;
    struct journal_tail *journal;
    struct start *start;      /* NULL: that is done */
    struct record_room *room; /* of samples: nothing is taken out of them */
    struct tail_fns fns;
    void *ctx;
    struct part parts[PARTITIONS_MAX];
    size_t part_count;
    struct tail_stats stats;
    bool is_behind; /* records were handed out since everything was read */
    Nw__Lag lags[PARTITIONS_MAX], *lag_list[PARTITIONS_MAX];
};

/* PARTITIONS_MAX: there are more of them than are noted. */
static size_t find_part(struct tail *t, const char *partition)
{
    size_t i = 0;

    while (i < t->part_count && strcmp(t->parts[i].name, partition) != 0)
        i++;
    if (i == t->part_count && i < PARTITIONS_MAX) {
        strx_copy(t->parts[i].name, sizeof t->parts[i].name, partition);
        t->part_count++;
    }
    return i;
}

/* Samples that were measured long ago, by a unit that could not reach us: they say nothing about now. */
static bool is_history(const struct tail *t, const char *partition, const struct record_head *h)
{
    return h->body == NW__RECORD__BODY_SAMPLES && strx_starts_with(partition, "unit.") &&
           (strcmp(partition, "unit.history") == 0 || loop_wall(t->loop) - h->started > SNAPSHOT_LATE_UNIT);
}

static void hand_out(struct tail *t, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    Nw__Record *record = NULL;
    unsigned field = 0;
    ns_t wall;
    bool is_samples = record_peek(bytes, len, &wall, &field) && field == NW__RECORD__BODY_SAMPLES;
    enum err e =
        is_samples ? record_unpack_into(t->room, bytes, len, &record) : record_unpack(bytes, len, &record);

    if (e) {
        t->stats.unreadable++; /* whole by its checksum, so of a newer version: skip it */
        return;
    }
    t->fns.record(t->ctx, partition, pos, record);
    if (!is_samples)
        record_free(record);
}

static void on_record(void *ctx, const char *partition, journal_pos pos, const void *bytes, size_t len)
{
    struct tail *t = ctx;
    struct record_head head;
    enum err e = record_head_read(bytes, len, &head);
    size_t part = find_part(t, partition);

    t->is_behind = true;
    t->fns.bytes(t->ctx, partition, pos, bytes, len);
    if (part < PARTITIONS_MAX && head.wall)
        t->parts[part].newest = head.wall;
    if (e)
        t->stats.unreadable++;
    else if (is_history(t, partition, &head))
        return;
    else if (!t->start || part == PARTITIONS_MAX)
        hand_out(t, partition, pos, bytes, len);
    else if (t->start->error == ERR_OK)
        t->start->error = newest_note(t->start->newest, part, pos, &head);
}

/* ---- the start ---- */

static enum err start_new(struct tail *t)
{
    t->start = calloc(1, sizeof *t->start);
    return t->start ? newest_new(loop_wall(t->loop), &t->start->newest) : ERR_NOMEM;
}

static enum err start_free(struct tail *t)
{
    enum err e = t->start ? t->start->error : ERR_OK;

    if (!t->start)
        return e;
    for (size_t i = 0; i < PARTITIONS_MAX; i++)
        if (t->start->readers[i])
            journal_reader_close(t->start->readers[i]);
    newest_free(t->start->newest);
    free(t->start);
    t->start = NULL;
    return e;
}

static enum err read_place(struct tail *t, const struct newest_place *place, struct buf *out)
{
    struct journal_reader **reader = &t->start->readers[place->partition];
    enum err e = *reader ? ERR_OK
                         : journal_reader_open(t->dir, t->parts[place->partition].name, place->pos,
                                               JOURNAL_FROM_OLDEST, reader);

    buf_clear(out);
    return e ? e : journal_read_at(*reader, place->pos, out);
}

static void hand_out_newest(struct tail *t)
{
    struct buf bytes = BUF_INIT;
    const struct newest_place *places;
    size_t count = 0;

    buf_init(&bytes, JOURNAL_RECORD_MAX);
    if (t->start->error == ERR_OK)
        t->start->error = newest_list(t->start->newest, &places, &count);
    for (size_t i = 0; i < count; i++) {
        enum err e = read_place(t, &places[i], &bytes);
        if (e)
            log_warning("a record of partition %s cannot be read again: %s",
                        t->parts[places[i].partition].name, err_text(e));
        else
            hand_out(t, t->parts[places[i].partition].name, places[i].pos, bytes.data, bytes.len);
    }
    buf_fini(&bytes);
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
    if (t->start)
        hand_out_newest(t);
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
    t->loop = l;
    t->dir = strx_printf("%s", journal_dir);
    e = t->dir ? record_room_new(&t->room) : ERR_NOMEM;
    if (e == ERR_OK)
        e = start_new(t);
    if (e == ERR_OK)
        e = journal_tail_new(l, journal_dir, &journal_fns, t, &t->journal);
    for (size_t i = 0; e == ERR_OK && partitions[i]; i++)
        e = journal_tail_add(t->journal, partitions[i], 0, JOURNAL_FROM_SEGMENT_BACK);
    if (e == ERR_OK && with_units)
        e = journal_tail_add_units(t->journal, JOURNAL_FROM_SEGMENT_BACK);
    if (e == ERR_OK)
        e = journal_tail_catch_up(t->journal);
    if (e == ERR_OK)
        e = start_free(t);
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
    (void)!start_free(t);
    if (t->journal)
        journal_tail_free(t->journal);
    record_room_free(t->room);
    free(t->dir);
    free(t);
}

journal_pos tail_position(const struct tail *t, const char *partition)
{
    return journal_tail_position(t->journal, partition);
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
