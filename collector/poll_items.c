/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_items.c - what is known of a device: the items of its plan that it has, and what of them is due. Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "collector/poll_internal.h"

enum { PLACE_ASIDE = UINT16_MAX }; /* no plan is as long as that: poll_open_items() */

void poll_free_items(struct poll *p)
{
    for (size_t i = 0; i < p->item_count; i++)
        free(p->items[i].raw);
    free(p->items);
    free(p->places);
    free(p->parts);
    p->items = NULL;
    p->places = NULL;
    p->parts = NULL;
    p->item_count = p->kept = p->part_count = 0;
    p->plan = NULL;
    p->profile = NULL;
}

/* ---- which items there are ---- */

static bool is_hello(const struct read_item *item)
{
    return oid_compare(item->oid, item->oid_len, poll_sys_object_id, 9) == 0 ||
           oid_compare(item->oid, item->oid_len, poll_sys_uptime, 9) == 0;
}

const struct read_item *poll_planned(const struct poll *p, size_t i)
{
    return &p->plan->items[p->places[i]];
}

/* What lists access points is walked every time, unless that went wrong: then when everything is. */
static bool is_walk_needed(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    return !it->is_known || it->is_walk_due || (poll_planned(p, i)->is_list && !it->broken);
}

static bool is_known_empty(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    if (it->len || it->broken)
        return false;
    return poll_planned(p, i)->is_scalar ? it->is_absent : !is_walk_needed(p, i);
}

/* Without memory to shrink the arrays stay as they are. */
void poll_drop_empty_items(struct poll *p)
{
    struct item *items;
    uint16_t *places;
    size_t kept = 0;

    for (size_t i = 0; i < p->item_count; i++) {
        if (is_known_empty(p, i)) {
            free(p->items[i].raw);
            continue;
        }
        p->items[kept] = p->items[i];
        p->places[kept++] = p->places[i];
    }
    p->item_count = kept;
    items = realloc(p->items, (kept + 1) * sizeof *items);
    places = realloc(p->places, (kept + 1) * sizeof *places);
    p->items = items ? items : p->items;
    p->places = places ? places : p->places;
    p->is_structure_open = false;
}

/* Every item of the plan; those that were dropped are known to be empty. */
bool poll_open_items(struct poll *p)
{
    size_t count = p->plan->count;
    struct item *items = calloc(count + 1, sizeof *items);
    uint16_t *places = calloc(count + 1, sizeof *places);

    if (!items || !places || count >= PLACE_ASIDE) {
        free(items);
        free(places);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = (uint16_t)i;
        items[i].is_known = items[i].is_absent = true;
        items[i].is_hello = is_hello(&p->plan->items[i]);
    }
    for (size_t i = 0; i < p->item_count; i++)
        items[p->places[i]] = p->items[i];
    free(p->items);
    free(p->places);
    p->items = items;
    p->places = places;
    p->item_count = count;
    p->is_structure_open = true;
    return true;
}

/* All of it is walked or asked for anew; what is known stays until then. */
bool poll_forget_items(struct poll *p)
{
    if (!poll_open_items(p))
        return false;
    for (size_t i = 0; i < p->item_count; i++) {
        struct item *it = &p->items[i];

        it->is_absent = false;
        if (it->endless >= 2 && ++it->endless < ENDLESS_REST)
            continue;
        it->endless = it->endless >= 2; /* one more poll without an end, and it rests again */
        it->is_walk_due = true;
        it->broken = NULL;
    }
    return true;
}

/* ---- in a poll ---- */

void poll_store(struct poll *p, struct item *it, const void *bytes, size_t len, ns_t now)
{
    bool has_changed = it->len != len || (len && memcmp(it->raw, bytes, len) != 0);

    if (p->kept - it->len + len > POLL_BYTES_MAX) {
        it->broken = "the device has more values than are kept";
        return; /* not done, so unknown */
    }
    if (!it->len != !len)
        p->has_new_instances = true;
    if (it->cap < len || it->cap > len * 2 + 64) {
        uint8_t *fit = len ? realloc(it->raw, len) : NULL;

        if (len && !fit)
            return; /* not done, so unknown */
        if (!len)
            free(it->raw);
        it->raw = fit;
        it->cap = (uint32_t)len;
    }
    if (len)
        memcpy(it->raw, bytes, len);
    p->kept += len - it->len;
    it->len = (uint32_t)len;
    it->read_at = now;
    it->is_too_old = false;
    it->is_done = true;
    it->has_changed |= has_changed;
    poll_forget_part(p, it);
}

