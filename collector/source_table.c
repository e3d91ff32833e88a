/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_table.c - a device's series table: what it consists of, in the order of its values. Pure. */
#include <string.h>

#include "collector/source_internal.h"

enum { POE_DELIVERS = 3 }; /* pethPsePortDetectionStatus */

uint64_t source_hash_bytes(uint64_t h, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;

    for (size_t i = 0; i < len; i++)
        h = (h ^ b[i]) * 0x100000001b3u; /* FNV-1a */
    return h;
}

uint64_t source_hash_text(uint64_t h, const char *text)
{
    return text ? source_hash_bytes(h, text, strlen(text) + 1) : h * 0x100000001b3u;
}

uint64_t source_hash_attributes(const struct device_view *view)
{
    uint64_t h = HASH_START;

    for (size_t i = 0; i < view->entity_count; i++) {
        for (size_t j = 0; j < view->entities[i].attr_count; j++) {
            const struct view_attr *a = &view->entities[i].attrs[j];

            h = source_hash_text(h, a->key);
            h = source_hash_text(h, a->type == VIEW_ATTR_NULL ? NULL : a->text);
        }
    }
    return h;
}

uint64_t source_hash_structure(const struct source_poll *in)
{
    const struct device_view *view = in->view;
    uint64_t h = HASH_START;

    if (!view)
        return h;
    h = source_hash_bytes(h, &view->structure, sizeof view->structure);
    for (size_t i = 0; i < view->neighbour_count; i++) {
        h = source_hash_bytes(h, &view->neighbours[i].entity, sizeof view->neighbours[i].entity);
        h = source_hash_text(h, view->neighbours[i].system_name);
        h = source_hash_text(h, view->neighbours[i].chassis_id);
        h = source_hash_text(h, view->neighbours[i].port_id);
        h = source_hash_text(h, view->neighbours[i].address);
    }
    h = source_hash_text(h, view->chassis_id);
    for (size_t i = 0; i < view->poe_count; i++) {
        bool delivers = view->poe[i].status == POE_DELIVERS; /* what else it does changes all the time */

        h = source_hash_bytes(h, &view->poe[i].entity, sizeof view->poe[i].entity);
        h = source_hash_bytes(h, &delivers, sizeof delivers);
    }
    for (size_t i = 0; i < source_ghosts(in); i++)
        h = source_hash_text(h, in->listing->ghosts[i].id);
    return h;
}

static char *text(const char *s)
{
    return s ? (char *)(uintptr_t)s : (char *)(uintptr_t) "";
}

static void put_attribute(struct source_scratch *t, Nw__Entity *to, size_t *at, const char *key,
                          const char *value)
{
    if (!*value)
        return;
    t->attributes[*at] = (Nw__Attribute)NW__ATTRIBUTE__INIT;
    t->attributes[*at].key = text(key);
    t->attributes[*at].text = text(value);
    t->attribute_list[*at] = &t->attributes[*at];
    ++*at;
    to->n_attributes++;
}

enum { GHOST_ATTRIBUTES = 4 };

/* Behind the entities that are there. */
static void put_ghosts(const struct source_poll *in, struct source_scratch *t, size_t entity, size_t at)
{
    for (size_t i = 0; i < source_ghosts(in); i++, entity++) {
        const struct roster_ghost *from = &in->listing->ghosts[i];
        Nw__Entity *to = &t->entities[entity];

        timex_rfc3339(from->since, t->gone[i]);
        *to = (Nw__Entity)NW__ENTITY__INIT;
        to->id = text(from->id);
        to->kind = text("ap");
        to->name = text(from->name);
        to->attributes = &t->attribute_list[at];
        put_attribute(t, to, &at, "name", from->name);
        put_attribute(t, to, &at, "mac", from->id + strlen("ap/"));
        put_attribute(t, to, &at, "serial", from->serial);
        put_attribute(t, to, &at, "vanished", t->gone[i]);
        t->entity_list[entity] = to;
    }
}

static bool put_entities(const struct source_poll *in, struct source_scratch *t)
{
    const struct device_view *view = in->view;
    size_t entities = view ? view->entity_count : 0, ghosts = source_ghosts(in), at = 0;
    size_t count = entities + ghosts + OWN_ENTITIES, attributes = ghosts * GHOST_ATTRIBUTES;

    for (size_t i = 0; i < entities; i++)
        attributes += view->entities[i].attr_count;
    if (!source_room(&t->entities, &t->caps[1], count, sizeof *t->entities) ||
        !source_room(&t->entity_list, &t->caps[2], count, sizeof *t->entity_list) ||
        !source_room(&t->attributes, &t->caps[3], attributes, sizeof *t->attributes) ||
        !source_room(&t->attribute_list, &t->caps[4], attributes, sizeof *t->attribute_list) ||
        !source_room(&t->gone, &t->gone_cap, ghosts, sizeof *t->gone))
        return false;
    t->entities[0] = (Nw__Entity)NW__ENTITY__INIT;
    t->entities[0].id = text("device");
    t->entities[0].kind = text("chassis");
    t->entities[0].name = text(view ? view->identity.sys_name : "");
    t->entity_list[0] = &t->entities[0];
    for (size_t i = 0; i < entities; i++) {
        const struct view_entity *from = &view->entities[i];
        Nw__Entity *to = &t->entities[i + OWN_ENTITIES];

        *to = (Nw__Entity)NW__ENTITY__INIT;
        to->id = text(from->id);
        to->kind = text(from->kind);
        to->name = text(from->name);
        to->attributes = &t->attribute_list[at];
        for (size_t j = 0; j < from->attr_count; j++)
            if (from->attrs[j].type != VIEW_ATTR_NULL)
                put_attribute(t, to, &at, from->attrs[j].key, from->attrs[j].text ? from->attrs[j].text : "");
        t->entity_list[i + OWN_ENTITIES] = to;
    }
    put_ghosts(in, t, entities + OWN_ENTITIES, at);
    t->table.entities = t->entity_list;
    t->table.n_entities = count;
    return true;
}

