/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory_diff.c - compares, kind by kind: sites, devices on them, hotspots on those, links. Pure. */
#include "lib/model/inventory_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"
#include "lib/model/inventory_match.h"
#include "lib/model/inventory_write.h"
#include "lib/runtime/conf_write.h"

enum { SEED = 0x6466 };

struct work {
    struct draft *draft;
    const struct inventory *inv;
    const struct diff_options *options;
    struct inventory_match match;
    struct map *ids; /* "kind/id" of all items there will be */
    struct inventory_diff *diff;
    size_t cap;
};

static const struct {
    enum inventory_kind kind;
    const char *field;
    enum inventory_kind to;
} references[] = {
    {INVENTORY_DEVICE, "site", INVENTORY_SITE},      {INVENTORY_DEVICE, "uplink", INVENTORY_DEVICE},
    {INVENTORY_DEVICE, "power", INVENTORY_DEVICE},   {INVENTORY_HOTSPOT, "site", INVENTORY_SITE},
    {INVENTORY_HOTSPOT, "device", INVENTORY_DEVICE}, {INVENTORY_HOTSPOT, "uplink", INVENTORY_DEVICE},
    {INVENTORY_HOTSPOT, "power", INVENTORY_DEVICE},  {INVENTORY_LINK, "from", INVENTORY_DEVICE},
    {INVENTORY_LINK, "to", INVENTORY_DEVICE},
};

static const char *item_id(enum inventory_kind kind, const void *item)
{
    return draft_text(kind, item, "id");
}

static struct conf_pos item_at(enum inventory_kind kind, const void *item)
{
    for (const struct conf_field *f = inventory_kinds[kind].schema->fields; f->name; f++)
        if (f->type == CONF_POSITION)
            return *(const struct conf_pos *)((const char *)item + f->offset);
    return (struct conf_pos){0};
}

static bool is_in_target(const struct diff_options *o, enum inventory_kind kind, const void *item)
{
    const char *file = item_at(kind, item).file;

    return file && o->target && strcmp(file, o->target) == 0;
}

/* ---- ids ---- */

static enum err take_id(struct work *w, enum inventory_kind kind, const char *id, bool *is_free)
{
    char *key = strx_printf("%s/%s", inventory_kinds[kind].word, id);
    enum err e = key ? ERR_OK : ERR_NOMEM;

    *is_free = key && !map_get(w->ids, key);
    if (*is_free)
        e = map_set(w->ids, key, w, NULL);
    free(key);
    return e;
}

static enum err take_present_ids(struct work *w)
{
    enum err e = ERR_OK;

    for (int kind = 0; kind < INVENTORY_KINDS; kind++) {
        size_t count, size = inventory_kinds[kind].schema->size;
        const char *items = inventory_items(w->inv, kind, &count);
        bool is_free;

        for (size_t i = 0; !e && i < count; i++)
            e = take_id(w, kind, item_id(kind, items + i * size), &is_free);
    }
    return e;
}

/* A new item without an id of its own is called after its name, else after its key. */
static enum err make_id(struct work *w, struct draft_item *item)
{
    const char *name = draft_text(item->kind, item->values, "name");
    char base[STRX_ID_SIZE], id[STRX_ID_SIZE], expected[DRAFT_EXPECTED_SIZE];
    bool is_free = false;
    enum err e = ERR_OK;

    strx_make_id(name ? name : "", base);
    if (!*base) {
        char *text = strx_printf("%s-%s", inventory_kinds[item->kind].word, item->key);
        strx_make_id(text ? text : "", base);
        free(text);
    }
    strx_copy(id, sizeof id, base);
    for (unsigned n = 2; !e && !is_free; n++) {
        e = take_id(w, item->kind, id, &is_free);
        if (!is_free)
            snprintf(id, sizeof id, "%.54s-%u", base, n);
        else if (!e)
            e = draft_set(item, "id", id, expected);
    }
    return e;
}

/* The id that is here already; else the one that the source gives, a guess made unique; else one made of the
 * name. */
static enum err settle_id(struct work *w, size_t i)
{
    struct draft_item *item = w->draft->items[i];
    const void *present = w->match.present[i];
    char expected[DRAFT_EXPECTED_SIZE];
    const char *id = item_id(item->kind, item->values);
    bool is_free;
    enum err e;

    if (present)
        return draft_set(item, "id", item_id(item->kind, present), expected);
    if (item->is_refused)
        return ERR_OK;
    if (!id)
        return make_id(w, item);
    e = take_id(w, item->kind, id, &is_free);
    if (!e && !is_free && (item->is_guess & 1u << draft_field(item->kind, "id")))
        e = make_id(w, item);
    else if (!e && !is_free)
        e = draft_refuse(w->draft, item, "the id \"%s\" is taken by another %s", id,
                         inventory_kinds[item->kind].word);
    return e;
}

