# SPDX-License-Identifier: GPL-3.0-or-later
UNIT_TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES = %D%/test_base.c %D%/cmocka_tests.h
tests_unit_test_base_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
