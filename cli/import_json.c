/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_json.c - jansson with bounds. Pure. */
#include "cli/import_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"

enum err import_json_parse(const char *text, size_t len, json_t **out, char problem[IMPORT_JSON_PROBLEM])
{
    json_error_t error;
    json_t *root;

    if (strx_is_nested(text, len,
                       IMPORT_JSON_DEPTH)) { /* jansson allows 2048; nothing that we read has ten */
        snprintf(problem, IMPORT_JSON_PROBLEM, "JSON nested deeper than %d levels", IMPORT_JSON_DEPTH);
        return ERR_LIMIT;
    }
    root = json_loadb(text, len, 0, &error);
    if (!root) {
        snprintf(problem, IMPORT_JSON_PROBLEM, "no JSON, or cut off: line %d, column %d: %s", error.line,
                 error.column, error.text);
        return ERR_MALFORMED;
    }
    *out = root;
    return ERR_OK;
}

bool import_json_text(const json_t *value, char out[IMPORT_TEXT_SIZE])
{
    const char *text = json_string_value(value);

    *out = '\0';
    if (text && strlen(text) == json_string_length(value) && strlen(text) < IMPORT_TEXT_SIZE)
        strx_copy(out, IMPORT_TEXT_SIZE, text);
    else if (json_is_integer(value))
        snprintf(out, IMPORT_TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(out, IMPORT_TEXT_SIZE, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        strx_copy(out, IMPORT_TEXT_SIZE, json_is_true(value) ? "true" : "false");
    return *out;
}

bool import_json_member(const json_t *object, const char *key, char out[IMPORT_TEXT_SIZE])
{
    return import_json_text(json_object_get(object, key), out);
}

enum err import_json_put(struct draft *draft, struct draft_item *item, const char *field,
                         const json_t *object, const char *key)
{
    char text[IMPORT_TEXT_SIZE];

    import_json_member(object, key, text);
    return draft_put(draft, item, field, text);
}

enum err import_add_hotspot(struct draft *draft, const char *key, const char *where, const char *site,
                            const char *controller, struct draft_item **out)
{
    enum err e = draft_add(draft, INVENTORY_HOTSPOT, key, where, out);

    if (!e)
        e = draft_refer(*out, "site", site);
    return e ? e : draft_refer(*out, "device", controller);
}

enum err import_add_own_hotspot(struct draft *draft, const struct draft_item *ap, const char *site,
                                struct draft_item **out)
{
    enum err e = import_add_hotspot(draft, ap->key, ap->where, site, ap->key, out);

    if (e)
        return e;
    (*out)->is_refused = ap->is_refused;
    return draft_guess(draft, *out, "name", draft_text(ap->kind, ap->values, "name"));
}

static bool is_called(const struct draft_item *item, const char *hint)
{
    const struct device *d = item->values;
    char made[STRX_ID_SIZE];

    strx_make_id(d->name ? d->name : "", made);
    return strcmp(item->key, hint) == 0 || strcmp(made, hint) == 0 || (d->id && strcmp(d->id, hint) == 0) ||
           (d->name && strcasecmp(d->name, hint) == 0);
}

static struct draft_item *find_core(const struct draft *draft, const char *hint, const struct map *core_roles)
{
    struct draft_item *found = NULL;
    const char *key;

    for (size_t i = 0; i < draft->count; i++) {
        struct draft_item *item = draft->items[i];

        if (item->kind != INVENTORY_DEVICE)
            continue;
        if (((const struct device *)item->values)->is_core)
            return item;
        if (hint && is_called(item, hint))
            found = item;
    }
    if (!found && map_count(core_roles) == 1 && map_at(core_roles, 0, &key))
        found = draft_find(draft, INVENTORY_DEVICE, key);
    return found;
}

enum err import_hang(struct draft *draft, struct draft_tree *tree, const char *hint,
                     const struct map *core_roles, const char *system)
{
    struct draft_item *core = find_core(draft, hint, core_roles);
    enum err e;

    if (!core)
        return draft_remark(draft, false, system,
                            "no uplinks are taken: name the device that the monitor hangs on with --core");
    e = draft_guess(draft, core, "core", "true");
    return e ? e : draft_tree_apply(tree, draft, core->key);
}
