/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_store_rows.c - values to rows, one a step; checkpoints of partitions. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <math.h>

#include "collector/store_parts.h"
#include "collector/store_rows.h"

#define T0   (1795000200 * SECONDS)
#define STEP (60 * SECONDS)

static void feed(struct rows *r, ns_t after, double value)
{
    assert_ok(rows_advance(r, T0 + after));
    rows_value(r, 0, T0 + after, value);
}

static void assert_row(const struct rows *r, size_t i, ns_t end_after, double value)
{
    assert_true(i < r->pending);
    assert_int_equal(r->times[i] - T0 / SECONDS, end_after / SECONDS);
    if (isnan(value))
        assert_true(isnan(r->values[i * r->count]));
    else
        assert_float_equal(r->values[i * r->count], value, 1e-9);
}

static void a_row_is_the_mean_of_its_steps_values(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 90 * SECONDS, 0);
    feed(&r, 1 * SECONDS, 10);
    feed(&r, 31 * SECONDS, 20);
    feed(&r, 59 * SECONDS, NAN);
    feed(&r, 61 * SECONDS, 7);
    feed(&r, 121 * SECONDS, 8);
    assert_int_equal(r.pending, 2);
    assert_row(&r, 0, 60 * SECONDS, 15);
    assert_row(&r, 1, 120 * SECONDS, 7);
    rows_fini(&r);
}

static void a_value_repeats_for_one_and_a_half_intervals_and_is_unknown_then(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 450 * SECONDS, T0); /* read every 300 s */
    feed(&r, 10 * SECONDS, 5);
    assert_ok(rows_advance(&r, T0 + 3000 * SECONDS));
    assert_int_equal(r.pending, 2);
    assert_row(&r, 0, 420 * SECONDS, 5); /* 1 .. 7 merged: at 480 s it is 470 s old */
    assert_row(&r, 1, 480 * SECONDS, NAN);
    assert_true(rows_safe_until(&r) == T0);
    rows_committed(&r);
    assert_true(rows_safe_until(&r) == INT64_MAX);
    rows_fini(&r);
}

static void silence_is_unknown_even_when_a_value_comes_after_it(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 90 * SECONDS, T0);
    feed(&r, 10 * SECONDS, 5);
    feed(&r, 6010 * SECONDS, 6);
    assert_ok(rows_advance(&r, T0 + 6070 * SECONDS));
    assert_row(&r, 0, 60 * SECONDS, 5);
    assert_row(&r, 1, 120 * SECONDS, NAN); /* 110 s old: no repetition */
    assert_row(&r, 2, 6000 * SECONDS, NAN);
    assert_row(&r, 3, 6060 * SECONDS, 6);
    assert_int_equal(r.pending, 4);
    rows_fini(&r);
}

static void a_value_that_became_unknown_is_not_repeated(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 450 * SECONDS, T0);
    feed(&r, 10 * SECONDS, 5);
    feed(&r, 70 * SECONDS, NAN);
    assert_ok(rows_advance(&r, T0 + 200 * SECONDS));
    assert_row(&r, 0, 60 * SECONDS, 5);
    assert_row(&r, 1, 120 * SECONDS, NAN);
    rows_fini(&r);
}

static void what_the_file_has_is_not_written_again(void **state)
{
    struct rows first, again;

    (void)state;
    rows_init(&first, 1, STEP, 90 * SECONDS, 0);
    for (int i = 0; i < 10; i++)
        feed(&first, i * STEP + 5 * SECONDS, i);
    assert_int_equal(first.pending, 9);
    rows_init(&again, 1, STEP, 90 * SECONDS, T0 + 5 * STEP); /* killed after five rows: read from the start */
    for (int i = 0; i < 10; i++)
        feed(&again, i * STEP + 5 * SECONDS, i);
    assert_int_equal(again.pending, 4);
    assert_row(&again, 0, 6 * STEP, 5);
    assert_row(&again, 3, 9 * STEP, 8);
    rows_fini(&first);
    rows_fini(&again);
}

static void the_first_row_of_a_new_file_keeps_its_time(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 90 * SECONDS, 0);
    for (int i = 0; i < 10; i++)
        feed(&r, i * STEP + 5 * SECONDS, 1);
    assert_int_equal(r.pending, 2);
    assert_row(&r, 0, 1 * STEP, 1);
    assert_row(&r, 1, 9 * STEP, 1);
    rows_fini(&r);
}

static void late_values_are_counted_not_written(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 90 * SECONDS, 0);
    feed(&r, 600 * SECONDS, 1);
    feed(&r, 10 * SECONDS, 9);
    assert_int_equal(r.late, 1);
    assert_ok(rows_advance(&r, T0 + 661 * SECONDS));
    assert_row(&r, 0, 660 * SECONDS, 1);
    rows_fini(&r);
}

static void the_end_of_history_repeats_nothing(void **state)
{
    struct rows r;

    (void)state;
    rows_init(&r, 1, STEP, 450 * SECONDS, T0);
    feed(&r, 10 * SECONDS, 5);
    assert_ok(rows_finish(&r));
    feed(&r, 70 * SECONDS, 6);
    assert_ok(rows_advance(&r, T0 + 125 * SECONDS));
    assert_int_equal(r.pending, 2);
    assert_row(&r, 0, 60 * SECONDS, 5);
    assert_row(&r, 1, 120 * SECONDS, 6);
    rows_fini(&r);
}

static void a_cursor_moves_only_behind_what_is_safe(void **state)
{
    struct store_part p = {0};

    (void)state;
    for (int i = 1; i <= 1000; i++)
        store_part_read(&p, (journal_pos)1 << 32 | (unsigned)(40 + i), T0 + i * SECONDS);
    assert_true(store_part_cursor(&p, T0) == 0);
    journal_pos half = store_part_cursor(&p, T0 + 500 * SECONDS);
    assert_in_range((uint32_t)half, 40 + 480, 40 + 500);
    assert_true(store_part_cursor(&p, T0 + 400 * SECONDS) == half);
    assert_true(store_part_cursor(&p, T0 + 2000 * SECONDS) > half);
    assert_true(store_part_is_history("unit.history"));
    assert_false(store_part_is_history("unit.lido"));
}

RUN_TESTS("store_rows", cmocka_unit_test(a_row_is_the_mean_of_its_steps_values),
          cmocka_unit_test(a_value_repeats_for_one_and_a_half_intervals_and_is_unknown_then),
          cmocka_unit_test(silence_is_unknown_even_when_a_value_comes_after_it),
          cmocka_unit_test(a_value_that_became_unknown_is_not_repeated),
          cmocka_unit_test(what_the_file_has_is_not_written_again),
          cmocka_unit_test(the_first_row_of_a_new_file_keeps_its_time),
          cmocka_unit_test(late_values_are_counted_not_written),
          cmocka_unit_test(the_end_of_history_repeats_nothing),
          cmocka_unit_test(a_cursor_moves_only_behind_what_is_safe))
