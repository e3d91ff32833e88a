/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_fleet.c - hardware of a series table, and the shares of models and versions with the hotspots on them.
 */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "dashboards/fleet.h"
#include "lib/base/strx.h"
#include "lib/model/metric.h"
#include "tests/unit/temp_dir.h"

#define T0 (1700000000 * SECONDS)

/* core <- agg <- sw <- ap-1, ap-2, ap-3; wlc-1 (at the core) has rows ap/a and ap/b at sw. */
static const char inventory_text[] =
    "sites:\n"
    "  - {id: lido, name: Freibad, district: d, kind: public, lat: 53.71, lon: 10.01}\n"
    "devices:\n"
    "  - {id: core, address: 127.16.0.1, kind: router, core: true}\n"
    "  - {id: agg, address: 127.16.0.2, kind: switch, uplink: core}\n"
    "  - {id: sw, address: 127.16.0.3, kind: switch, uplink: agg}\n"
    "  - {id: ap-1, address: 127.16.0.4, kind: ap, uplink: sw}\n"
    "  - {id: ap-2, address: 127.16.0.5, kind: ap, uplink: sw}\n"
    "  - {id: ap-3, address: 127.16.0.6, kind: ap, uplink: sw}\n"
    "  - {id: wlc-1, address: 127.16.0.7, kind: controller, uplink: core}\n"
    "hotspots:\n"
    "  - {id: hs-1, name: A, site: lido, device: ap-1}\n"
    "  - {id: hs-2, name: B, site: lido, device: ap-2}\n"
    "  - {id: hs-3, name: C, site: lido, device: wlc-1, entity: 'ap/a', uplink: sw}\n"
    "  - {id: hs-4, name: D, site: lido, entity: 'ap/02:00:00:00:00:04', uplink: sw}\n";
static const char districts_text[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                                     "\"properties\":{\"id\":\"d\",\"name\":"
                                     "\"D\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10,53.7],["
                                     "10.1,53.7],[10.1,53.8],[10,53.8],[10,"
                                     "53.7]]]}}]}";
static const char rules_text[] =
    "models:\n"
    "  - {vendor: N, model: AP*, recommended: 1.10, minimum: 1.8, reason: NL-1,\n"
    "     end_of_support: 2026-03-01}\n";

struct world {
    void *dir;
    struct inventory *inventory;
    struct snapshot *snapshot;
    struct firmware_rules *rules;
};

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_ok(fclose(f));
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct conf_report *report;
    char inventory[256], districts[256];
    const char *path = inventory;

    if (!w || temp_dir_setup(&w->dir))
        return -1;
    snprintf(inventory, sizeof inventory, "%s/inventory.yaml", (char *)w->dir);
    snprintf(districts, sizeof districts, "%s/districts.geojson", (char *)w->dir);
    put(inventory, inventory_text);
    put(districts, districts_text);
    assert_ok(conf_report_new(&report));
    if (inventory_load(&path, 1, districts, report, &w->inventory) ||
        firmware_rules_parse("rules", rules_text, strlen(rules_text), report, &w->rules))
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
    firmware_rules_free(w->rules);
    temp_dir_teardown(&w->dir);
    free(w);
    return 0;
}

static char *text(const char *s)
{
    return (char *)(uintptr_t)s;
}

enum { ROWS_MAX = 4 };

struct row {
    const char *entity, *model, *version, *serial;
};

static void feed(struct world *w, const char *source, const char *vendor, struct row own,
                 const struct row *rows, size_t count)
{
    static ns_t at = T0;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples s = NW__SAMPLES__INIT;
    Nw__Table t = NW__TABLE__INIT;
    Nw__Identity i = NW__IDENTITY__INIT;
    Nw__Entity entities[ROWS_MAX], *entity_list[ROWS_MAX];
    Nw__Attribute attributes[ROWS_MAX][3], *attribute_list[ROWS_MAX][3];
    static const char *const keys[3] = {"model", "version", "serial"};

    i.vendor = text(vendor);
    i.model = text(own.model);
    i.version = text(own.version);
    i.serial = text(own.serial);
    for (size_t k = 0; k < count; k++) {
        const char *const values[3] = {rows[k].model, rows[k].version, rows[k].serial};
        nw__entity__init(&entities[k]);
        entities[k].id = text(rows[k].entity);
        entities[k].kind = text("ap");
        entities[k].attributes = attribute_list[k];
        entities[k].n_attributes = 3;
        for (int f = 0; f < 3; f++) {
            nw__attribute__init(&attributes[k][f]);
            attributes[k][f].key = text(keys[f]);
            attributes[k][f].text = text(values[f]);
            attribute_list[k][f] = &attributes[k][f];
        }
        entity_list[k] = &entities[k];
    }
    t.identity = &i;
    t.entities = entity_list;
    t.n_entities = count;
    s.source = text(source);
    s.started = (uint64_t)++at;
    s.table = &t;
    r.wall = s.started;
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &s;
    assert_ok(snapshot_record(w->snapshot, "collector", &r, at));
}

