/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_snmprec.c - lines of recordings. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "collector/snmprec.h"

static const struct varbind *read_one(struct varbind_set *set, const char *line)
{
    varbind_set_clear(set);
    assert_ok(snmprec_read_line(line, strlen(line), NULL, set));
    varbind_set_sort(set);
    assert_int_equal(varbind_set_count(set), 1);
    return varbind_set_at(set, 0);
}

static void every_tag_of_real_recordings_is_read(void **state)
{
    struct varbind_set *set = varbind_set_new();

    (void)state;
    assert_int_equal(read_one(set, "1.3.6.1|2|-7")->integer, -7);
    assert_int_equal(read_one(set, "1.3.6.1|65|4294967295")->number, 4294967295u);
    assert_int_equal(read_one(set, "1.3.6.1|66|12")->type, SNMP_GAUGE32);
    assert_int_equal(read_one(set, "1.3.6.1|67|5")->type, SNMP_TIMETICKS);
    assert_true(read_one(set, "1.3.6.1|70|18446744073709551615")->number == UINT64_MAX);
    assert_memory_equal(read_one(set, "1.3.6.1|4|a|b|c")->bytes, "a|b|c", 5);
    assert_memory_equal(read_one(set, "1.3.6.1|4x|0041ff")->bytes, "\0A\xff", 3);
    assert_memory_equal(read_one(set, "1.3.6.1|4e|\\x41\\n\\\"")->bytes, "A\n\"", 3);
    assert_int_equal(read_one(set, "1.3.6.1|4|")->len, 0);
    assert_memory_equal(read_one(set, "1.3.6.1|64|10.1.2.3")->bytes, "\x0a\x01\x02\x03", 4);
    assert_memory_equal(read_one(set, "1.3.6.1|64x|0a010203")->bytes, "\x0a\x01\x02\x03", 4);
    assert_int_equal(read_one(set, "1.3.6.1|6|.1.3.6.1.4")->len, 5);
    assert_int_equal(read_one(set, ".1.3.6.1|68x|9f78043fc00000")->len, 7);
    assert_int_equal(read_one(set, "1.3.6.1|2:numeric|initial=33,rate=2")->integer, 33);
    assert_memory_equal(read_one(set, "1.3.6.1|4:writecache|value=seven")->bytes, "seven", 5);
    varbind_set_free(set);
}

static void what_is_no_line_is_refused(void **state)
{
    static const char *const lines[] = {"",
                                        "1.3.6.1",
                                        "1.3.6.1|2",
                                        "1.3.6.1||5",
                                        "1.3.6.1|2|",
                                        "1.3.6.1|2|five",
                                        "1.3.six|2|5",
                                        "1.3.6.1|99|5",
                                        "1.3.6.1|4x|zz",
                                        "1.3.6.1|6|not.an.oid",
                                        "1.3.6.4294967296|2|5",
                                        "|2|5",
                                        "1.3.6.1|65|18446744073709551616"};
    struct varbind_set *set = varbind_set_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        assert_true(snmprec_read_line(lines[i], strlen(lines[i]), NULL, set) != ERR_OK);
    assert_int_equal(varbind_set_count(set), 0);
    varbind_set_free(set);
}

static void only_what_the_plan_asks_for_is_kept(void **state)
{
    static const uint32_t column[] = {1, 3, 6, 1, 2}, scalar[] = {1, 3, 6, 1, 5, 0};
    static const struct read_item items[] = {{column, 5, false, 0, false, false},
                                             {scalar, 6, true, 0, false, false}};
    static const struct read_plan plan = {items, 2};
    struct varbind_set *set = varbind_set_new();

    (void)state;
    assert_ok(snmprec_read_line("1.3.6.1.2.7|2|1", 15, &plan, set));
    assert_ok(snmprec_read_line("1.3.6.1.5.0|2|1", 15, &plan, set));
    assert_int_equal(snmprec_read_line("1.3.6.1.3.7|2|1", 15, &plan, set), ERR_NOT_FOUND);
    assert_int_equal(snmprec_read_line("1.3.6.1.5.0.1|2|1", 17, &plan, set), ERR_NOT_FOUND);
    assert_int_equal(snmprec_read_line("1.2.1|2|1", 9, &plan, set), ERR_NOT_FOUND);
    varbind_set_free(set);
}

static void file_without_line_ends_takes_no_memory(void **state)
{
    char path[] = "/tmp/netzwacht-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    struct varbind_set *set = varbind_set_new();
    struct snmprec_stats stats;

    (void)state;
    assert_non_null(f);
    fputs("1.3.6.1|2|1\n", f);
    for (int i = 0; i < 3 * 1024 * 1024; i++)
        fputc('9', f);
    fputs("\n1.3.6.2|2|2\r\n.1.3.6.1|2|7\n1.3.6.3|2|3", f);
    fclose(f);
    assert_ok(snmprec_read_file(path, NULL, set, &stats));
    remove(path);
    assert_int_equal(varbind_set_count(set), 3);
    assert_int_equal(varbind_set_at(set, 0)->integer, 1); /* the first of repeated lines wins */
    assert_int_equal(stats.skipped, 1);
    assert_int_equal(snmprec_read_file("/no/such/file.xz", NULL, set, &stats), ERR_UNSUPPORTED);
    assert_int_equal(snmprec_read_file("/no/such/file", NULL, set, &stats), ERR_NOT_FOUND);
    varbind_set_free(set);
}

RUN_TESTS("snmprec", cmocka_unit_test(every_tag_of_real_recordings_is_read),
          cmocka_unit_test(what_is_no_line_is_refused), cmocka_unit_test(only_what_the_plan_asks_for_is_kept),
          cmocka_unit_test(file_without_line_ends_takes_no_memory))
