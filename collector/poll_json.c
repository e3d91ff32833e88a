/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_json.c - a device view as the poll contract's JSON, or as text. Pure. */
#include "collector/poll_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/json_out.h"

static void text_or_null(struct json_out *j, const char *key, const char *text)
{
    json_string(j, key, *text ? text : NULL);
}

static void write_device(struct json_out *j, const struct view_identity *id)
{
    json_object_begin(j, "device");
    text_or_null(j, "sys_object_id", id->sys_object_id);
    text_or_null(j, "sys_descr", id->sys_descr);
    text_or_null(j, "sys_name", id->sys_name);
    text_or_null(j, "vendor", id->vendor);
    text_or_null(j, "model", id->model);
    text_or_null(j, "version", id->version);
    text_or_null(j, "serial", id->serial);
    json_double(j, "uptime_s", id->uptime_s);
    json_object_end(j);
}

static void write_attr(struct json_out *j, const struct view_attr *a)
{
    if (a->type == VIEW_ATTR_NULL)
        json_null(j, a->key);
    else if (a->type == VIEW_ATTR_TEXT)
        json_string(j, a->key, a->text);
    else if (a->number == floor(a->number) && fabs(a->number) < 9e15)
        json_int(j, a->key, (int64_t)a->number);
    else
        json_double(j, a->key, a->number);
}

/* The same system on the same port, seen twice. */
static bool is_repeated(const struct device_view *view, size_t i)
{
    const struct view_neighbour *n = &view->neighbours[i];

    for (size_t k = 0; k < i; k++) {
        const struct view_neighbour *o = &view->neighbours[k];

        if (o->entity == n->entity && strcmp(o->chassis_id, n->chassis_id) == 0 &&
            strcmp(o->port_id, n->port_id) == 0)
            return true;
    }
    return false;
}

/* LLDP neighbours are entities of kind link: id "lldp/<local interface>/<chassis>/<port>". */
static void write_links(struct json_out *j, const struct device_view *view)
{
    char id[512];

    for (size_t i = 0; i < view->neighbour_count; i++) {
        const struct view_neighbour *n = &view->neighbours[i];
        const char *local = n->entity == VIEW_NO_ENTITY ? "" : view->entities[n->entity].id;

        snprintf(id, sizeof id, "lldp/%.100s/%.100s/%.100s", local, n->chassis_id, n->port_id);
        if (is_repeated(view, i))
            continue;
        json_object_begin(j, NULL);
        json_string(j, "id", id);
        json_string(j, "kind", "link");
        text_or_null(j, "name", n->system_name);
        json_object_begin(j, "attrs");
        text_or_null(j, "local", local);
        text_or_null(j, "system_name", n->system_name);
        text_or_null(j, "chassis_id", n->chassis_id);
        text_or_null(j, "port_id", n->port_id);
        text_or_null(j, "port_descr", n->port_descr);
        json_object_end(j);
        json_object_end(j);
    }
}

static void write_entities(struct json_out *j, const struct device_view *view)
{
    json_array_begin(j, "entities");
    for (size_t i = 0; i < view->entity_count; i++) {
        const struct view_entity *e = &view->entities[i];

        json_object_begin(j, NULL);
        json_string(j, "id", e->id);
        json_string(j, "kind", e->kind);
        text_or_null(j, "name", e->name);
        json_object_begin(j, "attrs");
        for (size_t k = 0; k < e->attr_count; k++)
            write_attr(j, &e->attrs[k]);
        json_object_end(j);
        json_object_end(j);
    }
    write_links(j, view);
    json_array_end(j);
}

static void write_sources(struct json_out *j, const struct view_sample *s, const struct varbind_set *varbinds)
{
    char oid[OID_TEXT_SIZE];

    json_array_begin(j, "oid");
    for (size_t i = 0; i < s->source_count; i++) {
        const struct varbind *vb = varbind_set_at(varbinds, s->sources[i]);
        bool is_repeated = false;

        for (size_t k = 0; k < i && k < 8; k++)
            is_repeated = is_repeated || s->sources[k] == s->sources[i];
        if (!vb || is_repeated)
            continue;
        oid_to_text(vb->oid, vb->oid_len, oid, sizeof oid);
        json_string(j, NULL, oid);
    }
    json_array_end(j);
}

