# SPDX-License-Identifier: GPL-3.0-or-later
PROBES_TEST_LIBS = probes/libprobes.a $(PCAP_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_probes tests/unit/test_capture
tests_unit_test_probes_SOURCES = %D%/test_probes.c %D%/cmocka_tests.h
tests_unit_test_probes_LDADD = $(PROBES_TEST_LIBS)
tests_unit_test_capture_SOURCES = %D%/test_capture.c %D%/cmocka_tests.h
tests_unit_test_capture_LDADD = $(PROBES_TEST_LIBS)
