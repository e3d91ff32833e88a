# SPDX-License-Identifier: GPL-3.0-or-later
COLLECTOR_TEST_LIBS = $(COLLECTOR_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_varbind
tests_unit_test_varbind_SOURCES = %D%/test_varbind.c %D%/cmocka_tests.h
tests_unit_test_varbind_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_value tests/unit/test_snmprec tests/unit/test_profile tests/unit/test_decode
tests_unit_test_value_SOURCES = %D%/test_value.c %D%/cmocka_tests.h
tests_unit_test_value_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_snmprec_SOURCES = %D%/test_snmprec.c %D%/cmocka_tests.h
tests_unit_test_snmprec_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_profile_SOURCES = %D%/test_profile.c %D%/cmocka_tests.h
tests_unit_test_profile_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_decode_SOURCES = %D%/test_decode.c %D%/cmocka_tests.h
tests_unit_test_decode_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/unit/test_engine tests/unit/test_survey
tests_unit_test_engine_SOURCES = %D%/test_engine.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_engine_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_survey_SOURCES = %D%/test_survey.c %D%/cmocka_tests.h
tests_unit_test_survey_LDADD = $(COLLECTOR_TEST_LIBS)
EXTRA_DIST += tests/data/profiles/testing.yaml tests/data/recordings tests/data/make_miniature.py tests/data/profile_yaml.py tests/data/pattern_texts.py
dist_check_SCRIPTS += %D%/test_miniatures.py

# Fuzz targets: with --enable-fuzzer they are libFuzzer programs, else they replay their corpus in `make check`.
FUZZ_COLLECTOR = tests/fuzz/fuzz_discover tests/fuzz/fuzz_profile tests/fuzz/fuzz_snmprec tests/fuzz/fuzz_value
if ENABLE_FUZZER
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += $(FUZZ_COLLECTOR)
else
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
UNIT_TESTS += $(FUZZ_COLLECTOR)
endif
tests_fuzz_fuzz_discover_SOURCES = tests/fuzz/fuzz_discover.c $(FUZZ_MAIN)
tests_fuzz_fuzz_discover_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_discover_LDADD = $(COLLECTOR_TEST_LIBS)
tests_fuzz_fuzz_profile_SOURCES = tests/fuzz/fuzz_profile.c $(FUZZ_MAIN)
tests_fuzz_fuzz_profile_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_profile_LDADD = $(COLLECTOR_TEST_LIBS)
tests_fuzz_fuzz_snmprec_SOURCES = tests/fuzz/fuzz_snmprec.c $(FUZZ_MAIN)
tests_fuzz_fuzz_snmprec_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_snmprec_LDADD = $(COLLECTOR_TEST_LIBS)
tests_fuzz_fuzz_value_SOURCES = tests/fuzz/fuzz_value.c $(FUZZ_MAIN)
tests_fuzz_fuzz_value_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_value_LDADD = $(COLLECTOR_TEST_LIBS)
EXTRA_DIST += tests/fuzz/corpus

include tests/unit/poll.mk
include tests/unit/traps.mk

UNIT_TESTS += tests/unit/test_discover
tests_unit_test_discover_SOURCES = %D%/test_discover.c %D%/cmocka_tests.h
tests_unit_test_discover_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/unit/test_discover_network tests/unit/test_discover_state
tests_unit_test_discover_network_SOURCES = %D%/test_discover_network.c %D%/cmocka_tests.h %D%/inventory_of.h
tests_unit_test_discover_network_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_discover_state_SOURCES = %D%/test_discover_state.c %D%/cmocka_tests.h
tests_unit_test_discover_state_LDADD = $(COLLECTOR_TEST_LIBS)