static void feed_state(struct world *w, const char *hotspot, double clients)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__State s = NW__STATE__INIT;

    s.kind = text("hotspot");
    s.id = text(hotspot);
    s.state = STATE_USABLE;
    s.clients = clients;
    r.wall = (uint64_t)T0;
    r.body_case = NW__RECORD__BODY_STATE;
    r.state = &s;
    assert_ok(snapshot_record(w->snapshot, "alerts", &r, T0));
}

static int64_t day(const char *date)
{
    int64_t out;

    assert_ok(firmware_day_parse(date, &out));
    return out;
}

static struct fleet fleet_of(struct world *w)
{
    struct fleet f;

    assert_ok(fleet_new(w->inventory, w->snapshot, w->rules, day("2026-02-01"), &f));
    return f;
}

static void assert_weight(const struct fleet_weight *w, size_t assets, size_t hotspots, double clients)
{
    assert_int_equal(w->assets, assets);
    assert_int_equal(w->hotspots, hotspots);
    if (isnan(clients))
        assert_true(isnan(w->clients));
    else
        assert_true(w->clients == clients);
}

static void shares_count_assets_hotspots_and_clients_once(void **state)
{
    static const struct row rows[] = {{"ap/b", "AP9", "", "B"}, {"ap/a", "AP9", "1.7", "A"}};
    struct world *w = *state;

    feed(w, "core", "S", (struct row){"", "SW", "3", ""}, NULL, 0);
    feed(w, "agg", "S", (struct row){"", "SW", "3", ""}, NULL, 0);
    feed(w, "sw", "S", (struct row){"", "SW", "2", ""}, NULL, 0);
    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", ""}, NULL, 0);
    feed(w, "ap-2", "N", (struct row){"", "AP3", "1.10", ""}, NULL, 0);
    feed(w, "wlc-1", "N", (struct row){"", "WLC", "1", ""}, rows, 2);
    feed_state(w, "hs-1", 4);
    feed_state(w, "hs-2", 7);
    feed_state(w, "hs-3", NAN);
    struct fleet f = fleet_of(w);
    assert_int_equal(f.asset_count, 9); /* ap-3 has not told anything; the controller has two rows */
    assert_int_equal(f.model_count, 5);
    assert_string_equal(f.models[0].model, "");
    assert_weight(&f.models[0].weight, 1, 0, NAN);
    assert_string_equal(f.models[1].model, "AP3");
    assert_weight(&f.models[1].weight, 2, 2, 11);
    assert_int_equal(f.models[1].count, 2);
    assert_string_equal(f.versions[f.models[1].first].version, "1.10");
    assert_weight(&f.versions[f.models[1].first].weight, 1, 1, 7);
    assert_string_equal(f.versions[f.models[1].first + 1].version, "1.9");
    assert_weight(&f.versions[f.models[1].first + 1].weight, 1, 1, 4);
    assert_string_equal(f.models[2].model, "AP9");
    assert_weight(&f.models[2].weight, 2, 1, NAN);
    assert_string_equal(f.models[3].model, "WLC");
    assert_weight(&f.models[3].weight, 1, 1, NAN);
    /* Three switches on the way of four hotspots: each hotspot once. */
    assert_string_equal(f.models[4].model, "SW");
    assert_weight(&f.models[4].weight, 3, 4, 11);
    assert_weight(&f.versions[f.models[4].first].weight, 2, 4, 11);
    fleet_fini(&f);
}

