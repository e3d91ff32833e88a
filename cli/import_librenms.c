/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_librenms.c - LibreNMS as a draft. Numbers come as numbers or as texts, by version. Pure. */
#include "cli/import_librenms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import_json.h"
#include "lib/base/strx.h"
#include "lib/model/draft_tree.h"

enum { SEED = 0x6c6e };

typedef enum err take_fn(struct librenms *l, const json_t *object);

struct librenms {
    struct draft *draft;
    struct draft_tree *tree;
    struct map *ports; /* port_id -> malloc'ed ifName */
    struct map *core_roles;
    const char *core;
    size_t stage, strangers, other_versions;
};

static take_fn take_location, take_device, take_port, take_link;

static const struct {
    const char *path, *list;
    take_fn *take;
} stages[] = {{"/api/v0/resources/locations", "locations", take_location},
              {"/api/v0/devices", "devices", take_device},
              {"/api/v0/ports?columns=port_id%2Cdevice_id%2CifName", "ports", take_port},
              {"/api/v0/resources/links", "links", take_link}};

/* ---- locations and devices ---- */

static enum err new_item(struct librenms *l, enum inventory_kind kind, const char *what, const json_t *object,
                         const char *key, struct draft_item **out)
{
    char id[IMPORT_TEXT_SIZE], where[IMPORT_TEXT_SIZE + 32];
    enum err e;

    if (!import_json_member(object, key, id))
        return ERR_MALFORMED;
    snprintf(where, sizeof where, "LibreNMS %s %s", what, id);
    e = draft_add(l->draft, kind, id, where, out);
    return e == ERR_EXISTS ? ERR_MALFORMED : e;
}

static enum err take_location(struct librenms *l, const json_t *object)
{
    struct draft_item *item;
    enum err e = new_item(l, INVENTORY_SITE, "location", object, "id", &item);

    if (!e)
        e = import_json_put(l->draft, item, "name", object, "location");
    if (!e)
        e = import_json_put(l->draft, item, "lat", object, "lat");
    return e ? e : import_json_put(l->draft, item, "lon", object, "lng");
}

/* LibreNMS's names of operating systems, where its type does not tell. */
static const struct {
    const char *os, *kind;
} systems[] = {{"airespace", "controller"},
               {"ciscowlc", "controller"},
               {"arubaos", "controller"},
               {"ruckuswireless", "controller"},
               {"ruckuswireless-sz", "controller"},
               {"ruckuswireless-zd", "controller"},
               {"fortiwlc", "controller"},
               {"unifi", "ap"},
               {"aruba-instant", "ap"},
               {"ruckuswireless-hotzone", "ap"},
               {"iosxr", "router"},
               {"routeros", "router"},
               {"vyos", "router"},
               {"calix", "olt"},
               {"vsolution", "olt"},
               {"smartax", "olt"},
               {"zhone", "olt"}};

static const char *kind_of(const json_t *object)
{
    char os[IMPORT_TEXT_SIZE], type[IMPORT_TEXT_SIZE];

    import_json_member(object, "os", os);
    import_json_member(object, "type", type);
    for (size_t i = 0; i < ARRAY_LEN(systems); i++)
        if (strcmp(systems[i].os, os) == 0)
            return systems[i].kind;
    if (strcmp(type, "wireless") == 0)
        return "ap";
    if (strcmp(type, "network") == 0)
        return "switch";
    if (strcmp(type, "power") == 0)
        return "ups";
    return strcmp(type, "firewall") == 0 ? "router" : NULL;
}

static bool is_true(const json_t *object, const char *key)
{
    char text[IMPORT_TEXT_SIZE];

    import_json_member(object, key, text);
    return strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
}

static enum err put_first(struct librenms *l, struct draft_item *item, const char *field,
                          const json_t *object, const char *const *keys)
{
    enum err e = ERR_OK;

    for (; !e && *keys && !draft_has(item, field); keys++)
        e = import_json_put(l->draft, item, field, object, *keys);
    return e;
}

static enum err put_device(struct librenms *l, struct draft_item *item, const json_t *object)
{
    static const char *const names[] = {"sysName", "hostname", NULL};
    static const char *const addresses[] = {"overwrite_ip", "hostname", NULL};
    enum err e = put_first(l, item, "name", object, names);

    if (!e)
        e = put_first(l, item, "address", object, addresses);
    if (!e)
        e = import_json_put(l->draft, item, "port", object, "port");
    if (!e)
        e = import_json_put(l->draft, item, "model", object, "hardware");
    if (!e)
        e = import_json_put(l->draft, item, "serial", object, "serial");
    return e ? e : draft_guess(l->draft, item, "kind", kind_of(object));
}

static enum err take_device(struct librenms *l, const json_t *object)
{
    char site[IMPORT_TEXT_SIZE], version[IMPORT_TEXT_SIZE];
    struct draft_item *item, *hotspot;
    enum err e = new_item(l, INVENTORY_DEVICE, "device", object, "device_id", &item);

    if (!e)
        e = put_device(l, item, object);
    if (!e && is_true(object, "disabled"))
        e = draft_refuse(l->draft, item, "it is disabled there");
    else if (!e && is_true(object, "snmp_disable"))
        e = draft_refuse(l->draft, item, "it is not asked over SNMP there");
    if (e)
        return e;
    import_json_member(object, "location_id", site);
    import_json_member(object, "snmpver", version);
    l->other_versions += *version && strcmp(version, "v2c") != 0;
    e = draft_refer(item, "site", site);
    if (!e && ((const struct device *)item->values)->kind == DEVICE_AP)
        e = import_add_own_hotspot(l->draft, item, site, &hotspot);
    return e;
}

/* ---- neighbours ---- */

