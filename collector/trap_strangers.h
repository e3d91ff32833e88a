/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_strangers.h - how many senders of traps there are that no device of the inventory is. Pure; a bounded
 * number of addresses, of each when it was heard last. */
#ifndef NW_COLLECTOR_TRAP_STRANGERS_H
#define NW_COLLECTOR_TRAP_STRANGERS_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/snmp_client.h"
#include "lib/base/units.h"

enum { STRANGERS_MAX = 256 }; /* with as many or more, the count stays at this */

struct trap_strangers {
    struct {
        struct snmp_address address;
        ns_t heard;
    } items[STRANGERS_MAX];
    size_t count;
};

/* True: it is the first one in an hour. */
bool trap_strangers_note(struct trap_strangers *s, const struct snmp_address *from, ns_t now);
/* How many were heard within the last hour. */
size_t trap_strangers_count(struct trap_strangers *s, ns_t now);

#endif
