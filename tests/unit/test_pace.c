/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pace.c - tables are read less often while a device answers much more slowly than it used to. */
#include "tests/unit/cmocka_tests.h"

#include "collector/pace.h"

static void a_device_that_becomes_slow_is_left_in_peace_and_recovers(void **state)
{
    struct pace p = {0};

    (void)state;
    for (int i = 0; i < 100; i++)
        pace_polled(&p, 60 * MILLISECONDS);
    assert_int_equal(pace_table_age(&p, MINUTES), 0);
    pace_polled(&p, 300 * MILLISECONDS);
    assert_int_equal(pace_table_age(&p, MINUTES), 2 * MINUTES);
    for (int i = 0; i < 10; i++)
        pace_polled(&p, 900 * MILLISECONDS);
    assert_int_equal(pace_table_age(&p, MINUTES), PACE_MOST * MINUTES);
    pace_polled(&p, 240 * MILLISECONDS); /* not fast again, but not slower than four times either */
    assert_int_equal(pace_table_age(&p, MINUTES), PACE_MOST * MINUTES);
    for (int i = 0; i < 2; i++)
        pace_polled(&p, 70 * MILLISECONDS);
    assert_int_equal(pace_table_age(&p, MINUTES), 0);
}

static void fast_devices_and_those_that_were_always_slow_are_ordinary(void **state)
{
    struct pace fast = {0}, slow = {0}, unknown = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        pace_polled(&fast, i % 2 ? 1 * MILLISECONDS : 199 * MILLISECONDS);
        pace_polled(&slow, 2 * SECONDS + (i % 2) * 5 * SECONDS);
        pace_polled(&unknown, 0);
        assert_int_equal(pace_table_age(&fast, MINUTES) + pace_table_age(&slow, MINUTES), 0);
        assert_int_equal(pace_table_age(&unknown, MINUTES), 0);
    }
}

static void a_device_behind_a_slower_line_is_ordinary_after_some_hours(void **state)
{
    struct pace p = {0};
    int polls = 0;

    (void)state;
    pace_polled(&p, 20 * MILLISECONDS);
    do {
        pace_polled(&p, 400 * MILLISECONDS);
        assert_true(++polls < 24 * 60);
    } while (p.factor > 1 || polls < 10);
    assert_true(polls > 60);
}

RUN_TESTS("pace", cmocka_unit_test(a_device_that_becomes_slow_is_left_in_peace_and_recovers),
          cmocka_unit_test(fast_devices_and_those_that_were_always_slow_are_ordinary),
          cmocka_unit_test(a_device_behind_a_slower_line_is_ordinary_after_some_hours))
