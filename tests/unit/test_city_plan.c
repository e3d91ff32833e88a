/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_city_plan.c - the city as it is built, and how it breaks: places, tree, figures, incidents, script. */
#include "tests/unit/cmocka_tests.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "city/flow.h"
#include "city/incident.h"
#include "city/mib.h"
#include "city/plan.h"
#include "city/sim.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

static const ns_t noon = 1795258800 * SECONDS; /* a Saturday, 12:00 in Norderstedt */

static struct city *make_city(uint64_t seed, int64_t hotspots, int64_t nodes)
{
    struct city_params p;
    struct city *c = NULL;

    city_params_defaults(&p);
    p.seed = seed;
    p.hotspots = hotspots;
    p.nodes = nodes;
    p.portal_tls_port = 10181;
    p.epoch = noon - 1 * DAYS;
    assert_ok(city_new(&p, &c));
    return c;
}

static struct city *usual_city(void)
{
    return make_city(1, 540, 60);
}

static void every_hotspot_stands_inside_its_district(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct city *c = make_city(seed, 540, 60);
        struct geo_point *ring[CITY_DISTRICTS];
        size_t count[CITY_DISTRICTS];
        for (int d = 0; d < CITY_DISTRICTS; d++)
            assert_ok(city_outline(d, &ring[d], &count[d]));
        assert_int_equal(c->hotspot_count, 540);
        for (size_t i = 0; i < c->hotspot_count; i++) {
            int own = c->sites[c->hotspots[i].site].district;
            for (int d = 0; d < CITY_DISTRICTS; d++)
                assert_int_equal(city_outline_contains(ring[d], count[d], c->hotspots[i].at), d == own);
        }
        for (int d = 0; d < CITY_DISTRICTS; d++)
            free(ring[d]);
        city_free(c);
    }
}

static void the_town_hall_lies_in_norderstedt_mitte(void **state)
{
    struct geo_point *ring;
    size_t count;

    (void)state;
    assert_ok(city_outline(4, &ring, &count));
    assert_string_equal(city_districts[4].id, "mitte");
    assert_true(city_outline_contains(ring, count, (struct geo_point){53.7064, 9.9926}));
    free(ring);
}

static void the_tree_has_one_root_no_cycle_and_at_least_three_levels(void **state)
{
    static const int64_t sizes[][2] = {{540, 60}, {12, 8}, {1, 8}, {5000, 500}, {90, 20}};

    (void)state;
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        struct city *c = make_city(3, sizes[s][0], sizes[s][1]);
        size_t cores = 0, nodes = 0;
        int deepest = 0;
        for (size_t i = 0; i < c->device_count; i++) {
            int depth = 0;
            cores += c->devices[i].parent < 0;
            nodes += c->devices[i].role != ROLE_AP && c->devices[i].role != ROLE_CONTROLLER;
            assert_true(c->devices[i].parent < (int)i); /* parents stand before their children: no cycle */
            for (int d = (int)i; d >= 0; d = c->devices[d].parent)
                depth++;
            deepest = depth > deepest ? depth : deepest;
        }
        assert_int_equal(cores, 1);
        assert_int_equal(nodes, sizes[s][1]);
        assert_true(deepest >= 3);
        city_free(c);
    }
}

static void every_hotspot_hangs_on_a_powered_access_switch_and_its_port(void **state)
{
    struct city *c = usual_city();
    size_t rows = 0;

    (void)state;
    for (size_t i = 0; i < c->hotspot_count; i++) {
        const struct city_hotspot *h = &c->hotspots[i];
        const struct city_device *access = &c->devices[h->access];
        assert_int_equal(access->role, ROLE_ACCESS);
        assert_int_equal(c->devices[access->power].role, ROLE_UPS);
        assert_int_equal(access->ports[h->access_port].hotspot, i);
        assert_int_equal(c->devices[h->device].role, h->is_row ? ROLE_CONTROLLER : ROLE_AP);
        rows += h->is_row;
    }
    assert_int_equal(rows, 180); /* a third */
    city_free(c);
}

