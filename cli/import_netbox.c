/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_netbox.c - NetBox as a draft. Pure. */
#include "cli/import_netbox.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import_json.h"
#include "lib/base/strx.h"
#include "lib/model/draft_tree.h"

enum { SEED = 0x6e62 };

typedef enum err take_fn(struct netbox *n, const json_t *object);

struct netbox {
    struct draft *draft;
    struct draft_tree *tree;
    struct map *core_roles; /* keys of devices whose role speaks of the core */
    const char *core;
    size_t stage;
    char *next; /* the page after the last one, or NULL */
};

static take_fn take_site, take_device, take_interface, take_power_port;

static const struct {
    const char *path;
    take_fn *take;
} stages[] = {{"/api/dcim/sites/?limit=500", take_site},
              {"/api/dcim/devices/?limit=500&exclude=config_context", take_device},
              {"/api/dcim/interfaces/?connected=true&limit=500", take_interface},
              {"/api/dcim/power-ports/?connected=true&limit=500", take_power_port}};

/* ---- members ---- */

static bool id_of(const json_t *object, char out[IMPORT_TEXT_SIZE])
{
    return json_is_object(object) && import_json_member(object, "id", out);
}

/* {"value": "active", "label": …}, or the value itself. */
static void choice_of(const json_t *object, const char *key, char out[IMPORT_TEXT_SIZE])
{
    const json_t *value = json_object_get(object, key);

    import_json_text(json_is_object(value) ? json_object_get(value, "value") : value, out);
}

/* A custom field: a text or number, a choice, or another object, known by its id. */
static bool custom_of(const json_t *object, const char *name, char out[IMPORT_TEXT_SIZE])
{
    const json_t *fields = json_object_get(object, "custom_fields");
    char key[64];
    const json_t *value;

    snprintf(key, sizeof key, "netzwacht_%s", name);
    value = json_object_get(fields, key);
    if (json_is_object(value))
        value =
            json_object_get(value, "value") ? json_object_get(value, "value") : json_object_get(value, "id");
    return import_json_text(value, out);
}

static bool is_reference(const char *field)
{
    return strcmp(field, "uplink") == 0 || strcmp(field, "power") == 0 || strcmp(field, "device") == 0;
}

/* Every field of the inventory that a custom field speaks of; references by NetBox's id or by ours. */
static enum err put_custom(struct netbox *n, struct draft_item *item, const json_t *object)
{
    enum err e = ERR_OK;

    for (const struct conf_field *f = inventory_kinds[item->kind].schema->fields; !e && f->name; f++) {
        bool is_hotspot_id = item->kind == INVENTORY_HOTSPOT && strcmp(f->name, "id") == 0;
        char text[IMPORT_TEXT_SIZE];

        if (f->type == CONF_POSITION || f->type == CONF_LIST || strcmp(f->name, "source") == 0 ||
            strcmp(f->name, "site") == 0 || !custom_of(object, is_hotspot_id ? "hotspot" : f->name, text))
            continue;
        e = is_reference(f->name) ? draft_refer(item, f->name, text)
                                  : draft_put(n->draft, item, f->name, text);
    }
    return e;
}

/* ---- sites ---- */

static const char *const taken_sites[] = {"active", "staging", NULL};
static const char *const taken_devices[] = {"active", "failed", "offline", NULL};

static bool is_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static enum err new_item(struct netbox *n, enum inventory_kind kind, const json_t *object,
                         struct draft_item **out)
{
    char id[IMPORT_TEXT_SIZE], where[IMPORT_TEXT_SIZE + 32];
    enum err e;

    if (!id_of(object, id))
        return ERR_MALFORMED;
    snprintf(where, sizeof where, "NetBox %s %s", inventory_kinds[kind].word, id);
    e = draft_add(n->draft, kind, id, where, out);
    return e == ERR_EXISTS ? ERR_MALFORMED : e;
}

static enum err refuse_status(struct netbox *n, struct draft_item *item, const json_t *object,
                              const char *const *taken)
{
    char status[IMPORT_TEXT_SIZE];

    choice_of(object, "status", status);
    if (!*status || is_word(status, taken))
        return ERR_OK;
    return draft_refuse(n->draft, item, "its status is \"%.40s\"", status);
}

