/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 114: power, flapping, rules, services, maintenance, people, and a restart in the middle of it. */
#include <stdio.h>

#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

#define INTERVAL (5 * SECONDS)

static struct world *town(uint64_t seed)
{
    char *text = world_town(3, 4, 10);
    struct world *w = world_new(text, INTERVAL, seed);

    free(text);
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    return w;
}

static const char *tell(struct world *w, const char *verb, const char *target, const char *comment,
                        ns_t until)
{
    struct engine_command c = {.id = "c-1", .by = "noc", .via = "mqtt", .verb = verb, .target = target};

    c.comment = comment;
    c.until = until;
    return engine_command(w->engine, w->now, &c);
}

/* ---- power ---- */

static void access_points_that_share_a_feeder_on_battery_are_one_power_cut(void **state)
{
    struct world *w = town(1);
    char id[32];

    (void)state;
    world_agent(w, "ups-1-2")->output_source = 5;
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "on_battery"), 1);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    for (int a = 1; a <= 8; a++) {
        snprintf(id, sizeof id, "ap-1-2-%d", a);
        world_agent(w, id)->is_alive = false;
    }
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "changed", "power_cut"), 1);
    assert_string_equal(world_first(w, "changed", "power_cut")->cause, "ups-1-2");
    assert_int_equal(world_count(w, STATE_UNUSABLE), 8);
    assert_int_equal(world_reason(w, "hs-1-2-1"), REASON_POWER);
    world_free(w);
}

/* Switch, UPS and access points of one cabinet go together, the battery said so before. */
static void a_cabinet_that_dies_on_battery_is_a_power_cut_not_a_fibre_cut(void **state)
{
    struct world *w = town(2);

    (void)state;
    world_agent(w, "ups-2-1")->output_source = 5;
    world_run(w, 2 * INTERVAL);
    world_agent(w, "acc-2-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "changed", "power_cut"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 10);
    assert_int_equal(world_reason(w, "hs-2-1-1"), REASON_POWER);
    world_agent(w, "acc-2-1")->is_cut = false;
    world_agent(w, "ups-2-1")->output_source = 3;
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

/* ---- flapping ---- */

static void twenty_flaps_are_few_messages_and_one_end(void **state)
{
    struct world *w = town(3);

    (void)state;
    for (int i = 0; i < 20; i++) {
        world_agent(w, "acc-1-1")->is_cut = true;
        world_run(w, 20 * SECONDS);
        world_agent(w, "acc-1-1")->is_cut = false;
        world_run(w, 15 * SECONDS);
    }
    assert_true(w->said_count <= 12);
    assert_true(w->said[w->said_count - 1].is_flapping);
    world_run(w, 5 * MINUTES);
    assert_string_equal(w->said[w->said_count - 1].event, "closed");
    assert_int_equal(world_said(w, "opened", NULL), world_said(w, "closed", NULL));
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

static void members_that_flap_in_an_outage_do_not_flood_the_noc(void **state)
{
    struct world *w = town(4);

    (void)state;
    world_agent(w, "ups-3-1")->output_source = 5;
    world_run(w, 2 * INTERVAL);
    world_agent(w, "ap-3-1-1")->is_alive = false;
    world_run(w, 30 * SECONDS);
    world_forget(w);
    for (int i = 0; i < 10; i++) {
        world_agent(w, "ap-3-1-2")->is_alive = false;
        world_run(w, 20 * SECONDS);
        world_agent(w, "ap-3-1-2")->is_alive = true;
        world_run(w, 10 * SECONDS);
    }
    assert_int_equal(world_said(w, "opened", NULL), 0);
    assert_true(w->said_count <= 20);
    world_free(w);
}

/* ---- rules ---- */

static void a_threshold_holds_before_it_raises_and_between_its_edges_nothing_changes(void **state)
{
    struct world *w = town(5);
    struct agent *a = world_agent(w, "ap-1-1-1");

    (void)state;
    a->utilization = 95;
    world_run(w, INTERVAL);
    a->utilization = 20;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(w->said_count, 0); /* too short */
    a->utilization = 95;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "congestion"), 1);
    assert_int_equal(world_state(w, "hs-1-1-1"), STATE_DEGRADED);
    assert_int_equal(world_reason(w, "hs-1-1-1"), REASON_CONGESTION);
    a->utilization = 70; /* below the limit, above `clear` */
    world_run(w, 10 * INTERVAL);
    assert_int_equal(world_said(w, "closed", NULL), 0);
    a->utilization = 60;
    world_run(w, 5 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "congestion"), 1);
    assert_int_equal(world_state(w, "hs-1-1-1"), STATE_USABLE);
    world_free(w);
}

