/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - append-only partitions of CRC-framed records: the only thing that passes between daemons.
 *
 *   <state>/journal/<partition>/<segment, 10 digits>.seg      segment header, then frames
 *   frame: length (le32, of the record) · CRC-32C of the record (le32) · record (protobuf, see
 * model/journal.proto)
 *
 * One writer a partition (flock on <partition>/writer.lock), any number of readers. A writer never
 * reopens a segment: each start opens the next number. A record is in the page cache when journal_append()
 * returns, so it survives kill -9; journal_sync() makes it survive a power cut. (A writer that gathers: when
 * journal_flush() returns. The collector flushes at the end of each turn of its loop.)
 * The journal knows frames, not what is in them (floor 1); model/record.h packs and unpacks. */
#ifndef NW_RUNTIME_JOURNAL_H
#define NW_RUNTIME_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

/* segment number << 32 | byte of the frame in the file. Grows within a partition. 0 = none. */
typedef uint64_t journal_pos;

static inline uint32_t journal_pos_segment(journal_pos p)
{
    return (uint32_t)(p >> 32);
}

enum { JOURNAL_RECORD_MAX = 16 * 1024 * 1024 };

/* ---- writing ---- */

struct journal_writer; /* opaque */

struct journal_options {
    const char *dir;       /* <state>/journal; created, mode 0750 */
    const char *partition; /* [a-z0-9.-]{1,64} */
    int64_t segment_bytes; /* rotate at this size (64 MIB) … */
    ns_t segment_min_age;  /* … but not before this: ten poll intervals */
    int64_t keep_bytes;    /* delete the oldest segments beyond this … */
    ns_t keep_age; /* … or older than this (by the time of their last write), never the newest two, and
                      never one that a cursor stored by journal_cursor_store() within 24 h still needs */
    bool gathers;  /* records are written together, by journal_flush() */
};

struct journal_stats {
    uint64_t records, bytes; /* appended since the start */
    uint64_t failed, held;   /* records lost for ever, and held in memory now: the disk is full */
    uint64_t disk_bytes;     /* of the partition: counted at the start and by journal_expire() */
    uint32_t segment;        /* the open one */
};

/* ERR_BUSY: another process writes this partition. */
enum err journal_writer_open(const struct journal_options *options, ns_t mono,
                             struct journal_writer **out) NW_CHECKED;
void journal_writer_close(struct journal_writer *w);

/* *pos (may be NULL) receives where the record stands. ERR_LIMIT: empty or over JOURNAL_RECORD_MAX;
 * ERR_NO_SPACE, ERR_IO …: the record is not in the journal yet. The writer keeps it, the newest 16 MiB of
 * such records, and writes them, at the same offset and in order, before the next record that can be
 * appended; so the caller does not repeat it, and only loses to know its position. */
enum err journal_append(struct journal_writer *w, ns_t mono, const void *record, size_t len,
                        journal_pos *pos) NW_CHECKED;
/* Writes what was gathered since the last time, by one call of the system. ERR_NO_SPACE, ERR_IO …: as from
 * journal_append(). Sync and close flush, too. */
enum err journal_flush(struct journal_writer *w) NW_CHECKED;
/* fdatasync; ERR_NO_SPACE: records are held in memory. */
enum err journal_sync(struct journal_writer *w) NW_CHECKED;
/* The number of the open segment: a device's first record in it must carry its series table. The next
 * append may rotate; journal_will_rotate() says so beforehand. */
uint32_t journal_segment(const struct journal_writer *w);
bool journal_will_rotate(const struct journal_writer *w, ns_t mono, size_t len);
/* Deletes what retention allows; call now and then, but not while the clock is suspect. *deleted (may be
 * NULL): segments removed. */
enum err journal_expire(struct journal_writer *w, ns_t wall, size_t *deleted) NW_CHECKED;
void journal_writer_stats(const struct journal_writer *w, struct journal_stats *out);

/* ---- reading ---- */

struct journal_reader; /* opaque */

