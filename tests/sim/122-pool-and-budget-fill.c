/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 122: ten days of a town that grows, through the engine and the shipped rules, on a clock of its own. A pool
 * of addresses that loses more of them every day, with the evenings' peak on top, and a switch that feeds one
 * access point more a day are told once, days ahead, with the day's limit; a pool and a switch that only
 * breathe are not. More addresses end it, and a restart of alerts in between forgets nothing. */
#include <math.h>

#include "tests/sim/alert_world.h"
#include "tests/unit/cmocka_tests.h"

static const char town[] =
    "sites: [{id: s, name: S, lat: 53.7, lon: 10.0}]\n"
    "devices:\n"
    "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s, core: true}\n"
    "  - {id: gw-1, name: Gateway, address: 127.0.0.1, kind: router, site: s, uplink: core}\n"
    "  - {id: gw-2, name: Gateway, address: 127.0.0.1, kind: router, site: s, uplink: core}\n"
    "  - {id: sw-1, name: Schalter, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
    "  - {id: sw-2, name: Schalter, address: 127.0.0.1, kind: switch, site: s, uplink: core}\n"
    "  - {id: ap-1, name: AP, address: 127.0.0.1, kind: ap, site: s, uplink: sw-1}\n"
    "hotspots: [{id: hs-1, name: H, site: s, device: ap-1}]\n";

static void add_pool(struct world *w, const char *device)
{
    world_agent(w, device)->more[0] =
        (struct more_series){"sensor", "dhcp/buerger", METRIC_DHCP_UTILIZATION, 50, NULL};
}

static void add_supply(struct world *w, const char *device)
{
    struct agent *a = world_agent(w, device);

    a->more[0] = (struct more_series){"poe", "poe/main.1", METRIC_POE_BUDGET, 370, NULL};
    a->more[1] = (struct more_series){"poe", "poe/main.1", METRIC_POE_POWER, 200, NULL};
}

/* Ten more in the evening than in the night. */
static double evening(double days)
{
    return 5 * (1 - cos(2 * M_PI * (days - floor(days))));
}

static void live(struct world *w, double from, double until)
{
    double hour = 1.0 / 24;

    for (double day = from; day < until - hour / 2; day += hour) {
        world_agent(w, "gw-1")->more[0].value = 50 + 1.5 * day + evening(day);
        world_agent(w, "gw-2")->more[0].value = 60 + evening(day);
        world_agent(w, "sw-1")->more[1].value = 200 + 7 * floor(day) + evening(day);
        world_agent(w, "sw-2")->more[1].value = 300 + evening(day);
        world_run(w, HOURS);
    }
}

static const struct said *said_of(const struct world *w, const char *event, const char *cause)
{
    for (size_t i = 0; i < w->said_count; i++)
        if (strcmp(w->said[i].event, event) == 0 && strcmp(w->said[i].cause, cause) == 0)
            return &w->said[i];
    return NULL;
}

static void what_fills_is_told_days_ahead_and_what_breathes_is_not(void **state)
{
    struct world *w = world_new(town, 60 * SECONDS, 1);
    ns_t begin = w->now;
    const struct said *pool, *supply;

    (void)state;
    w->step = SECONDS;
    add_pool(w, "gw-1");
    add_pool(w, "gw-2");
    add_supply(w, "sw-1");
    add_supply(w, "sw-2");
    live(w, 0, 4);
    world_restart_engine(w);
    live(w, 4, 10);
    pool = said_of(w, "opened", "gw-1");
    supply = said_of(w, "opened", "sw-1");
    assert_non_null(pool);
    assert_non_null(supply);
    assert_string_equal(pool->type, "forecast");
    assert_string_equal(pool->severity, "warning");
    assert_string_equal(supply->type, "forecast");
    assert_true(pool->at - begin < 10 * DAYS && supply->at - begin < 10 * DAYS);
    assert_int_equal(world_said(w, "opened", NULL), 2);
    assert_int_equal(world_count(w, STATE_USABLE), 1);
    /* the network gets a bigger pool: its line is another one now */
    for (int day = 0; day < 12 && !said_of(w, "closed", "gw-1"); day++) {
        world_agent(w, "gw-1")->more[0].value = 20;
        world_run(w, DAYS);
    }
    assert_non_null(said_of(w, "closed", "gw-1"));
    world_free(w);
}

RUN_TESTS("122-pool-and-budget-fill",
          cmocka_unit_test(what_fills_is_told_days_ahead_and_what_breathes_is_not))
