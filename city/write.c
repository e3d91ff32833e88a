/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write.c - the city as inventory, districts and parameters: texts, no files. */
#include "city/write.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_out.h"

/* Our names hold no quote and no backslash: a YAML double-quoted scalar as they are. */

static const char *address_text(uint32_t address, char out[INET_ADDRSTRLEN])
{
    struct in_addr a = {htonl(address)};

    return inet_ntop(AF_INET, &a, out, INET_ADDRSTRLEN) ? out : "";
}

static const char *site_kind_word(enum place place)
{
    switch (place) {
    case PLACE_STREET:
    case PLACE_STOP: return "street";
    case PLACE_SCHOOL: return "school";
    case PLACE_SHOP: return "shop";
    case PLACE_LIDO:
    case PLACE_TOWN_HALL:
    case PLACE_LIBRARY:
    case PLACE_HALL: return "public";
    case PLACE_CABINET: return "cabinet";
    case PLACE_COUNT: break;
    }
    return "other";
}

static const char *device_kind_word(enum role role)
{
    switch (role) {
    case ROLE_CORE:
    case ROLE_AGGREGATION:
    case ROLE_ACCESS: return "switch";
    case ROLE_UPS: return "ups";
    case ROLE_CONTROLLER: return "controller";
    case ROLE_AP: return "ap";
    case ROLE_DHCP: return "other";
    case ROLE_COUNT: break;
    }
    return "other";
}

static void write_sites(const struct city *c, struct buf *out)
{
    buf_str(out, "sites:\n");
    for (size_t i = 0; i < c->site_count; i++) {
        const struct city_site *s = &c->sites[i];
        buf_printf(out, "  - {id: %s, name: \"%s\", district: %s, kind: %s, lat: %.6f, lon: %.6f}\n", s->id,
                   s->name, city_districts[s->district].id, site_kind_word(s->place), s->at.lat, s->at.lon);
    }
}

/* Of an access point, as the inventory has it: perhaps by mistake. */
static const char *stated_port(const struct city *c, const struct city_device *d)
{
    const struct city_device *parent = &c->devices[d->parent];

    if (d->hotspot >= 0 && d->hotspot == c->mistakes.wrong_port)
        return CITY_WRONG_PORT;
    return d->parent_port >= 0 ? parent->ports[d->parent_port].name : NULL;
}

static int stated_power(const struct city *c, const struct city_device *d)
{
    if (d->hotspot >= 0 && d->hotspot == c->mistakes.wrong_feeder)
        return c->mistakes.elsewhere;
    return d->hotspot >= 0 && d->hotspot == c->mistakes.dead_feeder ? d->parent : d->power;
}

static void write_uplink(const struct city *c, const struct city_device *d, struct buf *out)
{
    const char *port = stated_port(c, d);

    if (d->hotspot >= 0 && d->hotspot == c->mistakes.wrong_uplink) {
        buf_printf(out, ", uplink: %s", c->devices[c->mistakes.elsewhere].id);
        return;
    }
    buf_printf(out, ", uplink: %s", c->devices[d->parent].id);
    if (port)
        buf_printf(out, ", uplink_port: \"if/%s\"", port);
}

static void write_device(const struct city *c, const struct city_device *d, struct buf *out)
{
    char text[INET_ADDRSTRLEN];
    int power = stated_power(c, d);

    buf_printf(out, "  - {id: %s, name: \"%s\", address: %s, port: %" PRId64 ", kind: %s, site: %s", d->id,
               d->name, address_text(d->address, text), c->params.port, device_kind_word(d->role),
               c->sites[d->site].id);
    if (d->parent >= 0)
        write_uplink(c, d, out);
    if (power >= 0)
        buf_printf(out, ", power: %s", c->devices[power].id);
    buf_str(out, d->role == ROLE_CORE ? ", core: true}\n" : "}\n");
}

static double mast_height(const struct city *c, const struct city_hotspot *h)
{
    switch (c->sites[h->site].place) {
    case PLACE_STREET: return 6;
    case PLACE_LIDO: return 5;
    case PLACE_STOP: return 3.5;
    case PLACE_SCHOOL:
    case PLACE_SHOP:
    case PLACE_TOWN_HALL:
    case PLACE_LIBRARY:
    case PLACE_HALL:
    case PLACE_CABINET:
    case PLACE_COUNT: break;
    }
    return 3;
}

static void write_hotspot(const struct city *c, const struct city_hotspot *h, struct buf *out)
{
    buf_printf(
        out,
        "  - {id: %s, name: \"%s\", site: %s, lat: %.6f, lon: %.6f, height: %g, environment: %s, device: %s",
        h->id, h->name, c->sites[h->site].id, h->at.lat, h->at.lon, mast_height(c, h),
        h->is_indoor ? "indoor" : "outdoor", c->devices[h->device].id);
    if (h->is_row) {
        const struct city_device *access = &c->devices[h->access];
        buf_printf(out, ", entity: \"ap/%02x:%02x:%02x:%02x:%02x:%02x\", uplink: %s, power: %s", h->mac[0],
                   h->mac[1], h->mac[2], h->mac[3], h->mac[4], h->mac[5], access->id,
                   c->devices[access->power].id);
    }
    buf_str(out, "}\n");
}

