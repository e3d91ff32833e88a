# SPDX-License-Identifier: GPL-3.0-or-later
UNIT_TESTS += tests/unit/test_rrd tests/unit/test_series
tests_unit_test_rrd_SOURCES = %D%/test_rrd.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_rrd_LDADD = $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_series_SOURCES = %D%/test_series.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_series_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_series_LDADD = $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_store_rows
tests_unit_test_store_rows_SOURCES = %D%/test_store_rows.c %D%/cmocka_tests.h
tests_unit_test_store_rows_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_store_files
tests_unit_test_store_files_SOURCES = %D%/test_store_files.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_store_files_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_store_files_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_month
tests_unit_test_month_SOURCES = %D%/test_month.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_month_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_month_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/sim/150-clock-jumps
tests_sim_150_clock_jumps_SOURCES = tests/sim/150-clock-jumps.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_sim_150_clock_jumps_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_150_clock_jumps_LDADD = collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

# Fuzz targets: see tests/unit/collector.mk.
FUZZ_STORES = tests/fuzz/fuzz_journal tests/fuzz/fuzz_stores
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_STORES)
else
UNIT_TESTS += $(FUZZ_STORES)
endif
tests_fuzz_fuzz_journal_SOURCES = tests/fuzz/fuzz_journal.c $(FUZZ_MAIN)
tests_fuzz_fuzz_journal_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_fuzz_fuzz_journal_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_journal_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
tests_fuzz_fuzz_stores_SOURCES = tests/fuzz/fuzz_stores.c $(FUZZ_MAIN)
tests_fuzz_fuzz_stores_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_stores_LDADD = $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
