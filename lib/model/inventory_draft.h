/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_draft.h - what a foreign source (a table, NetBox, LibreNMS) says of the city: items with the
 * fields that it knows, references by the source's own keys, and a remark for everything that could not be
 * taken. Pure. inventory_diff.h compares it with what there is.
 *
 *   draft_add(d, INVENTORY_DEVICE, "17", "device 17", &item);
 *   draft_put(d, item, "address", "192.0.2.1");
 *   draft_refer(item, "site", "3");                 the site that the source calls 3
 */
#ifndef NW_MODEL_INVENTORY_DRAFT_H
#define NW_MODEL_INVENTORY_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/map.h"
#include "lib/model/inventory.h"

enum { DRAFT_REFS_MAX = 5, DRAFT_ITEMS_MAX = 200000, DRAFT_EXPECTED_SIZE = 512 };

struct draft_ref {
    const char *field; /* "site", "uplink" …; a literal */
    char *key;         /* the source's, or an id of the inventory */
};

struct draft_item {
    enum inventory_kind kind;
    char *key;         /* at the source; unique within its kind */
    char *where;       /* for people: "devices.csv:3:1", "device 17" */
    void *values;      /* a struct site, device … with fallbacks where the source says nothing */
    uint32_t is_set;   /* bit i: the source says something of field i of the schema */
    uint32_t is_guess; /* bit i: … but only for an item that is new here */
    struct draft_ref refs[DRAFT_REFS_MAX];
    size_t ref_count;
    bool is_refused; /* known to the source, but not to be taken; a remark says why */
};

struct draft_remark {
    char *where, *text;
    bool is_item; /* a whole item is refused, not a part left out */
};

struct draft {
    struct draft_item **items; /* in the order of the source */
    size_t count, cap;
    struct draft_remark *remarks;
    size_t remark_count, remark_cap;
    struct map *by_key;
};

enum err draft_new(struct draft **out) NW_CHECKED;
void draft_free(struct draft *d);

/* ERR_EXISTS: the source has that key already; ERR_LIMIT: more than DRAFT_ITEMS_MAX. *out is the draft's. */
enum err draft_add(struct draft *d, enum inventory_kind kind, const char *key, const char *where,
                   struct draft_item **out) NW_CHECKED;
/* NULL if there is none. */
struct draft_item *draft_find(const struct draft *d, enum inventory_kind kind, const char *key);

/* Position of a field in the schema of kind; -1: there is none of that name. */
int draft_field(enum inventory_kind kind, const char *name);
/* The text of a CONF_STRING or CONF_ID field, or NULL; item is a struct site, device … */
const char *draft_text(enum inventory_kind kind, const void *item, const char *name);
/* Has the source said something of the field? */
bool draft_has(const struct draft_item *item, const char *name);

/* ERR_NOT_FOUND: no such field; ERR_RANGE, ERR_MALFORMED: expected says what would have been right. */
enum err draft_set(struct draft_item *item, const char *name, const char *text,
                   char expected[DRAFT_EXPECTED_SIZE]) NW_CHECKED;
/* The same, but a wrong value is left out with a remark; NULL and "" say nothing. ERR_OK or ERR_NOMEM. */
enum err draft_put(struct draft *d, struct draft_item *item, const char *name, const char *text) NW_CHECKED;
/* draft_put() for a value that is no more than a guess: it is taken for a new item, and never again. Where
 * the source has said something of the field already it does nothing. */
enum err draft_guess(struct draft *d, struct draft_item *item, const char *name, const char *text) NW_CHECKED;
/* field is a literal; key NULL or "": says nothing; a second key for the same field replaces the first. */
enum err draft_refer(struct draft_item *item, const char *field, const char *key) NW_CHECKED;

/* item is not taken, and why. */
enum err draft_refuse(struct draft *d, struct draft_item *item, const char *fmt, ...)
    NW_PRINTF(3, 4) NW_CHECKED;
/* Something is left out at where. */
enum err draft_remark(struct draft *d, bool is_item, const char *where, const char *fmt, ...)
    NW_PRINTF(4, 5) NW_CHECKED;

#endif
