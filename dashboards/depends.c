/* SPDX-License-Identifier: GPL-3.0-or-later */
/* depends.c - what a hotspot depends on. Pure. */
#include "dashboards/depends.h"

void depends_each(const struct inventory *inventory, const struct hotspot *h, depends_fn *fn, void *ctx)
{
    size_t count;
    const struct device *devices = inventory_devices(inventory, &count);
    const struct device *own = inventory_device(inventory, h->device);
    const struct device *own_power = inventory_device(inventory, h->power);
    const struct device *v = own && !h->entity ? own : hotspot_uplink(inventory, h);

    if (h->entity && own)
        fn(ctx, (size_t)(own - devices));
    if (own_power && (!v || own_power != v))
        fn(ctx, (size_t)(own_power - devices));
    for (size_t depth = 0; v && depth < count; depth++) {
        const struct device *power = inventory_device(inventory, v->power);
        fn(ctx, (size_t)(v - devices));
        if (power && power != own_power && power->kind == DEVICE_UPS)
            fn(ctx, (size_t)(power - devices));
        v = inventory_device(inventory, v->uplink);
    }
}
