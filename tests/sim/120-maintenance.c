/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 120: maintenance windows that come back every week at a time of the wall clock, for a subtree or a rule.
 * What they keep quiet is on record once, and what lasts beyond their end is an incident then. Those with
 * `announce` are told to citizens two weeks ahead. */
#include "alerts/recurring.h"
#include "lib/base/berlin.h"
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

/* ---- what citizens are told ---- */

static const char announced[] =
    "rules: []\n"
    "maintenance:\n"
    "  - {id: night, scope: acc-1-1, days: [tue], from: \"02:00\", until: \"02:30\", announce: yes, text_de: "
    "Wir tauschen Technik.}\n"
    "  - {id: quiet, scope: acc-1-2, from: \"02:00\", until: \"02:30\"}\n";

static struct world *announcing_town(void)
{
    char *text = world_town(2, 2, 5);
    struct world *w = world_new_with(text, announced, INTERVAL, 1);
    ns_t at = 0;

    free(text);
    assert_ok(timex_parse("2026-11-22T12:00:00Z", &at)); /* Sunday */
    world_set_clock(w, at);
    world_run(w, 4 * INTERVAL);
    return w;
}

static const char *ask(struct world *w, struct engine_command c)
{
    c.by = "Mia";
    c.via = "cli";
    c.comment = "Netzteil";
    return engine_command(w->engine, w->now, &c);
}

static const Nw__Announcement *told(const struct world *w, const char *id)
{
    const Nw__Announcements *list = w->announced->announcements;

    for (size_t i = 0; i < list->n_items; i++)
        if (strcmp(list->items[i]->id, id) == 0)
            return list->items[i];
    return NULL;
}

static void citizens_are_told_two_weeks_ahead_of_the_announced_windows_alone(void **state)
{
    struct world *w = announcing_town();
    const Nw__Announcement *a = told(w, "night");
    ns_t first = 0;

    (void)state;
    assert_int_equal(w->announcements, 1); /* not again with every tick */
    assert_int_equal(w->announced->announcements->n_items, 1);
    assert_non_null(a);
    assert_int_equal(a->n_hotspots, 5);
    assert_string_equal(a->hotspots[0], "hs-1-1-1");
    assert_string_equal(a->text_de, "Wir tauschen Technik.");
    assert_int_equal(a->n_spans, 2);
    assert_ok(timex_parse("2026-11-24T01:00:00Z", &first));
    assert_int_equal(a->spans[0]->begin, first);
    assert_int_equal(a->spans[0]->until, first + 30 * MINUTES);
    assert_int_equal(a->spans[1]->begin, first + 7 * DAYS);
    world_free(w);
}

static void a_window_that_people_ask_for_is_told_until_it_ends_also_over_a_restart(void **state)
{
    struct world *w = announcing_town();
    struct engine_command c = {.id = "m-1",
                               .verb = "maintenance",
                               .target = "agg-2",
                               .begin = w->now + DAYS,
                               .until = w->now + 2 * DAYS,
                               .announce = true,
                               .text_en = "New fibre"};

    (void)state;
    assert_null(ask(w, c));
    world_run(w, INTERVAL);
    assert_int_equal(told(w, "m-1")->n_hotspots, 10);
    assert_string_equal(told(w, "m-1")->text_en, "New fibre");
    assert_int_equal(told(w, "m-1")->spans[0]->begin, c.begin);
    world_restart_engine(w);
    world_run(w, INTERVAL);
    assert_string_equal(told(w, "m-1")->text_en, "New fibre");
    assert_null(ask(w, (struct engine_command){.id = "e-1", .verb = "maintenance_end", .target = "m-1"}));
    world_run(w, INTERVAL);
    assert_null(told(w, "m-1"));
    assert_non_null(told(w, "night"));
    c.id = "m-2";
    c.begin = w->now + 20 * DAYS;
    c.until = c.begin + HOURS;
    assert_null(ask(w, c));
    world_run(w, INTERVAL);
    assert_null(told(w, "m-2")); /* too far ahead */
    world_free(w);
}

