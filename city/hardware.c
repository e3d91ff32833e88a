/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hardware.c - models, versions and serial numbers of the simulated city, and rules about them. Pure. */
#include "city/hardware.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/timex.h"

/* One line: of so many permille of a role's boxes, model and version. Each role's lines add up to 1000. */
struct line {
    enum role role;
    unsigned permille;
    struct city_hardware hardware;
};

static const struct line lines[] = {
    {ROLE_AP, 150, {"UAP-SIM-1", "4.3.28.11361"}},     {ROLE_AP, 100, {"UAP-SIM-2", "6.2.44.14098"}},
    {ROLE_AP, 120, {"UAP-SIM-2", "6.5.28.14491"}},     {ROLE_AP, 280, {"UAP-SIM-2", "6.5.62.14788"}},
    {ROLE_AP, 70, {"UAP-SIM-3", "6.5.62.14788"}},      {ROLE_AP, 280, {"UAP-SIM-3", "6.6.77.15402"}},
    {ROLE_ACCESS, 300, {"sim48p", "20.4R3"}},          {ROLE_ACCESS, 700, {"sim48p", "21.4R3-S4"}},
    {ROLE_AGGREGATION, 1000, {"sim48q", "21.4R3-S4"}}, {ROLE_CORE, 1000, {"sim48q", "21.4R3-S4"}},
    {ROLE_DHCP, 1000, {"Simulated host", "6.1.0"}},    {ROLE_CONTROLLER, 1000, {"SIM-C1", "8.6.0.9"}},
    {ROLE_UPS, 1000, {"Simulated UPS 1500", ""}},
};

enum { DRAW_HARDWARE = 81, DRAW_SERIAL = 82 };

struct city_hardware city_hardware_of(const struct city *c, int device)
{
    unsigned left = (unsigned)(city_hash(c->params.seed, DRAW_HARDWARE, (uint32_t)device, 0) % 1000);

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (lines[i].role != c->devices[device].role)
            continue;
        if (left < lines[i].permille)
            return lines[i].hardware;
        left -= lines[i].permille;
    }
    return (struct city_hardware){"", ""};
}

const char *city_row_model(const struct city *c, int hotspot)
{
    return city_hash(c->params.seed, DRAW_HARDWARE, (uint32_t)hotspot, 1) % 3 ? "SIM-A2" : "SIM-A1";
}

void city_serial(const struct city *c, int device, unsigned generation, char out[CITY_SERIAL_SIZE])
{
    uint64_t draw = city_hash(c->params.seed, DRAW_SERIAL, (uint32_t)device, generation);

    snprintf(out, CITY_SERIAL_SIZE, "SIM%010llu", (unsigned long long)(draw % 10000000000u));
}

/* Two days from the founding on, as firmware.yaml writes them. */
static void put_days(struct buf *out, const struct city *c, int sale, int support)
{
    char day[TIMEX_RFC3339_SIZE];

    timex_rfc3339(c->params.epoch + sale * DAYS, day);
    buf_printf(out, "    end_of_sale: %.10s\n", day);
    timex_rfc3339(c->params.epoch + support * DAYS, day);
    buf_printf(out, "    end_of_support: %.10s\n", day);
}

enum err city_write_firmware(const struct city *c, struct buf *out)
{
    buf_str(out,
            "# Firmware of the simulated city. Models, versions, days and advisories are invented: they say\n"
            "# nothing about any product.\n"
            "models:\n"
            "  - model: UAP-SIM-1\n"
            "    recommended: 4.3.28\n");
    put_days(out, c, -1100, -210);
    buf_str(out, "    source: https://example.org/simulated/uap-sim-1\n"
                 "  - model: UAP-SIM-2\n"
                 "    minimum: 6.5.28\n"
                 "    reason: SIM-2026-0007 (invented)\n"
                 "    recommended: 6.5.62\n");
    put_days(out, c, -400, 120);
    buf_str(out, "    source: https://example.org/simulated/uap-sim-2\n"
                 "  - model: UAP-SIM-3\n"
                 "    recommended: 6.6.77\n"
                 "    source: https://example.org/simulated/uap-sim-3\n"
                 "  - model: sim48?\n"
                 "    minimum: 20.4R3\n"
                 "    reason: SIM-2025-0112 (invented)\n"
                 "    recommended: 21.4R3-S4\n");
    put_days(out, c, 600, 1900);
    buf_str(out, "    source: https://example.org/simulated/sim48\n"
                 "  - model: SIM-C1\n"
                 "    recommended: 8.6.0.9\n"
                 "  - model: SIM-A?\n");
    put_days(out, c, 200, 900);
    return buf_error(out);
}
