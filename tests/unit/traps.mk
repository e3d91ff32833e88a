# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of traps and informs: collector/{trap,trap_v3,trap_engine_io,notices}.
UNIT_TESTS += tests/unit/test_trap tests/unit/test_trap_v3 tests/unit/test_trap_engine
tests_unit_test_trap_engine_SOURCES = %D%/test_trap_engine.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_trap_engine_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_trap_SOURCES = %D%/test_trap.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_trap_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_trap_v3_SOURCES = %D%/test_trap_v3.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_trap_v3_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

# The way of a trap, fuzzed; without --enable-fuzzer its corpus is replayed.
if ENABLE_FUZZER
noinst_PROGRAMS += tests/fuzz/fuzz_trap
else
UNIT_TESTS += tests/fuzz/fuzz_trap
endif
tests_fuzz_fuzz_trap_SOURCES = tests/fuzz/fuzz_trap.c $(FUZZ_MAIN)
tests_fuzz_fuzz_trap_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_trap_LDADD = $(COLLECTOR_TEST_LIBS)
