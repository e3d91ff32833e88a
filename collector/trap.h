/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap.h - what a trap says, as far as anybody may believe it. Pure.
 *
 * SNMPv1 and v2c traps are UDP without proof of origin: they never set a state, they only hasten the next
 * poll of the device that they seem to come from. Profiles give them names (docs/profiles.md, "Traps"), say
 * what is to be read then, and which of their values are recorded: no others are, since vendors put client
 * addresses into them. */
#ifndef NW_COLLECTOR_TRAP_H
#define NW_COLLECTOR_TRAP_H

#include <stdbool.h>

#include "collector/profile.h"
#include "collector/snmp_pdu.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

struct trap_rule;

enum { TRAP_TEXT_MAX = 128 }; /* bytes of a recorded value, without the NUL */

struct trap {
    uint32_t oid[OID_MAX]; /* notification OID; of a v1 trap as RFC 3584, 3.1 maps it */
    size_t oid_len;
};

struct trap_value {
    char oid[OID_TEXT_SIZE];
    char text[TRAP_TEXT_MAX +
              1]; /* UTF-8 without control characters; octets that are no text in hexadecimal */
};

/* ERR_TYPE: a message, but no notification. ERR_MALFORMED: v2c without snmpTrapOID.0, or the
 * notification of one version in a message of another. */
enum err trap_read(const struct snmp_message *m, struct trap *out) NW_CHECKED;

/* What is to be done: as the profiles of the device say, the most specific first, else as any profile of the
 * set does (an OID has one meaning everywhere, and a trap about a client is to be dropped whoever sends it).
 * device NULL: it is not recognised yet. NULL: no profile knows it. */
const struct trap_rule *trap_find_rule(const struct profile_set *set, const struct device_profile *device,
                                       const struct trap *trap);

/* The values that rule keeps, at most max; returns their number. */
size_t trap_read_values(const struct snmp_message *m, const struct trap_rule *rule, struct trap_value *out,
                        size_t max);

/* How many traps of one source are taken: 20 a second, 100 at once. */
struct trap_bucket {
    ns_t filled_at;
    double tokens;
    bool is_started;
};

bool trap_bucket_take(struct trap_bucket *b, ns_t now);

#endif
