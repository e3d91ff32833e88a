/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rule_maths.c - what rules count with: the calendar, baselines by hour of the week, robust lines, the
 * German Wi-Fi bands. */
#include <math.h>
#include <stdio.h>

#include "alerts/baseline.h"
#include "alerts/spectrum.h"
#include "alerts/trend.h"
#include "lib/base/berlin.h"
#include "lib/base/rng.h"
#include "lib/base/timex.h"
#include "tests/unit/cmocka_tests.h"

static ns_t wall(const char *text)
{
    ns_t t = 0;

    assert_ok(timex_parse(text, &t));
    return t;
}

/* ---- calendar ---- */

static void easter_falls_where_the_church_says(void **state)
{
    (void)state;
    assert_int_equal(calendar_easter(1961), date_to_days(1961, 4, 2));
    assert_int_equal(calendar_easter(2000), date_to_days(2000, 4, 23));
    assert_int_equal(calendar_easter(2024), date_to_days(2024, 3, 31));
    assert_int_equal(calendar_easter(2026), date_to_days(2026, 4, 5));
    assert_int_equal(calendar_easter(2027), date_to_days(2027, 3, 28));
    assert_int_equal(calendar_easter(2038), date_to_days(2038, 4, 25));
}

static void schleswig_holstein_has_ten_holidays_in_2026(void **state)
{
    static const int expected[][2] = {{1, 1},  {4, 3},  {4, 6},   {5, 1},   {5, 14},
                                      {5, 25}, {10, 3}, {10, 31}, {12, 25}, {12, 26}};
    size_t found = 0;

    (void)state;
    for (int64_t day = date_to_days(2026, 1, 1); day <= date_to_days(2026, 12, 31); day++)
        found += calendar_is_holiday(day);
    assert_int_equal(found, ARRAY_LEN(expected));
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_true(calendar_is_holiday(date_to_days(2026, expected[i][0], expected[i][1])));
    assert_false(calendar_is_holiday(date_to_days(2016, 10, 31))); /* Reformation Day: since 2017 */
    assert_false(calendar_is_holiday(date_to_days(2026, 6, 4)));   /* Corpus Christi: not here */
}

static void a_school_is_empty_at_weekends_on_holidays_and_in_its_breaks(void **state)
{
    const struct school_break breaks[] = {{date_to_days(2026, 10, 12), date_to_days(2026, 10, 24)}};
    const struct calendar c = {breaks, 1};

    (void)state;
    assert_true(calendar_is_school_day(&c, date_to_days(2026, 10, 9)));
    assert_false(calendar_is_school_day(&c, date_to_days(2026, 10, 10))); /* a Saturday */
    assert_false(calendar_is_school_day(&c, date_to_days(2026, 10, 12)));
    assert_false(calendar_is_school_day(&c, date_to_days(2026, 10, 23)));
    assert_true(calendar_is_school_day(&c, date_to_days(2026, 10, 26)));
    assert_false(calendar_is_school_day(&c, date_to_days(2026, 5, 14))); /* Ascension */
}

static void hours_of_the_week_follow_the_wall_clock_and_the_holidays(void **state)
{
    const struct school_break breaks[] = {{date_to_days(2026, 10, 12), date_to_days(2026, 10, 24)}};
    const struct calendar c = {breaks, 1};
    int64_t winter = berlin_hour(wall("2026-11-23T09:30:00Z")); /* Monday, 10:30 */
    int64_t summer = berlin_hour(wall("2026-07-06T08:30:00Z")); /* Monday, 10:30 */

    (void)state;
    assert_int_equal(calendar_hour_of_week(&c, RHYTHM_TOWN, winter), 10);
    assert_int_equal(calendar_hour_of_week(&c, RHYTHM_TOWN, summer), 10);
    assert_int_equal(calendar_hour_of_week(&c, RHYTHM_TOWN, berlin_hour(wall("2026-05-14T10:00:00Z"))),
                     6 * 24 + 12); /* Ascension is a Sunday */
    assert_int_equal(calendar_hour_of_week(&c, RHYTHM_TOWN, berlin_hour(wall("2026-10-13T08:00:00Z"))),
                     24 + 10);
    assert_int_equal(calendar_hour_of_week(&c, RHYTHM_SCHOOL, berlin_hour(wall("2026-10-13T08:00:00Z"))),
                     5 * 24 + 10);
}