static enum err take_site(struct netbox *n, const json_t *object)
{
    struct draft_item *item;
    char slug[IMPORT_TEXT_SIZE];
    enum err e = new_item(n, INVENTORY_SITE, object, &item);

    if (e)
        return e;
    e = put_custom(n, item, object);
    if (!e)
        e = import_json_put(n->draft, item, "name", object, "name");
    if (!e)
        e = import_json_put(n->draft, item, "lat", object, "latitude");
    if (!e)
        e = import_json_put(n->draft, item, "lon", object, "longitude");
    if (!e && import_json_member(object, "slug", slug) && strx_is_id(slug))
        e = draft_guess(n->draft, item, "id", slug);
    return e ? e : refuse_status(n, item, object, taken_sites);
}

/* ---- devices ---- */

/* What a word in a role's or type's slug says of the kind; the first that fits. */
static const struct {
    const char *word, *kind;
} kind_words[] = {{"controller", "controller"},
                  {"wlc", "controller"},
                  {"ap", "ap"},
                  {"aps", "ap"},
                  {"accesspoint", "ap"},
                  {"point", "ap"},
                  {"wireless", "ap"},
                  {"wlan", "ap"},
                  {"wifi", "ap"},
                  {"hotspot", "ap"},
                  {"olt", "olt"},
                  {"ups", "ups"},
                  {"usv", "ups"},
                  {"router", "router"},
                  {"firewall", "router"},
                  {"switch", "switch"},
                  {"access", "switch"},
                  {"distribution", "switch"},
                  {"aggregation", "switch"},
                  {"spine", "switch"},
                  {"leaf", "switch"},
                  {"core", "switch"}};

static bool has_word(const char *slug, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = strstr(slug, word); p; p = strstr(p + 1, word))
        if ((p == slug || !isalnum((unsigned char)p[-1])) && !isalnum((unsigned char)p[len]))
            return true;
    return false;
}

static const char *kind_of_slug(const char *slug)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_words); i++)
        if (has_word(slug, kind_words[i].word))
            return kind_words[i].kind;
    return NULL;
}

/* "role" since 3.6, "device_role" before. */
static const json_t *role_of(const json_t *object)
{
    const json_t *role = json_object_get(object, "role");

    return json_is_object(role) ? role : json_object_get(object, "device_role");
}

static enum err put_kind(struct netbox *n, struct draft_item *item, const json_t *object)
{
    char role[IMPORT_TEXT_SIZE], type[IMPORT_TEXT_SIZE];
    const char *kind;
    enum err e;

    import_json_member(role_of(object), "slug", role);
    import_json_member(json_object_get(object, "device_type"), "slug", type);
    kind = kind_of_slug(role);
    if (!kind)
        kind = kind_of_slug(type);
    e = draft_guess(n->draft, item, "kind", kind);
    if (!e && has_word(role, "core"))
        e = map_set(n->core_roles, item->key, item, NULL);
    return e;
}

/* The address of 192.0.2.1/24. */
static enum err put_address(struct netbox *n, struct draft_item *item, const json_t *object)
{
    char address[IMPORT_TEXT_SIZE];

    if (draft_has(item, "address"))
        return ERR_OK;
    import_json_member(json_object_get(object, "primary_ip"), "address", address);
    address[strcspn(address, "/")] = '\0';
    return draft_put(n->draft, item, "address", address);
}

static enum err put_position(struct netbox *n, struct draft_item *item, const json_t *object)
{
    enum err e = import_json_put(n->draft, item, "lat", object, "latitude");

    return e ? e : import_json_put(n->draft, item, "lon", object, "longitude");
}

/* An access point without an agent of its own is a row of its controller: a hotspot, but no device of ours.
 */
static bool is_row(const json_t *object)
{
    char text[IMPORT_TEXT_SIZE];

    return (custom_of(object, "device", text) || custom_of(object, "entity", text)) &&
           !custom_of(object, "address", text) &&
           !import_json_member(json_object_get(object, "primary_ip"), "address", text);
}

