/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_network.c - hotspots, devices, services: what is now. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "lib/model/state.h"

static const char *text_or(const char *text, const char *other)
{
    return text ? text : other;
}

/* ---- hotspots ---- */

static bool is_hotspot_wanted(const struct api_call *c, const struct hotspot *h, size_t index)
{
    const struct dashboard *d = c->dashboard;
    const struct snap_state *state = snapshot_hotspot(d->snapshot, index);
    const struct device *devices = inventory_devices(d->inventory, &(size_t){0});
    const struct rel_hotspot *r = &snapshot_relations(d->snapshot)->hotspots[index];

    return api_list_has(api_param(c, "state"), state_code(state->state)) &&
           api_list_has(api_param(c, "reason"), reason_code(state->reason)) &&
           api_list_has(api_param(c, "district"), r->district_id) &&
           api_list_has(api_param(c, "site"), text_or(h->site, "")) &&
           api_list_has(api_param(c, "device"), text_or(h->device, "")) &&
           api_list_has(api_param(c, "uplink"), r->uplink == REL_NONE ? "" : devices[r->uplink].id) &&
           api_matches(api_param(c, "q"), h->id, text_or(h->name, ""),
                       r->site ? text_or(r->site->name, "") : "", NULL);
}

void api_hotspots(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    size_t count;
    const struct hotspot *hotspots = inventory_hotspots(c->dashboard->inventory, &count);

    if (!api_page_begin(c, &p, &b, &j))
        return;
    for (size_t i = (size_t)p.skip; i < count; i++) {
        if (!is_hotspot_wanted(c, &hotspots[i], i))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        json_object_begin(&j, NULL);
        api_json_hotspot_members(&j, c->dashboard, i);
        json_object_end(&j);
    }
    api_page_end(c, &p, &b, &j);
}

/* Entities of a controller's access point: its own row, and radios and SSIDs whose id or attribute names it.
 */
static bool is_own_entity(const Nw__Entity *entity, const void *ctx)
{
    const struct hotspot *h = ctx;
    const char *slash;

    if (!h->entity)
        return true;
    if (strcmp(entity->id, h->entity) == 0)
        return true;
    slash = strchr(h->entity, '/');
    if (slash && slash[1] && strstr(entity->id, slash + 1))
        return true;
    for (size_t i = 0; i < entity->n_attributes; i++)
        if (strcmp(entity->attributes[i]->key, "ap") == 0 &&
            strcmp(entity->attributes[i]->text, h->entity) == 0)
            return true;
    return false;
}

static void put_path(struct json_out *j, const struct dashboard *d, const struct hotspot *h)
{
    const struct device *v = hotspot_uplink(d->inventory, h);
    size_t count;
    const struct device *devices = inventory_devices(d->inventory, &count);

    json_array_begin(j, "path");
    for (size_t depth = 0; v && depth < count; depth++) {
        json_object_begin(j, NULL);
        json_string(j, "id", v->id);
        json_string(j, "name", v->name);
        json_string(j, "kind", device_kind_words[v->kind]);
        json_string(j, "state", state_code(snapshot_device(d->snapshot, (size_t)(v - devices))->state));
        json_object_end(j);
        v = inventory_device(d->inventory, v->uplink);
    }
    json_array_end(j);
}

static void put_radios(struct json_out *j, const struct hotspot *h)
{
    const struct hotspot_radio *radios = h->radios.items;

    json_array_begin(j, "radios");
    for (size_t i = 0; i < h->radios.count; i++) {
        json_object_begin(j, NULL);
        json_double(j, "band_ghz", radios[i].band_ghz);
        json_double(j, "eirp_dbm", radios[i].eirp_dbm != 0 ? radios[i].eirp_dbm : NAN);
        json_object_end(j);
    }
    json_array_end(j);
}

/* What hangs there: a device of its own, or an access point that its controller knows. */
static void put_hardware(struct json_out *j, const struct dashboard *d, const struct asset *asset)
{
    if (!asset) {
        json_null(j, "hardware");
        return;
    }
    json_object_begin(j, "hardware");
    api_json_asset_members(j, d, asset);
    api_json_firmware_rule(j, d, asset);
    json_object_end(j);
}

/* One diagram of all its connected devices, whatever the number of radios and SSIDs. */
static void put_clients_graph(struct json_out *j, const struct hotspot *h, const struct snap_source *source)
{
    char *ref = strx_printf("hotspot/%s", h->id);

    if (source && source->clients_count > 0) {
        json_object_begin(j, NULL);
        json_object_begin(j, "title");
        json_string(j, "de", "Verbundene Geräte");
        json_string(j, "en", "Connected devices");
        json_object_end(j);
        json_string(j, "entity", ref);
        json_array_begin(j, "metrics");
        json_string(j, NULL, metric_info(METRIC_CLIENTS)->name);
        json_array_end(j);
        json_string(j, "unit", metric_info(METRIC_CLIENTS)->unit);
        json_object_end(j);
    }
    free(ref);
}

