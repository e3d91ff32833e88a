/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c - builds a city from its parameters and finds things in it. Pure. */
#include "city/plan.h"

#include <stdlib.h>
#include <string.h>

#include "city/plan_parts.h"

void city_params_defaults(struct city_params *p)
{
    *p = (struct city_params){
        .seed = 1,
        .hotspots = 540,
        .nodes = 60,
        .port = 10161,
        .portal_port = 10180,
        .dns_port = 10153,
        .battery_s = 30,
        .drift_db_minute = 3,
        .is_scripted = true,
    };
}

static bool is_port(int64_t n)
{
    return n > 0 && n < 65536;
}

const char *city_params_problem(const struct city_params *p)
{
    if (p->hotspots < 1 || p->hotspots > CITY_HOTSPOTS_MAX)
        return "the number of hotspots must be 1 to 50000";
    if (p->nodes < CITY_NODES_MIN || p->nodes > CITY_NODES_MAX)
        return "the number of nodes must be 8 to 6000";
    if (p->hotspots > 24 * p->nodes)
        return "that many hotspots need more nodes: at most 24 hotspots a node";
    if (!is_port(p->port) || !is_port(p->portal_port) || !is_port(p->portal_tls_port) ||
        !is_port(p->dns_port))
        return "a port must be 1 to 65535";
    if (p->portal_port == p->portal_tls_port)
        return "the portal needs two different ports, for HTTP and for HTTPS";
    if (!(p->battery_s >= 1 && p->battery_s <= 86400))
        return "battery_s must be 1 to 86400";
    if (!(p->drift_db_minute > 0 && p->drift_db_minute <= 100))
        return "drift_db_minute must be above 0 and at most 100";
    return NULL;
}

enum err city_new(const struct city_params *params, struct city **out)
{
    struct rng rng = {params->seed * 0x2545f4914f6cdd1du + 7};
    struct city *c;
    enum err e;

    if (city_params_problem(params))
        return ERR_RANGE;
    c = calloc(1, sizeof *c);
    if (!c)
        return ERR_NOMEM;
    c->params = *params;
    e = city_lay_streets(c, &rng);
    if (!e)
        e = city_hang_tree(c, &rng);
    if (!e)
        e = city_make_mistakes(c);
    if (e) {
        city_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

void city_free(struct city *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->device_count; i++) {
        free(c->devices[i].ports);
        free(c->devices[i].rows);
        free(c->devices[i].optics);
    }
    free(c->devices);
    free(c->hotspots);
    free(c->sites);
    free(c->by_address);
    free(c);
}

int city_device_at(const struct city *c, uint32_t address)
{
    size_t lo = 0, hi = c->device_count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (c->devices[c->by_address[mid]].address < address)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < c->device_count && c->devices[c->by_address[lo]].address == address ? c->by_address[lo] : -1;
}

int city_device_by_id(const struct city *c, const char *id)
{
    for (size_t i = 0; i < c->device_count; i++)
        if (strcmp(c->devices[i].id, id) == 0)
            return (int)i;
    return -1;
}

int city_hotspot_by_id(const struct city *c, const char *id)
{
    for (size_t i = 0; i < c->hotspot_count; i++)
        if (strcmp(c->hotspots[i].id, id) == 0)
            return (int)i;
    return -1;
}

bool city_is_below(const struct city *c, int d, int ancestor)
{
    for (; d >= 0; d = c->devices[d].parent)
        if (d == ancestor)
            return true;
    return false;
}

bool city_is_fed_by(const struct city *c, int d, int ups)
{
    for (; d >= 0; d = c->devices[d].parent)
        if (c->devices[d].power == ups)
            return true;
    return false;
}
