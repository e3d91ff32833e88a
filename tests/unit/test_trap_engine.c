/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trap_engine.c - our engine ID and engineBoots on the disk, and who was heard that nobody knows. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>
#include <unistd.h>

#include "collector/trap_engine_io.h"
#include "collector/trap_strangers.h"
#include "tests/unit/temp_dir.h"

static enum err parse(const char *text, struct trap_v3_local *out)
{
    return trap_engine_parse(text, strlen(text), out);
}

static void a_file_that_is_cut_or_changed_is_not_believed(void **state)
{
    static const char *const texts[] = {
        "",
        "engine_id 8000000005616263\nboots 7",
        "engine_id 8000000005616263\n",
        "engine_id 8000000005616263\nboots 7\nmore\n",
        "boots 7\nengine_id 8000000005616263\n",
        "engine_id 800000000561626\nboots 7\n",
        "engine_id 800000000561626x\nboots 7\n",
        "engine_id 80000000\nboots 7\n",
        "engine_id 8000000005616263\nboots 0\n",
        "engine_id 8000000005616263\nboots 2147483648\n",
        "engine_id 8000000005616263\nboots -1\n",
        "engine_id 8000000005616263\nboots 7 \n",
    };
    struct trap_v3_local local;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_not_equal(parse(texts[i], &local), ERR_OK);
    assert_ok(parse("engine_id 8000000005616263\nboots 7\n", &local));
    assert_int_equal(local.boots, 7);
    assert_int_equal(local.id_len, 8);
    assert_memory_equal(local.id, "\x80\0\0\0\5abc", 8);
}

static void boots_grow_with_every_start_and_the_engine_id_stays(void **state)
{
    const char *dir = *state;
    struct trap_v3_local first, second;
    char path[512];
    bool was_damaged;
    FILE *f;

    snprintf(path, sizeof path, "%s/snmp-engine", dir);
    assert_ok(trap_engine_start(path, &first, &was_damaged));
    assert_int_equal(first.boots, 1);
    assert_false(was_damaged);
    assert_ok(trap_engine_start(path, &second, &was_damaged));
    assert_int_equal(second.boots, 2);
    assert_int_equal(first.id_len, second.id_len);
    assert_memory_equal(first.id, second.id, first.id_len);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs("engine_id 8000000005616263\nboots 2147483647\n", f);
    fclose(f);
    assert_ok(trap_engine_start(path, &second, &was_damaged)); /* the last number is no number to work with */
    assert_int_equal(second.boots, 1);
    assert_false(was_damaged);
    assert_int_not_equal(memcmp(second.id, first.id, first.id_len), 0);
    unlink(path);
    assert_int_not_equal(trap_engine_start("/nowhere/snmp-engine", &first, &was_damaged), ERR_OK);
}

static void strangers_are_counted_for_an_hour_and_are_not_endless(void **state)
{
    static struct trap_strangers s;
    struct snmp_address from = {.ip = {127, 0, 0, 1}};

    (void)state;
    assert_true(trap_strangers_note(&s, &from, 1 * SECONDS));
    assert_false(trap_strangers_note(&s, &from, 2 * SECONDS));
    assert_int_equal(trap_strangers_count(&s, 2 * SECONDS), 1);
    for (int i = 1; i < 2000; i++) {
        from.ip[1] = (uint8_t)(i >> 8);
        from.ip[2] = (uint8_t)i;
        assert_false(trap_strangers_note(&s, &from, 1800 * SECONDS));
    }
    assert_int_equal(trap_strangers_count(&s, 1800 * SECONDS), STRANGERS_MAX);
    assert_int_equal(trap_strangers_count(&s, 3603 * SECONDS), STRANGERS_MAX - 1);
    assert_int_equal(trap_strangers_count(&s, 9000 * SECONDS), 0);
    assert_true(trap_strangers_note(&s, &from, 9000 * SECONDS));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_file_that_is_cut_or_changed_is_not_believed),
    cmocka_unit_test_setup_teardown(boots_grow_with_every_start_and_the_engine_id_stays, temp_dir_setup,
                                    temp_dir_teardown),
    cmocka_unit_test(strangers_are_counted_for_an_hour_and_are_not_endless)};

int main(void)
{
    return cmocka_run_group_tests_name("trap_engine", tests, NULL, NULL);
}
