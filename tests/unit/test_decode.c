/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decode.c - made-up recordings (tests/data/recordings) through the profile `testing`, which uses every
 * key of the format, and through `generic`. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "collector/decode.h"
#include "collector/poll_json.h"
#include "collector/snmprec.h"

struct world {
    struct profile_set *profiles;
    const struct device_profile *profile;
    struct varbind_set *set;
    struct decoder *decoder;
    const struct device_view *view;
};

static void path_of(char out[4096], const char *name)
{
    const char *root = getenv("NETZWACHT_SOURCE");

    snprintf(out, 4096, "%s/%s", root ? root : ".", name);
}

static void open_world(struct world *w, const char *recording)
{
    char shipped[4096], testing[4096], path[4096];
    const char *dirs[] = {shipped, testing};
    struct conf_report *report;
    struct snmprec_stats stats;

    path_of(shipped, "profiles");
    path_of(testing, "tests/data/profiles");
    path_of(path, recording);
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 2, report, &w->profiles));
    conf_report_free(report);
    w->set = varbind_set_new();
    assert_ok(snmprec_read_file(path, profile_set_probe(w->profiles), w->set, &stats));
    assert_ok(profile_match(w->profiles, w->set, NULL, &w->profile));
    varbind_set_clear(w->set);
    assert_ok(snmprec_read_file(path, device_profile_plan(w->profile), w->set, &stats));
    w->decoder = decoder_new();
    assert_ok(decode(w->decoder, w->profile, w->set, &w->view));
}

static void close_world(struct world *w)
{
    decoder_free(w->decoder);
    varbind_set_free(w->set);
    profile_set_free(w->profiles);
}

static const struct view_entity *entity(const struct world *w, const char *id)
{
    for (size_t i = 0; i < w->view->entity_count; i++)
        if (strcmp(w->view->entities[i].id, id) == 0)
            return &w->view->entities[i];
    return NULL;
}

static const struct view_sample *sample(const struct world *w, const char *id, const char *metric)
{
    for (size_t i = 0; i < w->view->sample_count; i++) {
        const struct view_sample *s = &w->view->samples[i];

        if (strcmp(w->view->entities[s->entity].id, id) == 0 && strcmp(s->metric_name, metric) == 0)
            return s;
    }
    return NULL;
}

static const struct view_attr *attr(const struct world *w, const char *id, const char *key)
{
    const struct view_entity *e = entity(w, id);

    for (size_t i = 0; e && i < e->attr_count; i++)
        if (strcmp(e->attrs[i].key, key) == 0)
            return &e->attrs[i];
    return NULL;
}

static void expect_reading(const struct world *w, const char *id, const char *metric, double value)
{
    const struct view_sample *s = sample(w, id, metric);

    assert_non_null(s);
    assert_int_equal(s->quality, QUALITY_OK);
    assert_true(fabs(s->value - value) <= 1e-6 * fmax(1, fabs(value)));
    assert_true(s->source_count >= 1);
}

static void expect_unknown(const struct world *w, const char *id, const char *metric, enum quality_reason why)
{
    const struct view_sample *s = sample(w, id, metric);

    assert_non_null(s);
    assert_int_equal(s->quality, why);
    assert_true(isnan(s->value));
}

static void identity_skips_what_says_nothing(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/testing.snmprec");
    assert_string_equal(w.view->identity.model, "TB-1");
    assert_string_equal(w.view->identity.version, "2.7");
    assert_string_equal(w.view->identity.serial, "TB000042"); /* "N/A" is none; row 1 is no chassis */
    assert_string_equal(w.view->identity.vendor, "Example");
    assert_string_equal(w.view->identity.sys_object_id, "1.3.6.1.4.1.99999.1.5");
    assert_string_equal(w.view->identity.sys_name, "bo\xc3\xa8");
    assert_float_equal(w.view->identity.uptime_s, 12345.67, 1e-9);
    close_world(&w);
}

static void scales_sentinels_and_words_are_applied(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/testing.snmprec");
    expect_reading(&w, "module/slot a", "temperature", 43.1); /* the first of two lines */
    expect_unknown(&w, "module/slot b", "temperature", QUALITY_SENTINEL);
    expect_unknown(&w, "module/slot c", "temperature", QUALITY_SENTINEL);    /* 65535: end of the type */
    expect_reading(&w, "module/slot a", "optic.rx_power", 0);                /* 10000 x 0.1 uW = 1 mW */
    expect_unknown(&w, "module/slot b", "optic.rx_power", QUALITY_SENTINEL); /* no light */
    expect_reading(&w, "module/slot c", "optic.rx_power", -14.61);
    expect_reading(&w, "module/slot a", "state", 2);
    assert_string_equal(sample(&w, "module/slot a", "state")->text, "broken");
    assert_string_equal(sample(&w, "module/slot b", "state")->text, "Connected");
    assert_true(isnan(sample(&w, "module/slot b", "state")->value));
    assert_int_equal(sample(&w, "module/slot b", "state")->quality, QUALITY_OK);
    assert_null(sample(&w, "module/slot c", "state")->text);
    expect_reading(&w, "psu/1", "voltage", 230.5);
    expect_unknown(&w, "psu/2", "voltage", QUALITY_UNIT_UNKNOWN); /* "12 A" */
    expect_reading(&w, "psu/1", "power", 35);
    expect_unknown(&w, "psu/2", "power", QUALITY_NOT_PRESENT);
    assert_null(entity(&w, "psu/3"));
    close_world(&w);
}