static void ids_names_and_addresses_are_unique(void **state)
{
    struct city *c = usual_city();

    (void)state;
    for (size_t i = 0; i < c->device_count; i++) {
        assert_int_equal(city_device_at(c, c->devices[i].address), i);
        assert_int_equal(city_device_by_id(c, c->devices[i].id), i);
        assert_int_equal(c->devices[i].address >> 20, 0x7f1); /* 127.16.0.0/12 */
    }
    for (size_t i = 0; i < c->hotspot_count; i++)
        assert_int_equal(city_hotspot_by_id(c, c->hotspots[i].id), i);
    for (size_t i = 0; i < c->site_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(c->sites[i].id, c->sites[j].id);
    assert_int_equal(city_device_at(c, 0x7f000001), -1);
    city_free(c);
}

static void the_same_seed_gives_the_same_city_and_another_one_does_not(void **state)
{
    struct city *a = make_city(9, 100, 20), *b = make_city(9, 100, 20), *other = make_city(10, 100, 20);
    size_t differences = 0;

    (void)state;
    assert_int_equal(a->device_count, b->device_count);
    for (size_t i = 0; i < a->hotspot_count; i++) {
        assert_string_equal(a->hotspots[i].name, b->hotspots[i].name);
        assert_true(a->hotspots[i].at.lat == b->hotspots[i].at.lat &&
                    a->hotspots[i].at.lon == b->hotspots[i].at.lon);
        assert_int_equal(a->hotspots[i].access, b->hotspots[i].access);
        differences += a->hotspots[i].at.lat != other->hotspots[i].at.lat;
    }
    assert_true(differences > 50);
    city_free(a);
    city_free(b);
    city_free(other);
}

static void impossible_cities_are_refused_with_a_reason(void **state)
{
    struct city_params p;
    struct city *c = NULL;

    (void)state;
    city_params_defaults(&p);
    p.portal_tls_port = 1;
    assert_null(city_params_problem(&p));
    p.hotspots = 0;
    assert_non_null(city_params_problem(&p));
    assert_int_equal(city_new(&p, &c), ERR_RANGE);
    p.hotspots = 540;
    p.nodes = 8;
    assert_non_null(city_params_problem(&p));
    p.nodes = 60;
    p.dns_port = 65536;
    assert_non_null(city_params_problem(&p));
}

/* ---- figures ---- */

static void a_counter_is_the_integral_of_its_rate_and_never_falls(void **state)
{
    (void)state;
    for (int place = 0; place < PLACE_COUNT; place++) {
        struct flow f = flow_of_place((enum place)place, 1000, 7, 3);
        double t0 = (double)(noon / SECONDS), sum = 0;
        for (int i = 0; i < 86400; i += 10) {
            double rate = flow_rate(&f, t0 + i + 5);
            assert_true(rate >= 0);
            assert_true(flow_integral(&f, t0 + i, t0 + i + 10) >= 0);
            sum += rate * 10;
        }
        assert_true(fabs(sum / flow_integral(&f, t0, t0 + 86400) - 1) < 1e-3);
    }
}

static void schools_are_busy_at_eleven_and_empty_at_night(void **state)
{
    struct flow f = flow_of_place(PLACE_SCHOOL, 1000, 7, 3);
    double eleven = (double)(noon / SECONDS) - 3600;

    (void)state;
    assert_true(flow_rate(&f, eleven) > 1700);
    assert_true(flow_rate(&f, eleven + 14 * 3600) < 350);
}

static void an_uplink_counts_exactly_what_the_ports_below_it_count(void **state)
{
    struct city *c = usual_city();
    struct incidents *in = NULL;
    struct sim *s = NULL;

    (void)state;
    assert_ok(sim_new(c, noon, &s));
    for (int round = 0; round < 3; round++) {
        ns_t t = noon + round * 10 * MINUTES;
        double below = 0, above = meter_read(&s->devices[0].meter, (double)t / 1e9);
        for (size_t i = 0; i < c->hotspot_count; i++)
            below += meter_read(&s->hotspots[i].meter, (double)t / 1e9);
        assert_true(fabs(above / below - 1) < 1e-9);
        s->hotspots[round * 7].is_asleep = true; /* whatever changes */
        s->hotspots[round * 9 + 2].is_congested = true;
        sim_settle(s, t);
    }
    incidents_free(in);
    sim_free(s);
    city_free(c);
}

static void figures_depend_on_seed_time_and_entity_alone(void **state)
{
    struct city *c = usual_city();
    struct sim *a = NULL, *b = NULL;

    (void)state;
    assert_ok(sim_new(c, noon, &a));
    assert_ok(sim_new(c, noon + 5 * MINUTES, &b));
    for (int h = 0; h < 540; h += 11) {
        assert_int_equal(sim_clients(a, h, noon + HOURS), sim_clients(b, h, noon + HOURS));
        assert_true(fabs(sim_hotspot_bytes(a, h, noon + HOURS) - sim_hotspot_bytes(b, h, noon + HOURS)) < 1);
        assert_int_equal(sim_radio_utilisation(a, h, 1, noon + HOURS),
                         sim_radio_utilisation(b, h, 1, noon + HOURS));
    }
    sim_free(a);
    sim_free(b);
    city_free(c);
}

/* ---- MIBs ---- */

static void the_columns_of_every_family_stand_in_order(void **state)
{
    (void)state;
    for (int f = 0; f < FAMILY_COUNT; f++)
        assert_null(mib_table_problem((enum family)f));
}

static struct city *city_with_dhcp(void)
{
    struct city_params p;
    struct city *c = NULL;

    city_params_defaults(&p);
    p.portal_tls_port = 10181;
    p.epoch = noon - 1 * DAYS;
    p.has_dhcp = true;
    assert_ok(city_new(&p, &c));
    return c;
}

static void a_pool_of_addresses_fills_and_empties(void **state)
{
    struct city *c = city_with_dhcp();
    struct sim *s = NULL;

    (void)state;
    assert_in_range(city_device_by_id(c, "dhcp-1"), 1, (int)c->device_count - 1);
    assert_ok(sim_new(c, noon, &s));
    assert_in_range(sim_pool_used(s, 0, noon), SIM_POOL_SIZE / 3, SIM_POOL_SIZE * 2 / 3);
    s->pool_fills_since = noon;
    assert_in_range(sim_pool_used(s, 0, noon + (ns_t)(c->params.battery_s * 1e9)), SIM_POOL_SIZE * 98 / 100,
                    SIM_POOL_SIZE);
    assert_in_range(sim_pool_used(s, 1, noon + HOURS), SIM_POOL_SIZE / 3, SIM_POOL_SIZE * 2 / 3);
    s->pool_fills_since = 0;
    assert_in_range(sim_pool_used(s, 0, noon + HOURS), SIM_POOL_SIZE / 3, SIM_POOL_SIZE * 2 / 3);
    sim_free(s);
    city_free(c);
}

static void a_walk_of_every_kind_of_agent_climbs_to_its_end(void **state)
{
    struct city *c = city_with_dhcp();
    struct sim *s = NULL;
    size_t seen[FAMILY_COUNT] = {0};

    (void)state;
    assert_ok(sim_new(c, noon, &s));
    for (size_t i = 0; i < c->device_count; i++) {
        struct mib_agent agent = {s, (int)i, noon};
        struct agent_view view = mib_view(&agent);
        struct agent_oid at = {.len = 2, .id = {0, 0}}, next;
        struct agent_value value, again;
        enum family family = mib_family(c->devices[i].role);
        size_t n = 0;
        if (seen[family]++ > 2)
            continue;
        while (view.next(view.ctx, &at, &next, &value)) {
            assert_true(agent_oid_compare(at.id, at.len, next.id, next.len) < 0);
            view.get(view.ctx, &next, &again); /* what a walk finds, a GET finds too */
            assert_int_equal(again.tag, value.tag);
            if (value.tag == AGENT_STRING)
                assert_memory_equal(value.bytes, again.bytes, value.len);
            at = next;
            n++;
        }
        assert_true(n > (family == FAMILY_LINUX ? 40 : 60));
    }
    for (size_t f = 0; f < FAMILY_COUNT; f++)
        assert_true(seen[f] > 0);
    sim_free(s);
    city_free(c);
}

/* ---- incidents ---- */

struct truth {
    char *lines[64];
    size_t count;
};

static void remember(void *ctx, const char *line, size_t len)
{
    struct truth *t = ctx;

    assert_true(t->count < ARRAY_LEN(t->lines));
    t->lines[t->count++] = strndup(line, len);
}

struct world {
    struct city *city;
    struct sim *sim;
    struct incidents *incidents;
    struct truth truth;
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    w->city = usual_city();
    assert_ok(sim_new(w->city, noon, &w->sim));
    assert_ok(incidents_new(w->sim, remember, &w->truth, &w->incidents));
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < w->truth.count; i++)
        free(w->truth.lines[i]);
    incidents_free(w->incidents);
    sim_free(w->sim);
    city_free(w->city);
    free(w);
    return 0;
}

