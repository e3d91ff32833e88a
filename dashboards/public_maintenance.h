/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_maintenance.h - announced maintenance on the citizens' page: from the list that alerts writes to
 * HTML and JSON. Says where (site, district), when and the operator's words, escaped; never a device, never
 * the window's id, which may name one. Pure. */
#ifndef NW_DASHBOARDS_PUBLIC_MAINTENANCE_H
#define NW_DASHBOARDS_PUBLIC_MAINTENANCE_H

#include "lib/base/buf.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/state.h"

#define PUBLIC_MAINTENANCE_AHEAD (14 * DAYS)

struct public_span {
    ns_t begin, until; /* wall */
};

struct public_maintenance {
    char *places;              /* "Markt (Garstedt), Rathaus (Mitte)"; "": the whole city */
    char *text_de, *text_en;   /* "": none in that language */
    struct public_span *spans; /* earliest first, at least one */
    size_t span_count;
};

struct public_maintenance_list {
    struct public_maintenance *items; /* as they begin */
    size_t count;
};

/* What of the list runs at `now` or begins within PUBLIC_MAINTENANCE_AHEAD, and concerns a published hotspot
 * of the inventory. Replaces *out. */
enum err public_maintenance_fill(const Nw__Announcements *from, const struct inventory *inventory, ns_t now,
                                 struct public_maintenance_list *out) NW_CHECKED;
void public_maintenance_fini(struct public_maintenance_list *list);

/* A panel; nothing if the list is empty. */
void public_maintenance_html(struct buf *out, const struct public_maintenance_list *list, enum language lang);
void public_maintenance_json(struct buf *out, const struct public_maintenance_list *list, ns_t now);

#endif
