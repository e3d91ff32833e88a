# SPDX-License-Identifier: GPL-3.0-or-later
IMPORT_LIBS = cli/libimport.a $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
UNIT_TESTS += tests/unit/test_import_csv
tests_unit_test_import_csv_SOURCES = %D%/test_import_csv.c %D%/cmocka_tests.h
tests_unit_test_import_csv_LDADD = $(IMPORT_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_import_rest
tests_unit_test_import_rest_SOURCES = %D%/test_import_rest.c %D%/cmocka_tests.h
tests_unit_test_import_rest_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_import_rest_LDADD = $(IMPORT_LIBS) $(CMOCKA_LIBS)
FUZZ_CLI = tests/fuzz/fuzz_import
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_CLI)
else
UNIT_TESTS += $(FUZZ_CLI)
endif
tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz_import.c $(FUZZ_MAIN)
tests_fuzz_fuzz_import_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_import_LDADD = $(IMPORT_LIBS)
# `netzwacht noc`
NOC_LIBS = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
UNIT_TESTS += tests/unit/test_noc_book
tests_unit_test_noc_book_SOURCES = tests/unit/test_noc_book.c cli/noc_book.c cli/noc_book.h tests/unit/cmocka_tests.h
tests_unit_test_noc_book_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_noc_book_LDADD = $(NOC_LIBS) $(CMOCKA_LIBS)
FUZZ_NOC = tests/fuzz/fuzz_noc
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_NOC)
else
UNIT_TESTS += $(FUZZ_NOC)
endif
tests_fuzz_fuzz_noc_SOURCES = tests/fuzz/fuzz_noc.c cli/noc_book.c cli/noc_book.h $(FUZZ_MAIN)
tests_fuzz_fuzz_noc_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_noc_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_noc_LDADD = $(NOC_LIBS)
