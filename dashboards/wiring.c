/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wiring.c - neighbours, feeding ports and loads out of a series table. Pure. */
#include "dashboards/wiring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model/metric.h"

enum { ENTITY_SIZE = 256 };

static bool is_kind(const Nw__Entity *e, const char *kind)
{
    return strcmp(e->kind, kind) == 0;
}

static size_t text_size(const Nw__Table *t)
{
    size_t size = strlen(t->chassis_id) + 1;

    for (size_t i = 0; i < t->n_entities; i++)
        size += strlen(t->entities[i]->id) + strlen(t->entities[i]->name) + 2;
    for (size_t i = 0; i < t->n_poe; i++)
        size += strlen(t->poe[i]->entity) + 1;
    for (size_t i = 0; i < t->n_neighbours; i++) {
        const Nw__Neighbour *n = t->neighbours[i];
        size += strlen(n->entity) + strlen(n->system_name) + strlen(n->chassis_id) + strlen(n->port_id) +
                strlen(n->port_descr) + strlen(n->address) + 6;
    }
    return size;
}

/* *room: where the next text goes. */
static const char *keep(char **room, const char *text)
{
    char *at = *room;
    size_t size = strlen(text) + 1;

    memcpy(at, text, size);
    *room += size;
    return at;
}

static const char *keep_or_null(char **room, const char *text)
{
    return *text ? keep(room, text) : NULL;
}

static void take_neighbours(struct wiring *w, const Nw__Table *t, char **room)
{
    for (size_t i = 0; i < t->n_neighbours; i++) {
        const Nw__Neighbour *n = t->neighbours[i];

        w->neighbours[w->neighbour_count++] = (struct topo_neighbour){
            .port = keep_or_null(room, n->entity),
            .name = keep_or_null(room, n->system_name),
            .chassis_id = keep_or_null(room, n->chassis_id),
            .port_id = keep_or_null(room, n->port_id),
            .port_descr = keep_or_null(room, n->port_descr),
            .address = keep_or_null(room, n->address),
        };
    }
    for (size_t i = 0; i < t->n_poe; i++)
        w->poe[w->poe_count++] = (struct topo_poe){keep(room, t->poe[i]->entity), (int)t->poe[i]->status};
}

static int by_entity(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b); /* of a port or row: its first member */
}

/* Which member of its port a series fills; NULL: none. */
static int64_t *load_member(struct wiring_port *p, uint32_t metric)
{
    switch (metric) {
    case METRIC_IF_IN: return &p->in;
    case METRIC_IF_OUT: return &p->out;
    case METRIC_IF_SPEED: return &p->speed;
    default: return NULL;
    }
}

static void take_ports(struct wiring *w, const Nw__Table *t, char **room, bool has_ports, size_t *port_of)
{
    for (size_t i = 0; i < t->n_entities; i++) {
        const Nw__Entity *e = t->entities[i];

        port_of[i] = SIZE_MAX;
        if (has_ports && is_kind(e, "interface")) {
            port_of[i] = w->port_count;
            w->ports[w->port_count++] = (struct wiring_port){keep(room, e->id), -1, -1, -1};
        } else if (is_kind(e, "ap")) {
            w->rows[w->row_count++] = (struct wiring_row){keep(room, e->id), keep(room, e->name)};
        }
    }
    for (size_t i = 0; i < t->n_series; i++) {
        size_t entity = t->series[i]->entity;
        int64_t *member = entity < t->n_entities && port_of[entity] != SIZE_MAX
                              ? load_member(&w->ports[port_of[entity]], t->series[i]->metric)
                              : NULL;
        if (member)
            *member = (int64_t)i;
    }
    if (w->port_count)
        qsort(w->ports, w->port_count, sizeof *w->ports, by_entity);
    if (w->row_count)
        qsort(w->rows, w->row_count, sizeof *w->rows, by_entity);
}

static bool tells_something(const Nw__Table *t, bool has_ports)
{
    if (t->n_neighbours || t->n_poe || *t->chassis_id)
        return true;
    for (size_t i = 0; i < t->n_entities; i++)
        if (is_kind(t->entities[i], "ap") || (has_ports && is_kind(t->entities[i], "interface")))
            return true;
    return false;
}

enum err wiring_new(const Nw__Table *t, bool has_ports, struct wiring **out)
{
    struct wiring *w;
    size_t *port_of, ports = 0, rows = 0;
    char *room;

    *out = NULL;
    if (!tells_something(t, has_ports))
        return ERR_OK;
    for (size_t i = 0; i < t->n_entities; i++) {
        ports += has_ports && is_kind(t->entities[i], "interface");
        rows += is_kind(t->entities[i], "ap");
    }
    w = calloc(1, sizeof *w);
    if (!w)
        return ERR_NOMEM;
    w->neighbours = calloc(t->n_neighbours + 1, sizeof *w->neighbours);
    w->poe = calloc(t->n_poe + 1, sizeof *w->poe);
    w->ports = calloc(ports + 1, sizeof *w->ports);
    w->rows = calloc(rows + 1, sizeof *w->rows);
    w->texts = room = malloc(text_size(t));
    port_of = calloc(t->n_entities + 1, sizeof *port_of);
    if (!w->neighbours || !w->poe || !w->ports || !w->rows || !w->texts || !port_of) {
        free(port_of);
        wiring_free(w);
        return ERR_NOMEM;
    }
    w->chassis_id = keep(&room, t->chassis_id);
    take_neighbours(w, t, &room);
    take_ports(w, t, &room, has_ports, port_of);
    free(port_of);
    *out = w;
    return ERR_OK;
}

void wiring_free(struct wiring *w)
{
    if (!w)
        return;
    free(w->neighbours);
    free(w->poe);
    free(w->ports);
    free(w->rows);
    free(w->texts);
    free(w);
}

const struct wiring_port *wiring_port(const struct wiring *w, const char *entity)
{
    char text[ENTITY_SIZE];
    const char *key = text;

    if (!w || !entity)
        return NULL;
    snprintf(text, sizeof text, "%s%s", strncmp(entity, "if/", 3) == 0 ? "" : "if/", entity);
    return w->port_count ? bsearch(&key, w->ports, w->port_count, sizeof *w->ports, by_entity) : NULL;
}

const struct wiring_row *wiring_row(const struct wiring *w, const char *entity)
{
    return w && w->row_count ? bsearch(&entity, w->rows, w->row_count, sizeof *w->rows, by_entity) : NULL;
}