static size_t not_serving(const struct world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->city->hotspot_count; i++)
        n += !w->sim->hotspots[i].is_serving;
    return n;
}

/* Length of a list in the last line of the log. */
static size_t logged(const struct world *w, const char *list)
{
    json_t *line = json_loads(w->truth.lines[w->truth.count - 1], 0, NULL);
    size_t n;

    assert_non_null(line);
    n = json_array_size(json_object_get(line, list));
    json_decref(line);
    return n;
}

static void a_fibre_cut_silences_all_below_and_nothing_else(void **state)
{
    struct world *w = *state;
    size_t below = 0, silent = 0;
    int agg = city_device_by_id(w->city, "agg-gar-1");

    assert_true(agg >= 0);
    assert_null(incident_begin(w->incidents, INCIDENT_FIBRE_CUT, "agg-gar-1", 0, noon, NULL));
    for (size_t i = 0; i < w->city->device_count; i++) {
        bool is_below = false;
        for (int d = (int)i; d >= 0; d = w->city->devices[d].parent)
            is_below |= d == agg;
        assert_int_equal(sim_answers(w->sim, (int)i), !is_below);
        silent += is_below;
    }
    for (size_t i = 0; i < w->city->hotspot_count; i++)
        for (int d = w->city->hotspots[i].access; d >= 0; d = w->city->devices[d].parent)
            below += d == agg;
    assert_int_equal(not_serving(w), below);
    assert_int_equal(logged(w, "hotspots"), below);
    assert_int_equal(logged(w, "devices"), silent);
    assert_null(incident_end(w->incidents, INCIDENT_FIBRE_CUT, NULL, noon + MINUTES));
    assert_int_equal(not_serving(w), 0);
}

