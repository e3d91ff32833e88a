/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_write.h - items of an inventory as YAML, one item a line, as inventory_load() reads them. What
 * equals a default is left out; texts may come from strangers.
 *
 *   buf_str(&out, "devices:\n");
 *   inventory_put_device(&out, &d);       - {id: "sw-1", address: "192.0.2.1", kind: switch}
 */
#ifndef NW_MODEL_INVENTORY_WRITE_H
#define NW_MODEL_INVENTORY_WRITE_H

#include "lib/base/buf.h"
#include "lib/model/inventory.h"

void inventory_put_item(struct buf *out, enum inventory_kind kind, const void *item);
void inventory_put_site(struct buf *out, const struct site *s);
void inventory_put_device(struct buf *out, const struct device *d);
void inventory_put_hotspot(struct buf *out, const struct hotspot *h);
void inventory_put_service(struct buf *out, const struct service *s);
void inventory_put_link(struct buf *out, const struct link *l);

/* An item to fill in, with the defaults that a file would give it. Everything in it is borrowed: set its
 * members to texts that live long enough, and free nothing. */
struct device inventory_blank_device(void);
struct hotspot inventory_blank_hotspot(void);

#endif
