/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relations.c - see relations.h. Pure. */
#include "dashboards/relations.h"

#include <stdbool.h>
#include <stdlib.h>

#include "dashboards/depends.h"

static size_t index_of(const struct inventory *inventory, const struct device *v)
{
    return v ? (size_t)(v - inventory_devices(inventory, &(size_t){0})) : REL_NONE;
}

struct listing {
    struct relations *r;
    bool is_full; /* out of memory */
};

static void list_device(void *ctx, size_t device)
{
    struct listing *l = ctx;
    struct relations *r = l->r;

    if (r->depends_count == r->depends_cap) {
        size_t cap = r->depends_cap ? 2 * r->depends_cap : 256;
        size_t *grown = realloc(r->depends, cap * sizeof *grown);
        if (!grown) {
            l->is_full = true;
            return;
        }
        r->depends = grown;
        r->depends_cap = cap;
    }
    r->depends[r->depends_count++] = device;
    r->devices[device].hotspots++;
}

static enum err relate_hotspot(struct relations *r, const struct inventory *inventory,
                               const struct hotspot *h, struct rel_hotspot *out)
{
    struct listing listing = {.r = r};

    *out = (struct rel_hotspot){.site = inventory_site(inventory, h->site),
                                .district_id = hotspot_district_id(inventory, h),
                                .at = hotspot_position(inventory, h),
                                .device = index_of(inventory, inventory_device(inventory, h->device)),
                                .uplink = index_of(inventory, hotspot_uplink(inventory, h)),
                                .power = index_of(inventory, inventory_device(inventory, h->power)),
                                .first = r->depends_count};
    out->district = inventory_district(inventory, out->district_id);
    depends_each(inventory, h, list_device, &listing);
    out->count = r->depends_count - out->first;
    return listing.is_full ? ERR_NOMEM : ERR_OK;
}

enum err relations_new(const struct inventory *inventory, struct relations **out)
{
    struct relations *r = calloc(1, sizeof *r);
    size_t hotspot_count, device_count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &hotspot_count);
    const struct device *devices = inventory_devices(inventory, &device_count);
    enum err e = ERR_OK;

    if (!r)
        return ERR_NOMEM;
    r->hotspots = calloc(hotspot_count + 1, sizeof *r->hotspots);
    r->devices = calloc(device_count + 1, sizeof *r->devices);
    if (!r->hotspots || !r->devices)
        e = ERR_NOMEM;
    for (size_t i = 0; e == ERR_OK && i < device_count; i++)
        r->devices[i] =
            (struct rel_device){.site = inventory_site(inventory, devices[i].site),
                                .uplink = index_of(inventory, inventory_device(inventory, devices[i].uplink)),
                                .power = index_of(inventory, inventory_device(inventory, devices[i].power))};
    for (size_t i = 0; e == ERR_OK && i < hotspot_count; i++)
        e = relate_hotspot(r, inventory, &hotspots[i], &r->hotspots[i]);
    if (e) {
        relations_free(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

void relations_free(struct relations *r)
{
    if (!r)
        return;
    free(r->hotspots);
    free(r->devices);
    free(r->depends);
    free(r);
}