static void a_power_cut_runs_the_battery_down_before_it_hurts(void **state)
{
    struct world *w = *state;
    int ups = city_device_by_id(w->city, "ups-mit-01");

    assert_null(incident_begin(w->incidents, INCIDENT_POWER_CUT, "ups-mit-01", 0, noon, NULL));
    assert_true(logged(w, "at_risk") > 0);
    assert_int_equal(logged(w, "hotspots"), 0);
    incidents_tick(w->incidents, noon + 15 * SECONDS);
    assert_true(fabs(sim_ups_charge(w->sim, ups, noon + 15 * SECONDS) - 50) < 0.1);
    assert_int_equal(not_serving(w), 0);
    incidents_tick(w->incidents, noon + 31 * SECONDS);
    assert_int_equal(not_serving(w), logged(w, "hotspots"));
    assert_true(not_serving(w) > 0);
    assert_true(sim_answers(w->sim, ups)); /* its card lives on: it tells why */
    assert_null(incident_end(w->incidents, INCIDENT_POWER_CUT, "ups-mit-01", noon + 60 * SECONDS));
    assert_int_equal(not_serving(w), 0);
}

static void what_lost_its_power_counts_its_uptime_anew(void **state)
{
    struct world *w = *state;
    int ups = city_device_by_id(w->city, "ups-mit-01"), ap = -1;

    for (size_t i = 0; i < w->city->device_count; i++)
        if (w->city->devices[i].role == ROLE_AP && w->city->devices[i].power == ups)
            ap = (int)i;
    assert_true(ap >= 0);
    assert_null(incident_begin(w->incidents, INCIDENT_POWER_CUT, "ups-mit-01", 0, noon, NULL));
    incidents_tick(w->incidents, noon + 31 * SECONDS);
    assert_null(incident_end(w->incidents, INCIDENT_POWER_CUT, NULL, noon + 60 * SECONDS));
    assert_true(w->sim->devices[ap].boot == noon + 60 * SECONDS);
    assert_true(sim_hotspot_bytes(w->sim, w->city->devices[ap].hotspot, noon + 61 * SECONDS) < 1e7);
    assert_null(incident_begin(w->incidents, INCIDENT_FIBRE_CUT,
                               w->city->devices[w->city->devices[ap].parent].id, 0, noon + 2 * MINUTES,
                               NULL));
    assert_null(incident_end(w->incidents, INCIDENT_FIBRE_CUT, NULL, noon + 3 * MINUTES));
    assert_true(w->sim->devices[ap].boot == noon + 60 * SECONDS); /* a cut fibre restarts nothing */
}

