/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_if.c - system group, IF-MIB and HOST-RESOURCES' up-time: what every family has. Pure. */
#include "city/mib_parts.h"

#include <stdio.h>
#include <string.h>

#include "city/hardware.h"
#include "lib/base/strx.h"

static const double share_down = 0.86; /* of a hotspot's traffic: towards the citizens */
enum { IF_ETHERNET = 6, IF_LOOPBACK = 24 };

static double seconds(ns_t t)
{
    return (double)t / 1e9;
}

/* ---- system ---- */

struct identity mib_identity(const struct mib_agent *a)
{
    struct city_hardware h = city_hardware_of(a->sim->city, a->device);
    struct identity unifi = {"", {1, 3, 6, 1, 4, 1, 8072, 3, 2, 10}, 10};
    struct identity aruba = {"", {1, 3, 6, 1, 4, 1, 14823, 1, 1, 40}, 10};
    struct identity junos = {"", {1, 3, 6, 1, 4, 1, 2636, 1, 1, 1, 4, 82}, 12};
    struct identity ups = {"Simulated UPS, RFC 1628 agent", {1, 3, 6, 1, 2, 1, 33}, 7};

    switch (mib_family(mib_device(a)->role)) {
    case FAMILY_ARUBAOS:
        snprintf(aruba.descr, sizeof aruba.descr, "ArubaOS (MODEL: %s), Version %s (simulated)", h.model,
                 h.version);
        return aruba;
    case FAMILY_JUNOS:
        snprintf(junos.descr, sizeof junos.descr,
                 "Juniper Networks, Inc. %s Ethernet Switch, kernel JUNOS %s, Build date: simulated", h.model,
                 h.version);
        if (mib_device(a)->role == ROLE_ACCESS)
            junos.object_id[11] = 131;
        return junos;
    case FAMILY_UPS: return ups;
    case FAMILY_LINUX:
        snprintf(unifi.descr, sizeof unifi.descr, "Linux dhcp-1 %s (simulated)", h.version);
        return unifi;
    case FAMILY_UNIFI:
    case FAMILY_COUNT: break;
    }
    snprintf(unifi.descr, sizeof unifi.descr, "%s %s", h.model, h.version);
    return unifi;
}

static double uptime_ticks(const struct mib_agent *a)
{
    return seconds(a->now - a->sim->devices[a->device].boot) * 100;
}

void mib_system(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    const struct city_device *d = mib_device(a);
    struct identity identity = mib_identity(a);

    (void)row;
    switch (what) {
    case 1: put_text(v, identity.descr); break;
    case 2: put_object(v, identity.object_id, identity.object_id_len); break;
    case 3: put_count(v, AGENT_TIMETICKS, uptime_ticks(a)); break;
    case 4: put_text(v, "netzwacht-city (simulated)"); break;
    case 5: put_text(v, d->id); break;
    case 6: put_text(v, a->sim->city->sites[d->site].name); break;
    default: put_int(v, 2); break;
    }
}

void mib_host_uptime(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    (void)row;
    (void)what;
    put_count(v, AGENT_TIMETICKS, uptime_ticks(a) + 4200);
}

/* ---- rows ---- */

static const char *const unifi_names[] = {"lo", "eth0", "ra0", "rai0", "br0"};
static const char *const aruba_names[] = {"GE0/0/0", "GE0/0/1", "loopback"};

size_t mib_if_count(const struct mib_agent *a)
{
    switch (mib_family(mib_device(a)->role)) {
    case FAMILY_ARUBAOS: return ARRAY_LEN(aruba_names);
    case FAMILY_JUNOS: return mib_device(a)->port_count + 1;
    case FAMILY_UPS:
    case FAMILY_LINUX: return 1;
    case FAMILY_UNIFI:
    case FAMILY_COUNT: break;
    }
    return ARRAY_LEN(unifi_names);
}

uint32_t mib_if_index(const struct mib_agent *a, size_t row)
{
    if (mib_family(mib_device(a)->role) != FAMILY_JUNOS)
        return (uint32_t)row + 1;
    return row == 0 ? JUNOS_LOOPBACK : JUNOS_PORT_BASE + (uint32_t)row - 1;
}

