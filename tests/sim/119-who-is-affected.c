/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 119: what an incident costs. A school in school hours outranks a lamp post, at night it does not;
 * user-minutes add up over restarts; flapping that comes to rest in the bad state says so; and what flapped
 * before a restart flaps after it. */
#include <stdio.h>

#include "lib/base/timex.h"
#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

static struct world *town(const char *start, ns_t interval)
{
    struct world *w =
        world_new("sites:\n  - {id: pole, name: Pole, lat: 53.7, lon: 10.0, kind: street}\n"
                  "  - {id: school, name: School, lat: 53.71, lon: 10.0, kind: school}\n"
                  "devices:\n"
                  "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: pole, core: true}\n"
                  "  - {id: x, name: X, address: 127.0.0.1, kind: switch, site: pole, uplink: core}\n"
                  "  - {id: y, name: Y, address: 127.0.0.1, kind: switch, site: pole, uplink: core}\n"
                  "  - {id: ap-pole, name: A, address: 127.0.0.1, kind: ap, site: pole, uplink: core}\n"
                  "  - {id: ap-school, name: B, address: 127.0.0.1, kind: ap, site: school, uplink: core}\n"
                  "hotspots:\n"
                  "  - {id: h-pole, name: P, site: pole, device: ap-pole}\n"
                  "  - {id: h-school, name: S, site: school, device: ap-school}\n",
                  interval, 1);
    ns_t at = 0;

    assert_ok(timex_parse(start, &at));
    world_set_clock(w, at);
    world_agent(w, "ap-pole")->clients = 6;
    world_agent(w, "ap-school")->clients = 6;
    world_run(w, 20 * interval);
    return w;
}

static double priority(struct world *w, const char *device)
{
    double found = 0;

    world_forget(w);
    world_agent(w, device)->is_alive = false;
    world_run(w, 30 * SECONDS);
    found = world_first(w, "opened", "device_down")->priority;
    world_agent(w, device)->is_alive = true;
    world_run(w, 30 * SECONDS);
    return found;
}

static void a_school_in_school_hours_outranks_a_lamp_post_and_at_night_it_does_not(void **state)
{
    struct world *day = town("2026-11-24T09:00:00Z", 5 * SECONDS); /* a Tuesday, 10:00 */
    struct world *night = town("2026-11-24T01:00:00Z", 5 * SECONDS);
    struct world *sunday = town("2026-11-22T09:00:00Z", 5 * SECONDS);

    (void)state;
    assert_float_equal(priority(day, "ap-pole"), 6 * 60, 1);
    assert_float_equal(priority(day, "ap-school"), 3 * 6 * 60, 3);
    assert_float_equal(priority(night, "ap-school"), 6 * 60, 1);
    assert_float_equal(priority(sunday, "ap-school"), 6 * 60, 1);
    world_free(day);
    world_free(night);
    world_free(sunday);
}

static void user_minutes_add_up_over_a_restart(void **state)
{
    struct world *w = town("2026-11-24T09:00:00Z", 5 * SECONDS);
    const struct said *end;

    (void)state;
    world_agent(w, "ap-school")->is_alive = false;
    world_run(w, 10 * MINUTES);
    world_restart_engine(w);
    world_run(w, 10 * MINUTES);
    world_agent(w, "ap-school")->is_alive = true;
    world_run(w, MINUTES);
    end = world_first(w, "closed", NULL);
    assert_non_null(end);
    assert_float_equal(end->user_minutes, 6 * 20, 6); /* not weighted */
    assert_float_equal(end->priority, 0, 0);
    world_free(w);
}

static void bounce(struct world *w, int times)
{
    for (int i = 0; i < times; i++) {
        world_agent(w, "ap-pole")->is_alive = false;
        world_run(w, 15 * SECONDS);
        world_agent(w, "ap-pole")->is_alive = true;
        world_run(w, 15 * SECONDS);
    }
}

static void flapping_that_rests_in_the_bad_state_ends_and_the_fault_stands(void **state)
{
    struct world *w = town("2026-11-24T09:00:00Z", 5 * SECONDS);

    (void)state;
    bounce(w, 4);
    world_agent(w, "ap-pole")->is_alive = false;
    world_run(w, 30 * SECONDS);
    assert_true(w->said[w->said_count - 1].is_flapping);
    world_run(w, 5 * MINUTES); /* a quarter of 60 polls is 75 s */
    assert_string_equal(w->said[w->said_count - 1].event, "changed");
    assert_false(w->said[w->said_count - 1].is_flapping);
    assert_int_equal(world_state(w, "h-pole"), STATE_UNUSABLE);
    world_agent(w, "ap-pole")->is_alive = true;
    world_run(w, MINUTES);
    assert_string_equal(w->said[w->said_count - 1].event, "closed");
    world_free(w);
}

static void what_was_closed_a_moment_before_a_restart_comes_back_as_the_same_flapping(void **state)
{
    struct world *w = town("2026-11-24T09:00:00Z", 5 * SECONDS);

    (void)state;
    bounce(w, 2);
    assert_false(w->said[w->said_count - 1].is_flapping);
    world_restart_engine(w);
    bounce(w, 2);
    assert_true(w->said[w->said_count - 1].is_flapping);
    world_free(w);
}

RUN_TESTS("119-who-is-affected",
          cmocka_unit_test(a_school_in_school_hours_outranks_a_lamp_post_and_at_night_it_does_not),
          cmocka_unit_test(user_minutes_add_up_over_a_restart),
          cmocka_unit_test(flapping_that_rests_in_the_bad_state_ends_and_the_fault_stands),
          cmocka_unit_test(what_was_closed_a_moment_before_a_restart_comes_back_as_the_same_flapping))
