/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/cmocka_tests.h"

#include "collector/lateness.h"

static void counted_within(const struct lateness *l, ns_t most, uint64_t expected)
{
    for (size_t i = 0; i < LATENESS_BOUNDS; i++)
        if (lateness_bounds[i].most == most) {
            assert_int_equal(l->within[i], expected);
            return;
        }
    fail_msg("no such bound");
}

static void a_poll_counts_within_every_bound_that_it_kept(void **state)
{
    struct lateness l = {0};

    (void)state;
    lateness_add(&l, -1);
    lateness_add(&l, 5 * MILLISECONDS);
    lateness_add(&l, 5 * MILLISECONDS + 1);
    counted_within(&l, 2 * MILLISECONDS, 1);
    counted_within(&l, 5 * MILLISECONDS, 2);
    counted_within(&l, 10 * MILLISECONDS, 3);
    counted_within(&l, 5 * SECONDS, 3);
}

static void a_poll_above_the_last_bound_is_counted_in_all_alone(void **state)
{
    struct lateness l = {0};

    (void)state;
    lateness_add(&l, 5 * SECONDS + 1);
    counted_within(&l, 5 * SECONDS, 0);
    assert_int_equal(l.count, 1);
}

static void bounds_ascend(void **state)
{
    (void)state;
    for (size_t i = 1; i < LATENESS_BOUNDS; i++)
        assert_true(lateness_bounds[i].most > lateness_bounds[i - 1].most);
}

RUN_TESTS("lateness", cmocka_unit_test(a_poll_counts_within_every_bound_that_it_kept),
          cmocka_unit_test(a_poll_above_the_last_bound_is_counted_in_all_alone),
          cmocka_unit_test(bounds_ascend))
