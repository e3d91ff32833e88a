/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trap.c - what is read from a trap, what the profiles make of it, and how many are taken. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/field.h"
#include "collector/trap.h"
#include "tests/sim/agent.h"

static struct profile_set *profiles;

static int load_profiles(void **state)
{
    static char dir[4096];
    const char *root = getenv("NETZWACHT_SOURCE"), *dirs[] = {dir};
    struct conf_report *report;

    (void)state;
    snprintf(dir, sizeof dir, "%s/profiles", root ? root : ".");
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &profiles));
    assert_string_equal(conf_report_text(report), "");
    conf_report_free(report);
    return 0;
}

static int free_profiles(void **state)
{
    (void)state;
    profile_set_free(profiles);
    return 0;
}

static const char *text_of(const struct trap *t)
{
    static char text[OID_TEXT_SIZE];

    oid_to_text(t->oid, t->oid_len, text, sizeof text);
    return text;
}

static const char *name_of(const struct trap *t)
{
    const struct trap_rule *rule = trap_find_rule(profiles, NULL, t);

    return !rule ? "" : rule->is_dropped ? "(dropped)" : rule->name;
}

static const char *name_of_oid(const char *oid)
{
    struct trap t = {.oid_len = OID_MAX};

    assert_ok(oid_from_text(oid, t.oid, &t.oid_len));
    return name_of(&t);
}

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
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3},
                          other[] = {1, 3, 6, 1, 4, 1, 99999, 9, 1};
    struct trap t;

    (void)state;
    assert_ok(read_v2(SNMP_TRAP_V2, link_down, 10, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.6.3.1.1.5.3");
    assert_string_equal(name_of(&t), "link_down");
    assert_ok(read_v2(SNMP_INFORM, other, 9, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.4.1.99999.9.1");
    assert_string_equal(name_of(&t), "");
}

static void what_is_no_trap_is_refused(void **state)
{
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
    struct trap t;

    (void)state;
    assert_int_equal(read_v2(SNMP_RESPONSE, link_down, 10, &t), ERR_TYPE);
    assert_int_equal(read_v2(SNMP_TRAP_V2, NULL, 0, &t), ERR_MALFORMED);
}

/* RFC 1157's example, by hand: agent 127.0.0.1, enterprise, generic and specific as given. */
static enum err read_v1(const char *enterprise, uint8_t generic, uint8_t specific, struct trap *out)
{
    uint8_t bytes[80] = {0x30, 0, 0x02, 1, 0, 0x04, 1, 'c', 0xa4, 0, 0x06, 0}, *at = bytes + 12;
    const uint8_t rest[] = {0x40, 4, 127, 0, 0, 1, 0x02, 1, generic, 0x02, 1, specific, 0x43, 1, 5, 0x30, 0};
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX, oid_len;
    struct snmp_message m;

    assert_ok(oid_from_text(enterprise, ids, &len));
    assert_ok(snmp_oid_encode(ids, len, at, &oid_len));
    bytes[11] = (uint8_t)oid_len;
    memcpy(at + oid_len, rest, sizeof rest);
    len = 12 + oid_len + sizeof rest;
    bytes[1] = (uint8_t)(len - 2);
    bytes[9] = (uint8_t)(len - 10);
    assert_ok(snmp_message_parse(bytes, len, &m));
    return trap_read(&m, out);
}

static void a_v1_trap_gets_its_v2_oid(void **state)
{
    struct trap t;

    (void)state;
    assert_ok(read_v1("1.3.6.1.4.1.99", 3, 0, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.6.3.1.1.5.4");
    assert_string_equal(name_of(&t), "link_up");
    assert_ok(read_v1("1.3.6.1.4.1.99", 6, 17, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.4.1.99.0.17");
    assert_int_equal(read_v1("1.3.6.1.4.1.99", 7, 0, &t), ERR_MALFORMED);
}

static void no_version_carries_the_notification_of_another(void **state)
{
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
    const struct varbind vb = {.oid = link_down, .oid_len = 10, .type = SNMP_NULL};
    struct buf b = BUF_INIT;
    struct snmp_message m;
    struct trap t;

    (void)state;
    agent_write(&b, 0, "c", SNMP_TRAP_V2, 9, 0, 0, &vb, 1);
    assert_ok(snmp_message_parse(b.data, b.len, &m));
    assert_int_equal(trap_read(&m, &t), ERR_MALFORMED);
    buf_fini(&b);
    m = (struct snmp_message){.version = 1, .type = SNMP_TRAP_V1, .generic_trap = 3};
    assert_int_equal(trap_read(&m, &t), ERR_MALFORMED);
    m.version = 0;
    assert_ok(trap_read(&m, &t));
}

/* RFC 3584, 3.1: every generic trap, and an enterprise that ends with a 0 already. */
static void v1_traps_are_mapped_as_the_rfc_says(void **state)
{
    static const char *const generic[] = {"1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.2",
                                          "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4",
                                          "1.3.6.1.6.3.1.1.5.5", "1.3.6.1.6.3.1.1.5.6"};
    struct trap t;

    (void)state;
    for (uint8_t i = 0; i < ARRAY_LEN(generic); i++) {
        assert_ok(read_v1("1.3.6.1.4.1.99", i, 7, &t));
        assert_string_equal(text_of(&t), generic[i]);
    }
    assert_ok(read_v1("1.3.6.1.4.1.99.0", 6, 17, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.4.1.99.0.0.17");
    assert_ok(read_v1("1.3.6.1.4.1.99", 6, 0, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.4.1.99.0.0");
}

/* A UPS that speaks v1 sends enterprise upsTraps, specific 1; its v2 notification is upsTraps.1 without a 0.
 */
static void a_zero_before_the_last_number_does_not_matter(void **state)
{
    struct trap t;

    (void)state;
    assert_ok(read_v1("1.3.6.1.2.1.33.2", 6, 1, &t));
    assert_string_equal(text_of(&t), "1.3.6.1.2.1.33.2.0.1");
    assert_string_equal(name_of(&t), "ups_on_battery");
    assert_string_equal(name_of_oid("1.3.6.1.2.1.33.2.1"), "ups_on_battery");
    assert_string_equal(name_of_oid("1.3.6.1.4.1.318.0.5"), "ups_on_battery");
    assert_string_equal(name_of_oid("1.3.6.1.4.1.318.5"), "ups_on_battery");
    assert_string_equal(name_of_oid("1.3.6.1.2.1.33.2.0.2"), "");
    assert_string_equal(name_of_oid("1.3.6.1.2.1.33.2.1.0"), "");
    assert_string_equal(name_of_oid("1.3.6.1.2.1.33.2"), "");
}

static void vendors_traps_have_names_and_those_about_clients_are_dropped(void **state)
{
    static const char *const traps[][2] = {
        {"1.3.6.1.4.1.9.9.513.0.4", "ap_associated"},
        {"1.3.6.1.4.1.14179.2.6.3.8", "ap_disassociated"},
        {"1.3.6.1.4.1.14823.2.3.1.11.1.2.1258", "ap_down"},
        {"1.3.6.1.4.1.25053.2.11.1.23", "ap_disconnected"},
        {"1.3.6.1.4.1.25053.2.2.1.5", "ap_lost"},
        {"1.3.6.1.4.1.2011.6.139.13.1.1.14", "ap_dying_gasp"},
        {"1.3.6.1.4.1.12356.101.2.0.802", "ap_down"},
        {"1.3.6.1.4.1.6296.0.0.213", "onu_dying_gasp"},
        {"1.3.6.1.4.1.6296.0.0.219", "pon_los"},
        {"1.3.6.1.4.1.3320.10.3.8.2", "onu_dying_gasp"},
        {"1.3.6.1.4.1.2544.1.12.2.2.5", "dying_gasp"},
        {"1.3.6.1.2.1.105.0.1", "poe_port_changed"},
        {"1.0.8802.1.1.2.0.0.1", "lldp_changed"},
        /* stations: IEEE, Cisco, Aruba, Ruckus, Huawei, H3C, LANCOM */
        {"1.2.840.10036.1.6.0.1", "(dropped)"},
        {"1.3.6.1.4.1.9.9.599.0.9", "(dropped)"},
        {"1.3.6.1.4.1.14823.2.3.1.11.1.2.1016", "(dropped)"},
        {"1.3.6.1.4.1.25053.2.2.1.60", "(dropped)"},
        {"1.3.6.1.4.1.2011.6.139.18.1.1.1.9", "(dropped)"},
        {"1.3.6.1.4.1.25506.2.75.3.2.0.8", "(dropped)"},
        {"1.3.6.1.4.1.2356.13.0.0.3", "(dropped)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(traps); i++)
        assert_string_equal(name_of_oid(traps[i][0]), traps[i][1]);
}

/* ifIndex, a station's MAC that nobody asked for, ifDescr with a control character, a long ifName. */
static void only_what_the_profile_keeps_is_recorded_and_bounded(void **state)
{
    static const uint32_t index[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 7},
                          station[] = {1, 2, 840, 10036, 1, 1, 1, 15, 7},
                          descr[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 7},
                          name[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1, 7};
    char longer[300];
    struct varbind vbs[] = {
        {.oid = index, .oid_len = 11, .type = SNMP_INTEGER, .integer = 7},
        {.oid = station, .oid_len = 9, .type = SNMP_OCTETS, .len = 6, .bytes = (const uint8_t *)"\0\0^\0S\1"},
        {.oid = descr, .oid_len = 11, .type = SNMP_OCTETS, .len = 3, .bytes = (const uint8_t *)"a\nb"},
        {.oid = name, .oid_len = 12, .type = SNMP_OCTETS, .len = sizeof longer}};
    struct trap t = {.oid_len = OID_MAX};
    struct trap_value values[TRAP_VALUES_MAX];
    const struct trap_rule *rule;
    struct buf b = BUF_INIT;
    struct snmp_message m;

    (void)state;
    memset(longer, 'x', sizeof longer);
    memcpy(longer + TRAP_TEXT_MAX - 1, "\xc3\xa4", 2); /* a character across the bound */
    vbs[3].bytes = (const uint8_t *)longer;
    assert_ok(oid_from_text("1.3.6.1.6.3.1.1.5.3", t.oid, &t.oid_len));
    rule = trap_find_rule(profiles, NULL, &t);
    agent_write(&b, 1, "c", SNMP_TRAP_V2, 9, 0, 0, vbs, ARRAY_LEN(vbs));
    assert_ok(snmp_message_parse(b.data, b.len, &m));
    assert_int_equal(trap_read_values(&m, rule, values, TRAP_VALUES_MAX), 3);
    assert_string_equal(values[0].oid, "1.3.6.1.2.1.2.2.1.1.7");
    assert_string_equal(values[0].text, "7");
    assert_string_equal(values[1].text, "610a62");
    assert_int_equal(strlen(values[2].text), TRAP_TEXT_MAX - 1);
    assert_int_equal(trap_read_values(&m, rule, values, 2), 2);
    buf_fini(&b);
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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_v2_trap_and_an_inform_are_named_by_their_oid),
    cmocka_unit_test(what_is_no_trap_is_refused),
    cmocka_unit_test(a_v1_trap_gets_its_v2_oid),
    cmocka_unit_test(no_version_carries_the_notification_of_another),
    cmocka_unit_test(v1_traps_are_mapped_as_the_rfc_says),
    cmocka_unit_test(a_zero_before_the_last_number_does_not_matter),
    cmocka_unit_test(vendors_traps_have_names_and_those_about_clients_are_dropped),
    cmocka_unit_test(only_what_the_profile_keeps_is_recorded_and_bounded),
    cmocka_unit_test(a_storm_of_traps_is_bounded_and_ends)};

int main(void)
{
    return cmocka_run_group_tests_name("trap", tests, load_profiles, free_profiles);
}
