/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.c - all hardware as it runs now: listed, sorted by what it is and runs, cut into models and versions,
 * then weighed by the hotspots that hang on it. Pure. */
#include "dashboards/fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/depends.h"

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
    const struct device *devices = inventory_devices(inventory, &count);

    for (size_t i = 0; i < count; i++) {
        first[i] = f->asset_count;
        f->asset_count += asset_rows(snapshot_source(snapshot, devices[i].id));
    }
    f->assets = calloc(f->asset_count + 1, sizeof *f->assets);
    if (!f->assets)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct snap_source *source = snapshot_source(snapshot, devices[i].id);
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

static int by_what_they_run(const void *a, const void *b)
{
    return by_version(told(*(struct fleet_asset *const *)a), told(*(struct fleet_asset *const *)b));
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

static enum err cut(struct fleet *f, const struct firmware_rules *rules, int64_t today)
{
    struct fleet_asset **sorted = malloc((f->asset_count + 1) * sizeof *sorted);
    const struct asset *last = NULL;

    f->versions = calloc(f->asset_count + 1, sizeof *f->versions);
    f->models = calloc(f->asset_count + 1, sizeof *f->models);
    if (!sorted || !f->versions || !f->models) {
        free(sorted);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < f->asset_count; i++)
        sorted[i] = &f->assets[i];
    qsort(sorted, f->asset_count, sizeof *sorted, by_what_they_run);
    for (size_t i = 0; i < f->asset_count; i++) {
        const struct asset *a = told(sorted[i]);
        bool is_new_model = !last || by_model(last, a) != 0;
        if (is_new_model)
            add_model(f, a, rules, today);
        if (is_new_model || by_version(last, a) != 0)
            add_version(f, a);
        sorted[i]->version = f->version_count - 1;
        f->versions[f->version_count - 1].weight.assets++;
        f->models[f->model_count - 1].weight.assets++;
        last = a;
    }
    free(sorted);
    return ERR_OK;
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

static void weigh_device(void *ctx, size_t device)
{
    const struct weighing *by = ctx;

    weigh_asset(by, by->first[device]);
}

static void weigh_all(struct fleet *f, const struct inventory *inventory, const struct snapshot *snapshot,
                      const size_t *first)
{
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &count);
    const struct device *devices = inventory_devices(inventory, &(size_t){0});

    for (size_t i = 0; i < count; i++) {
        struct weighing by = {f, first, i, snapshot_clients(snapshot, i)};
        const struct snap_source *source = snapshot_speaker(snapshot, i);
        const struct asset *own = hotspots[i].entity ? snapshot_asset(source, hotspots[i].entity) : NULL;
        if (own)
            weigh_asset(&by, first[inventory_device(inventory, hotspots[i].device) - devices] +
                                 (size_t)(own - source->assets.items));
        depends_each(inventory, &hotspots[i], weigh_device, &by);
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
