/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_unifi.c - a stand-alone UniFi access point: UBNT-UniFi-MIB 1.3.6.1.4.1.41112.1.6, FROGFOOT-RESOURCES
 * for memory, hrProcessorLoad. Pure. */
#include "city/mib_parts.h"

#include <stdio.h>

#include "city/hardware.h"

enum { RADIOS = 2, MEMORY_KB = 124372 };

static int hotspot_of(const struct mib_agent *a)
{
    return mib_device(a)->hotspot;
}

static double load_percent(const struct mib_agent *a)
{
    return sim_wander(a->sim, (uint32_t)a->device, 50, 4, 2, a->now) +
           0.35 * sim_clients(a->sim, hotspot_of(a), a->now);
}

static void cpu(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const uint32_t none[] = {0, 0};
    double load = load_percent(a) + (double)row * 0.6;

    if (what == 1)
        put_object(v, none, 2);
    else
        put_int(v, load > 99 ? 99 : (int64_t)load);
}

static void memory(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    double free_kb = sim_wander(a->sim, (uint32_t)a->device, 51, 31000, 2600, a->now);

    (void)row;
    put_gauge(v, what == 1 ? MEMORY_KB : free_kb - 60 * sim_clients(a->sim, hotspot_of(a), a->now));
}

static void radio(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    int used = sim_radio_utilisation(a->sim, hotspot_of(a), (int)row, a->now);

    switch (what) {
    case 3: put_text(v, row == 0 ? "ng" : "na"); break;
    case 6: put_int(v, used); break;
    case 7: put_int(v, used / 7); break;
    case 8: put_int(v, used / 3); break;
    default: put_int(v, used - used / 7 - used / 3); break;
    }
}

/* Two SSIDs on two radios: open (with the portal) and secured. */
static int vap_clients(const struct mib_agent *a, size_t vap)
{
    int all = sim_radio_clients(a->sim, hotspot_of(a), (int)(vap / 2), a->now), secured = all * 3 / 10;

    return vap % 2 ? secured : all - secured;
}

static double vap_bytes(const struct mib_agent *a, size_t vap)
{
    return sim_hotspot_bytes(a->sim, hotspot_of(a), a->now) * (vap / 2 ? 0.7 : 0.3) * (vap % 2 ? 0.3 : 0.7);
}

static void vap(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const char *const names[] = {"ra0", "ra1", "rai0", "rai1"};
    const uint8_t *mac = mib_device(a)->mac;
    char text[18];

    switch (what) {
    case 2:
        snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
                 mac[5] + (unsigned)row + 2);
        put_text(v, text);
        break;
    case 3: put_int(v, 900 - 2 * vap_clients(a, row)); break; /* CCQ, per mille */
    case 4: put_int(v, sim_radio_channel(a->sim, hotspot_of(a), (int)row / 2)); break;
    case 6: put_text(v, row % 2 ? "MobyKlick-Sicher" : "MobyKlick"); break;
    case 7: put_text(v, names[row]); break;
    case 8: put_int(v, vap_clients(a, row)); break;
    case 9: put_text(v, row < RADIOS ? "ng" : "na"); break;
    case 10: put_count(v, AGENT_COUNTER32, vap_bytes(a, row) * 0.14); break;
    case 16: put_count(v, AGENT_COUNTER32, vap_bytes(a, row) * 0.86); break;
    case 21: put_int(v, row < RADIOS ? 20 : 23); break;
    default: put_int(v, 1); break; /* up */
    }
}

static void model(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    struct city_hardware h = city_hardware_of(a->sim->city, a->device);

    (void)row;
    put_text(v, what == 3 ? h.model : h.version);
}

#define RADIO_COLUMN(n) COLUMN(radio, n, ROWS_RADIO, 1, 3, 6, 1, 4, 1, 41112, 1, 6, 1, 1, 1, n)
#define VAP_COLUMN(n)   COLUMN(vap, n, ROWS_VAP, 1, 3, 6, 1, 4, 1, 41112, 1, 6, 1, 2, 1, n)

static const struct column columns[] = {
    SYSTEM_COLUMNS,
    IF_COLUMNS,
    COLUMN(mib_host_uptime, 0, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 25, 1, 1),
    COLUMN(cpu, 1, ROWS_CORE, 1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 1),
    COLUMN(cpu, 2, ROWS_CORE, 1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2),
    IF_X_COLUMNS,
    COLUMN(memory, 1, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 10002, 1, 1, 1, 1, 1),
    COLUMN(memory, 2, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 10002, 1, 1, 1, 1, 2),
    RADIO_COLUMN(3),
    RADIO_COLUMN(6),
    RADIO_COLUMN(7),
    RADIO_COLUMN(8),
    RADIO_COLUMN(9),
    VAP_COLUMN(2),
    VAP_COLUMN(3),
    VAP_COLUMN(4),
    VAP_COLUMN(6),
    VAP_COLUMN(7),
    VAP_COLUMN(8),
    VAP_COLUMN(9),
    VAP_COLUMN(10),
    VAP_COLUMN(16),
    VAP_COLUMN(21),
    VAP_COLUMN(22),
    COLUMN(model, 3, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 41112, 1, 6, 3, 3),
    COLUMN(model, 6, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 41112, 1, 6, 3, 6),
};
const struct table mib_unifi = {columns, ARRAY_LEN(columns)};
