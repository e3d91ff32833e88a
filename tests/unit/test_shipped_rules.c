/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_shipped_rules.c - what alerts/rules.yaml says of a pool that fills, of old firmware, and of radios
 * that are set up for another country. */
#include "tests/unit/played.h"

/* Incidents of that type; *last receives the index of the last of them. */
static size_t count_of(const struct played *p, const char *type, size_t *last)
{
    size_t count = 0;

    for (size_t i = 0; i < replay_count(p->replay); i++) {
        if (strcmp(replay_at(p->replay, i)->type, type) != 0)
            continue;
        *last = i;
        count++;
    }
    return count;
}

#define SIX_WEEKS "start: \"2026-09-01T00:00:00Z\"\nduration: 42d\ninterval: 30min"
#define A_DAY     "start: \"2026-11-16T00:00:00Z\"\nduration: 1d\ninterval: 60s"

static void a_pool_that_fills_is_told_two_weeks_before_and_a_calm_one_is_not(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    play_shipped(
        &p, NULL, SIX_WEEKS,
        "  - {at: 0s, source: core, entity: dhcp/a, kind: sensor, metric: dhcp.utilization, value: 30, to: "
        "72, "
        "until: 42d}\n"
        "  - {at: 0s, source: core, entity: dhcp/b, kind: sensor, metric: dhcp.utilization, value: 70}\n");
    /* one per cent a day: 80 on day 50, told 14 days before, once a day's median is there */
    assert_int_equal(count_of(&p, "forecast", &i), 1);
    assert_string_equal(replay_at(p.replay, i)->cause_id, "core");
    assert_string_equal(replay_at(p.replay, i)->entity, "dhcp/a");
    assert_in_range(opened(&p, i) / 1440, 35, 38);
    assert_float_equal(replay_at(p.replay, i)->limit, 80, 0.01);
    done(&p);
}

static void a_full_pool_is_told_in_minutes_and_ends_when_addresses_are_free(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    play_shipped(
        &p, NULL, A_DAY,
        "  - {at: 0s, source: core, entity: dhcp/a, kind: sensor, metric: dhcp.utilization, value: 60}\n"
        "  - {at: 6h, source: core, entity: dhcp/a, metric: dhcp.utilization, value: 98}\n"
        "  - {at: 12h, source: core, entity: dhcp/a, metric: dhcp.utilization, value: 50}\n");
    assert_int_equal(count_of(&p, "limit", &i), 1);
    assert_string_equal(replay_at(p.replay, i)->metric, "dhcp.utilization");
    assert_in_range(opened(&p, i), 360, 365);
    assert_in_range(closed(&p, i), 720, 726);
    done(&p);
}

static void a_poe_budget_that_fills_is_told_before_it_is_full(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    play_shipped(
        &p, NULL, SIX_WEEKS,
        "  - {at: 0s, source: sw-nord, entity: poe/main.1, kind: poe, metric: poe.budget, value: 370}\n"
        "  - {at: 0s, source: sw-nord, entity: poe/main.1, kind: poe, metric: poe.power, value: 100, to: "
        "268, until: 42d}\n"
        "  - {at: 0s, source: sw-schule, entity: poe/main.1, kind: poe, metric: poe.budget, value: 370}\n"
        "  - {at: 0s, source: sw-schule, entity: poe/main.1, kind: poe, metric: poe.power, value: 300}\n");
    /* 4 W a day; 333 W on day 58: told 30 days before */
    assert_int_equal(count_of(&p, "forecast", &i), 1);
    assert_string_equal(replay_at(p.replay, i)->cause_id, "sw-nord");
    assert_in_range(opened(&p, i) / 1440, 27, 30);
    assert_float_equal(replay_at(p.replay, i)->limit, 333, 0.01);
    done(&p);
}

/* ---- firmware ---- */

static const char firmware[] = "models:\n"
                               "  - {vendor: Testbox, model: 'SW*', minimum: '2.0', reason: Test}\n"
                               "  - {vendor: Testbox, model: 'AP*', minimum: '1.10', reason: Test}\n";

static void old_firmware_is_one_incident_that_ends_with_the_last_update(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    play_shipped(&p, firmware, A_DAY,
                 "  - {at: 0s, source: sw-nord, attribute: vendor, text: Testbox}\n"
                 "  - {at: 0s, source: sw-nord, attribute: model, text: SW-8}\n"
                 "  - {at: 0s, source: sw-nord, attribute: version, text: '1.9'}\n"
                 "  - {at: 0s, source: sw-schule, attribute: vendor, text: Testbox}\n"
                 "  - {at: 0s, source: sw-schule, attribute: model, text: SW-8}\n"
                 "  - {at: 0s, source: sw-schule, attribute: version, text: '2.0'}\n"
                 "  - {at: 6h, source: sw-nord, attribute: version, text: '2.1'}\n");
    assert_int_equal(count_of(&p, "firmware", &i), 1);
    assert_int_equal(replay_at(p.replay, i)->hotspots, 0);
    assert_in_range(closed(&p, i), 360, 364);
    done(&p);
}

