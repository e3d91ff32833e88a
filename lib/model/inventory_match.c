/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_match.c - matches by ever weaker signs, each sign only where it is unique on both sides. Pure. */
#include "lib/model/inventory_match.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { SEED = 0x6d61 };
#define TWICE UINTPTR_MAX

/* From the surest to the weakest. */
enum sign { SIGN_SOURCE, SIGN_SERIAL, SIGN_ID, SIGN_NAME, SIGN_MADE_ID, SIGN_PLACE, SIGNS };

enum err inventory_match_init(struct inventory_match *m, const struct draft *draft,
                              const struct inventory *inv)
{
    bool has_all;

    *m = (struct inventory_match){.present = calloc(draft->count + 1, sizeof *m->present)};
    has_all = m->present;
    for (int kind = 0; kind < INVENTORY_KINDS; kind++) {
        size_t count;
        inventory_items(inv, kind, &count);
        m->owner[kind] = calloc(count + 1, sizeof *m->owner[kind]);
        has_all = has_all && m->owner[kind];
    }
    return has_all ? ERR_OK : ERR_NOMEM;
}

void inventory_match_fini(struct inventory_match *m)
{
    free(m->present);
    for (int kind = 0; kind < INVENTORY_KINDS; kind++)
        free(m->owner[kind]);
}

/* Where an item is to be found, whatever it is called: an agent by its address, a hotspot by the entity (at
 * whichever controller) or the device that it is, a link by its ends. Empty: nothing is said of that. */
static void put_place(struct buf *out, enum inventory_kind kind, const void *item)
{
    const struct device *d = item;
    const struct hotspot *h = item;
    const struct link *l = item;

    if (kind == INVENTORY_DEVICE && d->address)
        buf_printf(out, "%s %" PRId64, d->address, d->port);
    else if (kind == INVENTORY_HOTSPOT && (h->entity || h->device))
        buf_str(out, h->entity ? h->entity : h->device);
    else if (kind == INVENTORY_LINK && l->from && l->to)
        buf_printf(out, "%s %s", strcmp(l->from, l->to) < 0 ? l->from : l->to,
                   strcmp(l->from, l->to) < 0 ? l->to : l->from);
}

static void put_lower(struct buf *out, const char *text)
{
    for (; text && *text; text++)
        buf_u8(out, (uint8_t)tolower((unsigned char)*text));
}

/* What sign says of an item; draft is NULL for one of the inventory. Nothing put: it says nothing. */
static void put_sign(struct buf *out, enum sign sign, enum inventory_kind kind, const void *item,
                     const struct draft_item *draft, const char *label)
{
    const char *text = NULL;
    char id[STRX_ID_SIZE];

    switch (sign) {
    case SIGN_SOURCE:
        if (draft && label)
            buf_printf(out, "%s:%s", label, draft->key);
        else if (!draft)
            text = draft_text(kind, item, "source");
        break;
    case SIGN_SERIAL: text = draft_text(kind, item, "serial"); break;
    case SIGN_ID: text = draft_text(kind, item, "id"); break;
    case SIGN_NAME: put_lower(out, draft_text(kind, item, "name")); break;
    case SIGN_MADE_ID:
        text = draft_text(kind, item, draft ? "name" : "id");
        if (draft && text) {
            strx_make_id(text, id);
            text = id;
        }
        break;
    case SIGN_PLACE: put_place(out, kind, item); break;
    case SIGNS: break;
    }
    if (text)
        buf_str(out, text);
}

/* Notes that item number i has the sign that stands in key. */
static enum err note_sign(struct map *signs, const struct buf *key, size_t i)
{
    if (buf_error(key) || key->len == 0)
        return buf_error(key);
    return map_set(signs, key->data, (void *)(map_get(signs, key->data) ? TWICE : i + 1), NULL);
}

static enum err note_present(struct map *signs, const struct inventory_match *m, enum sign sign,
                             enum inventory_kind kind, const struct inventory *inv)
{
    struct buf key = BUF_INIT;
    size_t count, size = inventory_kinds[kind].schema->size;
    const char *items = inventory_items(inv, kind, &count);
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < count; i++) {
        buf_clear(&key);
        if (m->owner[kind][i])
            continue;
        put_sign(&key, sign, kind, items + i * size, NULL, NULL);
        e = note_sign(signs, &key, i);
    }
    buf_fini(&key);
    return e;
}

static enum err note_draft(struct map *signs, const struct inventory_match *m, enum sign sign,
                           enum inventory_kind kind, const struct draft *draft, const char *label)
{
    struct buf key = BUF_INIT;
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < draft->count; i++) {
        buf_clear(&key);
        if (draft->items[i]->kind != kind || m->present[i])
            continue;
        put_sign(&key, sign, kind, draft->items[i]->values, draft->items[i], label);
        e = note_sign(signs, &key, i);
    }
    buf_fini(&key);
    return e;
}

static enum err match_by(struct inventory_match *m, enum sign sign, enum inventory_kind kind,
                         const struct draft *draft, const struct inventory *inv, const char *label)
{
    struct map *here = map_new(SEED), *there = map_new(SEED);
    size_t count, size = inventory_kinds[kind].schema->size;
    const char *items = inventory_items(inv, kind, &count);
    enum err e = here && there ? note_present(here, m, sign, kind, inv) : ERR_NOMEM;

    if (!e)
        e = note_draft(there, m, sign, kind, draft, label);
    for (size_t i = 0; !e && i < map_count(there); i++) {
        const char *key;
        uintptr_t d = (uintptr_t)map_at(there, i, &key), p = (uintptr_t)map_get(here, key);

        if (d == TWICE || !p || p == TWICE)
            continue;
        m->present[d - 1] = items + (p - 1) * size;
        m->owner[kind][p - 1] = d;
    }
    map_free(here, NULL);
    map_free(there, NULL);
    return e;
}

enum err inventory_match_kind(struct inventory_match *m, enum inventory_kind kind, const struct draft *draft,
                              const struct inventory *inv, const char *label)
{
    enum err e = ERR_OK;

    for (int sign = 0; !e && sign < SIGNS; sign++)
        e = match_by(m, sign, kind, draft, inv, label);
    return e;
}