static enum err take_row(struct netbox *n, const json_t *object)
{
    char id[IMPORT_TEXT_SIZE], site[IMPORT_TEXT_SIZE], where[IMPORT_TEXT_SIZE + 32];
    struct draft_item *item;
    enum err e;

    if (!id_of(object, id))
        return ERR_MALFORMED;
    id_of(json_object_get(object, "site"), site);
    snprintf(where, sizeof where, "NetBox device %s", id);
    e = import_add_hotspot(n->draft, id, where, site, NULL, &item);
    if (!e)
        e = put_custom(n, item, object);
    if (!e)
        e = import_json_put(n->draft, item, "name", object, "name");
    if (!e)
        e = put_position(n, item, object);
    if (!e)
        e = refuse_status(n, item, object, taken_devices);
    return e == ERR_EXISTS ? ERR_MALFORMED : e;
}

static enum err put_device(struct netbox *n, struct draft_item *item, const json_t *object)
{
    enum err e = put_custom(n, item, object);

    if (!e)
        e = import_json_put(n->draft, item, "name", object, "name");
    if (!e)
        e = import_json_put(n->draft, item, "serial", object, "serial");
    if (!e)
        e = import_json_put(n->draft, item, "model", json_object_get(object, "device_type"), "model");
    if (!e)
        e = put_address(n, item, object);
    return e ? e : put_kind(n, item, object);
}

/* The hotspot of an access point that is its own agent: power and uplink are the device's. */
static enum err take_own_hotspot(struct netbox *n, const struct draft_item *ap, const char *site,
                                 const json_t *object)
{
    char id[IMPORT_TEXT_SIZE];
    struct draft_item *item;
    enum err e = import_add_own_hotspot(n->draft, ap, site, &item);

    if (!e && custom_of(object, "hotspot", id))
        e = draft_put(n->draft, item, "id", id);
    return e ? e : put_position(n, item, object);
}

static enum err take_device(struct netbox *n, const json_t *object)
{
    char site[IMPORT_TEXT_SIZE] = "";
    const struct device *d;
    struct draft_item *item;
    enum err e;

    if (is_row(object))
        return take_row(n, object);
    e = new_item(n, INVENTORY_DEVICE, object, &item);
    if (e)
        return e;
    e = put_device(n, item, object);
    if (!e)
        e = refuse_status(n, item, object, taken_devices);
    d = item->values;
    if (!e && !item->is_refused && !d->address)
        e = draft_refuse(
            n->draft, item, "it has no primary IP%s",
            d->kind == DEVICE_AP ? ", and no netzwacht_entity, which says who it is at its controller" : "");
    if (!e && id_of(json_object_get(object, "site"), site))
        e = draft_refer(item, "site", site);
    return !e && d->kind == DEVICE_AP ? take_own_hotspot(n, item, site, object) : e;
}

/* ---- connections ---- */

/* The other end: "connected_endpoints" since 3.3, "connected_endpoint" before. */
static const json_t *far_end(const json_t *object)
{
    const json_t *ends = json_object_get(object, "connected_endpoints");

    return json_is_array(ends) ? json_array_get(ends, 0) : json_object_get(object, "connected_endpoint");
}

static bool is_connected_to(const json_t *object, const char *type)
{
    char found[IMPORT_TEXT_SIZE];

    return !import_json_member(object, "connected_endpoints_type", found) &&
                   !import_json_member(object, "connected_endpoint_type", found)
               ? true
               : strcmp(found, type) == 0;
}

static void port_of(const json_t *end, char out[IMPORT_TEXT_SIZE + 8])
{
    char name[IMPORT_TEXT_SIZE];

    *out = '\0';
    if (import_json_member(end, "name", name))
        snprintf(out, IMPORT_TEXT_SIZE + 8, "if/%s", name);
}

static enum err take_interface(struct netbox *n, const json_t *object)
{
    const json_t *far = far_end(object);
    char here[IMPORT_TEXT_SIZE], there[IMPORT_TEXT_SIZE], port[IMPORT_TEXT_SIZE + 8],
        far_port[IMPORT_TEXT_SIZE + 8];