static void an_announcement_that_cannot_be_is_refused(void **state)
{
    struct world *w = announcing_town();
    char text[ANNOUNCE_TEXT_SIZE + 1];
    struct engine_command c = {.id = "m", .verb = "maintenance", .target = "agg-2", .until = w->now + HOURS};

    (void)state;
    c.text_de = "Technik";
    assert_non_null(strstr(ask(w, c), "need `announce`"));
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    c.text_de = text;
    c.announce = true;
    assert_non_null(strstr(ask(w, c), "500 bytes"));
    text[ANNOUNCE_TEXT_SIZE - 1] = '\0';
    assert_null(ask(w, c));
    c.target = "rule:radio-congested";
    assert_non_null(strstr(ask(w, c), "cannot be announced"));
    world_free(w);
}

/* from, until: hours. The first occurrence of a daily window behind noon of the day before `day`. */
static struct span span_of(int year, int month, int day, double from, double until, size_t *count)
{
    struct recurring r = {.days = 0x7f, .from = (int64_t)(from * 3600), .until = (int64_t)(until * 3600)};
    int64_t night = date_to_days(year, month, day);
    struct span spans[RECURRING_SPANS_MAX] = {{0, 0}};

    r.first = r.last = night;
    *count = recurring_spans(&r, (night * 86400 - 43200) * SECONDS, (night + 1) * 86400 * SECONDS, spans);
    return spans[0];
}

static void assert_span(struct span s, const char *begin, const char *until)
{
    char text[TIMEX_RFC3339_SIZE];

    timex_rfc3339(s.begin, text);
    assert_memory_equal(text, begin, strlen(begin));
    timex_rfc3339(s.until, text);
    assert_memory_equal(text, until, strlen(until));
}

static void occurrences_follow_the_clock_in_both_nights_that_change_it(void **state)
{
    size_t n;

    (void)state;
    assert_span(span_of(2026, 10, 25, 2, 2.5, &n), "2026-10-25T00:00", "2026-10-25T01:30"); /* both hours */
    assert_span(span_of(2026, 10, 25, 1, 2, &n), "2026-10-24T23:00", "2026-10-25T00:00");
    assert_span(span_of(2026, 10, 25, 3, 4, &n), "2026-10-25T02:00", "2026-10-25T03:00");
    assert_span(span_of(2026, 10, 25, 22, 1, &n), "2026-10-25T21:00", "2026-10-26T00:00");
    span_of(2026, 3, 29, 2, 2.5, &n);
    assert_int_equal(n, 0); /* that night has no such time */
    assert_span(span_of(2026, 3, 29, 1.5, 2.5, &n), "2026-03-29T00:30", "2026-03-29T01:00");
    assert_span(span_of(2026, 3, 29, 2.5, 4, &n), "2026-03-29T01:00", "2026-03-29T02:00");
    assert_span(span_of(2026, 7, 6, 0, 24, &n), "2026-07-05T22:00", "2026-07-06T22:00");
    assert_int_equal(n, 1);
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
    refuse("from: \"02:00\", until: \"03:00\", rule: x, announce: yes", "cannot be announced");
    refuse("from: \"02:00\", until: \"03:00\", text_en: Work", "need `announce: yes`");
    refuse("from: \"02:00\", until: \"03:00\", announce: perhaps", "announce");
}

RUN_TESTS("120-maintenance",
          cmocka_unit_test(an_outage_in_a_weekly_window_is_recorded_and_raised_when_it_ends),
          cmocka_unit_test(another_day_is_no_maintenance),
          cmocka_unit_test(a_window_over_midnight_belongs_to_the_day_on_which_it_begins),
          cmocka_unit_test(in_summer_the_window_follows_the_wall_clock),
          cmocka_unit_test(a_window_for_one_rule_keeps_that_rule_quiet_and_nothing_else),
          cmocka_unit_test(citizens_are_told_two_weeks_ahead_of_the_announced_windows_alone),
          cmocka_unit_test(a_window_that_people_ask_for_is_told_until_it_ends_also_over_a_restart),
          cmocka_unit_test(an_announcement_that_cannot_be_is_refused),
          cmocka_unit_test(occurrences_follow_the_clock_in_both_nights_that_change_it),
          cmocka_unit_test(a_window_with_a_mistake_is_refused))
