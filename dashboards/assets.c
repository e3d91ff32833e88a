/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assets.c - the pieces of hardware behind a series table. Pure. */
#include "dashboards/assets.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 255 };

static const char *attribute(const Nw__Entity *e, const char *key)
{
    for (size_t i = 0; i < e->n_attributes; i++)
        if (strcmp(e->attributes[i]->key, key) == 0)
            return e->attributes[i]->text;
    return "";
}

static bool tells_nothing(const struct asset *a)
{
    return !a->model[0] && !a->version[0] && !a->serial[0];
}

/* The texts are the table's. */
static struct asset device_of(const Nw__Table *t)
{
    const Nw__Identity *i = t->identity;

    if (!i)
        return (struct asset){"", "", "", "", "", "", false};
    return (struct asset){"", i->sys_name, i->vendor, i->model, i->version, i->serial, false};
}

static struct asset row_of(const Nw__Entity *e, const char *vendor)
{
    const char *own = attribute(e, "vendor");

    return (struct asset){e->id,
                          e->name,
                          own[0] ? own : vendor,
                          attribute(e, "model"),
                          attribute(e, "version"),
                          attribute(e, "serial"),
                          false};
}

static int by_entity(const void *a, const void *b)
{
    return strcmp(((const struct asset *)a)->entity, ((const struct asset *)b)->entity);
}

enum { TEXTS = 6 };

static void list_texts(struct asset *a, const char **out[TEXTS])
{
    const char **all[TEXTS] = {&a->entity, &a->name, &a->vendor, &a->model, &a->version, &a->serial};

    memcpy(out, all, sizeof all);
}

/* Copies what the items point to into one block, cut at TEXT_MAX. */
static enum err own_texts(struct assets *a)
{
    const char **fields[TEXTS];
    size_t room = 1, at = 0;

    for (size_t i = 0; i < a->count; i++) {
        list_texts(&a->items[i], fields);
        for (size_t k = 0; k < TEXTS; k++)
            room += strnlen(*fields[k], TEXT_MAX) + 1;
    }
    a->texts = malloc(room);
    if (!a->texts)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->count; i++) {
        list_texts(&a->items[i], fields);
        for (size_t k = 0; k < TEXTS; k++) {
            size_t len = strnlen(*fields[k], TEXT_MAX);
            char *copy = memcpy(a->texts + at, *fields[k], len);
            copy[len] = '\0';
            *fields[k] = copy;
            at += len + 1;
        }
    }
    return ERR_OK;
}

static bool says_the_same(const struct asset *a, const struct asset *b)
{
    return strcmp(a->vendor, b->vendor) == 0 && strcmp(a->model, b->model) == 0 &&
           strcmp(a->version, b->version) == 0 && strcmp(a->serial, b->serial) == 0;
}

static enum err read_table(const Nw__Table *t, struct assets *out)
{
    out->items = calloc(t->n_entities + 1, sizeof *out->items);
    if (!out->items)
        return ERR_NOMEM;
    out->items[out->count++] = device_of(t);
    for (size_t i = 0; i < t->n_entities; i++) {
        if (strcmp(t->entities[i]->kind, "ap") != 0)
            continue;
        struct asset row = row_of(t->entities[i], out->items[0].vendor);
        if (!tells_nothing(&row))
            out->items[out->count++] = row;
    }
    qsort(out->items + 1, out->count - 1, sizeof *out->items, by_entity);
    enum err e = own_texts(out);
    struct asset *fitted = e ? NULL : realloc(out->items, out->count * sizeof *fitted);
    if (fitted)
        out->items = fitted;
    return e;
}

enum err assets_update(struct assets *a, const Nw__Table *t)
{
    struct assets fresh = {0};
    enum err e = read_table(t, &fresh);

    if (e ||
        (fresh.count == 1 && tells_nothing(&fresh.items[0]) && !fresh.items[0].vendor[0] && a->count > 0)) {
        assets_fini(&fresh);
        return e;
    }
    for (size_t i = 0; i < fresh.count; i++) {
        const struct asset *before = assets_find(a, fresh.items[i].entity);
        fresh.items[i].is_noted = before && before->is_noted && says_the_same(before, &fresh.items[i]);
    }
    assets_fini(a);
    *a = fresh;
    return ERR_OK;
}

void assets_fini(struct assets *a)
{
    free(a->items);
    free(a->texts);
    *a = (struct assets){0};
}

const struct asset *assets_find(const struct assets *a, const char *entity)
{
    const struct asset wanted = {.entity = entity};

    if (a->count == 0)
        return NULL;
    if (!entity || !entity[0])
        return &a->items[0];
    return bsearch(&wanted, a->items + 1, a->count - 1, sizeof wanted, by_entity);
}
