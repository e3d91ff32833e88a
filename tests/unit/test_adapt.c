/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_adapt.c - how much one request asks for: half after a refusal, one more after each success. */
#include "tests/unit/cmocka_tests.h"

#include "collector/adapt.h"

static void a_refusal_halves_and_each_full_answer_adds_one(void **state)
{
    struct adapt a;

    (void)state;
    adapt_init(&a, 64);
    assert_int_equal(adapt_learned(&a), 0);
    adapt_refused(&a, 0, 64);
    assert_int_equal(a.size, 32);
    adapt_refused(&a, 0, 32);
    assert_int_equal(a.size, 16);
    adapt_answered(&a, 0, 16);
    assert_int_equal(a.size, 17);
    adapt_answered(&a, 0, 5); /* that was all there was to ask */
    assert_int_equal(a.size, 17);
    assert_int_equal(adapt_learned(&a), 17);
}

static void one_is_the_floor(void **state)
{
    struct adapt a;

    (void)state;
    adapt_init(&a, 40);
    for (int i = 0; i < 20; i++) {
        adapt_refused(&a, 0, a.size);
        adapt_failed(&a, a.size);
        adapt_lost(&a, a.size);
    }
    assert_int_equal(a.size, 1);
    adapt_recall(&a, 0);
    assert_int_equal(a.size, 1);
}

/* An agent that takes 20: one refusal an hour, and nearly 20 all the time. */
static void what_was_refused_is_not_tried_again_within_the_hour(void **state)
{
    struct adapt a;
    int refusals = 0, small = 0;
    ns_t now = 0;

    (void)state;
    adapt_init(&a, 64);
    for (int i = 0; i < 10000; i++, now += 6 * SECONDS) {
        if (a.size > 20) {
            adapt_refused(&a, now, a.size);
            refusals++;
        } else {
            small += a.size < 18;
            adapt_answered(&a, now, a.size);
        }
    }
    assert_in_range(refusals, 10, 20); /* in 16 hours 40 minutes, after the first two */
    assert_true(small < 300);
}

/* A path that loses what is larger than 24 varbinds. */
static void what_gets_lost_time_and_again_is_a_refusal_too(void **state)
{
    struct adapt a;
    int lost = 0;
    ns_t now = 0;

    (void)state;
    adapt_init(&a, 64);
    for (int i = 0; i < 600; i++, now += 6 * SECONDS) {
        if (a.size > 24) {
            adapt_lost(&a, a.size);
            lost++;
        } else {
            adapt_answered(&a, now, a.size);
        }
    }
    assert_in_range(lost, 2, 4); /* within the hour */
    assert_in_range(a.size, 20, 24);
}

static void a_device_that_is_gone_for_a_while_is_asked_for_as_much_as_before(void **state)
{
    struct adapt a;

    (void)state;
    adapt_init(&a, 64);
    for (int i = 0; i < 4; i++)
        adapt_lost(&a, a.size); /* and then nothing for a long time */
    assert_int_equal(a.size, 4);
    for (int i = 0; i < 60; i++)
        adapt_answered(&a, 0, a.size);
    assert_int_equal(adapt_learned(&a), 0);
}

static void what_a_run_learned_the_next_one_recalls(void **state)
{
    struct adapt a;

    (void)state;
    adapt_init(&a, 64);
    adapt_recall(&a, 12);
    assert_int_equal(a.size, 12);
    adapt_recall(&a, 4000000000u);
    assert_int_equal(a.size, 12);
}

RUN_TESTS("adapt", cmocka_unit_test(a_refusal_halves_and_each_full_answer_adds_one),
          cmocka_unit_test(one_is_the_floor),
          cmocka_unit_test(what_was_refused_is_not_tried_again_within_the_hour),
          cmocka_unit_test(what_gets_lost_time_and_again_is_a_refusal_too),
          cmocka_unit_test(a_device_that_is_gone_for_a_while_is_asked_for_as_much_as_before),
          cmocka_unit_test(what_a_run_learned_the_next_one_recalls))
