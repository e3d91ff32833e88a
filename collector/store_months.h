/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_months.h - keeps mean, 95th percentile and peak of each month beside the RRD files, for ten years and
 * longer (lib/stores/month.h).
 *
 * Once a day every file's new rows of five minutes are added to the month that runs; a month that is over is
 * closed. All of it can be done again: rows are added once (month.until), a line that stands there already is
 * not written again, and RRD files hold two weeks of such rows (short class) or 40 days (long class) in case
 * the store was away. */
#ifndef NW_COLLECTOR_STORE_MONTHS_H
#define NW_COLLECTOR_STORE_MONTHS_H

#include <stddef.h>

#include "collector/store_files.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/runtime/loop.h"

struct store_months; /* opaque */

/* Begins: first soon, then once a day, a file each hundredth of a second. now: the steady wall clock, 0 while
 * it is suspect. */
enum err store_months_new(struct loop *l, struct store_files *files, ns_t (*now)(void *ctx), void *ctx,
                          struct store_months **out) NW_CHECKED;
void store_months_free(struct store_months *m);

/* One file now. What was damaged is begun anew. ERR_NO_SPACE …, ERR_NOMEM. */
enum err store_months_gather(struct store_files *files, size_t file, ns_t now) NW_CHECKED;
/* Would writing rows up to `newest` overwrite rows that may not have been gathered? */
bool store_months_is_urgent(const struct store_files *files, size_t file, ns_t committed, ns_t newest);

#endif