static void a_killed_agent_is_one_hotspot_and_no_more(void **state)
{
    struct world *w = *state;
    int device = city_device_by_id(w->city, "ap-0001") >= 0 ? city_device_by_id(w->city, "ap-0001") : -1;

    for (size_t i = 0; device < 0 && i < w->city->device_count; i++)
        if (w->city->devices[i].role == ROLE_AP)
            device = (int)i;
    assert_null(
        incident_begin(w->incidents, INCIDENT_AGENT_DEAD, w->city->devices[device].id, 0, noon, NULL));
    assert_false(sim_answers(w->sim, device));
    assert_int_equal(not_serving(w), 1);
    assert_int_equal(logged(w, "hotspots"), 1);
    assert_non_null(
        incident_begin(w->incidents, INCIDENT_AGENT_DEAD, w->city->devices[device].id, 0, noon, NULL));
    assert_null(incident_end(w->incidents, INCIDENT_AGENT_DEAD, w->city->devices[device].id, noon + SECONDS));
    assert_true(sim_answers(w->sim, device));
}

static void a_sleeping_access_point_serves_nobody_while_its_neighbours_do(void **state)
{
    struct world *w = *state;
    const char *id = w->city->hotspots[w->city->devices[w->city->device_count - 1].hotspot].id;
    int hotspot = city_hotspot_by_id(w->city, id);

    assert_null(incident_begin(w->incidents, INCIDENT_SLEEPING_AP, id, 0, noon, NULL));
    assert_true(sim_answers(w->sim, w->city->hotspots[hotspot].device));
    for (int h = 0; h < (int)w->city->hotspot_count; h++)
        if (h == hotspot)
            assert_int_equal(sim_clients(w->sim, h, noon), 0);
        else if (w->city->hotspots[h].access == w->city->hotspots[hotspot].access)
            assert_true(sim_clients(w->sim, h, noon) > 10);
}

static void the_city_puts_to_sleep_whom_somebody_would_miss(void **state)
{
    struct world *w = *state;
    ns_t night = noon + 15 * HOURS; /* three o'clock */

    for (uint64_t draw = 0; draw < 40; draw += 7) {
        json_t *line;
        int hotspot;
        assert_null(incident_begin(w->incidents, INCIDENT_SLEEPING_AP, NULL, draw, night, NULL));
        line = json_loads(w->truth.lines[w->truth.count - 1], 0, NULL);
        hotspot = city_hotspot_by_id(
            w->city, json_string_value(json_object_get(json_object_get(line, "cause"), "id")));
        json_decref(line);
        assert_null(incident_end(w->incidents, INCIDENT_SLEEPING_AP, NULL, night));
        assert_true(sim_clients(w->sim, hotspot, night) >= 5);
    }
}

static void congestion_fills_the_lido(void **state)
{
    struct world *w = *state;

    assert_null(incident_begin(w->incidents, INCIDENT_CONGESTION, NULL, 0, noon, NULL));
    for (int h = 0; h < (int)w->city->hotspot_count; h++)
        if (w->city->sites[w->city->hotspots[h].site].place == PLACE_LIDO) {
            assert_true(sim_radio_utilisation(w->sim, h, 0, noon) > 90);
            assert_true(sim_clients(w->sim, h, noon) > 60);
        }
    assert_int_equal(logged(w, "hotspots"), 9);
}

static void drift_takes_light_from_both_ends_at_its_pace(void **state)
{
    struct world *w = *state;
    int sw = city_device_by_id(w->city, "sw-gar-01");
    double before = sim_optic_rx(w->sim, sw, false, noon), above = sim_optic_rx(w->sim, sw, true, noon);

    assert_in_range((long)(-before * 100), 600, 1500);
    assert_null(incident_begin(w->incidents, INCIDENT_DRIFT, "sw-gar-01", 0, noon, NULL));
    assert_true(fabs(before - sim_optic_rx(w->sim, sw, false, noon + MINUTES) - 3) < 0.3);
    assert_true(fabs(above - sim_optic_rx(w->sim, sw, true, noon + MINUTES) - 3) < 0.3);
    assert_int_equal(logged(w, "hotspots"), 0);
    assert_true(logged(w, "at_risk") > 0);
}