static void optical_drift_against_the_own_median_is_one_warning_and_harms_nobody(void **state)
{
    struct world *w = town(6);

    (void)state;
    world_run(w, 20 * INTERVAL);
    world_agent(w, "acc-2-2")->rx = -14.5;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(w->said_count, 1);
    assert_int_equal(world_said(w, "opened", "optical_drift"), 1);
    assert_string_equal(world_first(w, "opened", NULL)->severity, "warning");
    assert_string_equal(world_first(w, "opened", NULL)->cause, "acc-2-2");
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_agent(w, "acc-2-2")->rx = -12;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "optical_drift"), 1);
    world_free(w);
}

static void a_hotspot_that_serves_nobody_while_its_neighbours_are_busy_is_asleep(void **state)
{
    struct world *w = town(7);

    (void)state;
    world_run(w, 20 * INTERVAL);
    world_agent(w, "ap-2-2-2")->clients = 0;
    world_run(w, 10 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "sleeping"), 1);
    assert_int_equal(world_reason(w, "hs-2-2-2"), REASON_SLEEPING);
    world_agent(w, "ap-2-2-2")->clients = 2;
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "sleeping"), 1);
    for (size_t d = 0; d < w->device_count; d++)
        w->agents[d].clients = 0; /* night: nobody anywhere */
    world_run(w, 20 * INTERVAL);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    world_free(w);
}

/* ---- services ---- */

static void an_agent_that_answers_with_nothing_of_use_is_unknown(void **state)
{
    struct world *w = town(9);

    (void)state;
    world_agent(w, "ap-1-2-3")->is_useless = true;
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_state(w, "hs-1-2-3"),
                     STATE_USABLE); /* one poll or two may be the network's fault */
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_state(w, "hs-1-2-3"), STATE_UNKNOWN);
    assert_int_equal(world_reason(w, "hs-1-2-3"), REASON_NO_DATA);
    assert_int_equal(world_count(w, STATE_USABLE), 119);
    assert_int_equal(world_said(w, "opened", NULL), 0);
    world_agent(w, "ap-1-2-3")->is_useless = false;
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_state(w, "hs-1-2-3"), STATE_USABLE);
    world_free(w);
}

static void a_dead_name_service_is_one_incident_with_all_hotspots(void **state)
{
    struct world *w = town(8);

    (void)state;
    w->service_works[1] = false;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(w->said_count, 1);
    assert_int_equal(world_said(w, "opened", "dns_down"), 1);
    assert_int_equal(world_first(w, "opened", NULL)->hotspots, 120);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 120);
    assert_int_equal(world_reason(w, "hs-1-1-1"), REASON_DNS);
    w->service_works[1] = true;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "dns_down"), 1);
    w->service_works[0] = false;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_count(w, STATE_DEGRADED), 120);
    assert_int_equal(world_reason(w, "hs-1-1-1"), REASON_PORTAL);
    world_free(w);
}

/* ---- maintenance and people ---- */

static void an_outage_in_maintenance_is_silent_until_the_window_ends(void **state)
{
    struct world *w = town(9);

    (void)state;
    assert_null(tell(w, "maintenance", "agg-1", "Umbau", w->now + 2 * MINUTES));
    world_run(w, INTERVAL);
    assert_int_equal(world_count(w, STATE_MAINTENANCE), 40);
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 100 * SECONDS);
    assert_int_equal(w->said_count, 0);
    world_run(w, MINUTES);
    assert_int_equal(world_said(w, "opened", "fibre_cut"), 1);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
    world_free(w);
}

