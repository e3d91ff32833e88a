/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_json.h - what `netzwacht poll` prints: JSON of the schema netzwacht.poll/1, and a table for people.
 * Pure. */
#ifndef NW_COLLECTOR_POLL_JSON_H
#define NW_COLLECTOR_POLL_JSON_H

#include "collector/decode.h"
#include "lib/base/buf.h"

struct poll_stats {
    size_t varbinds;
    double duration_ms;
};

/* One object and a line end. Counters are left out: one reading of them says nothing. */
void poll_json_write(struct buf *to, const struct device_profile *profile, const struct device_view *view,
                     const struct varbind_set *varbinds, const struct poll_stats *stats);
void poll_text_write(struct buf *to, const struct device_profile *profile, const struct device_view *view,
                     const struct poll_stats *stats);

#endif
