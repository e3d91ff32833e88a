/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trap.c - what is read from a trap, and how many are taken. */
#include "tests/unit/cmocka_tests.h"

#include "collector/trap.h"
#include "tests/sim/agent.h"

static enum err read_v2(enum snmp_pdu_type type, const uint32_t *value, size_t len, struct trap *out)
{
    static const uint32_t uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0},
                          trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
    struct varbind vbs[] = {
        {.oid = uptime, .oid_len = 9, .type = SNMP_TIMETICKS, .number = 5},
        {.oid = trap_oid, .oid_len = 11, .type = SNMP_OID, .len = (uint32_t)len, .value_oid = value}};
    struct buf b = BUF_INIT;
    struct snmp_message m;
    enum err e;

    agent_write(&b, 1, "c", type, 9, 0, 0, vbs, len ? 2 : 1);
    assert_ok(snmp_message_parse(b.data, b.len, &m));
    e = trap_read(&m, out);
    buf_fini(&b);
    return e;
}

static void a_v2_trap_and_an_inform_are_named_by_their_oid(void **state)
{
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3}, other[] = {1, 3, 6, 1, 4, 1, 9, 9, 1};
    struct trap t;

    (void)state;
    assert_ok(read_v2(SNMP_TRAP_V2, link_down, 10, &t));
    assert_string_equal(t.oid, "1.3.6.1.6.3.1.1.5.3");
    assert_string_equal(t.name, "link_down");
    assert_ok(read_v2(SNMP_INFORM, other, 9, &t));
    assert_string_equal(t.oid, "1.3.6.1.4.1.9.9.1");
    assert_string_equal(t.name, "");
}

static void what_is_no_trap_is_refused(void **state)
{
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
    struct trap t;

    (void)state;
    assert_int_equal(read_v2(SNMP_RESPONSE, link_down, 10, &t), ERR_TYPE);
    assert_int_equal(read_v2(SNMP_TRAP_V2, NULL, 0, &t), ERR_MALFORMED);
}

/* RFC 1157's example, by hand: enterprise 1.3.6.1.4.1.99, agent 127.0.0.1, generic and specific as given. */
static enum err read_v1(uint8_t generic, uint8_t specific, struct trap *out)
{
    uint8_t bytes[] = {0x30, 36, 0x02,    1,    0, 0x04,     1,    'c', 0xa4, 28,   0x06, 6,
                       0x2b, 6,  1,       4,    1, 99,       0x40, 4,   127,  0,    0,    1,
                       0x02, 1,  generic, 0x02, 1, specific, 0x43, 1,   5,    0x30, 0};
    struct snmp_message m;

    bytes[1] = sizeof bytes - 2;
    bytes[9] = sizeof bytes - 10;
    assert_ok(snmp_message_parse(bytes, sizeof bytes, &m));
    return trap_read(&m, out);
}

static void a_v1_trap_gets_its_v2_oid(void **state)
{
    struct trap t;

    (void)state;
    assert_ok(read_v1(3, 0, &t));
    assert_string_equal(t.oid, "1.3.6.1.6.3.1.1.5.4");
    assert_string_equal(t.name, "link_up");
    assert_ok(read_v1(6, 17, &t));
    assert_string_equal(t.oid, "1.3.6.1.4.1.99.0.17");
    assert_int_equal(read_v1(7, 0, &t), ERR_MALFORMED);
}

static void a_storm_of_traps_is_bounded_and_ends(void **state)
{
    struct trap_bucket b = {0};
    int taken = 0;

    (void)state;
    for (int i = 0; i < 10000; i++)
        taken += trap_bucket_take(&b, 5 * SECONDS + i * 100 * MICROSECONDS);
    assert_in_range(taken, 115, 125); /* 100 at once, 20 in the second that it lasted */
    assert_true(trap_bucket_take(&b, 60 * SECONDS));
}

RUN_TESTS("trap", cmocka_unit_test(a_v2_trap_and_an_inform_are_named_by_their_oid),
          cmocka_unit_test(what_is_no_trap_is_refused), cmocka_unit_test(a_v1_trap_gets_its_v2_oid),
          cmocka_unit_test(a_storm_of_traps_is_bounded_and_ends))
