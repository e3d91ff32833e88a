/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_profile.c - reading profiles: what is refused and how, what is asked of a device. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/field.h"
#include "collector/profile.h"

static char *source_path(const char *name)
{
    static char path[4096];
    const char *root = getenv("NETZWACHT_SOURCE");

    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    return path;
}

/* The report that reading text gives; "" if it is fine. */
static const char *report_of(const char *text)
{
    static char copy[8192];
    struct conf_report *report;
    struct profile *p = NULL;

    assert_ok(conf_report_new(&report));
    if (profile_read("x.yaml", text, strlen(text), report, &p) == ERR_OK)
        assert_int_equal(conf_report_count(report), 0);
    else
        assert_true(conf_report_count(report) > 0);
    snprintf(copy, sizeof copy, "%s", conf_report_text(report));
    profile_free(p);
    conf_report_free(report);
    return copy;
}

#define TABLE "profile: x\ntables:\n  - table: t\n    kind: sensor\n    readings:\n"

static void mistakes_are_told_with_line_and_column(void **state)
{
    (void)state;
    assert_non_null(strstr(report_of("profile: x\ncolour: red\n"), "x.yaml:2:1:"));
    assert_non_null(strstr(report_of(TABLE "      - {metric: temperature, oid: 1.3.six}\n"), "x.yaml:6:36:"));
    assert_non_null(
        strstr(report_of(TABLE "      - {metric: own.name, oid: 1.3.6.1.4.1.99999.9}\n"), "needs a unit"));
    assert_non_null(strstr(
        report_of(TABLE "      - {metric: temperature, unit: V, oid: 1.3.6.1.4.1.99999.9}\n"), "is in Cel"));
    assert_non_null(
        strstr(report_of(TABLE "      - {metric: temperature}\n"), "oid: every reading needs one"));
    assert_non_null(
        strstr(report_of(TABLE "      - {metric: wireless.frequency, oid: 1.3.6.1.4.1.99999.9, function: "
                               "channel}\n"),
               "band:"));
    assert_non_null(
        strstr(report_of(TABLE "      - {metric: voltage, oid: 1.3.6.1.4.1.99999.9, match: '('}\n"),
               "regular expression"));
    assert_non_null(
        strstr(report_of(TABLE "      - {metric: voltage, oid: 1.3.6.1.4.1.99999.9, match: '(a)\\1'}\n"),
               "back references"));
    assert_non_null(
        strstr(report_of("profile: x\ntables: [{table: t, kind: nonsense}]\n"), "one of interface"));
}

#define TRAP "profile: x\ntraps:\n  - {trap: t, oid: 1.3.6.1.4.1.99999.0.1"

