/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_firmware.c - the order of versions, mistakes in firmware.yaml, and what its entries say of a box. */
#include "tests/unit/cmocka_tests.h"

#include "lib/base/units.h"
#include "lib/model/firmware.h"

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void versions_are_ordered_component_by_component(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } table[] = {
        {"1.9", "1.10", -1},
        {"1.10", "1.10.0", 0},
        {"1.10.0.0", "1.10", 0},
        {"1.10", "1.10.1", -1},
        {"1.0.1", "1", 1},
        {"1.10-rc1", "1.10", -1},
        {"1.10.0-rc1", "1.10", -1},
        {"1.10-rc1", "1.10-rc2", -1},
        {"1.10-rc2", "1.10-rc10", -1},
        {"1.10-alpha", "1.10-beta", -1},
        {"1.10-BETA1", "1.10beta1", 0},
        {"1.10", "1.10a", -1},
        {"1.10a", "1.10b", -1},
        {"1.10a", "1.10.1", -1},
        {"20.4R3", "20.4R3-S2", -1},
        {"20.4R3", "20.4R10", -1},
        {"20.4R3", "20.4", 1},
        {"v6.5.28", "6.5.28", 0},
        {"V6.5.28", "6.5.29", -1},
        {"6.5.28.14491", "6.5.28+14491", 0},
        {"6.5.28", "06.005.28", 0},
        {"12.1(3)T", "12.1(12)T", -1},
        {"0", "0.0.0", 0},
        {"0", "0.0.1", -1},
        {"99999999999999999999", "100000000000000000000", -1},
        {"", "", 0},
        {"", "1", -1},
        {"7.0\xff\xfe", "7.0", 0},
        {"1.0rc", "1.0rcx", -1},
        {"abc", "abcd", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        int there = sign(firmware_version_compare(table[i].a, table[i].b));
        int back = sign(firmware_version_compare(table[i].b, table[i].a));
        if (there != table[i].order || back != -table[i].order)
            fail_msg("\"%s\" against \"%s\": %d and back %d, expected %d", table[i].a, table[i].b, there,
                     back, table[i].order);
    }
}

/* Lists are sorted by it: a circle would make their order a matter of chance. */
static void the_order_of_versions_has_no_circles(void **state)
{
    static const char *const all[] = {
        "1",      "1.0",     "1.0.1", "1R1", "1.0R1", "1-rc1", "1.0-rc1", "1.0a",  "1a.0", "1a.1", "1.0.0b",
        "1.0rc0", "1rc.0.1", "v1",    "",    "r",     "rc",    "0",       "0.0.1", "1.10", "1.9",  "1.1"};

    (void)state;
    for (size_t a = 0; a < ARRAY_LEN(all); a++)
        for (size_t b = 0; b < ARRAY_LEN(all); b++)
            for (size_t c = 0; c < ARRAY_LEN(all); c++)
                if (firmware_version_compare(all[a], all[b]) <= 0 &&
                    firmware_version_compare(all[b], all[c]) <= 0 &&
                    firmware_version_compare(all[a], all[c]) > 0)
                    fail_msg("\"%s\" <= \"%s\" <= \"%s\" and yet not in order", all[a], all[b], all[c]);
}

static struct firmware_rules *parse(const char *text)
{
    struct conf_report *report;
    struct firmware_rules *rules = NULL;

    assert_ok(conf_report_new(&report));
    if (firmware_rules_parse("firmware.yaml", text, strlen(text), report, &rules))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    return rules;
}

static const char good[] = "models:\n"
                           "  - vendor: Nordlicht\n"
                           "    model: 'NL-?00*'\n"
                           "    minimum: 2.4.1\n"
                           "    reason: NL-2026-03\n"
                           "    recommended: 2.10\n"
                           "    end_of_sale: 2026-01-31\n"
                           "    end_of_support: 2026-12-31\n"
                           "    source: https://example.org/nl\n"
                           "  - {vendor: nordlicht, end_of_support: 2025-01-01}\n"
                           "  - {model: 'SW-*', recommended: 9}\n";

static void the_first_entry_that_fits_counts(void **state)
{
    struct firmware_rules *rules = parse(good);
    const struct firmware_rule *r = firmware_rule_for(rules, "NORDLICHT", "nl-300 outdoor");

    (void)state;
    assert_int_equal(firmware_rules_count(rules), 3);
    assert_non_null(r);
    assert_string_equal(r->minimum, "2.4.1");
    assert_string_equal(r->reason, "NL-2026-03");
    r = firmware_rule_for(rules, "Nordlicht", "NL-4000-x");
    assert_string_equal(r->minimum, "2.4.1");
    r = firmware_rule_for(rules, "Nordlicht", "XL-1");
    assert_null(r->minimum);
    r = firmware_rule_for(rules, "Nordlicht", NULL);
    assert_null(r->minimum);
    assert_string_equal(firmware_rule_for(rules, "", "SW-8")->recommended, "9");
    assert_null(firmware_rule_for(rules, "Other", "SX-8"));
    assert_null(firmware_rule_for(rules, NULL, NULL));
    assert_null(firmware_rule_for(NULL, "Nordlicht", "NL-300"));
    firmware_rules_free(rules);
}