/* ---- items that were read in part ---- */

void poll_forget_part(struct poll *p, const struct item *it)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->part_count; i++) {
        if (p->parts[i].place != p->places[it - p->items])
            p->parts[kept++] = p->parts[i];
    }
    p->part_count = kept;
}

/* Rows that an earlier poll read, behind the ones that are read now, keep their age. Their bytes
 * begin elsewhere now. */
static void set_aside(struct poll *p, uint16_t place, size_t rest, size_t len)
{
    for (size_t i = 0; i < p->part_count; i++) {
        if (p->parts[i].place != place || p->parts[i].len <= rest)
            continue;
        p->parts[i].len = (uint32_t)(p->parts[i].len - rest + len);
        p->parts[i].place = PLACE_ASIDE;
    }
}

static void bring_back(struct poll *p, uint16_t place)
{
    for (size_t i = 0; i < p->part_count; i++) {
        if (p->parts[i].place == PLACE_ASIDE)
            p->parts[i].place = place;
    }
}

/* Where in the item's varbinds those behind the last one of bytes begin. */
static size_t offset_behind(const struct item *it, const void *bytes, size_t len)
{
    struct snmp_raw_varbind vb, last = {0};
    struct wire w;
    size_t offset = 0;

    wire_init(&w, bytes, len);
    while (snmp_varbind_again(&w, &vb))
        last = vb;
    wire_init(&w, it->raw, it->len);
    while (snmp_varbind_again(&w, &vb) && snmp_raw_oid_compare(vb.oid, last.oid) <= 0)
        offset += vb.tlv_len;
    return offset;
}

void poll_store_part(struct poll *p, size_t i, const void *bytes, size_t len, ns_t now)
{
    struct item *it = &p->items[i];
    struct part part = {p->places[i], (uint32_t)len, now}, *more;
    const ns_t before = it->read_at;
    const bool was_too_old = it->is_too_old;
    struct buf whole;
    size_t rest;

    if (!len)
        return;
    more = realloc(p->parts, (p->part_count + 1) * sizeof *more);
    if (!more)
        return;
    p->parts = more;
    rest = offset_behind(it, bytes, len);
    buf_init(&whole, POLL_BYTES_MAX);
    buf_put(&whole, bytes, len);
    buf_put(&whole, it->len ? it->raw + rest : NULL, it->len - rest);
    if (!buf_error(&whole)) {
        set_aside(p, part.place, rest, len);
        poll_store(p, it, whole.data, whole.len, now);
        bring_back(p, part.place);
    }
    if (it->is_done)
        p->parts[p->part_count++] = part;
    else
        poll_forget_part(p, it); /* no memory: what is of which age is not known any more */
    buf_fini(&whole);
    it->read_at = before;
    it->is_too_old = was_too_old;
    it->is_done = false;
    p->has_new_instances = true;
}

bool poll_is_for_get(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    if (!it->is_due || it->is_done || it->is_hello)
        return false;
    if (poll_planned(p, i)->is_scalar)
        return !it->is_absent;
    return !is_walk_needed(p, i) && it->len;
}

bool poll_is_for_walk(const struct poll *p, size_t i)
{
    const struct item *it = &p->items[i];

    return it->is_due && !it->is_done && !poll_planned(p, i)->is_scalar && is_walk_needed(p, i);
}

static bool is_old(const struct poll *p, size_t i, ns_t now)
{
    const struct item *it = &p->items[i];
    ns_t min_age = poll_planned(p, i)->min_age;

    if (!poll_planned(p, i)->is_scalar && min_age < p->table_age)
        min_age = p->table_age;
    /* A tenth early counts as due, so that an age of five intervals is not six for a jitter's sake. */
    return !it->read_at || it->is_too_old || now - it->read_at >= min_age - min_age / 10;
}

void poll_expect_items(struct poll *p, ns_t now)
{
    for (size_t i = 0; i < p->item_count; i++) {
        p->items[i].is_due = is_old(p, i, now);
        p->items[i].is_done = p->items[i].has_changed = false;
    }
}

