/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.h - what happened of late, ready to be sent again: the memory behind Last-Event-ID. Pure.
 *
 * An event's id is the position of its record in partition `alerts`, so it also holds after a restart. Kept
 * for 15 minutes, at most 50,000 events and 16 MiB. */
#ifndef NW_DASHBOARDS_EVENTS_H
#define NW_DASHBOARDS_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

#define EVENTS_KEPT (15 * MINUTES)

struct events; /* opaque */

enum err events_new(struct events **out) NW_CHECKED;
void events_free(struct events *e);

/* Writes one SSE frame: "id: …\nevent: …\ndata: …\n\n"; id 0: without. json must have no line break. */
void events_frame(struct buf *out, uint64_t id, const char *name, const char *json);

/* Keeps a frame. ids grow. */
enum err events_push(struct events *e, uint64_t id, ns_t wall, const char *frame, size_t len) NW_CHECKED;
/* Appends all frames with an id above `after`. false: some of them are no longer kept. */
bool events_after(const struct events *e, uint64_t after, struct buf *out);
/* From here on everything is pushed; what lies before is not known. An id below that of a former call changes
 * nothing. */
void events_start(struct events *e, uint64_t id);
size_t events_count(const struct events *e);

#endif
