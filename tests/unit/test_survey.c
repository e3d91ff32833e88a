/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_survey.c - what a device answers and no profile reads. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/snmprec.h"
#include "collector/survey.h"

static struct profile_set *profiles;

static int load_profiles(void **state)
{
    static char shipped[4096], testing[4096];
    const char *root = getenv("NETZWACHT_SOURCE"), *dirs[] = {shipped, testing};
    struct conf_report *report;

    (void)state;
    snprintf(shipped, sizeof shipped, "%s/profiles", root ? root : ".");
    snprintf(testing, sizeof testing, "%s/tests/data/profiles", root ? root : ".");
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 2, report, &profiles));
    conf_report_free(report);
    return 0;
}

static int free_profiles(void **state)
{
    (void)state;
    profile_set_free(profiles);
    return 0;
}

static struct survey *open_survey(void)
{
    struct varbind_set *nothing = varbind_set_new();
    const struct device_profile *p;
    struct survey *s;

    assert_ok(profile_match(profiles, nothing, "testing", &p));
    assert_ok(survey_new(profiles, p, &s));
    varbind_set_free(nothing);
    return s;
}

/* True if the value was asked for. */
static bool add(struct survey *s, const char *line)
{
    struct varbind_set *set = varbind_set_new();
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;
    enum survey_want want;

    assert_ok(snmprec_line_oid(line, strlen(line), ids, &len));
    assert_ok(survey_add(s, ids, len, &want));
    if (want == SURVEY_EXAMPLE) {
        assert_ok(snmprec_read_line(line, strlen(line), NULL, set));
        varbind_set_sort(set);
        survey_example(s, varbind_set_at(set, 0));
    }
    varbind_set_free(set);
    return want == SURVEY_EXAMPLE;
}

static const char *written(struct survey *s)
{
    static char copy[8192];
    struct buf out = BUF_INIT;

    survey_write(s, &out);
    snprintf(copy, sizeof copy, "%.*s", (int)out.len, out.data);
    buf_fini(&out);
    return copy;
}

/* The line of an OID without the blanks that align it; "" if there is none. */
static const char *line_of(struct survey *s, const char *oid)
{
    static char line[512];
    const char *text = written(s), *at;
    char start[128];
    size_t n = 0;

    snprintf(start, sizeof start, "\n    %s ", oid);
    at = strstr(text, start);
    for (at = at ? at + 1 : ""; *at && *at != '\n' && n < sizeof line - 1; at++)
        if (*at != ' ' || (n && line[n - 1] != ' '))
            line[n++] = *at;
    line[n] = '\0';
    return line;
}

static void columns_are_counted_with_one_example(void **state)
{
    struct survey *s = open_survey();

    (void)state;
    assert_true(add(s, "1.3.6.1.4.1.99999.77.1.1.2.5|2|42"));
    assert_false(add(s, "1.3.6.1.4.1.99999.77.1.1.2.6|2|43"));
    add(s, "1.3.6.1.4.1.99999.77.1.1.3.5|4|hello");
    add(s, "1.3.6.1.4.1.99999.78.9.0|65|7");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.77.1.1.2"), "1.3.6.1.4.1.99999.77.1.1.2 2 values 42");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.77.1.1.3"),
                        "1.3.6.1.4.1.99999.77.1.1.3 1 value \"hello\"");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.78.9"), "1.3.6.1.4.1.99999.78.9 1 value 7 (counter)");
    survey_free(s);
}

/* Columns of a table that some profile reads have the length of that profile's columns, whatever their index.
 */
static void neighbours_of_known_columns_need_no_guess(void **state)
{
    struct survey *s = open_survey();

    (void)state;
    assert_false(add(s, "1.3.6.1.4.1.99999.5.1.2.0.0.94.0.83.1|4|ap-1")); /* is read */
    add(s, "1.3.6.1.4.1.99999.5.1.99.0.0.94.1.83.1|2|1");
    add(s, "1.3.6.1.4.1.99999.5.1.99.0.0.94.1.83.2|2|1");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.5.1.99"), "1.3.6.1.4.1.99999.5.1.99 2 values 1");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.5.1.2"), "");
    survey_free(s);
}

