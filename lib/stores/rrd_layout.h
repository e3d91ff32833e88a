/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrd_layout.h - what an RRD file of each storage class looks like: step, archives, names, path, size. Pure.
 *
 *   class  step   archives (rows of the file's step x rows kept)                              a series
 *   short  60 s   AVERAGE 1 x 1440, 5 x 4032                                                  44 kB
 *   long   300 s  AVERAGE 1 x 11520, AVERAGE MAX 12 x 17520, MIN AVERAGE MAX 288 x 3650       0.46 MB
 *
 * With another settings.store.step everything scales in time; a file keeps the step that it began with. */
#ifndef NW_STORES_RRD_LAYOUT_H
#define NW_STORES_RRD_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/metric.h"

enum {
    RRD_DS_MAX = 20,         /* data sources a file */
    RRD_DS_NAME_SIZE = 20,   /* 19 of [A-Za-z0-9_] and NUL */
    RRD_HEARTBEAT = 1 << 30, /* s: the store says itself what is unknown, with a U */
};

enum rrd_cf { RRD_AVERAGE, RRD_MIN, RRD_MAX };

struct rrd_archive {
    enum rrd_cf cf;
    unsigned pdps; /* file steps a row */
    unsigned rows;
};

const char *rrd_cf_name(enum rrd_cf cf); /* "AVERAGE" */

/* STORAGE_SHORT or STORAGE_LONG; at least one archive. */
const struct rrd_archive *rrd_layout_archives(enum storage_class storage, size_t *count);
/* Seconds a row of a new file covers; base: settings.store.step in seconds. */
unsigned rrd_layout_step(enum storage_class storage, unsigned base);
/* "optic_rx_power": points become underscores, cut to 19; no two metrics share a name. */
void rrd_layout_ds_name(enum metric metric, char out[RRD_DS_NAME_SIZE]);
/* Bytes of a file with ds_count data sources. */
int64_t rrd_layout_size(enum storage_class storage, unsigned ds_count);

#endif
