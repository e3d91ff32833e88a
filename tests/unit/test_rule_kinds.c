/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rule_kinds.c - every kind of rule on a scenario of its own: when it begins, why, when it ends. */
#include <math.h>

#include "tests/unit/played.h"

#define DAY_HEAD "start: \"2026-11-16T00:00:00Z\"\nduration: 1d\ninterval: 60s"

static void a_rate_is_told_while_it_lasts_and_a_high_level_alone_is_none(void **state)
{
    struct played p;

    (void)state;
    play(&p,
         "rules:\n  - {id: r, kind: rate, metric: temperature, above: 20, clear: 5, span: 30min, "
         "type: limit}\n",
         DAY_HEAD,
         "  - {at: 0s, source: sw-nord, entity: t/1, kind: sensor, metric: temperature, value: 60}\n"
         "  - {at: 5h, source: sw-nord, entity: t/1, metric: temperature, value: 20}\n"
         "  - {at: 10h, source: sw-nord, entity: t/1, metric: temperature, value: 20, to: 50, until: 11h}\n"
         "  - {at: 11h, source: sw-nord, entity: t/1, metric: temperature, value: 50}\n");
    assert_int_equal(replay_count(p.replay), 1);
    assert_in_range(opened(&p, 0), 605, 635);
    assert_in_range(closed(&p, 0), 670, 700); /* half an hour after it stopped rising */
    assert_float_equal(replay_at(p.replay, 0)->limit, 20, 0);
    assert_true(replay_at(p.replay, 0)->value > 20);
    done(&p);
}

static void a_value_that_stops_coming_is_told_and_one_that_never_came_is_not(void **state)
{
    struct played p;

    (void)state;
    play(&p, "rules:\n  - {id: s, kind: silence, metric: temperature, hold_polls: 10, type: silence}\n",
         DAY_HEAD,
         "  - {at: 0s, source: sw-nord, entity: t/1, kind: sensor, metric: temperature, value: 30}\n"
         "  - {at: 0s, source: sw-nord, entity: t/2, kind: sensor, metric: temperature, unknown: yes}\n"
         "  - {at: 2h, source: sw-nord, entity: t/1, metric: temperature, unknown: yes}\n"
         "  - {at: 4h, source: sw-nord, entity: t/1, metric: temperature, value: 30}\n"
         "  - {at: 6h, source: sw-nord, entity: t/1, metric: temperature, unknown: yes}\n"
         "  - {at: 365min, source: sw-nord, entity: t/1, metric: temperature, value: 30}\n"); /* too short */
    assert_int_equal(replay_count(p.replay), 1);
    assert_string_equal(replay_at(p.replay, 0)->entity, "t/1");
    assert_in_range(opened(&p, 0), 128, 132);
    assert_in_range(closed(&p, 0), 240, 242);
    done(&p);
}

static void a_device_that_is_silent_as_a_whole_is_one_incident_and_none_a_value(void **state)
{
    struct played p;

    (void)state;
    play(&p, "rules:\n  - {id: s, kind: silence, metric: temperature, hold_polls: 10, type: silence}\n",
         DAY_HEAD,
         "  - {at: 0s, source: sw-nord, entity: t/1, kind: sensor, metric: temperature, value: 30}\n"
         "  - {at: 2h, source: sw-nord, answers: no}\n"
         "  - {at: 4h, source: sw-nord, answers: yes}\n");
    /* the device is silent as a whole: that is another incident, and the only one */
    assert_int_equal(replay_count(p.replay), 1);
    assert_string_equal(replay_at(p.replay, 0)->type, "device_down");
    done(&p);
}