/* ---- references and what else an item needs ---- */

/* The id that key stands for: a key of the source, or an id that is here or will be; else NULL. */
static const char *look_up(const struct work *w, enum inventory_kind kind, const char *key)
{
    const struct draft_item *to = draft_find(w->draft, kind, key);
    const char *id = to && item_id(kind, to->values) ? item_id(kind, to->values) : key;
    char *full = strx_printf("%s/%s", inventory_kinds[kind].word, id);
    bool is_known = full && map_get(w->ids, full);

    free(full);
    return is_known ? id : NULL;
}

/* Turns the source's keys into ids: references to the same kind after all of that kind have ids, others
 * before. */
static enum err resolve(struct work *w, struct draft_item *item, bool within_kind)
{
    enum err e = ERR_OK;

    for (size_t r = 0; !e && r < item->ref_count; r++)
        for (size_t k = 0; !e && k < ARRAY_LEN(references); k++) {
            const char *key = item->refs[r].key, *id;
            char expected[DRAFT_EXPECTED_SIZE];

            if (references[k].kind != item->kind || strcmp(references[k].field, item->refs[r].field) != 0 ||
                (references[k].to == item->kind) != within_kind)
                continue;
            id = look_up(w, references[k].to, key);
            if (id)
                e = draft_set(item, references[k].field, id, expected);
            else if (!item->is_refused)
                e = draft_remark(w->draft, false, item->where,
                                 "%s: no %s \"%s\" was taken from the source, and none is here; left out",
                                 references[k].field, inventory_kinds[references[k].to].word, key);
        }
    return e;
}

/* An IP address, or a host name: nothing that a reader or a shell could take for something else. */
static bool is_address(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_%");

    return len && !text[len] && len < 256 && text[0] != '-';
}

static enum err refuse_incomplete(struct work *w, size_t i)
{
    struct draft_item *item = w->draft->items[i];
    const struct device *d = item->values;
    const struct hotspot *h = item->values;

    if (item->is_refused)
        return ERR_OK;
    for (const struct conf_field *f = inventory_kinds[item->kind].schema->fields; f->name; f++)
        if (f->is_required && strcmp(f->name, "id") != 0 && !w->match.present[i] && !draft_has(item, f->name))
            return draft_refuse(w->draft, item, "the source does not say its %s, which a %s needs", f->name,
                                inventory_kinds[item->kind].word);
    if (item->kind == INVENTORY_DEVICE && d->address && !is_address(d->address))
        return draft_refuse(w->draft, item, "address: expected an IPv4 or IPv6 address or a host name");
    if (item->kind == INVENTORY_HOTSPOT && !w->match.present[i] && !h->device &&
        !entity_is_access_point(h->entity))
        return draft_refuse(w->draft, item,
                            "it has neither a device that is taken, nor the entity ap/<base MAC>");
    return ERR_OK;
}

/* A new site of which the source knows no district of ours gets the one that it lies in. */
static enum err settle_district(struct work *w, size_t i)
{
    struct draft_item *item = w->draft->items[i];
    struct site *s = item->values;
    const struct district *all, *d = NULL;
    size_t count;
    enum err e = ERR_OK;

    all = inventory_districts(w->inv, &count);
    if (item->kind != INVENTORY_SITE || item->is_refused || !count)
        return ERR_OK;
    if (s->district && !inventory_district(w->inv, s->district)) {
        e = draft_remark(w->draft, false, item->where, "district: there is no district \"%s\"; left out",
                         s->district);
        free(s->district);
        s->district = NULL;
        item->is_set &= ~(1u << draft_field(INVENTORY_SITE, "district"));
    }
    if (e || s->district || w->match.present[i])
        return e;
    for (size_t k = 0; !d && k < count; k++)
        if (district_contains(&all[k], (struct geo_point){s->lat, s->lon}))
            d = &all[k];
    return d ? draft_guess(w->draft, item, "district", d->id) : ERR_OK;
}

/* ---- the comparison ---- */

static char *member_text(const struct conf_field *f, const void *item)
{
    struct buf text = BUF_INIT;

    buf_str(&text, "");
    conf_put_member(&text, f, item);
    return buf_take(&text);
}

