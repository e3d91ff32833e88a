/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_v3.h - SNMPv3 messages to bytes and back: the message (RFC 3412, 6), usmSecurityParameters (RFC 3414,
 * 2.4), the scoped PDU. Pure, allocates nothing, knows no key: what is secret comes in and goes out as bytes
 * (collector/usm.h).
 *
 *   SEQUENCE { 3, { msgID, msgMaxSize, msgFlags, 3 },
 *              OCTET STRING { SEQUENCE { engineID, boots, time, user, MAC, salt } },
 *              SEQUENCE { contextEngineID, contextName, PDU }  or  OCTET STRING { that, encrypted } } */
#ifndef NW_COLLECTOR_SNMP_V3_H
#define NW_COLLECTOR_SNMP_V3_H

#include "collector/snmp_pdu.h"
#include "lib/base/err.h"

enum {
    SNMP_V3_AUTH = 1, /* msgFlags */
    SNMP_V3_PRIV = 2,
    SNMP_V3_REPORTABLE = 4,
    SNMP_V3_LEVEL = SNMP_V3_AUTH | SNMP_V3_PRIV,
    SNMP_ENGINE_ID_MAX = 32, /* RFC 3411, SnmpEngineID: 5..32; shorter ones are met and read */
    SNMP_V3_MAC_MAX = 48,
    SNMP_V3_SALT = 8,
    SNMP_V3_OVERHEAD = 288, /* what a message adds to its PDU, at most */
};

struct snmp_octets {
    const uint8_t *bytes;
    size_t len;
};

struct snmp_v3_message {
    int32_t msg_id;    /* 0..2^31-1 */
    uint32_t max_size; /* msgMaxSize of its sender, 484..2^31-1; written: 0 = as much as we take */
    uint8_t flags;
    struct snmp_octets engine_id; /* "" in a discovery, else 1..32 */
    uint32_t boots, time;         /* 0..2^31-1; seconds */
    struct snmp_octets user;      /* at most 32 */
    struct snmp_octets mac;       /* when written: only its length counts, the place is filled with 0 */
    struct snmp_octets salt;      /* "" or 8 */
    struct snmp_octets data;      /* the scoped PDU, or with SNMP_V3_PRIV its ciphertext */
};

struct snmp_v3_scoped {
    struct snmp_octets context_engine, context;
    struct snmp_octets bytes; /* the PDU as it lies there */
    struct snmp_message pdu;  /* version 3 */
};

/* *mac_at: offset of the MAC in out, 0 without one. ERR_LIMIT: does not fit. */
enum err snmp_v3_encode(const struct snmp_v3_message *m, uint8_t *out, size_t size, size_t *len,
                        size_t *mac_at) NW_CHECKED;
/* Everything points into bytes. ERR_UNSUPPORTED: another version or security model, ERR_MALFORMED,
 * ERR_TRUNCATED, ERR_LIMIT: it is no such message, or contradicts itself (privacy without authentication). */
enum err snmp_v3_parse(const void *bytes, size_t len, struct snmp_v3_message *out) NW_CHECKED;

enum err snmp_v3_scoped_encode(const struct snmp_octets *engine, const struct snmp_octets *context,
                               const struct snmp_octets *pdu, uint8_t *out, size_t size,
                               size_t *len) NW_CHECKED;
/* Up to 7 bytes behind it are allowed if is_padded: decrypted DES blocks. The PDU is checked to its last
 * varbind. */
enum err snmp_v3_scoped_parse(const void *bytes, size_t len, bool is_padded,
                              struct snmp_v3_scoped *out) NW_CHECKED;

#endif
