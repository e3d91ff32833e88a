/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_engine.c - what docs/profiles.md promises, one point after the other: a small profile, a few values of
 * an agent, and what must come out. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "collector/decode.h"
#include "collector/field.h"
#include "collector/snmprec.h"
#include "tests/unit/temp_dir.h"

#define BOX "1.3.6.1.4.1.99999"

struct bench {
    void *dir; /* char *, as temp_dir.h has it */
    struct profile_set *profiles;
    const struct device_profile *profile;
    struct varbind_set *set;
    struct decoder *decoder;
    const struct device_view *view;
};

/* tables: what stands below `tables:`; lines: a recording. */
static void open_bench(struct bench *b, const char *tables, const char *lines)
{
    const char *dirs[1];
    struct conf_report *report;
    char path[128];
    FILE *f;

    assert_int_equal(temp_dir_setup(&b->dir), 0);
    dirs[0] = b->dir;
    snprintf(path, sizeof path, "%s/box.yaml", dirs[0]);
    f = fopen(path, "we");
    assert_non_null(f);
    fprintf(f, "profile: box\ntables:\n%s", tables);
    assert_int_equal(fclose(f), 0);
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &b->profiles));
    assert_string_equal(conf_report_text(report), "");
    conf_report_free(report);
    b->set = varbind_set_new();
    b->decoder = decoder_new();
    assert_ok(profile_match(b->profiles, b->set, "box", &b->profile));
    for (const char *line = lines; *line; line += strcspn(line, "\n") + 1)
        assert_ok(snmprec_read_line(line, strcspn(line, "\n"), device_profile_plan(b->profile), b->set));
    varbind_set_sort(b->set);
    assert_ok(decode(b->decoder, b->profile, b->set, &b->view));
}

static void close_bench(struct bench *b)
{
    decoder_free(b->decoder);
    varbind_set_free(b->set);
    profile_set_free(b->profiles);
    temp_dir_teardown(&b->dir);
}

static const struct view_sample *reading(const struct bench *b, const char *entity, const char *metric)
{
    for (size_t i = 0; i < b->view->sample_count; i++) {
        const struct view_sample *s = &b->view->samples[i];

        if (strcmp(b->view->entities[s->entity].id, entity) == 0 && strcmp(s->metric_name, metric) == 0)
            return s;
    }
    for (size_t i = 0; i < b->view->entity_count; i++)
        print_message("entity %s\n", b->view->entities[i].id);
    fail_msg("no %s of %s", metric, entity);
    return NULL;
}

static void expect(const struct bench *b, const char *entity, const char *metric, double value)
{
    const struct view_sample *s = reading(b, entity, metric);

    if (s->quality != QUALITY_OK || !(fabs(s->value - value) <= 1e-6 * fabs(value)))
        fail_msg("%s of %s is %g (quality %d), not %g", metric, entity, s->value, s->quality, value);
}

static void expect_unknown(const struct bench *b, const char *entity, const char *metric,
                           enum quality_reason why)
{
    assert_int_equal(reading(b, entity, metric)->quality, why);
    assert_true(isnan(reading(b, entity, metric)->value));
}

static void indices_are_macs_strings_addresses_parts_and_32_bits(void **state)
{
    struct bench b;

    (void)state;
    open_bench(
        &b,
        "  - {table: mac, kind: ap, id: 'ap/{mac:1-6}', readings: [{metric: wireless.clients, oid: " BOX
        ".1.1.2}]}\n"
        "  - {table: string, kind: ssid, id: 'ssid/{string:2-4}/{index:-1}', readings: [{metric: "
        "wireless.clients, oid: " BOX ".2.1.2}]}\n"
        "  - {table: ip, kind: link, id: 'link/{index:1-4}', readings: [{metric: wireless.clients, oid: " BOX
        ".3.1.2}]}\n"
        "  - {table: pon, kind: pon, readings: [{metric: wireless.clients, oid: " BOX ".4.1.2}]}\n",
        BOX ".1.1.2.0.0.94.0.83.255|2|1\n" BOX ".2.1.2.3.76.105.100.2|2|2\n" BOX ".3.1.2.192.0.2.7|2|3\n" BOX
            ".4.1.2.4194307840|2|4\n");
    expect(&b, "ap/00:00:5e:00:53:ff", "wireless.clients", 1);
    expect(&b, "ssid/Lid/2", "wireless.clients", 2);
    expect(&b, "link/192.0.2.7", "wireless.clients", 3);
    expect(&b, "pon/4194307840", "wireless.clients", 4); /* beyond 2^31 */
    close_bench(&b);
}