static void flapping_begins_with_the_last_change_and_ends_after_rest_on_either_side(void **state)
{
    static const char rule[] = "rules:\n  - {id: f, kind: flapping, metric: interface.oper, above: 1.5, "
                               "changes: 6, span: 1h, type: flapping}\n";
    struct buf events = BUF_INIT;
    struct played p;

    (void)state;
    for (int side = 1; side <= 2; side++) { /* it comes to rest up, then down */
        buf_clear(&events);
        buf_str(&events,
                "  - {at: 0s, source: sw-nord, entity: if/9, kind: interface, metric: interface.oper, "
                "value: 1}\n");
        for (int i = 0; i < 7 + side % 2; i++)
            buf_printf(&events,
                       "  - {at: %dmin, source: sw-nord, entity: if/9, metric: interface.oper, value: %d}\n",
                       60 + 5 * i, i % 2 ? 1 : 2);
        play(&p, rule, DAY_HEAD, events.data);
        assert_int_equal(replay_count(p.replay), 1);
        assert_in_range(opened(&p, 0), 85, 87); /* the sixth change */
        assert_in_range(closed(&p, 0), 60 + 5 * (6 + side % 2) + 15,
                        60 + 5 * (6 + side % 2) + 18); /* a quarter of an hour of rest */
        assert_int_equal(replay_at(p.replay, 0)->messages, 2);
        done(&p);
    }
    play(&p, rule, DAY_HEAD,
         "  - {at: 0s, source: sw-nord, entity: if/9, kind: interface, metric: interface.oper, value: 1}\n"
         "  - {at: 1h, source: sw-nord, entity: if/9, metric: interface.oper, value: 2}\n"
         "  - {at: 2h, source: sw-nord, entity: if/9, metric: interface.oper, value: 1}\n");
    assert_int_equal(replay_count(p.replay), 0); /* down once is not flapping */
    done(&p);
    buf_fini(&events);
}

/* Five weeks: 40 users from 8 to 18 local time on working days, 5 else; then a Tuesday morning with `odd`. */
static void play_weeks(struct played *p, const char *rules, int odd)
{
    struct buf events = BUF_INIT;

    buf_str(&events, "  - {at: 0s, source: ap-s-1, entity: radio/0, kind: radio, metric: wireless.clients, "
                     "value: 5}\n");
    for (int day = 0; day < 36; day++) { /* from a Monday; UTC + 1 h */
        if (day % 7 > 4)
            continue;
        buf_printf(&events,
                   "  - {at: %dh, source: ap-s-1, entity: radio/0, metric: wireless.clients, value: %d}\n",
                   24 * day + 7, 40 + day % 3);
        buf_printf(&events,
                   "  - {at: %dh, source: ap-s-1, entity: radio/0, metric: wireless.clients, value: 5}\n",
                   24 * day + 17);
    }
    buf_printf(&events,
               "  - {at: %dh, source: ap-s-1, entity: radio/0, metric: wireless.clients, value: 41}\n",
               24 * 36 + 7);
    buf_printf(&events,
               "  - {at: %dh, source: ap-s-1, entity: radio/0, metric: wireless.clients, value: %d}\n",
               24 * 36 + 9, odd);
    buf_printf(&events,
               "  - {at: %dh, source: ap-s-1, entity: radio/0, metric: wireless.clients, value: 41}\n",
               24 * 36 + 10);
    play(p, rules, "start: \"2027-01-04T00:00:00Z\"\nduration: 37d\ninterval: 10min", events.data);
    buf_fini(&events);
}

static const char unusual[] = "rules:\n  - {id: u, kind: baseline, metric: wireless.clients, direction: low, "
                              "spreads: 5, least: 10, hold_polls: 2, type: unusual}\n";

static void what_is_unusual_for_this_hour_is_told_and_the_same_number_at_night_is_not(void **state)
{
    struct played p;

    (void)state;
    play_weeks(&p, unusual, 6); /* 6 users on a Tuesday at 10 in a school: usual at night, not now */
    assert_int_equal(replay_count(p.replay), 1);
    assert_in_range(opened(&p, 0), 24 * 36 * 60 + 540, 24 * 36 * 60 + 560);
    assert_in_range(closed(&p, 0), 24 * 36 * 60 + 600, 24 * 36 * 60 + 615);
    done(&p);
    play_weeks(&p, unusual, 38);
    assert_int_equal(replay_count(p.replay), 0);
    done(&p);
}

