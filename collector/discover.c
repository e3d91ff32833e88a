/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover.c - what an agent is, from its answers. Pure: no sockets, no clock. */
#include "collector/discover.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

/* ---- found devices as schema tables ---- */

#define TEXT(type, member)   CONF_STRING_FIELD(struct type, member, .fallback = "")
#define DEGREES(type, m, to) CONF_DOUBLE_FIELD(struct type, m, -(to), to)

static const struct conf_field neighbour_fields[] = {TEXT(discover_neighbour, port),
                                                     TEXT(discover_neighbour, name),
                                                     TEXT(discover_neighbour, chassis_id),
                                                     TEXT(discover_neighbour, port_id),
                                                     TEXT(discover_neighbour, port_descr),
                                                     TEXT(discover_neighbour, address),
                                                     CONF_END};
static const struct conf_field poe_fields[] = {TEXT(discover_poe, port),
                                               CONF_INT_FIELD(struct discover_poe, status, 0, 100), CONF_END};
static const struct conf_field ap_fields[] = {TEXT(discover_ap, entity),      TEXT(discover_ap, name),
                                              TEXT(discover_ap, model),       TEXT(discover_ap, serial),
                                              TEXT(discover_ap, group),       DEGREES(discover_ap, lat, 90),
                                              DEGREES(discover_ap, lon, 180), CONF_END};
static const struct conf_schema neighbour_schema = CONF_SCHEMA(struct discover_neighbour, neighbour_fields),
                                poe_schema = CONF_SCHEMA(struct discover_poe, poe_fields),
                                ap_schema = CONF_SCHEMA(struct discover_ap, ap_fields);

static const struct conf_field discover_device_fields[] = {
    CONF_STRING_FIELD(struct discover_device, address, .is_required = true),
    CONF_INT_FIELD(struct discover_device, port, 1, 65535, .is_required = true),
    CONF_INT_FIELD(struct discover_device, depth, 0, 1000),
    TEXT(discover_device, sys_name),
    TEXT(discover_device, sys_descr),
    TEXT(discover_device, vendor),
    TEXT(discover_device, model),
    TEXT(discover_device, version),
    TEXT(discover_device, serial),
    TEXT(discover_device, chassis_id),
    TEXT(discover_device, base_mac),
    TEXT(discover_device, profile),
    CONF_ENUM_FIELD(struct discover_device, kind, device_kind_words, .fallback = "other"),
    TEXT(discover_device, why),
    CONF_BOOL_FIELD(struct discover_device, is_cut),
    CONF_LIST_FIELD(struct discover_device, neighbours, &neighbour_schema),
    CONF_LIST_FIELD(struct discover_device, poe, &poe_schema),
    CONF_LIST_FIELD(struct discover_device, aps, &ap_schema),
    CONF_END};
const struct conf_schema discover_device_schema = CONF_SCHEMA(struct discover_device, discover_device_fields);

void discover_device_fini(struct discover_device *d)
{
    conf_free(&discover_device_schema, d);
    *d = (struct discover_device){0};
}

/* ---- kinds ---- */

static const uint32_t sys_services[] = {1, 3, 6, 1, 2, 1, 1, 7, 0};
static const uint32_t ups_output[] = {1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0};  /* upsOutputSource */
static const uint32_t lldp_enabled[] = {1, 0, 8802, 1, 1, 2, 1, 3, 6, 0}; /* lldpLocSysCapEnabled */
static const uint32_t base_bridge[] = {1, 3, 6, 1, 2, 1, 17, 1, 1, 0};    /* dot1dBaseBridgeAddress */

enum { /* LldpSystemCapabilitiesMap: BITS, first octet */
       CAPABILITY_BRIDGE = 0x20,
       CAPABILITY_AP = 0x10,
       CAPABILITY_ROUTER = 0x08
};
enum { SERVICE_DATALINK = 2, SERVICE_INTERNET = 4 }; /* sysServices, RFC 3418 */

