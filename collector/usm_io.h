/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_io.h - the cryptography of SNMPv3, done by net-snmp: the only file of the product that knows it. Only
 * its functions without state are called, never its sessions, users or engine times (decision 0012).
 *
 *   passphrase ─master (1 MiB hashed, 2 ms)─► Ku ─localise (one hash)─► Kul ─(AES-192/256: extend)─► key */
#ifndef NW_COLLECTOR_USM_IO_H
#define NW_COLLECTOR_USM_IO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/snmp_security.h"

enum { USM_KEY_MAX = 64, USM_IV_MAX = 16 };

struct usm_key {
    uint8_t bytes[USM_KEY_MAX];
    size_t len;
};

/* RFC 3414, A.2. ERR_RANGE: the passphrase is shorter than 8 characters. ERR_UNSUPPORTED, here and below:
 * this net-snmp was built without the protocol. */
enum err usm_io_master_key(enum snmp_auth auth, const char *passphrase, struct usm_key *out) NW_CHECKED;
/* RFC 3414, 2.6. */
enum err usm_io_localise(enum snmp_auth auth, const struct usm_key *master, const uint8_t *engine_id,
                         size_t engine_id_len, struct usm_key *out) NW_CHECKED;
/* A localised key as long as the privacy protocol takes it: cut, or extended by the hash of auth. */
enum err usm_io_extend(enum snmp_auth auth, enum snmp_priv priv, const uint8_t *engine_id,
                       size_t engine_id_len, struct usm_key *key) NW_CHECKED;

/* Bytes of the MAC in a message: 12 to 48; 0 for none. */
size_t usm_io_mac_len(enum snmp_auth auth);
/* mac has room for usm_io_mac_len(). */
enum err usm_io_mac(enum snmp_auth auth, const struct usm_key *key, const uint8_t *bytes, size_t len,
                    uint8_t *mac) NW_CHECKED;

/* iv: 8 bytes for DES, 16 for AES; as RFC 3414, 8.1.1 and RFC 3826, 3.1.2 say. out has room for len + 8;
 * *out_len: DES is padded to 8 when encrypted. ERR_MALFORMED: the ciphertext has no length that can be. */
enum err usm_io_encrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                        const uint8_t *plain, size_t len, uint8_t *out, size_t *out_len) NW_CHECKED;
enum err usm_io_decrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                        const uint8_t *cipher, size_t len, uint8_t *out, size_t *out_len) NW_CHECKED;

#endif
