/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 120: maintenance windows that come back every week at a time of the wall clock, for a subtree or a rule.
 * What they keep quiet is on record once, and what lasts beyond their end is an incident then. */
#include "lib/base/timex.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

static const char windows[] =
    "rules: []\n"
    "maintenance:\n"
    "  - {id: night, scope: agg-1, days: [tue], from: \"02:00\", until: \"02:30\"}\n"
    "  - {id: late, scope: s-2-1, days: [fri], from: \"23:30\", until: \"00:30\"}\n"
    "  - {id: busy, rule: radio-congested, scope: s-2-2, from: \"12:00\", "
    "until: \"13:00\", first: 2026-11-20}\n";

static struct world *town(const char *start)
{
    char *text = world_town(2, 2, 5);
    struct world *w = world_new_with(text, windows, INTERVAL, 1);
    ns_t at = 0;

    free(text);
    assert_ok(timex_parse(start, &at));
    world_set_clock(w, at);
    world_run(w, 4 * INTERVAL);
    return w;
}

static void an_outage_in_a_weekly_window_is_recorded_and_raised_when_it_ends(void **state)
{
    struct world *w = town("2026-11-24T00:58:00Z"); /* Tuesday 01:58 */

    (void)state;
    assert_int_equal(world_count(w, STATE_MAINTENANCE), 0);
    world_run(w, 2 * MINUTES);
    assert_int_equal(world_count(w, STATE_MAINTENANCE), 10);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 20 * MINUTES);
    assert_int_equal(w->said_count, 0);
    assert_in_range(w->suppressed, 1, 20); /* each silent device once */
    size_t noted = w->suppressed;
    world_run(w, 5 * MINUTES);
    assert_int_equal(w->suppressed, noted);
    world_run(w, 6 * MINUTES); /* 02:31 */
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 10);
    world_free(w);
}

static void another_day_is_no_maintenance(void **state)
{
    struct world *w = town("2026-11-25T01:01:00Z"); /* Wednesday 02:01 */

    (void)state;
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    assert_int_equal(w->suppressed, 0);
    world_free(w);
}

static void a_window_over_midnight_belongs_to_the_day_on_which_it_begins(void **state)
{
    struct world *w = town("2026-11-27T22:29:00Z"); /* Friday 23:29 */

    (void)state;
    world_run(w, 2 * MINUTES);
    assert_int_equal(world_state(w, "hs-2-1-1"), STATE_MAINTENANCE);
    world_run(w, 50 * MINUTES); /* Saturday 00:21 */
    assert_int_equal(world_state(w, "hs-2-1-1"), STATE_MAINTENANCE);
    world_run(w, 10 * MINUTES);
    assert_int_equal(world_state(w, "hs-2-1-1"), STATE_USABLE);
    world_free(w);
}

static void in_summer_the_window_follows_the_wall_clock(void **state)
{
    struct world *w = town("2026-07-06T23:58:00Z"); /* Tuesday 01:58 summer time */

    (void)state;
    world_run(w, 2 * MINUTES);
    assert_int_equal(world_count(w, STATE_MAINTENANCE), 10);
    world_run(w, 30 * MINUTES);
    assert_int_equal(world_count(w, STATE_MAINTENANCE), 0);
    world_free(w);
}

static void a_window_for_one_rule_keeps_that_rule_quiet_and_nothing_else(void **state)
{
    struct world *w = town("2026-11-24T11:30:00Z"); /* 12:30 */

    (void)state;
    world_agent(w, "ap-2-2-1")->utilization = 95; /* in the window's site */
    world_agent(w, "ap-2-1-1")->utilization = 95; /* in another */
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", "congestion"), 1);
    assert_string_equal(world_first(w, "opened", "congestion")->cause, "s-2-1");
    assert_int_equal(w->suppressed, 1);
    assert_int_equal(world_state(w, "hs-2-2-1"), STATE_USABLE);
    world_agent(w, "ap-2-2-2")->is_alive = false;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", "device_down"), 1);
    world_run(w, 30 * MINUTES); /* 13:02: still busy */
    assert_int_equal(world_said(w, "opened", "congestion"), 2);
    world_free(w);
}

static void refuse(const char *window, const char *expected)
{
    struct conf_report *report = NULL;
    struct rules *r = NULL;
    char text[512];

    snprintf(text, sizeof text, "rules: []\nmaintenance:\n  - {id: w, %s}\n", window);
    assert_ok(conf_report_new(&report));
    assert_int_equal(rules_parse(text, NULL, report, &r), ERR_CONFIG);
    assert_non_null(strstr(conf_report_text(report), expected));
    conf_report_free(report);
}

static void a_window_with_a_mistake_is_refused(void **state)
{
    (void)state;
    refuse("from: \"2:00\", until: \"03:00\"", "such as 02:00");
    refuse("from: \"02:00\", until: \"25:00\"", "such as 02:00");
    refuse("from: \"02:00\", until: \"02:00\"", "such as 02:00");
    refuse("days: [dienstag], from: \"02:00\", until: \"03:00\"", "expected mon, tue");
    refuse("from: \"02:00\", until: \"03:00\", first: 2026-13-01", "such as 2026-11-30");
}

RUN_TESTS("120-maintenance",
          cmocka_unit_test(an_outage_in_a_weekly_window_is_recorded_and_raised_when_it_ends),
          cmocka_unit_test(another_day_is_no_maintenance),
          cmocka_unit_test(a_window_over_midnight_belongs_to_the_day_on_which_it_begins),
          cmocka_unit_test(in_summer_the_window_follows_the_wall_clock),
          cmocka_unit_test(a_window_for_one_rule_keeps_that_rule_quiet_and_nothing_else),
          cmocka_unit_test(a_window_with_a_mistake_is_refused))
