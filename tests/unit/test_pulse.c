/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pulse.c - the last hour of the daemons' figures, on a clock of its own. */
#include <math.h>
#include <stdio.h>

#include "dashboards/pulse.h"
#include "tests/unit/cmocka_tests.h"

#define START (1000000 * PULSE_STEP)

static int setup(void **state)
{
    struct pulse *p = NULL;

    if (pulse_new(&p))
        return -1;
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    pulse_free(*state);
    return 0;
}

static void beat(struct pulse *p, ns_t wall, const char *name, double value)
{
    Nw__Heartbeat b = NW__HEARTBEAT__INIT;
    Nw__Lag lag = NW__LAG__INIT, *lags[] = {&lag};
    struct figure_set set = {.count = 0};

    lag.partition = (char *)(uintptr_t) "collector";
    lag.lag_ms = (uint64_t)(value * 1000);
    figure_put(&set, name, value);
    figure_set_give(&set, &b);
    b.lag = lags;
    b.n_lag = 1;
    assert_ok(pulse_take(p, "d", wall, &b));
}

static void a_counter_is_shown_as_its_growth_per_second(void **state)
{
    double points[PULSE_POINTS];

    for (int s = 0; s < 40; s++)
        for (int k = 0; k < 30; k++)
            beat(*state, START + s * PULSE_STEP + k * SECONDS, "polls_total", s * 30 + k);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "polls_total", START + 40 * PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 1], 1, 1e-9);
    assert_float_equal(points[PULSE_POINTS - 39], 1, 1e-9);
    assert_true(isnan(points[PULSE_POINTS - 40])); /* what was before it is not known */
    assert_float_equal(pulse_mean(points, 10), 1, 1e-9);
}

static void a_restart_is_not_known_and_no_negative_growth(void **state)
{
    double points[PULSE_POINTS];

    beat(*state, START, "polls_total", 500);
    beat(*state, START + PULSE_STEP, "polls_total", 3);
    beat(*state, START + 2 * PULSE_STEP, "polls_total", 33);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "polls_total", START + 3 * PULSE_STEP, points));
    assert_true(isnan(points[PULSE_POINTS - 2]));
    assert_float_equal(points[PULSE_POINTS - 1], 1, 1e-9);
}

static void a_short_peak_of_a_gauge_stays_visible(void **state)
{
    double points[PULSE_POINTS];

    beat(*state, START, "poll_lateness_max_seconds", 0.1);
    beat(*state, START + SECONDS, "poll_lateness_max_seconds", 7);
    beat(*state, START + 2 * SECONDS, "poll_lateness_max_seconds", 0.1);
    assert_true(
        pulse_points(*state, "d", PULSE_FIGURE, "poll_lateness_max_seconds", START + PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 1], 7, 0);
    assert_true(pulse_points(*state, "d", PULSE_LAG, "collector", START + PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 1], 7, 0);
}

static void silence_is_not_known(void **state)
{
    double points[PULSE_POINTS];

    beat(*state, START, "devices", 5);
    beat(*state, START + 3 * PULSE_STEP, "devices", 6);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "devices", START + 5 * PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 5], 5, 0);
    assert_true(isnan(points[PULSE_POINTS - 4]) && isnan(points[PULSE_POINTS - 3]));
    assert_float_equal(points[PULSE_POINTS - 2], 6, 0);
    assert_true(isnan(points[PULSE_POINTS - 1]));
    /* a day later nothing of it is left, and nothing of it comes back by the ring's wrap */
    beat(*state, START + 3000 * PULSE_STEP, "devices", 9);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "devices", START + 3001 * PULSE_STEP, points));
    for (size_t i = 0; i + 1 < PULSE_POINTS; i++)
        assert_true(isnan(points[i]));
    assert_float_equal(points[PULSE_POINTS - 1], 9, 0);
}

static void what_is_older_than_known_is_ignored(void **state)
{
    double points[PULSE_POINTS];

    beat(*state, START + PULSE_STEP, "devices", 6);
    beat(*state, START, "devices", 99);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "devices", START + 2 * PULSE_STEP, points));
    assert_true(isnan(points[PULSE_POINTS - 2]));
    assert_false(pulse_points(*state, "d", PULSE_FIGURE, "polls_total", START, points));
    assert_false(pulse_points(*state, "other", PULSE_FIGURE, "devices", START, points));
}

static void too_many_figures_are_left_out_and_said(void **state)
{
    Nw__Heartbeat b = NW__HEARTBEAT__INIT;
    char names[FIGURES_MAX][16], daemon[16];
    enum err e = ERR_OK;

    for (int d = 0; d < 100 && e == ERR_OK; d++) {
        struct figure_set set = {.count = 0};
        for (int i = 0; i < FIGURES_MAX; i++) {
            snprintf(names[i], sizeof names[i], "f%d", i);
            figure_put(&set, names[i], 1);
        }
        figure_set_give(&set, &b);
        snprintf(daemon, sizeof daemon, "d%d", d);
        e = pulse_take(*state, daemon, START, &b);
    }
    assert_int_equal(e, ERR_LIMIT);
}

static void figures_that_change_their_places_stay_themselves(void **state)
{
    double points[PULSE_POINTS];

    for (int i = 0; i < 6; i++)
        beat(*state, START + i * SECONDS, i % 2 ? "gauge_one" : "gauge_two", i % 2 ? 1 : 2);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "gauge_one", START + PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 1], 1, 1e-9);
    assert_true(pulse_points(*state, "d", PULSE_FIGURE, "gauge_two", START + PULSE_STEP, points));
    assert_float_equal(points[PULSE_POINTS - 1], 2, 1e-9);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
RUN_TESTS("pulse", FRESH(a_counter_is_shown_as_its_growth_per_second),
          FRESH(a_restart_is_not_known_and_no_negative_growth), FRESH(a_short_peak_of_a_gauge_stays_visible),
          FRESH(silence_is_not_known), FRESH(what_is_older_than_known_is_ignored),
          FRESH(too_many_figures_are_left_out_and_said),
          FRESH(figures_that_change_their_places_stay_themselves))
