# SPDX-License-Identifier: GPL-3.0-or-later
dist_check_SCRIPTS += %D%/test_captures.py
UNIT_TESTS += tests/unit/test_passive
tests_unit_test_passive_SOURCES = %D%/test_passive.c %D%/cmocka_tests.h
tests_unit_test_passive_LDADD = $(PROBES_TEST_LIBS)
FUZZ_PASSIVE = tests/fuzz/fuzz_readers tests/fuzz/fuzz_passive
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_PASSIVE)
else
UNIT_TESTS += $(FUZZ_PASSIVE)
endif
tests_fuzz_fuzz_readers_SOURCES = tests/fuzz/fuzz_readers.c $(FUZZ_MAIN)
tests_fuzz_fuzz_readers_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_readers_LDADD = $(PROBES_TEST_LIBS)
tests_fuzz_fuzz_passive_SOURCES = tests/fuzz/fuzz_passive.c $(FUZZ_MAIN)
tests_fuzz_fuzz_passive_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_passive_LDADD = $(PROBES_TEST_LIBS)