static void scales_stand_in_the_profile_or_beside_the_value(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - table: t\n    kind: sensor\n    readings:\n"
               "      - {metric: temperature, oid: " BOX ".1.1.1, scale: 2, divide: 10, offset: -40}\n"
               "      - {metric: voltage, oid: " BOX ".1.1.2, si_scale: " BOX ".1.1.3, si_precision: " BOX
               ".1.1.4}\n",
               BOX ".1.1.1.1|2|300\n" BOX ".1.1.2.1|2|33012\n" BOX ".1.1.3.1|2|8\n" BOX ".1.1.4.1|2|1\n" BOX
                   ".1.1.2.2|2|5\n" BOX ".1.1.3.2|2|9\n" BOX ".1.1.4.2|2|0\n");
    expect(&b, "t/1", "temperature", 20);
    expect(&b, "t/1", "voltage", 3.3012); /* milli, one decimal */
    expect(&b, "t/2", "voltage", 5);      /* units */
    close_bench(&b);
}

static void enumerations_run_either_way(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - {table: a, kind: ap, readings: [{metric: ap.up, oid: " BOX
               ".1.1.1, map: {1: 1, 2: 0}, words: {1: up, 2: down}}]}\n"
               "  - {table: b, kind: ap, readings: [{metric: ap.up, oid: " BOX
               ".2.1.1, map: {1: 0, 2: 1}}]}\n"
               "  - {table: c, kind: ap, readings: [{metric: ap.up, oid: " BOX
               ".3.1.1, map: {Connected: 1, DWN: 0}}]}\n",
               BOX ".1.1.1.1|2|1\n" BOX ".2.1.1.1|2|1\n" BOX ".3.1.1.1|4|Connected\n" BOX
                   ".3.1.1.2|4|DWN\n" BOX ".3.1.1.3|4|odd\n");
    expect(&b, "a/1", "ap.up", 1);
    assert_string_equal(reading(&b, "a/1", "ap.up")->text, "up");
    expect(&b, "b/1", "ap.up", 0);
    expect(&b, "c/1", "ap.up", 1);
    expect(&b, "c/2", "ap.up", 0);
    expect_unknown(&b, "c/3", "ap.up", QUALITY_UNPARSABLE);
    close_bench(&b);
}

static void texts_give_the_figure_that_is_meant(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - {table: light, kind: optic, readings: [{metric: optic.rx_power, oid: " BOX ".1.1.1}]}\n"
               "  - {table: heat, kind: sensor, readings: [{metric: temperature, oid: " BOX ".2.1.1}]}\n"
               "  - {table: lane1, kind: optic, readings: [{metric: optic.tx_power, oid: " BOX
               ".3.1.1, match: '^([-0-9.]+)'}]}\n"
               "  - {table: lane4, kind: optic, readings: [{metric: optic.tx_power, oid: " BOX
               ".3.1.1, match: ',([-0-9.]+)$'}]}\n",
               BOX ".1.1.1.1|4|0.03 mW (-14.61 dBm)\n" BOX ".2.1.1.1|4|63.5C / 146.7F\n" BOX
                   ".2.1.1.2|4|12 V\n" BOX ".3.1.1.1|4|7.37 ,7.18 ,7.37 ,7.24\n");
    expect(&b, "light/1", "optic.rx_power", -14.61);
    expect(&b, "heat/1", "temperature", 63.5);
    expect_unknown(&b, "heat/2", "temperature", QUALITY_UNIT_UNKNOWN);
    expect(&b, "lane1/1", "optic.tx_power", 7.37);
    expect(&b, "lane4/1", "optic.tx_power", 7.24);
    close_bench(&b);
}

static void functions_make_levels_and_frequencies(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - {table: mw, kind: optic, readings: [{metric: optic.rx_power, oid: " BOX
               ".1.1.1, scale: 1e-3, function: watt_to_dbm}]}\n"
               "  - {table: uw, kind: optic, readings: [{metric: optic.rx_power, oid: " BOX
               ".1.1.1, scale: 1e-7, function: watt_to_dbm}]}\n"
               "  - {table: rssi, kind: radio, readings: [{metric: wireless.rssi, oid: " BOX
               ".2.1.1, offset: -96}]}\n"
               "  - {table: noise, kind: radio, readings: [{metric: wireless.noise_floor, oid: " BOX
               ".2.1.2, function: signed8}]}\n"
               "  - {table: level, kind: radio, readings: [{metric: wireless.noise_floor, oid: " BOX
               ".2.1.3, function: minus_abs}]}\n"
               "  - {table: hot, kind: sensor, readings: [{metric: temperature, oid: " BOX
               ".2.1.4, function: fahrenheit}]}\n"
               "  - {table: band, kind: radio, readings: [{metric: wireless.frequency, oid: " BOX
               ".2.1.5, function: channel, band: [{oid: " BOX ".2.1.6, map: {0: 2.4, 1: 5, 2: 6}}]}]}\n",
               BOX ".1.1.1.1|2|2\n" BOX ".2.1.1.1|2|27\n" BOX ".2.1.2.1|2|161\n" BOX ".2.1.3.1|2|94\n" BOX
                   ".2.1.4.1|2|212\n" BOX ".2.1.5.1|4|53S\n" BOX ".2.1.6.1|2|2\n" BOX ".2.1.5.2|2|53\n" BOX
                   ".2.1.6.2|2|1\n" BOX ".2.1.5.3|2|6\n");
    expect(&b, "mw/1", "optic.rx_power", 3.0103);
    expect(&b, "uw/1", "optic.rx_power", -36.9897); /* tenths of a microwatt */
    expect(&b, "rssi/1", "wireless.rssi", -69);
    expect(&b, "noise/1", "wireless.noise_floor", -95);
    expect(&b, "level/1", "wireless.noise_floor", -94);
    expect(&b, "hot/1", "temperature", 100);
    expect(&b, "band/1", "wireless.frequency", 6215e6);
    expect(&b, "band/2", "wireless.frequency", 5265e6); /* the same number, another band */
    assert_int_not_equal(reading(&b, "band/3", "wireless.frequency")->quality,
                         QUALITY_OK); /* no band, no guess */
    close_bench(&b);
}

static void sentinels_are_unknown_and_say_why(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - table: t\n    kind: optic\n    readings:\n"
               "      - {metric: optic.rx_power, oid: " BOX
               ".1.1.1, divide: 100, unknown: [-4000], unknown_below: -9000}\n"
               "      - {metric: temperature, oid: " BOX ".1.1.2, max: 120, present: [{oid: " BOX
               ".1.1.3, is: ['1']}]}\n",
               BOX ".1.1.1.1|2|-4000\n" BOX ".1.1.1.2|2|-9900\n" BOX ".1.1.1.3|2|-2147483648\n" BOX
                   ".1.1.1.4|2|0\n" BOX ".1.1.1.5|2|-1461\n" BOX ".1.1.2.1|2|2165\n" BOX ".1.1.3.1|2|1\n" BOX
                   ".1.1.2.2|2|40\n" BOX ".1.1.3.2|2|2\n");
    expect_unknown(&b, "t/1", "optic.rx_power", QUALITY_SENTINEL);
    expect_unknown(&b, "t/2", "optic.rx_power", QUALITY_SENTINEL);
    expect_unknown(&b, "t/3", "optic.rx_power", QUALITY_SENTINEL);
    expect_unknown(&b, "t/4", "optic.rx_power", QUALITY_SENTINEL); /* 0 dBm without a module */
    expect(&b, "t/5", "optic.rx_power", -14.61);
    expect_unknown(&b, "t/1", "temperature", QUALITY_OUT_OF_RANGE);
    expect_unknown(&b, "t/2", "temperature", QUALITY_NOT_PRESENT);
    close_bench(&b);
}

static void rows_are_summed_and_counted(void **state)
{
    struct bench b;

    (void)state;
    open_bench(&b,
               "  - table: ap\n    kind: ap\n    rows: [" BOX ".1.1.1]\n    listed: true\n    readings:\n"
               "      - {metric: wireless.clients, oid: " BOX ".2.1.1, sub: sum}\n"
               "      - {metric: radios, unit: '1', oid: " BOX ".2.1.1, sub: count}\n"
               "      - {metric: busiest, unit: '1', oid: " BOX ".2.1.1, sub: max}\n"
               "      - {metric: mean, unit: '1', oid: " BOX ".2.1.1, sub: mean}\n"
               "      - {metric: radios_up, unit: '1', oid: " BOX ".2.1.2, sub: count, map: {1: 1}}\n"
               "  - {table: all, kind: chassis, scalar: true, id: all, readings: [{metric: radios_up, unit: "
               "'1', oid: " BOX ".2.1.2, sub: count, map: {1: 1}}]}\n",
               BOX ".1.1.1.5|4|five\n" BOX ".1.1.1.6|4|six\n" BOX ".2.1.1.5.1|2|3\n" BOX
                   ".2.1.1.5.2|2|5\n" BOX ".2.1.1.6.1|2|7\n" BOX ".2.1.2.5.1|2|1\n" BOX ".2.1.2.5.2|2|2\n" BOX
                   ".2.1.2.6.1|2|1\n");
    expect(&b, "ap/5", "wireless.clients", 8);
    expect(&b, "ap/5", "radios", 2);
    expect(&b, "ap/5", "busiest", 5);
    expect(&b, "ap/5", "mean", 4);
    expect(&b, "ap/5", "radios_up", 1);
    expect(&b, "ap/6", "wireless.clients", 7);
    expect(&b, "all", "radios_up", 2);
    close_bench(&b);
}

static void an_answered_object_recognises_a_family(void **state)
{
    static const char head[] = "profile: probed\nmatch: [{probe: " BOX ".7.1.0, probe_match: '^Lamp'}]\n";
    char path[128];
    struct bench b;
    const char *dirs[1], *const *names;
    struct conf_report *report;
    struct profile_set *profiles;
    const struct device_profile *p;
    struct varbind_set *set = varbind_set_new();
    FILE *f;

    (void)state;
    open_bench(&b, "  - {table: t, kind: ap, age: 5min, readings: [{metric: ap.up, oid: " BOX ".1.1.1}]}\n",
               "");
    assert_int_equal(device_profile_plan(b.profile)->items[3].min_age, 0); /* sysName */
    for (size_t i = 0; i < device_profile_plan(b.profile)->count; i++)
        if (device_profile_plan(b.profile)->items[i].oid[6] == 99999)
            assert_true(device_profile_plan(b.profile)->items[i].min_age == 5 * MINUTES);
    dirs[0] = b.dir;
    snprintf(path, sizeof path, "%s/probed.yaml", dirs[0]);
    f = fopen(path, "we");
    assert_non_null(f);
    fputs(head, f);
    assert_int_equal(fclose(f), 0);
    assert_ok(conf_report_new(&report));
    assert_ok(profile_set_load(dirs, 1, report, &profiles));
    assert_true(
        read_plan_has(profile_set_probe(profiles), (const uint32_t[]){1, 3, 6, 1, 4, 1, 99999, 7, 1, 0}, 10));
    assert_ok(profile_match(profiles, set, NULL, &p));
    assert_int_equal(device_profile_names(p, &names), 0); /* no generic here, and no answer */
    assert_ok(snmprec_read_line(BOX ".7.1.0|4|Lamp 3", strlen(BOX ".7.1.0|4|Lamp 3"), NULL, set));
    varbind_set_sort(set);
    assert_ok(profile_match(profiles, set, NULL, &p));
    assert_int_equal(device_profile_names(p, &names), 1);
    assert_string_equal(names[0], "probed");
    varbind_set_free(set);
    profile_set_free(profiles);
    conf_report_free(report);
    close_bench(&b);
}

static const char *report_of(const char *text)
{
    static char copy[4096];
    struct conf_report *report;
    struct profile *p = NULL;

    assert_ok(conf_report_new(&report));
    assert_int_equal(profile_read("x.yaml", text, strlen(text), report, &p), ERR_CONFIG);
    snprintf(copy, sizeof copy, "%s", conf_report_text(report));
    profile_free(p);
    conf_report_free(report);
    return copy;
}

static void depth_and_columns_are_bounded(void **state)
{
    char text[16384] = "profile: x\ntables:\n  - table: t\n    kind: ap\n    readings:\n";
    size_t len;

    (void)state;
    for (int i = 1; i <= TABLE_SLOTS_MAX + 1; i++) {
        len = strlen(text);
        snprintf(text + len, sizeof text - len, "      - {metric: own.m%d, unit: '1', oid: " BOX ".1.1.%d}\n",
                 i, i);
    }
    assert_non_null(strstr(report_of(text), "x.yaml:102:"));
    assert_non_null(strstr(report_of(text), "too many columns"));
    strcpy(text,
           "profile: x\ntables:\n  - table: t\n    kind: ap\n    readings: [{metric: ap.up, oid: 1.3.6.1.5");
    for (int i = 0; i <= FIELD_DEPTH_MAX; i++)
        strcat(text, ", fallback: [{oid: 1.3.6.1.5");
    for (int i = 0; i <= FIELD_DEPTH_MAX; i++)
        strcat(text, "}]");
    strcat(text, "}]\n");
    assert_non_null(strstr(report_of(text), "nested too deeply"));
}

RUN_TESTS("engine", cmocka_unit_test(indices_are_macs_strings_addresses_parts_and_32_bits),
          cmocka_unit_test(scales_stand_in_the_profile_or_beside_the_value),
          cmocka_unit_test(enumerations_run_either_way),
          cmocka_unit_test(texts_give_the_figure_that_is_meant),
          cmocka_unit_test(functions_make_levels_and_frequencies),
          cmocka_unit_test(sentinels_are_unknown_and_say_why), cmocka_unit_test(rows_are_summed_and_counted),
          cmocka_unit_test(an_answered_object_recognises_a_family),
          cmocka_unit_test(depth_and_columns_are_bounded))
