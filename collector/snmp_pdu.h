/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_pdu.h - SNMPv1 and v2c messages to bytes and back (RFC 1157, RFC 3416; BER as in RFC 3417, 8), and the
 * PDUs that snmp_v3.h wraps. Pure.
 *
 * OIDs travel as BER contents octets ("raw"), so that asking again for what was read costs a memcpy.
 * There is no SET here, on purpose. */
#ifndef NW_COLLECTOR_SNMP_PDU_H
#define NW_COLLECTOR_SNMP_PDU_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "collector/varbind.h"
#include "lib/base/err.h"
#include "lib/base/wire.h"

enum {
    SNMP_MESSAGE_MAX = 65507, /* what fits into a UDP datagram over IPv4 */
    SNMP_RAW_OID_MAX = 5 * OID_MAX,
    SNMP_COMMUNITY_MAX = 255,
    SNMP_REQUEST_MAX = 1472, /* requests of ours stay within one Ethernet frame; v3 may go a little over it */
    SNMP_ASK_MAX = 64,       /* varbinds in a request of ours */
    SNMP_WIRE_V3 = 3,        /* msgVersion of SNMPv3 */
};

enum snmp_pdu_type {
    SNMP_GET = 0xa0,
    SNMP_GETNEXT = 0xa1,
    SNMP_RESPONSE = 0xa2,
    SNMP_TRAP_V1 = 0xa4,
    SNMP_GETBULK = 0xa5,
    SNMP_INFORM = 0xa6,
    SNMP_TRAP_V2 = 0xa7,
    SNMP_REPORT = 0xa8, /* v3 only */
};

enum snmp_error_status {
    SNMP_NO_ERROR = 0,
    SNMP_TOO_BIG = 1,
    SNMP_NO_SUCH_NAME = 2,
    SNMP_GEN_ERR = 5,
    SNMP_AUTHORIZATION_ERROR = 16, /* no view of this user for this context (RFC 3415) */
};

struct snmp_raw_oid {
    const uint8_t *bytes; /* BER contents, checked */
    size_t len;
};

struct snmp_request {
    int version; /* on the wire: 0 = v1, 1 = v2c */
    const uint8_t *community;
    size_t community_len;
    enum snmp_pdu_type type; /* GET, GETNEXT, GETBULK */
    int32_t request_id;
    uint32_t max_repetitions; /* GETBULK; non-repeaters are always 0 */
    const struct snmp_raw_oid *oids;
    size_t count;
    const uint8_t *names; /* instead of oids: as many varbinds without values, encoded */
    size_t names_len;     /* 0 = there are oids */
};

/* A parsed message; everything points into the bytes it was parsed from. */
struct snmp_message {
    int version;
    const uint8_t *community; /* v1, v2c */
    size_t community_len;
    uint32_t type; /* enum snmp_pdu_type */
    int32_t request_id;
    int64_t error_status, error_index;
    const uint8_t *varbinds; /* contents of the varbind list */
    size_t varbinds_len;
    size_t varbind_count; /* all of them checked */
    /* v3, of a response with a MAC that fits: what its engine says of itself. boots 0 = not known */
    uint32_t engine_boots, engine_time; /* time: s since that boot */
    /* v1 trap only (RFC 1157, 4.1.6) */
    struct snmp_raw_oid enterprise;
    int32_t generic_trap, specific_trap;
};

/* A varbind as it lies in a message. */
struct snmp_raw_varbind {
    const uint8_t *tlv; /* the whole SEQUENCE, header included */
    size_t tlv_len;
    struct snmp_raw_oid oid;
    uint32_t type;
    const uint8_t *value; /* contents */
    size_t value_len;
};

/* ERR_LIMIT if it does not fit into size. *len receives the length. */
enum err snmp_request_encode(const struct snmp_request *r, uint8_t *out, size_t size, size_t *len) NW_CHECKED;

/* Checks everything down to the last varbind: ERR_TRUNCATED, ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED (v3, a
 * SET, an unknown PDU). Trailing bytes behind the message are malformed. */
enum err snmp_message_parse(const void *bytes, size_t len, struct snmp_message *out) NW_CHECKED;