static void people_acknowledge_and_shelve_and_wrong_wishes_are_refused(void **state)
{
    struct world *w = town(10);
    char id[68];

    (void)state;
    world_agent(w, "agg-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    snprintf(id, sizeof id, "%s", w->said[0].id);
    assert_null(tell(w, "acknowledge", id, "", 0));
    assert_int_equal(world_said(w, "acknowledged", NULL), 1);
    assert_non_null(tell(w, "acknowledge", "i-0", "", 0));
    assert_non_null(tell(w, "shelve", id, "", w->now + HOURS));
    assert_non_null(tell(w, "shelve", id, "Bagger bestellt", w->now + 25 * HOURS));
    assert_null(tell(w, "shelve", id, "Bagger bestellt", w->now + 5 * MINUTES));
    assert_int_equal(world_said(w, "shelved", NULL), 1);
    assert_non_null(tell(w, "maintenance", "no-such-thing", "", w->now + HOURS));
    assert_non_null(tell(w, "dance", id, "", 0));
    world_free(w);
}

/* ---- restart ---- */

static void a_restart_in_an_outage_forgets_nothing_and_says_nothing_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world *w = town(seed);
        world_agent(w, "agg-2")->is_cut = true;
        world_run(w, 40 * SECONDS);
        assert_int_equal(world_said(w, "opened", NULL), 1);
        world_restart_engine(w);
        world_run(w, MINUTES);
        assert_int_equal(w->said_count, 1);
        assert_int_equal(world_count(w, STATE_UNUSABLE), 40);
        assert_int_equal(world_count(w, STATE_USABLE), 80);
        world_agent(w, "agg-2")->is_cut = false;
        world_run(w, 3 * SECONDS);
        world_restart_engine(w);
        world_run(w, MINUTES);
        assert_int_equal(world_said(w, "closed", NULL), 1);
        assert_int_equal(w->said_count, 2);
        assert_int_equal(world_count(w, STATE_USABLE), 120);
        world_free(w);
    }
}

static void a_restart_while_blind_stays_blind_and_recovers_once(void **state)
{
    struct world *w = town(12);

    (void)state;
    world_agent(w, "core")->is_cut = true;
    world_run(w, 20 * SECONDS);
    world_restart_engine(w);
    world_run(w, 20 * SECONDS);
    assert_int_equal(w->said_count, 1);
    assert_int_equal(world_count(w, STATE_UNKNOWN), 120);
    world_agent(w, "core")->is_cut = false;
    world_run(w, 40 * SECONDS);
    assert_int_equal(w->said_count, 2);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

/* ---- a controller's access points ---- */

static struct world *two_controllers(void)
{
    /* h-2 is at home nowhere */
    return world_new(
        "sites:\n  - {id: s, name: S, lat: 53.7, lon: 10.0}\n"
        "devices:\n"
        "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
        "  - {id: sw-1, name: Sw 1, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
        "  - {id: sw-2, name: Sw 2, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
        "  - {id: wlc-1, name: One, address: 127.0.0.1, kind: controller, site: s, uplink: core}\n"
        "  - {id: wlc-2, name: Two, address: 127.0.0.1, kind: controller, site: s, uplink: core}\n"
        "hotspots:\n"
        "  - {id: h-1, name: H 1, site: s, device: wlc-1, entity: \"ap/02:00:00:00:00:01\"}\n"
        "  - {id: h-2, name: H 2, site: s, entity: \"ap/02:00:00:00:00:02\"}\n",
        INTERVAL, 1);
}

static void rows_why(struct world *w, const char *controller, enum quality_reason one,
                     enum quality_reason two)
{
    world_agent(w, controller)->row_why[0] = one;
    world_agent(w, controller)->row_why[1] = two;
}

static void an_access_point_is_followed_to_another_controller_without_an_incident(void **state)
{
    struct world *w = two_controllers();

    (void)state;
    world_agent(w, "wlc-1")->lists_all = world_agent(w, "wlc-2")->lists_all = true;
    rows_why(w, "wlc-2", QUALITY_ELSEWHERE, QUALITY_ELSEWHERE);
    world_agent(w, "wlc-2")->row_up[0] = false; /* stale, and muted */
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    size_t before = w->transitions;
    rows_why(w, "wlc-1", QUALITY_ELSEWHERE, QUALITY_ELSEWHERE);
    rows_why(w, "wlc-2", QUALITY_OK, QUALITY_OK);
    world_agent(w, "wlc-2")->row_up[0] = true;
    world_run(w, 4 * INTERVAL);
    world_agent(w, "wlc-1")->is_alive = false; /* the one that it left does not matter any more … */
    world_run(w, MINUTES);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    assert_int_equal(w->transitions - before, 1); /* … but is down itself */
    assert_int_equal(world_said(w, "opened", NULL), 1);
    world_agent(w, "wlc-2")->row_up[0] = false;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_state(w, "h-1"), STATE_UNUSABLE);
    assert_int_equal(world_reason(w, "h-1"), REASON_AP);
    world_free(w);
}