static void each_version_is_rated_by_the_rule_of_its_model(void **state)
{
    static const struct row rows[] = {{"ap/a", "AP9", "1.7", ""}, {"ap/b", "AP9", "", "B"}};
    struct world *w = *state;

    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", ""}, NULL, 0);
    feed(w, "ap-2", "N", (struct row){"", "AP3", "1.10", ""}, NULL, 0);
    feed(w, "wlc-1", "N", (struct row){"", "WLC", "1", ""}, rows, 2);
    struct fleet f = fleet_of(w);
    const struct fleet_model *ap3 = &f.models[1], *ap9 = &f.models[2], *wlc = &f.models[3];
    assert_int_equal(f.versions[ap3->first].status, FIRMWARE_CURRENT);
    assert_int_equal(f.versions[ap3->first + 1].status, FIRMWARE_OUTDATED);
    assert_int_equal(f.versions[ap9->first].status, FIRMWARE_TOO_OLD);
    assert_int_equal(f.versions[ap9->first + 1].status, FIRMWARE_UNKNOWN);
    assert_int_equal(f.versions[wlc->first].status, FIRMWARE_UNRATED);
    assert_int_equal(ap3->support, SUPPORT_ENDS_SOON);
    assert_int_equal(wlc->support, SUPPORT_UNKNOWN);
    fleet_fini(&f);
}

static void access_points_of_a_controller_are_assets_with_its_vendor(void **state)
{
    static const struct row rows[] = {
        {"ap/b", "AP9", "1.2", "B"}, {"ap/a", "AP8", "1.1", "A"}, {"ap/c", "", "", ""}};
    struct world *w = *state;
    const struct asset *a;

    feed(w, "wlc-1", "N", (struct row){"", "WLC", "1", "W"}, rows, 3);
    const struct snap_source *source = snapshot_source(w->snapshot, "wlc-1");
    assert_int_equal(source->assets.count, 3); /* ap/c tells nothing */
    a = snapshot_asset(source, "ap/a");
    assert_string_equal(a->model, "AP8");
    assert_string_equal(a->vendor, "N");
    a = snapshot_asset(source, "ap/b");
    assert_string_equal(a->serial, "B");
    assert_null(snapshot_asset(source, "ap/c"));
    assert_string_equal(snapshot_asset(source, NULL)->serial, "W");
    assert_null(snapshot_asset(snapshot_source(w->snapshot, "ap-3"), NULL));
}

static void the_last_word_of_a_silent_device_holds(void **state)
{
    static const struct row none = {"", "", "", ""};
    struct world *w = *state;
    struct assets *assets;

    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", "X"}, NULL, 0);
    assets = snapshot_assets(w->snapshot, "ap-1");
    assets->items[0].is_noted = true;
    feed(w, "ap-1", "", none, NULL, 0);
    assert_string_equal(snapshot_asset(snapshot_source(w->snapshot, "ap-1"), NULL)->version, "1.9");
    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", "X"}, NULL, 0);
    assert_true(assets->items[0].is_noted);
    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", "Y"}, NULL, 0);
    assert_false(assets->items[0].is_noted);
    feed(w, "ap-1", "N", (struct row){"", "AP3", "1.9", "Y"}, NULL, 0);
    assert_false(assets->items[0].is_noted);
}

/* A row of wlc-1 with five clients, of a hotspot that names no device. */
static void an_access_point_that_needs_no_device_hangs_on_who_lists_it(void **state)
{
    struct world *w = *state;
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    Nw__Table t = NW__TABLE__INIT;
    Nw__Entity row = NW__ENTITY__INIT, *entities[] = {&row};
    Nw__Attribute model = NW__ATTRIBUTE__INIT, *attributes[] = {&model};
    Nw__Series series = NW__SERIES__INIT, *all[] = {&series};
    double clients = 5;

    model.key = text("model");
    model.text = text("AP7");
    row.id = text("ap/02:00:00:00:00:04");
    row.kind = text("ap");
    row.attributes = attributes;
    row.n_attributes = 1;
    series.metric = METRIC_CLIENTS;
    t.entities = entities;
    t.n_entities = 1;
    t.series = all;
    t.n_series = 1;
    samples.source = text("wlc-1");
    samples.started = r.wall = (uint64_t)T0;
    samples.table = &t;
    samples.values = &clients;
    samples.n_values = 1;
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &samples;
    assert_ok(snapshot_record(w->snapshot, "collector", &r, T0));
    feed_state(w, "hs-4", NAN);
    struct fleet f = fleet_of(w);
    const struct fleet_model *m = &f.models[f.model_count - 1];
    assert_string_equal(m->model, "AP7");
    assert_weight(&m->weight, 1, 1, 5);
    fleet_fini(&f);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
RUN_TESTS("fleet", IN_WORLD(shares_count_assets_hotspots_and_clients_once),
          IN_WORLD(each_version_is_rated_by_the_rule_of_its_model),
          IN_WORLD(access_points_of_a_controller_are_assets_with_its_vendor),
          IN_WORLD(the_last_word_of_a_silent_device_holds),
          IN_WORLD(an_access_point_that_needs_no_device_hangs_on_who_lists_it))