/* The two halves of it: everything but the varbinds (varbind_count is 0), then those, which are counted. */
enum err snmp_message_open(const void *bytes, size_t len, struct snmp_message *out) NW_CHECKED;
enum err snmp_message_check(struct snmp_message *m) NW_CHECKED;
/* Instead of snmp_message_check() for the usual answer: true if there are exactly the OIDs of our own varbind
 * list `asked`, in its order, each with a value that passes the check, and every length in one octet. False
 * says nothing: check it. */
bool snmp_message_answers(struct snmp_message *m, const void *asked, size_t asked_len);

/* A PDU alone, as it lies in a scoped PDU; the same checks. */
enum err snmp_pdu_read(const void *bytes, size_t len, struct snmp_message *out) NW_CHECKED;
/* r without its version and community. */
enum err snmp_pdu_write(const struct snmp_request *r, uint8_t *out, size_t size, size_t *len) NW_CHECKED;

/* Walks a varbind list: false at its end or at the first malformed one (wire_error() tells). */
bool snmp_varbind_next(struct wire *w, struct snmp_raw_varbind *out);
enum { SNMP_TAG_SEQUENCE = 0x30 };

/* Any form of lengths. */
bool snmp_varbind_read_long(struct wire *w, struct snmp_raw_varbind *out);

/* The same over bytes that snmp_message_parse() or snmp_varbind_next() have passed before: lengths are
 * checked, OIDs and values not again. Here, and not in the codec, because every value of every poll passes it
 * several times: what is in line is the usual form, every length in one octet. */
static inline bool snmp_varbind_again(struct wire *w, struct snmp_raw_varbind *out)
{
    size_t left = wire_left(w), len, oid_len;
    const uint8_t *b = w->data + w->pos;

    if (left < 6 || b[0] != SNMP_TAG_SEQUENCE || b[1] & 0x80)
        return snmp_varbind_read_long(w, out);
    len = b[1];
    if (2 + len > left || len < 4 || b[2] != SNMP_OID || b[3] & 0x80)
        return snmp_varbind_read_long(w, out);
    oid_len = b[3];
    if (4 + oid_len > len || b[5 + oid_len] & 0x80 || 4 + oid_len + b[5 + oid_len] != len)
        return snmp_varbind_read_long(w, out);
    *out = (struct snmp_raw_varbind){
        .tlv = b,
        .tlv_len = 2 + len,
        .oid = {b + 4, oid_len},
        .type = b[4 + oid_len],
        .value = b + 6 + oid_len,
        .value_len = b[5 + oid_len],
    };
    w->pos += 2 + len;
    return true;
}

/* The value of a counter, gauge or time ticks that was checked: at most 64 bits, at most one leading zero
 * octet. In line for the same reason. Eight octets that end where the value ends lie within the varbind. */
static inline uint64_t snmp_varbind_unsigned(const struct snmp_raw_varbind *vb)
{
    uint64_t last;

    memcpy(&last, vb->value + vb->value_len - sizeof last, sizeof last);
    last = be64toh(last);
    return vb->value_len < sizeof last ? last & ((UINT64_C(1) << 8 * vb->value_len) - 1) : last;
}

/* Are these the same OIDs in the same order? Both lists checked before. */
bool snmp_varbinds_answer(const void *asked, size_t asked_len, const void *got, size_t got_len);
/* Numbers and sub-identifiers; ids and value_ids give room for OID_MAX each and out points into them. raw was
 * checked, so this cannot fail. */
void snmp_varbind_decode(const struct snmp_raw_varbind *raw, uint32_t *ids, uint32_t *value_ids,
                         struct varbind *out);

/* The value alone; out->oid stays NULL. */
void snmp_varbind_decode_value(const struct snmp_raw_varbind *raw, uint32_t *value_ids, struct varbind *out);

/* out has room for SNMP_RAW_OID_MAX. ERR_MALFORMED: fewer than two sub-identifiers, or no valid first two. */
enum err snmp_oid_encode(const uint32_t *ids, size_t count, uint8_t *out, size_t *len) NW_CHECKED;
enum err snmp_oid_decode(const uint8_t *raw, size_t len, uint32_t *ids, size_t *count) NW_CHECKED;
/* The order of the OIDs (not of their bytes): < 0, 0, > 0. Both checked before. */
int snmp_raw_oid_compare(struct snmp_raw_oid a, struct snmp_raw_oid b);
/* Is a strictly below prefix? */
bool snmp_raw_oid_is_below(struct snmp_raw_oid a, struct snmp_raw_oid prefix);

#endif
