/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_topology.c - the uplink tree with its evidence, what contradicts, and a device's LLDP neighbours. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/network.h"
#include "lib/model/state.h"

enum { ITEMS_MAX = 500 }; /* of each list in the answer; the count beside it tells of all */

static const struct network *open_network(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const struct network *n = NULL;

    if (network_get(&d->network, d->inventory, d->snapshot, loop_wall(d->loop), &n) == ERR_OK)
        return n;
    api_no_memory(c);
    return NULL;
}

/* ---- what depends on a device, by the inventory ---- */

struct below {
    size_t states[5];
    double clients;
    size_t last; /* the last hotspot counted, + 1: a device may serve it in two ways */
};

static void count_on(struct below *sum, size_t hotspot, enum state state, double clients)
{
    if (sum->last == hotspot + 1)
        return;
    sum->last = hotspot + 1;
    sum->states[state <= STATE_MAINTENANCE ? state : STATE_UNKNOWN]++;
    sum->clients += isnan(clients) ? 0 : clients;
}

static struct below *sum_below(const struct dashboard *d, size_t device_count)
{
    struct below *sums = calloc(device_count + 1, sizeof *sums);
    size_t count;
    const struct relations *r = snapshot_relations(d->snapshot);

    inventory_hotspots(d->inventory, &count);
    for (size_t i = 0; sums && i < count; i++)
        for (size_t k = 0; k < r->hotspots[i].count; k++)
            count_on(&sums[r->depends[r->hotspots[i].first + k]], i, snapshot_hotspot(d->snapshot, i)->state,
                     snapshot_clients(d->snapshot, i));
    return sums;
}

/* ---- nodes ---- */

static const char *id_at(const struct network *n, size_t node)
{
    return node == TOPO_NONE ? NULL : n->nodes[node].id;
}

static void put_load(struct json_out *j, const struct network_load *load)
{
    if (isnan(load->down) && isnan(load->up)) {
        json_null(j, "load");
        return;
    }
    json_object_begin(j, "load");
    json_fixed(j, "down", load->down, 0);
    json_fixed(j, "up", load->up, 0);
    json_fixed(j, "speed", load->speed, 0);
    json_object_end(j);
}

static void put_place(struct json_out *j, const struct dashboard *d, const struct network *n, size_t node)
{
    const struct topo_place *p = &n->topo->places[node];
    struct network_load load = network_load(n, d->snapshot, node);

    json_string(j, "parent", id_at(n, p->parent));
    json_string(j, "evidence", topo_source_words[p->source]);
    json_string(j, "seen", topo_seen_words[p->seen]);
    api_json_id(j, "parent_port", p->parent_port);
    api_json_id(j, "own_port", p->own_port);
    json_bool(j, "is_in_ring", p->is_in_ring);
    put_load(j, &load);
}

static void put_node(struct json_out *j, const struct dashboard *d, const struct network *n, size_t index,
                     const struct below *sum)
{
    const struct device *v = &inventory_devices(d->inventory, &(size_t){0})[index];
    const struct snap_state *state = snapshot_device(d->snapshot, index);
    const struct site *site = snapshot_relations(d->snapshot)->devices[index].site;

    json_object_begin(j, NULL);
    json_string(j, "id", v->id);
    json_string(j, "name", v->name);
    json_string(j, "kind", device_kind_words[v->kind]);
    json_string(j, "district", site && site->district ? site->district : "");
    if (site) {
        json_fixed(j, "lat", site->lat, 6);
        json_fixed(j, "lon", site->lon, 6);
    } else {
        json_null(j, "lat");
        json_null(j, "lon");
    }
    json_bool(j, "is_core", v->is_core);
    json_string(j, "state", state_code(state->state));
    json_string(j, "reason", reason_code(state->reason));
    api_json_id(j, "incident", state->incident);
    api_json_state_counts(j, "hotspots", sum->states);
    json_int(j, "clients", (int64_t)sum->clients);
    put_place(j, d, n, index);
    json_object_end(j);
}

/* ---- links ---- */

