/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_districts.c - outlines as GeoJSON, as maps and spreadsheets of cities give them. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "lib/model/districts.h"

#define FEATURE(properties, geometry)                                                                        \
    "{\"type\":\"Feature\",\"properties\":{" properties "},\"geometry\":" geometry "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define POLYGON(rings)       "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"
#define SQUARE               "[[10,53.7],[10.1,53.7],[10.1,53.8],[10,53.8],[10,53.7]]"
#define HOLE                 "[[10.04,53.74],[10.06,53.74],[10.06,53.76],[10.04,53.76],[10.04,53.74]]"
#define ISLAND               "[[10.2,53.7],[10.3,53.7],[10.3,53.8],[10.2,53.7]]"

static enum err read(const char *text, const struct district_keys *keys, struct district_list *list,
                     char **messages)
{
    struct conf_report *report;
    enum err e;

    assert_ok(conf_report_new(&report));
    e = districts_read("d.geojson", text, strlen(text), keys, report, list);
    if (messages)
        *messages = strdup(conf_report_text(report));
    else if (e)
        fail_msg("%s", conf_report_text(report));
    conf_report_free(report);
    return e;
}

static void what_is_written_is_read_back_the_same(void **state)
{
    struct district_list first, second;
    struct buf out = BUF_INIT;

    (void)state;
    assert_ok(
        read(COLLECTION(FEATURE("\"id\":\"a\",\"name\":\"Ärmel <&>\"", POLYGON(SQUARE "," HOLE)) "," FEATURE(
                 "\"id\":\"b\"",
                 "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "," HOLE "],[" ISLAND "]]}")),
             NULL, &first, NULL));
    districts_write(&out, &first, "test");
    assert_ok(buf_error(&out));
    assert_ok(read(out.data, NULL, &second, NULL));
    assert_int_equal(second.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(district_is_equal(&first.items[i], &second.items[i]));
    assert_false(district_is_equal(&first.items[0], &first.items[1]));
    assert_string_equal(second.items[0].name, "Ärmel <&>");
    assert_int_equal(second.items[1].ring_count, 3);
    assert_true(second.items[1].rings[1].is_hole && !second.items[1].rings[2].is_hole);
    second.items[1].rings[2].points[1].lon += 1e-7;
    assert_false(district_is_equal(&first.items[1], &second.items[1]));
    districts_fini(&first);
    districts_fini(&second);
    buf_fini(&out);
}

/* Of a field of the sphere between two meridians and two parallels: R² · Δλ · (sin φ2 - sin φ1). */
static double field_km2(double lon, double south, double north)
{
    const double degree = acos(-1) / 180;

    return 6371.0088 * 6371.0088 * lon * degree * (sin(north * degree) - sin(south * degree));
}

static void an_area_is_that_of_the_sphere_without_its_holes(void **state)
{
    struct district_list list;

    (void)state;
    assert_ok(read(COLLECTION(FEATURE("\"id\":\"a\"", POLYGON(SQUARE "," HOLE))), NULL, &list, NULL));
    assert_true(fabs(district_area_km2(&list.items[0]) -
                     (field_km2(0.1, 53.7, 53.8) - field_km2(0.02, 53.74, 53.76))) < 1e-6);
    assert_true(district_contains(&list.items[0], (struct geo_point){53.72, 10.02}));
    assert_false(district_contains(&list.items[0], (struct geo_point){53.75, 10.05}));
    districts_fini(&list);
}

static void every_mistake_is_named_with_its_feature(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {COLLECTION(""), "expected a GeoJSON FeatureCollection with at least one feature"},
        {"{\"type\":\"Feature\"}", "expected a GeoJSON FeatureCollection"},
        {"{\"type\":\"FeatureCollection\",\"features\":[", "d.geojson:1:"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested deeper than 32"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[10,53.7],[10.1,53.7],[10.1,53.8],[10,53.8]]"))),
         "feature 1 (a): a ring is open: its last position, 10, 53.8, must be its first, 10, 53.7"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[10,53.7],[10.1,53.7],[10,53.7]]"))),
         "3 positions, expected at least 4"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[10,53],[11,53],[10,53],[10,53]]"))),
         "encloses nothing"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON(""))), "its polygon is empty"},
        {COLLECTION(FEATURE("\"id\":\"a\"", "{\"type\":\"MultiPolygon\",\"coordinates\":[]}")),
         "its geometry is empty"},
        {COLLECTION(FEATURE("\"id\":\"a\"", "{\"type\":\"Point\",\"coordinates\":[10,53]}")), "not Point"},
        {COLLECTION(FEATURE("\"id\":\"a\"", "null")), "not nothing"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[565123.1,5951234.2],[1,2],[3,4],[1,2]]"))),
         "are metres of a map, not degrees"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[53,100],[1,2],[3,4],[53,100]]"))), "is no place"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON("[[\"10\",53],[1,2],[3,4],[1,2]]"))),
         "expected positions like"},
        {COLLECTION(FEATURE("\"id\":\"A B\"", POLYGON(SQUARE))),
         "feature 1: expected a Polygon or MultiPolygon with the properties id"},
        {COLLECTION(FEATURE("\"id\":\"a\"", POLYGON(SQUARE)) "," FEATURE("\"id\":\"a\"", POLYGON(SQUARE))),
         "feature 2 (a): the id \"a\" stands here a second time"},
        {"{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:"
         "crs:EPSG::25832\"}},"
         "\"features\":[" FEATURE("\"id\":\"a\"", POLYGON(SQUARE)) "]}",
         "its coordinates are in urn:ogc:def:crs:EPSG::25832, expected WGS84"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct district_list list;
        char *messages;

        assert_int_equal(read(cases[i].text, NULL, &list, &messages), ERR_CONFIG);
        if (!strstr(messages, cases[i].part))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].part, messages);
        free(messages);
        districts_fini(&list);
    }
}

static void other_properties_make_ids_where_that_is_wanted(void **state)
{
    const struct district_keys keys = {"nr", "stadtteil", true};
    struct district_list list;

    (void)state;
    assert_ok(
        read("\xef\xbb\xbf" COLLECTION(FEATURE("\"stadtteil\":\"Glashütte\"", POLYGON(SQUARE)) "," FEATURE(
                 "\"nr\":7,\"stadtteil\":\"Mitte\"", POLYGON(SQUARE))),
             &keys, &list, NULL));
    assert_string_equal(list.items[0].id, "glashuette");
    assert_string_equal(list.items[0].name, "Glashütte");
    assert_string_equal(list.items[1].id, "7");
    districts_fini(&list);
}

RUN_TESTS("districts", cmocka_unit_test(what_is_written_is_read_back_the_same),
          cmocka_unit_test(an_area_is_that_of_the_sphere_without_its_holes),
          cmocka_unit_test(every_mistake_is_named_with_its_feature),
          cmocka_unit_test(other_properties_make_ids_where_that_is_wanted))
