/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_write.c - what is new, as a proposed inventory in YAML. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/discover_network.h"
#include "lib/base/map.h"
#include "lib/model/inventory_write.h"
#include "lib/runtime/conf_write.h"

static char *or_null(char *text)
{
    return text && *text ? text : NULL;
}

static char *id_of(const struct discover_network *n, size_t node)
{
    return node == TOPO_NONE ? NULL : n->nodes[node].id;
}

/* ---- devices ---- */

static void put_findings(struct buf *out, const struct discover_device *d)
{
    buf_printf(out, "  # profile %s; kind by %s", d->profile, d->why);
    if (*d->vendor || *d->model) {
        buf_str(out, "; ");
        conf_put_text(out, d->vendor);
        buf_str(out, " ");
        conf_put_text(out, d->model);
    }
    if (d->is_cut)
        buf_str(out, "; read in part only");
    buf_str(out, "\n  # sysDescr ");
    conf_put_text(out, d->sys_descr);
    buf_str(out, "\n");
}

static void put_device(struct buf *out, const struct discover_network *n, size_t i)
{
    const struct discover_device *d = n->nodes[i].device;
    const struct topo_place *place = &n->topo->places[i];
    struct device item = inventory_blank_device();

    put_findings(out, d);
    if (place->is_root)
        buf_str(out,
                "  # the middle of what LLDP shows; if the monitor is connected here, add: core: true\n");
    item.id = id_of(n, i);
    item.name = or_null(d->sys_name);
    item.address = d->address;
    item.port = d->port;
    item.kind = d->kind;
    item.model = or_null(d->model);
    item.serial = or_null(d->serial);
    item.uplink = id_of(n, place->parent);
    item.uplink_port = item.uplink ? (char *)place->parent_port : NULL;
    item.power = id_of(n, n->nodes[i].feeder);
    item.is_core = n->topo_nodes[i].is_core;
    inventory_put_device(out, &item);
}

/* What the search knows of a device beyond the inventory. */
static void put_addition(struct buf *out, const struct discover_network *n, size_t i)
{
    const struct discover_node *x = &n->nodes[i];
    const struct topo_place *place = &n->topo->places[i];
    const struct {
        const char *key, *stated, *found;
    } members[] = {
        {"uplink", x->known->uplink, id_of(n, place->parent)},
        {"uplink_port", x->known->uplink_port, place->parent == TOPO_NONE ? NULL : place->parent_port},
        {"power", x->known->power, id_of(n, x->feeder)},
        {"model", x->known->model, or_null(x->device->model)},
        {"serial", x->known->serial, or_null(x->device->serial)}};
    bool is_begun = false;

    for (size_t k = 0; k < ARRAY_LEN(members); k++) {
        if (members[k].stated || !members[k].found)
            continue;
        if (!is_begun)
            buf_printf(out, "#   %s:", x->id);
        buf_printf(out, "%s %s: ", is_begun ? "," : "", members[k].key);
        conf_put_text(out, members[k].found);
        is_begun = true;
    }
    if (is_begun)
        buf_str(out, "\n");
}

static void put_devices(struct buf *out, const struct discover_network *n)
{
    size_t new_count = 0;

    for (size_t i = 0; i < n->count; i++)
        new_count += n->nodes[i].device && !n->nodes[i].ap && !n->nodes[i].known;
    buf_str(out, new_count ? "devices:\n" : "devices: []\n");
    for (size_t i = 0; i < n->count; i++)
        if (n->nodes[i].device && !n->nodes[i].ap && !n->nodes[i].known)
            put_device(out, n, i);
    if (n->inventory)
        buf_str(out, "# Known already; what could be added to them:\n");
    for (size_t i = 0; i < n->count; i++)
        if (n->nodes[i].device && n->nodes[i].known)
            put_addition(out, n, i);
}

/* ---- hotspots: controllers' rows ---- */

/* A site of the inventory that is called as the row's group. */
static const struct site *site_of(const struct discover_network *n, const struct discover_ap *ap)
{
    size_t count = 0;
    const struct site *sites = n->inventory ? inventory_sites(n->inventory, &count) : NULL;

    for (size_t i = 0; i < count && *ap->group; i++)
        if (strcmp(sites[i].id, ap->group) == 0 || (sites[i].name && strcmp(sites[i].name, ap->group) == 0))
            return &sites[i];
    return NULL;
}

static bool is_new_row(const struct discover_node *x)
{
    return x->ap && !x->known_row;
}

static bool has_place(const struct discover_ap *ap)
{
    return ap->lat != 0 || ap->lon != 0;
}