struct link_out {
    const char *kind; /* uplink power redundant */
    size_t from, to;
    const char *from_port, *to_port;
    enum topo_source source;
    enum topo_seen seen;
    bool is_ring;
};

static void put_link(struct json_out *j, const struct dashboard *d, const struct network *n,
                     const struct link_out *l)
{
    json_object_begin(j, NULL);
    json_string(j, "from", n->nodes[l->from].id);
    json_string(j, "to", n->nodes[l->to].id);
    json_string(j, "kind", l->kind);
    api_json_id(j, "from_port", l->from_port);
    api_json_id(j, "port", l->to_port);
    json_string(j, "evidence", topo_source_words[l->source]);
    json_string(j, "seen", topo_seen_words[l->seen]);
    json_bool(j, "is_ring", l->is_ring);
    json_string(j, "state", state_code(snapshot_device(d->snapshot, l->from)->state));
    json_object_end(j);
}

static void put_links(struct json_out *j, const struct dashboard *d, const struct network *n, bool with_aps)
{
    json_array_begin(j, "links");
    for (size_t i = 0; i < n->device_count; i++) {
        const struct topo_place *p = &n->topo->places[i];
        if (n->nodes[i].kind == DEVICE_AP && !with_aps)
            continue;
        if (p->parent != TOPO_NONE && p->parent < n->device_count)
            put_link(j, d, n,
                     &(struct link_out){"uplink", i, p->parent, p->own_port, p->parent_port, p->source,
                                        p->seen, false});
        if (n->nodes[i].power != TOPO_NONE)
            put_link(j, d, n,
                     &(struct link_out){
                         .kind = "power", .from = i, .to = n->nodes[i].power, .source = TOPO_INVENTORY});
    }
    for (size_t i = 0; i < n->topo->link_count; i++) {
        const struct topo_link *l = &n->topo->links[i];
        bool is_ap = l->from >= n->device_count || l->to >= n->device_count ||
                     n->nodes[l->from].kind == DEVICE_AP || n->nodes[l->to].kind == DEVICE_AP;
        if (!is_ap || (with_aps && l->from < n->device_count && l->to < n->device_count))
            put_link(j, d, n,
                     &(struct link_out){"redundant", l->from, l->to, l->from_port, l->to_port, l->source,
                                        l->seen, l->is_ring});
    }
    json_array_end(j);
}

/* ---- what contradicts, what is proposed, who is unknown ---- */

/* A device, or the hotspot that is its controller's row. */
static void put_party(struct json_out *j, const struct dashboard *d, const struct network *n, const char *key,
                      size_t node)
{
    const struct device *devices = inventory_devices(d->inventory, &(size_t){0});
    const struct hotspot *hotspots = inventory_hotspots(d->inventory, &(size_t){0});
    bool is_row = node != TOPO_NONE && node >= n->device_count;

    if (node == TOPO_NONE) {
        json_null(j, key);
        return;
    }
    json_object_begin(j, key);
    json_string(j, "kind", is_row ? "hotspot" : "device");
    json_string(j, "id", n->nodes[node].id);
    json_string(j, "name", is_row ? hotspots[n->hotspot[node - n->device_count]].name : devices[node].name);
    json_object_end(j);
}

static void put_contradictions(struct json_out *j, const struct dashboard *d, const struct network *n)
{
    json_array_begin(j, "contradictions");
    for (size_t i = 0; i < n->topo->contradiction_count && i < ITEMS_MAX; i++) {
        const struct topo_contradiction *x = &n->topo->contradictions[i];
        json_object_begin(j, NULL);
        json_string(j, "code", topo_code_word(x->code));
        put_party(j, d, n, "device", x->device);
        put_party(j, d, n, "stated", x->stated);
        api_json_id(j, "stated_port", x->stated_port);
        put_party(j, d, n, "seen", x->seen);
        api_json_id(j, "seen_port", x->seen_port);
        json_object_end(j);
    }
    json_array_end(j);
    json_uint(j, "contradiction_count", n->topo->contradiction_count);
}