static void without_a_rule_of_the_operator_no_version_is_old(void **state)
{
    struct played p;

    (void)state;
    play_shipped(
        &p, NULL, A_DAY,
        "  - {at: 0s, source: sw-nord, attribute: version, text: '0.1'}\n"
        "  - {at: 0s, source: sw-nord, entity: ap/02:00:00:00:00:01, kind: ap, attribute: version, text: "
        "'0.1'}\n");
    assert_int_equal(replay_count(p.replay), 0);
    done(&p);
}

static void access_points_in_their_controllers_table_have_a_firmware_of_their_own(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    /* The device is new enough; of its two rows one is not. The vendor is the device's. */
    play_shipped(
        &p, firmware, A_DAY,
        "  - {at: 0s, source: core, attribute: vendor, text: Testbox}\n"
        "  - {at: 0s, source: core, attribute: model, text: SW-1}\n"
        "  - {at: 0s, source: core, attribute: version, text: '2.0'}\n"
        "  - {at: 0s, source: core, entity: ap/02:00:00:00:00:01, kind: ap, attribute: model, text: AP-1}\n"
        "  - {at: 0s, source: core, entity: ap/02:00:00:00:00:01, kind: ap, attribute: version, text: "
        "'1.9'}\n"
        "  - {at: 0s, source: core, entity: ap/02:00:00:00:00:02, kind: ap, attribute: model, text: AP-1}\n"
        "  - {at: 0s, source: core, entity: ap/02:00:00:00:00:02, kind: ap, attribute: version, text: "
        "'1.10'}\n"
        "  - {at: 6h, source: core, entity: ap/02:00:00:00:00:01, kind: ap, attribute: version, text: "
        "'1.10'}\n");
    assert_int_equal(count_of(&p, "firmware", &i), 1);
    assert_string_equal(replay_at(p.replay, i)->metric, "firmware.too_old");
    assert_string_equal(replay_at(p.replay, i)->entity, "ap/02:00:00:00:00:01"); /* which of them */
    assert_in_range(closed(&p, i), 360, 364);
    done(&p);
}

/* ---- radios ---- */

static void a_radio_set_to_another_country_is_told_and_a_region_is_no_country(void **state)
{
    struct played p;
    size_t i = 0;

    (void)state;
    play_shipped(
        &p, NULL, A_DAY,
        "  - {at: 0s, source: ap-n-1, entity: radio/0, kind: radio, attribute: country, text: 'US '}\n"
        "  - {at: 0s, source: ap-n-2, entity: radio/0, kind: radio, attribute: country, text: deO}\n"
        "  - {at: 0s, source: ap-n-3, entity: radio/0, kind: radio, attribute: country, text: EU}\n"
        "  - {at: 0s, source: ap-s-1, entity: radio/0, kind: radio, attribute: country, text: '276'}\n"
        "  - {at: 0s, source: ap-s-2, entity: radio/0, kind: radio, attribute: country, text: Default}\n"
        "  - {at: 6h, source: ap-n-1, entity: radio/0, kind: radio, attribute: country, text: DE}\n");
    assert_int_equal(replay_count(p.replay), 1);
    assert_int_equal(count_of(&p, "spectrum", &i), 1);
    assert_int_equal(replay_at(p.replay, i)->hotspots, 1);
    assert_in_range(closed(&p, i), 360, 364);
    done(&p);
}

static void a_radio_that_leaves_radar_channels_six_times_a_day_is_told(void **state)
{
    struct buf events = BUF_INIT;
    struct played p;
    size_t i = 0;

    (void)state;
    for (int hour = 0; hour < 12; hour++)
        buf_printf(
            &events,
            "  - {at: %dh, source: ap-n-1, entity: radio/0, kind: radio, metric: wireless.frequency, value: "
            "%s}\n  - {at: %dh, source: ap-n-2, entity: radio/0, kind: radio, metric: wireless.frequency, "
            "value: %s}\n",
            hour, hour % 2 ? "5500e6" : "5600e6", hour, hour % 2 ? "2412e6" : "2437e6");
    play_shipped(&p, NULL, A_DAY, events.data);
    assert_int_equal(replay_count(p.replay), 1); /* who moves about where no radar is does nothing wrong */
    assert_int_equal(count_of(&p, "flapping", &i), 1);
    assert_string_equal(replay_at(p.replay, i)->cause_id, "hs-n-1");
    assert_in_range(opened(&p, i), 6 * 60, 6 * 60 + 3);
    assert_in_range(closed(&p, i), 17 * 60, 17 * 60 + 5); /* a quarter of a day behind the last change */
    buf_fini(&events);
    done(&p);
}

RUN_TESTS("shipped_rules", cmocka_unit_test(a_pool_that_fills_is_told_two_weeks_before_and_a_calm_one_is_not),
          cmocka_unit_test(a_full_pool_is_told_in_minutes_and_ends_when_addresses_are_free),
          cmocka_unit_test(a_poe_budget_that_fills_is_told_before_it_is_full),
          cmocka_unit_test(old_firmware_is_one_incident_that_ends_with_the_last_update),
          cmocka_unit_test(without_a_rule_of_the_operator_no_version_is_old),
          cmocka_unit_test(access_points_in_their_controllers_table_have_a_firmware_of_their_own),
          cmocka_unit_test(a_radio_set_to_another_country_is_told_and_a_region_is_no_country),
          cmocka_unit_test(a_radio_that_leaves_radar_channels_six_times_a_day_is_told))