static void put_one_series(struct source_scratch *t, uint32_t entity, enum metric metric)
{
    size_t i = t->table.n_series++;

    t->series[i] = (Nw__Series)NW__SERIES__INIT;
    t->series[i].entity = entity;
    t->series[i].metric = (uint32_t)metric;
    t->series_list[i] = &t->series[i];
}

static bool put_series(const struct source_poll *in, struct source_scratch *t)
{
    const struct device_view *view = in->view;
    size_t ghosts = source_ghosts(in), count = OWN_SERIES + (view ? view->sample_count : 0) + ghosts;
    size_t first = OWN_ENTITIES + (view ? view->entity_count : 0);

    if (!source_room(&t->series, &t->caps[5], count, sizeof *t->series) ||
        !source_room(&t->series_list, &t->caps[6], count, sizeof *t->series_list))
        return false;
    put_one_series(t, 0, METRIC_REACHABLE);
    put_one_series(t, 0, METRIC_POLL_RTT);
    for (size_t i = 0; view && i < view->sample_count && t->table.n_series < SOURCE_SERIES_MAX; i++) {
        if (source_is_journalled(&view->samples[i]))
            put_one_series(t, view->samples[i].entity + OWN_ENTITIES, view->samples[i].metric);
    }
    for (size_t i = 0; i < ghosts && t->table.n_series < SOURCE_SERIES_MAX; i++)
        put_one_series(t, (uint32_t)(first + i), METRIC_AP_STATE);
    t->table.series = t->series_list;
    return true;
}

static bool put_neighbours(const struct device_view *view, struct source_scratch *t)
{
    size_t count = view ? view->neighbour_count : 0;

    if (!source_room(&t->neighbours, &t->caps[7], count, sizeof *t->neighbours) ||
        !source_room(&t->neighbour_list, &t->caps[8], count, sizeof *t->neighbour_list))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct view_neighbour *from = &view->neighbours[i];
        Nw__Neighbour *to = &t->neighbours[i];

        *to = (Nw__Neighbour)NW__NEIGHBOUR__INIT;
        to->entity = text(from->entity < view->entity_count ? view->entities[from->entity].id : "");
        to->system_name = text(from->system_name);
        to->chassis_id = text(from->chassis_id);
        to->port_id = text(from->port_id);
        to->port_descr = text(from->port_descr);
        to->address = text(from->address);
        t->neighbour_list[i] = to;
    }
    t->table.neighbours = t->neighbour_list;
    t->table.n_neighbours = count;
    t->table.chassis_id = text(view ? view->chassis_id : "");
    return true;
}

static bool put_poe(const struct device_view *view, struct source_scratch *t)
{
    size_t count = view ? view->poe_count : 0;

    if (!source_room(&t->poe, &t->caps[13], count, sizeof *t->poe) ||
        !source_room(&t->poe_list, &t->caps[14], count, sizeof *t->poe_list))
        return false;
    for (size_t i = 0; i < count; i++) {
        t->poe[i] = (Nw__PoePort)NW__POE_PORT__INIT;
        t->poe[i].entity = text(view->entities[view->poe[i].entity].id);
        t->poe[i].status = (uint32_t)view->poe[i].status;
        t->poe_list[i] = &t->poe[i];
    }
    t->table.poe = t->poe_list;
    t->table.n_poe = count;
    return true;
}

enum err source_add_table(struct source *s, const struct source_poll *in, struct source_scratch *t)
{
    const struct device_profile *profile = poll_profile(in->poll);
    const char *const *names = NULL;

    t->table = (Nw__Table)NW__TABLE__INIT;
    t->table.version = s->version;
    t->table.interval_ms = (uint32_t)(in->interval / MILLISECONDS);
    if (!put_entities(in, t) || !put_series(in, t) || !put_neighbours(in->view, t) || !put_poe(in->view, t))
        return ERR_NOMEM;
    t->identity = (Nw__Identity)NW__IDENTITY__INIT;
    if (in->view) {
        const struct view_identity *id = &in->view->identity;

        t->identity.sys_object_id = text(id->sys_object_id);
        t->identity.sys_descr = text(id->sys_descr);
        t->identity.sys_name = text(id->sys_name);
        t->identity.vendor = text(id->vendor);
        t->identity.model = text(id->model);
        t->identity.version = text(id->version);
        t->identity.serial = text(id->serial);
    }
    t->table.identity = &t->identity;
    if (profile) {
        t->table.n_profiles = device_profile_names(profile, &names);
        t->table.profiles = (char **)(uintptr_t)names;
    }
    t->samples.table = &t->table;
    s->table_at = in->now;
    s->has_table = true;
    return ERR_OK;
}