static void an_empty_night_is_usual_after_a_few_days_and_an_empty_noon_is_sleep(void **state)
{
    struct buf events = BUF_INIT;
    struct played p;
    size_t late = 0;

    (void)state;
    for (int k = 1; k <= 3; k++)
        buf_printf(&events,
                   "  - {at: 0s, source: ap-n-%d, entity: radio/0, kind: radio, metric: wireless.clients, "
                   "value: 5}\n",
                   k);
    for (int day = 0; day < 20; day++) { /* only the first one is empty at night */
        buf_printf(&events,
                   "  - {at: %dh, source: ap-n-1, entity: radio/0, metric: wireless.clients, value: 20}\n",
                   24 * day + 7);
        buf_printf(&events,
                   "  - {at: %dh, source: ap-n-1, entity: radio/0, metric: wireless.clients, value: 0}\n",
                   24 * day + 19);
    }
    buf_printf(&events,
               "  - {at: %dh, source: ap-n-1, entity: radio/0, metric: wireless.clients, value: 0}\n",
               24 * 18 + 11);
    buf_printf(&events,
               "  - {at: %dh, source: ap-n-1, entity: radio/0, metric: wireless.clients, value: 20}\n",
               24 * 18 + 15);
    play(&p,
         "rules:\n  - {id: s, kind: sleeping, metric: wireless.clients, hold_polls: 6, type: sleeping, "
         "state: degraded, reason: sleeping}\n",
         "start: \"2027-01-04T00:00:00Z\"\nduration: 20d\ninterval: 10min", events.data);
    for (size_t i = 0; i < replay_count(p.replay); i++)
        if (opened(&p, i) > 14 * 1440) { /* two weekends */
            late++;
            assert_in_range(opened(&p, i), 24 * 60 * 18 + 11 * 60 + 40, 24 * 60 * 18 + 12 * 60 + 20);
            assert_string_equal(replay_at(p.replay, i)->cause_id, "hs-n-1");
        }
    assert_int_equal(late, 1); /* noon of day 18, and no night */
    done(&p);
    buf_fini(&events);
}

static void an_optic_that_ages_is_told_in_decibels_a_week(void **state)
{
    struct played p;

    (void)state;
    play(&p,
         "rules:\n  - {id: d, kind: drift, metric: optic.rx_power, per_week: 0.5, limit: -26, days: 60, "
         "type: optical_drift}\n",
         "start: \"2026-09-01T00:00:00Z\"\nduration: 40d\ninterval: 30min",
         "  - {at: 0s, source: sw-nord, entity: optic/1, kind: optic, metric: optic.temperature, value: 30}\n"
         "  - {at: 0s, source: sw-nord, entity: optic/1, kind: optic, metric: optic.rx_power, value: -12}\n"
         "  - {at: 0s, source: sw-nord, entity: optic/2, kind: optic, metric: optic.rx_power, value: -12, "
         "to: -12.4, until: 40d}\n"
         "  - {at: 10d, source: sw-nord, entity: optic/1, metric: optic.rx_power, value: -12, to: -16, "
         "until: 38d}\n"); /* a decibel a week */
    assert_int_equal(replay_count(p.replay), 1);
    assert_string_equal(replay_at(p.replay, 0)->entity, "optic/1");
    assert_in_range(opened(&p, 0) / 1440, 11, 24);
    assert_int_equal(closed(&p, 0), -1);
    done(&p);
}

static void a_jump_is_no_drift(void **state)
{
    struct played p;

    (void)state;
    play(&p,
         "rules:\n  - {id: d, kind: drift, metric: optic.rx_power, per_week: 0.5, limit: -26, days: 60, "
         "type: optical_drift}\n",
         "start: \"2026-09-01T00:00:00Z\"\nduration: 40d\ninterval: 30min",
         "  - {at: 0s, source: sw-nord, entity: optic/1, kind: optic, metric: optic.rx_power, value: -12}\n"
         "  - {at: 10d, source: sw-nord, entity: optic/1, metric: optic.rx_power, value: -15}\n");
    assert_int_equal(replay_count(p.replay), 0);
    done(&p);
}

static void a_budget_that_fills_is_told_before_it_is_full(void **state)
{
    struct played p;

    (void)state;
    play(&p,
         "rules:\n  - {id: f, kind: forecast, metric: poe.power, of: poe.budget, share: 90, days: 14, "
         "type: forecast}\n",
         "start: \"2026-09-01T00:00:00Z\"\nduration: 30d\ninterval: 30min",
         "  - {at: 0s, source: sw-nord, entity: poe/1, kind: poe, metric: poe.budget, value: 370}\n"
         "  - {at: 0s, source: sw-nord, entity: poe/1, kind: poe, metric: poe.power, value: 150, to: 300, "
         "until: 30d}\n"
         "  - {at: 0s, source: sw-schule, entity: poe/1, kind: poe, metric: poe.budget, value: 370}\n"
         "  - {at: 0s, source: sw-schule, entity: poe/1, kind: poe, metric: poe.power, value: 300}\n");
    /* 5 W a day; 333 W are reached on day 36.6: told 14 days before */
    assert_int_equal(replay_count(p.replay), 1);
    assert_string_equal(replay_at(p.replay, 0)->cause_id, "sw-nord");
    assert_in_range(opened(&p, 0) / 1440, 21, 24);
    assert_float_equal(replay_at(p.replay, 0)->limit, 333, 0.01);
    done(&p);
}

