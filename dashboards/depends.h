/* SPDX-License-Identifier: GPL-3.0-or-later */
/* depends.h - what a hotspot depends on: the devices on its way to the core, its controller, and what powers
 * it and them. Pure. */
#ifndef NW_DASHBOARDS_DEPENDS_H
#define NW_DASHBOARDS_DEPENDS_H

#include <stddef.h>

#include "lib/model/inventory.h"

/* device: index in the inventory. A device that serves two purposes may come twice. */
typedef void depends_fn(void *ctx, size_t device);
void depends_each(const struct inventory *inventory, const struct hotspot *h, depends_fn *fn, void *ctx);

#endif
