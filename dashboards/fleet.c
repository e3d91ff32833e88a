/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.c - all hardware as it runs now: listed, grouped by what it is and runs, cut into models and
 * versions, then weighed by the hotspots that hang on it. Pure. */
#include "dashboards/fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/map.h"

static const struct asset nothing_known = {"", "", "", "", "", "", false};

static const struct asset *told(const struct fleet_asset *a)
{
    return a->asset ? a->asset : &nothing_known;
}

/* ---- listing ---- */

/* A device that has told nothing yet is listed all the same. */
static size_t asset_rows(const struct snap_source *source)
{
    return source && source->assets.count ? source->assets.count : 1;
}

static enum err list_assets(struct fleet *f, const struct inventory *inventory,
                            const struct snapshot *snapshot, size_t *first)
{
    size_t count;

    inventory_devices(inventory, &count);
    for (size_t i = 0; i < count; i++) {
        first[i] = f->asset_count;
        f->asset_count += asset_rows(snapshot_device_source(snapshot, i));
    }
    f->assets = calloc(f->asset_count + 1, sizeof *f->assets);
    if (!f->assets)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct snap_source *source = snapshot_device_source(snapshot, i);
        for (size_t k = 0; k < asset_rows(source); k++)
            f->assets[first[i] + k] = (struct fleet_asset){
                .device = i,
                .asset = source && source->assets.count ? &source->assets.items[k] : NULL,
                .weight = {.assets = 1, .clients = NAN}};
    }
    return ERR_OK;
}

/* ---- cutting into models and versions ---- */

static int by_model(const struct asset *a, const struct asset *b)
{
    int order = strcmp(a->vendor, b->vendor);

    return order ? order : strcmp(a->model, b->model);
}

/* The newest version first; two texts of the same age, "1.1" and "1.1.0", stay two. */
static int by_version(const struct asset *a, const struct asset *b)
{
    int order = by_model(a, b), letter_order = strcmp(a->version, b->version);

    if (order == 0 && letter_order != 0)
        order = firmware_version_compare(b->version, a->version);
    return order ? order : letter_order;
}

/* All assets that are and run the same. */
struct group {
    const struct asset *asset; /* one of them */
    size_t number;             /* as they were found */
};

static int by_what_they_run(const void *a, const void *b)
{
    return by_version(((const struct group *)a)->asset, ((const struct group *)b)->asset);
}

static bool is_same(const struct asset *a, const struct asset *b)
{
    return strcmp(a->version, b->version) == 0 && strcmp(a->model, b->model) == 0 &&
           strcmp(a->vendor, b->vendor) == 0;
}

/* The number of the asset's group, a new one if it is the first of its kind. */
static enum err find_group(struct map *known, struct buf *key, const struct asset *a, struct group *groups,
                           size_t *out)
{
    buf_clear(key);
    buf_printf(key, "%s\n%s\n%s", a->vendor, a->model, a->version);
    if (buf_error(key))
        return buf_error(key);
    size_t found = (size_t)(uintptr_t)map_get(known, key->data);
    if (found == 0) {
        enum err e = map_set(known, key->data, (void *)(uintptr_t)(map_count(known) + 1), NULL);
        if (e)
            return e;
        found = map_count(known);
        groups[found - 1] = (struct group){a, found - 1};
    }
    *out = found - 1;
    return ERR_OK;
}

/* Leaves each asset's group in its member `version`. Neighbours in the inventory are mostly alike. */
static enum err group_assets(struct fleet *f, struct group *groups, size_t *count)
{
    struct map *known = map_new((uint64_t)(uintptr_t)f->assets);
    struct buf key = BUF_INIT;
    enum err e = known ? ERR_OK : ERR_NOMEM;

    for (size_t i = 0; e == ERR_OK && i < f->asset_count; i++) {
        struct fleet_asset *at = &f->assets[i];
        if (i > 0 && is_same(told(at), told(at - 1)))
            at->version = (at - 1)->version;
        else
            e = find_group(known, &key, told(at), groups, &at->version);
    }
    *count = known ? map_count(known) : 0;
    if (known)
        map_free(known, NULL);
    buf_fini(&key);
    return e;
}

static void add_model(struct fleet *f, const struct asset *a, const struct firmware_rules *rules,
                      int64_t today)
{
    const struct firmware_rule *rule = firmware_rule_for(rules, a->vendor, a->model);

    f->models[f->model_count++] = (struct fleet_model){.vendor = a->vendor,
                                                       .model = a->model,
                                                       .rule = rule,
                                                       .support = firmware_support_of(rule, today),
                                                       .first = f->version_count,
                                                       .weight.clients = NAN};
}

