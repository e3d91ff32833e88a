/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_inventory.c - what the city owns, checked as a whole; and the settings. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strx.h"
#include "lib/model/inventory.h"
#include "lib/model/settings.h"

static const char good[] =
    "sites:\n"
    "  - {id: lido, name: Freibad, district: harksheide, kind: public, lat: 53.71, lon: 10.01}\n"
    "devices:\n"
    "  - {id: core, address: 127.16.0.1, kind: router, core: true}\n"
    "  - {id: sw-1, name: Schrank 1, address: 127.16.0.2, port: 10161, kind: switch, uplink: core, site: "
    "lido}\n"
    "  - {id: ap-1, address: 127.16.0.3, kind: ap, uplink: sw-1, power: sw-1}\n"
    "  - {id: wlc-1, address: 127.16.0.4, kind: controller, uplink: core}\n"
    "hotspots:\n"
    "  - {id: hs-1, name: Becken, site: lido, device: ap-1, lat: 53.711, lon: 10.011, radios: [{band: 5, "
    "eirp: 23}]}\n"
    "  - {id: hs-2, name: Kiosk, site: lido, device: wlc-1, entity: 'ap/00:00:5e:00:53:01', uplink: sw-1}\n";

static const char districts[] =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":"
    "\"harksheide\","
    "\"name\":\"Harksheide\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[10,53.7],[10.1,53.7],[10."
    "1,53.8],"
    "[10,53.8],[10,53.7]],[[10.04,53.74],[10.06,53.74],[10.06,53.76],[10.04,53.76],[10.04,53.74]]]}}]}";

/* A directory of its own for each test, gone with it. */
struct scratch {
    char dir[64], inventory[96], districts[96], settings[96];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_ok(fclose(file));
}