static enum device_kind kind_by_layers(const struct varbind_set *answers, const char **why)
{
    const struct varbind *lldp = varbind_set_find(answers, lldp_enabled, ARRAY_LEN(lldp_enabled));
    const struct varbind *services = varbind_set_find(answers, sys_services, ARRAY_LEN(sys_services));
    int caps = lldp && lldp->type == SNMP_OCTETS && lldp->len ? lldp->bytes[0] : 0;
    int64_t layers = services && services->type == SNMP_INTEGER ? services->integer : 0;

    *why = "its LLDP capabilities";
    if (caps & CAPABILITY_AP)
        return DEVICE_AP;
    if (caps & CAPABILITY_BRIDGE)
        return DEVICE_SWITCH;
    if (caps & CAPABILITY_ROUTER)
        return DEVICE_ROUTER;
    *why = "sysServices";
    if (layers & SERVICE_DATALINK)
        return DEVICE_SWITCH;
    if (layers & SERVICE_INTERNET)
        return DEVICE_ROUTER;
    *why = "nothing: set it by hand";
    return DEVICE_OTHER;
}

enum device_kind discover_kind(const struct device_profile *profile, const struct varbind_set *answers,
                               const char **why)
{
    static const struct {
        const char *entity;
        enum device_kind kind;
        const char *why;
    } tables[] = {
        {"ap", DEVICE_CONTROLLER, "its profile has a table of access points"},
        {"onu", DEVICE_OLT, "its profile has ONUs"},
        {"pon", DEVICE_OLT, "its profile has PON ports"},
        {"ups", DEVICE_UPS, "its profile has a UPS"},
        {"ssid", DEVICE_AP, "its profile has SSIDs"},
        {"radio", DEVICE_AP, "its profile has radios"},
    };
    enum device_kind kind;

    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        *why = tables[i].why;
        if (device_profile_has_kind(profile, tables[i].entity))
            return tables[i].kind;
    }
    *why = "it answers UPS-MIB";
    if (varbind_set_find(answers, ups_output, ARRAY_LEN(ups_output)))
        return DEVICE_UPS;
    kind = kind_by_layers(answers, why);
    if (kind == DEVICE_OTHER &&
        (device_profile_has_kind(profile, "optic") || device_profile_has_kind(profile, "poe"))) {
        *why = "its profile has optics or PoE ports";
        return DEVICE_SWITCH;
    }
    return kind;
}

/* ---- reading ---- */

static void set_text(char **to, const char *text, enum err *e)
{
    *to = strdup(text ? text : "");
    if (!*to)
        *e = ERR_NOMEM;
}

static void *make_list(struct conf_list *list, size_t count, size_t size, enum err *e)
{
    if (count)
        list->items = calloc(count, size);
    if (count && !list->items)
        *e = ERR_NOMEM;
    list->count = *e ? 0 : count;
    return list->items;
}

static void read_neighbours(const struct device_view *view, struct discover_device *d, enum err *e)
{
    size_t count =
        view->neighbour_count < DISCOVER_NEIGHBOURS_MAX ? view->neighbour_count : DISCOVER_NEIGHBOURS_MAX;
    struct discover_neighbour *to = make_list(&d->neighbours, count, sizeof *to, e);

    for (size_t i = 0; i < d->neighbours.count; i++) {
        const struct view_neighbour *n = &view->neighbours[i];

        set_text(&to[i].port, n->entity == VIEW_NO_ENTITY ? "" : view->entities[n->entity].id, e);
        set_text(&to[i].name, n->system_name, e);
        set_text(&to[i].chassis_id, n->chassis_id, e);
        set_text(&to[i].port_id, n->port_id, e);
        set_text(&to[i].port_descr, n->port_descr, e);
        set_text(&to[i].address, n->address, e);
    }
}

static void read_poe(const struct device_view *view, struct discover_device *d, enum err *e)
{
    struct discover_poe *to = make_list(&d->poe, view->poe_count, sizeof *to, e);

    for (size_t i = 0; i < d->poe.count; i++) {
        set_text(&to[i].port, view->entities[view->poe[i].entity].id, e);
        to[i].status = view->poe[i].status;
    }
}

