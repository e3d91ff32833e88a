/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ogc.c - which features a request chooses, and where they stand in a file of cells. */
#include "tests/unit/cmocka_tests.h"

#include "dashboards/geojson_index.h"
#include "dashboards/ogc_query.h"

static void boxes_are_read_and_wrong_ones_refused(void **state)
{
    static const char *const wrong[] = {
        "",         "1,2,3",       "1,2,3,4,5",   "1,2,3,4,5,6,7", "a,2,3,4",   "1,,3,4",
        "1,2,3,4,", "181,0,182,1", "0,-91,1,1",   "0,2,1,1",       "nan,0,1,1", "0,0,inf,1",
        "1 2 3 4",  "0,0,1,1;x",   "1e999,0,1,1", "0,0,1,0x",      "-,0,1,1"};
    struct ogc_box box;

    (void)state;
    assert_ok(ogc_box_parse("9.9,53.6,10.1,53.8", &box));
    assert_true(box.west == 9.9 && box.south == 53.6 && box.east == 10.1 && box.north == 53.8);
    assert_ok(ogc_box_parse("9.9,53.6,-100,10.1,53.8,9000", &box)); /* heights are left out */
    assert_true(box.east == 10.1 && box.north == 53.8);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        if (ogc_box_parse(wrong[i], &box) == ERR_OK)
            fail_msg("%s is taken for a box", wrong[i]);
}

static void boxes_overlap_at_their_edges_and_across_the_180th_meridian(void **state)
{
    const struct ogc_box city = {9.9, 53.6, 10.1, 53.8}, edge = {10.1, 53.8, 11, 54},
                         beside = {10.2, 53.6, 11, 53.8};
    const struct ogc_box pacific = {170, -20, -170, 20}, fiji = {178, -18, 179, -17},
                         samoa = {-173, -14, -171, -13};

    (void)state;
    assert_true(ogc_box_overlaps(&edge, &city));
    assert_false(ogc_box_overlaps(&beside, &city));
    assert_true(ogc_box_overlaps(&pacific, &fiji));
    assert_true(ogc_box_overlaps(&pacific, &samoa));
    assert_false(ogc_box_overlaps(&pacific, &city));
}

static void times_are_instants_or_intervals_with_open_ends(void **state)
{
    static const char *const wrong[] = {"", "yesterday", "2026-11-22T00:00:00Z/x",
                                        "2026-11-22T00:00:00Z/2026-11-21T00:00:00Z", "a/b/c"};
    struct ogc_time time;

    (void)state;
    assert_ok(ogc_time_parse("2023-11-14T22:13:20Z", &time));
    assert_true(time.from == 1700000000 * SECONDS && time.to == time.from);
    assert_ok(ogc_time_parse("2023-11-14T22:13:20Z/..", &time));
    assert_true(time.from == 1700000000 * SECONDS && time.to == INT64_MAX);
    assert_ok(ogc_time_parse("/2023-11-14T22:13:20Z", &time));
    assert_true(time.from == INT64_MIN && time.to == 1700000000 * SECONDS);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        if (ogc_time_parse(wrong[i], &time) == ERR_OK)
            fail_msg("%s is taken for a time", wrong[i]);
}

#define CELL(id, lon)                                                                                        \
    "{\"type\":\"Feature\",\"id\":\"" id "\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[" lon     \
    ",53.7],[" lon ",53.8]]]},\"properties\":{\"best\":\"}]{\\\"\"}}"

static void features_of_a_file_are_found_with_id_and_box(void **state)
{
    static const char text[] =
        "{\"type\":\"FeatureCollection\",\"summary\":{\"features\":[1],\"text\":\"\\\"features\\\":[\"},"
        "\"features\":[" CELL("A-1", "9.9") "," CELL("A-2", "10.0") "]}";
    struct geojson_index x;

    (void)state;
    assert_ok(geojson_index_read(text, strlen(text), &x));
    assert_int_equal(x.count, 2);
    assert_string_equal(x.items[1].id, "A-2");
    assert_true(x.items[1].box.west == 10.0 && x.items[1].box.north == 53.8 && x.box.west == 9.9 &&
                x.box.east == 10.0);
    assert_memory_equal(text + x.items[0].begin, CELL("A-1", "9.9"), x.items[0].len);
    assert_int_equal(text[x.items[1].begin + x.items[1].len], ']');
    geojson_index_fini(&x);
}

/* Each piece is a block of its own size, so that the sanitizer sees a byte read behind it. */
static void a_file_that_ends_anywhere_is_refused(void **state)
{
    static const char text[] = "{\"type\":\"FeatureCollection\",\"features\":[" CELL("A-1", "9.9") "]}";
    struct geojson_index x;

    (void)state;
    for (size_t len = 0; len < strlen(text) - 1; len++) {
        char *piece = malloc(len + 1);
        assert_non_null(piece);
        memcpy(piece, text, len);
        assert_int_equal(geojson_index_read(piece, len, &x), ERR_MALFORMED);
        assert_null(x.items);
        free(piece);
    }
    assert_ok(geojson_index_read("{\"features\":[]}", 15, &x));
    assert_int_equal(x.count, 0);
    geojson_index_fini(&x);
}

RUN_TESTS("ogc", cmocka_unit_test(boxes_are_read_and_wrong_ones_refused),
          cmocka_unit_test(boxes_overlap_at_their_edges_and_across_the_180th_meridian),
          cmocka_unit_test(times_are_instants_or_intervals_with_open_ends),
          cmocka_unit_test(features_of_a_file_are_found_with_id_and_box),
          cmocka_unit_test(a_file_that_ends_anywhere_is_refused))
