/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmp_v3.c - SNMPv3 messages to bytes and back. What net-snmp's agent makes of them is the business of
 * tests/integration/snmp_v3.py. */
#include "tests/unit/cmocka_tests.h"

#include "collector/usm.h"
#include "lib/base/rng.h"

static const uint8_t ENGINE[] = {0x80, 0, 0x1f, 0x88, 4, 'e', 'n', 'g'}, MAC[12] = {0}, SALT[8] = {1, 2, 3};
static const uint8_t SYS_UPTIME[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};

static size_t scoped(uint8_t *out, size_t size)
{
    const struct snmp_raw_oid oid = {SYS_UPTIME, sizeof SYS_UPTIME};
    const struct snmp_request r = {.type = SNMP_GET, .request_id = 0x12345678, .oids = &oid, .count = 1};
    const struct snmp_octets engine = {ENGINE, sizeof ENGINE}, context = {(const uint8_t *)"vlan-1", 6};
    uint8_t bare[64];
    struct snmp_octets pdu = {bare, 0};
    size_t len;

    assert_ok(snmp_pdu_write(&r, bare, sizeof bare, &pdu.len));
    assert_ok(snmp_v3_scoped_encode(&engine, &context, &pdu, out, size, &len));
    return len;
}

static size_t whole(uint8_t flags, uint8_t *out, size_t size)
{
    uint8_t pdu[200];
    size_t len, mac_at;
    struct snmp_v3_message m = {
        .msg_id = 0x7fffffff,
        .flags = flags,
        .engine_id = {ENGINE, sizeof ENGINE},
        .boots = 7,
        .time = 300000,
        .user = {(const uint8_t *)"monitor", 7},
        .mac = {MAC, flags & SNMP_V3_AUTH ? sizeof MAC : 0},
        .salt = {SALT, flags & SNMP_V3_PRIV ? sizeof SALT : 0},
        .data = {pdu, 0},
    };

    m.data.len = scoped(pdu, sizeof pdu);
    assert_ok(snmp_v3_encode(&m, out, size, &len, &mac_at));
    if (flags & SNMP_V3_AUTH)
        memset(out + mac_at, 0xaa, sizeof MAC);
    else
        assert_int_equal(mac_at, 0);
    return len;
}

/* The discovery of RFC 3414, 4: no engine, no user, no varbind; counted out by hand. */
static void a_discovery_is_these_bytes(void **state)
{
    static const uint8_t expected[] = {
        0x30, 0x38, 2,    1,    3,                                              /* version */
        0x30, 0x0e, 2,    1,    1, 2,    3,    0, 0xff, 0xe3, 4, 1, 4, 2, 1, 3, /* id 1, 65507, reportable,
                                                                                   USM */
        4,    0x10, 0x30, 0x0e, 4, 0,    2,    1, 0,    2,    1, 0, 4, 0, 4, 0, 4,    0, 0x30,
        0x11, 4,    0,    4,    0, 0xa0, 0x0b, 2, 1,    2,    2, 1, 0, 2, 1, 0, 0x30, 0,
    };
    uint8_t out[128];
    size_t len;

    (void)state;
    assert_ok(usm_seal_discovery(1, 2, out, sizeof out, &len));
    assert_int_equal(len, sizeof expected);
    assert_memory_equal(out, expected, len);
}

static void what_was_written_is_read_back(void **state)
{
    static const uint8_t levels[] = {0, SNMP_V3_AUTH, SNMP_V3_AUTH | SNMP_V3_PRIV};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        uint8_t bytes[400], pdu[200];
        size_t len = whole(levels[i] | SNMP_V3_REPORTABLE, bytes, sizeof bytes),
               pdu_len = scoped(pdu, sizeof pdu);
        struct snmp_v3_message m;
        struct snmp_v3_scoped s;

        assert_ok(snmp_v3_parse(bytes, len, &m));
        assert_int_equal(m.msg_id, 0x7fffffff);
        assert_int_equal(m.flags, levels[i] | SNMP_V3_REPORTABLE);
        assert_int_equal(m.boots, 7);
        assert_int_equal(m.time, 300000);
        assert_int_equal(m.engine_id.len, sizeof ENGINE);
        assert_memory_equal(m.engine_id.bytes, ENGINE, sizeof ENGINE);
        assert_int_equal(m.user.len, 7);
        assert_memory_equal(m.user.bytes, "monitor", 7);
        assert_int_equal(m.mac.len, levels[i] & SNMP_V3_AUTH ? 12 : 0);
        for (size_t k = 0; k < m.mac.len; k++)
            assert_int_equal(m.mac.bytes[k], 0xaa);
        assert_int_equal(m.data.len, pdu_len);
        assert_memory_equal(m.data.bytes, pdu, pdu_len);
        assert_ok(snmp_v3_scoped_parse(m.data.bytes, m.data.len, false, &s));
        assert_int_equal(s.context.len, 6);
        assert_memory_equal(s.context.bytes, "vlan-1", 6);
        assert_int_equal(s.pdu.type, SNMP_GET);
        assert_int_equal(s.pdu.request_id, 0x12345678);
        assert_int_equal(s.pdu.varbind_count, 1);
    }
}

