/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_text.h - a part of an export as CSV, as OpenMetrics 1.0 text, and as Prometheus remote-write 1.0.
 * Pure.
 *
 * A row's time is when it begins. Unknown rows are empty cells in CSV and are left out elsewhere: there a gap
 * is the absence of samples. Names: metric "interface.in" becomes netzwacht_interface_in; labels entity,
 * instance, source. */
#ifndef NW_STORES_EXPORT_TEXT_H
#define NW_STORES_EXPORT_TEXT_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/stores/export.h"

/* time,source,entity,metric,unit,value,known (share of the row's time that is known, over the part's columns)
 */
void export_csv_head(struct buf *out);
void export_csv_part(const struct export_part *part, struct buf *out);

/* Parts must come by metric; metric: of the part before, 0 at the beginning. */
void export_openmetrics_part(const struct export_part *part, const char *instance, enum metric before,
                             struct buf *out);
void export_openmetrics_end(struct buf *out);

/* Appends TimeSeries messages: any number of parts make a WriteRequest (prometheus/prompb/remote.proto).
 * Returns the number of samples. */
size_t export_remote_write_part(const struct export_part *part, const char *instance, struct buf *out);

#endif
