/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_files.h - the RRD tree as the store keeps it: the index, and each file with its pending rows.
 *
 *   UNSEEN ──first use──► MISSING ──paced──► READY        a damaged or foreign file is put aside as
 *              └─────────► READY ◄── from the future       NAME.damaged-TIME-FAULT, never deleted
 *
 * When an entity gains metrics, a longer file replaces its former one: a line in the index, then (paced, like
 * every new file) the new file with all rows of the former one, and a cycle later the former one goes. A
 * crash in between repeats what is left to do. A metric that goes away stays as a column of unknown rows.
 *
 * A file is named by its place in the index, 0 .. store_files_count() - 1, which never changes. */
#ifndef NW_COLLECTOR_STORE_FILES_H
#define NW_COLLECTOR_STORE_FILES_H

#include <stddef.h>

#include "collector/store_rows.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/rrd_index.h"

struct store_files; /* opaque */

struct store_figures {
    uint64_t values, rows, updates, created; /* written since the start */
    uint64_t damaged, rewound, refused; /* files put aside, rewritten, series without room in the budget */
    uint64_t grown;                     /* files that took over another's rows */
    int64_t bytes;                      /* of all files of the index */
};

/* Creates the directory; cuts off what a crash left unfinished at the index's end. base_step: s. */
enum err store_files_open(const char *rrd_dir, unsigned base_step, int64_t budget,
                          struct store_files **out) NW_CHECKED;
void store_files_close(struct store_files *s);
/* How long rows are kept, for files to come. */
void store_files_keep(struct store_files *s, const struct rrd_keep *of_short, const struct rrd_keep *of_long);
/* For files to come. */
void store_files_configure(struct store_files *s, unsigned base_step, int64_t budget);

/* fn is told of each file that was put aside: what it held, and an English sentence. */
typedef void store_damage_fn(void *ctx, const struct rrd_file *file, const char *text);
void store_files_on_damage(struct store_files *s, store_damage_fn *fn, void *ctx);

const char *store_files_directory(const struct store_files *s);
const struct rrd_index *store_files_index(const struct store_files *s);
size_t store_files_count(const struct store_files *s);
const struct store_figures *store_files_figures(const struct store_files *s);

/* Finds the series' file. ERR_NOT_FOUND: it has none yet. */
enum err store_files_find(const struct store_files *s, const char *source, const char *entity,
                          enum metric metric, size_t *file, unsigned *ds) NW_CHECKED;
/* Enters new series of an entity in the index; files for them are made when rows are written. ERR_LIMIT: the
 * budget does not allow it (logged when it begins). */
enum err store_files_add(struct store_files *s, const char *source, const char *entity,
                         enum storage_class storage, const enum metric *metrics, size_t count) NW_CHECKED;

/* The file's rows; the first use looks at the file. now: wall. */
enum err store_files_rows(struct store_files *s, size_t file, ns_t now, struct rows **out) NW_CHECKED;
/* The rows if the file has been used, else NULL. */
struct rows *store_files_rows_if_used(struct store_files *s, size_t file);
/* Bytes that store_files_write() would have to create first; 0: the file is there. */
int64_t store_files_missing_bytes(const struct store_files *s, size_t file);
/* Writes the pending rows. A file that librrd refuses is put aside and begun anew. ERR_NO_SPACE … : the rows
 * stay pending. */
enum err store_files_write(struct store_files *s, size_t file, ns_t now) NW_CHECKED;
/* The clock went back: a file whose last update lies after now is rewritten up to now. */
enum err store_files_rewind(struct store_files *s, size_t file, ns_t now) NW_CHECKED;

#endif