static void write_samples(struct json_out *j, const struct device_view *view,
                          const struct varbind_set *varbinds)
{
    json_array_begin(j, "samples");
    for (size_t i = 0; i < view->sample_count; i++) {
        const struct view_sample *s = &view->samples[i];

        if (s->is_counter)
            continue;
        json_object_begin(j, NULL);
        json_string(j, "entity", view->entities[s->entity].id);
        json_string(j, "metric", s->metric_name);
        json_double(j, "value", s->quality ? NAN : s->value);
        json_string(j, "unit", s->unit);
        write_sources(j, s, varbinds);
        if (s->text)
            json_string(j, "text", s->text);
        json_string(j, "quality", s->quality ? "unknown" : "ok");
        if (s->quality)
            json_string(j, "reason", quality_name(s->quality));
        json_object_end(j);
    }
    json_array_end(j);
}

void poll_json_write(struct buf *to, const struct device_profile *profile, const struct device_view *view,
                     const struct varbind_set *varbinds, const struct poll_stats *stats)
{
    const char *const *names;
    size_t count = device_profile_names(profile, &names);
    struct json_out j;

    json_init(&j, to);
    json_object_begin(&j, NULL);
    json_string(&j, "schema", "netzwacht.poll/1");
    json_array_begin(&j, "profile");
    for (size_t i = 0; i < count; i++)
        json_string(&j, NULL, names[i]);
    json_array_end(&j);
    write_device(&j, &view->identity);
    write_entities(&j, view);
    write_samples(&j, view, varbinds);
    json_object_begin(&j, "stats");
    json_uint(&j, "varbinds", stats->varbinds);
    json_fixed(&j, "duration_ms", stats->duration_ms, 1);
    json_object_end(&j);
    json_object_end(&j);
    buf_str(to, "\n");
}

/* ---- for people ---- */

static void text_line(struct buf *to, const char *label, const char *text)
{
    if (*text)
        buf_printf(to, "%-12s%s\n", label, text);
}

static void text_attrs(struct buf *to, const struct view_entity *e)
{
    for (size_t i = 0; i < e->attr_count; i++)
        if (e->attrs[i].type != VIEW_ATTR_NULL)
            buf_printf(to, "  %s=%s", e->attrs[i].key, e->attrs[i].text);
}

static void text_sample(struct buf *to, const struct view_sample *s)
{
    buf_printf(to, "    %-26s", s->metric_name);
    if (s->is_counter)
        buf_printf(to, "%llu (counter, %u bits)", (unsigned long long)s->raw, s->width);
    else if (s->quality)
        buf_printf(to, "unknown (%s)", quality_name(s->quality));
    else if (!isnan(s->value))
        buf_printf(to, "%.6g%s%s", s->value, strcmp(s->unit, "1") == 0 ? "" : " ",
                   strcmp(s->unit, "1") == 0 ? "" : s->unit);
    if (s->text)
        buf_printf(to, isnan(s->value) && !s->quality ? "%s" : " (%s)", s->text);
    buf_str(to, "\n");
}

void poll_text_write(struct buf *to, const struct device_profile *profile, const struct device_view *view,
                     const struct poll_stats *stats)
{
    const struct view_identity *id = &view->identity;
    const char *const *names;
    size_t count = device_profile_names(profile, &names), sample = 0;

    text_line(to, "name", id->sys_name);
    text_line(to, "vendor", id->vendor);
    text_line(to, "model", id->model);
    text_line(to, "version", id->version);
    text_line(to, "serial", id->serial);
    text_line(to, "description", id->sys_descr);
    text_line(to, "object id", id->sys_object_id);
    buf_printf(to, "%-12s", "profiles");
    for (size_t i = 0; i < count; i++)
        buf_printf(to, i ? ", %s" : "%s", names[i]);
    if (!isnan(id->uptime_s))
        buf_printf(to, "\n%-12s%.0f s", "uptime", id->uptime_s);
    buf_str(to, "\n\n");
    for (size_t i = 0; i < view->entity_count; i++) {
        const struct view_entity *e = &view->entities[i];

        buf_printf(to, "%s [%s] %s", e->id, e->kind, e->name);
        text_attrs(to, e);
        buf_str(to, "\n");
        for (; sample < view->sample_count && view->samples[sample].entity == i; sample++)
            text_sample(to, &view->samples[sample]);
    }
    for (size_t i = 0; i < view->neighbour_count; i++) {
        const struct view_neighbour *n = &view->neighbours[i];

        buf_printf(to, "neighbour on %s: %s %s port %s\n",
                   n->entity == VIEW_NO_ENTITY ? "?" : view->entities[n->entity].id, n->system_name,
                   n->chassis_id, n->port_id);
    }
    buf_printf(to, "\n%zu varbinds, %.1f ms\n", stats->varbinds, stats->duration_ms);
}
