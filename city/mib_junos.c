/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_junos.c - a Junos switch: LLDP-MIB, jnxOperating (temperature, CPU, memory), JUNIPER-DOM
 * 1.3.6.1.4.1.2636.3.60 for its BiDi optics. Pure. */
#include "city/mib_parts.h"

#include <math.h>
#include <stdio.h>

#include "city/hardware.h"

/* ---- LLDP-MIB (IEEE 802.1AB-2005): chassis by MAC, ports by local number, as Junos does ---- */

static void lldp_local(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    const struct city_device *d = mib_device(a);

    (void)row;
    switch (what) {
    case 1: put_int(v, 4); break; /* macAddress(4) */
    case 2: put_bytes(v, d->mac, sizeof d->mac); break;
    case 3: put_text(v, d->id); break;
    default: put_text(v, mib_identity(a).descr); break;
    }
}

static void lldp_port(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    char text[16];

    if (what == 2) {
        put_int(v, 7); /* local(7) */
        return;
    }
    snprintf(text, sizeof text, "%zu", JUNOS_PORT_BASE + row);
    put_text(v, what == 3 ? text : mib_device(a)->ports[row].name);
}

static void describe_ap(const struct mib_agent *a, const struct city_port *p, char *out, size_t size)
{
    const struct city *c = a->sim->city;

    if (c->hotspots[p->hotspot].is_row) {
        snprintf(out, size, "ArubaOS (MODEL: %s)", city_row_model(c, p->hotspot));
    } else {
        struct city_hardware h = city_hardware_of(c, p->device);
        snprintf(out, size, "%s %s", h.model, h.version);
    }
}

static void lldp_remote_ap(const struct mib_agent *a, const struct city_port *p, int what,
                           struct agent_value *v)
{
    const struct city_hotspot *h = &a->sim->city->hotspots[p->hotspot];
    char text[80];

    switch (what) {
    case 5:
    case 7: put_bytes(v, h->mac, sizeof h->mac); break;
    case 6: put_int(v, 3); break; /* macAddress(3) */
    case 8: put_text(v, "eth0"); break;
    case 9: put_text(v, h->is_row ? h->id : a->sim->city->devices[p->device].id); break;
    default: describe_ap(a, p, text, sizeof text); put_text(v, text);
    }
}

/* Somebody's own access point on a small switch of the shop's, between ours and the hotspot. */
static void lldp_stranger(int what, struct agent_value *v)
{
    static const uint8_t mac[] = {0x02, 0xee, 0, 0, 0, 1}, access_point = 0x30;

    switch (what) {
    case 4: put_int(v, 4); break;
    case 5:
    case 7: put_bytes(v, mac, sizeof mac); break;
    case 6: put_int(v, 3); break;
    case 8: put_text(v, "wan"); break;
    case 9: put_text(v, "shop-wifi"); break;
    case 10: put_text(v, "home router"); break;
    default: put_bytes(v, &access_point, 1); break;
    }
}

/* LldpSystemCapabilitiesMap, BITS: bridge(2), wlanAccessPoint(3), stationOnly(7). */
static void lldp_capabilities(const struct mib_agent *far, enum port_kind kind, struct agent_value *v)
{
    const uint8_t access_point = 0x30, bridge = 0x20, station = 0x01;

    if (kind == PORT_AP)
        put_bytes(v, &access_point, 1);
    else
        put_bytes(v, mib_device(far)->role == ROLE_UPS ? &station : &bridge, 1);
}

static void lldp_remote(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    bool is_second;
    size_t port = mib_neighbour_port(a, row, &is_second);
    const struct city_port *p = &mib_device(a)->ports[port];
    struct mib_agent far = {a->sim, mib_told_device(a, port), a->now};
    bool is_told = far.device == p->device && p->far >= 0; /* which port of the other it is */
    char text[24];

    if (is_second) {
        lldp_stranger(what, v);
        return;
    }
    if (what == 4) {
        put_int(v, 4);
        return;
    }
    if (what >= 11) {
        lldp_capabilities(&far, p->kind, v);
        return;
    }
    if (p->kind == PORT_AP) {
        lldp_remote_ap(a, p, what, v);
        return;
    }
    switch (what) {
    case 5: put_bytes(v, mib_device(&far)->mac, 6); break;
    case 6: put_int(v, 7); break;
    case 7:
        snprintf(text, sizeof text, "%d", is_told ? JUNOS_PORT_BASE + p->far : 1);
        put_text(v, text);
        break;
    case 8: put_text(v, is_told ? mib_device(&far)->ports[p->far].name : "eth0"); break;
    case 9: put_text(v, mib_device(&far)->id); break;
    default: put_text(v, mib_identity(&far).descr); break;
    }
}

