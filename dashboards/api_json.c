/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_json.c - the JSON shapes that several answers share; docs/openapi.yaml, components.schemas. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "lib/model/state.h"

enum { GRAPHS_MAX = 40, GRAPH_METRICS = 3 };

void api_json_state_counts(struct json_out *j, const char *key, const size_t counts[5])
{
    json_object_begin(j, key);
    for (int s = STATE_UNKNOWN; s <= STATE_MAINTENANCE; s++)
        json_uint(j, state_code((enum state)s), counts[s]);
    json_object_end(j);
}

void api_json_id(struct json_out *j, const char *key, const char *id)
{
    json_string(j, key, id && id[0] ? id : NULL);
}

static void put_count(struct json_out *j, const char *key, double value)
{
    if (isnan(value) || value < 0)
        json_null(j, key);
    else
        json_int(j, key, (int64_t)(value + 0.5));
}

static void put_state(struct json_out *j, const struct snap_state *state)
{
    json_string(j, "state", state_code(state->state));
    json_string(j, "reason", reason_code(state->reason));
    json_time(j, "since", state->since);
    api_json_id(j, "incident", state->incident);
}

/* ---- hotspots and devices ---- */

void api_json_hotspot_members(struct json_out *j, const struct dashboard *d, size_t index)
{
    const struct hotspot *h = &inventory_hotspots(d->inventory, &(size_t){0})[index];
    const struct device *devices = inventory_devices(d->inventory, &(size_t){0});
    const struct rel_hotspot *r = &snapshot_relations(d->snapshot)->hotspots[index];

    json_string(j, "id", h->id);
    json_string(j, "name", h->name);
    api_json_id(j, "site", h->site);
    json_string(j, "site_name", r->site ? r->site->name : NULL);
    json_string(j, "district", r->district_id);
    json_string(j, "district_name", r->district ? r->district->name : r->district_id);
    json_fixed(j, "lat", r->at.lat, 6);
    json_fixed(j, "lon", r->at.lon, 6);
    put_state(j, snapshot_hotspot(d->snapshot, index));
    put_count(j, "clients", snapshot_clients(d->snapshot, index));
    api_json_id(j, "device", h->device);
    api_json_id(j, "entity", h->entity);
    json_string(j, "uplink", r->uplink == REL_NONE ? NULL : devices[r->uplink].id);
    json_bool(j, "published", h->is_published);
}

void api_json_asset_members(struct json_out *j, const struct dashboard *d, const struct asset *asset)
{
    const struct firmware_rule *rule =
        asset ? firmware_rule_for(d->firmware, asset->vendor, asset->model) : NULL;

    api_json_id(j, "vendor", asset ? asset->vendor : NULL);
    api_json_id(j, "model", asset ? asset->model : NULL);
    api_json_id(j, "version", asset ? asset->version : NULL);
    api_json_id(j, "serial", asset ? asset->serial : NULL);
    json_string(j, "firmware",
                firmware_status_words[firmware_status_of(rule, asset ? asset->version : NULL)]);
    json_string(j, "support", firmware_support_words[firmware_support_of(rule, api_today(d))]);
}

const char *api_outcome_name(uint32_t outcome)
{
    static const char *const names[] = {"ok", "partial", "timeout", "refused", "broken", "failed"};

    return outcome < ARRAY_LEN(names) ? names[outcome] : "broken";
}

