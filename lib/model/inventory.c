/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.c - reads the inventory and checks it as a whole. Pure apart from reading files. */
#include "lib/model/inventory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"

struct inventory_file {
    struct conf_list sites, devices, hotspots, services, links;
};

static const struct conf_field file_fields[] = {
    CONF_LIST_FIELD(struct inventory_file, sites, &site_schema),
    CONF_LIST_FIELD(struct inventory_file, devices, &device_schema),
    CONF_LIST_FIELD(struct inventory_file, hotspots, &hotspot_schema),
    CONF_LIST_FIELD(struct inventory_file, services, &service_schema),
    CONF_LIST_FIELD(struct inventory_file, links, &link_schema),
    CONF_END};
static const struct conf_schema file_schema = CONF_SCHEMA(struct inventory_file, file_fields);

struct inventory {
    const struct inventory_overlay *overlay; /* while loading; NULL = none, or it has been read */
    struct inventory_file all;               /* the lists of all files, one behind the other */
    struct district_list districts;
    /* id -> item; items live in the lists above */
    struct map *by_district, *by_site, *by_device, *by_hotspot, *by_service, *by_link;
};

enum { MAP_SEED = 0x6e77 }; /* ids are the operator's, not a stranger's: a fixed seed is fine */

/* ---- files ---- */

/* Moves the items of more behind those of list. */
static enum err append_list(struct conf_list *list, struct conf_list *more, size_t size)
{
    char *grown;

    if (more->count == 0)
        return ERR_OK;
    grown = realloc(list->items, (list->count + more->count) * size);
    if (!grown)
        return ERR_NOMEM;
    memcpy(grown + list->count * size, more->items, more->count * size);
    list->items = grown;
    list->count += more->count;
    free(more->items);
    *more = (struct conf_list){0};
    return ERR_OK;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return strcmp(a, b) == 0 ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static enum err load_file(struct inventory *inv, const char *path, struct conf_report *report)
{
    const struct inventory_overlay *over = inv->overlay;
    struct inventory_file file;
    enum err e;

    if (over && is_same_file(over->path, path)) {
        inv->overlay = NULL;
        e = conf_read(path, over->text, over->len, &file_schema, &file, report);
    } else {
        e = conf_read_file(path, &file_schema, &file, report);
    }
    if (e == ERR_NOMEM)
        return e;
    e = ERR_OK; /* what is wrong stands in the report; keep what could be read, so that references resolve */
    for (const struct conf_field *f = file_fields; !e && f->name; f++)
        e = append_list((struct conf_list *)((char *)&inv->all + f->offset),
                        (struct conf_list *)((char *)&file + f->offset), f->sub->size);
    conf_free(&file_schema, &file);
    return e;
}

static int is_yaml_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strx_ends_with(entry->d_name, ".yaml");
}

static enum err load_directory(struct inventory *inv, const char *path, struct conf_report *report)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_yaml_file, alphasort);
    enum err e = ERR_OK;

    if (count < 0) {
        conf_report_add(report, (struct conf_pos){conf_report_file(report, path), 1, 1},
                        "the directory cannot be read");
        return ERR_OK;
    }
    for (int i = 0; i < count; i++) {
        char *file = e ? NULL : strx_printf("%s/%s", path, entries[i]->d_name);
        if (!e)
            e = file ? load_file(inv, file, report) : ERR_NOMEM;
        free(file);
        free(entries[i]);
    }
    free(entries);
    return e;
}

static enum err load_path(struct inventory *inv, const char *path, struct conf_report *report)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return load_directory(inv, path, report);
    return load_file(inv, path, report);
}

/* ---- the check as a whole ---- */

static enum err index_item(struct map *m, const char *what, char *id, void *item, struct conf_pos at,
                           struct conf_report *report)
{
    if (!id)
        return ERR_OK; /* reported as missing already */
    if (map_get(m, id)) {
        conf_report_add(report, at, "the %s id \"%s\" stands here a second time; ids must be unique", what,
                        id);
        return ERR_OK;
    }
    return map_set(m, id, item, NULL);
}

#define INDEX_LIST(type, list, map_, what)                                                                   \
    for (size_t i = 0; !e && i < (list).count; i++) {                                                        \
        type *item = (type *)(list).items + i;                                                               \
        e = index_item((map_), (what), item->id, item, item->at, report);                                    \
    }