static void nonsense_is_refused_in_words(void **state)
{
    struct world *w = *state;

    assert_non_null(incident_begin(w->incidents, INCIDENT_POWER_CUT, "core-1", 0, noon, NULL));
    assert_non_null(incident_begin(w->incidents, INCIDENT_FIBRE_CUT, "ap-0001", 0, noon, NULL));
    assert_non_null(incident_begin(w->incidents, INCIDENT_SLEEPING_AP, "hs-9999", 0, noon, NULL));
    assert_non_null(incident_end(w->incidents, INCIDENT_CONGESTION, NULL, noon));
    assert_int_equal(incident_by_name("earthquake"), INCIDENT_KINDS);
    assert_int_equal(w->truth.count, 0);
}

static void the_script_breaks_everything_once_and_mends_it_all(void **state)
{
    struct world *w = *state;
    struct script script = {0};
    bool has_begun[INCIDENT_KINDS] = {false};

    for (int i = 0; i <= 335 * 5; i++) {
        ns_t now = noon + i * 200 * MILLISECONDS;
        script_play(&script, w->incidents, i ? 0.2 : 0, now);
        incidents_tick(w->incidents, now);
        if (i == 14 * 5)
            assert_int_equal(w->truth.count, 0);
        if (i == 16 * 5)
            assert_int_equal(w->truth.count, 1);
    }
    for (size_t i = 0; i < w->truth.count; i++)
        for (int k = 0; k < INCIDENT_KINDS; k++)
            has_begun[k] |= strstr(w->truth.lines[i], incident_names[k]) != NULL;
    for (int k = 0; k < INCIDENT_KINDS;
         k++) /* the demo's city has no DHCP server, and names are quick or not there */
        assert_int_equal(has_begun[k], k != INCIDENT_POOL && k != INCIDENT_DNS_SLOW);
    assert_int_equal(incidents_count(w->incidents), 0);
    assert_int_equal(not_serving(w), 0);
    assert_int_equal(w->truth.count, 2 * (INCIDENT_KINDS - 2) + 1); /* and the battery's end */
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

RUN_TESTS("city_plan", cmocka_unit_test(every_hotspot_stands_inside_its_district),
          cmocka_unit_test(the_town_hall_lies_in_norderstedt_mitte),
          cmocka_unit_test(the_tree_has_one_root_no_cycle_and_at_least_three_levels),
          cmocka_unit_test(every_hotspot_hangs_on_a_powered_access_switch_and_its_port),
          cmocka_unit_test(ids_names_and_addresses_are_unique),
          cmocka_unit_test(the_same_seed_gives_the_same_city_and_another_one_does_not),
          cmocka_unit_test(impossible_cities_are_refused_with_a_reason),
          cmocka_unit_test(a_counter_is_the_integral_of_its_rate_and_never_falls),
          cmocka_unit_test(schools_are_busy_at_eleven_and_empty_at_night),
          cmocka_unit_test(an_uplink_counts_exactly_what_the_ports_below_it_count),
          cmocka_unit_test(figures_depend_on_seed_time_and_entity_alone),
          cmocka_unit_test(the_columns_of_every_family_stand_in_order),
          cmocka_unit_test(a_pool_of_addresses_fills_and_empties),
          cmocka_unit_test(a_walk_of_every_kind_of_agent_climbs_to_its_end),
          IN_WORLD(a_fibre_cut_silences_all_below_and_nothing_else),
          IN_WORLD(a_power_cut_runs_the_battery_down_before_it_hurts),
          IN_WORLD(what_lost_its_power_counts_its_uptime_anew),
          IN_WORLD(a_killed_agent_is_one_hotspot_and_no_more),
          IN_WORLD(a_sleeping_access_point_serves_nobody_while_its_neighbours_do),
          IN_WORLD(the_city_puts_to_sleep_whom_somebody_would_miss), IN_WORLD(congestion_fills_the_lido),
          IN_WORLD(drift_takes_light_from_both_ends_at_its_pace), IN_WORLD(nonsense_is_refused_in_words),
          IN_WORLD(the_script_breaks_everything_once_and_mends_it_all))
