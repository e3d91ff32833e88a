/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rate.c - counters to rates, reachability, the spread of polls. */
#include "tests/unit/cmocka_tests.h"

#include "collector/plan.h"
#include "collector/rate.h"
#include "collector/reach.h"
#include "lib/base/rng.h"

static const ns_t HOUR = 1 * HOURS;

static enum err rate(uint64_t before, uint64_t after, int bits, ns_t seconds, double ceiling, double *out)
{
    struct rate_reading a = {.t_ns = 100 * SECONDS, .raw = before, .uptime_ms = 1000000};
    struct rate_reading b = {
        .t_ns = (100 + seconds) * SECONDS, .raw = after, .uptime_ms = 1000000 + (uint64_t)seconds * 1000};

    return rate_from_counter(&a, &b, bits, HOUR, ceiling, out);
}

static void rate_is_the_step_over_the_time(void **state)
{
    double out = -1;

    (void)state;
    assert_ok(rate(1000, 61000, 64, 60, 0, &out));
    assert_true(out == 1000);
    assert_ok(rate(5, 5, 32, 60, 0, &out));
    assert_true(out == 0);
}

static void rate_survives_32bit_wrap(void **state)
{
    double out = -1;

    (void)state;
    assert_ok(rate(4294967290u, 110, 32, 58, 0, &out));
    assert_true(out == 2);
}

static void rate_survives_64bit_wrap(void **state)
{
    double out = -1;

    (void)state;
    assert_ok(rate(UINT64_MAX - 9, 110, 64, 60, 0, &out));
    assert_true(out == 2);
}

static void a_64bit_counter_that_falls_is_a_reset_and_no_wrap(void **state)
{
    double out = -1;

    (void)state;
    assert_int_equal(rate(5000000000u, 100, 64, 60, 0, &out), ERR_RESET);
    assert_true(out == -1);
}

static void a_counter_that_steps_back_by_one_gives_no_spike(void **state)
{
    double out = -1;

    (void)state;
    assert_int_equal(rate(1000, 999, 32, 60, 0, &out), ERR_RESET);
    assert_int_equal(rate(1000, 999, 64, 60, 0, &out), ERR_RESET);
    assert_true(out == -1);
}

static void a_restart_of_the_agent_is_not_a_wrap(void **state)
{
    struct rate_reading a = {.t_ns = 1 * SECONDS, .raw = 4294967000u, .uptime_ms = 500000};
    struct rate_reading b = {.t_ns = 61 * SECONDS, .raw = 500, .uptime_ms = 20000};
    double out = -1;

    (void)state;
    assert_int_equal(rate_from_counter(&a, &b, 32, HOUR, 0, &out), ERR_RESET);
    b.uptime_ms = 560000;
    assert_ok(rate_from_counter(&a, &b, 32, HOUR, 0, &out));
}

static void a_restart_is_seen_even_when_the_new_uptime_is_larger(void **state)
{
    (void)state;
    assert_true(rate_is_restart(10000, 40000, 60 * SECONDS));
    assert_false(rate_is_restart(10000, 70000, 60 * SECONDS));
    assert_false(rate_is_restart(0, 70000, 60 * SECONDS));
}

static void the_wrap_of_sysuptime_after_497_days_is_no_restart(void **state)
{
    (void)state;
    assert_false(rate_is_restart(42949672000u, 59040, 60 * SECONDS));
    assert_true(rate_is_restart(20000000000u, 59040, 60 * SECONDS));
}