static enum err build_index(struct inventory *inv, struct conf_report *report)
{
    struct map **maps[] = {&inv->by_district, &inv->by_site,    &inv->by_device,
                           &inv->by_hotspot,  &inv->by_service, &inv->by_link};
    enum err e = ERR_OK;

    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        *maps[i] = map_new(MAP_SEED);
        if (!*maps[i])
            return ERR_NOMEM;
    }
    for (size_t i = 0; !e && i < inv->districts.count; i++) /* one that stands twice has been reported */
        e = inv->districts.items[i].id
                ? map_set(inv->by_district, inv->districts.items[i].id, &inv->districts.items[i], NULL)
                : ERR_OK;
    INDEX_LIST(struct site, inv->all.sites, inv->by_site, "site")
    INDEX_LIST(struct device, inv->all.devices, inv->by_device, "device")
    INDEX_LIST(struct hotspot, inv->all.hotspots, inv->by_hotspot, "hotspot")
    INDEX_LIST(struct service, inv->all.services, inv->by_service, "service")
    INDEX_LIST(struct link, inv->all.links, inv->by_link, "link")
    return e;
}

static void check_reference(const struct map *m, const char *id, const char *key, const char *what,
                            struct conf_pos at, struct conf_report *report)
{
    if (id && !map_get(m, id))
        conf_report_add(report, at, "%s: there is no %s \"%s\" in the inventory", key, what, id);
}

static bool reaches_itself(const struct inventory *inv, const struct device *d)
{
    const struct device *slow = d, *fast = d;

    /* Two runners: the fast one meets the slow one exactly if the chain of uplinks is a circle. */
    for (;;) {
        for (int step = 0; step < 2; step++) {
            fast = inventory_device(inv, fast->uplink);
            if (!fast)
                return false;
        }
        slow = inventory_device(inv, slow->uplink);
        if (fast == slow)
            return true;
    }
}

static void check_devices(const struct inventory *inv, struct conf_report *report)
{
    const struct device *devices = inv->all.devices.items;

    for (size_t i = 0; i < inv->all.devices.count; i++) {
        const struct device *d = &devices[i];
        check_reference(inv->by_site, d->site, "site", "site", d->at, report);
        check_reference(inv->by_device, d->uplink, "uplink", "device", d->at, report);
        check_reference(inv->by_device, d->power, "power", "device", d->at, report);
        if (reaches_itself(inv, d))
            conf_report_add(report, d->at,
                            "the uplinks of \"%s\" run in a circle; put redundant uplinks under links",
                            d->id ? d->id : "?");
    }
}

bool entity_is_access_point(const char *entity)
{
    if (!entity || !strx_starts_with(entity, "ap/") || strlen(entity) != strlen("ap/00:00:00:00:00:00"))
        return false;
    for (size_t i = 0; i < 17; i++)
        if (i % 3 == 2 ? entity[3 + i] != ':' : !strchr("0123456789abcdef", entity[3 + i]))
            return false;
    return true;
}

static void check_references(const struct inventory *inv, struct conf_report *report)
{
    const struct site *sites = inv->all.sites.items;
    const struct hotspot *hotspots = inv->all.hotspots.items;
    const struct service *services = inv->all.services.items;
    const struct link *links = inv->all.links.items;

    for (size_t i = 0; inv->districts.count && i < inv->all.sites.count; i++)
        check_reference(inv->by_district, sites[i].district, "district", "district", sites[i].at, report);
    for (size_t i = 0; i < inv->all.hotspots.count; i++) {
        const struct hotspot *h = &hotspots[i];
        if (!h->device && !entity_is_access_point(h->entity))
            conf_report_add(report, h->at,
                            "a hotspot needs its device, or an entity that any controller may list: "
                            "\"ap/<base MAC in lower case>\"");
        check_reference(inv->by_site, h->site, "site", "site", h->at, report);
        check_reference(inv->by_device, h->device, "device", "device", h->at, report);
        check_reference(inv->by_device, h->uplink, "uplink", "device", h->at, report);
        check_reference(inv->by_device, h->power, "power", "device", h->at, report);
    }
    for (size_t i = 0; i < inv->all.services.count; i++)
        check_reference(inv->by_site, services[i].site, "site", "site", services[i].at, report);
    for (size_t i = 0; i < inv->all.links.count; i++) {
        check_reference(inv->by_device, links[i].from, "from", "device", links[i].at, report);
        check_reference(inv->by_device, links[i].to, "to", "device", links[i].at, report);
    }
    check_devices(inv, report);
}

/* A device or service without a name is called by its id. */
static enum err name_nameless(struct inventory *inv)
{
    struct device *devices = inv->all.devices.items;
    struct service *services = inv->all.services.items;

