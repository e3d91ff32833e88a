/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_funnel.c - what sensors see: the onboarding funnel of each hotspot, and their own figures with the
 * networks that imitate ours. Phases and metrics come as the tables of the samples have them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"

/* A source's newest values; what is older than this is no "now". */
#define STALE_INTERVALS 20

static bool is_stale(const struct api_call *c, const struct snap_source *source)
{
    ns_t room = (ns_t)source->interval_ms * MILLISECONDS * STALE_INTERVALS;

    return loop_wall(c->dashboard->loop) - source->at > room;
}

static void put_values(struct json_out *j, const struct snap_source *source, const Nw__Table *t,
                       size_t entity)
{
    for (size_t i = 0; i < t->n_series; i++) {
        const struct metric_info *metric = metric_info((enum metric)t->series[i]->metric);
        const char *dot = metric ? strchr(metric->name, '.') : NULL;
        bool is_count = metric && metric->number == METRIC_SENSOR_IMITATORS; /* the list has that name */
        if (t->series[i]->entity == entity && dot)
            json_double(j, is_count ? "imitators_seen" : dot + 1,
                        i < source->value_count ? source->values[i] : NAN);
    }
}

static void put_phases(struct json_out *j, const struct snap_source *source, const Nw__Table *t)
{
    json_array_begin(j, "phases");
    for (size_t i = 0; i < t->n_entities; i++) {
        const char *phase =
            strx_starts_with(t->entities[i]->id, "phase/") ? strchr(t->entities[i]->id, '/') + 1 : NULL;
        if (!phase)
            continue;
        json_object_begin(j, NULL);
        json_string(j, "phase", phase);
        put_values(j, source, t, i);
        json_object_end(j);
    }
    json_array_end(j);
}

/* name "funnel/<id>"; nothing is put if nobody has seen anything there of late. */
static void put_funnel(const struct api_call *c, struct json_out *j, const char *id, const char *name)
{
    char *source_name = strx_printf("funnel/%s", id);
    const struct snap_source *source =
        source_name ? snapshot_source(c->dashboard->snapshot, source_name) : NULL;
    Nw__Table *t = source && !is_stale(c, source) ? snapshot_table(source) : NULL;

    if (t) {
        json_object_begin(j, NULL);
        json_string(j, "id", id);
        json_string(j, "name", name);
        json_time(j, "at", source->at);
        put_phases(j, source, t);
        json_object_end(j);
    }
    nw__table__free_unpacked(t, NULL);
    free(source_name);
}

static void put_imitators(struct json_out *j, const struct snap_source *source, const Nw__Table *t)
{
    json_array_begin(j, "imitators");
    for (size_t i = 0; i < t->n_entities; i++) {
        const Nw__Entity *e = t->entities[i];
        if (strcmp(e->kind, "imitator") != 0)
            continue;
        json_object_begin(j, NULL);
        json_string(j, "bssid", strchr(e->id, '/') ? strchr(e->id, '/') + 1 : e->id);
        json_string(j, "ssid", e->name);
        for (size_t k = 0; k < e->n_attributes; k++)
            json_string(j, e->attributes[k]->key, e->attributes[k]->text);
        put_values(j, source, t, i);
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_sensor(const struct api_call *c, struct json_out *j, const struct service *service)
{
    char *name = strx_printf("probe/%s", service->id);
    const struct snap_source *source = name ? snapshot_source(c->dashboard->snapshot, name) : NULL;
    Nw__Table *t = source ? snapshot_table(source) : NULL;

    json_object_begin(j, NULL);
    json_string(j, "id", service->id);
    json_string(j, "name", service->name ? service->name : service->id);
    if (t) {
        json_time(j, "at", source->at);
        put_values(j, source, t, 0);
        put_imitators(j, source, t);
    } else {
        json_null(j, "at");
        json_array_begin(j, "imitators");
        json_array_end(j);
    }
    json_object_end(j);
    nw__table__free_unpacked(t, NULL);
    free(name);
}

void api_funnel(struct api_call *c)
{
    const struct inventory *inventory = c->dashboard->inventory;
    size_t hotspot_count, service_count;
    const struct hotspot *hotspots = inventory_hotspots(inventory, &hotspot_count);
    const struct service *services = inventory_services(inventory, &service_count);
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "sensors");
    for (size_t i = 0; i < service_count; i++)
        if (services[i].kind == SERVICE_SENSOR)
            put_sensor(c, &j, &services[i]);
    json_array_end(&j);
    json_array_begin(&j, "hotspots");
    for (size_t i = 0; i < hotspot_count; i++)
        put_funnel(c, &j, hotspots[i].id, hotspots[i].name);
    json_array_end(&j);
    json_array_begin(&j, "elsewhere");
    for (size_t i = 0; i < service_count; i++)
        if (services[i].kind == SERVICE_SENSOR)
            put_funnel(c, &j, services[i].id, services[i].name ? services[i].name : services[i].id);
    json_array_end(&j);
    json_object_end(&j);
    api_reply_or_problem(c, buf_error(&b), &b);
}