static void an_engine_that_booted_anew_is_a_restart_whatever_sysuptime_says(void **state)
{
    struct rate_reading a = {.t_ns = 1 * SECONDS, .raw = 1000, .uptime_ms = 500000, .engine = {7, 500}};
    struct rate_reading b = {.t_ns = 61 * SECONDS, .raw = 2000, .uptime_ms = 560000, .engine = {7, 560}};
    double out = -1;

    (void)state;
    assert_ok(rate_from_counter(&a, &b, 64, HOUR, 0, &out));
    b.engine = (struct rate_engine){8, 560};
    assert_int_equal(rate_from_counter(&a, &b, 64, HOUR, 0, &out), ERR_RESET);
    b.engine = (struct rate_engine){6, 560}; /* its memory was lost */
    assert_int_equal(rate_from_counter(&a, &b, 64, HOUR, 0, &out), ERR_RESET);
    b.engine = (struct rate_engine){7, 40}; /* it does not count */
    assert_int_equal(rate_from_counter(&a, &b, 64, HOUR, 0, &out), ERR_RESET);
    b.engine = (struct rate_engine){7, 496}; /* a coarse clock */
    assert_ok(rate_from_counter(&a, &b, 64, HOUR, 0, &out));
    b.engine = (struct rate_engine){0, 0};
    assert_ok(rate_from_counter(&a, &b, 64, HOUR, 0, &out));
}

static void a_reboot_that_looks_like_the_wrap_of_sysuptime_is_told_by_the_engine(void **state)
{
    struct rate_reading a = {.t_ns = 1 * SECONDS, .raw = 1000, .uptime_ms = 42949672000u, .engine = {7, 90}};
    struct rate_reading b = {.t_ns = 61 * SECONDS, .raw = 2000, .uptime_ms = 59040, .engine = {7, 150}};
    double out = -1;

    (void)state;
    assert_ok(rate_from_counter(&a, &b, 64, HOUR, 0, &out));
    b.engine = (struct rate_engine){8, 59};
    assert_int_equal(rate_from_counter(&a, &b, 64, HOUR, 0, &out), ERR_RESET);
}

static void a_counter_discontinuity_gives_no_rate(void **state)
{
    struct rate_reading a = {.t_ns = 1 * SECONDS, .raw = 10, .discontinuity = 0};
    struct rate_reading b = {.t_ns = 61 * SECONDS, .raw = 500, .discontinuity = 77};
    double out = -1;

    (void)state;
    assert_int_equal(rate_from_counter(&a, &b, 64, HOUR, 0, &out), ERR_RESET);
}

static void a_gap_or_a_clock_that_stands_gives_no_rate(void **state)
{
    double out = -1;

    (void)state;
    assert_int_equal(rate(1, 2, 64, 0, 0, &out), ERR_GAP);
    assert_int_equal(rate(1, 2, 64, 3601, 0, &out), ERR_GAP);
    assert_true(out == -1);
}

static void a_rate_above_the_line_speed_is_no_rate(void **state)
{
    double out = -1;

    (void)state;
    assert_int_equal(rate(0, 60u * 200, 64, 60, 100, &out), ERR_RESET);
    assert_ok(rate(0, 60u * 104, 64, 60, 100, &out)); /* a full line, timed inexactly */
    assert_true(out == 100);
}

/* A million readings of a counter that counts, wraps, restarts, is renumbered and stands still. */
static void no_history_of_a_counter_makes_a_spike(void **state)
{
    struct rng rng = {.state = 20261122};
    const double speed = 12.5e6; /* 100 Mbit/s in octets */

    (void)state;
    for (int bits = 32; bits <= 64; bits += 32) {
        struct rate_reading prev = {.t_ns = 1, .raw = rng_u64(&rng) & UINT32_MAX, .uptime_ms = 1};
        size_t rates = 0;

        for (int i = 0; i < 500000; i++) {
            ns_t elapsed = (ns_t)(1 + rng_below(&rng, 120)) * SECONDS + (ns_t)rng_below(&rng, 999999999);
            double load = rng_unit(&rng) * speed;
            struct rate_reading cur = prev;
            double out = -1, seconds = (double)elapsed / (double)SECONDS;
            uint32_t event = rng_below(&rng, 100);

            cur.t_ns += elapsed;
            cur.uptime_ms += (uint64_t)(elapsed / MILLISECONDS);
            cur.raw += (uint64_t)(load * seconds);
            if (event == 0) { /* restart */
                cur.uptime_ms = 1 + rng_below(&rng, 1000);
                cur.raw = rng_below(&rng, 100000);
            } else if (event == 1) { /* renumbered: another interface's counter */
                cur.raw = rng_u64(&rng);
            } else if (event == 2) {
                cur.raw = prev.raw - 1;
            }
            if (bits == 32)
                cur.raw &= UINT32_MAX;
            if (rate_from_counter(&prev, &cur, bits, HOUR, speed, &out) == ERR_OK) {
                rates++;
                assert_true(out >= 0 && out <= 1.01 * speed);
                if (event > 2)
                    assert_true(out > load - 1 && out < load + 1);
            }
            prev = cur;
        }
        assert_true(rates > 400000);
    }
}

