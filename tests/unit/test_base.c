/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_base.c - floor 0: buffers, cursors, strings, times, JSON text, maps. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdio.h>

#include "lib/base/buf.h"
#include "lib/base/crc32c.h"
#include "lib/base/csv_in.h"
#include "lib/base/json_out.h"
#include "lib/base/map.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"
#include "lib/base/octets.h"
#include "lib/base/rng.h"
#include "lib/base/wire.h"

static void every_error_has_its_own_text(void **state)
{
    (void)state;
    for (int e = 0; e < ERR_COUNT; e++)
        assert_string_not_equal(err_text((enum err)e), "unknown error");
}

static void buf_error_sticks_and_keeps_what_was_written(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_str(&b, "1234");
    buf_str(&b, "56");
    buf_str(&b, "5");
    assert_int_equal(buf_error(&b), ERR_LIMIT);
    assert_string_equal(b.data, "1234");
    assert_null(buf_take(&b));
    buf_fini(&b);
}

static void wire_reads_past_the_end_fail_once_and_for_all(void **state)
{
    struct wire w, sub;

    (void)state;
    wire_init(&w, "\x01\x02\x03\x04\x05", 5);
    sub = wire_sub(&w, 3);
    assert_int_equal(wire_be16(&sub), 0x0102);
    assert_int_equal(wire_be16(&sub), 0);
    assert_int_equal(wire_error(&sub), ERR_TRUNCATED);
    assert_int_equal(wire_u8(&sub), 0);
    assert_int_equal(wire_le16(&w), 0x0504);
    assert_int_equal(wire_error(&w), ERR_OK);
    assert_int_equal(wire_left(&w), 0);
    assert_non_null(wire_bytes(&w, 0));
}

static void a_few_octets_are_compared_and_copied_to_the_last(void **state)
{
    uint8_t a[64], b[64];

    (void)state;
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = (uint8_t)(i * 37 + 1);
    for (size_t len = 0; len + 2 < sizeof a; len++) {
        memset(b, 0xee, sizeof b);
        octets_copy(b + 1, a, len);
        assert_memory_equal(b + 1, a, len);
        assert_int_equal(b[0], 0xee);
        assert_int_equal(b[len + 1], 0xee);
        assert_true(octets_equal(a, b + 1, len));
        for (size_t i = 0; i < len; i++) {
            b[i + 1] ^= 0x80;
            assert_false(octets_equal(a, b + 1, len));
            b[i + 1] ^= 0x80;
        }
    }
}

static void numbers_are_whole_or_refused(void **state)
{
    uint64_t u = 7;
    int64_t i = 7;
    double d = 7;

    (void)state;
    assert_ok(strx_to_u64("18446744073709551615", &u));
    assert_true(u == UINT64_MAX);
    assert_int_equal(strx_to_u64("18446744073709551616", &u), ERR_RANGE);
    assert_int_equal(strx_to_u64(" 1", &u), ERR_MALFORMED);
    assert_int_equal(strx_to_u64("1x", &u), ERR_MALFORMED);
    assert_ok(strx_to_i64("-5", &i));
    assert_int_equal(i, -5);
    assert_ok(strx_to_double("-0.5e1", &d));
    assert_true(d == -5.0);
    assert_int_equal(strx_to_double("nan", &d), ERR_MALFORMED);
    assert_int_equal(strx_to_double("0x10", &d), ERR_MALFORMED);
    assert_int_equal(strx_to_double("1e999", &d), ERR_RANGE);
}

static void what_goes_to_a_terminal_has_no_control_characters(void **state)
{
    static const char text[] = "a\x1b[31m\n\x7f\xc2\x85\xc2\x9b\xc2\xa0\xc3\xa4\xff";
    struct buf b = BUF_INIT;
    struct json_out j;

    (void)state;
    strx_put_visible(&b, text, sizeof text - 1);
    assert_string_equal(b.data, "a\\x1b[31m\\x0a\\x7f\\x85\\x9b\xc2\xa0\xc3\xa4\xef\xbf\xbd");
    buf_clear(&b);
    json_init(&j, &b);
    json_string(&j, NULL, "\xc2\x9b\xc2\x80\xc2\xa0");
    assert_string_equal(b.data, "\"\\u009b\\u0080\xc2\xa0\"");
    buf_fini(&b);
}