static struct diff_item *add_item(struct work *w, enum diff_state state, enum inventory_kind kind,
                                  const struct draft_item *source, const void *present)
{
    const void *values = source ? source->values : present;
    struct inventory_diff *diff = w->diff;
    struct diff_item *item;

    if (diff->count == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 256;
        struct diff_item *grown = realloc(diff->items, cap * sizeof *grown);
        if (!grown)
            return NULL;
        diff->items = grown;
        w->cap = cap;
    }
    item = &diff->items[diff->count];
    *item = (struct diff_item){.state = state,
                               .kind = kind,
                               .id = strdup(item_id(kind, present ? present : values)),
                               .name = draft_text(kind, values, "name"),
                               .source = source,
                               .present = present,
                               .at = present ? item_at(kind, present) : (struct conf_pos){0}};
    if (!item->id)
        return NULL;
    diff->count++;
    return item;
}

static enum err add_field(struct diff_item *item, const struct conf_field *f, const void *before,
                          const void *after)
{
    struct diff_field *grown = realloc(item->fields, (item->field_count + 1) * sizeof *grown);
    struct diff_field *field;

    if (!grown)
        return ERR_NOMEM;
    item->fields = grown;
    field = &grown[item->field_count++];
    *field = (struct diff_field){.name = f->name,
                                 .before = before ? member_text(f, before) : strdup(""),
                                 .after = member_text(f, after)};
    return field->before && field->after ? ERR_OK : ERR_NOMEM;
}

static bool is_told(const struct draft_item *item, const struct conf_field *f, const void *present)
{
    int i = draft_field(item->kind, f->name);

    return i >= 0 && (item->is_set >> i & 1) && !(present && (item->is_guess >> i & 1));
}

static enum err compare(struct work *w, size_t i)
{
    const struct draft_item *item = w->draft->items[i];
    const void *present = w->match.present[i];
    bool is_ours = present && is_in_target(w->options, item->kind, present);
    struct diff_item *out = add_item(w, present ? DIFF_SAME : DIFF_NEW, item->kind, item, present);
    enum err e = out ? ERR_OK : ERR_NOMEM;

    for (const struct conf_field *f = inventory_kinds[item->kind].schema->fields; !e && f->name; f++) {
        if (!is_told(item, f, present) || strcmp(f->name, "id") == 0 ||
            (present && conf_is_equal(f, present, item->values)) ||
            (present && !is_ours && strcmp(f->name, "source") == 0))
            continue;
        e = add_field(out, f, present, item->values);
    }
    if (!e && present && out->field_count)
        out->state = is_ours ? DIFF_CHANGED : DIFF_ELSEWHERE;
    return e;
}

/* Is the item of the target file from this source? */
static bool is_from(const struct diff_options *o, enum inventory_kind kind, const void *item)
{
    const char *source = draft_text(kind, item, "source");
    size_t len = o->label ? strlen(o->label) : 0;

    return len && source && strncmp(source, o->label, len) == 0 && source[len] == ':';
}

static enum err list_missing(struct work *w, enum inventory_kind kind)
{
    size_t count, size = inventory_kinds[kind].schema->size;
    const char *items = inventory_items(w->inv, kind, &count);

    for (size_t i = 0; i < count; i++)
        if (!w->match.owner[kind][i] && is_in_target(w->options, kind, items + i * size) &&
            is_from(w->options, kind, items + i * size) &&
            !add_item(w, DIFF_MISSING, kind, NULL, items + i * size))
            return ERR_NOMEM;
    return ERR_OK;
}

static enum err set_source(struct work *w, struct draft_item *item)
{
    char expected[DRAFT_EXPECTED_SIZE];
    char *source = w->options->label ? strx_printf("%s:%s", w->options->label, item->key) : NULL;
    enum err e = source ? draft_set(item, "source", source, expected) : ERR_OK;

    free(source);
    return e == ERR_RANGE ? draft_refuse(w->draft, item, "its key at the source is too long") : e;
}

/* One step over all items of a kind. */
#define EACH(kind_, step)                                                                                    \
    for (size_t i = 0; !e && i < w->draft->count; i++)                                                       \
        if (w->draft->items[i]->kind == (kind_))                                                             \
    e = (step)

static enum err settle_kind(struct work *w, enum inventory_kind kind)
{
    enum err e = ERR_OK;

    EACH(kind, resolve(w, w->draft->items[i], false));
    if (!e)
        e = inventory_match_kind(&w->match, kind, w->draft, w->inv, w->options->label);
    EACH(kind, refuse_incomplete(w, i)); /* before ids: nothing can refer to what is not taken */
    EACH(kind, settle_id(w, i));
    EACH(kind, resolve(w, w->draft->items[i], true));
    EACH(kind, settle_district(w, i));
    EACH(kind, set_source(w, w->draft->items[i]));
    EACH(kind, w->draft->items[i]->is_refused ? ERR_OK : compare(w, i));
    return e ? e : list_missing(w, kind);
}