void poll_choose_items(struct poll *p, ns_t now)
{
    for (size_t i = 0; i < p->item_count; i++) {
        struct item *it = &p->items[i];

        it->is_due = it->is_wanted || (!p->is_narrow && is_old(p, i, now));
        if (it->is_walk_wanted) {
            it->is_walk_due = true;
            it->is_absent = false;
        }
        it->is_wanted &= p->keeps_wanted;
        it->is_walk_wanted &= p->keeps_wanted;
        it->is_done = it->has_changed = false;
        if (!it->is_due)
            continue;
        if (poll_planned(p, i)->is_scalar ? it->is_absent : !is_walk_needed(p, i) && !it->len) {
            it->read_at = now; /* there is nothing to ask for, and that is known */
            it->is_done = true;
        }
    }
}

void poll_forget_ages(struct poll *p)
{
    for (size_t i = 0; i < p->item_count; i++)
        p->items[i].is_too_old = true;
}

/* ---- what is known ---- */

enum err poll_collect(const struct poll *p, struct varbind_set *out)
{
    enum err e = ERR_OK;

    for (size_t i = 0; !e && i < p->item_count; i++) {
        const struct item *it = &p->items[i];

        if (it->len)
            e = poll_take(it->raw, it->len, out);
    }
    varbind_set_sort(out);
    return e;
}

struct poll_item poll_item(const struct poll *p, size_t place)
{
    size_t lo = 0, hi = p->item_count;

    if (p->frozen)
        return poll_frozen_item(p, place);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (p->places[mid] < place)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == p->item_count || p->places[lo] != place)
        return (struct poll_item){0};
    const struct item *it = &p->items[lo];
    return (struct poll_item){.varbinds = it->raw,
                              .len = it->len,
                              .read_at = it->read_at,
                              .is_read = it->is_done,
                              .has_changed = it->has_changed};
}

bool poll_has_same_instances(const struct poll *p)
{
    return !p->has_new_instances;
}

/* NULL if no item of the plan covers it. */
static const struct item *find_item(const struct poll *p, const uint32_t *oid, size_t len)
{
    size_t lo = 0, hi = p->item_count;

    while (lo < hi) { /* the last item that is not behind oid */
        size_t mid = lo + (hi - lo) / 2;

        if (oid_compare(poll_planned(p, mid)->oid, poll_planned(p, mid)->oid_len, oid, len) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (!lo || !oid_has_prefix(oid, len, poll_planned(p, lo - 1)->oid, poll_planned(p, lo - 1)->oid_len))
        return NULL;
    return &p->items[lo - 1];
}

/* The shortest part of the item that this OID is in; NULL: it is as old as the item. */
static const struct part *part_of(const struct poll *p, const struct item *it, const uint32_t *oid,
                                  size_t len)
{
    const struct part *found = NULL;
    uint8_t raw[SNMP_RAW_OID_MAX];
    struct snmp_raw_oid sought = {raw, 0};
    struct snmp_raw_varbind next;
    struct wire w;

    if (!p->part_count || snmp_oid_encode(oid, len, raw, &sought.len))
        return NULL;
    for (size_t i = 0; i < p->part_count; i++) {
        const struct part *part = &p->parts[i];

        if (part->place != p->places[it - p->items] || (found && found->len <= part->len))
            continue;
        wire_init(&w, it->raw + part->len, it->len - part->len);
        if (!snmp_varbind_again(&w, &next) || snmp_raw_oid_compare(sought, next.oid) < 0)
            found = part;
    }
    return found;
}

bool poll_has_read(const struct poll *p, const uint32_t *oid, size_t len)
{
    const struct item *it = find_item(p, oid, len);
    const struct part *part;

    if (!it || !it->is_due || it->is_done)
        return true;
    part = part_of(p, it, oid, len);
    return part && part->read_at >= p->begun;
}

ns_t poll_read_at(const struct poll *p, const uint32_t *oid, size_t len)
{
    const struct item *it = find_item(p, oid, len);
    const struct part *part = it ? part_of(p, it, oid, len) : NULL;

    return part ? part->read_at : it ? it->read_at : 0;
}
