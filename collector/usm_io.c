/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_io.c - calls of net-snmp's keytools and scapi. */
#include "collector/usm_io.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

enum { DES_BLOCK = 8, DES_KEY = 8 };

/* By net-snmp's numbers of the protocols; NULL if it has none. */
static const netsnmp_auth_alg_info *find_auth(enum snmp_auth auth)
{
    static const u_int types[SNMP_AUTH_COUNT] = {
        [SNMP_AUTH_MD5] = NETSNMP_USMAUTH_HMACMD5,
        [SNMP_AUTH_SHA1] = NETSNMP_USMAUTH_HMACSHA1,
        [SNMP_AUTH_SHA224] = NETSNMP_USMAUTH_HMAC128SHA224,
        [SNMP_AUTH_SHA256] = NETSNMP_USMAUTH_HMAC192SHA256,
        [SNMP_AUTH_SHA384] = NETSNMP_USMAUTH_HMAC256SHA384,
        [SNMP_AUTH_SHA512] = NETSNMP_USMAUTH_HMAC384SHA512,
    };

    return auth == SNMP_AUTH_NONE ? NULL : sc_find_auth_alg_bytype(types[auth]);
}

static const netsnmp_priv_alg_info *find_priv(enum snmp_priv priv)
{
    static const u_int types[SNMP_PRIV_COUNT] = {
        [SNMP_PRIV_DES] = USM_CREATE_USER_PRIV_DES,
        [SNMP_PRIV_AES128] = USM_CREATE_USER_PRIV_AES,
        [SNMP_PRIV_AES192] = USM_CREATE_USER_PRIV_AES192,
        [SNMP_PRIV_AES256] = USM_CREATE_USER_PRIV_AES256,
        [SNMP_PRIV_AES192C] = USM_CREATE_USER_PRIV_AES192_CISCO,
        [SNMP_PRIV_AES256C] = USM_CREATE_USER_PRIV_AES256_CISCO,
    };

    return priv == SNMP_PRIV_NONE ? NULL : sc_get_priv_alg_bytype(types[priv]);
}

enum err usm_io_master_key(enum snmp_auth auth, const char *passphrase, struct usm_key *out)
{
    const netsnmp_auth_alg_info *a = find_auth(auth);
    size_t len = strlen(passphrase);

    if (!a)
        return ERR_UNSUPPORTED;
    if (len < SNMP_PASSPHRASE_MIN)
        return ERR_RANGE;
    out->len = sizeof out->bytes;
    return generate_Ku(a->alg_oid, (u_int)a->oid_len, (const u_char *)passphrase, len, out->bytes,
                       &out->len) == SNMPERR_SUCCESS
               ? ERR_OK
               : ERR_UNSUPPORTED;
}

enum err usm_io_localise(enum snmp_auth auth, const struct usm_key *master, const uint8_t *engine_id,
                         size_t engine_id_len, struct usm_key *out)
{
    const netsnmp_auth_alg_info *a = find_auth(auth);

    out->len = sizeof out->bytes;
    if (!a || generate_kul(a->alg_oid, (u_int)a->oid_len, engine_id, engine_id_len, master->bytes,
                           master->len, out->bytes, &out->len) != SNMPERR_SUCCESS)
        return ERR_UNSUPPORTED;
    return ERR_OK;
}

enum err usm_io_extend(enum snmp_auth auth, enum snmp_priv priv, const uint8_t *engine_id,
                       size_t engine_id_len, struct usm_key *key)
{
    const netsnmp_auth_alg_info *a = find_auth(auth);
    const netsnmp_priv_alg_info *p = find_priv(priv);
    /* DES takes 8 bytes of key and 8 that its initialisation vectors are made from. */
    size_t need = p ? (size_t)p->proper_length + (priv == SNMP_PRIV_DES ? DES_KEY : 0) : 0;
    u_char engine[32], *bytes = key->bytes;

    if (!a || !p || need > sizeof key->bytes || engine_id_len > sizeof engine)
        return ERR_UNSUPPORTED;
    memcpy(engine, engine_id, engine_id_len); /* net-snmp's function asks for one that is not const */
    if (key->len < need &&
        netsnmp_extend_kul((u_int)need, a->alg_oid, (u_int)a->oid_len, p->type, engine, (u_int)engine_id_len,
                           &bytes, &key->len, sizeof key->bytes) != SNMPERR_SUCCESS)
        return ERR_UNSUPPORTED;
    if (key->len < need)
        return ERR_UNSUPPORTED;
    key->len = need;
    return ERR_OK;
}

size_t usm_io_mac_len(enum snmp_auth auth)
{
    const netsnmp_auth_alg_info *a = find_auth(auth);

    return a ? (size_t)a->mac_length : 0;
}

enum err usm_io_mac(enum snmp_auth auth, const struct usm_key *key, const uint8_t *bytes, size_t len,
                    uint8_t *mac)
{
    const netsnmp_auth_alg_info *a = find_auth(auth);
    size_t mac_len = a ? (size_t)a->mac_length : 0;

    if (!a || sc_generate_keyed_hash(a->alg_oid, (size_t)a->oid_len, key->bytes, (u_int)key->len, bytes,
                                     (u_int)len, mac, &mac_len) != SNMPERR_SUCCESS)
        return ERR_UNSUPPORTED;
    return ERR_OK;
}

enum err usm_io_encrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                        const uint8_t *plain, size_t len, uint8_t *out, size_t *out_len)
{
    const netsnmp_priv_alg_info *p = find_priv(priv);
    u_char k[USM_KEY_MAX], v[USM_IV_MAX];

    if (!p)
        return ERR_UNSUPPORTED;
    memcpy(k, key->bytes, sizeof k);
    memcpy(v, iv, (size_t)p->iv_length);
    *out_len = len + DES_BLOCK;
    if (sc_encrypt(p->alg_oid, (size_t)p->oid_len, k, (u_int)p->proper_length, v, (u_int)p->iv_length, plain,
                   (u_int)len, out, out_len) != SNMPERR_SUCCESS)
        return ERR_UNSUPPORTED;
    return ERR_OK;
}

enum err usm_io_decrypt(enum snmp_priv priv, const struct usm_key *key, const uint8_t *iv,
                        const uint8_t *cipher, size_t len, uint8_t *out, size_t *out_len)
{
    const netsnmp_priv_alg_info *p = find_priv(priv);
    u_char k[USM_KEY_MAX], v[USM_IV_MAX];

    if (!p)
        return ERR_UNSUPPORTED;
    if (len == 0 || (priv == SNMP_PRIV_DES && len % DES_BLOCK))
        return ERR_MALFORMED;
    memcpy(k, key->bytes, sizeof k);
    memcpy(v, iv, (size_t)p->iv_length);
    *out_len = len;
    /* Its parameter for the ciphertext is not const, but only read. */
    if (sc_decrypt(p->alg_oid, (size_t)p->oid_len, k, (u_int)p->proper_length, v, (u_int)p->iv_length,
                   (u_char *)(uintptr_t)cipher, (u_int)len, out, out_len) != SNMPERR_SUCCESS)
        return ERR_MALFORMED;
    return ERR_OK;
}
