/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover.c - ranges of addresses, what an agent is, its id. Pure: no sockets, no clock. The tree and the
 * YAML are in discover_write.c. */
#include "collector/discover.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/wire.h"

enum { TEXT_MAX = 64 };

/* ---- ranges ---- */

static bool parse_address(const char *text, struct snmp_address *out, uint32_t *width)
{
    memset(out, 0, sizeof *out);
    *width = 32;
    if (inet_pton(AF_INET, text, out->ip) == 1)
        return true;
    *width = 128;
    out->is_v6 = 1;
    return inet_pton(AF_INET6, text, out->ip) == 1;
}

/* The last 32 bits: a range never reaches beyond them. */
static uint32_t low_bits(const struct snmp_address *a)
{
    const uint8_t *p = a->ip + (a->is_v6 ? 12 : 0);

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void set_low_bits(struct snmp_address *a, uint32_t value)
{
    uint8_t *p = a->ip + (a->is_v6 ? 12 : 0);

    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

enum err discover_range_parse(const char *text, struct discover_range *out)
{
    char address[TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct discover_range r = {.count = 1};
    uint64_t prefix;
    uint32_t width;

    if (len >= sizeof address)
        return ERR_MALFORMED;
    memcpy(address, text, len);
    address[len] = '\0';
    if (!parse_address(address, &r.base, &width))
        return ERR_MALFORMED;
    prefix = width;
    if (slash && (strx_to_u64(slash + 1, &prefix) || prefix > width))
        return ERR_MALFORMED;
    if (width - prefix > DISCOVER_BITS_MAX)
        return ERR_LIMIT;
    r.bits = width - (uint32_t)prefix;
    if (low_bits(&r.base) & ((1u << r.bits) - 1))
        return ERR_RANGE;
    r.count = UINT64_C(1) << r.bits;
    if (!r.base.is_v6 && r.bits >= 2) {
        set_low_bits(&r.base, low_bits(&r.base) + 1);
        r.count -= 2;
    }
    *out = r;
    return ERR_OK;
}

struct snmp_address discover_range_at(const struct discover_range *r, uint64_t i)
{
    struct snmp_address a = r->base;

    set_low_bits(&a, low_bits(&a) + (uint32_t)i);
    return a;
}

bool discover_range_has(const struct discover_range *r, const struct snmp_address *a)
{
    uint32_t first = low_bits(&r->base), at = low_bits(a);

    if (r->base.is_v6 != a->is_v6 || (a->is_v6 && memcmp(r->base.ip, a->ip, 12) != 0))
        return false;
    return at >= first && at - first < r->count;
}

void discover_address_text(const struct snmp_address *a, char out[DISCOVER_ADDRESS_SIZE])
{
    if (!inet_ntop(a->is_v6 ? AF_INET6 : AF_INET, a->ip, out, DISCOVER_ADDRESS_SIZE))
        out[0] = '\0';
}

/* ---- answers ---- */

enum err discover_take(const struct snmp_message *reply, struct varbind_set *set)
{
    struct wire w;
    struct snmp_raw_varbind raw;
    uint32_t ids[OID_MAX], values[OID_MAX];
    struct varbind vb;
    enum err e = ERR_OK;

    wire_init(&w, reply->varbinds, reply->varbinds_len);
    while (!e && snmp_varbind_again(&w, &raw)) {
        snmp_varbind_decode(&raw, ids, values, &vb);
        if (vb.type != SNMP_NULL && vb.type < SNMP_NO_SUCH_OBJECT)
            e = varbind_set_add(set, &vb);
    }
    return e;
}

static const uint32_t sys_services[] = {1, 3, 6, 1, 2, 1, 1, 7, 0};
static const uint32_t sys_name[] = {1, 3, 6, 1, 2, 1, 1, 5, 0};
static const uint32_t ups_output[] = {1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0};  /* upsOutputSource */
static const uint32_t lldp_enabled[] = {1, 0, 8802, 1, 1, 2, 1, 3, 6, 0}; /* lldpLocSysCapEnabled */
static const struct read_item extra_items[] = {
    {lldp_enabled, ARRAY_LEN(lldp_enabled), true, 0, false},
    {sys_name, ARRAY_LEN(sys_name), true, 0, false},
    {sys_services, ARRAY_LEN(sys_services), true, 0, false},
    {ups_output, ARRAY_LEN(ups_output), true, 0, false},
};
const struct read_plan discover_plan = {extra_items, ARRAY_LEN(extra_items)};

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

void discover_device_fini(struct discover_device *d)
{
    for (size_t i = 0; i < d->neighbour_count; i++) {
        free(d->neighbours[i].system_name);
        free(d->neighbours[i].port);
    }
    free(d->neighbours);
    free(d->sys_name);
    free(d->sys_descr);
    free(d->vendor);
    free(d->model);
    *d = (struct discover_device){.uplink = DISCOVER_NONE};
}

/* ---- ids ---- */

static int by_address(const void *a, const void *b)
{
    const struct discover_device *x = a, *y = b;

    if (x->address.is_v6 != y->address.is_v6)
        return x->address.is_v6 - y->address.is_v6;
    return memcmp(x->address.ip, y->address.ip, sizeof x->address.ip);
}

enum err discover_make_ids(struct discover_device *devices, size_t count)
{
    struct map *taken = map_new(0x6469);
    enum err e = taken ? ERR_OK : ERR_NOMEM;

    if (count)
        qsort(devices, count, sizeof *devices, by_address);
    for (size_t i = 0; !e && i < count; i++) {
        char base[DISCOVER_ID_SIZE], address[DISCOVER_ADDRESS_SIZE];

        strx_make_id(devices[i].sys_name, base);
        if (!*base) {
            discover_address_text(&devices[i].address, address);
            snprintf(base, sizeof base, "device-");
            strx_make_id(address, base + strlen(base));
        }
        strx_copy(devices[i].id, sizeof devices[i].id, base);
        for (unsigned n = 2; map_get(taken, devices[i].id); n++)
            snprintf(devices[i].id, sizeof devices[i].id, "%.58s-%u", base, n);
        e = map_set(taken, devices[i].id, &devices[i], NULL);
    }
    map_free(taken, NULL);
    return e;
}
