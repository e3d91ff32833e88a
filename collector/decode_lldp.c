/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_lldp.c - LLDP-MIB (IEEE 802.1AB-2005): which system hangs on which of our interfaces.
 *
 * Only bridges, routers and access points are told: a telephone or a PC that announces itself belongs to a
 * person. lldpRemTable is indexed by (TimeMark, LocalPortNum, Index); the local port is found in
 * lldpLocPortTable, whose id is an interface name in most agents, else its number is the ifIndex. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/decode_internal.h"

enum {
    REM_LEN = 11,
    NEIGHBOURS_MAX = 4096,
    LLDP_INTERFACE_NAME = 5, /* LldpPortIdSubtype */
    LLDP_MAC_ADDRESS_PORT = 3,
    LLDP_MAC_ADDRESS_CHASSIS = 4,
    CAPABILITY_BRIDGE = 0x20, /* LldpSystemCapabilitiesMap: BITS, first octet, most significant bit first */
    CAPABILITY_AP = 0x10,
    CAPABILITY_ROUTER = 0x08,
    CAPABILITY_TELEPHONE = 0x04, /* one with a socket for a PC says that it is a bridge, too */
    CAPABILITY_STATION = 0x01,
    FAMILY_IPV4 = 1, /* AddressFamilyNumbers */
    FAMILY_IPV6 = 2,
};

static const uint32_t loc_port[] = {1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 0};
static const uint32_t loc_chassis_subtype[] = {1, 0, 8802, 1, 1, 2, 1, 3, 1, 0};
static const uint32_t loc_chassis[] = {1, 0, 8802, 1, 1, 2, 1, 3, 2, 0};
static const uint32_t man_addr[] = {1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3}; /* lldpRemManAddrIfSubtype */
static const uint32_t rem[] = {1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 0};

static const struct varbind *cell(const struct decoder *d, const uint32_t *entry, uint32_t column,
                                  const uint32_t *index, size_t index_len)
{
    uint32_t oid[OID_MAX];

    if (REM_LEN + index_len > OID_MAX)
        return NULL;
    memcpy(oid, entry, REM_LEN * sizeof *oid);
    oid[REM_LEN - 1] = column;
    memcpy(oid + REM_LEN, index, index_len * sizeof *oid);
    return varbind_set_find(d->set, oid, REM_LEN + index_len);
}

static bool forwards(const struct varbind *capabilities)
{
    const int network = CAPABILITY_BRIDGE | CAPABILITY_AP | CAPABILITY_ROUTER;
    const int person = CAPABILITY_TELEPHONE | CAPABILITY_STATION;

    return capabilities && capabilities->type == SNMP_OCTETS && capabilities->len &&
           (capabilities->bytes[0] & network) && !(capabilities->bytes[0] & person);
}

static const char *octets_text(struct decoder *d, const struct varbind *vb, bool is_mac)
{
    char mac[18];

    if (!vb || vb->type != SNMP_OCTETS)
        return "";
    if (!is_mac || vb->len != 6)
        return decoder_text(d, vb->bytes, vb->len);
    snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", vb->bytes[0], vb->bytes[1], vb->bytes[2],
             vb->bytes[3], vb->bytes[4], vb->bytes[5]);
    return decoder_text(d, mac, sizeof mac - 1);
}

static bool is_subtype(const struct varbind *vb, int subtype)
{
    return vb && vb->type == SNMP_INTEGER && vb->integer == subtype;
}

struct port_name {
    const char *name;
    uint32_t entity;
};

