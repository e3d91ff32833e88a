# SPDX-License-Identifier: GPL-3.0-or-later
DASHBOARDS_TEST_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(SQLITE_CFLAGS)
UNIT_TESTS += tests/unit/test_http tests/unit/test_snapshot tests/unit/test_history
tests_unit_test_http_SOURCES = %D%/test_http.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_http_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_http_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_network
tests_unit_test_network_SOURCES = %D%/test_network.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_network_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_network_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
tests_unit_test_snapshot_SOURCES = %D%/test_snapshot.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_snapshot_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_snapshot_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
tests_unit_test_history_SOURCES = %D%/test_history.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_history_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_history_LDADD = $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_public
tests_unit_test_public_SOURCES = %D%/test_public.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_public_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_public_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_fleet
tests_unit_test_fleet_SOURCES = %D%/test_fleet.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_fleet_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_fleet_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)

# Fuzz targets: see tests/unit/collector.mk.
if ENABLE_FUZZER
noinst_PROGRAMS += tests/fuzz/fuzz_http
else
UNIT_TESTS += tests/fuzz/fuzz_http
endif
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c $(FUZZ_MAIN)
tests_fuzz_fuzz_http_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_fuzz_fuzz_http_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_http_LDADD = $(DASHBOARDS_LIBS)
UNIT_TESTS += tests/unit/test_pulse
tests_unit_test_pulse_SOURCES = %D%/test_pulse.c %D%/cmocka_tests.h
tests_unit_test_pulse_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_pulse_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_tail
tests_unit_test_tail_SOURCES = %D%/test_tail.c %D%/cmocka_tests.h %D%/journal_place.h %D%/temp_dir.h
tests_unit_test_tail_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_tail_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_ogc
tests_unit_test_ogc_SOURCES = %D%/test_ogc.c %D%/cmocka_tests.h
tests_unit_test_ogc_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_ogc_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_http_connections
tests_unit_test_http_connections_SOURCES = %D%/test_http_connections.c %D%/cmocka_tests.h
tests_unit_test_http_connections_CFLAGS = $(DASHBOARDS_TEST_CFLAGS)
tests_unit_test_http_connections_LDADD = $(DASHBOARDS_LIBS) $(CMOCKA_LIBS)