void api_json_device_members(struct json_out *j, const struct dashboard *d, size_t index)
{
    const struct device *v = &inventory_devices(d->inventory, &(size_t){0})[index];
    const struct rel_device *r = &snapshot_relations(d->snapshot)->devices[index];
    const struct site *site = r->site;
    const struct snap_source *source = snapshot_device_source(d->snapshot, index);
    const struct asset *asset = snapshot_asset(source, NULL);

    json_string(j, "id", v->id);
    json_string(j, "name", v->name);
    json_string(j, "kind", device_kind_words[v->kind]);
    json_string(j, "address", v->address);
    api_json_id(j, "site", v->site);
    json_string(j, "site_name", site ? site->name : NULL);
    json_string(j, "district", site && site->district ? site->district : "");
    if (site) {
        json_fixed(j, "lat", site->lat, 6);
        json_fixed(j, "lon", site->lon, 6);
    } else {
        json_null(j, "lat");
        json_null(j, "lon");
    }
    api_json_id(j, "uplink", v->uplink);
    api_json_id(j, "power", v->power);
    json_bool(j, "is_core", v->is_core);
    put_state(j, snapshot_device(d->snapshot, index));
    if (source)
        json_bool(j, "is_answering", source->misses == 0 && source->answered == source->at);
    else
        json_null(j, "is_answering");
    json_time(j, "last_poll", source ? source->at : 0);
    json_string(j, "outcome", source ? api_outcome_name(source->outcome) : NULL);
    json_uint(j, "misses", source ? source->misses : 0);
    json_uint(j, "hotspots", r->hotspots);
    api_json_asset_members(j, d, asset);
}

/* ---- summary ---- */

struct tally {
    size_t states[5];
    double clients;
    size_t clients_known;
};

static void tally_add(struct tally *t, enum state state, double clients)
{
    t->states[state <= STATE_MAINTENANCE ? state : STATE_UNKNOWN]++;
    if (!isnan(clients)) {
        t->clients += clients;
        t->clients_known++;
    }
}

static void put_device_tally(struct json_out *j, const struct dashboard *d)
{
    size_t count, answering = 0, silent = 0;

    inventory_devices(d->inventory, &count);
    for (size_t i = 0; i < count; i++) {
        const struct snap_source *source = snapshot_device_source(d->snapshot, i);
        if (source && source->misses == 0)
            answering++;
        else if (source)
            silent++;
    }
    json_object_begin(j, "devices");
    json_uint(j, "total", count);
    json_uint(j, "answering", answering);
    json_uint(j, "silent", silent);
    json_object_end(j);
}

static void put_incident_tally(struct json_out *j, const struct dashboard *d)
{
    struct snap_incidents n;

    snapshot_incidents(d->snapshot, &n);
    json_object_begin(j, "incidents");
    json_uint(j, "open", n.open);
    json_uint(j, "unacknowledged", n.unacknowledged);
    json_uint(j, "critical", n.critical);
    json_uint(j, "major", n.major);
    json_uint(j, "minor", n.minor);
    json_uint(j, "warning", n.warning);
    json_object_end(j);
}

static void put_districts(struct json_out *j, const struct dashboard *d, const struct tally *by_district)
{
    size_t count;
    const struct district *districts = inventory_districts(d->inventory, &count);

    json_array_begin(j, "districts");
    for (size_t i = 0; by_district && i < count; i++) {
        json_object_begin(j, NULL);
        json_string(j, "id", districts[i].id);
        json_string(j, "name", districts[i].name);
        api_json_state_counts(j, "hotspots", by_district[i].states);
        json_int(j, "clients", (int64_t)by_district[i].clients);
        json_object_end(j);
    }
    json_array_end(j);
}

void api_json_summary(struct json_out *j, const char *key, const struct dashboard *d, ns_t now)
{
    size_t count, district_count;
    const struct rel_hotspot *hotspots = snapshot_relations(d->snapshot)->hotspots;
    const struct district *districts = inventory_districts(d->inventory, &district_count);
    struct tally all = {0}, *by_district = calloc(district_count + 1, sizeof *by_district);

    inventory_hotspots(d->inventory, &count);
    for (size_t i = 0; i < count; i++) {
        enum state state = snapshot_hotspot(d->snapshot, i)->state;
        double clients = snapshot_clients(d->snapshot, i);
        const struct district *district = hotspots[i].district;
        tally_add(&all, state, clients);
        if (by_district && district)
            tally_add(&by_district[district - districts], state, clients);
    }
    json_object_begin(j, key);
    json_time(j, "at", now);
    api_json_state_counts(j, "hotspots", all.states);
    json_int(j, "clients", (int64_t)all.clients);
    json_uint(j, "clients_known", all.clients_known);
    put_districts(j, d, by_district);
    put_device_tally(j, d);
    put_incident_tally(j, d);
    json_object_end(j);
    free(by_district);
}