    for (size_t i = 0; i < inv->all.devices.count; i++)
        if (!devices[i].name && devices[i].id && !(devices[i].name = strdup(devices[i].id)))
            return ERR_NOMEM;
    for (size_t i = 0; i < inv->all.services.count; i++)
        if (!services[i].name && services[i].id && !(services[i].name = strdup(services[i].id)))
            return ERR_NOMEM;
    return ERR_OK;
}

enum err inventory_load(const char *const *paths, size_t path_count, const char *districts_path,
                        struct conf_report *report, struct inventory **out)
{
    return inventory_load_with(paths, path_count, districts_path, NULL, report, out);
}

enum err inventory_load_with(const char *const *paths, size_t path_count, const char *districts_path,
                             const struct inventory_overlay *overlay, struct conf_report *report,
                             struct inventory **out)
{
    struct inventory *inv = calloc(1, sizeof *inv);
    size_t before = conf_report_count(report);
    enum err e = inv ? ERR_OK : ERR_NOMEM;

    if (inv)
        inv->overlay = overlay;
    for (size_t i = 0; !e && i < path_count; i++)
        e = load_path(inv, paths[i], report);
    if (!e && inv->overlay)
        e = load_file(inv, overlay->path, report);
    if (!e && districts_path)
        e = districts_read_file(districts_path, NULL, report, &inv->districts);
    if (e == ERR_CONFIG)
        e = ERR_OK; /* it stands in the report; go on to find more */
    if (!e)
        e = name_nameless(inv);
    if (!e)
        e = build_index(inv, report);
    if (!e)
        check_references(inv, report);
    if (!e && conf_report_count(report) > before)
        e = ERR_CONFIG;
    if (e) {
        inventory_free(inv);
        return e;
    }
    *out = inv;
    return ERR_OK;
}

void inventory_free(struct inventory *inv)
{
    if (!inv)
        return;
    districts_fini(&inv->districts);
    map_free(inv->by_district, NULL);
    map_free(inv->by_site, NULL);
    map_free(inv->by_device, NULL);
    map_free(inv->by_hotspot, NULL);
    map_free(inv->by_service, NULL);
    map_free(inv->by_link, NULL);
    conf_free(&file_schema, &inv->all);
    free(inv);
}

/* ---- looking things up ---- */

const struct district *inventory_districts(const struct inventory *inv, size_t *count)
{
    *count = inv->districts.count;
    return inv->districts.items;
}

#define LIST_GETTER(type, function, list)                                                                    \
    const struct type *function(const struct inventory *inv, size_t *count)                                  \
    {                                                                                                        \
        *count = inv->all.list.count;                                                                        \
        return inv->all.list.items;                                                                          \
    }
LIST_GETTER(site, inventory_sites, sites)
LIST_GETTER(device, inventory_devices, devices)
LIST_GETTER(hotspot, inventory_hotspots, hotspots)
LIST_GETTER(service, inventory_services, services)
LIST_GETTER(link, inventory_links, links)

const void *inventory_items(const struct inventory *inv, enum inventory_kind kind, size_t *count)
{
    const struct conf_list *lists[INVENTORY_KINDS] = {&inv->all.sites, &inv->all.devices, &inv->all.hotspots,
                                                      &inv->all.services, &inv->all.links};

    *count = lists[kind]->count;
    return lists[kind]->items;
}

#define ID_GETTER(type, function, map_)                                                                      \
    const struct type *function(const struct inventory *inv, const char *id)                                 \
    {                                                                                                        \
        return id ? map_get(inv->map_, id) : NULL;                                                           \
    }
ID_GETTER(district, inventory_district, by_district)
ID_GETTER(site, inventory_site, by_site)
ID_GETTER(device, inventory_device, by_device)
ID_GETTER(hotspot, inventory_hotspot, by_hotspot)
ID_GETTER(service, inventory_service, by_service)

struct geo_point hotspot_position(const struct inventory *inv, const struct hotspot *h)
{
    const struct site *s = inventory_site(inv, h->site);

    if ((h->lat != 0 || h->lon != 0) || !s)
        return (struct geo_point){h->lat, h->lon};
    return (struct geo_point){s->lat, s->lon};
}

const struct device *hotspot_uplink(const struct inventory *inv, const struct hotspot *h)
{
    const struct device *own = inventory_device(inv, h->device);

    if (h->uplink)
        return inventory_device(inv, h->uplink);
    return own ? inventory_device(inv, own->uplink) : NULL;
}

const char *hotspot_district_id(const struct inventory *inv, const struct hotspot *h)
{
    const struct site *s = inventory_site(inv, h->site);

    return s && s->district ? s->district : "";
}
