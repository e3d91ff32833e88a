/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.h - an SNMP agent as a function: a request's bytes in, the answer's bytes out.
 *
 * SNMPv1 (RFC 1157) and v2c (RFC 1901, 3416): GET, GETNEXT, GETBULK. A SET is refused (readOnly, v2c
 * notWritable). A wrong community, another version, or anything malformed is met with silence, as a real
 * agent does. What is in the MIB comes from a struct agent_view. Pure. */
#ifndef NW_CITY_AGENT_H
#define NW_CITY_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AGENT_OID_MAX = 128,      /* sub-identifiers, RFC 3416 */
    AGENT_VARBINDS_MAX = 256, /* in a request; one with more is malformed to us */
    AGENT_TEXT_MAX = 255,
};

struct agent_oid {
    uint32_t len;
    uint32_t id[AGENT_OID_MAX];
};

enum agent_tag {
    AGENT_INTEGER = 0x02,
    AGENT_STRING = 0x04,
    AGENT_NULL = 0x05,
    AGENT_OID = 0x06,
    AGENT_ADDRESS = 0x40,
    AGENT_COUNTER32 = 0x41,
    AGENT_GAUGE32 = 0x42,
    AGENT_TIMETICKS = 0x43,
    AGENT_COUNTER64 = 0x46,
    AGENT_NO_OBJECT = 0x80,
    AGENT_NO_INSTANCE = 0x81,
    AGENT_END_OF_VIEW = 0x82,
};

struct agent_value {
    enum agent_tag tag;
    int64_t integer;   /* AGENT_INTEGER */
    uint64_t number;   /* counters, gauge, ticks, address (host byte order); 32-bit ones are cut to 32 bits */
    const char *bytes; /* AGENT_STRING: borrowed, or `text` */
    size_t len;
    uint32_t oid[24]; /* AGENT_OID */
    size_t oid_len;
    char text[AGENT_TEXT_MAX + 1]; /* room for a string made on the spot */
};

struct agent_view {
    /* Fills *value, with an exception's tag if there is no such thing. */
    void (*get)(void *ctx, const struct agent_oid *oid, struct agent_value *value);
    /* The first object instance behind `after`; false at the end of the view. out may be `after`. */
    bool (*next)(void *ctx, const struct agent_oid *after, struct agent_oid *out, struct agent_value *value);
    void *ctx;
};

/* Answers one datagram. Returns the number of bytes written to reply, at most size (which should be 484 or
 * more), or 0 for silence. *varbinds: how many the answer carries. */
size_t agent_answer(const struct agent_view *view, const char *community, const void *request, size_t len,
                    void *reply, size_t size, size_t *varbinds);

/* < 0, 0, > 0: lexicographic order of OIDs. */
int agent_oid_compare(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len);

#endif