struct ports {
    struct port_name *items; /* names and descriptions of interfaces, sorted */
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    const struct port_name *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static struct ports collect_ports(struct decoder *d)
{
    struct ports p = {arena_array(d->arena, 2 * d->entity_count + 1, sizeof *p.items), 0};

    for (size_t i = 0; p.items && i < d->entity_count; i++) {
        const struct entity_row *e = &d->entities[i];

        if (strcmp(e->view.kind, "interface") != 0)
            continue;
        p.items[p.count++] = (struct port_name){e->view.name, (uint32_t)i};
        for (size_t k = 0; k < e->view.attr_count; k++) {
            const struct view_attr *a = &d->attrs[e->attr_from + k];

            if (a->type == VIEW_ATTR_TEXT && strcmp(a->key, "descr") == 0)
                p.items[p.count++] = (struct port_name){a->text, (uint32_t)i};
        }
    }
    if (p.items)
        qsort(p.items, p.count, sizeof *p.items, by_name);
    return p;
}

static uint32_t port_by_name(const struct ports *p, const char *name)
{
    const struct port_name key = {name, 0};
    const struct port_name *hit =
        *name && p->count ? bsearch(&key, p->items, p->count, sizeof key, by_name) : NULL;

    return hit ? hit->entity : VIEW_NO_ENTITY;
}

static uint32_t local_port(struct decoder *d, const struct ports *p, uint32_t number)
{
    const char *id = octets_text(d, cell(d, loc_port, 3, &number, 1), false);
    uint32_t entity = port_by_name(p, id);

    if (entity == VIEW_NO_ENTITY)
        entity = port_by_name(p, octets_text(d, cell(d, loc_port, 4, &number, 1), false));
    if (entity == VIEW_NO_ENTITY)
        entity = decoder_interface(d, number);
    return entity;
}

/* lldpRemManAddrTable says the address in its index: (TimeMark, LocalPortNum, Index, AddressFamilyNumbers,
 * length, octets); some agents leave the length out. Only an IPv4 address, else an IPv6 one of more than its
 * link, is of use to somebody who wants to ask. */
static const char *management_address(struct decoder *d, const uint32_t *row)
{
    uint32_t oid[ARRAY_LEN(man_addr) + 3];
    char text[INET6_ADDRSTRLEN], found[INET6_ADDRSTRLEN] = "";
    size_t begin, end;

    memcpy(oid, man_addr, sizeof man_addr);
    memcpy(oid + ARRAY_LEN(man_addr), row, 3 * sizeof *row);
    varbind_set_below(d->set, oid, ARRAY_LEN(oid), &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const struct varbind *vb = varbind_set_at(d->set, i);
        const uint32_t *index = vb->oid + ARRAY_LEN(oid);
        size_t len = vb->oid_len - ARRAY_LEN(oid);
        size_t size = len && index[0] == FAMILY_IPV4 ? 4 : len && index[0] == FAMILY_IPV6 ? 16 : 0;
        uint8_t ip[16];

        if (!size || len < size + 1 || len > size + 2 || (len == size + 2 && index[1] != size))
            continue;
        for (size_t k = 0; k < size; k++)
            ip[k] = (uint8_t)index[len - size + k];
        if (size == 16 && (*found || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80)))
            continue;
        if (inet_ntop(size == 4 ? AF_INET : AF_INET6, ip, text, sizeof text))
            memcpy(found, text, sizeof found);
        if (size == 4)
            break;
    }
    return decoder_text(d, found, strlen(found));
}

static void read_own_chassis(struct decoder *d)
{
    const struct varbind *subtype = varbind_set_find(d->set, loc_chassis_subtype, ARRAY_LEN(loc_chassis));
    const struct varbind *id = varbind_set_find(d->set, loc_chassis, ARRAY_LEN(loc_chassis));

    d->chassis_id = octets_text(d, id, is_subtype(subtype, LLDP_MAC_ADDRESS_CHASSIS));
}

void decode_lldp(struct decoder *d)
{
    uint32_t column[REM_LEN];
    size_t begin, end;
    struct ports ports;

    read_own_chassis(d);
    memcpy(column, rem, sizeof column);
    column[REM_LEN - 1] = 5; /* lldpRemChassisId: every row has one */
    varbind_set_below(d->set, column, REM_LEN, &begin, &end);
    if (begin == end)
        return;
    ports = collect_ports(d);
    for (size_t i = begin; i < end && d->neighbour_count < NEIGHBOURS_MAX; i++) {
        const struct varbind *vb = varbind_set_at(d->set, i);
        const uint32_t *index = vb->oid + REM_LEN;
        size_t len = vb->oid_len - REM_LEN;

        if (len != 3 || !forwards(cell(d, rem, 12, index, len)) ||
            !decoder_reserve(d, &d->neighbours, d->neighbour_count, &d->neighbour_cap, sizeof *d->neighbours))
            continue;
        d->neighbours[d->neighbour_count++] = (struct view_neighbour){
            .entity = local_port(d, &ports, index[1]),
            .system_name = octets_text(d, cell(d, rem, 9, index, len), false),
            .chassis_id =
                octets_text(d, vb, is_subtype(cell(d, rem, 4, index, len), LLDP_MAC_ADDRESS_CHASSIS)),
            .port_id = octets_text(d, cell(d, rem, 7, index, len),
                                   is_subtype(cell(d, rem, 6, index, len), LLDP_MAC_ADDRESS_PORT)),
            .port_descr = octets_text(d, cell(d, rem, 8, index, len), false),
            .address = management_address(d, index),
        };
    }
}
