/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_plan.c - what the profiles of a device want to read, as a list of columns and scalars. Pure. */
#include <stdlib.h>
#include <string.h>

#include "collector/profile_internal.h"

enum { READ_ITEMS_MAX = 4000 };

#define IDENTITY_AGE   (1 * HOURS)
#define NAMES_AGE      (5 * MINUTES)
#define NEIGHBOURS_AGE (5 * MINUTES)

static const uint32_t sys_uptime_oid[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const uint32_t sys_name_oid[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};

enum err plan_add(struct plan_builder *b, const uint32_t *oid, uint32_t len, bool is_scalar, ns_t age)
{
    if (!oid)
        return ERR_OK;
    if (b->count == READ_ITEMS_MAX)
        return ERR_LIMIT;
    if (b->count == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        struct read_item *more = realloc(b->items, cap * sizeof *more);

        if (!more)
            return ERR_NOMEM;
        b->items = more;
        b->cap = cap;
    }
    b->items[b->count++] = (struct read_item){oid, len, is_scalar, age, false, b->is_settled};
    return ERR_OK;
}

static int by_oid(const void *a, const void *b)
{
    const struct read_item *x = a, *y = b;
    int order = oid_compare(x->oid, x->oid_len, y->oid, y->oid_len);

    return order ? order : (int)x->is_scalar - (int)y->is_scalar;
}

void plan_finish(struct plan_builder *b, struct read_plan *plan)
{
    size_t kept = 0;

    if (b->count)
        qsort(b->items, b->count, sizeof *b->items, by_oid);
    for (size_t i = 0; i < b->count; i++) {
        struct read_item *last = kept ? &b->items[kept - 1] : NULL;
        const struct read_item *item = &b->items[i];
        bool is_same = last && oid_compare(last->oid, last->oid_len, item->oid, item->oid_len) == 0;

        if (last && (is_same || (!last->is_scalar &&
                                 oid_has_prefix(item->oid, item->oid_len, last->oid, last->oid_len)))) {
            last->min_age = item->min_age < last->min_age ? item->min_age : last->min_age;
            last->is_list |= item->is_list;
            last->is_settled |= item->is_settled;
            continue;
        }
        b->items[kept++] = *item;
    }
    *plan = (struct read_plan){b->items, kept};
}

/* An OID that is an instance already: of a scalar table, or with `index: none`. */
static bool is_instance(const struct table *t, struct index_part part)
{
    return (t && t->is_scalar) || part.from == 0;
}

static enum err plan_fields(struct plan_builder *b, const struct table *t, const struct field_list *list,
                            const bool *is_active, ns_t age);

static enum err plan_conditions(struct plan_builder *b, const struct table *t,
                                const struct condition_list *list, ns_t age)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < list->count; i++)
        e = plan_add(b, list->items[i].oid, list->items[i].oid_len, is_instance(t, list->items[i].part), age);
    return e;
}

static enum err plan_field(struct plan_builder *b, const struct table *t, const struct field *f, ns_t age)
{
    const struct field_list *const below[] = {&f->times, &f->percent_of, &f->plus,         &f->minus,
                                              &f->band,  &f->si_scale,   &f->si_precision, &f->fallback};
    bool is_settled = b->is_settled;
    enum err e;

    b->is_settled |=
        f->sub != SUB_NONE || f->metric == METRIC_POE_STATUS; /* a row may begin to count, a port to feed */
    e = plan_add(b, f->oid, f->oid_len, !f->sub && is_instance(t, f->part), age);
    for (size_t i = 0; !e && i < ARRAY_LEN(below); i++) {
        b->is_settled = is_settled || below[i] != &f->fallback;
        e = plan_fields(b, t, below[i], NULL, age);
    }
    b->is_settled = true;
    if (!e)
        e = plan_conditions(b, t, &f->present, age);
    if (!e)
        e = plan_conditions(b, t, &f->when, age);
    b->is_settled = is_settled;
    return e;
}

static enum err plan_fields(struct plan_builder *b, const struct table *t, const struct field_list *list,
                            const bool *is_active, ns_t age)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < list->count; i++)
        if (!is_active || is_active[i])
            e = plan_field(b, t, &list->items[i], age);
    return e;
}