static void read_junos_port(const struct mib_agent *a, size_t port, struct interface *out)
{
    const struct city *c = a->sim->city;
    const struct city_port *p = &mib_device(a)->ports[port];
    const struct sim_device *far = p->device >= 0 ? &a->sim->devices[p->device] : NULL;

    strx_copy(out->name, sizeof out->name, p->name);
    out->mtu = 1514;
    out->speed = p->kind == PORT_AP || p->kind == PORT_NODE ? 1e9 : 10e9;
    out->mac[5] = (uint8_t)(out->mac[5] + port);
    switch (p->kind) {
    case PORT_UPLINK:
        snprintf(out->alias, sizeof out->alias, "Uplink %s", c->devices[p->device].id);
        out->is_up = !a->sim->devices[a->device].is_cut;
        break;
    case PORT_FIBRE:
    case PORT_NODE:
        snprintf(out->alias, sizeof out->alias, "%s", c->devices[p->device].name);
        out->is_up = far->is_connected;
        break;
    case PORT_AP:
        snprintf(out->alias, sizeof out->alias, "%s", c->hotspots[p->hotspot].name);
        out->is_up = a->sim->hotspots[p->hotspot].is_serving || (far && far->is_connected);
        break;
    }
}

void mib_if_read(const struct mib_agent *a, size_t row, struct interface *out)
{
    const struct city_device *d = mib_device(a);
    enum family family = mib_family(d->role);
    bool is_loopback = (family == FAMILY_UNIFI && row == 0) || (family == FAMILY_ARUBAOS && row == 2) ||
                       (family == FAMILY_JUNOS && row == 0);

    *out = (struct interface){.index = mib_if_index(a, row),
                              .type = is_loopback ? IF_LOOPBACK : IF_ETHERNET,
                              .mtu = is_loopback ? 65536 : 1500,
                              .speed = is_loopback ? 0 : 1e9,
                              .has_mac = !is_loopback,
                              .is_up = true};
    memcpy(out->mac, d->mac, sizeof out->mac);
    switch (family) {
    case FAMILY_JUNOS:
        if (row == 0)
            strx_copy(out->name, sizeof out->name, "lo0");
        else
            read_junos_port(a, row - 1, out);
        break;
    case FAMILY_ARUBAOS: strx_copy(out->name, sizeof out->name, aruba_names[row]); break;
    case FAMILY_LINUX:
    case FAMILY_UPS:
        strx_copy(out->name, sizeof out->name, "eth0");
        out->speed = family == FAMILY_UPS ? 1e8 : 1e9;
        break;
    case FAMILY_UNIFI:
    case FAMILY_COUNT:
        strx_copy(out->name, sizeof out->name, unifi_names[row]);
        out->mac[5] = (uint8_t)(out->mac[5] + row);
        if (row == 2 || row == 3)
            out->speed = row == 2 ? 3e8 : 1.733e9;
        break;
    }
}

/* Small talk of a management plane: bytes since boot. */
static double chatter(const struct mib_agent *a, double rate)
{
    return rate * seconds(a->now - a->sim->devices[a->device].boot);
}

static void unifi_bytes(const struct mib_agent *a, size_t row, double *in, double *out)
{
    double all = sim_hotspot_bytes(a->sim, mib_device(a)->hotspot, a->now), share;

    if (row == 0 || row == 4) {
        *in = *out = chatter(a, row ? 190 : 12);
        return;
    }
    share = row == 1 ? 1 : row == 2 ? 0.3 : 0.7;
    *in = all * share * (row == 1 ? share_down : 1 - share_down);
    *out = all * share - *in;
}

static void junos_bytes(const struct mib_agent *a, size_t row, double *in, double *out)
{
    const struct city_port *p = row ? &mib_device(a)->ports[row - 1] : NULL;
    double all, t = seconds(a->now);

    if (!p) {
        *in = *out = chatter(a, 35);
        return;
    }
    all = p->kind == PORT_AP       ? meter_read(&a->sim->hotspots[p->hotspot].meter, t)
          : p->kind == PORT_UPLINK ? meter_read(&a->sim->devices[a->device].meter, t)
                                   : meter_read(&a->sim->devices[p->device].meter, t);
    *in = all * (p->kind == PORT_UPLINK ? share_down : 1 - share_down);
    *out = all - *in;
}

