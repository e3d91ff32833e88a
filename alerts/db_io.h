/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db_io.h - alerts.db: everything that must be true together, changed in one transaction. The only file of
 * alerts that knows SQLite (WAL, synchronous=FULL: what db_commit() returned is on the disk).
 *
 * Changes gather in a batch in memory; db_commit() writes the batch, the numbers and the offsets in one
 * transaction. If that fails (full disk) the batch stays and the next db_commit() tries again, so nothing
 * that was decided is lost while the process lives. */
#ifndef NW_ALERTS_DB_IO_H
#define NW_ALERTS_DB_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/journal.h"

struct db; /* opaque */

/* Creates the file, mode 0640. ERR_UNSUPPORTED: made by a newer version; ERR_MALFORMED: no database, damaged;
 * ERR_BUSY. */
enum err db_open(const char *path, struct db **out) NW_CHECKED;
void db_close(struct db *db); /* the batch is dropped */

/* ---- the batch; ERR_NOMEM is remembered and makes db_commit() fail ---- */
void db_put_row(struct db *db, const char *kind, const char *key, const void *value,
                size_t len); /* NULL: drop */
/* A record for the partition alerts. slot: own numbering, gap-free. */
void db_put_record(struct db *db, uint64_t slot, const void *record, size_t len);
void db_drop_records(struct db *db, uint64_t upto_slot);
void db_put_event(struct db *db, unsigned lane, uint64_t sequence, ns_t created, const void *body,
                  size_t len);
void db_expire_events(struct db *db, ns_t before);
void db_put_command(struct db *db, const char *id, ns_t at, const char *outcome, const char *problem);
void db_expire_commands(struct db *db, ns_t before);
void db_put_number(struct db *db, const char *name, uint64_t value);
void db_put_offset(struct db *db, const char *partition, journal_pos position);
/* A message for a channel of alerts.channels; number: the channel's own, gap-free. */
void db_put_message(struct db *db, const char *channel, uint64_t number, const void *body, size_t len);
void db_put_attempts(struct db *db, const char *channel, uint64_t number, unsigned attempts);
void db_drop_messages(struct db *db, const char *channel, uint64_t upto);
bool db_is_empty(const struct db *db);

/* ---- room for bad days (decision 0046) ----
 * Pages of alerts.db itself are set aside, so that nobody else on a full disk can have them. db_commit()
 * gives them up when the disk is full and tries again; they are set aside anew when there is room.
 * <path>-room holds what the log needs for that moment. */

/* Sets aside up to `step` more bytes until `bytes` are; does nothing while the disk has no room for all of it
 * besides. ERR_NO_SPACE: not now. */
enum err db_reserve(struct db *db, uint64_t bytes, uint64_t step) NW_CHECKED;
uint64_t db_reserved(const struct db *db); /* bytes */

enum err db_commit(struct db *db) NW_CHECKED;
/* Moves what was committed from the log into the database when there is enough of it (hundreds of
 * milliseconds on a busy disk): after everybody has been told. Without it db_commit() does so, later. */
void db_tidy(struct db *db);
const char *db_problem(const struct db *db); /* SQLite's words for the last failure */

/* ---- reading, what is committed ---- */
enum err db_each_row(struct db *db, const char *kind,
                     void (*each)(void *ctx, const char *key, const void *value, size_t len),
                     void *ctx) NW_CHECKED;
/* In order of slot. */
enum err db_each_record(struct db *db, void (*each)(void *ctx, uint64_t slot, const void *record, size_t len),
                        void *ctx) NW_CHECKED;
/* The first event of the lane above `after`; ERR_NOT_FOUND. The body is appended to *body. */
enum err db_event_after(struct db *db, unsigned lane, uint64_t after, uint64_t *sequence,
                        struct buf *body) NW_CHECKED;
/* The same for a channel's messages, with how often sending it has failed. */
enum err db_message_after(struct db *db, const char *channel, uint64_t after, uint64_t *number,
                          unsigned *attempts, struct buf *body) NW_CHECKED;
/* Each message that waits, by channel and number; size: bytes of its body. */
enum err db_each_message(struct db *db,
                         void (*each)(void *ctx, const char *channel, uint64_t number, size_t size),
                         void *ctx) NW_CHECKED;
/* 0 if it has never been put. */
enum err db_number(struct db *db, const char *name, uint64_t *out) NW_CHECKED;
enum err db_offset(struct db *db, const char *partition, journal_pos *out) NW_CHECKED;
/* ERR_NOT_FOUND. Sees the batch, too. Texts are malloc'ed. */
enum err db_command(struct db *db, const char *id, char **outcome, char **problem) NW_CHECKED;

#endif
