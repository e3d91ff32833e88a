# SPDX-License-Identifier: GPL-3.0-or-later
COLLECTOR_TEST_LIBS = collector/libcollector.a $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_varbind
tests_unit_test_varbind_SOURCES = %D%/test_varbind.c %D%/cmocka_tests.h
tests_unit_test_varbind_LDADD = collector/libcollector.a $(BASE_LIBS) $(CMOCKA_LIBS)