static void the_doubled_hour_of_october_has_one_number_and_march_leaves_one_out(void **state)
{
    int64_t first = berlin_hour(wall("2026-10-25T00:30:00Z")), /* 02:30 summer time */
        second = berlin_hour(wall("2026-10-25T01:30:00Z"));    /* 02:30 winter time */

    (void)state;
    assert_int_equal(first, second);
    assert_int_equal(berlin_hour(wall("2026-10-25T02:30:00Z")), first + 1);
    assert_int_equal(berlin_hour(wall("2026-03-29T01:00:00Z")) - berlin_hour(wall("2026-03-29T00:59:00Z")),
                     2);
    assert_int_equal(berlin_offset(wall("2026-03-29T00:59:59Z") / SECONDS), 3600);
    assert_int_equal(berlin_offset(wall("2026-03-29T01:00:00Z") / SECONDS), 7200);
}

/* ---- baselines ---- */

/* Weeks of one value an hour: 20 by day on working days, 5 else; in week `odd` 100 more. */
static void live(struct baseline *b, const char *start, int hours, int odd)
{
    const struct calendar none = {0};

    for (int h = 0; h < hours; h++) {
        ns_t t = wall(start) + h * HOURS;
        int64_t hour = berlin_hour(t);
        int slot = calendar_hour_of_week(&none, RHYTHM_TOWN, hour);
        double value = slot / 24 < 5 && slot % 24 >= 8 && slot % 24 < 18 ? 20 : 5;
        baseline_add(b, hour, slot, value + (h / HOURS_OF_WEEK == odd ? 100 : 0));
    }
}

static void a_baseline_knows_the_hour_and_forgives_an_odd_week(void **state)
{
    struct baseline b = {0};
    double median, spread;

    (void)state;
    assert_false(baseline_usual(&b, 10, &median, &spread));
    live(&b, "2026-01-05T00:00:00Z", 6 * HOURS_OF_WEEK, 3);
    assert_true(baseline_usual(&b, 24 + 10, &median, &spread)); /* Tuesday, 10:00 */
    assert_float_equal(median, 20, 0.01);
    assert_float_equal(spread, 0, 0.01);
    assert_true(baseline_usual(&b, 24 + 3, &median, &spread));
    assert_float_equal(median, 5, 0.01);
}

static void an_hour_seen_once_borrows_from_the_other_working_days(void **state)
{
    struct baseline b = {0};
    double median, spread;

    (void)state;
    live(&b, "2026-01-05T00:00:00Z", 4 * 24, -1);          /* Monday to Thursday */
    assert_true(baseline_usual(&b, 10, &median, &spread)); /* Monday */
    assert_float_equal(median, 20, 0.01);
    assert_true(baseline_usual(&b, 4 * 24 + 10, &median, &spread)); /* Friday has not been yet */
    assert_float_equal(median, 20, 0.01);
    assert_false(baseline_usual(&b, 5 * 24 + 10, &median, &spread)); /* nothing is known of a weekend */
}

static void the_doubled_hour_of_october_counts_once(void **state)
{
    struct baseline b = {0};
    int slot = 6 * 24 + 2;
    ns_t t = wall("2026-10-25T00:00:00Z"); /* 02:00 summer time */

    (void)state;
    for (int m = 0; m < 180; m += 10) /* two hours from 2 to 3, and one more */
        baseline_add(&b, berlin_hour(t + m * MINUTES),
                     calendar_hour_of_week(&(struct calendar){0}, RHYTHM_TOWN, berlin_hour(t + m * MINUTES)),
                     m < 60 ? 10 : 30);
    assert_int_equal(b.count[slot], 1);
    assert_float_equal((double)b.means[slot][0], 20, 0.01);
}

static void a_spoiled_hour_is_not_learned(void **state)
{
    struct baseline b = {0};

    (void)state;
    baseline_add(&b, 1000, 5, 7);
    baseline_spoil(&b, 1000, 5);
    baseline_add(&b, 1000, 5, 7);
    assert_false(baseline_add(&b, 1001, 6, 7));
    assert_int_equal(b.count[5], 0);
    assert_true(baseline_add(&b, 1002, 7, 7));
    assert_int_equal(b.count[6], 1);
    assert_false(baseline_add(&b, 1001, 6, 7)); /* the clock went back */
    assert_int_equal(baseline_hours_known(&b), 1);
}

