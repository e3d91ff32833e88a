/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_write.c - items of an inventory as YAML. Pure. */
#include "lib/model/inventory_write.h"

#include <string.h>

#include "lib/runtime/conf_write.h"

static void put_item(struct buf *out, const struct conf_schema *schema, const void *item)
{
    buf_str(out, "  - ");
    conf_put(out, schema, item);
    buf_str(out, "\n");
}

/* inventory_load() calls the nameless by their id; NULL leaves such a name out again. */
static char *given_name(char *name, const char *id)
{
    return name && strcmp(name, id) == 0 ? NULL : name;
}

void inventory_put_site(struct buf *out, const struct site *s)
{
    put_item(out, &site_schema, s);
}

void inventory_put_device(struct buf *out, const struct device *d)
{
    struct device copy = *d;

    copy.name = given_name(d->name, d->id);
    put_item(out, &device_schema, &copy);
}

void inventory_put_hotspot(struct buf *out, const struct hotspot *h)
{
    put_item(out, &hotspot_schema, h);
}

void inventory_put_service(struct buf *out, const struct service *s)
{
    struct service copy = *s;

    copy.name = given_name(s->name, s->id);
    put_item(out, &service_schema, &copy);
}

void inventory_put_link(struct buf *out, const struct link *l)
{
    put_item(out, &link_schema, l);
}

void inventory_put_item(struct buf *out, enum inventory_kind kind, const void *item)
{
    switch (kind) {
    case INVENTORY_SITE: inventory_put_site(out, item); break;
    case INVENTORY_DEVICE: inventory_put_device(out, item); break;
    case INVENTORY_HOTSPOT: inventory_put_hotspot(out, item); break;
    case INVENTORY_SERVICE: inventory_put_service(out, item); break;
    case INVENTORY_LINK: inventory_put_link(out, item); break;
    case INVENTORY_KINDS: break;
    }
}

struct device inventory_blank_device(void)
{
    return (struct device){.port = 161, .kind = DEVICE_OTHER};
}

struct hotspot inventory_blank_hotspot(void)
{
    return (struct hotspot){
        .height_m = 5, .environment = ENV_OUTDOOR, .is_published = true, .is_probed = true};
}
