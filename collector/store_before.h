/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_before.h - what an RRD file was before the clock jumped: kept beside it as NAME.rrd.before until it
 * is known which of the two times was the right one.
 *
 *   a row far ahead comes ──► copied, then written ──clock comes back──► put back in place
 *   the file ends in the future ──► linked, then rewritten up to now ──clock goes on beyond its end──► put
 * back neither for three days ──► deleted
 *
 * The figures of the month that runs (lib/stores/month.h) go with their file. */
#ifndef NW_COLLECTOR_STORE_BEFORE_H
#define NW_COLLECTOR_STORE_BEFORE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/stores/rrd_index.h"

/* A jump by less than this costs less than keeping what was. */
#define STORE_BEFORE_LEAST (10 * MINUTES)
/* Nobody is silent for so long: rows over such a gap push all that there was out of the archives. */
#define STORE_BEFORE_LEAP (31 * DAYS)

/* is_replaced: the file will be replaced by another one, not written in place, so a link is enough. One that
 * is kept already and ends later stays. last: the file's last update (wall s). ERR_NO_SPACE … */
enum err store_before_keep(const char *path, const struct rrd_file *file, int64_t last,
                           bool is_replaced) NW_CHECKED;
/* Puts back what ended after `after` and at `until` or before it (wall s); *last receives its last update.
 * False: nothing of that kind is there, and the file is as it was. */
bool store_before_restore(const char *path, const struct rrd_file *file, int64_t after, int64_t until,
                          int64_t *last);
/* Deletes what was kept when the file has been written for three days since. */
void store_before_expire(const char *path);

#endif
