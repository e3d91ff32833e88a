/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_network.c - from records to the network: neighbours, loads, rows of a controller, what is too old. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "dashboards/network.h"
#include "dashboards/wiring.h"
#include "lib/model/metric.h"
#include "tests/unit/temp_dir.h"

#define T0 (1700000000 * SECONDS)

static const char inventory_text[] =
    "sites:\n"
    "  - {id: lido, name: Freibad, lat: 53.71, lon: 10.03}\n"
    "devices:\n"
    "  - {id: core, address: 127.16.0.1, kind: switch, core: true}\n"
    "  - {id: sw-1, address: 127.16.0.2, kind: switch, uplink: core, uplink_port: 'xe-1'}\n"
    "  - {id: wlc-1, address: 127.16.0.4, kind: controller, uplink: core}\n"
    "hotspots:\n"
    "  - {id: hs-1, name: Kiosk, site: lido, device: wlc-1, entity: 'ap/02:00:00:00:00:01'}\n";

struct world {
    void *dir;
    struct inventory *inventory;
    struct snapshot *snapshot;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct conf_report *report;
    char path[256];
    const char *paths[] = {path};
    FILE *f;

    if (!w || temp_dir_setup(&w->dir))
        return -1;
    snprintf(path, sizeof path, "%s/inventory.yaml", (char *)w->dir);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(inventory_text, f);
    assert_ok(fclose(f));
    assert_ok(conf_report_new(&report));
    if (inventory_load(paths, 1, NULL, report, &w->inventory))
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    assert_ok(snapshot_new(w->inventory, &w->snapshot));
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    snapshot_free(w->snapshot);
    inventory_free(w->inventory);
    temp_dir_teardown(&w->dir);
    free(w);
    return 0;
}

/* One round of a device with one interface or access point, its load, and one neighbour on it. */
static void feed(struct world *w, const char *source, Nw__Entity entity, Nw__Neighbour neighbour,
                 const char *chassis_id)
{
    const uint32_t metrics[] = {METRIC_IF_SPEED, METRIC_IF_OUT, METRIC_IF_IN};
    double values[] = {1e9, 3e6, 2e6};
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples s = NW__SAMPLES__INIT;
    Nw__Table t = NW__TABLE__INIT;
    Nw__Entity *entities[] = {&entity};
    Nw__Neighbour *neighbours[] = {&neighbour};
    Nw__Series series[3], *list[3];

    for (size_t i = 0; i < 3; i++) {
        nw__series__init(&series[i]);
        series[i].metric = metrics[i];
        list[i] = &series[i];
    }
    t.entities = entities;
    t.n_entities = 1;
    t.series = list;
    t.n_series = 3;
    t.neighbours = neighbours;
    t.n_neighbours = *neighbour.chassis_id ? 1 : 0;
    t.chassis_id = (char *)(uintptr_t)chassis_id;
    s.source = (char *)(uintptr_t)source;
    s.started = (uint64_t)T0;
    s.values = values;
    s.n_values = 3;
    s.table = &t;
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &s;
    assert_ok(snapshot_record(w->snapshot, "collector", &r, T0));
}

static Nw__Entity entity(const char *id, const char *kind, const char *name)
{
    Nw__Entity e = NW__ENTITY__INIT;

    e.id = (char *)(uintptr_t)id;
    e.kind = (char *)(uintptr_t)kind;
    e.name = (char *)(uintptr_t)name;
    return e;
}

static Nw__Neighbour neighbour(const char *on, const char *name, const char *chassis_id)
{
    Nw__Neighbour n = NW__NEIGHBOUR__INIT;

    n.entity = (char *)(uintptr_t)on;
    n.system_name = (char *)(uintptr_t)name;
    n.chassis_id = (char *)(uintptr_t)chassis_id;
    return n;
}

static void feed_city(struct world *w)
{
    feed(w, "core", entity("if/xe-1", "interface", "xe-1"), neighbour("if/xe-1", "?", "02:00:00:00:00:aa"),
         "02:00:00:00:00:bb");
    feed(w, "sw-1", entity("if/up", "interface", "up"), neighbour("if/up", "lobby-ap", "02:00:00:00:00:99"),
         "02:00:00:00:00:aa");
    feed(w, "wlc-1", entity("ap/02:00:00:00:00:01", "ap", "lobby-ap"), neighbour("", "", ""), "");
}

