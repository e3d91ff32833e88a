/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka_tests.h - cmocka with the headers that it needs in front, and one line to end a test file with. */
#ifndef NW_TESTS_CMOCKA_TESTS_H
#define NW_TESTS_CMOCKA_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_ok(expression) assert_int_equal((expression), 0)

#define RUN_TESTS(name, ...)                                                                                 \
    int main(void)                                                                                           \
    {                                                                                                        \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                                     \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                                         \
    }

#endif