static void channels_take_the_band_of_their_row(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/testing.snmprec");
    expect_reading(&w, "radio/1", "wireless.frequency", 2462e6);
    expect_reading(&w, "radio/2", "wireless.frequency", 5580e6);
    expect_reading(&w, "radio/3", "wireless.frequency", 6215e6);
    expect_unknown(&w, "radio/4", "wireless.frequency", QUALITY_UNIT_UNKNOWN);
    expect_unknown(&w, "radio/5", "wireless.frequency", QUALITY_NOT_PRESENT);
    expect_reading(&w, "radio/1", "wireless.noise_floor", -95);
    expect_unknown(&w, "radio/2", "wireless.noise_floor", QUALITY_SENTINEL);
    close_world(&w);
}

static void access_points_sum_over_their_radios(void **state)
{
    struct world w;
    const struct view_sample *s;

    (void)state;
    open_world(&w, "tests/data/recordings/testing.snmprec");
    expect_reading(&w, "ap/02:00:00:00:00:01", "wireless.clients", 7);
    assert_int_equal(sample(&w, "ap/02:00:00:00:00:01", "wireless.clients")->source_count, 2);
    expect_reading(&w, "ap/02:00:00:00:00:01", "ap.up", 1);
    assert_string_equal(attr(&w, "ap/02:00:00:00:00:01", "state")->text, "up");
    assert_string_equal(attr(&w, "ap/02:00:00:00:00:02", "state")->text, "odd");
    s = sample(&w, "ap/02:00:00:00:00:02", "ap.up");
    assert_int_equal(s->quality, QUALITY_UNPARSABLE);
    assert_null(sample(&w, "ap/02:00:00:00:00:02", "wireless.clients"));
    close_world(&w);
}

static void scalars_and_percentages_name_their_sources(void **state)
{
    struct world w;
    const struct view_sample *s;

    (void)state;
    open_world(&w, "tests/data/recordings/testing.snmprec");
    expect_reading(&w, "memory/main", "memory.used", 256000);
    expect_reading(&w, "memory/main", "memory.utilization", 25);
    s = sample(&w, "memory/main", "memory.utilization");
    assert_int_equal(s->source_count, 2);
    assert_int_equal(varbind_set_at(w.set, s->sources[0])->oid[8], 1); /* used first, total behind it */
    close_world(&w);
}

static void interfaces_are_the_union_of_both_tables(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    assert_non_null(entity(&w, "if/ge-0/0/1"));
    assert_non_null(entity(&w, "if/only in ifXTable"));
    assert_non_null(entity(&w, "if/port 4")); /* no ifName: the description stands in */
    /* two interfaces of one name: neither may own the id */
    assert_null(entity(&w, "if/twin"));
    assert_non_null(entity(&w, "if/index.2"));
    assert_non_null(entity(&w, "if/index.3"));
    assert_float_equal(attr(&w, "if/ge-0/0/1", "speed_bps")->number, 1e10, 1);
    assert_float_equal(attr(&w, "if/index.2", "speed_bps")->number, 1e8, 1); /* ifHighSpeed 0 */
    assert_int_equal(attr(&w, "if/index.3", "speed_bps")->type, VIEW_ATTR_NULL);
    assert_string_equal(attr(&w, "if/index.2", "oper")->text, "lowerLayerDown");
    assert_string_equal(attr(&w, "if/index.3", "oper")->text, "unknown"); /* 42 is no state */
    assert_int_equal(attr(&w, "if/index.2", "admin")->type, VIEW_ATTR_NULL);
    assert_string_equal(attr(&w, "if/ge-0/0/1", "alias")->text, "to site 7");
    close_world(&w);
}

static void counters_are_raw_and_fall_back_to_32_bits(void **state)
{
    struct world w;
    const struct view_sample *s;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    s = sample(&w, "if/ge-0/0/1", "interface.in");
    assert_true(s->is_counter && s->raw == 12345678901234u && s->width == 64);
    assert_float_equal(s->scale, 8, 0);
    s = sample(&w, "if/index.2", "interface.in");
    assert_true(s->is_counter && s->raw == 4000000000u && s->width == 32);
    assert_true(isnan(s->value));
    close_world(&w);
}

