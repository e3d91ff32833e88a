# SPDX-License-Identifier: GPL-3.0-or-later
dist_check_SCRIPTS += %D%/test_captures.py
UNIT_TESTS += tests/unit/test_passive
tests_unit_test_passive_SOURCES = %D%/test_passive.c %D%/cmocka_tests.h
tests_unit_test_passive_LDADD = $(PROBES_TEST_LIBS)