static void write_services(const struct city *c, struct buf *out)
{
    char text[INET_ADDRSTRLEN];

    address_text(city_portal_address, text);
    buf_printf(out,
               "services:\n  - {id: portal, name: \"Anmeldeportal\", kind: portal, target: "
               "\"https://%s:%" PRId64 "/api/captive\"}\n",
               text, c->params.portal_tls_port);
    buf_printf(out,
               "  - {id: portal-page, name: \"Anmeldeseite\", kind: http, target: \"http://%s:%" PRId64
               "/\"}\n",
               text, c->params.portal_port);
    buf_printf(out,
               "  - {id: dns, name: \"Namensauflösung\", kind: dns, target: \"%s:%" PRId64
               "\", question: %s}\n",
               address_text(city_dns_address, text), c->params.dns_port, CITY_PORTAL_NAME);
}

enum err city_write_inventory(const struct city *c, size_t first, size_t count, struct buf *out)
{
    size_t last = first + count < c->hotspot_count ? first + count : c->hotspot_count;

    buf_printf(
        out,
        "# Norderstedt (simuliert): %zu hotspots, seed %" PRIu64 ".\n"
        "# Simulated by netzwacht-city: streets, sites, devices and addresses are invented; a likeness to\n"
        "# real ones is chance. Agents answer on 127.16.0.0/12 only.\n",
        c->hotspot_count, c->params.seed);
    if (first == 0) {
        write_sites(c, out);
        write_services(c, out);
    }
    buf_str(out, "devices:\n");
    if (first == 0)
        for (size_t i = 0; i < c->device_count; i++)
            if (c->devices[i].role != ROLE_AP)
                write_device(c, &c->devices[i], out);
    for (size_t i = first; i < last; i++)
        if (!c->hotspots[i].is_row)
            write_device(c, &c->devices[c->hotspots[i].device], out);
    buf_str(out, "hotspots:\n");
    for (size_t i = first; i < last; i++)
        write_hotspot(c, &c->hotspots[i], out);
    if (first == 0 && c->mistakes.unlaid_from >= 0)
        buf_printf(out, "links:\n  - {id: never-laid, from: %s, to: %s}\n",
                   c->devices[c->mistakes.unlaid_from].id, c->devices[c->mistakes.unlaid_to].id);
    return buf_error(out);
}

enum err city_write_districts(struct buf *out)
{
    buf_str(out,
            "{\"type\":\"FeatureCollection\",\"name\":\"Norderstedt (simuliert; keine amtlichen Grenzen)\","
            "\"features\":[\n");
    for (int d = 0; d < CITY_DISTRICTS; d++) {
        struct geo_point *ring = NULL;
        size_t count = 0;
        enum err e = city_outline(d, &ring, &count);
        if (e)
            return e;
        buf_printf(out,
                   "{\"type\":\"Feature\",\"id\":\"%s\",\"properties\":{\"id\":\"%s\",\"name\":\"%s\"},"
                   "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[",
                   city_districts[d].id, city_districts[d].id, city_districts[d].name);
        for (size_t i = 0; i < count; i++)
            buf_printf(out, "%s[%.6f,%.6f]", i ? "," : "", ring[i].lon, ring[i].lat);
        buf_printf(out, "]]}}%s\n", d + 1 < CITY_DISTRICTS ? "," : "");
        free(ring);
    }
    buf_str(out, "]}\n");
    return buf_error(out);
}

/* ---- parameters ---- */

enum err city_write_params(const struct city_params *p, struct buf *out)
{
    struct json_out j;
    char text[INET_ADDRSTRLEN], number[24];

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "schema", CITY_SCHEMA);
    json_string(&j, "name", "Norderstedt (simuliert)");
    snprintf(number, sizeof number, "%" PRIu64, p->seed); /* as text: JSON numbers end at 2^53 */
    json_string(&j, "seed", number);
    json_int(&j, "hotspots", p->hotspots);
    json_int(&j, "nodes", p->nodes);
    json_int(&j, "port", p->port);
    json_string(&j, "portal_address", address_text(city_portal_address, text));
    json_int(&j, "portal_port", p->portal_port);
    json_int(&j, "portal_tls_port", p->portal_tls_port);
    json_string(&j, "dns_address", address_text(city_dns_address, text));
    json_int(&j, "dns_port", p->dns_port);
    json_string(&j, "dns_name", CITY_PORTAL_NAME);
    json_int(&j, "epoch", p->epoch / SECONDS);
    json_double(&j, "battery_s", p->battery_s);
    json_double(&j, "drift_db_minute", p->drift_db_minute);
    json_bool(&j, "script", p->is_scripted);
    json_bool(&j, "mistakes", p->has_mistakes);
    if (p->has_dhcp)
        json_bool(&j, "dhcp", true);
    json_object_end(&j);
    buf_str(out, "\n");
    return buf_error(out);
}