static void a_version_is_too_old_outdated_current_or_not_known(void **state)
{
    struct firmware_rules *rules = parse(good);
    const struct firmware_rule *both = firmware_rule_for(rules, "Nordlicht", "NL-300");
    const struct firmware_rule *days = firmware_rule_for(rules, "Nordlicht", "XL-1");

    (void)state;
    assert_int_equal(firmware_status_of(both, "2.4"), FIRMWARE_TOO_OLD);
    assert_int_equal(firmware_status_of(both, "2.4.1-rc1"), FIRMWARE_TOO_OLD);
    assert_int_equal(firmware_status_of(both, "2.4.1"), FIRMWARE_OUTDATED);
    assert_int_equal(firmware_status_of(both, "2.9"), FIRMWARE_OUTDATED);
    assert_int_equal(firmware_status_of(both, "2.10"), FIRMWARE_CURRENT);
    assert_int_equal(firmware_status_of(both, "3"), FIRMWARE_CURRENT);
    assert_int_equal(firmware_status_of(both, ""), FIRMWARE_UNKNOWN);
    assert_int_equal(firmware_status_of(both, NULL), FIRMWARE_UNKNOWN);
    assert_int_equal(firmware_status_of(days, "1"), FIRMWARE_UNRATED);
    assert_int_equal(firmware_status_of(NULL, "1"), FIRMWARE_UNRATED);
    for (int i = 0; i < FIRMWARE_STATUS_COUNT; i++)
        assert_non_null(firmware_status_words[i]);
    firmware_rules_free(rules);
}

static void support_lasts_through_its_last_day(void **state)
{
    struct firmware_rules *rules = parse(good);
    const struct firmware_rule *r = firmware_rule_for(rules, "Nordlicht", "NL-300");
    int64_t last;

    (void)state;
    assert_ok(firmware_day_parse("2026-12-31", &last));
    assert_true(r->end_of_support == last);
    assert_int_equal(firmware_support_of(r, last + 1), SUPPORT_ENDED);
    assert_int_equal(firmware_support_of(r, last), SUPPORT_ENDS_SOON);
    assert_int_equal(firmware_support_of(r, last - 180), SUPPORT_ENDS_SOON);
    assert_int_equal(firmware_support_of(r, last - 181), SUPPORT_RUNS);
    assert_int_equal(firmware_support_of(firmware_rule_for(rules, "x", "SW-1"), last), SUPPORT_UNKNOWN);
    assert_int_equal(firmware_support_of(NULL, last), SUPPORT_UNKNOWN);
    assert_ok(firmware_day_parse("1970-01-02", &last));
    assert_true(last == 1);
    firmware_rules_free(rules);
}

static void every_mistake_is_named_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } table[] = {
        {"models:\n  - {recommended: 1}\n", "firmware.yaml:2:5: expected `vendor`, `model` or both"},
        {"models:\n  - {vendor: A}\n", "firmware.yaml:2:5: expected at least one of"},
        {"models:\n  - {vendor: A, minimum: 1.2}\n", "firmware.yaml:2:5: `reason` is missing"},
        {"models:\n  - {vendor: A, minimum: 1.10, reason: x, recommended: 1.9}\n",
         "firmware.yaml:2:5: `minimum` 1.10 is newer than `recommended` 1.9"},
        {"models:\n  - {vendor: A, end_of_support: 2026-02-31}\n", "a day such as 2026-11-30"},
        {"models:\n  - {vendor: A, end_of_sale: soon}\n", "firmware.yaml:2:30: "},
        {"models:\n  - {vendor: A, end_of_sale: 2026-05-01, end_of_support: 2026-04-30}\n",
         "`end_of_support` 2026-04-30 lies before `end_of_sale` 2026-05-01"},
        {"models:\n  - {vendor: A, recommended: latest}\n", "a version with a number in it"},
        {"models:\n  - {vendor: A, recommended: 1, source: 'javascript:alert(1)'}\n",
         "an address that begins with https:// or http://"},
        {"models:\n  - {vendor: A, model: B, recommended: 1}\n  - {vendor: a, model: b, recommended: 2}\n",
         "firmware.yaml:3:5: the same vendor and model stand in line 2 already"},
        {"models:\n  - {vendor: A, recommend: 1}\n", "firmware.yaml:2:17: "},
        {"rules: []\n", "models"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct conf_report *report;
        struct firmware_rules *rules = NULL;
        assert_ok(conf_report_new(&report));
        assert_int_equal(
            firmware_rules_parse("firmware.yaml", table[i].text, strlen(table[i].text), report, &rules),
            ERR_CONFIG);
        assert_null(rules);
        if (!strstr(conf_report_text(report), table[i].message))
            fail_msg("expected \"%s\" in: %s", table[i].message, conf_report_text(report));
        conf_report_free(report);
    }
}

RUN_TESTS("firmware", cmocka_unit_test(versions_are_ordered_component_by_component),
          cmocka_unit_test(the_order_of_versions_has_no_circles),
          cmocka_unit_test(the_first_entry_that_fits_counts),
          cmocka_unit_test(a_version_is_too_old_outdated_current_or_not_known),
          cmocka_unit_test(support_lasts_through_its_last_day),
          cmocka_unit_test(every_mistake_is_named_with_its_place))
