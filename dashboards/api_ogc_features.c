/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_ogc_features.c - the collections of the OGC API: hotspots, links between devices, cells of the
 * coverage. */
#include "dashboards/api_ogc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/geojson_index.h"
#include "lib/base/strx.h"

/* A state that nobody has told of yet has no time, and is not left out for it. */
static ns_t begin_of(const struct snap_state *state)
{
    return state->since ? state->since : INT64_MIN;
}

/* ---- hotspots ---- */

static void visit_hotspots(struct ogc_answer *a)
{
    const struct dashboard *d = a->call->dashboard;
    size_t count;
    const struct hotspot *all = inventory_hotspots(d->inventory, &count);
    ns_t now = loop_wall(d->loop);

    for (size_t i = 0; i < count; i++) {
        const struct rel_hotspot *r = &snapshot_relations(d->snapshot)->hotspots[i];
        const struct snap_state *state = snapshot_hotspot(d->snapshot, i);
        const struct ogc_point at = {r->at.lon, r->at.lat};
        const struct ogc_box box = ogc_box_of(&at, 1);
        if (!api_list_has(a->state, state_code(state->state)) ||
            (a->district && strcmp(a->district, r->district_id) != 0))
            continue;
        if (!ogc_offer(a, all[i].id, &box, begin_of(state), now))
            continue;
        ogc_feature_begin(a, all[i].id, &at, 1);
        api_json_hotspot_members(&a->j, d, i);
        ogc_feature_end(a);
    }
}

/* ---- links ---- */

struct link_feature {
    const char *kind; /* uplink redundant */
    size_t from, to;  /* devices */
    const char *evidence;
};

static bool place_of(const struct dashboard *d, size_t device, struct ogc_point *out)
{
    const struct site *site = snapshot_relations(d->snapshot)->devices[device].site;

    if (site)
        *out = (struct ogc_point){site->lon, site->lat};
    return site != NULL;
}

/* A link within a site, or to a device of no site, has no line. */
static void offer_link(struct ogc_answer *a, const struct link_feature *l)
{
    const struct dashboard *d = a->call->dashboard;
    const struct device *devices = inventory_devices(d->inventory, &(size_t){0});
    const struct snap_state *state = snapshot_device(d->snapshot, l->from);
    struct ogc_point ends[2] = {{0, 0}, {0, 0}};
    bool is_line = place_of(d, l->from, &ends[0]) && place_of(d, l->to, &ends[1]) &&
                   (ends[0].lon != ends[1].lon || ends[0].lat != ends[1].lat);
    const struct ogc_box box = ogc_box_of(ends, 2);
    char *id = strx_printf("%s.%s.%s", devices[l->from].id, l->kind, devices[l->to].id);

    if (!id) {
        a->error = ERR_NOMEM;
        return;
    }
    if (api_list_has(a->state, state_code(state->state)) &&
        ogc_offer(a, id, is_line ? &box : NULL, begin_of(state), loop_wall(d->loop))) {
        ogc_feature_begin(a, id, ends, is_line ? 2 : 0);
        json_string(&a->j, "from", devices[l->from].id);
        json_string(&a->j, "to", devices[l->to].id);
        json_string(&a->j, "kind", l->kind);
        json_string(&a->j, "evidence", l->evidence);
        json_string(&a->j, "state", state_code(state->state));
        json_string(&a->j, "reason", reason_code(state->reason));
        json_time(&a->j, "since", state->since);
        ogc_feature_end(a);
    }
    free(id);
}

static void visit_links(struct ogc_answer *a)
{
    struct dashboard *d = a->call->dashboard;
    const struct network *n = NULL;

    a->error = network_get(&d->network, d->inventory, d->snapshot, loop_wall(d->loop), &n);
    if (a->error)
        return;
    for (size_t i = 0; i < n->device_count; i++) {
        const struct topo_place *p = &n->topo->places[i];
        if (p->parent != TOPO_NONE && p->parent < n->device_count)
            offer_link(a, &(struct link_feature){"uplink", i, p->parent, topo_source_words[p->source]});
    }
    for (size_t i = 0; i < n->topo->link_count; i++) {
        const struct topo_link *l = &n->topo->links[i];
        if (l->from < n->device_count && l->to < n->device_count)
            offer_link(a, &(struct link_feature){"redundant", l->from, l->to, topo_source_words[l->source]});
    }
}

/* ---- coverage ---- */

/* The file's index, read anew when the file is another one. A city without a grid has an empty collection. */
struct coverage_cells {
    struct geojson_index index;
    char etag[24];
};

void api_coverage_cells_free(struct coverage_cells *x)
{
    if (!x)
        return;
    geojson_index_fini(&x->index);
    free(x);
}

static enum err open_cells(struct dashboard *d, const struct files_entry *entry)
{
    size_t len;
    const char *text = http_blob_data(entry->body, &len);

    if (!d->cells)
        d->cells = calloc(1, sizeof *d->cells);
    if (!d->cells)
        return ERR_NOMEM;
    if (strcmp(d->cells->etag, entry->etag) == 0)
        return ERR_OK;
    d->cells->etag[0] = '\0';
    geojson_index_fini(&d->cells->index);
    enum err e = geojson_index_read(text, len, &d->cells->index);
    if (e == ERR_OK)
        strx_copy(d->cells->etag, sizeof d->cells->etag, entry->etag);
    return e == ERR_MALFORMED ? ERR_AGAIN : e; /* it is ours: it is being written, or damaged */
}

static void visit_coverage(struct ogc_answer *a)
{
    struct dashboard *d = a->call->dashboard;
    const struct files_entry *entry = NULL;
    size_t len;

    a->error = files_get(d->coverage, "coverage.geojson", loop_mono(d->loop), &entry);
    if (a->error == ERR_NOT_FOUND) {
        a->error = ERR_OK;
        return;
    }
    if (a->error == ERR_OK)
        a->error = open_cells(d, entry);
    if (a->error)
        return;
    const char *text = http_blob_data(entry->body, &len);
    for (size_t i = 0; i < d->cells->index.count; i++) {
        const struct geojson_feature *f = &d->cells->index.items[i];
        if (ogc_offer(a, f->id, &f->box, INT64_MIN, INT64_MAX))
            ogc_feature_raw(a, text + f->begin, f->len);
    }
}

/* ---- the table ---- */

const struct ogc_collection ogc_collections[] = {
    {"hotspots", "Hotspots", "Access points that citizens use, with their state", true, true, true,
     visit_hotspots},
    {"links", "Links", "Uplinks and redundant links between devices, with the state of the device below",
     true, true, false, visit_links},
    {"reports", "Reports", "Faults and places without Wi-Fi that citizens reported", true, false, false,
     ogc_visit_reports},
    {"coverage", "Coverage", "Cells of 100 m with their planned and delivered coverage, as last computed",
     false, false, false, visit_coverage},
};

size_t ogc_collection_count(void)
{
    return ARRAY_LEN(ogc_collections);
}
