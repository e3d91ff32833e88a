/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_discover.c - ranges and kinds of devices; the doctor's judgement. */
#include "tests/unit/cmocka_tests.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include "collector/discover.h"
#include "collector/doctor.h"
#include "lib/base/strx.h"

/* ---- ranges ---- */

static const char *at(const struct discover_range *r, uint64_t i, char *out)
{
    struct snmp_address a = discover_range_at(r, i);

    discover_address_text(&a, out);
    return out;
}

static void a_range_leaves_out_network_and_broadcast(void **state)
{
    struct discover_range r;
    char text[DISCOVER_ADDRESS_SIZE];

    (void)state;
    assert_ok(discover_range_parse("192.0.2.0/24", &r));
    assert_int_equal(r.count, 254);
    assert_string_equal(at(&r, 0, text), "192.0.2.1");
    assert_string_equal(at(&r, 253, text), "192.0.2.254");
    assert_ok(discover_range_parse("192.0.2.8/31", &r)); /* RFC 3021: both are hosts */
    assert_int_equal(r.count, 2);
    assert_string_equal(at(&r, 0, text), "192.0.2.8");
    assert_ok(discover_range_parse("192.0.2.255", &r));
    assert_int_equal(r.count, 1);
    assert_string_equal(at(&r, 0, text), "192.0.2.255");
    assert_ok(discover_range_parse("10.0.0.0/12", &r));
    assert_int_equal(r.count, (1u << 20) - 2);
    assert_string_equal(at(&r, 256, text), "10.0.1.1");
    assert_ok(discover_range_parse("2001:db8::ff00/120", &r));
    assert_int_equal(r.count, 256);
    assert_string_equal(at(&r, 255, text), "2001:db8::ffff");
}

static void unclear_and_endless_ranges_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum err e;
    } bad[] = {{"192.0.2.1/24", ERR_RANGE},
               {"10.0.0.0/11", ERR_LIMIT},
               {"0.0.0.0/0", ERR_LIMIT},
               {"2001:db8::/64", ERR_LIMIT},
               {"192.0.2.0/33", ERR_MALFORMED},
               {"192.0.2.0/", ERR_MALFORMED},
               {"192.0.2.0/-1", ERR_MALFORMED},
               {"192.0.2", ERR_MALFORMED},
               {"", ERR_MALFORMED},
               {"name.example", ERR_MALFORMED},
               {"/8", ERR_MALFORMED}};
    char endless[500];
    struct discover_range r;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (discover_range_parse(bad[i].text, &r) != bad[i].e)
            fail_msg("%s: not %s", bad[i].text, err_text(bad[i].e));
    memset(endless, '1', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(discover_range_parse(endless, &r), ERR_MALFORMED);
}

static void a_prefix_of_any_length_knows_its_addresses(void **state)
{
    static const struct {
        const char *prefix, *address;
        bool is_inside;
    } cases[] = {{"10.0.0.0/8", "10.255.255.255", true},     {"10.0.0.0/8", "11.0.0.0", false},
                 {"0.0.0.0/0", "203.0.113.9", true},         {"0.0.0.0/0", "2001:db8::1", false},
                 {"10.0.0.128/25", "10.0.0.127", false},     {"10.0.0.128/25", "10.0.0.128", true},
                 {"2001:db8::/33", "2001:db8:7fff::", true}, {"2001:db8::/33", "2001:db8:8000::", false},
                 {"192.0.2.7", "192.0.2.7", true},           {"192.0.2.7", "192.0.2.6", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct discover_prefix p;
        struct snmp_address a;

        assert_ok(discover_prefix_parse(cases[i].prefix, &p));
        assert_true(discover_address_parse(cases[i].address, &a));
        if (discover_prefix_has(&p, &a) != cases[i].is_inside)
            fail_msg("%s in %s", cases[i].address, cases[i].prefix);
    }
}

static void a_range_knows_its_addresses(void **state)
{
    struct discover_range r, other;
    struct snmp_address a;

    (void)state;
    assert_ok(discover_range_parse("192.0.2.0/28", &r));
    for (uint64_t i = 0; i < r.count; i++) {
        a = discover_range_at(&r, i);
        assert_true(discover_range_has(&r, &a));
    }
    assert_ok(discover_range_parse("192.0.2.15", &other)); /* the broadcast address */
    a = discover_range_at(&other, 0);
    assert_false(discover_range_has(&r, &a));
    assert_ok(discover_range_parse("2001:db8::1", &other));
    a = discover_range_at(&other, 0);
    assert_false(discover_range_has(&r, &a));
    assert_true(discover_range_has(&other, &a));
    assert_ok(discover_range_parse("2001:db9::1", &other)); /* the same last 32 bits */
    assert_false(discover_range_has(&other, &a));
}

/* ---- kinds ---- */

static void answer(struct varbind_set *set, const char *oid, struct varbind vb)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    assert_ok(oid_from_text(oid, ids, &len));
    vb.oid = ids;
    vb.oid_len = (uint32_t)len;
    assert_ok(varbind_set_add(set, &vb));
}