static void put_proposals(struct json_out *j, const struct dashboard *d, const struct network *n)
{
    size_t count = 0;

    json_array_begin(j, "proposals");
    for (size_t i = 0; i < n->count; i++) {
        const struct topo_place *p = &n->topo->places[i];
        if (p->source != TOPO_LLDP && p->source != TOPO_POE)
            continue;
        if (count++ >= ITEMS_MAX)
            continue;
        json_object_begin(j, NULL);
        put_party(j, d, n, "device", i);
        put_party(j, d, n, "parent", p->parent);
        api_json_id(j, "parent_port", p->parent_port);
        json_string(j, "evidence", topo_source_words[p->source]);
        json_string(j, "seen", topo_seen_words[p->seen]);
        json_object_end(j);
    }
    json_array_end(j);
    json_uint(j, "proposal_count", count);
}

static void put_strangers(struct json_out *j, const struct dashboard *d, const struct network *n)
{
    json_array_begin(j, "strangers");
    for (size_t i = 0; i < n->topo->stranger_count && i < ITEMS_MAX; i++) {
        const struct topo_stranger *x = &n->topo->strangers[i];
        json_object_begin(j, NULL);
        put_party(j, d, n, "device", x->device);
        api_json_id(j, "port", x->neighbour->port);
        api_json_id(j, "system_name", x->neighbour->name);
        api_json_id(j, "chassis_id", x->neighbour->chassis_id);
        api_json_id(j, "address", x->neighbour->address);
        json_object_end(j);
    }
    json_array_end(j);
    json_uint(j, "stranger_count", n->topo->stranger_count);
}

void api_topology(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    const char *aps = api_param(c, "aps");
    bool with_aps = aps && strcmp(aps, "1") == 0;
    struct buf b = BUF_INIT;
    struct json_out j;
    const struct network *n = open_network(c);
    struct below *sums = n ? sum_below(d, n->device_count) : NULL;

    if (!n)
        return;
    if (!sums) {
        api_no_memory(c);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "nodes");
    for (size_t i = 0; i < n->device_count; i++)
        if (n->nodes[i].kind != DEVICE_AP || with_aps)
            put_node(&j, d, n, i, &sums[i]);
    json_array_end(&j);
    put_links(&j, d, n, with_aps);
    put_contradictions(&j, d, n);
    put_proposals(&j, d, n);
    put_strangers(&j, d, n);
    json_object_end(&j);
    free(sums);
    api_reply(c, 200, NULL, &b);
}

/* ---- the neighbours of one device ---- */

static const char *text(const char *s)
{
    return s ? s : "";
}

static void put_neighbour(struct json_out *j, const struct network *n, const struct topo_neighbour *row,
                          size_t node)
{
    json_object_begin(j, NULL);
    json_string(j, "entity", text(row->port));
    json_string(j, "system_name", text(row->name));
    json_string(j, "chassis_id", text(row->chassis_id));
    json_string(j, "port_id", text(row->port_id));
    json_string(j, "port_descr", text(row->port_descr));
    json_string(j, "address", text(row->address));
    json_string(j, "device", node < n->device_count ? n->nodes[node].id : NULL);
    json_string(j, "hotspot", node != TOPO_NONE && node >= n->device_count ? n->nodes[node].id : NULL);
    json_object_end(j);
}

void api_device_neighbours(struct api_call *c)
{
    const struct device *v = inventory_device(c->dashboard->inventory, c->param);
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    const struct network *n;
    struct topo_index *index = NULL;

    if (!v) {
        api_problem_err(c, ERR_NOT_FOUND);
        return;
    }
    n = open_network(c);
    if (!n)
        return;
    if (topo_index_new(n->nodes, n->count, &index)) {
        api_no_memory(c);
        return;
    }
    if (api_page_begin(c, &p, &b, &j)) {
        const struct topo_node *node =
            &n->nodes[v - inventory_devices(c->dashboard->inventory, &(size_t){0})];
        for (size_t i = (size_t)p.skip; i < node->neighbour_count; i++) {
            if (!api_page_room(&p, (int64_t)i))
                break;
            put_neighbour(&j, n, &node->neighbours[i], topo_identify(index, &node->neighbours[i]));
        }
        api_page_end(c, &p, &b, &j);
    }
    topo_index_free(index);
}