static const struct view_attr *find_attr(const struct view_entity *entity, const char *key)
{
    for (size_t i = 0; i < entity->attr_count; i++)
        if (entity->attrs[i].type != VIEW_ATTR_NULL && strcmp(entity->attrs[i].key, key) == 0)
            return &entity->attrs[i];
    return NULL;
}

static const char *attr_text(const struct view_entity *entity, const char *key)
{
    const struct view_attr *a = find_attr(entity, key);

    return a ? a->text : "";
}

/* Coordinates as numbers or as text; what lies outside of the Earth is none. */
static double attr_degrees(const struct view_entity *entity, const char *key, double most)
{
    const struct view_attr *a = find_attr(entity, key);
    double value = a && a->type == VIEW_ATTR_NUMBER ? a->number : 0;

    if (a && a->type == VIEW_ATTR_TEXT && strx_to_double(a->text, &value))
        value = 0;
    return value >= -most && value <= most ? value : 0;
}

static void read_aps(const struct device_view *view, struct discover_device *d, enum err *e)
{
    struct discover_ap *to;
    size_t count = 0, at = 0;

    for (size_t i = 0; i < view->entity_count; i++)
        count += strcmp(view->entities[i].kind, "ap") == 0;
    to = make_list(&d->aps, count, sizeof *to, e);
    for (size_t i = 0; at < d->aps.count; i++) {
        const struct view_entity *entity = &view->entities[i];

        if (strcmp(entity->kind, "ap") != 0)
            continue;
        set_text(&to[at].entity, entity->id, e);
        set_text(&to[at].name, entity->name, e);
        set_text(&to[at].model, attr_text(entity, "model"), e);
        set_text(&to[at].serial, attr_text(entity, "serial"), e);
        set_text(&to[at].group, attr_text(entity, "group"), e);
        to[at].lat = attr_degrees(entity, "latitude", 90);
        to[at].lon = attr_degrees(entity, "longitude", 180);
        at++;
    }
}

static void read_base_mac(const struct varbind_set *answers, struct discover_device *d, enum err *e)
{
    const struct varbind *vb = varbind_set_find(answers, base_bridge, ARRAY_LEN(base_bridge));
    char text[18] = "";

    if (vb && vb->type == SNMP_OCTETS && vb->len == 6)
        snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", vb->bytes[0], vb->bytes[1], vb->bytes[2],
                 vb->bytes[3], vb->bytes[4], vb->bytes[5]);
    set_text(&d->base_mac, strcmp(text, "00:00:00:00:00:00") == 0 ? "" : text, e);
}

enum err discover_read(const struct snmp_address *from, const struct device_profile *profile,
                       const struct varbind_set *answers, const struct device_view *view,
                       struct discover_device *out)
{
    char address[DISCOVER_ADDRESS_SIZE];
    const char *const *names;
    const char *why;
    size_t count = device_profile_names(profile, &names);
    enum err e = ERR_OK;

    *out = (struct discover_device){.peer = *from};
    discover_address_text(from, address);
    set_text(&out->address, address, &e);
    out->port = ntohs(from->port_be);
    set_text(&out->sys_name, view->identity.sys_name, &e);
    set_text(&out->sys_descr, view->identity.sys_descr, &e);
    set_text(&out->vendor, view->identity.vendor, &e);
    set_text(&out->model, view->identity.model, &e);
    set_text(&out->version, view->identity.version, &e);
    set_text(&out->serial, view->identity.serial, &e);
    set_text(&out->chassis_id, view->chassis_id, &e);
    set_text(&out->profile, names[count - 1], &e);
    out->kind = (int)discover_kind(profile, answers, &why);
    set_text(&out->why, why, &e);
    read_base_mac(answers, out, &e);
    read_neighbours(view, out, &e);
    read_poe(view, out, &e);
    read_aps(view, out, &e);
    return e;
}