static void neighbours_are_systems_not_telephones(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    assert_int_equal(w.view->neighbour_count, 1);
    assert_string_equal(w.view->neighbours[0].system_name, "sw-agg");
    assert_string_equal(w.view->neighbours[0].chassis_id, "02:00:00:00:0a:01");
    assert_string_equal(w.view->neighbours[0].port_id, "ge-0/0/24");
    assert_string_equal(w.view->entities[w.view->neighbours[0].entity].id, "if/ge-0/0/1");
    assert_string_equal(w.view->neighbours[0].address, "192.0.2.7"); /* not the IPv6 ones */
    assert_string_equal(w.view->chassis_id, "02:00:00:00:0c:01");
    close_world(&w);
}

static void poe_ports_are_interfaces_or_not_told(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    assert_int_equal(w.view->poe_count, 2);
    assert_string_equal(w.view->entities[w.view->poe[0].entity].id, "if/ge-0/0/1");
    assert_int_equal(w.view->poe[0].status, 3);
    assert_int_equal(w.view->poe[1].status, 2);
    close_world(&w);
    open_world(&w, "tests/data/recordings/poe-counted.snmprec"); /* port 2 would be a VLAN */
    assert_int_equal(w.view->poe_count, 0);
    assert_string_equal(w.view->chassis_id, "");
    close_world(&w);
}

static void structure_changes_with_the_device_not_with_values(void **state)
{
    static const uint32_t oid[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 4};
    struct varbind vb = {.oid = oid, .oid_len = 12, .type = SNMP_COUNTER64, .number = 5};
    struct world w;
    uint64_t before;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    before = w.view->structure;
    assert_ok(decode(w.decoder, w.profile, w.set, &w.view));
    assert_true(w.view->structure == before);
    assert_ok(varbind_set_add(w.set, &vb)); /* one more series */
    varbind_set_sort(w.set);
    assert_ok(decode(w.decoder, w.profile, w.set, &w.view));
    assert_false(w.view->structure == before);
    close_world(&w);
}

static void printed_object_leaves_counters_out(void **state)
{
    struct poll_stats stats = {1, 2};
    struct world w;
    struct buf b;

    (void)state;
    open_world(&w, "tests/data/recordings/interfaces.snmprec");
    buf_init(&b, 0);
    poll_json_write(&b, w.profile, w.view, w.set, &stats);
    assert_ok(buf_error(&b));
    assert_non_null(strstr(b.data, "\"schema\":\"netzwacht.poll/1\""));
    assert_non_null(strstr(b.data, "\"if_index\":1,"));
    assert_non_null(strstr(b.data, "\"sys_object_id\":null"));
    assert_null(strstr(b.data, "interface.in\""));
    assert_null(strstr(b.data, "nan"));
    buf_fini(&b);
    close_world(&w);
}

static void controller_lists_access_points_that_are_down_too(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, "tests/data/recordings/controller.snmprec");
    assert_string_equal(w.view->identity.model, "Testbox");
    assert_string_equal(w.view->identity.version, "8.6.0.9");
    expect_reading(&w, "ap/02:00:00:00:01:10", "ap.up", 1);
    expect_reading(&w, "ap/02:00:00:00:01:10", "wireless.clients", 7);
    expect_reading(&w, "ap/02:00:00:00:01:20", "ap.up", 0);
    assert_string_equal(attr(&w, "ap/02:00:00:00:01:20", "state")->text, "down");
    assert_string_equal(attr(&w, "ap/02:00:00:00:01:10", "serial")->text, "SN0000001");
    expect_reading(&w, "radio/02:00:00:00:01:10/1", "wireless.frequency", 5220e6);
    expect_reading(&w, "radio/02:00:00:00:01:10/2", "wireless.frequency", 2462e6);
    expect_reading(&w, "radio/02:00:00:00:01:10/1", "wireless.tx_power", 19);
    expect_reading(&w, "controller", "temperature", 58);
    close_world(&w);
}

RUN_TESTS("decode", cmocka_unit_test(identity_skips_what_says_nothing),
          cmocka_unit_test(scales_sentinels_and_words_are_applied),
          cmocka_unit_test(channels_take_the_band_of_their_row),
          cmocka_unit_test(access_points_sum_over_their_radios),
          cmocka_unit_test(scalars_and_percentages_name_their_sources),
          cmocka_unit_test(interfaces_are_the_union_of_both_tables),
          cmocka_unit_test(counters_are_raw_and_fall_back_to_32_bits),
          cmocka_unit_test(neighbours_are_systems_not_telephones),
          cmocka_unit_test(poe_ports_are_interfaces_or_not_told),
          cmocka_unit_test(structure_changes_with_the_device_not_with_values),
          cmocka_unit_test(printed_object_leaves_counters_out),
          cmocka_unit_test(controller_lists_access_points_that_are_down_too))
