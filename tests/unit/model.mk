# SPDX-License-Identifier: GPL-3.0-or-later
UNIT_TESTS += tests/unit/test_inventory
tests_unit_test_inventory_SOURCES = %D%/test_inventory.c %D%/cmocka_tests.h
tests_unit_test_inventory_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_topology tests/unit/test_topology_random
tests_unit_test_topology_random_SOURCES = %D%/test_topology_random.c %D%/cmocka_tests.h
tests_unit_test_topology_random_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_topology_SOURCES = %D%/test_topology.c %D%/cmocka_tests.h
tests_unit_test_topology_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_record_json
tests_unit_test_record_json_SOURCES = %D%/test_record_json.c %D%/cmocka_tests.h
tests_unit_test_record_json_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_record_json_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_incident_json
tests_unit_test_incident_json_SOURCES = %D%/test_incident_json.c %D%/cmocka_tests.h
tests_unit_test_incident_json_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_incident_json_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_firmware
tests_unit_test_firmware_SOURCES = %D%/test_firmware.c %D%/cmocka_tests.h
tests_unit_test_firmware_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
FUZZ_MODEL = tests/fuzz/fuzz_inventory
if ENABLE_FUZZER
noinst_PROGRAMS += $(FUZZ_MODEL)
else
UNIT_TESTS += $(FUZZ_MODEL)
endif
tests_fuzz_fuzz_inventory_SOURCES = tests/fuzz/fuzz_inventory.c $(FUZZ_MAIN)
tests_fuzz_fuzz_inventory_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_inventory_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
UNIT_TESTS += tests/unit/test_inventory_write
tests_unit_test_inventory_write_SOURCES = %D%/test_inventory_write.c %D%/cmocka_tests.h
tests_unit_test_inventory_write_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_inventory_diff
tests_unit_test_inventory_diff_SOURCES = %D%/test_inventory_diff.c %D%/cmocka_tests.h %D%/temp_dir.h
tests_unit_test_inventory_diff_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_districts
tests_unit_test_districts_SOURCES = %D%/test_districts.c %D%/cmocka_tests.h
tests_unit_test_districts_LDADD = $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS) -lm