static void what_was_wrong_with_an_access_point_ends_when_it_vanishes(void **state)
{
    static const struct more_series here = {"ap", "ap/02:00:00:00:00:99", METRIC_AP_STATE, 1, "DE"},
                                    abroad = {"ap", "ap/02:00:00:00:00:99", METRIC_AP_STATE, 1, "US"};
    struct world *w = two_controllers();
    struct agent *a = world_agent(w, "wlc-1");

    (void)state;
    a->lists_all = true;
    a->more[0] = abroad; /* nobody's hotspot … */
    a->more[1] = (struct more_series){"ap", "ap/02:00:00:00:00:02", METRIC_AP_STATE, 1, "US"}; /* … and h-2 */
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "spectrum"), 1);
    assert_int_equal(world_first(w, "opened", "spectrum")->members, 2);
    a->more[1].kind = NULL;
    rows_why(w, "wlc-1", QUALITY_OK, QUALITY_VANISHED);
    a->table_sent = 0;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_reason(w, "h-2"), REASON_VANISHED);
    assert_int_equal(world_said(w, "closed", "spectrum"), 0);
    a->more[0].kind = NULL; /* the other one is not listed any more, either */
    a->table_sent = 0;
    world_run(w, 6 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "spectrum"), 1);
    a->more[0] = here; /* it comes back, set up for here */
    a->table_sent = 0;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "spectrum"), 1);
    world_free(w);
}

static void a_vanished_access_point_is_unknown_with_a_reason_then_a_tombstone(void **state)
{
    struct world *w = two_controllers();

    (void)state;
    world_agent(w, "wlc-1")->lists_all = true;
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    rows_why(w, "wlc-1", QUALITY_NO_ANSWER,
             QUALITY_NOT_PRESENT); /* not read, or missing in one list: nothing */
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    rows_why(w, "wlc-1", QUALITY_OK, QUALITY_VANISHED);
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_state(w, "h-2"), STATE_UNKNOWN);
    assert_int_equal(world_reason(w, "h-2"), REASON_VANISHED);
    assert_int_equal(world_state(w, "h-1"), STATE_USABLE);
    assert_int_equal(world_said(w, "opened", "ap_vanished"), 1);
    assert_string_equal(world_first(w, "opened", "ap_vanished")->cause, "wlc-1");
    world_restart_engine(w);
    world_run(w, 12 * MINUTES); /* the world's tombstone_after is 10 min */
    assert_int_equal(world_reason(w, "h-2"), REASON_REMOVED);
    assert_int_equal(world_said(w, "closed", "ap_vanished"), 1);
    world_restart_engine(w);
    world_run(w, 20 * MINUTES);
    assert_int_equal(world_reason(w, "h-2"), REASON_REMOVED);
    assert_int_equal(world_said(w, "opened", NULL), 1); /* not alarmed again */
    rows_why(w, "wlc-1", QUALITY_OK, QUALITY_OK);
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 2);
    world_free(w);
}

