/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_security.h - the authentication and privacy protocols of SNMPv3's user-based security model, and how
 * they are written in configuration files. */
#ifndef NW_MODEL_SNMP_SECURITY_H
#define NW_MODEL_SNMP_SECURITY_H

enum snmp_auth {
    SNMP_AUTH_NONE,
    SNMP_AUTH_MD5, /* HMAC-MD5-96, HMAC-SHA-96: RFC 3414 */
    SNMP_AUTH_SHA1,
    SNMP_AUTH_SHA224, /* RFC 7860 */
    SNMP_AUTH_SHA256,
    SNMP_AUTH_SHA384,
    SNMP_AUTH_SHA512,
    SNMP_AUTH_COUNT
};

/* AES-192 and AES-256 need more key than MD5 and SHA-1 give, and were never standardised: two drafts extend
 * the key in different ways, and devices follow one or the other. */
enum snmp_priv {
    SNMP_PRIV_NONE,
    SNMP_PRIV_DES,    /* RFC 3414 */
    SNMP_PRIV_AES128, /* RFC 3826 */
    SNMP_PRIV_AES192, /* draft-blumenthal-aes-usm-04 */
    SNMP_PRIV_AES256,
    SNMP_PRIV_AES192C, /* draft-reeder-snmpv3-usm-3desede-00: Cisco and others */
    SNMP_PRIV_AES256C,
    SNMP_PRIV_COUNT
};

enum { SNMP_PASSPHRASE_MIN = 8, SNMP_USER_MAX = 32, SNMP_CONTEXT_MAX = 32 }; /* RFC 3414, 11.2; RFC 3411 */

extern const char *const snmp_auth_words[SNMP_AUTH_COUNT + 1]; /* "none", "md5", "sha1" …, NULL */
extern const char *const snmp_priv_words[SNMP_PRIV_COUNT + 1]; /* "none", "des", "aes128" … "aes256c", NULL */

#endif