static void three_misses_and_six_confirmations_make_a_device_down(void **state)
{
    struct reach r = {0};

    (void)state;
    assert_int_equal(reach_tries(&r), REACH_TRIES);
    assert_int_equal(reach_polled(&r, false), REACH_SOON);
    assert_int_equal(reach_polled(&r, false), REACH_SOON);
    assert_int_equal(reach_polled(&r, false), REACH_CONFIRM);
    assert_false(r.is_down);
    assert_int_equal(reach_confirmed(&r, false), REACH_AT_INTERVAL);
    assert_true(r.is_down);
    assert_int_equal(r.misses, 3);
    assert_int_equal(r.confirmations, 6);
    assert_int_equal(reach_tries(&r), 1);
    assert_int_equal(reach_polled(&r, false), REACH_AT_INTERVAL);
    assert_int_equal(r.misses, 4);
    assert_int_equal(reach_polled(&r, true), REACH_AT_INTERVAL);
    assert_false(r.is_down);
    assert_int_equal(r.misses, 0);
}

static void one_answered_confirmation_ends_the_suspicion(void **state)
{
    struct reach r = {.misses = 3};

    (void)state;
    assert_int_equal(reach_confirmed(&r, true), REACH_AT_ONCE);
    assert_false(r.is_down);
    assert_int_equal(r.misses, 0);
}

static void polls_are_spread_evenly_and_passed_slots_are_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < 600; i++) {
        ns_t due = plan_first(i, 600, 7 * SECONDS, 60 * SECONDS);

        ns_t even = 7 * SECONDS + (ns_t)i * 100 * MILLISECONDS;

        assert_true(due <= even && even - due < PLAN_TICK && due % PLAN_TICK == 0);
    }
    assert_true(plan_next(10, 60, 5) == 10);
    assert_true(plan_next(10, 60, 10) == 70);
    assert_true(plan_next(10, 60, 69) == 70);
    assert_true(plan_next(10, 60, 1000) == 1030);
}

/* A hundred polls in a bunch, where that takes neither more than a second nor more than a tenth of the
 * interval. */
static void where_polls_are_few_bunches_are_further_apart(void **state)
{
    (void)state;
    assert_true(plan_tick(10000, 5 * SECONDS) == PLAN_TICK);
    assert_true(plan_tick(500, 5 * SECONDS) == 500 * MILLISECONDS);
    assert_true(plan_tick(10000, 60 * SECONDS) == 500 * MILLISECONDS);
    assert_true(plan_tick(500, 60 * SECONDS) == 1 * SECONDS);
    assert_true(plan_tick(1, 1 * SECONDS) == PLAN_TICK);
    for (size_t i = 0; i < 500; i++) {
        ns_t slot = plan_slot(i, 500, 5 * SECONDS, 0), even = (ns_t)i * 10 * MILLISECONDS;

        assert_true(slot % (500 * MILLISECONDS) == 0);
        assert_true(slot == (even < 500 * MILLISECONDS ? 5 * SECONDS : even - even % (500 * MILLISECONDS)));
    }
}

