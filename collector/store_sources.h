/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_sources.h - what each source's series table means for the store: which value goes to which data
 * source of which file. */
#ifndef NW_COLLECTOR_STORE_SOURCES_H
#define NW_COLLECTOR_STORE_SOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "collector/store_files.h"
#include "lib/base/err.h"
#include "lib/model/record.h"

/* 2026-01-01. A clock that says less was never set since the machine was switched on. */
#define STORE_EARLIEST (1767225600 * SECONDS)

struct store_sources; /* opaque */

struct store_sources_figures {
    uint64_t records, values, late, future, untabled; /* records without a table that is known */
};

/* files is borrowed. */
enum err store_sources_new(struct store_files *files, uint64_t seed, struct store_sources **out) NW_CHECKED;
void store_sources_free(struct store_sources *s);

/* When the values of a record were read (wall ns): its start, never after the record itself. */
ns_t store_sample_time(const Nw__Record *record);

/* Takes a poll's values; a table in the record replaces the source's. part: number of the partition that it
 * came from, kept with the files that it fed. Values later than now + one step are refused (librrd takes
 * nothing older than the newest), and all as long as now is before STORE_EARLIEST. */
enum err store_sources_take(struct store_sources *s, const Nw__Record *record, unsigned part,
                            ns_t now) NW_CHECKED;

/* The partition that fed a file last; -1: none yet. */
int store_sources_part_of(const struct store_sources *s, size_t file);
/* The longest interval of any source (ns). */
ns_t store_sources_interval_max(const struct store_sources *s);
const struct store_sources_figures *store_sources_figures(const struct store_sources *s);

#endif
