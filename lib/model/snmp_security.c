/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snmp_security.c - the words of SNMPv3's protocols. */
#include "lib/model/snmp_security.h"

#include <stddef.h>

const char *const snmp_auth_words[SNMP_AUTH_COUNT + 1] = {
    [SNMP_AUTH_NONE] = "none",     [SNMP_AUTH_MD5] = "md5",       [SNMP_AUTH_SHA1] = "sha1",
    [SNMP_AUTH_SHA224] = "sha224", [SNMP_AUTH_SHA256] = "sha256", [SNMP_AUTH_SHA384] = "sha384",
    [SNMP_AUTH_SHA512] = "sha512", [SNMP_AUTH_COUNT] = NULL,
};

const char *const snmp_priv_words[SNMP_PRIV_COUNT + 1] = {
    [SNMP_PRIV_NONE] = "none",       [SNMP_PRIV_DES] = "des",       [SNMP_PRIV_AES128] = "aes128",
    [SNMP_PRIV_AES192] = "aes192",   [SNMP_PRIV_AES256] = "aes256", [SNMP_PRIV_AES192C] = "aes192c",
    [SNMP_PRIV_AES256C] = "aes256c", [SNMP_PRIV_COUNT] = NULL,
};