/* Outside tables an OID that ends in .0 is a scalar; any other one is a column whose first instance counts.
 */
static enum err plan_identity(struct plan_builder *b, const struct field_list *list)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < list->count; i++) {
        const struct field *f = &list->items[i];

        if (f->oid)
            e = plan_add(b, f->oid, f->oid_len, f->oid[f->oid_len - 1] == 0 || f->part.from == 0,
                         IDENTITY_AGE);
        for (size_t k = 0; !e && k < f->when.count; k++)
            if (f->when.items[k].oid)
                e = plan_add(b, f->when.items[k].oid, f->when.items[k].oid_len,
                             f->when.items[k].oid[f->when.items[k].oid_len - 1] == 0, IDENTITY_AGE);
    }
    return e;
}

static bool table_is_used(const struct used_table *u)
{
    if (u->table->is_listed || u->table->attrs.count)
        return true;
    for (size_t i = 0; i < u->table->readings.count; i++)
        if (u->is_active[i])
            return true;
    return false;
}

/* A name that is no part of the id is only shown: it may be a few minutes old. */
static ns_t names_age(const struct table *t)
{
    return (t->id && strstr(t->id, "{name}")) || t->age > NAMES_AGE ? t->age : NAMES_AGE;
}

static enum err plan_table(struct plan_builder *b, const struct used_table *u)
{
    const struct table *t = u->table;
    size_t from = b->count;
    enum err e = ERR_OK;

    if (!table_is_used(u))
        return ERR_OK;
    b->is_settled = false;
    for (size_t i = 0; !e && i < t->slot_count; i++)
        if (t->slots[i].is_row)
            e = plan_add(b, t->slots[i].oid, t->slots[i].oid_len, false, t->age);
    if (!e)
        e = plan_fields(b, t, &t->readings, u->is_active, t->age);
    b->is_settled = true;
    if (!e)
        e = plan_fields(b, t, &t->attrs, NULL, t->age);
    if (!e)
        e = plan_fields(b, t, &t->names, NULL, names_age(t));
    if (!e)
        e = plan_conditions(b, t, &t->when, t->age);
    for (size_t i = from; i < b->count; i++)
        b->items[i].is_list = t->kind && strcmp(t->kind, "ap") == 0 && !b->items[i].is_scalar;
    return e;
}

static const struct {
    uint32_t ids[16];
    uint32_t len;
} lldp_columns[] = {
    {{1, 0, 8802, 1, 1, 2, 1, 3, 1, 0}, 10},     /* lldpLocChassisIdSubtype */
    {{1, 0, 8802, 1, 1, 2, 1, 3, 2, 0}, 10},     /* lldpLocChassisId */
    {{1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 2}, 11},  /* lldpLocPortIdSubtype */
    {{1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3}, 11},  /* lldpLocPortId */
    {{1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 4}, 11},  /* lldpLocPortDesc */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 4}, 11},  /* lldpRemChassisIdSubtype */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 5}, 11},  /* lldpRemChassisId */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 6}, 11},  /* lldpRemPortIdSubtype */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 7}, 11},  /* lldpRemPortId */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 8}, 11},  /* lldpRemPortDesc */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 9}, 11},  /* lldpRemSysName */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 12}, 11}, /* lldpRemSysCapEnabled */
    {{1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3}, 11},  /* lldpRemManAddrIfSubtype: the address is its index */
};

static enum err plan_neighbours(struct plan_builder *b)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < ARRAY_LEN(lldp_columns); i++)
        e = plan_add(b, lldp_columns[i].ids, lldp_columns[i].len,
                     lldp_columns[i].ids[lldp_columns[i].len - 1] == 0, NEIGHBOURS_AGE);
    return e;
}

static enum err plan_identities(struct plan_builder *b, const struct device_profile *d)
{
    enum err e = plan_add(b, sys_uptime_oid, ARRAY_LEN(sys_uptime_oid), true, 0);

