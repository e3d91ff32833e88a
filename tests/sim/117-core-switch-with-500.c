/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 117: the switch that 500 access points hang on fails, returns, and fails again, 20 times. The root incident
 * is there within ten seconds, the NOC gets few messages, and every change of every hotspot is recorded. And
 * a smaller one: a cut fibre with 48 hotspots. */
#include <stdio.h>

#include "lib/base/strx.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

enum { BRANCHES = 5, ACCESSES = 10, APS = 10, HOTSPOTS = BRANCHES * ACCESSES * APS };

/* world_town() with a switch between the core and the five branches; a second part of the town besides, so
 * that not everything is silent. */
static struct world *city(ns_t interval)
{
    struct buf devices = BUF_INIT, hotspots = BUF_INIT;
    struct world *w;
    char *text;

    buf_str(&devices, "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
                      "  - {id: root, name: Root, address: 127.0.0.1, kind: switch, site: s, uplink: core, "
                      "uplink_port: if/1}\n");
    for (int b = 0; b < BRANCHES * ACCESSES; b++) {
        buf_printf(&devices,
                   "  - {id: acc-%d, name: Acc, address: 127.0.0.1, kind: switch, site: s, uplink: root, "
                   "uplink_port: if/p%d}\n",
                   b, b);
        for (int a = 0; a < APS; a++) {
            buf_printf(
                &devices,
                "  - {id: ap-%d-%d, name: AP, address: 127.0.0.1, kind: ap, site: s, uplink: acc-%d}\n", b, a,
                b);
            buf_printf(&hotspots, "  - {id: hs-%d-%d, name: H, site: s, device: ap-%d-%d}\n", b, a, b, a);
        }
    }
    for (int k = 0; k < 450; k++) /* the other half of the network */
        buf_printf(&devices,
                   "  - {id: other-%d, name: O, address: 127.0.0.1, kind: olt, site: s, uplink: core}\n", k);
    text = strx_printf("sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\ndevices:\n%shotspots:\n%s",
                       devices.data, hotspots.data);
    w = world_new(text, interval, 1);
    free(text);
    buf_fini(&devices);
    buf_fini(&hotspots);
    world_run(w, 3 * interval);
    return w;
}

static void a_core_switch_with_500_access_points_is_one_message_within_ten_seconds(void **state)
{
    struct world *w = city(5 * SECONDS);
    ns_t cut = w->now;
    size_t transitions;

    (void)state;
    assert_int_equal(world_count(w, STATE_USABLE), HOTSPOTS);
    transitions = w->transitions;
    world_agent(w, "root")->is_cut = true;
    world_run(w, 20 * SECONDS);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_true(world_first(w, "opened", NULL)->at - cut <= 10 * SECONDS);
    assert_string_equal(world_first(w, "opened", NULL)->cause, "root");
    assert_int_equal(world_count(w, STATE_UNUSABLE), HOTSPOTS);
    assert_true(w->transitions - transitions >= HOTSPOTS); /* every one is on record */
    assert_true(w->said_count <= 2);
    world_free(w);
}

static void twenty_returns_of_a_core_switch_are_at_most_ten_messages_in_ten_minutes(void **state)
{
    struct world *w = city(5 * SECONDS);
    size_t worst = 0, before = w->transitions;
    ns_t begin = w->now;

    (void)state;
    for (int i = 0; i < 20; i++) {
        world_agent(w, "root")->is_cut = true;
        world_run(w, 15 * SECONDS);
        world_agent(w, "root")->is_cut = false;
        world_run(w, 15 * SECONDS);
    }
    assert_true(w->now - begin <= 10 * MINUTES + SECONDS);
    world_run(w, 10 * MINUTES);
    for (size_t i = 0; i < w->said_count; i++) {
        size_t window = 0;
        for (size_t k = i; k < w->said_count && w->said[k].at - w->said[i].at < 10 * MINUTES; k++)
            window++;
        worst = window > worst ? window : worst;
    }
    printf("# %zu messages in all, at most %zu in ten minutes; %zu changes of state on record\n",
           w->said_count, worst, w->transitions - before);
    assert_true(worst <= 10);
    /* the first returns are recoveries; from the third on it is flapping, and ends once */
    assert_int_equal(world_said(w, "opened", NULL), world_said(w, "closed", NULL));
    assert_string_equal(w->said[w->said_count - 1].event, "closed");
    assert_true(w->said[w->said_count - 1].is_flapping);
    assert_true(w->transitions - before >= 2 * 20 * HOTSPOTS); /* down and up, each of 20 times */
    assert_int_equal(world_count(w, STATE_USABLE), HOTSPOTS);
    world_free(w);
}

static void a_cut_fibre_with_48_hotspots_is_one_incident_and_two_messages(void **state)
{
    char *text = world_town(2, 4, 12);
    struct world *w = world_new(text, 60 * SECONDS, 5);

    (void)state;
    free(text);
    world_run(w, 3 * MINUTES);
    world_agent(w, "agg-2")->is_cut = true;
    world_run(w, 5 * MINUTES);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_string_equal(world_first(w, "opened", NULL)->type, "fibre_cut");
    assert_true(w->said_count <= 2);
    assert_int_equal(world_count(w, STATE_UNUSABLE), 48);
    world_agent(w, "agg-2")->is_cut = false;
    world_run(w, 5 * MINUTES);
    assert_int_equal(world_said(w, "closed", NULL), 1);
    assert_true(w->said_count <= 3);
    world_free(w);
}

RUN_TESTS("117-core-switch-with-500",
          cmocka_unit_test(a_core_switch_with_500_access_points_is_one_message_within_ten_seconds),
          cmocka_unit_test(twenty_returns_of_a_core_switch_are_at_most_ten_messages_in_ten_minutes),
          cmocka_unit_test(a_cut_fibre_with_48_hotspots_is_one_incident_and_two_messages))