/* What a hotspot's page draws: radios and what the device itself says. Its interfaces, SSIDs and processors
 * are on the device's page. */
static bool is_worth_drawing(const Nw__Entity *entity, const void *ctx)
{
    static const char *const kinds[] = {"radio", "ap", "chassis", "optic", "poe"};

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(entity->kind, kinds[i]) == 0)
            return is_own_entity(entity, ctx);
    return false;
}

static void put_probe_graphs(struct json_out *j, const struct dashboard *d, const char *id)
{
    char *name = strx_printf("probe/%s", id);
    Nw__Table *t = snapshot_table(snapshot_source(d->snapshot, name));

    api_json_graphs(j, name, t, NULL, NULL);
    nw__table__free_unpacked(t, NULL);
    free(name);
}

void api_hotspot(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    const struct hotspot *h = inventory_hotspot(d->inventory, c->param);
    size_t index = h ? (size_t)(h - inventory_hotspots(d->inventory, &(size_t){0})) : 0;
    const struct snap_source *source = h ? snapshot_speaker(d->snapshot, index) : NULL;
    Nw__Table *t = snapshot_table(source);
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!h) {
        api_problem_err(c, ERR_NOT_FOUND);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    api_json_hotspot_members(&j, d, index);
    json_string(&j, "environment", h->environment == ENV_INDOOR ? "indoor" : "outdoor");
    json_double(&j, "height_m", h->height_m);
    api_json_id(&j, "power", h->power);
    put_hardware(&j, d, snapshot_asset(source, h->entity));
    put_radios(&j, h);
    put_path(&j, d, h);
    json_array_begin(&j, "entities");
    for (size_t i = 0; t && i < t->n_entities; i++)
        if (is_own_entity(t->entities[i], h))
            api_json_entity(&j, source, t, i);
    json_array_end(&j);
    api_json_probes(&j, d, h->id);
    json_array_begin(&j, "graphs");
    put_clients_graph(&j, h, source);
    put_probe_graphs(&j, d, h->id);
    api_json_graphs(&j, source ? source->id : "", t, is_worth_drawing, h);
    json_array_end(&j);
    json_object_end(&j);
    nw__table__free_unpacked(t, NULL);
    api_reply(c, 200, NULL, &b);
}

/* ---- devices ---- */

static bool is_device_wanted(const struct api_call *c, const struct device *v, size_t index)
{
    const struct dashboard *d = c->dashboard;
    const struct asset *asset = snapshot_asset(snapshot_device_source(d->snapshot, index), NULL);
    const struct site *site = snapshot_relations(d->snapshot)->devices[index].site;

    return api_list_has(api_param(c, "kind"), device_kind_words[v->kind]) &&
           api_list_has(api_param(c, "state"), state_code(snapshot_device(d->snapshot, index)->state)) &&
           api_list_has(api_param(c, "district"), site ? text_or(site->district, "") : "") &&
           api_list_has(api_param(c, "uplink"), text_or(v->uplink, "")) &&
           api_matches(api_param(c, "q"), v->id, text_or(v->name, ""), text_or(v->address, ""),
                       asset ? asset->model : "", asset ? asset->version : "", asset ? asset->serial : "",
                       site ? text_or(site->name, "") : "", NULL);
}

void api_devices(struct api_call *c)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    size_t count;
    const struct device *devices = inventory_devices(c->dashboard->inventory, &count);

    if (!api_page_begin(c, &p, &b, &j))
        return;
    for (size_t i = (size_t)p.skip; i < count; i++) {
        if (!is_device_wanted(c, &devices[i], i))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        json_object_begin(&j, NULL);
        api_json_device_members(&j, c->dashboard, i);
        json_object_end(&j);
    }
    api_page_end(c, &p, &b, &j);
}

static const struct device *find_device(struct api_call *c)
{
    const struct device *v = inventory_device(c->dashboard->inventory, c->param);

    if (!v)
        api_problem_err(c, ERR_NOT_FOUND);
    return v;
}

static void put_identity(struct json_out *j, const Nw__Table *t)
{
    const Nw__Identity *i = t ? t->identity : NULL;

    json_array_begin(j, "profiles");
    for (size_t k = 0; t && k < t->n_profiles; k++)
        json_string(j, NULL, t->profiles[k]);
    json_array_end(j);
    if (!i) {
        json_null(j, "identity");
        return;
    }
    json_object_begin(j, "identity");
    api_json_id(j, "sys_object_id", i->sys_object_id);
    api_json_id(j, "sys_descr", i->sys_descr);
    api_json_id(j, "sys_name", i->sys_name);
    api_json_id(j, "vendor", i->vendor);
    api_json_id(j, "model", i->model);
    api_json_id(j, "version", i->version);
    api_json_id(j, "serial", i->serial);
    json_object_end(j);
}

/* 0: not known. sysUpTime begins anew after 497 days (RFC 3418): the time may be too late by such a span. */
static ns_t booted(const struct snap_source *source)
{
    return source && source->uptime_ms ? source->answered - (ns_t)source->uptime_ms * MILLISECONDS : 0;
}