    b->is_settled = true;
    if (!e)
        e = plan_add(b, profile_sys_descr, SYS_OID_LEN, true, 0);
    if (!e)
        e = plan_add(b, profile_sys_object_id, SYS_OID_LEN, true, 0);
    if (!e)
        e = plan_add(b, sys_name_oid, ARRAY_LEN(sys_name_oid), true, 0);
    for (size_t i = 0; !e && i < d->profile_count; i++) {
        const struct field_list *const lists[] = {&d->profiles[i]->vendors, &d->profiles[i]->model,
                                                  &d->profiles[i]->version, &d->profiles[i]->serial};
        for (size_t k = 0; !e && k < ARRAY_LEN(lists); k++)
            e = plan_identity(b, lists[k]);
    }
    return e;
}

enum err plan_device(struct plan_builder *b, const struct device_profile *d)
{
    enum err e = plan_identities(b, d);

    for (size_t i = 0; !e && i < d->table_count; i++)
        e = plan_table(b, &d->tables[i]);
    return !e && d->has_lldp ? plan_neighbours(b) : e;
}

/* What a survey reads besides: what tells kinds of devices apart, and a bridge's base MAC. */
static const struct {
    uint32_t ids[16];
    uint32_t len;
    bool is_scalar;
} survey_items[] = {
    {{1, 0, 8802, 1, 1, 2, 1, 3, 6, 0}, 10, true},    /* lldpLocSysCapEnabled */
    {{1, 3, 6, 1, 2, 1, 1, 7, 0}, 9, true},           /* sysServices */
    {{1, 3, 6, 1, 2, 1, 2, 2, 1, 3}, 10, false},      /* ifType */
    {{1, 3, 6, 1, 2, 1, 17, 1, 1, 0}, 10, true},      /* dot1dBaseBridgeAddress */
    {{1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0}, 11, true},   /* upsOutputSource */
    {{1, 3, 6, 1, 2, 1, 105, 1, 1, 1, 6}, 11, false}, /* pethPsePortDetectionStatus */
};

/* Interfaces by name alone; of a controller's access points all but the readings. */
static enum err survey_table(struct plan_builder *b, const struct table *t)
{
    bool is_ap = strcmp(t->kind, "ap") == 0;
    enum err e = ERR_OK;

    if (!is_ap && strcmp(t->kind, "interface") != 0)
        return ERR_OK;
    for (size_t i = 0; !e && is_ap && i < t->slot_count; i++)
        if (t->slots[i].is_row)
            e = plan_add(b, t->slots[i].oid, t->slots[i].oid_len, false, 0);
    if (!e && is_ap)
        e = plan_fields(b, t, &t->attrs, NULL, 0);
    if (!e)
        e = plan_fields(b, t, &t->names, NULL, 0);
    return e ? e : plan_conditions(b, t, &t->when, 0);
}

enum err plan_survey(struct plan_builder *b, const struct device_profile *d)
{
    enum err e = plan_identities(b, d);

    for (size_t i = 0; !e && i < ARRAY_LEN(survey_items); i++)
        e = plan_add(b, survey_items[i].ids, survey_items[i].len, survey_items[i].is_scalar, 0);
    for (size_t i = 0; !e && i < d->table_count; i++)
        e = survey_table(b, d->tables[i].table);
    return !e && d->has_lldp ? plan_neighbours(b) : e;
}

static bool is_about(const struct trap_rule *rule, const char *kind)
{
    for (size_t i = 0; i < rule->read_count; i++)
        if (strcmp(rule->read[i], kind) == 0)
            return true;
    return false;
}

enum err device_profile_mark(const struct device_profile *p, const struct trap_rule *rule, bool *marks,
                             size_t *count)
{
    struct plan_builder b = {0};
    enum err e = ERR_OK;

    *count = 0;
    for (size_t i = 0; !e && i < p->table_count; i++)
        if (is_about(rule, p->tables[i].table->kind))
            e = plan_table(&b, &p->tables[i]);
    if (!e && p->has_lldp && is_about(rule, TRAP_READS_NEIGHBOURS))
        e = plan_neighbours(&b);
    for (size_t i = 0; !e && i < b.count; i++)
        for (size_t k = 0; k < p->plan.count; k++) {
            const struct read_item *item = &p->plan.items[k];

            if (marks[k] || !oid_has_prefix(b.items[i].oid, b.items[i].oid_len, item->oid, item->oid_len))
                continue;
            marks[k] = true;
            ++*count;
        }
    free(b.items);
    return e;
}
