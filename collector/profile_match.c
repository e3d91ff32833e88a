/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_match.c - which profiles describe a device, and what they say together. Pure.
 *
 * A profile matches if one of its `match` entries does. Of those the most specific wins: an entry whose probe
 * is answered (a vendor's own object says more than "net-snmp on Linux"), then the longest sysObjectID
 * prefix, then the entry that also looks at sysDescr. Below it lie the profiles that it `uses`, and `generic`
 * below all. */
#include <stdlib.h>
#include <string.h>

#include "collector/profile_internal.h"

enum { COMBINED_MAX = 16, PROBE_POINTS = 1000 };

void device_profile_free(struct device_profile *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->table_count; i++)
        free(d->tables[i].is_active);
    free(d->tables);
    free(d->profiles);
    free(d->names);
    free(d->items);
    free(d->survey_items);
    free(d);
}

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
    const struct profile *generic = profile_set_find(set, "generic", NULL);
    struct plan_builder b = {0}, survey = {0};
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
        d->profiles[d->profile_count++] = profile_set_find(set, top->uses[i], NULL);
    if (!e && top && top != generic)
        d->profiles[d->profile_count++] = top;
    for (size_t i = 0; !e && i < d->profile_count; i++) {
        d->names[i] = d->profiles[i]->name;
        d->has_lldp = d->has_lldp || d->profiles[i]->has_lldp;
        e = use_tables(d, i);
    }
    if (!e)
        e = plan_device(&b, d);
    if (!e)
        e = plan_survey(&survey, d);
    d->items = b.items;
    d->survey_items = survey.items;
    if (e) {
        device_profile_free(d);
        return e;
    }
    plan_finish(&b, &d->plan);
    plan_finish(&survey, &d->survey);
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
    const struct varbind *object = probed_value(set, profile_sys_object_id, SYS_OID_LEN);
    unsigned best = r->prefix_count ? 0 : 1;

    for (size_t i = 0; object && object->type == SNMP_OID && i < r->prefix_count; i++)
        if (oid_has_prefix(object->value_oid, object->len, r->prefixes[i], r->prefix_lens[i]) &&
            r->prefix_lens[i] * 4 > best)
            best = r->prefix_lens[i] * 4;
    if (best == 0)
        return 0;
    if (r->sys_descr) {
        if (!text_matches(r->sys_descr, probed_value(set, profile_sys_descr, SYS_OID_LEN)))
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

    if (name && !profile_set_find(set, name, &i))
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

const struct read_plan *device_profile_survey(const struct device_profile *p)
{
    return &p->survey;
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