static void only_what_was_decrypted_may_carry_padding(void **state)
{
    uint8_t pdu[200];
    size_t len = scoped(pdu, sizeof pdu);
    struct snmp_v3_scoped s;

    (void)state;
    memset(pdu + len, 8, 8);
    assert_ok(snmp_v3_scoped_parse(pdu, len + 7, true, &s));
    assert_int_equal(snmp_v3_scoped_parse(pdu, len + 8, true, &s), ERR_MALFORMED);
    assert_int_equal(snmp_v3_scoped_parse(pdu, len + 1, false, &s), ERR_MALFORMED);
}

static void what_contradicts_itself_is_refused(void **state)
{
    uint8_t bytes[400];
    size_t len = whole(SNMP_V3_PRIV, bytes, sizeof bytes); /* privacy without authentication */
    struct snmp_v3_message m;

    (void)state;
    assert_int_equal(snmp_v3_parse(bytes, len, &m), ERR_MALFORMED);
    len = whole(SNMP_V3_AUTH | SNMP_V3_PRIV, bytes, sizeof bytes);
    assert_ok(snmp_v3_parse(bytes, len, &m));
    for (size_t cut = 0; cut < len; cut++)
        assert_int_not_equal(snmp_v3_parse(bytes, cut, &m), ERR_OK);
    bytes[len] = 0;
    assert_int_not_equal(snmp_v3_parse(bytes, len + 1, &m), ERR_OK);
    assert_int_equal(snmp_v3_parse("\x30\x05\x02\x01\x01\x30\x00", 7, &m), ERR_UNSUPPORTED);
}

/* Under the sanitizers a byte read too far ends this. */
static void damaged_messages_are_read_or_refused(void **state)
{
    struct rng r = {3412};

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[400];
        size_t len = whole(i & 1 ? SNMP_V3_AUTH | SNMP_V3_PRIV : 0, bytes, sizeof bytes);
        uint8_t *exact;
        struct snmp_v3_message m;
        struct snmp_v3_scoped s;

        for (uint32_t n = 1 + rng_below(&r, 3); n; n--)
            bytes[rng_below(&r, (uint32_t)len)] = (uint8_t)rng_u64(&r);
        exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, bytes, len);
        if (!snmp_v3_parse(exact, len, &m)) {
            assert_true(m.engine_id.len <= SNMP_ENGINE_ID_MAX && m.mac.len <= SNMP_V3_MAC_MAX);
            assert_true(m.data.bytes >= exact && m.data.bytes + m.data.len <= exact + len);
            if (!snmp_v3_scoped_parse(m.data.bytes, m.data.len, true, &s))
                assert_true(s.pdu.varbinds + s.pdu.varbinds_len <= exact + len);
        }
        free(exact);
    }
}

static void a_report_is_a_pdu_of_v3_alone(void **state)
{
    static const uint8_t report[] = {0xa8, 0x0b, 2, 1, 2, 2, 1, 0, 2, 1, 0, 0x30, 0};
    uint8_t v2c[32] = {0x30, 19, 2, 1, 1, 4, 1, 'c'};
    struct snmp_message m;

    (void)state;
    memcpy(v2c + 8, report, sizeof report);
    assert_ok(snmp_pdu_read(report, sizeof report, &m));
    assert_int_equal(m.type, SNMP_REPORT);
    assert_int_equal(snmp_message_parse(v2c, 21, &m), ERR_UNSUPPORTED);
}

RUN_TESTS("snmp_v3", cmocka_unit_test(a_discovery_is_these_bytes),
          cmocka_unit_test(what_was_written_is_read_back),
          cmocka_unit_test(only_what_was_decrypted_may_carry_padding),
          cmocka_unit_test(what_contradicts_itself_is_refused),
          cmocka_unit_test(damaged_messages_are_read_or_refused),
          cmocka_unit_test(a_report_is_a_pdu_of_v3_alone))