static void access_points_of_a_controller_are_judged_one_by_one(void **state)
{
    const char *text =
        "sites:\n  - {id: s, name: S, lat: 53.7, lon: 10.0}\n"
        "devices:\n"
        "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
        "  - {id: sw-1, name: Sw 1, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
        "  - {id: sw-2, name: Sw 2, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
        "  - {id: sw-3, name: Sw 3, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
        "  - {id: wlc, name: Controller, address: 127.0.0.1, kind: controller, site: s, uplink: core}\n"
        "hotspots:\n"
        "  - {id: h-1, name: H 1, site: s, device: wlc, entity: \"ap/02:00:00:00:00:01\", uplink: sw-1}\n"
        "  - {id: h-2, name: H 2, site: s, device: wlc, entity: \"ap/02:00:00:00:00:02\", uplink: sw-1}\n"
        "  - {id: h-3, name: H 3, site: s, device: wlc, entity: \"ap/02:00:00:00:00:03\", uplink: sw-2}\n";
    struct world *w = world_new(text, INTERVAL, 1);

    (void)state;
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_count(w, STATE_USABLE), 3);
    world_agent(w, "wlc")->row_up[2] = false;
    world_run(w, 20 * SECONDS);
    assert_int_equal(world_said(w, "opened", "device_down"), 1);
    assert_int_equal(world_state(w, "h-3"), STATE_UNUSABLE);
    world_agent(w, "sw-1")->is_cut = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 3);
    world_agent(w, "sw-1")->is_cut = false;
    world_agent(w, "wlc")->row_up[2] = true;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_count(w, STATE_USABLE), 3);
    world_forget(w);
    world_agent(w, "wlc")->is_alive = false;
    world_run(w, 40 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_reason(w, "h-1"), REASON_CONTROLLER);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 3);
    world_free(w);
}

static void traps_of_strangers_are_one_incident_that_ends(void **state)
{
    struct world *w = town(1);

    (void)state;
    w->strangers = 1;
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "trap_senders"), 1);
    assert_string_equal(world_first(w, "opened", "trap_senders")->severity, "warning");
    w->strangers = 3; /* news: more than twice as many */
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_said(w, "changed", "trap_senders"), 1);
    world_restart_engine(w);
    w->strangers = 4;
    world_run(w, 2 * INTERVAL);
    assert_int_equal(w->said_count, 2);
    w->strangers = 0;
    world_run(w, 4 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "trap_senders"), 1);
    assert_int_equal(w->said_count, 3);
    assert_int_equal(world_count(w, STATE_USABLE), 120);
    world_free(w);
}

RUN_TESTS("114-rules-power-and-people",
          cmocka_unit_test(access_points_that_share_a_feeder_on_battery_are_one_power_cut),
          cmocka_unit_test(a_cabinet_that_dies_on_battery_is_a_power_cut_not_a_fibre_cut),
          cmocka_unit_test(twenty_flaps_are_few_messages_and_one_end),
          cmocka_unit_test(members_that_flap_in_an_outage_do_not_flood_the_noc),
          cmocka_unit_test(a_threshold_holds_before_it_raises_and_between_its_edges_nothing_changes),
          cmocka_unit_test(optical_drift_against_the_own_median_is_one_warning_and_harms_nobody),
          cmocka_unit_test(a_hotspot_that_serves_nobody_while_its_neighbours_are_busy_is_asleep),
          cmocka_unit_test(an_agent_that_answers_with_nothing_of_use_is_unknown),
          cmocka_unit_test(a_dead_name_service_is_one_incident_with_all_hotspots),
          cmocka_unit_test(an_outage_in_maintenance_is_silent_until_the_window_ends),
          cmocka_unit_test(people_acknowledge_and_shelve_and_wrong_wishes_are_refused),
          cmocka_unit_test(a_restart_in_an_outage_forgets_nothing_and_says_nothing_twice),
          cmocka_unit_test(a_restart_while_blind_stays_blind_and_recovers_once),
          cmocka_unit_test(an_access_point_is_followed_to_another_controller_without_an_incident),
          cmocka_unit_test(what_was_wrong_with_an_access_point_ends_when_it_vanishes),
          cmocka_unit_test(a_vanished_access_point_is_unknown_with_a_reason_then_a_tombstone),
          cmocka_unit_test(traps_of_strangers_are_one_incident_that_ends),
          cmocka_unit_test(access_points_of_a_controller_are_judged_one_by_one))
