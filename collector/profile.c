/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.c - the set of all profiles: which of them describe a device, and what they want to read from it.
 *
 * Recognition: a profile matches if one of its `match` entries does. Of those the most specific wins: an
 * entry whose probe is answered (a vendor's own object says more than "net-snmp on Linux"), then the longest
 * sysObjectID prefix, then the entry that also looks at sysDescr. Below it lie the profiles
 * that it `uses`, and `generic` below all. */
#include "collector/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/field.h"
#include "lib/base/strx.h"

enum { PROFILES_MAX = 1000, COMBINED_MAX = 16, READ_ITEMS_MAX = 4000, PROBE_POINTS = 1000 };

#define IDENTITY_AGE (1 * HOURS)
#define NAMES_AGE    (5 * MINUTES)

static const uint32_t sys_descr_oid[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
static const uint32_t sys_object_id_oid[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const uint32_t sys_uptime_oid[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const uint32_t sys_name_oid[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};

struct profile_set {
    struct profile **items; /* by name */
    size_t count;
    struct device_profile **combined; /* one per profile that was ever matched: [i] = items[i] on top; [count]
                                         = generic alone */
    struct read_item *probe_items;
    struct read_plan probe;
};

/* ---- read plans ---- */

struct plan_builder {
    struct read_item *items;
    size_t count, cap;
};

static enum err plan_add(struct plan_builder *b, const uint32_t *oid, uint32_t len, bool is_scalar, ns_t age)
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
    b->items[b->count++] = (struct read_item){oid, len, is_scalar, age, false};
    return ERR_OK;
}

static int by_oid(const void *a, const void *b)
{
    const struct read_item *x = a, *y = b;
    int order = oid_compare(x->oid, x->oid_len, y->oid, y->oid_len);

    return order ? order : (int)x->is_scalar - (int)y->is_scalar;
}

/* Sorted; an item that a column above it reads anyway goes, its age passes on. */
static void plan_finish(struct plan_builder *b, struct read_plan *plan)
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
    const struct field_list *const below[] = {&f->times, &f->percent_of, &f->plus,     &f->minus,
                                              &f->band,  &f->fallback,   &f->si_scale, &f->si_precision};
    enum err e = plan_add(b, f->oid, f->oid_len, !f->sub && is_instance(t, f->part), age);

    for (size_t i = 0; !e && i < ARRAY_LEN(below); i++)
        e = plan_fields(b, t, below[i], NULL, age);
    if (!e)
        e = plan_conditions(b, t, &f->present, age);
    return e ? e : plan_conditions(b, t, &f->when, age);
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
    for (size_t i = 0; !e && i < t->slot_count; i++)
        if (t->slot_is_row[i])
            e = plan_add(b, t->slot_oid[i], t->slot_oid_len[i], false, t->age);
    if (!e)
        e = plan_fields(b, t, &t->readings, u->is_active, t->age);
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

static enum err plan_device(struct plan_builder *b, const struct device_profile *d)
{
    enum err e = plan_add(b, sys_descr_oid, ARRAY_LEN(sys_descr_oid), true, 0);

    if (!e)
        e = plan_add(b, sys_object_id_oid, ARRAY_LEN(sys_object_id_oid), true, 0);
    if (!e)
        e = plan_add(b, sys_uptime_oid, ARRAY_LEN(sys_uptime_oid), true, 0);
    if (!e)
        e = plan_add(b, sys_name_oid, ARRAY_LEN(sys_name_oid), true, 0);
    for (size_t i = 0; !e && i < d->profile_count; i++) {
        const struct field_list *const lists[] = {&d->profiles[i]->vendors, &d->profiles[i]->model,
                                                  &d->profiles[i]->version, &d->profiles[i]->serial};
        for (size_t k = 0; !e && k < ARRAY_LEN(lists); k++)
            e = plan_identity(b, lists[k]);
    }
    for (size_t i = 0; !e && i < d->table_count; i++)
        e = plan_table(b, &d->tables[i]);
    for (size_t i = 0; !e && d->has_lldp && i < ARRAY_LEN(lldp_columns); i++)
        e = plan_add(b, lldp_columns[i].ids, lldp_columns[i].len,
                     lldp_columns[i].ids[lldp_columns[i].len - 1] == 0, 5 * MINUTES);
    return e;
}

/* ---- loading ---- */

static int by_name(const void *a, const void *b)
{
    const struct profile *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

const char *profile_set_name(const struct profile_set *set, size_t i)
{
    return set->items[i]->name;
}

size_t profile_set_count(const struct profile_set *set)
{
    return set->count;
}

static const struct profile *find(const struct profile_set *set, const char *name, size_t *at)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i]->name, name) == 0) {
            if (at)
                *at = i;
            return set->items[i];
        }
    return NULL;
}

