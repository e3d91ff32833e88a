/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_usm_io.c - keys, MACs and ciphers of SNMPv3 against known answers. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/usm_io.h"

static const uint8_t ENGINE[12] = {[11] = 2}; /* of RFC 3414, A.3 */

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    char text[2 * USM_KEY_MAX + 1] = "";

    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, hex);
}

/* MD5 and SHA-1: RFC 3414, A.3.1 and A.3.2. The SHA-2 keys were computed with Python's hashlib after RFC
 * 7860, 9.3 and RFC 3414, A.2, not with net-snmp. */
static void a_passphrase_becomes_the_keys_of_the_rfc(void **state)
{
    static const struct {
        enum snmp_auth auth;
        const char *master, *localised;
    } known[] = {
        {SNMP_AUTH_MD5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"},
        {SNMP_AUTH_SHA1, "9fb5cc0381497b3793528939ff788d5d79145211",
         "6695febc9288e36282235fc7151f128497b38f3f"},
        {SNMP_AUTH_SHA224, "282a5867ee9aac639ad59df9572c7d3ac0fbc13a905b6df07dbbf00b",
         "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674"},
        {SNMP_AUTH_SHA256, "ab51014d1e077f6017df2b12bee5f5aa72993177e9bb569c4dff5a4ca0b4afac",
         "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b"},
        {SNMP_AUTH_SHA384,
         "e06eccdf2c68a06ed034723c9c26e0db3b669e1e2efed49150b55377a2e98f383c86fb8368574446"
         "54b287c93f51ff64",
         "3b298f16164a11184279d5432bf169e2d2a48307de02b3d3f7e2b4f36eb6f0455a53689a3937eea0"
         "7319a633d2ccba78"},
        {SNMP_AUTH_SHA512,
         "7e4396de5aadc77be853819b98c9406265b3a9c37cc3176569847a4e4f6fba63dd3a73d04924d31a"
         "63f95a601f9385af6be4ed1b37f87d040f7c6ed6f8d38a91",
         "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099ad1ea87a8db09671"
         "4d9788bd544047c9021e4229ce27e4c0a69250adfcffbb0b"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct usm_key master, key;

        assert_ok(usm_io_master_key(known[i].auth, "maplesyrup", &master));
        assert_hex(master.bytes, master.len, known[i].master);
        assert_ok(usm_io_localise(known[i].auth, &master, ENGINE, sizeof ENGINE, &key));
        assert_hex(key.bytes, key.len, known[i].localised);
    }
}

static void a_short_passphrase_is_refused(void **state)
{
    struct usm_key key;

    (void)state;
    assert_int_equal(usm_io_master_key(SNMP_AUTH_SHA1, "1234567", &key), ERR_RANGE);
    assert_int_equal(usm_io_master_key(SNMP_AUTH_NONE, "12345678", &key), ERR_UNSUPPORTED);
}

/* Reeder: the extended keys of draft-reeder-snmpv3-usm-3desede-00, appendix B, cut to 32 bytes. Blumenthal:
 * Kul and the hash of it, computed with hashlib. */
static void the_two_ways_to_extend_a_key_differ_and_a_long_hash_needs_none(void **state)
{
    static const struct {
        enum snmp_auth auth;
        enum snmp_priv priv;
        const char *key;
    } known[] = {
        {SNMP_AUTH_MD5, SNMP_PRIV_DES, "526f5eed9fcce26f8964c2930787d82b"},
        {SNMP_AUTH_SHA1, SNMP_PRIV_AES128, "6695febc9288e36282235fc7151f1284"},
        {SNMP_AUTH_MD5, SNMP_PRIV_AES256C,
         "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12"},
        {SNMP_AUTH_SHA1, SNMP_PRIV_AES256C,
         "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c"},
        {SNMP_AUTH_SHA1, SNMP_PRIV_AES192C, "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78"},
        {SNMP_AUTH_MD5, SNMP_PRIV_AES192, "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f"},
        {SNMP_AUTH_MD5, SNMP_PRIV_AES256, "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f4b09192be10dfaec"},
        {SNMP_AUTH_SHA1, SNMP_PRIV_AES192, "6695febc9288e36282235fc7151f128497b38f3f505e07eb"},
        {SNMP_AUTH_SHA1, SNMP_PRIV_AES256,
         "6695febc9288e36282235fc7151f128497b38f3f505e07eb9af25568fa1f5dbe"},
        {SNMP_AUTH_SHA224, SNMP_PRIV_AES256,
         "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674e82d9bf0"},
        {SNMP_AUTH_SHA256, SNMP_PRIV_AES256,
         "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b"},
        {SNMP_AUTH_SHA256, SNMP_PRIV_AES256C,
         "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b"},
        {SNMP_AUTH_SHA512, SNMP_PRIV_AES192C, "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdf"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct usm_key master, key;

        assert_ok(usm_io_master_key(known[i].auth, "maplesyrup", &master));
        assert_ok(usm_io_localise(known[i].auth, &master, ENGINE, sizeof ENGINE, &key));
        assert_ok(usm_io_extend(known[i].auth, known[i].priv, ENGINE, sizeof ENGINE, &key));
        assert_hex(key.bytes, key.len, known[i].key);
    }
}

/* MD5 and SHA-1: RFC 2202, test case 1 of each. The others take a key as long as their hash and were computed
 * with Python's hmac. Cut as RFC 3414 and RFC 7860 say. */
static void a_mac_is_the_start_of_the_hmac(void **state)
{
    static const struct {
        enum snmp_auth auth;
        size_t key_len;
        const char *mac;
    } known[] = {
        {SNMP_AUTH_MD5, 16, "9294727a3638bb1c13f48ef8"},
        {SNMP_AUTH_SHA1, 20, "b617318655057264e28bc0b6"},
        {SNMP_AUTH_SHA224, 28, "1abbc7c42cf4ca9f9d7b624564cb72d7"},
        {SNMP_AUTH_SHA256, 32, "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c"},
        {SNMP_AUTH_SHA384, 48, "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee9737a959796489bddbc"},
        {SNMP_AUTH_SHA512, 64,
         "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8ac2878ebd5803f6f0b61dbce5e251ff8"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct usm_key key = {.len = known[i].key_len};
        uint8_t mac[64];

        memset(key.bytes, 0x0b, key.len);
        assert_ok(usm_io_mac(known[i].auth, &key, (const uint8_t *)"Hi There", 8, mac));
        assert_hex(mac, usm_io_mac_len(known[i].auth), known[i].mac);
    }
}

/* NIST SP 800-38A, F.3.13 (CFB128-AES128.Encrypt), its first two blocks; FIPS 81's DES-CBC example. */
static void ciphers_give_what_their_standards_say(void **state)
{
    static const uint8_t aes_plain[32] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                          0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                          0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
    const struct usm_key aes = {
        {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c}, 16};
    const struct usm_key des = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, 16};
    uint8_t iv[16], out[64], back[64];
    size_t len, back_len;

    (void)state;
    for (uint8_t i = 0; i < 16; i++)
        iv[i] = i;
    assert_ok(usm_io_encrypt(SNMP_PRIV_AES128, &aes, iv, aes_plain, 32, out, &len));
    assert_hex(out, len, "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b");
    assert_ok(usm_io_decrypt(SNMP_PRIV_AES128, &aes, iv, out, len, back, &back_len));
    assert_memory_equal(back, aes_plain, 32);
    memcpy(iv, "\x12\x34\x56\x78\x90\xab\xcd\xef", 8);
    assert_ok(
        usm_io_encrypt(SNMP_PRIV_DES, &des, iv, (const uint8_t *)"Now is the time for all ", 24, out, &len));
    assert_hex(out, 24, "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
    assert_ok(usm_io_decrypt(SNMP_PRIV_DES, &des, iv, out, 24, back, &back_len));
    assert_memory_equal(back, "Now is the time for all ", 24);
    assert_int_equal(usm_io_decrypt(SNMP_PRIV_DES, &des, iv, out, 23, back, &back_len), ERR_MALFORMED);
    assert_int_equal(usm_io_decrypt(SNMP_PRIV_AES128, &aes, iv, out, 0, back, &back_len), ERR_MALFORMED);
}

static void every_cipher_reads_back_what_it_wrote_and_nothing_with_another_key(void **state)
{
    const char text[] = "the length of this text is no multiple of any block size";
    const uint8_t iv[16] = {9, 8, 7};

    (void)state;
    for (int p = SNMP_PRIV_DES; p < SNMP_PRIV_COUNT; p++) {
        struct usm_key master, key, other;
        uint8_t out[128], back[128];
        size_t len, back_len;

        assert_ok(usm_io_master_key(SNMP_AUTH_SHA1, "maplesyrup", &master));
        assert_ok(usm_io_localise(SNMP_AUTH_SHA1, &master, ENGINE, sizeof ENGINE, &key));
        assert_ok(usm_io_localise(SNMP_AUTH_SHA1, &master, ENGINE, sizeof ENGINE - 1, &other));
        assert_ok(usm_io_extend(SNMP_AUTH_SHA1, (enum snmp_priv)p, ENGINE, sizeof ENGINE, &key));
        assert_ok(usm_io_extend(SNMP_AUTH_SHA1, (enum snmp_priv)p, ENGINE, sizeof ENGINE - 1, &other));
        assert_ok(usm_io_encrypt((enum snmp_priv)p, &key, iv, (const uint8_t *)text, sizeof text, out, &len));
        assert_true(len >= sizeof text && len < sizeof text + 8);
        assert_ok(usm_io_decrypt((enum snmp_priv)p, &key, iv, out, len, back, &back_len));
        assert_memory_equal(back, text, sizeof text);
        assert_ok(usm_io_decrypt((enum snmp_priv)p, &other, iv, out, len, back, &back_len));
        assert_memory_not_equal(back, text, sizeof text);
    }
}

RUN_TESTS("usm_io", cmocka_unit_test(a_passphrase_becomes_the_keys_of_the_rfc),
          cmocka_unit_test(a_short_passphrase_is_refused),
          cmocka_unit_test(the_two_ways_to_extend_a_key_differ_and_a_long_hash_needs_none),
          cmocka_unit_test(a_mac_is_the_start_of_the_hmac),
          cmocka_unit_test(ciphers_give_what_their_standards_say),
          cmocka_unit_test(every_cipher_reads_back_what_it_wrote_and_nothing_with_another_key))