static void radios_are_held_against_the_german_rules(void **state)
{
    struct played p;

    (void)state;
    play(&p,
         "rules:\n"
         "  - {id: a, kind: spectrum, metric: wireless.frequency, type: spectrum, hold_polls: 2}\n"
         "  - {id: b, kind: spectrum, metric: wireless.channel, type: spectrum, hold_polls: 2}\n",
         DAY_HEAD,
         "  - {at: 0s, source: ap-n-1, entity: radio/0, kind: radio, metric: wireless.frequency, value: "
         "5500e6}\n"
         "  - {at: 0s, source: ap-n-1, entity: radio/0, kind: radio, metric: wireless.channel, value: 36}\n"
         "  - {at: 0s, source: ap-n-2, entity: radio/0, kind: radio, metric: wireless.channel, value: 36}\n"
         "  - {at: 0s, source: ap-n-3, entity: radio/0, kind: radio, metric: wireless.frequency, value: "
         "2437e6}\n"
         "  - {at: 0s, source: ap-n-3, entity: radio/0, kind: radio, metric: wireless.tx_power, value: 27}\n"
         "  - {at: 12h, source: ap-n-3, entity: radio/0, metric: wireless.tx_power, value: 20}\n");
    assert_int_equal(replay_count(p.replay), 2);
    assert_string_equal(replay_at(p.replay, 0)->cause_id, "hs-n-2"); /* outdoors on channel 36 */
    assert_string_equal(replay_at(p.replay, 1)->cause_id, "hs-n-3");
    assert_in_range(closed(&p, 1), 720, 723);
    done(&p);
}

static void refuse(const char *rule, const char *expected)
{
    struct conf_report *report = NULL;
    struct rules *r = NULL;
    char *text = strx_printf("rules:\n  - {id: x, %s}\n", rule);

    assert_ok(conf_report_new(&report));
    assert_int_equal(rules_parse(text, NULL, report, &r), ERR_CONFIG);
    assert_non_null(strstr(conf_report_text(report), expected));
    conf_report_free(report);
    free(text);
}

static void a_rule_without_what_its_kind_needs_is_refused(void **state)
{
    (void)state;
    refuse("above: 1", "expected `metric`");
    refuse("kind: rate, metric: temperature", "exactly one of `above` and `below`");
    refuse("kind: drift, metric: optic.rx_power", "expected `per_week`");
    refuse("kind: forecast, metric: poe.power", "either `limit` or `of`");
    refuse("kind: forecast, metric: poe.power, of: no.such", "no metric \"no.such\"");
    refuse("kind: country, country: Germany", "a code such as DE");
    refuse("kind: dfs, metric: temperature", "must be wireless.frequency or wireless.channel");
    refuse("kind: spectrum, metric: temperature", "must be wireless.frequency or wireless.channel");
}

RUN_TESTS("rule_kinds", cmocka_unit_test(a_rate_is_told_while_it_lasts_and_a_high_level_alone_is_none),
          cmocka_unit_test(a_value_that_stops_coming_is_told_and_one_that_never_came_is_not),
          cmocka_unit_test(a_device_that_is_silent_as_a_whole_is_one_incident_and_none_a_value),
          cmocka_unit_test(flapping_begins_with_the_last_change_and_ends_after_rest_on_either_side),
          cmocka_unit_test(what_is_unusual_for_this_hour_is_told_and_the_same_number_at_night_is_not),
          cmocka_unit_test(an_empty_night_is_usual_after_a_few_days_and_an_empty_noon_is_sleep),
          cmocka_unit_test(an_optic_that_ages_is_told_in_decibels_a_week),
          cmocka_unit_test(a_jump_is_no_drift),
          cmocka_unit_test(a_budget_that_fills_is_told_before_it_is_full),
          cmocka_unit_test(radios_are_held_against_the_german_rules),
          cmocka_unit_test(a_rule_without_what_its_kind_needs_is_refused))
