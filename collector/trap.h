/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap.h - what a trap says, as far as anybody may believe it. Pure.
 *
 * SNMPv1 and v2c traps are UDP without proof of origin: they never set a state, they only hasten the next
 * poll of the device that they seem to come from. Of their contents nothing but the notification's OID is
 * kept, since vendors put client addresses into the rest. */
#ifndef NW_COLLECTOR_TRAP_H
#define NW_COLLECTOR_TRAP_H

#include <stdbool.h>

#include "collector/snmp_pdu.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

struct trap {
    char oid[OID_TEXT_SIZE]; /* notification OID; of a v1 trap as RFC 3584, 3.1 maps it */
    const char *name;        /* "link_down"; "" if it is none of the standard ones */
};

/* ERR_TYPE: a message, but no notification. ERR_MALFORMED: v2c without snmpTrapOID.0. */
enum err trap_read(const struct snmp_message *m, struct trap *out) NW_CHECKED;

/* How many traps of one source are taken: 20 a second, 100 at once. */
struct trap_bucket {
    ns_t filled_at;
    double tokens;
    bool is_started;
};

bool trap_bucket_take(struct trap_bucket *b, ns_t now);

#endif
