/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_list.c - net-snmp's own list of users, which decision 0012 designs around. */
#include "tests/bench/usm_list.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>
#include <time.h>

enum { LOOKUPS = 2000, ROUNDS = 5, ID_LEN = 8 };

static char name[] = "monitor";

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void make_id(size_t i, u_char id[ID_LEN])
{
    const u_char made[ID_LEN] = {0x80, 0, 0x1f, 0x88, 4, (u_char)(i >> 16), (u_char)(i >> 8), (u_char)i};

    memcpy(id, made, ID_LEN);
}

static void add(size_t i)
{
    struct usmUser *u = usm_create_user();
    u_char id[ID_LEN];

    make_id(i, id);
    if (!u || !(u->engineID = netsnmp_memdup(id, ID_LEN)) || !(u->name = strdup(name)) ||
        !(u->secName = strdup(name)))
        abort();
    u->engineIDLen = ID_LEN;
    if (!usm_add_user(u))
        abort();
}

double usm_list_lookup(size_t count)
{
    static size_t there;
    double best = 1e9;

    while (there < count)
        add(there++);
    for (int round = 0; round < ROUNDS; round++) {
        double begun = cpu_us(), each;

        for (size_t i = 0; i < LOOKUPS; i++) {
            u_char id[ID_LEN];

            make_id(i * 7919 % count, id);
            if (!usm_get_user(id, ID_LEN, name))
                abort();
        }
        each = (cpu_us() - begun) / LOOKUPS;
        best = each < best ? each : best;
    }
    return best;
}
