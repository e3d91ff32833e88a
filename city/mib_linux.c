/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_linux.c - a host with ISC dhcpd and net-snmp's extension dhcpd-snmp: one row a pool of addresses. Pure.
 */
#include "city/mib_parts.h"

static void pool(const struct mib_agent *a, size_t row, int what, struct agent_value *v)
{
    static const char *const names[] = {"Hotspots Mitte", "Hotspots Rand"};
    int used = sim_pool_used(a->sim, (int)row, a->now);

    if (what == 2)
        put_text(v, names[row]);
    else
        put_gauge(v, what == 4 ? used : SIM_POOL_SIZE - used);
}

#define POOL(n) COLUMN(pool, n, ROWS_POOL, 1, 3, 6, 1, 4, 1, 21695, 1, 2, 2, 1, n)

static const struct column columns[] = {SYSTEM_COLUMNS, IF_COLUMNS, IF_X_COLUMNS, POOL(2), POOL(4), POOL(6)};
const struct table mib_linux = {columns, ARRAY_LEN(columns)};