static void lldp_address(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const uint32_t none[] = {0, 0};

    (void)a;
    (void)row;
    if (what == 5)
        put_object(v, none, ARRAY_LEN(none));
    else
        put_int(v, what == 3 ? 2 : 1); /* ifIndex(2); the first interface */
}

/* ---- JUNIPER-MIB: chassis and jnxOperatingTable ---- */

static void box(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    char text[48];

    (void)row;
    if (what == 2)
        snprintf(text, sizeof text, "Juniper %s Switch", city_hardware_of(a->sim->city, a->device).model);
    else
        city_serial(a->sim->city, a->device, a->sim->devices[a->device].swaps, text);
    put_text(v, text);
}

static void operating(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    uint32_t owner = (uint32_t)(a->device * 2) + (uint32_t)row;
    char text[48];

    switch (what) {
    case 5:
        snprintf(text, sizeof text, "FPC: %s @ 0/*/*", city_hardware_of(a->sim->city, a->device).model);
        put_text(v, row ? "Routing Engine 0" : text);
        break;
    case 6: put_int(v, 2); break; /* running(2) */
    case 7: put_gauge(v, sim_wander(a->sim, owner, 54, 37, 4, a->now)); break;
    case 8: put_gauge(v, sim_wander(a->sim, owner, 55, 14, 6, a->now)); break;
    case 11: put_gauge(v, sim_wander(a->sim, owner, 56, 28, 3, a->now)); break;
    default: put_int(v, 1953); break; /* MB */
    }
}

/* ---- POWER-ETHERNET-MIB: access switches feed the access points ---- */

static void poe_port(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    size_t at = mib_poe_port(a, row);
    int hotspot = mib_device(a)->ports[at].hotspot;
    struct interface port;
    bool delivers;

    mib_if_read(a, at + 1, &port); /* row 0 is the loopback */
    delivers = port.is_up && hotspot != a->sim->city->mistakes.dead_feeder;
    switch (what) {
    case 3: put_int(v, 1); break;                /* true(1) */
    case 6: put_int(v, delivers ? 3 : 2); break; /* deliveringPower(3), searching(2) */
    default: put_int(v, 4); break;               /* class3(4) */
    }
}

static void poe(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    const struct city_device *d = mib_device(a);
    double watts = 0;

    (void)row;
    for (size_t i = 0; i < d->port_count; i++)
        if (d->ports[i].kind == PORT_AP)
            watts += 7.5;
    switch (what) {
    case 2: put_gauge(v, d->role == ROLE_ACCESS ? 740 : 0); break;
    case 3: put_int(v, d->role == ROLE_ACCESS ? 1 : 2); break;
    default: put_gauge(v, sim_wander(a->sim, (uint32_t)a->device, 57, watts, watts * 0.05, a->now)); break;
    }
}

/* ---- JUNIPER-DOM-MIB: 0.01 dBm, microamperes, degrees Celsius ---- */

static double optic_level(const struct mib_agent *a, size_t row)
{
    const struct city_device *d = mib_device(a);
    const struct city_port *p = &d->ports[d->optics[row]];

    return p->kind == PORT_UPLINK ? sim_optic_rx(a->sim, a->device, false, a->now)
                                  : sim_optic_rx(a->sim, p->device, true, a->now);
}

