/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mistakes.c - where the city's papers are wrong, for tests of who notices. Pure. */
#include <stdio.h>

#include "city/plan_parts.h"
#include "city/write.h"
#include "lib/base/json_out.h"

/* The next hotspot behind `after` with an agent of its own, not on the switch `apart`; -1: none. */
static int own_agent(const struct city *c, int after, int apart)
{
    for (int i = after + 1; i < (int)c->hotspot_count; i++)
        if (!c->hotspots[i].is_row && c->hotspots[i].access != apart)
            return i;
    return -1;
}

static int other_device(const struct city *c, enum role role, int than)
{
    for (int i = 0; i < (int)c->device_count; i++)
        if (c->devices[i].role == role && i != than)
            return i;
    return -1;
}

/* An access switch that no fibre joins to `from`. */
static int apart_from(const struct city *c, int from)
{
    for (int i = 0; from >= 0 && i < (int)c->device_count; i++)
        if (c->devices[i].role == ROLE_ACCESS && i != from && c->devices[i].parent != from &&
            c->devices[from].parent != i)
            return i;
    return -1;
}

/* An access switch that hangs on an aggregation switch, from the last one on: the first is `elsewhere`. */
static int to_confuse(const struct city *c)
{
    for (int i = (int)c->device_count - 1; i >= 0; i--)
        if (c->devices[i].role == ROLE_ACCESS && c->devices[c->devices[i].parent].role == ROLE_AGGREGATION)
            return i;
    return -1;
}

enum err city_make_mistakes(struct city *c)
{
    struct city_mistakes *m = &c->mistakes;
    int *const all[] = {&m->wrong_uplink, &m->wrong_port, &m->wrong_feeder, &m->dead_feeder, &m->shared_port,
                        &m->elsewhere,    &m->confused,   &m->taken_for,    &m->unlaid_from, &m->unlaid_to};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        *all[i] = -1;
    if (!c->params.has_mistakes)
        return ERR_OK;
    m->elsewhere = other_device(c, ROLE_ACCESS, -1);
    m->wrong_uplink = own_agent(c, -1, m->elsewhere);
    m->wrong_feeder = own_agent(c, m->wrong_uplink, m->elsewhere);
    m->wrong_port = own_agent(c, m->wrong_feeder, -1);
    m->dead_feeder = own_agent(c, m->wrong_port, -1);
    m->shared_port = own_agent(c, m->dead_feeder, -1);
    m->confused = to_confuse(c);
    if (m->confused >= 0)
        m->taken_for = other_device(c, ROLE_AGGREGATION, c->devices[m->confused].parent);
    m->unlaid_from = m->elsewhere;
    m->unlaid_to = apart_from(c, m->elsewhere);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (*all[i] < 0)
            return ERR_RANGE;
    return ERR_OK;
}

/* ---- what must be noticed ---- */

struct notice {
    const char *code, *device, *stated, *stated_port, *seen, *seen_port;
};

static void put_port(struct json_out *j, const char *key, const char *name)
{
    char text[40];

    snprintf(text, sizeof text, "if/%s", name ? name : "");
    json_string(j, key, name ? text : NULL);
}

static void put_notice(struct json_out *j, const struct notice *n)
{
    json_object_begin(j, NULL);
    json_string(j, "code", n->code);
    json_string(j, "device", n->device);
    json_string(j, "stated", n->stated);
    put_port(j, "stated_port", n->stated_port);
    json_string(j, "seen", n->seen);
    put_port(j, "seen_port", n->seen_port);
    json_object_end(j);
}

static const struct city_device *agent_of(const struct city *c, int hotspot)
{
    return &c->devices[c->hotspots[hotspot].device];
}

static const char *parent_id(const struct city *c, const struct city_device *d)
{
    return c->devices[d->parent].id;
}

static const char *parent_port(const struct city *c, const struct city_device *d)
{
    return c->devices[d->parent].ports[d->parent_port].name;
}

enum err city_write_mistakes(const struct city *c, struct buf *out)
{
    const struct city_mistakes *m = &c->mistakes;
    const struct city_device *moved = agent_of(c, m->wrong_uplink), *swapped = agent_of(c, m->wrong_port);
    const struct city_device *fed = agent_of(c, m->wrong_feeder), *dead = agent_of(c, m->dead_feeder);
    const struct city_device *shared = agent_of(c, m->shared_port), *confused = &c->devices[m->confused];
    const char *elsewhere = c->devices[m->elsewhere].id;
    size_t up = (size_t)c->devices[confused->parent].ports[confused->parent_port].far;
    const struct notice all[] = {
        {"uplink_differs", moved->id, elsewhere, NULL, parent_id(c, moved), parent_port(c, moved)},
        {"uplink_port_differs", swapped->id, parent_id(c, swapped), CITY_WRONG_PORT, parent_id(c, swapped),
         parent_port(c, swapped)},
        {"ends_disagree", parent_id(c, confused), confused->id, parent_port(c, confused),
         c->devices[m->taken_for].id, confused->ports[up].name},
        {"port_shared", parent_id(c, shared), shared->id, NULL, NULL, parent_port(c, shared)},
        {"link_unseen", c->devices[m->unlaid_from].id, c->devices[m->unlaid_to].id, NULL, NULL, NULL},
        {"poe_feeder_differs", fed->id, elsewhere, NULL, parent_id(c, fed), parent_port(c, fed)},
        {"poe_no_power", dead->id, parent_id(c, dead), NULL, parent_id(c, dead), parent_port(c, dead)},
    };
    struct json_out j;

    json_init(&j, out);
    json_array_begin(&j, NULL);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        put_notice(&j, &all[i]);
    json_array_end(&j);
    buf_str(out, "\n");
    return buf_error(out);
}