void mib_if_bytes(const struct mib_agent *a, size_t row, double *in, double *out)
{
    switch (mib_family(mib_device(a)->role)) {
    case FAMILY_JUNOS: junos_bytes(a, row, in, out); return;
    case FAMILY_LINUX:
    case FAMILY_UPS:
    case FAMILY_ARUBAOS:
        *in = *out = row ? 0 : meter_read(&a->sim->devices[a->device].meter, seconds(a->now)) / 2;
        return;
    case FAMILY_UNIFI:
    case FAMILY_COUNT: break;
    }
    unifi_bytes(a, row, in, out);
}

/* ---- columns ---- */

static double packets(double bytes, bool is_large)
{
    return bytes / (is_large ? 930 : 240);
}

/* Octets, packets and the rest of a counter column; group: 0 in, 1 out. */
static double counter_of(const struct mib_agent *a, size_t row, bool is_out, bool is_packets)
{
    double in, out, bytes;

    mib_if_bytes(a, row, &in, &out);
    bytes = is_out ? out : in;
    return is_packets ? packets(bytes, bytes >= (is_out ? in : out)) : bytes;
}

void mib_if_number(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    (void)row;
    (void)what;
    put_int(v, (int64_t)mib_if_count(a));
}

static void put_mac(struct agent_value *v, const struct interface *i)
{
    put_bytes(v, i->mac, i->has_mac ? sizeof i->mac : 0);
}

static void if_fact(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    struct interface i;

    mib_if_read(a, row, &i);
    switch (what) {
    case 1: put_int(v, i.index); break;
    case 2: put_text(v, i.name); break;
    case 3: put_int(v, i.type); break;
    case 4: put_int(v, i.mtu); break;
    case 5: put_gauge(v, i.speed > 4294967295.0 ? 4294967295.0 : i.speed); break;
    case 6: put_mac(v, &i); break;
    case 7: put_int(v, 1); break;
    case 8: put_int(v, i.is_up ? 1 : 2); break;
    default: put_count(v, AGENT_TIMETICKS, 1500); break;
    }
}

/* ifTable, RFC 2863 */
void mib_if(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    switch (what) {
    case 10: put_count(v, AGENT_COUNTER32, counter_of(a, row, false, false)); break;
    case 11: put_count(v, AGENT_COUNTER32, counter_of(a, row, false, true)); break;
    case 16: put_count(v, AGENT_COUNTER32, counter_of(a, row, true, false)); break;
    case 17: put_count(v, AGENT_COUNTER32, counter_of(a, row, true, true)); break;
    case 13: /* discards and errors: there are none */
    case 14:
    case 19:
    case 20: put_count(v, AGENT_COUNTER32, 0); break;
    default: if_fact(a, row, what, v); break;
    }
}

static void if_x_fact(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    struct interface i;

    mib_if_read(a, row, &i);
    switch (what) {
    case 1: put_text(v, i.name); break;
    case 14: put_int(v, i.type == IF_LOOPBACK ? 2 : 1); break;
    case 15: put_gauge(v, i.speed / 1e6); break;
    case 16: put_int(v, 2); break;
    case 17: put_int(v, i.type == IF_LOOPBACK ? 2 : 1); break;
    case 18: put_text(v, i.alias); break;
    default: put_count(v, AGENT_TIMETICKS, 0); break;
    }
}

/* ifXTable, RFC 2863 */
void mib_if_x(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    switch (what) {
    case 2:
    case 3:
    case 4:
    case 5: put_count(v, AGENT_COUNTER32, 0); break;
    case 8:
    case 9:
    case 12:
    case 13: put_count(v, AGENT_COUNTER64, 0); break;
    case 6: put_count(v, AGENT_COUNTER64, counter_of(a, row, false, false)); break;
    case 7: put_count(v, AGENT_COUNTER64, counter_of(a, row, false, true)); break;
    case 10: put_count(v, AGENT_COUNTER64, counter_of(a, row, true, false)); break;
    case 11: put_count(v, AGENT_COUNTER64, counter_of(a, row, true, true)); break;
    default: if_x_fact(a, row, what, v); break;
    }
}
