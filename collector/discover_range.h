/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover_range.h - address ranges: all addresses of one in turn, and whether an address lies inside. Pure.
 */
#ifndef NW_COLLECTOR_DISCOVER_RANGE_H
#define NW_COLLECTOR_DISCOVER_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/snmp_client.h"
#include "lib/base/err.h"

enum {
    DISCOVER_BITS_MAX = 20, /* a range has at most 2^20 addresses */
    DISCOVER_ADDRESS_SIZE = 46,
};

/* All addresses that begin alike: however many, for asking whether one is among them. */
struct discover_prefix {
    struct snmp_address base; /* its port is 0 */
    uint32_t bits;            /* of the host part: 0..32 or 0..128 */
};

struct discover_range {
    struct snmp_address base; /* the first address */
    uint64_t count;           /* an IPv4 network's own and its broadcast address are left out, up to /30 */
};

/* "192.0.2.0/24", "2001:db8::/120", or one address. ERR_MALFORMED: no address or prefix; ERR_RANGE: bits are
 * set behind the prefix, so it is not clear what is meant. */
enum err discover_prefix_parse(const char *text, struct discover_prefix *out) NW_CHECKED;
bool discover_prefix_has(const struct discover_prefix *p, const struct snmp_address *a);

/* The same text. ERR_LIMIT, too: more than 2^20 addresses. */
enum err discover_range_parse(const char *text, struct discover_range *out) NW_CHECKED;
/* Address i < count; its port is 0. */
struct snmp_address discover_range_at(const struct discover_range *r, uint64_t i);
bool discover_range_has(const struct discover_range *r, const struct snmp_address *a);

/* A literal; the port is 0. False: it is none. */
bool discover_address_parse(const char *text, struct snmp_address *out);
void discover_address_text(const struct snmp_address *a, char out[DISCOVER_ADDRESS_SIZE]);

#endif