static void marks_of_devices_and_of_a_controllers_rows_are_known(void **state)
{
    struct world *w = *state;
    struct network *n;
    size_t row;

    feed_city(w);
    assert_ok(network_new(w->inventory, w->snapshot, T0 + 60 * SECONDS, &n));
    assert_int_equal(n->device_count, 3);
    assert_int_equal(n->count, 4);
    row = 3;
    assert_int_equal(n->hotspot[row - n->device_count], 0);
    assert_string_equal(n->nodes[row].chassis_id, "02:00:00:00:00:01");
    assert_int_equal(n->topo->places[1].seen, TOPO_ONE_END); /* by its own chassis id */
    assert_int_equal(n->topo->places[row].parent, 1);        /* by the name in the controller's table */
    assert_int_equal(n->topo->places[row].source, TOPO_LLDP);
    assert_int_equal(n->topo->contradiction_count, 0);
    network_free(n);
}

static void an_uplinks_load_is_read_at_the_end_that_is_known(void **state)
{
    struct world *w = *state;
    struct network *n;
    struct network_load load;

    feed_city(w);
    assert_ok(network_new(w->inventory, w->snapshot, T0, &n));
    load =
        network_load(n, w->snapshot, 1); /* stated as "xe-1", of the core: what goes out there comes down */
    assert_true(load.down == 3e6 && load.up == 2e6 && load.speed == 1e9);
    load = network_load(n, w->snapshot, 0);
    assert_true(isnan(load.down) && isnan(load.speed));
    network_free(n);
}

static void what_was_not_heard_for_long_is_not_believed(void **state)
{
    struct world *w = *state;
    struct network *n;

    feed_city(w);
    assert_ok(network_new(w->inventory, w->snapshot, T0 + 16 * MINUTES, &n));
    assert_int_equal(n->topo->places[1].seen, TOPO_UNSEEN);
    assert_int_equal(n->topo->places[3].parent, TOPO_NONE);
    network_free(n);
}

static void a_new_table_replaces_what_the_old_one_told(void **state)
{
    struct world *w = *state;
    const struct wiring *wiring;

    feed_city(w);
    feed(w, "sw-1", entity("if/other", "interface", "other"), neighbour("", "", ""), "");
    wiring = snapshot_source(w->snapshot, "sw-1")->wiring;
    assert_int_equal(wiring->neighbour_count, 0);
    assert_null(wiring_port(wiring, "if/up"));
    assert_non_null(wiring_port(wiring, "other"));
    assert_null(wiring_port(wiring, NULL));
    assert_null(wiring_port(NULL, "if/up"));
}

static void feed_usable(struct world *w, const char *hotspot)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;

    s.kind = (char *)"hotspot";
    s.id = (char *)(uintptr_t)hotspot;
    s.state = STATE_USABLE;
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    assert_ok(snapshot_record(w->snapshot, "alerts", &r, T0));
}

static void the_network_is_built_anew_when_something_changed(void **state)
{
    struct world *w = *state;
    struct network_cache cache = {0};
    const struct network *first, *n;
    const struct topo *built;

    feed_city(w);
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0, &first));
    built = first->topo;
    feed_city(w); /* the same tables once more, as in a new segment */
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0 + SECONDS, &n));
    assert_ptr_equal(n->topo, built);
    assert_false(n->nodes[3].is_alive);
    feed_usable(w, n->nodes[3].id);
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0 + SECONDS, &n));
    assert_true(n->nodes[3].is_alive);
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0 + 16 * MINUTES, &n));
    assert_int_equal(n->topo->places[1].seen, TOPO_UNSEEN);
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0, &n));
    assert_int_equal(n->topo->places[1].seen, TOPO_ONE_END);
    feed(w, "sw-1", entity("if/other", "interface", "other"), neighbour("", "", ""), "");
    assert_ok(network_get(&cache, w->inventory, w->snapshot, T0, &n));
    assert_int_equal(n->nodes[1].neighbour_count, 0);
    network_free(cache.network);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

RUN_TESTS("network", WITH_WORLD(marks_of_devices_and_of_a_controllers_rows_are_known),
          WITH_WORLD(an_uplinks_load_is_read_at_the_end_that_is_known),
          WITH_WORLD(what_was_not_heard_for_long_is_not_believed),
          WITH_WORLD(a_new_table_replaces_what_the_old_one_told),
          WITH_WORLD(the_network_is_built_anew_when_something_changed))
