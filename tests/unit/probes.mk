# SPDX-License-Identifier: GPL-3.0-or-later
PROBES_TEST_LIBS = probes/libprobes.a $(PCAP_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_probes tests/unit/test_probe_radius tests/unit/test_probe_services tests/unit/test_probe_steps tests/unit/test_capture
tests_unit_test_probe_steps_SOURCES = %D%/test_probe_steps.c %D%/cmocka_tests.h
tests_unit_test_probe_steps_LDADD = $(PROBES_TEST_LIBS)
tests_unit_test_probe_services_SOURCES = %D%/test_probe_services.c %D%/cmocka_tests.h
tests_unit_test_probe_services_LDADD = $(PROBES_TEST_LIBS)
tests_unit_test_probe_radius_SOURCES = %D%/test_probe_radius.c %D%/cmocka_tests.h
tests_unit_test_probe_radius_LDADD = $(PROBES_TEST_LIBS)
tests_unit_test_probes_SOURCES = %D%/test_probes.c %D%/cmocka_tests.h
tests_unit_test_probes_LDADD = $(PROBES_TEST_LIBS)
tests_unit_test_capture_SOURCES = %D%/test_capture.c %D%/cmocka_tests.h
tests_unit_test_capture_LDADD = $(PROBES_TEST_LIBS)

FUZZ_PROBES = tests/fuzz/fuzz_frame tests/fuzz/fuzz_probe_reply
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_PROBES)
else
UNIT_TESTS += $(FUZZ_PROBES)
endif
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c $(FUZZ_MAIN)
tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_frame_LDADD = $(PROBES_TEST_LIBS)
tests_fuzz_fuzz_probe_reply_SOURCES = tests/fuzz/fuzz_probe_reply.c $(FUZZ_MAIN)
tests_fuzz_fuzz_probe_reply_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_probe_reply_LDADD = $(PROBES_TEST_LIBS)
