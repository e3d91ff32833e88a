# SPDX-License-Identifier: GPL-3.0-or-later
CITY_TEST_LIBS = city/libcity.a $(SSL_LIBS) $(CRYPTO_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_city_agent tests/unit/test_city_files tests/unit/test_city_plan
tests_unit_test_city_agent_SOURCES = %D%/test_city_agent.c %D%/cmocka_tests.h
tests_unit_test_city_agent_LDADD = $(CITY_TEST_LIBS)
tests_unit_test_city_files_SOURCES = %D%/test_city_files.c %D%/cmocka_tests.h
tests_unit_test_city_files_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_city_files_LDADD = $(CITY_TEST_LIBS)
tests_unit_test_city_plan_SOURCES = %D%/test_city_plan.c %D%/cmocka_tests.h
tests_unit_test_city_plan_LDADD = $(CITY_TEST_LIBS)

if ENABLE_FUZZER
noinst_PROGRAMS += tests/fuzz/fuzz_city
else
UNIT_TESTS += tests/fuzz/fuzz_city
endif
tests_fuzz_fuzz_city_SOURCES = tests/fuzz/fuzz_city.c $(FUZZ_MAIN)
tests_fuzz_fuzz_city_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_city_LDADD = $(CITY_TEST_LIBS)