static void a_baseline_survives_as_bytes_and_damaged_ones_are_refused(void **state)
{
    static struct baseline b, back;
    struct buf bytes = BUF_INIT;
    struct wire in;

    (void)state;
    memset(&b, 0, sizeof b);
    live(&b, "2026-01-05T00:00:00Z", 3 * HOURS_OF_WEEK + 5, -1);
    baseline_put(&b, &bytes);
    wire_init(&in, bytes.data, bytes.len);
    assert_ok(baseline_get(&back, &in));
    assert_memory_equal(&b, &back, sizeof b);
    for (size_t len = 0; len < bytes.len; len += 7) {
        wire_init(&in, bytes.data, len);
        assert_int_equal(baseline_get(&back, &in), ERR_MALFORMED);
        assert_int_equal(baseline_hours_known(&back), 0);
    }
    buf_fini(&bytes);
}

/* ---- lines ---- */

static void a_drift_of_half_a_decibel_a_week_is_measured_through_noise_and_heat(void **state)
{
    struct trend t = {0};
    struct trend_line l;
    struct rng r = {7};

    (void)state;
    for (int h = 0; h < 28 * 24; h++) {
        double warm = 20 + 10 * sin(h * 2 * M_PI / 24); /* day and night */
        double rx = -12 - 0.5 * h / 168.0 - 0.04 * (warm - 20) + 0.1 * (rng_unit(&r) - 0.5);
        if (h % 50 == 0)
            rx = -30; /* somebody pulled the plug */
        trend_add(&t, h * HOURS + 1000 * DAYS, 6 * HOURS, rx, warm);
    }
    assert_true(trend_line(&t, &l));
    assert_float_equal(l.per_day * 7, -0.5, 0.06);
    assert_float_equal(l.per_kelvin, -0.04, 0.01);
    assert_true(l.spread < 0.1);
    /* from -14 at half a decibel a week to -17: six weeks */
    assert_float_equal(trend_days_until(&l, l.now - 3, false), 42, 5);
    assert_true(isinf(trend_days_until(&l, 0, true)));
    assert_float_equal(trend_days_until(&l, 0, false), 0, 0);
}

static void day_and_night_alone_are_no_drift(void **state)
{
    struct trend t = {0};
    struct trend_line l;

    (void)state;
    for (int h = 0; h < 20 * 24; h++)
        trend_add(&t, h * HOURS, 6 * HOURS, -12 - 0.05 * 10 * sin(h * 2 * M_PI / 24), NAN);
    assert_true(trend_line(&t, &l));
    assert_float_equal(l.per_day * 7, 0, 0.05);
    assert_float_equal(l.per_kelvin, 0, 0);
}

static void a_step_is_told_from_a_drift(void **state)
{
    struct trend t = {0};
    struct trend_line l;

    (void)state;
    for (int h = 0; h < 12 * 24; h++)
        trend_add(&t, h * HOURS, 6 * HOURS, h < 11 * 24 ? -12 : -15, NAN);
    assert_true(trend_line(&t, &l));
    assert_float_equal(l.step, -3, 0.01);
    assert_float_equal(l.per_day, 0, 0.01); /* three points of 47 do not bend the line */
    trend_restart(&t);
    assert_false(trend_line(&t, &l)); /* the new level begins a history of its own */
}

static void too_few_points_are_no_line_and_rows_come_back(void **state)
{
    struct trend t = {0}, back;
    struct trend_line l, m;
    struct buf bytes = BUF_INIT;
    struct wire in;
    size_t completed = 0;

    (void)state;
    for (int h = 0; h < 48; h++)
        completed += trend_add(&t, 1000 * DAYS + h * HOURS, 6 * HOURS, h, NAN);
    assert_int_equal(completed, 7);
    assert_false(trend_line(&t, &l));
    for (int h = 48; h < 1000; h++)
        trend_add(&t, 1000 * DAYS + h * HOURS, 6 * HOURS, h, NAN);
    assert_true(trend_line(&t, &l));
    assert_float_equal(l.per_day, 24, 0.01);
    trend_put(&t, &bytes);
    wire_init(&in, bytes.data, bytes.len);
    assert_ok(trend_get(&back, &in));
    assert_true(trend_line(&back, &m));
    assert_float_equal(m.per_day, l.per_day, 0);
    for (size_t len = 0; len < bytes.len; len += 5) {
        wire_init(&in, bytes.data, len);
        assert_int_equal(trend_get(&back, &in), ERR_MALFORMED);
    }
    buf_fini(&bytes);
}