static void add_version(struct fleet *f, const struct asset *a)
{
    struct fleet_model *m = &f->models[f->model_count - 1];

    m->count++;
    f->versions[f->version_count++] =
        (struct fleet_version){.version = a->version,
                               .model = f->model_count - 1,
                               .status = firmware_status_of(m->rule, a->version),
                               .weight.clients = NAN};
}

/* groups in the order of versions; ranks[group] receives the index of its version. */
static void add_versions(struct fleet *f, const struct group *groups, size_t count, size_t *ranks,
                         const struct firmware_rules *rules, int64_t today)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || by_model(groups[i - 1].asset, groups[i].asset) != 0)
            add_model(f, groups[i].asset, rules, today);
        ranks[groups[i].number] = f->version_count;
        add_version(f, groups[i].asset);
    }
}

static enum err cut(struct fleet *f, const struct firmware_rules *rules, int64_t today)
{
    struct group *groups = malloc((f->asset_count + 1) * sizeof *groups);
    size_t *ranks = malloc((f->asset_count + 1) * sizeof *ranks), count = 0;
    enum err e = groups && ranks ? group_assets(f, groups, &count) : ERR_NOMEM;

    f->versions = calloc(count + 1, sizeof *f->versions);
    f->models = calloc(count + 1, sizeof *f->models);
    if (e == ERR_OK && (!f->versions || !f->models))
        e = ERR_NOMEM;
    if (e == ERR_OK) {
        qsort(groups, count, sizeof *groups, by_what_they_run);
        add_versions(f, groups, count, ranks, rules, today);
    }
    for (size_t i = 0; e == ERR_OK && i < f->asset_count; i++) {
        struct fleet_version *v = &f->versions[ranks[f->assets[i].version]];
        f->assets[i].version = (size_t)(v - f->versions);
        v->weight.assets++;
        f->models[v->model].weight.assets++;
    }
    free(groups);
    free(ranks);
    return e;
}

/* ---- weighing ---- */

struct weighing {
    struct fleet *f;
    const size_t *first; /* asset of each device */
    size_t hotspot;
    double clients;
};

static void weigh(struct fleet_weight *w, const struct weighing *by)
{
    if (w->last == by->hotspot + 1)
        return;
    w->last = by->hotspot + 1;
    w->hotspots++;
    if (!isnan(by->clients))
        w->clients = isnan(w->clients) ? by->clients : w->clients + by->clients;
}

static void weigh_asset(const struct weighing *by, size_t asset)
{
    struct fleet_version *v = &by->f->versions[by->f->assets[asset].version];

    weigh(&by->f->assets[asset].weight, by);
    weigh(&v->weight, by);
    weigh(&by->f->models[v->model].weight, by);
}

static void weigh_all(struct fleet *f, const struct inventory *inventory, const struct snapshot *snapshot,
                      const size_t *first)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &count);
    const struct device *devices = inventory_devices(inventory, &(size_t){0});
    const struct relations *relations = snapshot_relations(snapshot);

    for (size_t i = 0; i < count; i++) {
        struct weighing by = {f, first, i, snapshot_clients(snapshot, i)};
        const struct snap_source *source = snapshot_speaker(snapshot, i);
        const struct asset *own = hotspots[i].entity ? snapshot_asset(source, hotspots[i].entity) : NULL;
        const struct device *teller = own ? inventory_device(inventory, source->id) : NULL;
        if (teller)
            weigh_asset(&by, first[teller - devices] + (size_t)(own - source->assets.items));
        for (size_t k = 0; k < relations->hotspots[i].count; k++)
            weigh_asset(&by, first[relations->depends[relations->hotspots[i].first + k]]);
    }
}

enum err fleet_new(const struct inventory *inventory, const struct snapshot *snapshot,
                   const struct firmware_rules *rules, int64_t today, struct fleet *out)
{
    size_t count;

    inventory_devices(inventory, &count);
    *out = (struct fleet){0};
    size_t *first = calloc(count + 1, sizeof *first);
    enum err e = first ? list_assets(out, inventory, snapshot, first) : ERR_NOMEM;
    if (e == ERR_OK)
        e = cut(out, rules, today);
    if (e == ERR_OK)
        weigh_all(out, inventory, snapshot, first);
    else
        fleet_fini(out);
    free(first);
    return e;
}

void fleet_fini(struct fleet *f)
{
    free(f->assets);
    free(f->versions);
    free(f->models);
    *f = (struct fleet){0};
}