static void names_and_other_families_profiles_are_told(void **state)
{
    struct survey *s = open_survey();

    (void)state;
    assert_ok(survey_name(s, "1.3.6.1.4.1.99999.77.4.1.5", "exampleValue"));
    add(s, "1.3.6.1.4.1.99999.77.4.1.5.1.9.1.3|2|9"); /* the guess would end elsewhere */
    add(s, "1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.19.0.0.94.0.83.1|2|1");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.99999.77.4.1.5"),
                        "1.3.6.1.4.1.99999.77.4.1.5 1 value 9 exampleValue");
    assert_string_equal(line_of(s, "1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.19"),
                        "1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.19 1 value 1 [arubaos: ap.up]");
    survey_free(s);
}

static void peoples_devices_are_neither_listed_nor_asked_for(void **state)
{
    struct survey *s = open_survey();

    (void)state;
    assert_false(add(s, "1.3.6.1.2.1.4.22.1.2.1.10.0.0.9|4x|00005e005301"));
    assert_false(add(s, "1.3.6.1.4.1.14823.2.3.3.1.2.4.1.1.0.0.94.0.83.1|4x|00005e005301"));
    add(s, "1.3.6.1.4.1.99999.79.1.1.1.5|64|10.0.0.9");
    add(s, "1.3.6.1.4.1.99999.79.1.1.2.5|4|host 00:00:5e:00:53:01");
    add(s, "1.3.6.1.4.1.99999.79.1.1.3.5|4|10.20.30.40");
    add(s, "1.3.6.1.4.1.99999.79.1.1.4.5|4|somebody@example.net");
    add(s, "1.3.6.1.4.1.99999.79.1.1.5.5|4x|00005e005301");
    add(s, "1.3.6.1.4.1.99999.79.1.1.6.5|4|00005e005301");
    assert_non_null(strstr(written(s), "2 are of tables about people's devices"));
    assert_null(strstr(written(s), "1.3.6.1.2.1.4.22"));
    for (const char *const *bad = (const char *const[]){"5e", "10.0.0.9", "10.20", "somebody", NULL}; *bad;
         bad++)
        assert_null(strstr(written(s), *bad));
    survey_free(s);
}

static void odd_values_stay_one_clean_line(void **state)
{
    struct survey *s = open_survey();
    char line[512] = "1.3.6.1.4.1.99999.80.1.1.1.5|4|";

    (void)state;
    memset(line + strlen(line), 'x', 300);
    add(s, line);
    add(s, "1.3.6.1.4.1.99999.80.1.1.2.5|4x|610a1b5b");
    add(s, "1.3.6.1.4.1.99999.80.1.1.3.5|6|1.3.6.1.4.1.99999");
    assert_non_null(strstr(line_of(s, "1.3.6.1.4.1.99999.80.1.1.1"), "xxx...\""));
    assert_true(strlen(line_of(s, "1.3.6.1.4.1.99999.80.1.1.1")) < 120);
    assert_non_null(strstr(line_of(s, "1.3.6.1.4.1.99999.80.1.1.2"), "(4 octets)"));
    assert_non_null(strstr(line_of(s, "1.3.6.1.4.1.99999.80.1.1.3"), "1.3.6.1.4.1.99999"));
    survey_free(s);
}

static void the_list_of_columns_is_bounded(void **state)
{
    struct survey *s = open_survey();
    uint32_t oid[] = {1, 3, 6, 1, 4, 1, 99999, 81, 1, 1, 0, 1};
    enum survey_want want;

    (void)state;
    for (oid[10] = 1; oid[10] <= SURVEY_COLUMNS_MAX; oid[10]++)
        assert_ok(survey_add(s, oid, 12, &want));
    assert_int_equal(survey_add(s, oid, 12, &want), ERR_LIMIT);
    oid[10] = 5;
    assert_ok(survey_add(s, oid, 12, &want));
    survey_free(s);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(columns_are_counted_with_one_example),
                                          cmocka_unit_test(neighbours_of_known_columns_need_no_guess),
                                          cmocka_unit_test(names_and_other_families_profiles_are_told),
                                          cmocka_unit_test(peoples_devices_are_neither_listed_nor_asked_for),
                                          cmocka_unit_test(odd_values_stay_one_clean_line),
                                          cmocka_unit_test(the_list_of_columns_is_bounded)};

int main(void)
{
    return cmocka_run_group_tests_name("survey", tests, load_profiles, free_profiles);
}
