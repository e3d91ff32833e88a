/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_draft.c - gathers what a foreign source says. Pure. */
#include "lib/model/inventory_draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/strx.h"

enum { SEED = 0x6472 };

enum err draft_new(struct draft **out)
{
    struct draft *d = calloc(1, sizeof *d);

    if (d)
        d->by_key = map_new(SEED);
    if (!d || !d->by_key) {
        free(d);
        return ERR_NOMEM;
    }
    *out = d;
    return ERR_OK;
}

static void item_free(struct draft_item *item)
{
    if (item->values)
        conf_free(inventory_kinds[item->kind].schema, item->values);
    free(item->values);
    for (size_t i = 0; i < item->ref_count; i++)
        free(item->refs[i].key);
    free(item->key);
    free(item->where);
    free(item);
}

void draft_free(struct draft *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->count; i++)
        item_free(d->items[i]);
    for (size_t i = 0; i < d->remark_count; i++) {
        free(d->remarks[i].where);
        free(d->remarks[i].text);
    }
    free(d->items);
    free(d->remarks);
    map_free(d->by_key, NULL);
    free(d);
}

/* Room for one more of size bytes. */
static enum err grow(void *array, size_t count, size_t *cap, size_t size)
{
    size_t more = *cap ? 2 * *cap : 64;
    void *grown;

    if (count < *cap)
        return ERR_OK;
    grown = realloc(*(void **)array, more * size);
    if (!grown)
        return ERR_NOMEM;
    *(void **)array = grown;
    *cap = more;
    return ERR_OK;
}

static char *map_key(enum inventory_kind kind, const char *key)
{
    return strx_printf("%s/%s", inventory_kinds[kind].word, key);
}

struct draft_item *draft_find(const struct draft *d, enum inventory_kind kind, const char *key)
{
    char *full = map_key(kind, key);
    struct draft_item *found = full ? map_get(d->by_key, full) : NULL;

    free(full);
    return found;
}

enum err draft_add(struct draft *d, enum inventory_kind kind, const char *key, const char *where,
                   struct draft_item **out)
{
    const struct conf_schema *schema = inventory_kinds[kind].schema;
    struct draft_item *item;
    char *full = NULL;
    enum err e;

    if (draft_find(d, kind, key))
        return ERR_EXISTS;
    if (d->count == DRAFT_ITEMS_MAX)
        return ERR_LIMIT;
    e = grow(&d->items, d->count, &d->cap, sizeof(struct draft_item *));
    item = e ? NULL : calloc(1, sizeof *item);
    if (!item)
        return ERR_NOMEM;
    item->kind = kind;
    item->key = strdup(key);
    item->where = strdup(where);
    item->values = calloc(1, schema->size);
    full = map_key(kind, key);
    e = item->key && item->where && item->values && full ? conf_defaults(schema, item->values) : ERR_NOMEM;
    if (!e)
        e = map_set(d->by_key, full, item, NULL);
    free(full);
    if (e) {
        item_free(item);
        return e;
    }
    d->items[d->count++] = item;
    *out = item;
    return ERR_OK;
}

int draft_field(enum inventory_kind kind, const char *name)
{
    const struct conf_field *fields = inventory_kinds[kind].schema->fields;

    for (int i = 0; fields[i].name; i++)
        if (fields[i].type != CONF_POSITION && strcmp(fields[i].name, name) == 0)
            return i;
    return -1;
}

const char *draft_text(enum inventory_kind kind, const void *item, const char *name)
{
    int i = draft_field(kind, name);
    const struct conf_field *f = i < 0 ? NULL : &inventory_kinds[kind].schema->fields[i];

    if (!f || (f->type != CONF_STRING && f->type != CONF_ID))
        return NULL;
    return *(char *const *)((const char *)item + f->offset);
}

bool draft_has(const struct draft_item *item, const char *name)
{
    int i = draft_field(item->kind, name);

    return i >= 0 && (item->is_set >> i & 1);
}

enum err draft_set(struct draft_item *item, const char *name, const char *text,
                   char expected[DRAFT_EXPECTED_SIZE])
{
    int i = draft_field(item->kind, name);
    const struct conf_field *f = i < 0 ? NULL : &inventory_kinds[item->kind].schema->fields[i];
    enum err e;

    if (!f || f->type == CONF_LIST)
        return ERR_NOT_FOUND;
    e = conf_set(f, text, item->values, expected, DRAFT_EXPECTED_SIZE);
    if (!e) {
        item->is_set |= 1u << i;
        item->is_guess &= ~(1u << i);
    }
    return e;
}

enum err draft_put(struct draft *d, struct draft_item *item, const char *name, const char *text)
{
    char expected[DRAFT_EXPECTED_SIZE] = "";
    enum err e;

    if (!text || !*text)
        return ERR_OK;
    e = draft_set(item, name, text, expected);
    if (e && e != ERR_NOMEM)
        e = draft_remark(d, false, item->where, "%s: expected %s, not \"%.80s\"; left out", name, expected,
                         text);
    return e;
}

enum err draft_guess(struct draft *d, struct draft_item *item, const char *name, const char *text)
{
    int i = draft_field(item->kind, name);
    enum err e = draft_has(item, name) ? ERR_OK : ERR_NOT_FOUND;

    if (!e)
        return e;
    e = draft_put(d, item, name, text);
    if (i >= 0 && draft_has(item, name))
        item->is_guess |= 1u << i;
    return e;
}

enum err draft_refer(struct draft_item *item, const char *field, const char *key)
{
    char *copy = key && *key ? strdup(key) : NULL;
    size_t i = 0;

    if (!key || !*key)
        return ERR_OK;
    while (i < item->ref_count && strcmp(item->refs[i].field, field) != 0)
        i++;
    if (!copy || i == DRAFT_REFS_MAX) {
        free(copy);
        return copy ? ERR_LIMIT : ERR_NOMEM;
    }
    if (i == item->ref_count)
        item->refs[item->ref_count++] = (struct draft_ref){.field = field};
    free(item->refs[i].key);
    item->refs[i].key = copy;
    return ERR_OK;
}

static enum err add_remark(struct draft *d, bool is_item, const char *where, const char *fmt, va_list args)
{
    struct buf text = BUF_INIT;
    struct draft_remark *r;
    enum err e = grow(&d->remarks, d->remark_count, &d->remark_cap, sizeof *d->remarks);

    if (e)
        return e;
    buf_vprintf(&text, fmt, args);
    r = &d->remarks[d->remark_count];
    *r = (struct draft_remark){.where = strdup(where), .text = buf_take(&text), .is_item = is_item};
    d->remark_count++;
    return r->where && r->text ? ERR_OK : ERR_NOMEM;
}

enum err draft_refuse(struct draft *d, struct draft_item *item, const char *fmt, ...)
{
    va_list args;
    enum err e;

    item->is_refused = true;
    va_start(args, fmt);
    e = add_remark(d, true, item->where, fmt, args);
    va_end(args);
    return e;
}

enum err draft_remark(struct draft *d, bool is_item, const char *where, const char *fmt, ...)
{
    va_list args;
    enum err e;

    va_start(args, fmt);
    e = add_remark(d, is_item, where, fmt, args);
    va_end(args);
    return e;
}