/* ---- events ---- */

static const char *thing_name(const struct dashboard *d, const char *kind, const char *id)
{
    if (strcmp(kind, "hotspot") == 0 && inventory_hotspot(d->inventory, id))
        return inventory_hotspot(d->inventory, id)->name;
    if (strcmp(kind, "device") == 0 && inventory_device(d->inventory, id))
        return inventory_device(d->inventory, id)->name;
    if (strcmp(kind, "service") == 0 && inventory_service(d->inventory, id))
        return inventory_service(d->inventory, id)->name;
    if (strcmp(kind, "site") == 0 && inventory_site(d->inventory, id))
        return inventory_site(d->inventory, id)->name;
    return id;
}

void api_json_state_event(struct json_out *j, const struct dashboard *d, const Nw__State *state)
{
    json_object_begin(j, NULL);
    json_string(j, "kind", state->kind);
    json_string(j, "id", state->id);
    json_string(j, "name", thing_name(d, state->kind, state->id));
    json_string(j, "state", state_code((enum state)state->state));
    json_string(j, "reason", reason_code((enum reason)state->reason));
    json_time(j, "since", (ns_t)state->since);
    json_string(j, "previous", state_code((enum state)state->previous_state));
    api_json_id(j, "incident", state->incident);
    put_count(j, "clients", strcmp(state->kind, "hotspot") == 0 ? state->clients : NAN);
    json_object_end(j);
}

static bool put_command(void *ctx, uint64_t row NW_UNUSED, const struct history_command *command)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    api_json_id(j, "verb", command->verb);
    api_json_id(j, "target", command->target);
    api_json_id(j, "by", command->by);
    return false;
}

bool api_json_command_event(struct json_out *j, const struct dashboard *d, const Nw__Outcome *outcome)
{
    if (history_command(d->history, outcome->command, put_command, j) != ERR_OK)
        return false;
    json_string(j, "command", outcome->command);
    json_string(j, "outcome", outcome->outcome);
    api_json_id(j, "problem", outcome->problem);
    json_object_end(j);
    return true;
}

/* Counters that are no figure but a thing to look at. */
static void put_notices(struct json_out *j, const Nw__Heartbeat *beat)
{
    static const struct {
        const char *counter, *code;
    } notices[] = {{"store_files_damaged_total", "history_damaged"}};

    json_array_begin(j, "notices");
    for (size_t i = 0; beat && i < beat->n_counters; i++)
        for (size_t k = 0; k < ARRAY_LEN(notices); k++) {
            if (beat->counters[i]->value < 1 || strcmp(beat->counters[i]->name, notices[k].counter) != 0)
                continue;
            json_object_begin(j, NULL);
            json_string(j, "code", notices[k].code);
            json_int(j, "count", (int64_t)fmin(beat->counters[i]->value, 1e15));
            json_object_end(j);
        }
    json_array_end(j);
}

void api_json_daemon(struct json_out *j, const char *key, const struct snap_daemon *daemon, ns_t now)
{
    const Nw__Heartbeat *beat = daemon->heartbeat;

    json_object_begin(j, key);
    json_string(j, "name", daemon->name);
    json_string(j, "partition", daemon->partition);
    json_bool(j, "online", now - daemon->heard < API_DAEMON_SILENT);
    json_string(j, "version", beat ? beat->version : "");
    json_time(j, "started", beat ? (ns_t)beat->started : 0);
    json_time(j, "heartbeat", daemon->heard);
    json_object_begin(j, "lag");
    for (size_t i = 0; beat && i < beat->n_lag; i++)
        json_fixed(j, beat->lag[i]->partition, (double)beat->lag[i]->lag_ms / 1000, 3);
    json_object_end(j);
    json_string(j, "config", beat ? beat->config_hash : "");
    put_notices(j, beat);
    json_object_end(j);
}

/* ---- values ---- */

