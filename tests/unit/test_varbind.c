/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_varbind.c - OIDs and sets of varbinds. */
#include "tests/unit/cmocka_tests.h"

#include "collector/varbind.h"

static void add(struct varbind_set *s, const char *oid, const char *value)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;

    assert_ok(oid_from_text(oid, ids, &len));
    struct varbind vb = {.oid = ids, .oid_len = (uint32_t)len, .type = SNMP_OCTETS};
    vb.len = (uint32_t)strlen(value);
    vb.bytes = (const uint8_t *)value;
    assert_ok(varbind_set_add(s, &vb));
}

static void oid_text_is_read_and_written_without_leading_dot(void **state)
{
    uint32_t ids[OID_MAX];
    size_t len = OID_MAX;
    char text[OID_TEXT_SIZE];

    (void)state;
    assert_ok(oid_from_text(".1.3.6.1.4.1.4294967295.0", ids, &len));
    assert_int_equal(len, 8);
    oid_to_text(ids, len, text, sizeof text);
    assert_string_equal(text, "1.3.6.1.4.1.4294967295.0");
    len = OID_MAX;
    assert_int_equal(oid_from_text("1.3.4294967296", ids, &len), ERR_RANGE);
    assert_int_equal(oid_from_text("1..3", ids, &len), ERR_MALFORMED);
    assert_int_equal(oid_from_text("", ids, &len), ERR_MALFORMED);
    len = 2;
    assert_int_equal(oid_from_text("1.3.6", ids, &len), ERR_LIMIT);
}

static void set_sorts_and_keeps_the_first_of_equal_oids(void **state)
{
    struct varbind_set *s = varbind_set_new();
    uint32_t oid[] = {1, 3, 2};

    (void)state;
    add(s, "1.3.10", "ten");
    add(s, "1.3.2", "first");
    add(s, "1.3.2", "second");
    add(s, "1.3", "root");
    varbind_set_sort(s);
    assert_int_equal(varbind_set_count(s), 3);
    assert_int_equal(varbind_set_at(s, 0)->oid_len, 2);
    assert_string_equal((const char *)varbind_set_find(s, oid, 3)->bytes, "first");
    assert_null(varbind_set_at(s, 3));
    oid[2] = 3;
    assert_null(varbind_set_find(s, oid, 3));
    varbind_set_free(s);
}

static void below_excludes_the_prefix_and_its_neighbours(void **state)
{
    struct varbind_set *s = varbind_set_new();
    uint32_t prefix[] = {1, 3, 2};
    size_t begin, end;

    (void)state;
    add(s, "1.3.1.9", "");
    add(s, "1.3.2", "");
    add(s, "1.3.2.1", "");
    add(s, "1.3.2.4294967295", "");
    add(s, "1.3.3", "");
    varbind_set_sort(s);
    varbind_set_below(s, prefix, 3, &begin, &end);
    assert_int_equal(begin, 2);
    assert_int_equal(end, 4);
    prefix[2] = 7;
    varbind_set_below(s, prefix, 3, &begin, &end);
    assert_int_equal(begin, end);
    varbind_set_free(s);
}

static void a_cleared_set_reuses_its_memory_for_values_of_any_size(void **state)
{
    struct varbind_set *s = varbind_set_new();
    char big[40000];

    (void)state;
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    for (int round = 0; round < 3; round++) {
        varbind_set_clear(s);
        for (int i = 0; i < 500; i++)
            add(s, "1.3.6.1.2.1", "some text that takes room");
        add(s, "1.3.7", big);
        varbind_set_sort(s);
        assert_int_equal(varbind_set_count(s), 2);
        assert_int_equal(varbind_set_at(s, 1)->len, sizeof big - 1);
        assert_string_equal((const char *)varbind_set_at(s, 1)->bytes, big);
    }
    varbind_set_free(s);
}

RUN_TESTS("varbind", cmocka_unit_test(oid_text_is_read_and_written_without_leading_dot),
          cmocka_unit_test(set_sorts_and_keeps_the_first_of_equal_oids),
          cmocka_unit_test(below_excludes_the_prefix_and_its_neighbours),
          cmocka_unit_test(a_cleared_set_reuses_its_memory_for_values_of_any_size))
