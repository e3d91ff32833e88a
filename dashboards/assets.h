/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assets.h - the pieces of hardware behind a series table: the device that answered and, if it is a
 * controller, the access points in its table. Each is replaced, updated and supported on its own. Pure. */
#ifndef NW_DASHBOARDS_ASSETS_H
#define NW_DASHBOARDS_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/model/record.h"

/* Never NULL; "" = not known. What the agent says, cut to 255 bytes each. */
struct asset {
    const char *entity; /* the access point's row, "ap/<mac>"; "": the device itself */
    const char *name, *vendor, *model, *version, *serial;
    bool is_noted; /* history has this identity */
};

/* items[0] is the device itself, the others are sorted by entity. */
struct assets {
    struct asset *items;
    size_t count;
    char *texts; /* what the items point into */
};

/* Access points are the rows of kind "ap" that tell a model, a version or a serial number; the vendor is the
 * controller's where the row has none. Replaces what *a held before, unless the table tells nothing at all,
 * as that of a device that does not answer: then the last word holds. is_noted survives for those that say
 * the same as before. */
enum err assets_update(struct assets *a, const Nw__Table *t) NW_CHECKED;
void assets_fini(struct assets *a);

/* entity NULL or "": the device itself. NULL: there is none. */
const struct asset *assets_find(const struct assets *a, const char *entity);

#endif
