/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_ups.c - a UPS in a street cabinet: UPS-MIB (RFC 1628), one phase. Pure. */
#include "city/mib_parts.h"

#include <stdio.h>

static void ident(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const char *const texts[] = {"", "Netzwacht", "Simulated UPS 1500", "1.0", "1.0"};

    (void)row;
    put_text(v, what <= 4 ? texts[what] : mib_device(a)->name);
}

static void battery(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    const struct sim_device *d = &a->sim->devices[a->device];
    double charge = sim_ups_charge(a->sim, a->device, a->now);
    double dark = d->dark_since ? (double)(a->now - d->dark_since) / 1e9 : 0;

    (void)row;
    switch (what) {
    case 1:
        put_int(v, charge <= 0 ? 4 : charge < 25 && d->dark_since ? 3 : 2);
        break;                                               /* depleted, low, normal */
    case 2: put_int(v, (int64_t)dark); break;                /* seconds */
    case 3: put_int(v, (int64_t)(charge / 100 * 46)); break; /* minutes: of a real battery */
    case 4: put_int(v, (int64_t)(charge + 0.5)); break;
    case 5: put_int(v, (int64_t)(d->dark_since ? 478 + charge * 0.5 : 541)); break; /* 0.1 V */
    case 6: put_int(v, d->dark_since && charge > 0 ? 54 : 0); break;                /* 0.1 A */
    default: put_int(v, (int64_t)sim_wander(a->sim, (uint32_t)a->device, 61, 24, 5, a->now)); break;
    }
}

static double load_percent(const struct mib_agent *a)
{
    return sim_wander(a->sim, (uint32_t)a->device, 62, 38, 6, a->now);
}

static void input(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    bool is_dark = a->sim->devices[a->device].dark_since != 0;

    (void)row;
    switch (what) {
    case 1:
        put_count(v, AGENT_COUNTER32, 3 + a->sim->devices[a->device].outages);
        break; /* upsInputLineBads */
    case 2: put_int(v, 1); break;
    case 32: put_int(v, is_dark ? 0 : 500); break; /* 0.1 Hz */
    default:
        put_int(v,
                is_dark ? 0 : (int64_t)sim_wander(a->sim, (uint32_t)a->device, 63, 231, 3, a->now)); /* V */
        break;
    }
}

static void output(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    bool is_dark = a->sim->devices[a->device].dark_since != 0;
    bool is_off = sim_is_depleted(a->sim, a->device, a->now);
    double load = is_off ? 0 : load_percent(a);

    (void)row;
    switch (what) {
    case 1: put_int(v, is_off ? 2 : is_dark ? 5 : 3); break; /* none, battery, normal */
    case 2: put_int(v, is_off ? 0 : 500); break;
    case 3: put_int(v, 1); break;
    case 42: put_int(v, is_off ? 0 : 230); break;             /* V */
    case 43: put_int(v, (int64_t)(load * 0.062 * 10)); break; /* 0.1 A */
    case 44: put_int(v, (int64_t)(load * 13.5)); break;       /* W */
    default: put_int(v, (int64_t)load); break;                /* percent */
    }
}

static void alarms(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    (void)row;
    (void)what;
    put_gauge(v, a->sim->devices[a->device].dark_since ? 1 : 0);
}

#define UPS(fn, what, rows, ...) COLUMN(fn, what, rows, 1, 3, 6, 1, 2, 1, 33, 1, __VA_ARGS__)

static const struct column columns[] = {
    SYSTEM_COLUMNS,
    IF_COLUMNS,
    IF_X_COLUMNS,
    UPS(ident, 1, ROWS_SCALAR, 1, 1),
    UPS(ident, 2, ROWS_SCALAR, 1, 2),
    UPS(ident, 3, ROWS_SCALAR, 1, 3),
    UPS(ident, 4, ROWS_SCALAR, 1, 4),
    UPS(ident, 5, ROWS_SCALAR, 1, 5),
    UPS(battery, 1, ROWS_SCALAR, 2, 1),
    UPS(battery, 2, ROWS_SCALAR, 2, 2),
    UPS(battery, 3, ROWS_SCALAR, 2, 3),
    UPS(battery, 4, ROWS_SCALAR, 2, 4),
    UPS(battery, 5, ROWS_SCALAR, 2, 5),
    UPS(battery, 6, ROWS_SCALAR, 2, 6),
    UPS(battery, 7, ROWS_SCALAR, 2, 7),
    UPS(input, 1, ROWS_SCALAR, 3, 1),
    UPS(input, 2, ROWS_SCALAR, 3, 2),
    UPS(input, 32, ROWS_ONE, 3, 3, 1, 2),
    UPS(input, 33, ROWS_ONE, 3, 3, 1, 3),
    UPS(output, 1, ROWS_SCALAR, 4, 1),
    UPS(output, 2, ROWS_SCALAR, 4, 2),
    UPS(output, 3, ROWS_SCALAR, 4, 3),
    UPS(output, 42, ROWS_ONE, 4, 4, 1, 2),
    UPS(output, 43, ROWS_ONE, 4, 4, 1, 3),
    UPS(output, 44, ROWS_ONE, 4, 4, 1, 4),
    UPS(output, 45, ROWS_ONE, 4, 4, 1, 5),
    UPS(alarms, 1, ROWS_SCALAR, 6, 1),
};
const struct table mib_ups = {columns, ARRAY_LEN(columns)};