static void put_count(struct json_out *j, const char *key, uint32_t count)
{
    if (count)
        json_uint(j, key, count);
    else
        json_null(j, key);
}

/* What about polling this device is not as with everybody; null and false = nothing is. */
static void put_polling(struct json_out *j, const struct snap_source *source)
{
    static const struct snap_source none = {0};

    if (!source)
        source = &none;
    json_object_begin(j, "polling");
    put_count(j, "get_varbinds", source->get_varbinds);
    put_count(j, "bulk_varbinds", source->bulk_varbinds);
    put_count(j, "slowed", source->slowed);
    json_bool(j, "is_walk_broken", source->is_walk_broken);
    json_object_end(j);
}

static void put_children(struct json_out *j, const struct dashboard *d, const struct device *parent)
{
    size_t count;
    const struct device *devices = inventory_devices(d->inventory, &count);

    json_array_begin(j, "children");
    for (size_t i = 0; i < count; i++) {
        if (!devices[i].uplink || strcmp(devices[i].uplink, parent->id) != 0)
            continue;
        json_object_begin(j, NULL);
        json_string(j, "id", devices[i].id);
        json_string(j, "name", devices[i].name);
        json_string(j, "kind", device_kind_words[devices[i].kind]);
        json_string(j, "state", state_code(snapshot_device(d->snapshot, i)->state));
        json_object_end(j);
    }
    json_array_end(j);
}

void api_device(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    const struct device *v = find_device(c);
    const struct snap_source *source = v ? snapshot_source(d->snapshot, v->id) : NULL;
    Nw__Table *t = snapshot_table(source);
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!v)
        return;
    size_t index = (size_t)(v - inventory_devices(d->inventory, &(size_t){0}));
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    api_json_device_members(&j, d, index);
    json_int(&j, "port", v->port);
    api_json_id(&j, "uplink_port", v->uplink_port);
    put_identity(&j, t);
    json_double(&j, "uptime_s", source && source->uptime_ms ? (double)source->uptime_ms / 1000 : NAN);
    json_time(&j, "booted", booted(source));
    api_json_firmware_rule(&j, d, snapshot_asset(source, NULL));
    json_double(&j, "interval_s", source && source->interval_ms ? source->interval_ms / 1000.0 : NAN);
    json_double(&j, "poll_rtt_ms", source && source->duration_us ? source->duration_us / 1000.0 : NAN);
    put_polling(&j, source);
    put_children(&j, d, v);
    json_array_begin(&j, "graphs");
    api_json_graphs(&j, v->id, t, NULL, NULL);
    json_array_end(&j);
    json_object_end(&j);
    nw__table__free_unpacked(t, NULL);
    api_reply(c, 200, NULL, &b);
}

/* key NULL: every entity. */
static bool has_attribute(const Nw__Entity *entity, const char *key)
{
    for (size_t i = 0; key && i < entity->n_attributes; i++)
        if (strcmp(entity->attributes[i]->key, key) == 0)
            return true;
    return !key;
}

void api_device_entities(struct api_call *c)
{
    const struct device *v = find_device(c);
    const struct snap_source *source = v ? snapshot_source(c->dashboard->snapshot, v->id) : NULL;
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;

    if (!v || !api_page_begin(c, &p, &b, &j))
        return;
    Nw__Table *t = snapshot_table(source);
    for (size_t i = (size_t)p.skip; t && i < t->n_entities; i++) {
        const Nw__Entity *entity = t->entities[i];
        if (!api_list_has(api_param(c, "kind"), entity->kind) ||
            !has_attribute(entity, api_param(c, "attribute")) ||
            !api_matches(api_param(c, "q"), entity->id, entity->name, NULL))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        api_json_entity(&j, source, t, i);
    }
    nw__table__free_unpacked(t, NULL);
    api_page_end(c, &p, &b, &j);
}

/* ---- services ---- */

void api_services(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    size_t count;
    const struct service *services = inventory_services(d->inventory, &count);

    if (!api_page_begin(c, &p, &b, &j))
        return;
    for (size_t i = (size_t)p.skip; i < count; i++) {
        const struct snap_state *state = snapshot_service(d->snapshot, i);
        if (!api_matches(api_param(c, "q"), services[i].id, text_or(services[i].name, ""), NULL))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        json_object_begin(&j, NULL);
        json_string(&j, "id", services[i].id);
        json_string(&j, "name", services[i].name);
        json_string(&j, "kind", service_kind_words[services[i].kind]);
        json_string(&j, "target", services[i].target);
        api_json_id(&j, "site", services[i].site);
        json_string(&j, "state", state_code(state->state));
        json_string(&j, "reason", reason_code(state->reason));
        json_time(&j, "since", state->since);
        api_json_id(&j, "incident", state->incident);
        api_json_probes(&j, d, services[i].id);
        json_array_begin(&j, "graphs");
        put_probe_graphs(&j, d, services[i].id);
        json_array_end(&j);
        json_object_end(&j);
    }
    api_page_end(c, &p, &b, &j);
}
