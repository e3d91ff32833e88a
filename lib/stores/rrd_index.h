/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_index.h - which RRD file holds which series: <rrd dir>/index, read here, appended to by the store.
 *
 * One line a file, never changed afterwards; fields separated by one blank, ids percent-escaped ("-" =
 * empty): <CRC-32C of the rest, 8 hex digits> <number> short|long[:<rows>,<rows>[,<rows>]] <step in s>
 * <source> <entity> <metric>,<metric>… A series has one file. When an entity gains metrics, a longer line of
 * a new number begins with the same metrics: its file replaces the former one as soon as it is there, with
 * all of its rows; until then the former one is read. A line that does not check is skipped and counted; an
 * unfinished last line is waited for. Files lie at <rrd dir>/<number / 1000, 3 digits>/<number, 8
 * digits>.rrd. */
#ifndef NW_STORES_RRD_INDEX_H
#define NW_STORES_RRD_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/stores/rrd_layout.h"

enum { RRD_PATH_SIZE = 4096, RRD_FILES_MAX = 10000000 };

struct rrd_file {
    uint32_t number; /* > 0, unique */
    enum storage_class storage;
    struct rrd_keep keep;
    unsigned step; /* s, > 0 */
    char *source, *entity;
    unsigned count; /* of metrics, 1..RRD_DS_MAX; in the order of the data sources */
    enum metric metrics[RRD_DS_MAX];
    size_t next;                  /* the entity's next file: index + 1; 0: none. The index's own */
    size_t replaces, replaced_by; /* index + 1; 0: none */
};

struct rrd_index; /* opaque */

/* Reads what is there; a missing file or directory is an empty index. */
enum err rrd_index_open(const char *rrd_dir, struct rrd_index **out) NW_CHECKED;
void rrd_index_close(struct rrd_index *x);
/* Reads lines that were appended since. */
enum err rrd_index_refresh(struct rrd_index *x) NW_CHECKED;

size_t rrd_index_count(const struct rrd_index *x);
const struct rrd_file *rrd_index_at(const struct rrd_index *x, size_t i);
uint32_t rrd_index_last_number(const struct rrd_index *x); /* the highest; 0: none */
size_t rrd_index_damaged(const struct rrd_index *x);       /* lines that did not check */
uint64_t rrd_index_whole_bytes(const struct rrd_index *x); /* up to the end of the last whole line */

/* The file with this series and the data source's place in it; NULL: none. Not one that is replaced; one of
 * the long class before one of the short class (traffic whose history was imported). Valid until the index
 * grows. */
const struct rrd_file *rrd_index_find(const struct rrd_index *x, const char *source, const char *entity,
                                      enum metric metric, unsigned *ds);

/* The entity's files one after the other, replaced ones too; after NULL: the first. NULL: no more. */
const struct rrd_file *rrd_index_next(const struct rrd_index *x, const char *source, const char *entity,
                                      const struct rrd_file *after);
/* The file that this one replaces; NULL: none. */
const struct rrd_file *rrd_index_former(const struct rrd_index *x, const struct rrd_file *file);
/* The entity's file of this class that can hold one more metric, the newest; NULL: none. */
const struct rrd_file *rrd_index_with_room(const struct rrd_index *x, const char *source, const char *entity,
                                           enum storage_class storage);

void rrd_index_path(const char *rrd_dir, uint32_t number, char out[RRD_PATH_SIZE]);

/* One line with its newline; for the store, which appends it to the file. */
void rrd_index_put_line(const struct rrd_file *file, struct buf *out);
/* Adds to memory what put_line() describes. ERR_EXISTS: the number; ERR_NOMEM. Copies. */
enum err rrd_index_add(struct rrd_index *x, const struct rrd_file *file) NW_CHECKED;
/* line without newline. ERR_MALFORMED, ERR_CRC. Free with rrd_file_fini(). */
enum err rrd_index_parse_line(const char *line, size_t len, struct rrd_file *out) NW_CHECKED;
void rrd_file_fini(struct rrd_file *file);

#endif