enum journal_start {
    JOURNAL_FROM_OLDEST,
    JOURNAL_FROM_SEGMENT_BACK, /* one whole closed segment before the open one: sees every device once. Those
                                  that a restart cut short do not count as whole */
    JOURNAL_FROM_END,
};

/* A partition that does not exist yet is fine: reads give ERR_AGAIN until it does.
 * from: JOURNAL_FROM_… used when after == 0; else the first record read is the one behind `after`. */
enum err journal_reader_open(const char *dir, const char *partition, journal_pos after,
                             enum journal_start from, struct journal_reader **out) NW_CHECKED;
void journal_reader_close(struct journal_reader *r);

/* The next record; *record is valid until the next call. ERR_AGAIN: nothing yet (also for a bad CRC or a
 * short frame at the end of the open segment). ERR_GAP: records between the position asked for and the oldest
 * kept are gone; the next call goes on behind the gap. A bad frame inside a closed segment, or followed by a
 * newer segment: skipped to the next segment (or just past the frame, if a whole one stands right behind it)
 * and counted; the caller gets ERR_CRC once. ERR_UNSUPPORTED, once per segment: a newer version wrote it; it
 * is skipped. Others (ERR_DENIED, ERR_IO …): try again later. */
enum err journal_read(struct journal_reader *r, const void **record, size_t *len,
                      journal_pos *pos) NW_CHECKED;

/* Damaged places skipped so far. */
uint64_t journal_reader_damaged(const struct journal_reader *r);

/* One record at a known position, for following `prev` chains; does not move the reader. Result is appended
 * to *out. ERR_NOT_FOUND: its segment is gone; ERR_TRUNCATED, ERR_CRC, ERR_MALFORMED: no record stands there.
 */
enum err journal_read_at(struct journal_reader *r, journal_pos pos, struct buf *out) NW_CHECKED;

/* Reads the position stored in <dir>/<reader>/cursors/<partition>, 0 if there is none; stores it (rename, no
 * fsync). */
enum err journal_cursor_load(const char *dir, const char *reader, const char *partition,
                             journal_pos *out) NW_CHECKED;
enum err journal_cursor_store(const char *dir, const char *reader, const char *partition,
                              journal_pos pos) NW_CHECKED;

/* ---- tailing on a loop ---- */

struct journal_tail; /* opaque: several partitions, woken by inotify (250 ms polling where that runs out) */

struct journal_tail_fns {
    /* One record. The tail calls it for at most 2,000 records and about 4 ms a turn, so that the loop stays
     * responsive. */
    void (*record)(void *ctx, const char *partition, journal_pos pos, const void *record, size_t len);
    /* Records are missing from here on (retention overtook this reader, or a damaged frame). May be NULL. */
    void (*gap)(void *ctx, const char *partition);
    /* All partitions are read to their ends, after at least one record: the moment to commit. May be NULL. */
    void (*idle)(void *ctx);
};

enum err journal_tail_new(struct loop *l, const char *dir, const struct journal_tail_fns *fns, void *ctx,
                          struct journal_tail **out) NW_CHECKED;
void journal_tail_free(struct journal_tail *t);
enum err journal_tail_add(struct journal_tail *t, const char *partition, journal_pos after,
                          enum journal_start from) NW_CHECKED;
/* Also partitions that match "unit.*" as they appear. */
enum err journal_tail_add_units(struct journal_tail *t, enum journal_start from) NW_CHECKED;
/* The position of the last record handed out; until then the `after` that it was added with. */
journal_pos journal_tail_position(const struct journal_tail *t, const char *partition);
/* true: no record is handed out until false; for a reader that cannot take more just now. */
void journal_tail_hold(struct journal_tail *t, bool is_held);
/* Was everything that is there handed out? */
bool journal_tail_at_end(const struct journal_tail *t);
/* Reads everything that is there now, without returning to the loop, then calls idle(): used at start. */
enum err journal_tail_catch_up(struct journal_tail *t) NW_CHECKED;

#endif