static enum quality_reason why_unknown(const struct snap_source *source, size_t series)
{
    for (size_t i = 0; i < source->unknown_count; i++)
        if (source->unknown[i].index == series)
            return (enum quality_reason)source->unknown[i].reason;
    return QUALITY_OK;
}

static void put_value(struct json_out *j, const struct snap_source *source, uint32_t metric, size_t series)
{
    const struct metric_info *info = metric_info((enum metric)metric);
    double value = series < source->value_count ? source->values[series] : NAN;
    enum quality_reason reason = why_unknown(source, series);

    if (!info)
        return; /* a newer writer's */
    if (isnan(value) && reason == QUALITY_OK)
        reason = QUALITY_NO_ANSWER;
    json_object_begin(j, NULL);
    json_string(j, "metric", info->name);
    json_string(j, "unit", info->unit);
    json_double(j, "value", value);
    json_string(j, "quality", isnan(value) ? "unknown" : "ok");
    json_string(j, "reason", isnan(value) ? quality_name(reason) : NULL);
    json_time(j, "at", source->at);
    json_object_end(j);
}

static void put_ref(struct json_out *j, const char *key, const char *source, const char *entity)
{
    char *ref = strx_printf("%s/%s", source, entity);

    json_string(j, key, ref);
    free(ref);
}

/* Series ascend by entity: a controller has tens of thousands of both. */
static size_t first_series(const Nw__Table *t, size_t entity)
{
    size_t lo = 0, hi = t->n_series;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->series[mid]->entity < entity)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void api_json_entity(struct json_out *j, const struct snap_source *source, const Nw__Table *t, size_t entity)
{
    const Nw__Entity *v = t->entities[entity];

    json_object_begin(j, NULL);
    json_string(j, "id", v->id);
    put_ref(j, "ref", source->id, v->id);
    json_string(j, "kind", v->kind);
    json_string(j, "name", v->name);
    json_object_begin(j, "attributes");
    for (size_t i = 0; i < v->n_attributes; i++)
        json_string(j, v->attributes[i]->key, v->attributes[i]->text);
    json_object_end(j);
    json_array_begin(j, "values");
    for (size_t i = first_series(t, entity); i < t->n_series && t->series[i]->entity == entity; i++)
        put_value(j, source, t->series[i]->metric, i);
    json_array_end(j);
    json_object_end(j);
}

void api_json_probes(struct json_out *j, const struct dashboard *d, const char *id)
{
    char *name = strx_printf("probe/%s", id);
    const struct snap_source *source = snapshot_source(d->snapshot, name);
    Nw__Table *t = snapshot_table(source);

    json_array_begin(j, "probes");
    if (source && t) {
        json_object_begin(j, NULL);
        put_ref(j, "ref", name, "probe");
        json_string(j, "outcome", api_outcome_name(source->outcome));
        json_time(j, "at", source->at);
        json_array_begin(j, "values");
        for (size_t i = 0; i < t->n_series; i++)
            put_value(j, source, t->series[i]->metric, i);
        json_array_end(j);
        json_object_end(j);
    }
    json_array_end(j);
    nw__table__free_unpacked(t, NULL);
    free(name);
}

/* ---- graphs ---- */