/* ---- bands ---- */

static void the_german_bands_are_kept(void **state)
{
    double limit;

    (void)state;
    assert_int_equal(spectrum_check(spectrum_frequency(6, 2.4), 20, true, &limit), SPECTRUM_OK);
    assert_float_equal(limit, 20, 0);
    assert_int_equal(spectrum_check(spectrum_frequency(6, 2.4), 23, true, NULL), SPECTRUM_TOO_STRONG);
    assert_int_equal(spectrum_check(spectrum_frequency(14, 2.4), 10, false, NULL), SPECTRUM_FORBIDDEN);
    assert_int_equal(spectrum_check(spectrum_frequency(36, 5), 20, true, NULL), SPECTRUM_INDOOR_ONLY);
    assert_int_equal(spectrum_check(spectrum_frequency(36, 5), 20, false, NULL), SPECTRUM_OK);
    assert_int_equal(spectrum_check(spectrum_frequency(64, 5), 23, true, NULL), SPECTRUM_INDOOR_ONLY);
    assert_int_equal(spectrum_check(spectrum_frequency(100, 5), 30, true, NULL), SPECTRUM_OK);
    assert_int_equal(spectrum_check(spectrum_frequency(100, 5), 33, true, NULL), SPECTRUM_TOO_STRONG);
    assert_int_equal(spectrum_check(spectrum_frequency(157, 5), 20, true, &limit), SPECTRUM_TOO_STRONG);
    assert_float_equal(limit, 14, 0);
    assert_int_equal(spectrum_check(spectrum_frequency(157, 5), NAN, true, NULL), SPECTRUM_UNPROVEN);
    assert_int_equal(spectrum_check(spectrum_frequency(157, 5), 14, true, NULL), SPECTRUM_OK);
    assert_int_equal(spectrum_check(spectrum_frequency(37, 6), 20, true, NULL), SPECTRUM_INDOOR_ONLY);
    assert_int_equal(spectrum_check(spectrum_frequency(37, 6), 20, false, NULL), SPECTRUM_OK);
    assert_int_equal(spectrum_check(spectrum_frequency(233, 6), 20, false, NULL), SPECTRUM_FORBIDDEN);
    assert_int_equal(spectrum_check(NAN, 40, true, NULL), SPECTRUM_OK);
    assert_true(isnan(spectrum_frequency(0, 5)));
    assert_float_equal(spectrum_frequency(53, 6), 6215e6, 0);
    assert_float_equal(spectrum_frequency(36, NAN), 5180e6, 0);
    assert_float_equal(spectrum_frequency(11, NAN), 2462e6, 0);
}

RUN_TESTS("rule_maths", cmocka_unit_test(easter_falls_where_the_church_says),
          cmocka_unit_test(schleswig_holstein_has_ten_holidays_in_2026),
          cmocka_unit_test(a_school_is_empty_at_weekends_on_holidays_and_in_its_breaks),
          cmocka_unit_test(hours_of_the_week_follow_the_wall_clock_and_the_holidays),
          cmocka_unit_test(the_doubled_hour_of_october_has_one_number_and_march_leaves_one_out),
          cmocka_unit_test(a_baseline_knows_the_hour_and_forgives_an_odd_week),
          cmocka_unit_test(an_hour_seen_once_borrows_from_the_other_working_days),
          cmocka_unit_test(the_doubled_hour_of_october_counts_once),
          cmocka_unit_test(a_spoiled_hour_is_not_learned),
          cmocka_unit_test(a_baseline_survives_as_bytes_and_damaged_ones_are_refused),
          cmocka_unit_test(a_drift_of_half_a_decibel_a_week_is_measured_through_noise_and_heat),
          cmocka_unit_test(day_and_night_alone_are_no_drift), cmocka_unit_test(a_step_is_told_from_a_drift),
          cmocka_unit_test(too_few_points_are_no_line_and_rows_come_back),
          cmocka_unit_test(the_german_bands_are_kept))