/* An agent of this sysObjectID with, perhaps, one more varbind. */
static enum device_kind kind_of(const char *object_id, const char *oid, struct varbind vb)
{
    const char *source = getenv("NETZWACHT_SOURCE");
    char *dir = strx_printf("%s/profiles", source ? source : ".");
    const char *dirs[] = {dir}, *why;
    const struct device_profile *profile;
    struct varbind_set *set = varbind_set_new();
    struct profile_set *profiles;
    struct conf_report *report;
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;
    enum device_kind kind;

    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &profiles));
    assert_ok(oid_from_text(object_id, ids, &len));
    answer(set, "1.3.6.1.2.1.1.2.0",
           (struct varbind){.type = SNMP_OID, .len = (uint32_t)len, .value_oid = ids});
    if (oid)
        answer(set, oid, vb);
    varbind_set_sort(set);
    assert_ok(profile_match(profiles, set, NULL, &profile));
    kind = discover_kind(profile, set, &why);
    assert_true(*why);
    profile_set_free(profiles);
    conf_report_free(report);
    varbind_set_free(set);
    free(dir);
    return kind;
}

static void kinds_come_from_the_profile_then_from_standard_mibs(void **state)
{
    static const uint8_t bridge[] = {0x20, 0}, ap[] = {0x30, 0};
    static const char unheard[] = "1.3.6.1.4.1.99999.1", caps[] = "1.0.8802.1.1.2.1.3.6.0",
                      services[] = "1.3.6.1.2.1.1.7.0";
    const struct varbind none = {0};

    (void)state;
    assert_int_equal(kind_of("1.3.6.1.4.1.14823.1.1.32", NULL, none), DEVICE_CONTROLLER); /* Aruba */
    assert_int_equal(kind_of("1.3.6.1.4.1.2636.1.1.1.2.44", NULL, none), DEVICE_SWITCH);  /* Junos: optics */
    assert_int_equal(kind_of(unheard, NULL, none), DEVICE_OTHER);
    assert_int_equal(
        kind_of(unheard, "1.3.6.1.2.1.33.1.4.1.0", (struct varbind){.type = SNMP_INTEGER, .integer = 3}),
        DEVICE_UPS);
    assert_int_equal(kind_of(unheard, caps, (struct varbind){.type = SNMP_OCTETS, .len = 2, .bytes = bridge}),
                     DEVICE_SWITCH);
    assert_int_equal(kind_of(unheard, caps, (struct varbind){.type = SNMP_OCTETS, .len = 2, .bytes = ap}),
                     DEVICE_AP);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 6}),
                     DEVICE_SWITCH);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 76}),
                     DEVICE_ROUTER);
    assert_int_equal(kind_of(unheard, services, (struct varbind){.type = SNMP_INTEGER, .integer = 72}),
                     DEVICE_OTHER);
}

/* ---- the doctor ---- */

static const struct doctor_step *last(const struct doctor_findings *f)
{
    return &f->steps[f->count - 1];
}