static void broken_utf8_becomes_replacement_characters(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    strx_put_utf8(&b, "a\xe2\x82z\xff\xed\xa0\x80", 8);
    assert_string_equal(b.data, "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    buf_fini(&b);
}

static void ids_are_what_topics_can_carry(void **state)
{
    (void)state;
    assert_true(strx_is_id("hs-0001"));
    assert_false(strx_is_id("-hs"));
    assert_false(strx_is_id("Hs"));
    assert_false(strx_is_id("a/b"));
    assert_false(strx_is_id(""));
    assert_false(strx_is_id("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void times_survive_the_way_there_and_back(void **state)
{
    char text[TIMEX_RFC3339_SIZE];
    ns_t wall;

    (void)state;
    assert_ok(timex_parse("2026-03-29T03:00:00.250+02:00", &wall));
    timex_rfc3339(wall, text);
    assert_string_equal(text, "2026-03-29T01:00:00.250Z");
    assert_ok(timex_parse("1700000000", &wall));
    assert_true(wall == 1700000000 * SECONDS);
    assert_int_equal(timex_parse("2026-13-01T00:00:00Z", &wall), ERR_RANGE);
    assert_int_equal(timex_parse("yesterday", &wall), ERR_MALFORMED);
}

static void json_is_safe_inside_html(void **state)
{
    struct buf b = BUF_INIT;
    struct json_out j;

    (void)state;
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "name", "<script>'\"\\\n\xe2\x80\xa8\xff");
    json_array_begin(&j, "v");
    json_double(&j, NULL, 0.1);
    json_double(&j, NULL, NAN);
    json_int(&j, NULL, -3);
    json_array_end(&j);
    json_object_end(&j);
    assert_string_equal(
        b.data,
        "{\"name\":\"\\u003cscript\\u003e\\u0027\\\"\\\\\\n\\u2028\xef\xbf\xbd\",\"v\":[0.1,null,-3]}");
    buf_fini(&b);
}

static void map_finds_what_was_set_among_thousands(void **state)
{
    struct map *m = map_new(42);
    char key[16];
    void *old;

    (void)state;
    for (intptr_t i = 1; i <= 5000; i++) {
        snprintf(key, sizeof key, "key-%d", (int)i);
        assert_ok(map_set(m, key, (void *)i, NULL));
    }
    assert_ok(map_set(m, "key-7", (void *)(intptr_t)77, &old));
    assert_int_equal((intptr_t)old, 7);
    assert_int_equal((intptr_t)map_remove(m, "key-8"), 8);
    assert_null(map_get(m, "key-8"));
    assert_int_equal((intptr_t)map_get(m, "key-7"), 77);
    assert_int_equal((intptr_t)map_get(m, "key-5000"), 5000);
    assert_int_equal(map_count(m), 4999);
    map_free(m, NULL);
}

static void crc32c_gives_the_check_value_of_rfc_3720(void **state)
{
    (void)state;
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
}

/* The numbers of JSON are written by hand; printf() is the judge. */
static void json_numbers_are_those_of_printf(void **state)
{
    static const double edges[] = {0,     -0.0, 0.5,    1.5,     2.5,       -0.4,      0.05,
                                   0.15,  1e6,  1e15,   1e22,    -1e-9,     53.705,    9.9999995,
                                   0.001, -5e5, 999999, -999999, 1000000.5, 999999.25, 123456789.125};
    struct rng rng = {7};
    struct buf b = BUF_INIT, wanted = BUF_INIT;
    struct json_out j;

    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        int decimals = (int)rng_below(&rng, 8), digits = 6;
        int64_t whole = i % 5 ? (int64_t)rng_u64(&rng) >> rng_below(&rng, 64) : INT64_MIN + (int64_t)i;
        double v = i < ARRAY_LEN(edges) ? edges[i]
                   : i % 2              ? (rng_unit(&rng) - 0.5) * 400
                                        : ((double)rng_below(&rng, 4000001) - 2e6) / (i % 3 ? 1000 : 2);
        char text[40];
        buf_clear(&b);
        buf_clear(&wanted);
        json_init(&j, &b);
        json_array_begin(&j, NULL);
        json_fixed(&j, NULL, v, decimals);
        json_double(&j, NULL, v);
        json_int(&j, NULL, whole);
        json_uint(&j, NULL, (uint64_t)whole);
        json_array_end(&j);
        do
            snprintf(text, sizeof text, "%.*g", digits++, v);
        while (strtod(text, NULL) != v);
        buf_printf(&wanted, "[%.*f,%s,%lld,%llu]", decimals, v, text, (long long)whole,
                   (unsigned long long)whole);
        assert_string_equal(b.data, wanted.data);
    }
    buf_fini(&b);
    buf_fini(&wanted);
}

static void begin_table(struct csv_in *c, char *text, size_t size, const char *from)
{
    assert_true(strx_copy(text, size, from));
    assert_ok(csv_in_begin(c, text, strlen(text)));
}

static void a_table_is_read_with_any_separator_quotes_and_line_ends(void **state)
{
    struct csv_in c;
    char text[200];
    double x;

    (void)state;
    begin_table(&c, text, sizeof text, "\xef\xbb\xbfName;Wert\r\n\r\n\"a; \"\"b\"\"\nc\";1,5\r\nd\ne;2.5;x");
    assert_int_equal(csv_in_find(&c, "wert"), 1);
    assert_int_equal(csv_in_find(&c, "none"), -1);
    assert_ok(csv_in_row(&c));
    assert_string_equal(csv_in_cell(&c, 0), "a; \"b\"\nc");
    assert_true(csv_in_number(&c, 1, &x));
    assert_float_equal(x, 1.5, 1e-12);
    assert_ok(csv_in_row(&c));
    assert_int_equal(c.line, 5);
    assert_string_equal(csv_in_cell(&c, 1), "");
    assert_false(csv_in_number(&c, 1, &x));
    assert_ok(csv_in_row(&c));
    assert_string_equal(csv_in_cell(&c, 2), "x");
    assert_int_equal(csv_in_row(&c), ERR_END);
    begin_table(&c, text, sizeof text, "a\tb\n\"\"\t2\n");
    assert_ok(csv_in_row(&c));
    assert_string_equal(csv_in_cell(&c, 0), "");
    assert_true(csv_in_number(&c, 1, &x));
}

static void a_broken_table_is_refused_and_nothing_behind_its_end_is_read(void **state)
{
    static const char *const broken[] = {"a,b\n\"open", "a,b\n\"x\"y,1", "a\n\"\"\"", "a\n\""};
    struct csv_in c;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        char *exact = strdup(broken[i]); /* a block of its own: over-reads show under the sanitizer */
        assert_ok(csv_in_begin(&c, exact, strlen(exact)));
        assert_int_equal(csv_in_row(&c), ERR_MALFORMED);
        free(exact);
    }
    assert_int_equal(csv_in_begin(&c, (char[]){'a', '\0', 'b', '\0'}, 3), ERR_MALFORMED);
    assert_int_equal(csv_in_begin(&c, (char[]){""}, 0), ERR_END);
}

RUN_TESTS("base", cmocka_unit_test(a_table_is_read_with_any_separator_quotes_and_line_ends),
          cmocka_unit_test(a_broken_table_is_refused_and_nothing_behind_its_end_is_read),
          cmocka_unit_test(every_error_has_its_own_text),
          cmocka_unit_test(buf_error_sticks_and_keeps_what_was_written),
          cmocka_unit_test(wire_reads_past_the_end_fail_once_and_for_all),
          cmocka_unit_test(a_few_octets_are_compared_and_copied_to_the_last),
          cmocka_unit_test(numbers_are_whole_or_refused),
          cmocka_unit_test(broken_utf8_becomes_replacement_characters),
          cmocka_unit_test(what_goes_to_a_terminal_has_no_control_characters),
          cmocka_unit_test(ids_are_what_topics_can_carry),
          cmocka_unit_test(times_survive_the_way_there_and_back), cmocka_unit_test(json_is_safe_inside_html),
          cmocka_unit_test(json_numbers_are_those_of_printf),
          cmocka_unit_test(map_finds_what_was_set_among_thousands),
          cmocka_unit_test(crc32c_gives_the_check_value_of_rfc_3720))