static void mistakes_in_traps_are_told_with_their_lines(void **state)
{
    static const char *const mistakes[][2] = {
        {"profile: x\ntraps:\n  - {trap: t}\n", "x.yaml:3:"},
        {"profile: x\ntraps:\n  - {trap: Big Trap, oid: 1.3.6.1}\n",
         "x.yaml:3:12: trap: expected a name of a-z"},
        {"profile: x\ntraps:\n  - {trap: t, oid: 1.3.six}\n", "x.yaml:3:20:"},
        {TRAP ", read: [ap, wall]}\n", "x.yaml:3:54: read: expected one of interface"},
        {TRAP ", keep: [1.3.6.1.2.1.4.22.1.2]}\n", "keep: expected a column that identifies no client"},
        {TRAP ", delay: 2h}\n", "x.yaml:3:"},
        {TRAP ", drop: true, read: [ap]}\n", "drop: a trap that is dropped reads and keeps nothing"},
        {TRAP "}\n  - {trap: u, oid: 1.3.6.1.4.1.99999.0.1}\n",
         "x.yaml:4:5: oid: 1.3.6.1.4.1.99999.0.1 is the trap t"},
        {TRAP ", keep: [1.3.1, 1.3.2, 1.3.3, 1.3.4, 1.3.5, 1.3.6.2, 1.3.7, 1.3.8, 1.3.9]}\n", "at most 8"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++)
        if (!strstr(report_of(mistakes[i][0]), mistakes[i][1]))
            fail_msg("no \"%s\" in \"%s\"", mistakes[i][1], report_of(mistakes[i][0]));
    assert_string_equal(report_of(TRAP ", read: [ap, neighbour], keep: [1.3.6.1.4.1.99999.1], delay: 5s}\n"),
                        "");
}

static void several_mistakes_are_told_at_once(void **state)
{
    const char *text = report_of(
        TABLE "      - {metric: temperature, oid: 1.3.x}\n      - {metric: Big, oid: 1.3.6.1.4.1.99999.9}\n");

    (void)state;
    assert_non_null(strstr(text, "x.yaml:6:"));
    assert_non_null(strchr(strchr(text, '\n') + 1, '\n'));
}

static void columns_of_peoples_devices_are_refused(void **state)
{
    static const char *const oids[] = {
        "1.3.6.1.2.1.4.22.1.2",          /* ARP */
        "1.3.6.1.2.1.17.4.3.1.2",        /* forwarding database */
        "1.3.6.1.4.1.14179.2.1.4.1.1",   /* Airespace clients */
        "1.3.6.1.4.1.14988.1.1.1.2.1.3", /* MikroTik registrations */
        "1.3.6.1.4.1.14823.2.3.3.1.2.4", /* Aruba Instant clients */
        "1.3.6.1.2.1.17",                /* above: a walk would pass through */
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
        snprintf(text, sizeof text, TABLE "      - {metric: wireless.clients, oid: %s}\n", oids[i]);
        assert_non_null(strstr(report_of(text), "identifies no client"));
        snprintf(text, sizeof text, "profile: x\nmodel: [{oid: %s}]\n", oids[i]);
        assert_non_null(strstr(report_of(text), "identifies no client"));
        snprintf(text, sizeof text, "profile: x\ntables: [{table: t, kind: ap, rows: [%s]}]\n", oids[i]);
        assert_non_null(strstr(report_of(text), "identifies no client"));
    }
}

static struct profile_set *load(void)
{
    char shipped[4096], testing[4096];
    const char *dirs[] = {shipped, testing};
    struct conf_report *report;
    struct profile_set *set = NULL;

    snprintf(shipped, sizeof shipped, "%s", source_path("profiles"));
    snprintf(testing, sizeof testing, "%s", source_path("tests/data/profiles"));
    assert_ok(conf_report_new(&report));
    if (profile_set_load(dirs, 2, report, &set))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    return set;
}

static void add_text(struct varbind_set *set, uint32_t scalar, const char *text)
{
    uint32_t oid[] = {1, 3, 6, 1, 2, 1, 1, scalar, 0}, ids[OID_MAX];
    size_t len = OID_MAX;
    struct varbind vb = {.oid = oid, .oid_len = 9, .type = scalar == 2 ? SNMP_OID : SNMP_OCTETS};

    if (scalar == 2) {
        assert_ok(oid_from_text(text, ids, &len));
        vb.value_oid = ids;
        vb.len = (uint32_t)len;
    } else {
        vb.bytes = (const uint8_t *)text;
        vb.len = (uint32_t)strlen(text);
    }
    assert_ok(varbind_set_add(set, &vb));
}

static const char *top_profile(struct profile_set *profiles, const char *object_id, const char *descr)
{
    struct varbind_set *set = varbind_set_new();
    const struct device_profile *p;
    const char *const *names;
    size_t count;

    add_text(set, 1, descr);
    if (object_id)
        add_text(set, 2, object_id);
    varbind_set_sort(set);
    assert_ok(profile_match(profiles, set, NULL, &p));
    count = device_profile_names(p, &names);
    assert_string_equal(names[0], "generic");
    varbind_set_free(set);
    return names[count - 1];
}

static void most_specific_profile_wins(void **state)
{
    struct profile_set *set = load();

    (void)state;
    assert_string_equal(top_profile(set, "1.3.6.1.4.1.99999.1.5", "Testbox TB-1"), "testing");
    assert_string_equal(top_profile(set, "1.3.6.1.4.1.99999.1.5", "Something else"), "generic");
    assert_string_equal(top_profile(set, "1.3.6.1.4.1.14823.1.1.40", "ArubaOS"), "arubaos");
    assert_string_equal(top_profile(set, "1.3.6.1.4.1.14823.1.2.59", "ArubaOS"), "aruba-instant");
    assert_string_equal(top_profile(set, NULL, ""), "generic");
    profile_set_free(set);
}

static void plan_is_sorted_and_nothing_lies_below_another_item(void **state)
{
    struct profile_set *set = load();
    struct varbind_set *nothing = varbind_set_new();

    (void)state;
    for (size_t k = 0; k < profile_set_count(set); k++) {
        const struct device_profile *p;
        const struct read_plan *plan;

        assert_ok(profile_match(set, nothing, profile_set_name(set, k), &p));
        plan = device_profile_plan(p);
        assert_true(plan->count > 20);
        for (size_t i = 1; i < plan->count; i++) {
            const struct read_item *a = &plan->items[i - 1], *b = &plan->items[i];

            assert_true(oid_compare(a->oid, a->oid_len, b->oid, b->oid_len) < 0);
            assert_true(a->is_scalar || !oid_has_prefix(b->oid, b->oid_len, a->oid, a->oid_len));
        }
        assert_true(device_profile_survey(p)->count < plan->count);
    }
    const struct device_profile *p;
    assert_int_equal(profile_match(set, nothing, "no-such", &p), ERR_NOT_FOUND);
    varbind_set_free(nothing);
    profile_set_free(set);
}

static ns_t age_of(const struct read_plan *plan, const char *text)
{
    uint32_t oid[OID_MAX];
    size_t len = OID_MAX;

    assert_ok(oid_from_text(text, oid, &len));
    for (size_t i = 0; i < plan->count; i++)
        if (oid_compare(plan->items[i].oid, plan->items[i].oid_len, oid, len) == 0)
            return plan->items[i].min_age;
    fail_msg("%s is not in the plan", text);
    return -1;
}

static void what_hardly_changes_is_asked_seldom(void **state)
{
    struct profile_set *set = load();
    struct varbind_set *nothing = varbind_set_new();
    const struct device_profile *p;

    (void)state;
    assert_ok(profile_match(set, nothing, NULL, &p));
    assert_int_equal(age_of(device_profile_plan(p), "1.3.6.1.2.1.2.2.1.8"), 0);    /* ifOperStatus */
    assert_int_equal(age_of(device_profile_plan(p), "1.3.6.1.2.1.31.1.1.1.1"), 0); /* ifName: in the id */
    assert_true(age_of(device_profile_plan(p), "1.3.6.1.2.1.47.1.1.1.1.7") >= MINUTES); /* a sensor's name */
    assert_true(age_of(device_profile_plan(p), "1.3.6.1.2.1.47.1.1.1.1.11") >= HOURS);  /* a serial number */
    varbind_set_free(nothing);
    profile_set_free(set);
}

/* How many items of the plan a trap wants, and whether oid is one of them. */
static size_t wanted_by(const struct device_profile *p, const char *kind, const char *oid, bool *has_oid)
{
    const char *kinds[] = {kind};
    const struct trap_rule rule = {.read = kinds, .read_count = 1};
    const struct read_plan *plan = device_profile_plan(p);
    bool *marks = calloc(plan->count, sizeof *marks);
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX, count;

    *has_oid = false;
    assert_non_null(marks);
    assert_ok(oid_from_text(oid, ids, &len));
    assert_ok(device_profile_mark(p, &rule, marks, &count));
    for (size_t i = 0; i < plan->count; i++)
        *has_oid |= marks[i] && oid_compare(plan->items[i].oid, plan->items[i].oid_len, ids, len) == 0;
    free(marks);
    return count;
}

static void a_trap_wants_the_tables_of_its_kinds(void **state)
{
    struct profile_set *set = load();
    struct varbind_set *nothing = varbind_set_new();
    const struct device_profile *p;
    bool has_oid;

    (void)state;
    assert_ok(profile_match(set, nothing, NULL, &p));
    assert_in_range(wanted_by(p, "interface", "1.3.6.1.2.1.2.2.1.8", &has_oid), 5, 60);
    assert_true(has_oid);
    wanted_by(p, "poe", "1.3.6.1.2.1.2.2.1.8", &has_oid);
    assert_false(has_oid);
    assert_int_equal(wanted_by(p, TRAP_READS_NEIGHBOURS, "1.0.8802.1.1.2.1.4.1.1.9", &has_oid), 13);
    assert_true(has_oid);
    assert_int_equal(wanted_by(p, "onu", "1.3.6.1.2.1.2.2.1.8", &has_oid), 0);
    varbind_set_free(nothing);
    profile_set_free(set);
}

RUN_TESTS("profile", cmocka_unit_test(mistakes_are_told_with_line_and_column),
          cmocka_unit_test(mistakes_in_traps_are_told_with_their_lines),
          cmocka_unit_test(a_trap_wants_the_tables_of_its_kinds),
          cmocka_unit_test(several_mistakes_are_told_at_once),
          cmocka_unit_test(columns_of_peoples_devices_are_refused),
          cmocka_unit_test(most_specific_profile_wins),
          cmocka_unit_test(plan_is_sorted_and_nothing_lies_below_another_item),
          cmocka_unit_test(what_hardly_changes_is_asked_seldom))