    if (!id_of(json_object_get(object, "device"), here) || !id_of(json_object_get(far, "device"), there) ||
        !is_connected_to(object, "dcim.interface"))
        return ERR_OK; /* not connected, or to a circuit */
    port_of(object, port);
    port_of(far, far_port);
    return draft_tree_add(n->tree, here, port, there, far_port);
}

static enum err take_power_port(struct netbox *n, const json_t *object)
{
    const json_t *far = far_end(object);
    char here[IMPORT_TEXT_SIZE], there[IMPORT_TEXT_SIZE];
    struct draft_item *item;

    if (!id_of(json_object_get(object, "device"), here) || !id_of(json_object_get(far, "device"), there) ||
        !is_connected_to(object, "dcim.poweroutlet"))
        return ERR_OK;
    item = draft_find(n->draft, INVENTORY_DEVICE, here);
    if (!item)
        item = draft_find(n->draft, INVENTORY_HOTSPOT, here);
    return item ? draft_refer(item, "power", there) : ERR_OK;
}

/* ---- pages ---- */

static const char *token_header(const char *token)
{
    return strx_starts_with(token, "nbt_") ? "Authorization: Bearer "
                                           : "Authorization: Token "; /* v2 tokens: 4.5 */
}

static const char *next_page(void *ctx)
{
    struct netbox *n = ctx;

    if (n->next)
        return n->next;
    return n->stage < ARRAY_LEN(stages) ? stages[n->stage].path : NULL;
}

/* {"count": …, "next": URL or null, "results": […]} */
static enum err take_list(struct netbox *n, const json_t *root, char problem[IMPORT_PROBLEM_SIZE])
{
    const json_t *results = json_object_get(root, "results"), *object;
    const char *next = json_string_value(json_object_get(root, "next"));
    size_t i;
    enum err e = ERR_OK;

    if (!json_is_array(results) || (next && (json_array_size(results) == 0 || import_url_problem(next)))) {
        snprintf(problem, IMPORT_PROBLEM_SIZE,
                 "expected a list of NetBox, an object with results (and next, the URL of the next page)");
        return ERR_MALFORMED;
    }
    json_array_foreach((json_t *)results, i, object)
    {
        e = stages[n->stage].take(n, object);
        if (e)
            break;
    }
    if (e == ERR_MALFORMED)
        snprintf(problem, IMPORT_PROBLEM_SIZE, "result %zu has no id of its own", i + 1);
    if (e == ERR_LIMIT)
        snprintf(problem, IMPORT_PROBLEM_SIZE, "more than %d items", DRAFT_ITEMS_MAX);
    free(n->next);
    n->next = !e && next ? strdup(next) : NULL;
    return !e && next && !n->next ? ERR_NOMEM : e;
}

static enum err take_page(void *ctx, const char *body, size_t len, char problem[IMPORT_PROBLEM_SIZE])
{
    struct netbox *n = ctx;
    json_t *root = NULL;
    enum err e = import_json_parse(body, len, &root, problem);

    if (!e)
        e = take_list(n, root, problem);
    json_decref(root);
    if (!e && !n->next && ++n->stage == ARRAY_LEN(stages))
        e = import_hang(n->draft, n->tree, n->core, n->core_roles, "NetBox");
    return e;
}

enum err import_netbox_new(struct draft *draft, const char *core, struct netbox **out,
                           struct import_reader *reader)
{
    struct netbox *n = calloc(1, sizeof *n);
    enum err e = n ? draft_tree_new(&n->tree) : ERR_NOMEM;

    if (!e) {
        n->draft = draft;
        n->core = core;
        n->core_roles = map_new(SEED);
        e = n->core_roles ? ERR_OK : ERR_NOMEM;
    }
    if (e) {
        import_netbox_free(n);
        return e;
    }
    *reader = (struct import_reader){n, "NetBox", token_header, next_page, take_page, NULL};
    *out = n;
    return ERR_OK;
}

void import_netbox_free(struct netbox *n)
{
    if (!n)
        return;
    draft_tree_free(n->tree);
    map_free(n->core_roles, NULL);
    free(n->next);
    free(n);
}