bool profile_set_has(const struct profile_set *set, const char *name)
{
    return find(set, name, NULL) != NULL;
}

static struct conf_pos at_file(struct conf_report *report, const char *path)
{
    return (struct conf_pos){conf_report_file(report, path), 1, 1};
}

/* Takes p, in any case. */
static enum err add(struct profile_set *set, struct profile *p, const char *dir, struct conf_report *report)
{
    size_t at;
    struct profile **more;

    if (find(set, p->name, &at)) {
        if (strx_starts_with(set->items[at]->path, dir) &&
            strchr(set->items[at]->path + strlen(dir) + 1, '/') == NULL) {
            conf_report_add(report, at_file(report, p->path), "profile: %s is defined in %s already", p->name,
                            set->items[at]->path);
            profile_free(p);
            return ERR_OK;
        }
        profile_free(set->items[at]); /* a later directory replaces it */
        set->items[at] = p;
        return ERR_OK;
    }
    more = set->count < PROFILES_MAX ? realloc(set->items, (set->count + 1) * sizeof *more) : NULL;
    if (!more) {
        profile_free(p);
        return ERR_NOMEM;
    }
    set->items = more;
    set->items[set->count++] = p;
    return ERR_OK;
}

static int is_yaml(const struct dirent *d)
{
    return d->d_name[0] != '.' && strx_ends_with(d->d_name, ".yaml");
}

static enum err load_dir(struct profile_set *set, const char *dir, struct conf_report *report)
{
    struct dirent **names = NULL;
    int count = scandir(dir, &names, is_yaml, alphasort);
    enum err e = ERR_OK;

    if (count < 0) {
        e = err_from_errno(errno);
        conf_report_add(report, at_file(report, dir), "this directory of profiles cannot be read: %s",
                        err_text(e));
        return e;
    }
    for (int i = 0; i < count; i++) {
        char *path = strx_printf("%s/%s", dir, names[i]->d_name);
        struct profile *p = NULL;

        if (!path)
            e = ERR_NOMEM;
        if (!e)
            e = profile_read_file(path, report, &p);
        if (p)
            e = add(set, p, dir, report);
        if (e != ERR_NOMEM)
            e = ERR_OK; /* reported; the others are checked too */
        free(path);
        free(names[i]);
    }
    free(names);
    return e;
}

/* Whether p uses what there is; if not, why goes to report. */
static bool uses_are_fine(const struct profile_set *set, const struct profile *p, struct conf_report *report)
{
    size_t before = conf_report_count(report);

    for (size_t k = 0; k < p->use_count; k++) {
        const struct profile *used = find(set, p->uses[k], NULL);

        if (!used)
            conf_report_add(report, at_file(report, p->path), "uses: there is no profile %s without mistakes",
                            p->uses[k]);
        else if (used->use_count)
            conf_report_add(report, at_file(report, p->path),
                            "uses: %s uses others itself; name those here instead", used->name);
    }
    return conf_report_count(report) == before;
}

/* Leaves out profiles that use what is not there. What they use has no uses of its own, so one pass is
 * enough. */
static void drop_dangling(struct profile_set *set, struct conf_report *report)
{
    for (size_t i = set->count; i-- > 0;) {
        if (uses_are_fine(set, set->items[i], report))
            continue;
        profile_free(set->items[i]);
        memmove(&set->items[i], &set->items[i + 1], (set->count - i - 1) * sizeof(set->items[0]));
        set->count--;
    }
}

