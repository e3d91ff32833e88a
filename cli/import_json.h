/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_json.h - JSON of other systems, within bounds, and what its readers (NetBox, LibreNMS) share:
 * members that are a number here and a text there, access points that become hotspots. Pure. */
#ifndef NW_CLI_IMPORT_JSON_H
#define NW_CLI_IMPORT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/model/draft_tree.h"
#include "lib/model/inventory_draft.h"

enum { IMPORT_JSON_DEPTH = 32, IMPORT_JSON_PROBLEM = 256, IMPORT_TEXT_SIZE = 1024 };

/* ERR_MALFORMED: problem says what is wrong and where; ERR_LIMIT: deeper than IMPORT_JSON_DEPTH. */
enum err import_json_parse(const char *text, size_t len, json_t **out,
                           char problem[IMPORT_JSON_PROBLEM]) NW_CHECKED;

/* A text, number or true/false as text in out; "" and false for anything else, and for a text that is too
 * long or holds a NUL. */
bool import_json_text(const json_t *value, char out[IMPORT_TEXT_SIZE]);
/* The same of a member; object may be NULL. */
bool import_json_member(const json_t *object, const char *key, char out[IMPORT_TEXT_SIZE]);
/* draft_put() of a member. */
enum err import_json_put(struct draft *draft, struct draft_item *item, const char *field,
                         const json_t *object, const char *key) NW_CHECKED;

/* The hotspot of an access point with the source's key: at a site, a row of the device controller (both
 * keys). */
enum err import_add_hotspot(struct draft *draft, const char *key, const char *where, const char *site,
                            const char *controller, struct draft_item **out) NW_CHECKED;
/* The same for one that is its own agent: called like it, refused like it. */
enum err import_add_own_hotspot(struct draft *draft, const struct draft_item *ap, const char *site,
                                struct draft_item **out) NW_CHECKED;

/* Makes uplinks of tree as seen from the device that the monitor hangs on: one that says core, else the one
 * that is called as hint says (key, id or name; may be NULL), else the only one whose role speaks of the core
 * (core_roles: keys). Not known: a remark for system. */
enum err import_hang(struct draft *draft, struct draft_tree *tree, const char *hint,
                     const struct map *core_roles, const char *system) NW_CHECKED;

#endif
