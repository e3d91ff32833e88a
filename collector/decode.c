/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.c - walks the tables of a device's profiles: rows to entities, readings to samples, and who the
 * device is. Columns are ranges of the sorted set, so a table is one merge over its columns. */
#include "collector/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/decode_internal.h"
#include "lib/base/strx.h"

enum { BLOCK_BYTES = 32 * 1024 };

static const uint32_t sys_descr_oid[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
static const uint32_t sys_object_id_oid[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const uint32_t sys_uptime_oid[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const uint32_t sys_name_oid[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};

struct decoder *decoder_new(void)
{
    struct decoder *d = calloc(1, sizeof *d);

    if (d)
        d->arena = arena_new(BLOCK_BYTES);
    if (d && !d->arena) {
        free(d);
        d = NULL;
    }
    return d;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    arena_free(d->arena);
    free(d->entities);
    free(d->entity_views);
    free(d->attrs);
    free(d->samples);
    free(d->sample_sources);
    free(d->sources);
    free(d->neighbours);
    free(d->poe);
    free(d);
}

bool decoder_reserve(struct decoder *d, void *array, size_t count, size_t *cap, size_t size)
{
    void **items = array, *more;
    size_t wanted = *cap ? *cap * 2 : 64;

    if (count < *cap)
        return true;
    more = realloc(*items, wanted * size);
    if (!more) {
        d->is_failed = true;
        return false;
    }
    *items = more;
    *cap = wanted;
    return true;
}

/* ---- rows ---- */

struct cursor {
    size_t at, end;
    size_t prefix; /* length of the column's OID */
};

struct walk {
    struct cursor cursors[TABLE_SLOTS_MAX];
    const struct table *table;
};

static void walk_start(const struct decoder *d, const struct used_table *u, struct walk *w)
{
    w->table = u->table;
    for (size_t i = 0; i < u->table->slot_count; i++) {
        struct cursor *c = &w->cursors[i];

        c->prefix = u->table->slots[i].oid_len;
        varbind_set_below(d->set, u->table->slots[i].oid, c->prefix, &c->at, &c->end);
    }
}

static int index_compare(const struct decoder *d, const struct cursor *c, const struct row *row)
{
    const struct varbind *vb = varbind_set_at(d->set, c->at);

    return oid_compare(vb->oid + c->prefix, vb->oid_len - c->prefix, row->index, row->index_len);
}

/* The next row: the smallest index that a row-making column still has. */
static bool walk_next(const struct decoder *d, struct walk *w, struct row *row)
{
    bool is_first = true;

    for (size_t i = 0; i < w->table->slot_count; i++) {
        struct cursor *c = &w->cursors[i];

        if (!w->table->slots[i].is_row || c->at == c->end)
            continue;
        if (is_first || index_compare(d, c, row) < 0) {
            const struct varbind *vb = varbind_set_at(d->set, c->at);

            row->index = vb->oid + c->prefix;
            row->index_len = vb->oid_len - c->prefix;
            is_first = false;
        }
    }
    if (is_first)
        return false;
    for (size_t i = 0; i < w->table->slot_count; i++) {
        struct cursor *c = &w->cursors[i];
        int order = -1;

        while (c->at < c->end && (order = index_compare(d, c, row)) < 0)
            c->at++;
        row->slots[i] = c->at < c->end && order == 0 ? varbind_set_at(d->set, c->at++) : NULL;
    }
    return true;
}

/* ---- one row ---- */

/* false: it would be the wrong number to print. */
static bool attr_number(const struct result *r, struct view_attr *to, struct decoder *d)
{
    char text[40];

    if (!r->is_found || r->quality || isnan(r->value))
        return false;
    snprintf(text, sizeof text, "%.15g", r->value);
    to->type = VIEW_ATTR_NUMBER;
    to->number = r->value;
    to->text = decoder_text(d, text, strlen(text));
    return true;
}

static void read_attr(struct decoder *d, struct row *row, const struct field *f, size_t attr_from)
{
    struct view_attr attr = {f->attr, VIEW_ATTR_NULL, NULL, NAN}, *known = NULL;
    const char *text;

    for (size_t i = attr_from; i < d->attr_count; i++)
        if (strcmp(d->attrs[i].key, f->attr) == 0)
            known = &d->attrs[i];
    if (known && known->type != VIEW_ATTR_NULL)
        return; /* an earlier one of the same name was there */
    if (f->format == FORMAT_NUMBER) {
        size_t mark = d->source_count;
        struct result r = field_number(d, row, f);

        attr_number(&r, &attr, d);
        d->source_count = mark;
    } else {
        text = field_text(d, row, f);
        if (*text) {
            attr.type = VIEW_ATTR_TEXT;
            attr.text = text;
        }
    }
    if (known) {
        *known = attr;
        return;
    }
    if (decoder_reserve(d, &d->attrs, d->attr_count, &d->attr_cap, sizeof *d->attrs))
        d->attrs[d->attr_count++] = attr;
}

static void add_sample(struct decoder *d, const struct field *f, const struct result *r)
{
    size_t cap = d->sample_cap;

    if (d->sample_count == VIEW_SAMPLES_MAX) {
        d->is_cut = true;
        return;
    }
    if (!decoder_reserve(d, &d->sample_sources, d->sample_count, &d->sample_source_cap,
                         sizeof *d->sample_sources) ||
        !decoder_reserve(d, &d->samples, d->sample_count, &cap, sizeof *d->samples))
        return;
    d->sample_cap = cap;
    d->sample_sources[d->sample_count] = r->source_from;
    d->samples[d->sample_count++] = (struct view_sample){
        .entity = (uint32_t)d->entity_count,
        .metric = f->metric,
        .metric_name = f->metric_name,
        .unit = f->unit,
        .value = r->is_counter ? NAN : r->value,
        .quality = r->quality,
        .text = r->text,
        .source_count = d->source_count - r->source_from,
        .is_counter = r->is_counter,
        .width = r->width,
        .raw = r->raw,
        .scale = f->scale,
        .field = r->field,
        .factors = r->factors,
        .outvoted = r->outvoted,
    };
}

/* Two readings of one metric on one entity: the first that is known counts (alternatives written as two
 * readings with different conditions). */
static bool has_metric(const struct decoder *d, size_t sample_from, const struct field *f)
{
    for (size_t i = sample_from; i < d->sample_count; i++)
        if (d->samples[i].metric == f->metric &&
            (f->metric || strcmp(d->samples[i].metric_name, f->metric_name) == 0))
            return true;
    return false;
}

static void read_readings(struct decoder *d, const struct used_table *u, const struct row *row)
{
    size_t sample_from = d->sample_count;

    for (size_t i = 0; i < u->table->readings.count; i++) {
        const struct field *f = &u->table->readings.items[i];
        struct result r;

        if (!u->is_active[i] || has_metric(d, sample_from, f))
            continue;
        r = field_number(d, row, f);
        if (r.is_found)
            add_sample(d, f, &r);
    }
}

/* "if/" of "if/{name}", then "index.7". */
static const char *id_by_index(struct decoder *d, const struct table *t, const struct row *row)
{
    char id[OID_TEXT_SIZE + 160], index[OID_TEXT_SIZE];
    const char *slash = t->id ? strchr(t->id, '/') : NULL;

    oid_to_text(row->index, row->index_len, index, sizeof index);
    if (slash)
        snprintf(id, sizeof id, "%.*s/index.%s", (int)(slash - t->id < 80 ? slash - t->id : 80), t->id,
                 index);
    else if (row->index_len)
        snprintf(id, sizeof id, "%.80s/%s", t->name, index);
    else
        snprintf(id, sizeof id, "%.80s", t->name);
    return decoder_text(d, id, strlen(id));
}

static bool row_is_worth_it(const struct decoder *d, const struct table *t, size_t attr_from,
                            size_t sample_from)
{
    if (t->is_listed || d->sample_count > sample_from)
        return true;
    for (size_t i = attr_from; i < d->attr_count; i++)
        if (d->attrs[i].type != VIEW_ATTR_NULL)
            return true;
    return false;
}

static void read_row(struct decoder *d, const struct used_table *u, struct row *row)
{
    const struct table *t = u->table;
    size_t attr_from = d->attr_count, sample_from = d->sample_count, source_from = d->source_count;
    struct entity_row *e;
    const char *id = "";

    if (!field_conditions_hold(d, row, &t->when))
        return;
    if (d->entity_count == VIEW_ENTITIES_MAX) {
        d->is_cut = true;
        return;
    }
    row->name = "";
    for (size_t i = 0; i < t->names.count && !*row->name; i++)
        row->name = field_text(d, row, &t->names.items[i]);
    for (size_t i = 0; i < t->attrs.count; i++)
        read_attr(d, row, &t->attrs.items[i], attr_from);
    read_readings(d, u, row);
    if (!row_is_worth_it(d, t, attr_from, sample_from) ||
        !decoder_reserve(d, &d->entities, d->entity_count, &d->entity_cap, sizeof *d->entities)) {
        d->attr_count = attr_from;
        d->sample_count = sample_from;
        d->source_count = source_from;
        return;
    }
    row->attrs = d->attrs + attr_from;
    row->attr_count = d->attr_count - attr_from;
    if (t->id)
        id = field_template(d, row, t->id);
    if (strlen(id) > 120)
        id = "";
    e = &d->entities[d->entity_count++];
    *e = (struct entity_row){
        .view = {*id ? id : id_by_index(d, t, row), t->kind, row->name, NULL, row->attr_count},
        .attr_from = attr_from,
        .index = row->index,
        .index_len = row->index_len,
    };
}

/* ---- ids ---- */

static int by_id(const void *a, const void *b)
{
    const struct entity_row *const *x = a, *const *y = b;
    int order = strcmp((*x)->view.id, (*y)->view.id);

    return order ? order : (*x < *y ? -1 : *x > *y);
}

static struct entity_row **sorted_by_id(struct decoder *d, size_t from)
{
    size_t n = d->entity_count - from;
    struct entity_row **order = arena_array(d->arena, n + 1, sizeof(struct entity_row *));

    if (!order) {
        d->is_failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = &d->entities[from + i];
    qsort(order, n, sizeof(struct entity_row *), by_id);
    return order;
}

/* Names that several rows of a table share would change their owner when the agent renumbers: all of them get
 * an id by index instead. */
static void separate_ids(struct decoder *d, const struct table *t, size_t from)
{
    size_t n = d->entity_count - from;
    struct entity_row **order = n > 1 ? sorted_by_id(d, from) : NULL;

    for (size_t i = 0; order && i < n;) {
        size_t j = i + 1;
        const char *id = order[i]->view.id;

        while (j < n && strcmp(order[j]->view.id, id) == 0)
            j++;
        for (size_t k = i; j - i > 1 && k < j; k++) {
            struct row row = {.index = order[k]->index, .index_len = order[k]->index_len};

            order[k]->view.id = id_by_index(d, t, &row);
        }
        i = j;
    }
}

/* What is still not unique (two tables that meant the same id) gets a number. */
static void number_ids(struct decoder *d)
{
    struct entity_row **order = d->entity_count > 1 ? sorted_by_id(d, 0) : NULL;
    size_t run = 0;

    for (size_t i = 1; order && i < d->entity_count; i++) {
        char id[200];

        run = strcmp(order[i - 1 - run]->view.id, order[i]->view.id) == 0 ? run + 1 : 0;
        if (run == 0)
            continue;
        snprintf(id, sizeof id, "%.150s~%zu", order[i]->view.id, run + 1);
        order[i]->view.id = decoder_text(d, id, strlen(id));
    }
}

static void read_table(struct decoder *d, const struct used_table *u)
{
    size_t from = d->entity_count;
    struct row row = {0};
    struct walk w;

    if (u->table->is_scalar) {
        read_row(d, u, &row);
        return;
    }
    walk_start(d, u, &w);
    while (!d->is_failed && walk_next(d, &w, &row))
        read_row(d, u, &row);
    separate_ids(d, u->table, from);
}

/* ---- who it is ---- */

static const char *scalar_text(struct decoder *d, const uint32_t *oid, size_t len)
{
    const struct varbind *vb = varbind_set_find(d->set, oid, len);
    char text[OID_TEXT_SIZE];

    if (vb && vb->type == SNMP_OCTETS)
        return decoder_text(d, vb->bytes, vb->len);
    if (!vb || vb->type != SNMP_OID)
        return "";
    oid_to_text(vb->value_oid, vb->len, text, sizeof text);
    return decoder_text(d, text, strlen(text));
}

/* What agents say instead of nothing. */
static bool says_nothing(const char *text)
{
    static const char *const words[] = {
        "n/a",  "na", "none",           "-",      "unknown",   "not available", "null", "not specified",
        "n.a.", "0",  "not applicable", "(null)", "undefined", "noname"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(words[i], text) == 0)
            return true;
    return *text == '\0';
}

/* A scalar, or the first row of a column whose conditions hold and which says something. */
static const char *identity_text(struct decoder *d, const struct field *f)
{
    struct row row = {0};
    size_t begin, end;
    const char *text;

    if (!f->oid || f->oid[f->oid_len - 1] == 0 || f->part.from == 0)
        return field_text(d, &row, f);
    varbind_set_below(d->set, f->oid, f->oid_len, &begin, &end);
    for (size_t i = begin; i < end && i < begin + 1000; i++) {
        const struct varbind *vb = varbind_set_at(d->set, i);

        row.index = vb->oid + f->oid_len;
        row.index_len = vb->oid_len - f->oid_len;
        text = field_text(d, &row, f);
        if (!says_nothing(text))
            return text;
    }
    return "";
}

/* Left out by a profile above? */
static bool is_dropped(const struct device_profile *p, size_t level, const struct field *f)
{
    for (size_t i = level + 1; f->oid && i < p->profile_count; i++)
        for (size_t k = 0; k < p->profiles[i]->drop.count; k++)
            if (oid_has_prefix(f->oid, f->oid_len, p->profiles[i]->drop.ids[k], p->profiles[i]->drop.lens[k]))
                return true;
    return false;
}

static const char *first_known(struct decoder *d, size_t offset)
{
    for (size_t i = d->profile->profile_count; i-- > 0;) {
        const struct field_list *list = (const void *)((const char *)d->profile->profiles[i] + offset);

        for (size_t k = 0; k < list->count; k++) {
            const char *text =
                is_dropped(d->profile, i, &list->items[k]) ? "" : identity_text(d, &list->items[k]);

            if (!says_nothing(text))
                return text;
        }
    }
    return "";
}

static void read_identity(struct decoder *d)
{
    struct view_identity *id = &d->view.identity;
    const struct varbind *uptime = varbind_set_find(d->set, sys_uptime_oid, ARRAY_LEN(sys_uptime_oid));

    id->sys_descr = scalar_text(d, sys_descr_oid, ARRAY_LEN(sys_descr_oid));
    id->sys_object_id = scalar_text(d, sys_object_id_oid, ARRAY_LEN(sys_object_id_oid));
    id->sys_name = scalar_text(d, sys_name_oid, ARRAY_LEN(sys_name_oid));
    id->vendor = first_known(d, offsetof(struct profile, vendors));
    id->model = first_known(d, offsetof(struct profile, model));
    id->version = first_known(d, offsetof(struct profile, version));
    id->serial = first_known(d, offsetof(struct profile, serial));
    id->uptime_s = uptime && uptime->type == SNMP_TIMETICKS ? (double)uptime->number / 100 : NAN;
}

/* ---- the whole ---- */

static uint64_t hash_text(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return (h ^ 0xff) * 0x100000001b3u;
}

static uint64_t structure_of(const struct device_view *v)
{
    const struct view_identity *id = &v->identity;
    const char *const texts[] = {id->sys_object_id, id->sys_descr, id->sys_name, id->vendor,
                                 id->model,         id->version,   id->serial};
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        h = hash_text(h, texts[i]);
    for (size_t i = 0; i < v->entity_count; i++)
        h = hash_text(hash_text(hash_text(h, v->entities[i].id), v->entities[i].kind), v->entities[i].name);
    for (size_t i = 0; i < v->sample_count; i++) {
        h = (h ^ v->samples[i].entity) * 0x100000001b3u;
        h = (h ^ v->samples[i].metric) * 0x100000001b3u;
        if (!v->samples[i].metric)
            h = hash_text(h, v->samples[i].metric_name);
        h = (h ^ v->samples[i].is_counter) * 0x100000001b3u;
    }
    for (size_t i = 0; i < v->neighbour_count; i++)
        h = hash_text(hash_text(h, v->neighbours[i].system_name), v->neighbours[i].port_id);
    return h;
}

uint32_t decoder_interface(const struct decoder *d, uint32_t index)
{
    for (size_t i = 0; i < d->entity_count; i++)
        if (strcmp(d->entities[i].view.kind, "interface") == 0 && d->entities[i].index_len == 1 &&
            d->entities[i].index[0] == index)
            return (uint32_t)i;
    return VIEW_NO_ENTITY;
}

/* Arrays stop growing here: now pointers into them hold. */
static enum err publish(struct decoder *d)
{
    struct device_view *v = &d->view;

    if (d->entity_view_cap < d->entity_count) {
        struct view_entity *more = realloc(d->entity_views, d->entity_cap * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        d->entity_views = more;
        d->entity_view_cap = d->entity_cap;
    }
    for (size_t i = 0; i < d->entity_count; i++) {
        d->entity_views[i] = d->entities[i].view;
        d->entity_views[i].attrs = d->attrs + d->entities[i].attr_from;
    }
    for (size_t i = 0; i < d->sample_count; i++)
        d->samples[i].sources = d->sources + d->sample_sources[i];
    v->entities = d->entity_views;
    v->entity_count = d->entity_count;
    v->samples = d->samples;
    v->sample_count = d->sample_count;
    v->neighbours = d->neighbours;
    v->neighbour_count = d->neighbour_count;
    v->chassis_id = d->chassis_id;
    v->poe = d->poe;
    v->poe_count = d->poe_count;
    v->is_cut = d->is_cut;
    v->structure = structure_of(v);
    return ERR_OK;
}

enum err decode(struct decoder *d, const struct device_profile *profile, const struct varbind_set *varbinds,
                const struct device_view **out)
{
    enum err e;

    arena_reset(d->arena);
    d->set = varbinds;
    d->profile = profile;
    d->entity_count = d->attr_count = d->sample_count = d->source_count = d->neighbour_count = 0;
    d->poe_count = 0;
    d->chassis_id = "";
    d->is_cut = d->is_failed = false;
    d->view = (struct device_view){0};
    read_identity(d);
    for (size_t i = 0; i < profile->table_count && !d->is_failed; i++)
        read_table(d, &profile->tables[i]);
    number_ids(d);
    if (profile->has_lldp)
        decode_lldp(d);
    decode_poe(d);
    if (d->is_failed)
        return ERR_NOMEM;
    e = publish(d);
    if (!e)
        *out = &d->view;
    return e;
}