static void scratch_init(struct scratch *s)
{
    strx_copy(s->dir, sizeof s->dir, "/tmp/netzwacht-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->inventory, sizeof s->inventory, "%s/inventory.yaml", s->dir);
    snprintf(s->districts, sizeof s->districts, "%s/districts.geojson", s->dir);
    snprintf(s->settings, sizeof s->settings, "%s/netzwacht.yaml", s->dir);
}

static void scratch_fini(struct scratch *s)
{
    unlink(s->inventory);
    unlink(s->districts);
    unlink(s->settings);
    assert_ok(rmdir(s->dir));
}

/* Loads the text as an inventory; *messages (to be freed) is what the report said. */
static enum err load(const char *text, const char *geojson, struct inventory **inv, char **messages)
{
    struct conf_report *report;
    struct scratch s;
    const char *path = s.inventory;
    enum err e;

    scratch_init(&s);
    write_file(s.inventory, text);
    write_file(s.districts, geojson);
    assert_ok(conf_report_new(&report));
    e = inventory_load(&path, 1, s.districts, report, inv);
    *messages = strdup(conf_report_text(report));
    conf_report_free(report);
    scratch_fini(&s);
    return e;
}

static void assert_inventory_refused(const char *more, const char *message)
{
    struct inventory *inv;
    char *text = strx_printf("%s%s", good, more), *messages;

    assert_int_equal(load(text, districts, &inv, &messages), ERR_CONFIG);
    if (!strstr(messages, message))
        fail_msg("expected \"%s\" in:\n%s", message, messages);
    free(messages);
    free(text);
}

static void a_good_inventory_can_be_looked_up(void **state)
{
    struct inventory *inv;
    char *messages;
    size_t count;

    (void)state;
    if (load(good, districts, &inv, &messages))
        fail_msg("%s", messages);
    free(messages);
    assert_non_null(inventory_hotspots(inv, &count));
    assert_int_equal(count, 2);
    assert_true(hotspot_position(inv, inventory_hotspot(inv, "hs-1")).lat == 53.711);
    assert_true(hotspot_position(inv, inventory_hotspot(inv, "hs-2")).lat == 53.71);
    assert_string_equal(hotspot_uplink(inv, inventory_hotspot(inv, "hs-1"))->id, "sw-1");
    assert_string_equal(hotspot_uplink(inv, inventory_hotspot(inv, "hs-2"))->id, "sw-1");
    assert_string_equal(hotspot_district_id(inv, inventory_hotspot(inv, "hs-2")), "harksheide");
    assert_string_equal(inventory_device(inv, "core")->name, "core");
    assert_true(inventory_device(inv, "core")->is_core);
    assert_int_equal(inventory_device(inv, "sw-1")->port, 10161);
    assert_null(inventory_device(inv, NULL));
    inventory_free(inv);
}

static void a_point_in_a_hole_is_outside_the_district(void **state)
{
    struct inventory *inv;
    char *messages;
    const struct district *d;

    (void)state;
    assert_ok(load(good, districts, &inv, &messages));
    d = inventory_district(inv, "harksheide");
    assert_true(district_contains(d, (struct geo_point){53.71, 10.01}));
    assert_false(district_contains(d, (struct geo_point){53.75, 10.05}));
    assert_false(district_contains(d, (struct geo_point){53.71, 9.99}));
    inventory_free(inv);
    free(messages);
}

static void contradictions_are_named_with_their_line(void **state)
{
    (void)state;
    assert_inventory_refused("  - {id: hs-1, name: x, site: lido, device: ap-1}\n",
                             "inventory.yaml:11:5: the hotspot id \"hs-1\" stands here a second time");
    assert_inventory_refused("  - {id: hs-3, name: x, site: lido, device: ap-9}\n",
                             "inventory.yaml:11:5: device: there is no device \"ap-9\" in the inventory");
    assert_inventory_refused("  - {id: hs-3, name: x, site: zoo, device: ap-1}\n",
                             "there is no site \"zoo\"");
    assert_inventory_refused("links:\n  - {id: l-1, from: core, to: sw-7}\n",
                             "to: there is no device \"sw-7\"");
}

static void uplinks_in_a_circle_are_refused(void **state)
{
    struct inventory *inv;
    char *messages;

    (void)state;
    assert_int_equal(load("devices:\n  - {id: a, address: 127.0.0.1, uplink: b}\n  - {id: b, address: "
                          "127.0.0.1, uplink: a}\n"
                          "  - {id: c, address: 127.0.0.1, uplink: a}\n",
                          districts, &inv, &messages),
                     ERR_CONFIG);
    assert_non_null(strstr(messages, "the uplinks of \"a\" run in a circle"));
    free(messages);
}

static void broken_districts_are_refused(void **state)
{
    struct inventory *inv;
    char *messages;

    (void)state;
    assert_int_equal(load(good, "{\"features\":[{\"type\":\"Feature\"}]}", &inv, &messages), ERR_CONFIG);
    assert_non_null(strstr(messages, "feature 1: expected a Polygon"));
    free(messages);
    assert_int_equal(load(good, "{", &inv, &messages), ERR_CONFIG);
    assert_non_null(strstr(messages, "expected a GeoJSON FeatureCollection"));
    free(messages);
}

static void settings_resolve_paths_beside_their_file(void **state)
{
    struct conf_report *report;
    struct settings *settings;
    struct scratch s;
    char expected[160];

    (void)state;
    scratch_init(&s);
    write_file(s.settings,
               "instance: test\nstate_dir: state\ninventory: [inventory.yaml, /etc/x]\n"
               "credentials:\n  - {name: default, community_file: c}\ncollector: {interval: 5s}\n");
    assert_ok(conf_report_new(&report));
    if (settings_load(s.settings, report, &settings))
        fail_msg("%s", conf_report_text(report));
    snprintf(expected, sizeof expected, "%s/state/journal", s.dir);
    assert_string_equal(settings->journal_dir, expected);
    assert_string_equal(settings->inventory.items[0], s.inventory);
    assert_string_equal(settings->inventory.items[1], "/etc/x");
    assert_true(settings->collector.interval == 5 * SECONDS);
    assert_true(settings->collector.confirm_interval == 500 * MILLISECONDS);
    assert_true(settings->store.batch ==
                20 * MINUTES); /* decision 0069: an update costs as much with two rows */
    assert_int_equal(strlen(settings->hash), 16);
    assert_null(settings_credentials(settings, "other"));
    assert_non_null(settings_credentials(settings, "default"));
    settings_free(settings);
    conf_report_free(report);
    scratch_fini(&s);
}

static void secrets_that_others_can_read_are_refused(void **state)
{
    struct scratch s;
    char *secret = NULL;

    (void)state;
    scratch_init(&s);
    write_file(s.settings, "geheim\nrest\n");
    assert_ok(chmod(s.settings, 0644));
    assert_int_equal(settings_read_secret(s.settings, &secret), ERR_DENIED);
    assert_ok(chmod(s.settings, 0600));
    assert_ok(settings_read_secret(s.settings, &secret));
    assert_string_equal(secret, "geheim");
    free(secret);
    scratch_fini(&s);
}

RUN_TESTS("inventory", cmocka_unit_test(a_good_inventory_can_be_looked_up),
          cmocka_unit_test(a_point_in_a_hole_is_outside_the_district),
          cmocka_unit_test(contradictions_are_named_with_their_line),
          cmocka_unit_test(uplinks_in_a_circle_are_refused), cmocka_unit_test(broken_districts_are_refused),
          cmocka_unit_test(settings_resolve_paths_beside_their_file),
          cmocka_unit_test(secrets_that_others_can_read_are_refused))
