# SPDX-License-Identifier: GPL-3.0-or-later
UNIT_TESTS += tests/unit/test_coverage
tests_unit_test_coverage_SOURCES = %D%/test_coverage.c %D%/cmocka_tests.h
tests_unit_test_coverage_LDADD = coverage/libcoverage.a $(GDAL_LIBS) $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_raster
tests_unit_test_raster_SOURCES = %D%/test_raster.c %D%/cmocka_tests.h
tests_unit_test_raster_LDADD = coverage/libcoverage.a $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_incident_sums
tests_unit_test_incident_sums_SOURCES = %D%/test_incident_sums.c %D%/cmocka_tests.h %D%/inventory_of.h
tests_unit_test_incident_sums_LDADD = coverage/libcoverage.a $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_coverage_oracle
tests_unit_test_coverage_oracle_SOURCES = %D%/test_coverage_oracle.c %D%/cmocka_tests.h
tests_unit_test_coverage_oracle_LDADD = coverage/libcoverage.a $(GDAL_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

# An implementation of its own, in python, judges the formulas on random points.
dist_check_SCRIPTS += %D%/test_coverage_formulas.py %D%/test_village.py
EXTRA_DIST += tests/data/village/README.md tests/data/village/inventory.yaml

UNIT_TESTS += tests/unit/test_council
tests_unit_test_council_SOURCES = %D%/test_council.c %D%/cmocka_tests.h %D%/inventory_of.h
tests_unit_test_council_LDADD = coverage/libcoverage.a $(PAPER_LIBS) $(GDAL_LIBS) $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

FUZZ_COVERAGE = tests/fuzz/fuzz_coverage
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_COVERAGE)
else
UNIT_TESTS += $(FUZZ_COVERAGE)
endif
tests_fuzz_fuzz_coverage_SOURCES = tests/fuzz/fuzz_coverage.c $(FUZZ_MAIN)
tests_fuzz_fuzz_coverage_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_coverage_LDADD = coverage/libcoverage.a $(GDAL_LIBS) $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