static void count_states(struct work *w)
{
    for (size_t i = 0; i < w->diff->count; i++)
        w->diff->counts[w->diff->items[i].state]++;
    for (size_t i = 0; i < w->draft->remark_count; i++)
        w->diff->counts[DIFF_REFUSED] += w->draft->remarks[i].is_item;
}

enum err inventory_diff_new(struct draft *draft, const struct inventory *inv,
                            const struct diff_options *options, struct inventory_diff **out)
{
    struct work w = {.draft = draft, .inv = inv, .options = options};
    enum err e = inventory_match_init(&w.match, draft, inv);

    w.ids = map_new(SEED);
    w.diff = calloc(1, sizeof *w.diff);
    if (!e)
        e = w.ids && w.diff ? take_present_ids(&w) : ERR_NOMEM;
    for (int kind = 0; !e && kind < INVENTORY_KINDS; kind++)
        e = settle_kind(&w, kind);
    if (!e)
        count_states(&w);
    inventory_match_fini(&w.match);
    map_free(w.ids, NULL);
    if (e) {
        inventory_diff_free(w.diff);
        return e;
    }
    *out = w.diff;
    return ERR_OK;
}

void inventory_diff_free(struct inventory_diff *diff)
{
    if (!diff)
        return;
    for (size_t i = 0; i < diff->count; i++) {
        for (size_t k = 0; k < diff->items[i].field_count; k++) {
            free(diff->items[i].fields[k].before);
            free(diff->items[i].fields[k].after);
        }
        free(diff->items[i].fields);
        free(diff->items[i].id);
    }
    free(diff->items);
    free(diff);
}

/* ---- the target file ---- */

static size_t member_size(const struct conf_field *f)
{
    switch (f->type) {
    case CONF_STRING:
    case CONF_ID: return sizeof(char *);
    case CONF_BOOL: return sizeof(bool);
    case CONF_ENUM: return sizeof(int);
    case CONF_DOUBLE: return sizeof(double);
    default: return sizeof(int64_t);
    }
}

/* What is here, with what the source says laid over it; texts are shared, so nothing is to be freed. */
static void put_merged(struct buf *out, const struct diff_item *d)
{
    const struct conf_schema *schema = inventory_kinds[d->kind].schema;
    char *merged = malloc(schema->size);

    if (!merged) {
        out->error = ERR_NOMEM;
        return;
    }
    memcpy(merged, d->present, schema->size);
    for (const struct conf_field *f = schema->fields; f->name; f++)
        if (is_told(d->source, f, d->present))
            memcpy(merged + f->offset, (const char *)d->source->values + f->offset, member_size(f));
    inventory_put_item(out, d->kind, merged);
    free(merged);
}

/* Items of one kind that the target file has already, in its order. */
static void put_present(struct buf *out, enum inventory_kind kind, const struct inventory_diff *diff,
                        const struct inventory *inv, const struct diff_options *options)
{
    size_t count, size = inventory_kinds[kind].schema->size;
    const char *items = inventory_items(inv, kind, &count);
    const struct diff_item **of = calloc(count + 1, sizeof *of);

    if (!of) {
        out->error = ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < diff->count; i++)
        if (diff->items[i].kind == kind && diff->items[i].present)
            of[(size_t)((const char *)diff->items[i].present - items) / size] = &diff->items[i];
    for (size_t i = 0; i < count; i++) {
        if (!is_in_target(options, kind, items + i * size) ||
            (of[i] && of[i]->state == DIFF_MISSING && options->removes_missing))
            continue;
        if (of[i] && of[i]->state == DIFF_CHANGED)
            put_merged(out, of[i]);
        else
            inventory_put_item(out, kind, items + i * size);
    }
    free(of);
}

void inventory_diff_write(struct buf *out, const struct inventory_diff *diff, const struct inventory *inv,
                          const struct diff_options *options)
{
    for (int kind = 0; kind < INVENTORY_KINDS; kind++) {
        struct buf list = BUF_INIT;

        put_present(&list, kind, diff, inv, options);
        for (size_t i = 0; i < diff->count; i++)
            if (diff->items[i].kind == (enum inventory_kind)kind && diff->items[i].state == DIFF_NEW)
                inventory_put_item(&list, kind, diff->items[i].source->values);
        if (list.len)
            buf_printf(out, "%s:\n", inventory_kinds[kind].list);
        if (list.len)
            buf_put(out, list.data, list.len);
        if (buf_error(&list))
            out->error = buf_error(&list);
        buf_fini(&list);
    }
}