static void the_doctor_stops_at_the_first_reason(void **state)
{
    struct doctor_facts x = {.name = ERR_NOT_FOUND, .udp_port = 161};
    struct doctor_findings f;

    (void)state;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_UNAVAILABLE);
    assert_string_equal(last(&f)->name, "name");
    x.name = ERR_AGAIN; /* a silent resolver says nothing of the name */
    doctor_judge(&x, &f);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
    x.name = ERR_OK;
    x.address = "192.0.2.1";
    doctor_judge(&x, &f);
    assert_string_equal(last(&f)->name, "route");
    assert_int_equal(last(&f)->verdict, DOCTOR_FAILED);
    x.has_route = true;
    x.port = DOCTOR_PORT_CLOSED;
    doctor_judge(&x, &f);
    assert_string_equal(last(&f)->name, "port");
    assert_int_equal(last(&f)->verdict, DOCTOR_FAILED);
    assert_int_equal(f.status, EXIT_UNAVAILABLE);
    x.port = DOCTOR_PORT_HOST_UNREACHABLE;
    doctor_judge(&x, &f);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
}

static void the_doctor_does_not_guess_about_a_community(void **state)
{
    struct doctor_facts x = {
        .address = "192.0.2.1", .has_route = true, .udp_port = 161, .port = DOCTOR_PORT_SILENT};
    struct doctor_findings f;

    (void)state;
    for (int alive = 0; alive < 2; alive++) {
        x.host = alive ? DOCTOR_HOST_ALIVE : DOCTOR_HOST_UNKNOWN;
        x.host_how = alive ? "a ping" : NULL;
        doctor_judge(&x, &f);
        assert_int_equal(f.status, EXIT_UNAVAILABLE);
        assert_string_equal(last(&f)->name, "community");
        assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
        assert_string_equal(f.steps[f.count - 2].name, "host");
        assert_int_equal(f.steps[f.count - 2].verdict, alive ? DOCTOR_OK : DOCTOR_UNKNOWN);
    }
}

static void the_doctor_tells_healthy_from_slow_hidden_and_lossy(void **state)
{
    const struct doctor_facts healthy = {.address = "192.0.2.1",
                                         .has_route = true,
                                         .udp_port = 161,
                                         .port = DOCTOR_PORT_ANSWERS,
                                         .has_descr = true,
                                         .has_object_id = true,
                                         .rtt = 3 * MILLISECONDS,
                                         .profile = "junos"};
    struct doctor_facts x = healthy;
    struct doctor_findings f;

    (void)state;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_DONE);
    assert_true(f.count <= DOCTOR_STEPS_MAX);
    for (size_t i = 0; i < f.count; i++)
        assert_int_equal(f.steps[i].verdict, DOCTOR_OK);
    x.profile = NULL; /* no vendor profile: said, but no finding */
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_DONE);
    assert_int_equal(last(&f)->verdict, DOCTOR_UNKNOWN);
    x = healthy;
    x.rtt = DOCTOR_SLOW + 1;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x.rtt = 0;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x = healthy;
    x.has_object_id = false;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    x = healthy;
    x.port = DOCTOR_PORT_GARBAGE;
    doctor_judge(&x, &f);
    assert_int_equal(f.status, EXIT_FINDING);
    assert_string_equal(last(&f)->name, "reply");
}

RUN_TESTS("discover", cmocka_unit_test(a_range_leaves_out_network_and_broadcast),
          cmocka_unit_test(unclear_and_endless_ranges_are_refused),
          cmocka_unit_test(a_prefix_of_any_length_knows_its_addresses),
          cmocka_unit_test(a_range_knows_its_addresses),
          cmocka_unit_test(kinds_come_from_the_profile_then_from_standard_mibs),
          cmocka_unit_test(the_doctor_stops_at_the_first_reason),
          cmocka_unit_test(the_doctor_does_not_guess_about_a_community),
          cmocka_unit_test(the_doctor_tells_healthy_from_slow_hidden_and_lossy))
