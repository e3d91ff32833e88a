/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_layout.h - what an RRD file of each storage class looks like: step, archives, names, path, size. Pure.
 *
 *   class  step   archives (rows of the file's step x rows kept)                              a series
 *   short  60 s   AVERAGE 1 x 1440, 5 x 4032                                                  44 kB
 *   long   300 s  AVERAGE 1 x 11520, AVERAGE MAX 12 x 17520, MIN AVERAGE MAX 288 x 3650       0.46 MB
 *
 * With another settings.store.step everything scales in time, unless settings.store.keep_… says how long rows
 * are kept. A file keeps the step and the rows that it began with. */
#ifndef NW_STORES_RRD_LAYOUT_H
#define NW_STORES_RRD_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/metric.h"

enum {
    RRD_DS_MAX = 20,       /* data sources a file */
    RRD_DS_NAME_SIZE = 20, /* 19 of [A-Za-z0-9_] and NUL */
    RRD_ARCHIVES_MAX = 6,
    RRD_ROWS_MAX = 200000,   /* of one archive */
    RRD_HEARTBEAT = 1 << 30, /* s: the store says itself what is unknown, with a U */
};

enum rrd_cf { RRD_AVERAGE, RRD_MIN, RRD_MAX };

struct rrd_archive {
    enum rrd_cf cf;
    unsigned pdps; /* file steps a row */
    unsigned rows;
};

const char *rrd_cf_name(enum rrd_cf cf); /* "AVERAGE" */

/* Rows of each width: short class {1 step, 5 steps}, long class {1, 12, 288 steps}. 0: as many as above. */
struct rrd_keep {
    unsigned rows[3];
};

struct store_settings;
/* What the settings say for new files of this class. */
struct rrd_keep rrd_layout_keep(enum storage_class storage, const struct store_settings *settings);
/* STORAGE_SHORT or STORAGE_LONG. Returns their number, at least one. */
size_t rrd_layout_archives(enum storage_class storage, const struct rrd_keep *keep,
                           struct rrd_archive out[RRD_ARCHIVES_MAX]);
/* Seconds a row of a new file covers; base: settings.store.step in seconds. */
unsigned rrd_layout_step(enum storage_class storage, unsigned base);
/* "optic_rx_power": points become underscores, cut to 19; no two metrics share a name. */
void rrd_layout_ds_name(enum metric metric, char out[RRD_DS_NAME_SIZE]);
/* Bytes of a file with ds_count data sources. */
int64_t rrd_layout_size(enum storage_class storage, const struct rrd_keep *keep, unsigned ds_count);

#endif