static void dom(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    uint32_t owner = (uint32_t)a->device * 64 + (uint32_t)row;

    switch (what) {
    case 5: put_int(v, lround(optic_level(a, row) * 100)); break;
    case 6: put_int(v, lround(sim_wander(a->sim, owner, 58, 28500, 900, a->now))); break;
    case 7: put_int(v, lround(sim_wander(a->sim, owner, 59, -220, 12, a->now))); break;
    case 8: put_int(v, lround(sim_wander(a->sim, owner, 60, 34, 4, a->now))); break;
    case 9: put_int(v, 50); break; /* rx: high alarm, low alarm, high warning, low warning */
    case 10: put_int(v, -2318); break;
    case 11: put_int(v, 0); break;
    case 12: put_int(v, -2218); break;
    case 17: put_int(v, 350); break; /* tx */
    case 18: put_int(v, -900); break;
    case 19: put_int(v, 250); break;
    default: put_int(v, -800); break;
    }
}

#define LLDP_REMOTE(n)      COLUMN(lldp_remote, n, ROWS_NEIGHBOUR, 1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, n)
#define LLDP_ADDRESS(n)     COLUMN(lldp_address, n, ROWS_ADDRESS, 1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, n)
#define POE_COLUMN(n)       COLUMN(poe_port, n, ROWS_POE, 1, 3, 6, 1, 2, 1, 105, 1, 1, 1, n)
#define OPERATING_COLUMN(n) COLUMN(operating, n, ROWS_SLOT, 1, 3, 6, 1, 4, 1, 2636, 3, 1, 13, 1, n)
#define DOM_COLUMN(n)       COLUMN(dom, n, ROWS_OPTIC, 1, 3, 6, 1, 4, 1, 2636, 3, 60, 1, 1, 1, 1, n)

static const struct column columns[] = {
    COLUMN(lldp_local, 1, ROWS_SCALAR, 1, 0, 8802, 1, 1, 2, 1, 3, 1),
    COLUMN(lldp_local, 2, ROWS_SCALAR, 1, 0, 8802, 1, 1, 2, 1, 3, 2),
    COLUMN(lldp_local, 3, ROWS_SCALAR, 1, 0, 8802, 1, 1, 2, 1, 3, 3),
    COLUMN(lldp_local, 4, ROWS_SCALAR, 1, 0, 8802, 1, 1, 2, 1, 3, 4),
    COLUMN(lldp_port, 2, ROWS_PORT, 1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 2),
    COLUMN(lldp_port, 3, ROWS_PORT, 1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3),
    COLUMN(lldp_port, 4, ROWS_PORT, 1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 4),
    LLDP_REMOTE(4),
    LLDP_REMOTE(5),
    LLDP_REMOTE(6),
    LLDP_REMOTE(7),
    LLDP_REMOTE(8),
    LLDP_REMOTE(9),
    LLDP_REMOTE(10),
    LLDP_REMOTE(11),
    LLDP_REMOTE(12),
    LLDP_ADDRESS(3),
    LLDP_ADDRESS(4),
    LLDP_ADDRESS(5),
    SYSTEM_COLUMNS,
    IF_COLUMNS,
    COLUMN(mib_host_uptime, 0, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 25, 1, 1),
    IF_X_COLUMNS,
    POE_COLUMN(3),
    POE_COLUMN(6),
    POE_COLUMN(10),
    COLUMN(poe, 2, ROWS_ONE, 1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1, 2),
    COLUMN(poe, 3, ROWS_ONE, 1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1, 3),
    COLUMN(poe, 4, ROWS_ONE, 1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1, 4),
    COLUMN(box, 2, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 2636, 3, 1, 2),
    COLUMN(box, 3, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 2636, 3, 1, 3),
    OPERATING_COLUMN(5),
    OPERATING_COLUMN(6),
    OPERATING_COLUMN(7),
    OPERATING_COLUMN(8),
    OPERATING_COLUMN(11),
    OPERATING_COLUMN(15),
    DOM_COLUMN(5),
    DOM_COLUMN(6),
    DOM_COLUMN(7),
    DOM_COLUMN(8),
    DOM_COLUMN(9),
    DOM_COLUMN(10),
    DOM_COLUMN(11),
    DOM_COLUMN(12),
    DOM_COLUMN(17),
    DOM_COLUMN(18),
    DOM_COLUMN(19),
    DOM_COLUMN(20),
};
const struct table mib_junos = {columns, ARRAY_LEN(columns)};
