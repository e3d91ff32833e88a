/* SPDX-License-Identifier: GPL-3.0-or-later */
/* varbind.h - one object instance and its value, as an agent or a recording gave it, and a sorted set of
 * them. Pure. The seam between whoever reads (snmp_io, snmprec files) and whoever understands (decode). */
#ifndef NW_COLLECTOR_VARBIND_H
#define NW_COLLECTOR_VARBIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { OID_MAX = 128, OID_TEXT_SIZE = OID_MAX * 11 + 1 }; /* RFC 2578, 3.5: at most 128 sub-identifiers */

/* The BER tags of RFC 3416, and at the same time the tags of snmprec files. */
enum snmp_type {
    SNMP_INTEGER = 0x02,
    SNMP_OCTETS = 0x04,
    SNMP_NULL = 0x05,
    SNMP_OID = 0x06,
    SNMP_IPADDRESS = 0x40,
    SNMP_COUNTER32 = 0x41,
    SNMP_GAUGE32 = 0x42, /* and Unsigned32 */
    SNMP_TIMETICKS = 0x43,
    SNMP_OPAQUE = 0x44,
    SNMP_COUNTER64 = 0x46,
    SNMP_NO_SUCH_OBJECT = 0x80,
    SNMP_NO_SUCH_INSTANCE = 0x81,
    SNMP_END_OF_MIB_VIEW = 0x82,
};

struct varbind {
    const uint32_t *oid;
    uint32_t oid_len; /* 1..OID_MAX */
    uint32_t type;    /* enum snmp_type */
    uint32_t len;     /* of bytes (octets, address, opaque), or of value_oid (sub-identifiers) */
    union {
        int64_t integer;           /* SNMP_INTEGER: -2^31..2^31-1; up to 2^32-1 from agents in error */
        uint64_t number;           /* counters, gauges, time ticks */
        const uint8_t *bytes;      /* SNMP_OCTETS, SNMP_IPADDRESS, SNMP_OPAQUE; a NUL stands behind them */
        const uint32_t *value_oid; /* SNMP_OID */
    };
};

/* Lexicographic order of OIDs: < 0, 0, > 0. */
int oid_compare(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len);
bool oid_has_prefix(const uint32_t *oid, size_t len, const uint32_t *prefix, size_t prefix_len);
/* "1.3.6.1" or ".1.3.6.1" to numbers; *len is in: room, out: used. ERR_MALFORMED, ERR_LIMIT, ERR_RANGE. */
enum err oid_from_text(const char *text, uint32_t *ids, size_t *len) NW_CHECKED;
/* Dotted decimal without a leading dot; cut at size-1. */
void oid_to_text(const uint32_t *ids, size_t len, char *out, size_t size);

/* ---- a set: sorted by OID, each OID once (the first added wins), everything copied ---- */

struct varbind_set; /* opaque */

struct varbind_set *varbind_set_new(void);
void varbind_set_free(struct varbind_set *s);
void varbind_set_clear(struct varbind_set *s); /* memory kept */
/* ERR_NOMEM; ERR_LIMIT over 1,000,000 varbinds. */
enum err varbind_set_add(struct varbind_set *s, const struct varbind *vb) NW_CHECKED;
/* Call after the last add and before the readers below. Cheap if the varbinds came in order. */
void varbind_set_sort(struct varbind_set *s);
size_t varbind_set_count(const struct varbind_set *s);
const struct varbind *varbind_set_at(const struct varbind_set *s, size_t i);
/* NULL if it is not there. */
const struct varbind *varbind_set_find(const struct varbind_set *s, const uint32_t *oid, size_t len);
/* The range [*begin, *end) of indices whose OIDs lie strictly below prefix. */
void varbind_set_below(const struct varbind_set *s, const uint32_t *prefix, size_t len, size_t *begin,
                       size_t *end);

#endif
