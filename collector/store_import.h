/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_import.h - takes the history of another monitor into an entity's file of the long class.
 * netzwacht-store must not run meanwhile.
 *
 * Only what our file does not know is filled in; five-minute rows only from rows as fine, hours and days from
 * the finest that there is. A metric that lives in the short class (traffic) gets a file of the long class,
 * with the weeks that its own file knows in front; from then on the store goes on in it. Doing it again
 * changes nothing. */
#ifndef NW_COLLECTOR_STORE_IMPORT_H
#define NW_COLLECTOR_STORE_IMPORT_H

#include "collector/store_files.h"
#include "lib/stores/rrd_io.h"

struct store_import {
    const char *source, *entity;
    const struct rrd_foreign *from;
    const enum metric *metrics; /* by place among the names asked for … */
    const double *scales;       /* … and what a value is multiplied with */
    ns_t now;                   /* wall */
};

/* *filled: values that were unknown before, in all archives. ERR_LIMIT: store.budget; ERR_NO_SPACE … */
enum err store_import(struct store_files *files, const struct store_import *what,
                      uint64_t *filled) NW_CHECKED;

#endif