static enum err make_probe(struct profile_set *set)
{
    struct plan_builder b = {0};
    enum err e = plan_add(&b, sys_descr_oid, ARRAY_LEN(sys_descr_oid), true, 0);

    if (!e)
        e = plan_add(&b, sys_object_id_oid, ARRAY_LEN(sys_object_id_oid), true, 0);
    for (size_t i = 0; !e && i < set->count; i++)
        for (size_t k = 0; !e && k < set->items[i]->match_count; k++)
            e = plan_add(&b, set->items[i]->match[k].probe, set->items[i]->match[k].probe_len, true, 0);
    set->probe_items = b.items;
    if (!e)
        plan_finish(&b, &set->probe);
    return e;
}

enum err profile_set_load(const char *const *dirs, size_t dir_count, struct conf_report *report,
                          struct profile_set **out)
{
    struct profile_set *set = calloc(1, sizeof *set);
    enum err e = set ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; !e && i < dir_count; i++)
        e = load_dir(set, dirs[i], report);
    if (!e) {
        qsort(set->items, set->count, sizeof(struct profile *), by_name);
        drop_dangling(set, report);
        e = make_probe(set);
    }
    if (!e) {
        set->combined = calloc(set->count + 1, sizeof(struct device_profile *));
        e = set->combined ? ERR_OK : ERR_NOMEM;
    }
    if (e) {
        profile_set_free(set);
        return e;
    }
    *out = set;
    return ERR_OK;
}

static void device_profile_free(struct device_profile *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->table_count; i++)
        free(d->tables[i].is_active);
    free(d->tables);
    free(d->profiles);
    free(d->names);
    free(d->items);
    free(d);
}

void profile_set_free(struct profile_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; set->combined && i <= set->count; i++)
        device_profile_free(set->combined[i]);
    for (size_t i = 0; i < set->count; i++)
        profile_free(set->items[i]);
    free(set->combined);
    free(set->items);
    free(set->probe_items);
    free(set);
}

const struct read_plan *profile_set_probe(const struct profile_set *set)
{
    return &set->probe;
}

/* ---- combining ---- */

static bool reads_oid(const struct profile *p, const struct field *f)
{
    for (size_t t = 0; t < p->table_count; t++)
        for (size_t i = 0; i < p->tables[t].readings.count; i++) {
            const struct field *mine = &p->tables[t].readings.items[i];

            if (oid_compare(mine->oid, mine->oid_len, f->oid, f->oid_len) == 0)
                return true;
        }
    return false;
}

static bool is_replaced(const struct profile *above, const struct field *f)
{
    for (size_t i = 0; i < above->drop.count; i++)
        if (oid_has_prefix(f->oid, f->oid_len, above->drop.ids[i], above->drop.lens[i]))
            return true;
    return reads_oid(above, f);
}

static enum err use_tables(struct device_profile *d, size_t level)
{
    const struct profile *p = d->profiles[level];
    struct used_table *more = realloc(d->tables, (d->table_count + p->table_count + 1) * sizeof *more);

    if (!more)
        return ERR_NOMEM;
    d->tables = more;
    for (size_t t = 0; t < p->table_count; t++) {
        const struct table *table = &p->tables[t];
        bool *is_active = calloc(table->readings.count + 1, sizeof *is_active);

        if (!is_active)
            return ERR_NOMEM;
        for (size_t i = 0; i < table->readings.count; i++) {
            is_active[i] = true;
            for (size_t above = level + 1; above < d->profile_count; above++)
                is_active[i] = is_active[i] && !is_replaced(d->profiles[above], &table->readings.items[i]);
        }
        d->tables[d->table_count++] = (struct used_table){table, p, is_active};
    }
    return ERR_OK;
}

static enum err combine(const struct profile_set *set, const struct profile *top, struct device_profile **out)
{
    struct device_profile *d = calloc(1, sizeof *d);
    const struct profile *generic = find(set, "generic", NULL);
    struct plan_builder b = {0};
    enum err e = ERR_OK;