/* Metrics of one unit that belong into one diagram, the interesting ones first. */
static const struct graph_kind {
    const char *de, *en;
    enum metric metrics[GRAPH_METRICS];
} graph_kinds[] = {
    {"Verbundene Geräte", "Connected devices", {METRIC_CLIENTS}},
    {"Durchsatz Funk", "Radio throughput", {METRIC_WIRELESS_IN, METRIC_WIRELESS_OUT}},
    {"Funkauslastung", "Airtime", {METRIC_RADIO_UTILIZATION}},
    {"Antwortzeit", "Round-trip time", {METRIC_PING_RTT, METRIC_PING_JITTER}},
    {"Paketverlust", "Packet loss", {METRIC_PING_LOSS}},
    {"Optische Leistung", "Optical power", {METRIC_OPTIC_RX, METRIC_OPTIC_TX}},
    {"Batterieladung", "Battery charge", {METRIC_UPS_CHARGE}},
    {"Überbrückungszeit", "Runtime left", {METRIC_UPS_RUNTIME}},
    {"USV-Last", "UPS load", {METRIC_UPS_LOAD}},
    {"Eingangsspannung", "Input voltage", {METRIC_UPS_INPUT_VOLTAGE}},
    {"Durchsatz", "Throughput", {METRIC_IF_IN, METRIC_IF_OUT}},
    {"Fehler", "Errors", {METRIC_IF_IN_ERRORS, METRIC_IF_OUT_ERRORS}},
    {"DNS-Antwortzeit", "DNS response time", {METRIC_DNS_TIME}},
    {"Antwortzeit der Anmeldeseite", "Portal response time", {METRIC_PORTAL_TIME}},
    {"Zertifikat gültig (Tage)", "Certificate valid (days)", {METRIC_CERTIFICATE_DAYS}},
    {"Rauschen", "Noise floor", {METRIC_RADIO_NOISE}},
    {"Signalabstand", "Signal-to-noise ratio", {METRIC_RADIO_SNR}},
    {"Prozessorlast", "Processor load", {METRIC_CPU}},
    {"Speicherauslastung", "Memory used", {METRIC_MEMORY_UTILIZATION}},
    {"Temperatur", "Temperature", {METRIC_TEMPERATURE, METRIC_OPTIC_TEMPERATURE}},
    {"Access Points", "Access points", {METRIC_AP_COUNT}},
    {"PoE-Leistung", "PoE power", {METRIC_POE_POWER}},
    {"Auslastung des Adressbereichs (DHCP)", "Address pool used (DHCP)", {METRIC_DHCP_UTILIZATION}},
    {"Dauer der Abfrage", "Poll duration", {METRIC_POLL_RTT}},
};

static bool has_series(const Nw__Table *t, size_t entity, enum metric metric)
{
    for (size_t i = first_series(t, entity); i < t->n_series && t->series[i]->entity == entity; i++)
        if (t->series[i]->metric == (uint32_t)metric)
            return true;
    return false;
}

static void put_graph(struct json_out *j, const struct graph_kind *kind, const char *source,
                      const Nw__Table *t, size_t entity)
{
    const Nw__Entity *v = t->entities[entity];
    bool is_named = v->name[0] && strcmp(v->kind, "chassis") != 0 && strcmp(v->id, "probe") != 0;
    char *de = strx_printf(is_named ? "%s · %s" : "%s", kind->de, v->name);
    char *en = strx_printf(is_named ? "%s · %s" : "%s", kind->en, v->name);
    const char *unit = "";

    json_object_begin(j, NULL);
    json_object_begin(j, "title");
    json_string(j, "de", de);
    json_string(j, "en", en);
    json_object_end(j);
    put_ref(j, "entity", source, v->id);
    json_array_begin(j, "metrics");
    for (size_t m = 0; m < GRAPH_METRICS && kind->metrics[m]; m++) {
        const struct metric_info *info = metric_info(kind->metrics[m]);
        if (info && has_series(t, entity, kind->metrics[m])) {
            json_string(j, NULL, info->name);
            unit = info->unit;
        }
    }
    json_array_end(j);
    json_string(j, "unit", unit);
    json_object_end(j);
    free(de);
    free(en);
}

void api_json_graphs(struct json_out *j, const char *source_id, const Nw__Table *t, api_entity_filter *filter,
                     const void *ctx)
{
    size_t given = 0;

    for (size_t k = 0; t && k < ARRAY_LEN(graph_kinds); k++) {
        for (size_t i = 0; i < t->n_entities && given < GRAPHS_MAX; i++) {
            bool is_there = false;
            if (filter && !filter(t->entities[i], ctx))
                continue;
            for (size_t m = 0; m < GRAPH_METRICS && graph_kinds[k].metrics[m]; m++)
                is_there = is_there || has_series(t, i, graph_kinds[k].metrics[m]);
            if (is_there) {
                put_graph(j, &graph_kinds[k], source_id, t, i);
                given++;
            }
        }
    }
}