/* Seven uplinks, their devices side by side in the inventory or by turns, and devices without one. */
static void those_behind_one_uplink_take_slots_far_apart(void **state)
{
    enum { UPLINKS = 7, MOST = 2000, BUNCHES = 20 };
    static const char *const names[UPLINKS + 1] = {"a", "b", "c", "d", "e", "f", "g", NULL};
    static const size_t sizes[] = {1, 2, 3, 8, 55, 144, 500, 987, MOST};
    const char *groups[MOST];
    size_t order[MOST];

    (void)state;
    for (size_t k = 0; k < 2 * ARRAY_LEN(sizes); k++) {
        size_t n = sizes[k / 2], in[BUNCHES][UPLINKS + 1] = {{0}};
        bool is_taken[MOST] = {false};

        for (size_t i = 0; i < n; i++)
            groups[i] = names[k % 2 ? i % (UPLINKS + 1) : i * (UPLINKS + 1) / n];
        assert_int_equal(plan_order(groups, n, order), ERR_OK);
        for (size_t slot = 0; slot < n; slot++) {
            size_t device = order[slot];
            size_t group = k % 2 ? device % (UPLINKS + 1) : device * (UPLINKS + 1) / n;

            assert_true(device < n);
            assert_false(is_taken[device]);
            is_taken[device] = true;
            in[slot * BUNCHES / n][group]++;
        }
        for (size_t bunch = 0; bunch < BUNCHES; bunch++)
            for (size_t group = 0; group <= UPLINKS; group++)
                assert_in_range(in[bunch][group], 0, n / (BUNCHES * (UPLINKS + 1)) + 3);
    }
}

static void a_restart_changes_no_slot(void **state)
{
    ns_t before = 0;

    (void)state;
    for (ns_t now = 0; now < 600 * SECONDS; now += 7 * SECONDS) {
        ns_t slot = plan_slot(3, 8, 60 * SECONDS, now);

        assert_in_range(slot, now + 1, now + 60 * SECONDS);
        assert_true(before == 0 || (slot - before) % (60 * SECONDS) == 0);
        before = slot;
    }
    assert_true(plan_start(5, 200, 60) == 5);
    assert_true(plan_start(5, 19, 60) == 19);
    assert_true(plan_start(5, 4, 60) == 4);
    assert_true(plan_start(0, 60 * SECONDS, 600 * SECONDS) == 0); /* nobody waits a minute to be heard */
}

RUN_TESTS("rate", cmocka_unit_test(where_polls_are_few_bunches_are_further_apart),
          cmocka_unit_test(those_behind_one_uplink_take_slots_far_apart),
          cmocka_unit_test(a_restart_changes_no_slot), cmocka_unit_test(rate_is_the_step_over_the_time),
          cmocka_unit_test(rate_survives_32bit_wrap), cmocka_unit_test(rate_survives_64bit_wrap),
          cmocka_unit_test(a_64bit_counter_that_falls_is_a_reset_and_no_wrap),
          cmocka_unit_test(a_counter_that_steps_back_by_one_gives_no_spike),
          cmocka_unit_test(a_restart_of_the_agent_is_not_a_wrap),
          cmocka_unit_test(a_restart_is_seen_even_when_the_new_uptime_is_larger),
          cmocka_unit_test(the_wrap_of_sysuptime_after_497_days_is_no_restart),
          cmocka_unit_test(an_engine_that_booted_anew_is_a_restart_whatever_sysuptime_says),
          cmocka_unit_test(a_reboot_that_looks_like_the_wrap_of_sysuptime_is_told_by_the_engine),
          cmocka_unit_test(a_counter_discontinuity_gives_no_rate),
          cmocka_unit_test(a_gap_or_a_clock_that_stands_gives_no_rate),
          cmocka_unit_test(a_rate_above_the_line_speed_is_no_rate),
          cmocka_unit_test(no_history_of_a_counter_makes_a_spike),
          cmocka_unit_test(three_misses_and_six_confirmations_make_a_device_down),
          cmocka_unit_test(one_answered_confirmation_ends_the_suspicion),
          cmocka_unit_test(polls_are_spread_evenly_and_passed_slots_are_left_out))