    if (!d)
        return ERR_NOMEM;
    d->profiles = calloc(COMBINED_MAX, sizeof(struct profile *));
    d->names = calloc(COMBINED_MAX, sizeof *d->names);
    if (!d->profiles || !d->names)
        e = ERR_NOMEM;
    if (!e && generic)
        d->profiles[d->profile_count++] = generic;
    for (size_t i = 0; !e && top && i < top->use_count && d->profile_count < COMBINED_MAX - 1; i++)
        d->profiles[d->profile_count++] = find(set, top->uses[i], NULL);
    if (!e && top && top != generic)
        d->profiles[d->profile_count++] = top;
    for (size_t i = 0; !e && i < d->profile_count; i++) {
        d->names[i] = d->profiles[i]->name;
        d->has_lldp = d->has_lldp || d->profiles[i]->has_lldp;
        e = use_tables(d, i);
    }
    if (!e)
        e = plan_device(&b, d);
    d->items = b.items;
    if (e) {
        device_profile_free(d);
        return e;
    }
    plan_finish(&b, &d->plan);
    d->item_count = d->plan.count;
    *out = d;
    return ERR_OK;
}

/* ---- recognising ---- */

static const struct varbind *probed_value(const struct varbind_set *set, const uint32_t *oid, size_t len)
{
    return varbind_set_find(set, oid, len);
}

static bool text_matches(const regex_t *re, const struct varbind *vb)
{
    char text[1025];
    size_t n;

    if (!vb || vb->type != SNMP_OCTETS)
        return false;
    n = vb->len < sizeof text - 1 ? vb->len : sizeof text - 1;
    memcpy(text, vb->bytes, n);
    text[n] = '\0';
    return regexec(re, text, 0, NULL, 0) == 0;
}

/* 0: does not match; else the more the more specific. */
static unsigned score(const struct recogniser *r, const struct varbind_set *set)
{
    const struct varbind *object = probed_value(set, sys_object_id_oid, ARRAY_LEN(sys_object_id_oid));
    unsigned best = r->prefix_count ? 0 : 1;

    for (size_t i = 0; object && object->type == SNMP_OID && i < r->prefix_count; i++)
        if (oid_has_prefix(object->value_oid, object->len, r->prefixes[i], r->prefix_lens[i]) &&
            r->prefix_lens[i] * 4 > best)
            best = r->prefix_lens[i] * 4;
    if (best == 0)
        return 0;
    if (r->sys_descr) {
        if (!text_matches(r->sys_descr, probed_value(set, sys_descr_oid, ARRAY_LEN(sys_descr_oid))))
            return 0;
        best += 2;
    }
    if (r->probe) {
        const struct varbind *vb = probed_value(set, r->probe, r->probe_len);

        if (!vb || (r->probe_match && !text_matches(r->probe_match, vb)))
            return 0;
        best += PROBE_POINTS;
    }
    return best;
}

static size_t recognise(const struct profile_set *set, const struct varbind_set *probed)
{
    unsigned best = 0;
    size_t winner = set->count;

    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->items[i]->match_count; k++) {
            unsigned points = score(&set->items[i]->match[k], probed);

            if (points > best) {
                best = points;
                winner = i;
            }
        }
    return winner;
}

enum err profile_match(struct profile_set *set, const struct varbind_set *probed, const char *name,
                       const struct device_profile **out)
{
    size_t i = set->count;
    enum err e = ERR_OK;

    if (name && !find(set, name, &i))
        return ERR_NOT_FOUND;
    if (!name)
        i = recognise(set, probed);
    if (!set->combined[i])
        e = combine(set, i < set->count ? set->items[i] : NULL, &set->combined[i]);
    if (!e)
        *out = set->combined[i];
    return e;
}

const struct read_plan *device_profile_plan(const struct device_profile *p)
{
    return &p->plan;
}

size_t device_profile_names(const struct device_profile *p, const char *const **names)
{
    *names = p->names;
    return p->profile_count;
}

bool device_profile_has_kind(const struct device_profile *p, const char *kind)
{
    for (size_t i = 0; i < p->table_count; i++)
        if (p->tables[i].profile != p->profiles[0] && strcmp(p->tables[i].table->kind, kind) == 0)
            return true;
    return false;
}