static void site_id(const struct discover_node *x, char out[STRX_ID_SIZE])
{
    snprintf(out, STRX_ID_SIZE, "site-%.58s", x->id);
}

static void put_hotspot(struct buf *out, const struct discover_network *n, size_t i)
{
    const struct discover_node *x = &n->nodes[i];
    const struct site *site = site_of(n, x->ap);
    struct hotspot item = inventory_blank_hotspot();
    char own_site[STRX_ID_SIZE];

    site_id(x, own_site);
    buf_str(out, "  # group ");
    conf_put_text(out, x->ap->group);
    buf_str(out, ", model ");
    conf_put_text(out, x->ap->model);
    buf_str(out, ", serial ");
    conf_put_text(out, x->ap->serial);
    buf_str(out, site || has_place(x->ap) ? "\n" : "; name its site:\n#");
    item.id = id_of(n, i);
    item.name = or_null(x->ap->name) ? x->ap->name : item.id;
    item.site = site ? site->id : has_place(x->ap) ? own_site : (char *)"?";
    item.lat = x->ap->lat;
    item.lon = x->ap->lon;
    item.device = id_of(n, x->controller);
    item.entity = x->ap->entity;
    item.uplink = id_of(n, n->topo->places[i].parent);
    item.power = id_of(n, x->feeder);
    inventory_put_hotspot(out, &item);
}

static void put_sites(struct buf *out, const struct discover_network *n)
{
    bool is_begun = false;

    for (size_t i = 0; i < n->count; i++) {
        const struct discover_node *x = &n->nodes[i];
        char id[STRX_ID_SIZE];

        if (!is_new_row(x) || !has_place(x->ap) || site_of(n, x->ap))
            continue;
        site_id(x, id);
        buf_str(out, is_begun ? "" : "# Where controllers know their access points to be.\nsites:\n");
        is_begun = true;
        inventory_put_site(out, &(struct site){.id = id,
                                               .name = or_null(x->ap->name) ? x->ap->name : id,
                                               .kind = SITE_OTHER,
                                               .lat = x->ap->lat,
                                               .lon = x->ap->lon});
    }
}

static void put_hotspots(struct buf *out, const struct discover_network *n)
{
    size_t certain = 0, all = 0;

    for (size_t i = 0; i < n->count; i++) {
        all += is_new_row(&n->nodes[i]);
        certain += is_new_row(&n->nodes[i]) && (has_place(n->nodes[i].ap) || site_of(n, n->nodes[i].ap));
    }
    if (!all)
        return;
    buf_str(out, certain ? "hotspots:\n" : "# hotspots:\n");
    for (size_t i = 0; i < n->count; i++) {
        if (is_new_row(&n->nodes[i]))
            put_hotspot(out, n, i);
    }
}

/* ---- links ---- */

static bool is_taken(const struct discover_network *n, const char *id)
{
    size_t count = 0;
    const struct link *links = n->inventory ? inventory_links(n->inventory, &count) : NULL;

    for (size_t i = 0; i < count; i++)
        if (strcmp(links[i].id, id) == 0)
            return true;
    return false;
}

/* Links are between devices: a row has none. */
static bool is_new_link(const struct discover_network *n, const struct topo_link *l)
{
    return l->source == TOPO_LLDP && !n->nodes[l->from].ap && !n->nodes[l->to].ap &&
           !n->nodes[l->from].known_row && !n->nodes[l->to].known_row;
}

static void put_links(struct buf *out, const struct discover_network *n)
{
    size_t number = 0;
    bool is_begun = false;

    for (size_t i = 0; i < n->topo->link_count; i++) {
        const struct topo_link *l = &n->topo->links[i];
        char id[32];

        if (!is_new_link(n, l))
            continue;
        do
            snprintf(id, sizeof id, "link-%zu", ++number);
        while (is_taken(n, id));
        buf_str(out,
                is_begun ? "" : "# Seen by LLDP beside the uplinks: rings and double connections.\nlinks:\n");
        is_begun = true;
        inventory_put_link(out, &(struct link){.id = id, .from = id_of(n, l->from), .to = id_of(n, l->to)});
    }
}

/* ---- all ---- */

void discover_put_proposal(struct buf *out, const struct discover_network *n)
{
    if (n->topo->stranger_count)
        buf_printf(out, "# %zu LLDP neighbours are not among these devices, or cannot be told apart.\n",
                   n->topo->stranger_count);
    put_sites(out, n);
    put_devices(out, n);
    put_hotspots(out, n);
    put_links(out, n);
}
