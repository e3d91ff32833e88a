/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_months.h - the part of series_read() that answers by calendar months. */
#ifndef NW_STORES_SERIES_MONTHS_H
#define NW_STORES_SERIES_MONTHS_H

#include "lib/base/err.h"
#include "lib/stores/rrd_index.h"
#include "lib/stores/series.h"

enum { SERIES_MONTHS_MAX = 132 };

/* ERR_RANGE: more than SERIES_MONTHS_MAX. */
enum err series_months_read(struct series *s, const struct rrd_index *index, const char *rrd_dir,
                            const struct series_query *q, ns_t now, struct series_result *out) NW_CHECKED;

#endif