static enum err take_port(struct librenms *l, const json_t *object)
{
    char id[IMPORT_TEXT_SIZE], name[IMPORT_TEXT_SIZE];
    char *entity;
    void *old = NULL;
    enum err e;

    if (!import_json_member(object, "port_id", id))
        return ERR_MALFORMED;
    if (!import_json_member(object, "ifName", name))
        return ERR_OK;
    if (map_count(l->ports) == 4 * (size_t)DRAFT_ITEMS_MAX)
        return ERR_LIMIT;
    entity = strx_printf("if/%s", name);
    e = entity ? map_set(l->ports, id, entity, &old) : ERR_NOMEM;
    free(e ? entity : old);
    return e;
}

static const char *port_of(const struct librenms *l, const json_t *object, const char *key)
{
    char id[IMPORT_TEXT_SIZE];

    return import_json_member(object, key, id) ? map_get(l->ports, id) : NULL;
}

/* A neighbour that LibreNMS does not have as a device has no id there (0 or null); one that it does not see
 * any more is not active. */
static enum err take_link(struct librenms *l, const json_t *object)
{
    char here[IMPORT_TEXT_SIZE], there[IMPORT_TEXT_SIZE];

    if (json_object_get(object, "active") && !is_true(object, "active"))
        return ERR_OK;
    if (!import_json_member(object, "local_device_id", here))
        return ERR_MALFORMED;
    if (!import_json_member(object, "remote_device_id", there) || strcmp(there, "0") == 0) {
        l->strangers++;
        return ERR_OK;
    }
    return draft_tree_add(l->tree, here, port_of(l, object, "local_port_id"), there,
                          port_of(l, object, "remote_port_id"));
}

static enum err finish(struct librenms *l)
{
    enum err e = import_hang(l->draft, l->tree, l->core, l->core_roles, "LibreNMS");

    if (!e && l->strangers)
        e = draft_remark(l->draft, false, "LibreNMS", "%zu neighbours are no devices there; left out",
                         l->strangers);
    if (!e && l->other_versions)
        e = draft_remark(
            l->draft, false, "LibreNMS",
            "%zu devices are asked with another version than SNMP v2c there; credentials are not taken "
            "over, name yours with --credentials or in the inventory",
            l->other_versions);
    return e;
}

/* ---- pages ---- */

static const char *token_header(const char *token)
{
    (void)token;
    return "X-Auth-Token: ";
}

static const char *next_page(void *ctx)
{
    const struct librenms *l = ctx;

    return l->stage < ARRAY_LEN(stages) ? stages[l->stage].path : NULL;
}

/* {"status": "ok", "devices": […], "count": …} */
static enum err take_list(struct librenms *l, const json_t *root, char problem[IMPORT_PROBLEM_SIZE])
{
    const json_t *list = json_object_get(root, stages[l->stage].list), *object;
    char status[IMPORT_TEXT_SIZE];
    size_t i;
    enum err e = ERR_OK;

    import_json_member(root, "status", status);
    if (!json_is_array(list) || strcmp(status, "ok") != 0) {
        snprintf(problem, IMPORT_PROBLEM_SIZE, "expected an answer of LibreNMS, status ok and a list of %s",
                 stages[l->stage].list);
        return ERR_MALFORMED;
    }
    json_array_foreach((json_t *)list, i, object)
    {
        e = stages[l->stage].take(l, object);
        if (e)
            break;
    }
    if (e == ERR_MALFORMED)
        snprintf(problem, IMPORT_PROBLEM_SIZE, "number %zu of %s has no id of its own", i + 1,
                 stages[l->stage].list);
    if (e == ERR_LIMIT)
        snprintf(problem, IMPORT_PROBLEM_SIZE, "more than %d items", DRAFT_ITEMS_MAX);
    return e;
}

static enum err take_page(void *ctx, const char *body, size_t len, char problem[IMPORT_PROBLEM_SIZE])
{
    struct librenms *l = ctx;
    json_t *root = NULL;
    enum err e = import_json_parse(body, len, &root, problem);

    if (!e)
        e = take_list(l, root, problem);
    json_decref(root);
    if (!e && ++l->stage == ARRAY_LEN(stages))
        e = finish(l);
    return e;
}

/* No location at all is a 404 with this text (list_locations() of its API). */
static enum err take_nothing(void *ctx, const char *body, size_t len)
{
    struct librenms *l = ctx;
    char problem[IMPORT_JSON_PROBLEM], message[IMPORT_TEXT_SIZE] = "";
    json_t *root = NULL;
    enum err e = import_json_parse(body, len, &root, problem);

    if (!e)
        import_json_member(root, "message", message);
    json_decref(root);
    if (e || stages[l->stage].take != take_location || strcmp(message, "Locations do not exist") != 0)
        return ERR_NOT_FOUND;
    l->stage++;
    return ERR_OK;
}

enum err import_librenms_new(struct draft *draft, const char *core, struct librenms **out,
                             struct import_reader *reader)
{
    struct librenms *l = calloc(1, sizeof *l);
    enum err e = l ? draft_tree_new(&l->tree) : ERR_NOMEM;

    if (!e) {
        l->draft = draft;
        l->core = core;
        l->ports = map_new(SEED);
        l->core_roles = map_new(SEED); /* there are none there */
        e = l->ports && l->core_roles ? ERR_OK : ERR_NOMEM;
    }
    if (e) {
        import_librenms_free(l);
        return e;
    }
    *reader = (struct import_reader){l, "LibreNMS", token_header, next_page, take_page, take_nothing};
    *out = l;
    return ERR_OK;
}

void import_librenms_free(struct librenms *l)
{
    if (!l)
        return;
    draft_tree_free(l->tree);
    map_free(l->ports, free);
    map_free(l->core_roles, NULL);
    free(l);
}
