/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_arubaos.c - a controller whose rows are hotspots: WLSX-WLAN wlanAPTable and wlanAPRadioTable
 * 1.3.6.1.4.1.14823.2.2.1.5.2.1.4/.5, WLSX-SYSTEMEXT for memory and CPU. Pure. */
#include "city/mib_parts.h"

#include <stdio.h>

#include "city/hardware.h"

enum { MEMORY_KB = 3914752 };

static const struct city_hotspot *row_hotspot(const struct mib_agent *a, size_t row)
{
    return &a->sim->city->hotspots[mib_rows(a, &(size_t){0})[row]];
}

static void totals(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    size_t count;
    const int *rows = mib_rows(a, &count);
    int sum = 0;

    (void)row;
    for (size_t i = 0; i < count; i++)
        sum += what == 1 ? a->sim->hotspots[rows[i]].is_serving : sim_clients(a->sim, rows[i], a->now);
    put_gauge(v, sum);
}

static void memory(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    double used = sim_wander(a->sim, (uint32_t)a->device, 52, 0.58 * MEMORY_KB, 0.03 * MEMORY_KB, a->now);

    (void)row;
    put_int(v, what == 2 ? MEMORY_KB : what == 3 ? (int64_t)used : MEMORY_KB - (int64_t)used);
}

static void cpu(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    (void)row;
    if (what == 2)
        put_text(v, "Supervisor Card CPU");
    else
        put_int(v, (int64_t)sim_wander(a->sim, (uint32_t)a->device, 53, 17, 8, a->now));
}

static void ap(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const uint32_t model[] = {1, 3, 6, 1, 4, 1, 14823, 1, 2, 80};
    const struct city_hotspot *h = row_hotspot(a, row);
    char text[32];

    switch (what) {
    case 2:
        v->tag = AGENT_ADDRESS;
        v->number = MIB_ROW_ADDRESSES + (uint32_t)(h - a->sim->city->hotspots);
        break;
    case 3: put_text(v, h->id); break;
    case 4: put_text(v, a->sim->city->sites[h->site].id); break;
    case 5: put_object(v, model, ARRAY_LEN(model)); break;
    case 6:
        snprintf(text, sizeof text, "SIM%07u", (unsigned)(h - a->sim->city->hotspots) + 1);
        put_text(v, text);
        break;
    case 12: /* up-time in ticks; 0 when down */
        put_count(v, AGENT_TIMETICKS,
                  a->sim->hotspots[h - a->sim->city->hotspots].is_serving
                      ? (double)(a->now - a->sim->devices[h->access].boot) / 1e7
                      : 0);
        break;
    case 13: put_text(v, city_row_model(a->sim->city, mib_rows(a, &(size_t){0})[row])); break;
    case 14: put_text(v, h->name); break;
    case 34: put_text(v, city_hardware_of(a->sim->city, a->device).version); break;
    default: put_int(v, a->sim->hotspots[h - a->sim->city->hotspots].is_serving ? 1 : 2); break;
    }
}

static void radio(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    int hotspot = mib_rows(a, &(size_t){0})[row / 2];
    int band = row % 2 == 0 ? 1 : 0; /* radio 1 is 5 GHz, as on the real ones */
    char text[16];

    switch (what) {
    case 2: put_int(v, band ? 1 : 2); break; /* dot11a(1), dot11b(2) */
    case 3: put_int(v, sim_radio_channel(a->sim, hotspot, band)); break;
    case 4: put_int(v, band ? 36 : 30); break; /* half dBm */
    case 5: put_int(v, 2); break;
    case 6: put_int(v, sim_radio_utilisation(a->sim, hotspot, band, a->now)); break;
    case 7: put_int(v, sim_radio_clients(a->sim, hotspot, band, a->now)); break;
    case 9: put_int(v, 2); break;
    case 15:
        snprintf(text, sizeof text, "%d%s", sim_radio_channel(a->sim, hotspot, band), band ? "E" : "");
        put_text(v, text);
        break;
    case 16: put_text(v, row_hotspot(a, row / 2)->id); break;
    default: put_int(v, band ? 210 : 180); break; /* EIRP, 0.1 dBm */
    }
}

#define AP_COLUMN(n)    COLUMN(ap, n, ROWS_AP, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 5, 2, 1, 4, 1, n)
#define RADIO_COLUMN(n) COLUMN(radio, n, ROWS_AP_RADIO, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 5, 2, 1, 5, 1, n)

static const struct column columns[] = {
    SYSTEM_COLUMNS,
    IF_COLUMNS,
    IF_X_COLUMNS,
    COLUMN(memory, 2, ROWS_ONE, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 1, 11, 1, 2),
    COLUMN(memory, 3, ROWS_ONE, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 1, 11, 1, 3),
    COLUMN(memory, 4, ROWS_ONE, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 1, 11, 1, 4),
    COLUMN(totals, 1, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 3, 1),
    COLUMN(totals, 2, ROWS_SCALAR, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 3, 2),
    COLUMN(cpu, 2, ROWS_ONE, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 2, 1, 13, 1, 2),
    COLUMN(cpu, 3, ROWS_ONE, 1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 2, 1, 13, 1, 3),
    AP_COLUMN(2),
    AP_COLUMN(3),
    AP_COLUMN(4),
    AP_COLUMN(5),
    AP_COLUMN(6),
    AP_COLUMN(12),
    AP_COLUMN(13),
    AP_COLUMN(14),
    AP_COLUMN(19),
    AP_COLUMN(34),
    RADIO_COLUMN(2),
    RADIO_COLUMN(3),
    RADIO_COLUMN(4),
    RADIO_COLUMN(5),
    RADIO_COLUMN(6),
    RADIO_COLUMN(7),
    RADIO_COLUMN(9),
    RADIO_COLUMN(15),
    RADIO_COLUMN(16),
    RADIO_COLUMN(17),
};
const struct table mib_arubaos = {columns, ARRAY_LEN(columns)};
