# SPDX-License-Identifier: GPL-3.0-or-later
ALERT_WORLD = tests/sim/alert_world.c tests/sim/alert_world.h tests/unit/cmocka_tests.h
ALERT_LIBS = alerts/libalerts.a $(SQLITE_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
ALERT_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)

UNIT_TESTS += tests/sim/alerts-110-uplink-cut tests/sim/alerts-112-blind
tests_sim_alerts_110_uplink_cut_SOURCES = tests/sim/110-uplink-cut-takes-40-hotspots.c $(ALERT_WORLD)
tests_sim_alerts_110_uplink_cut_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_110_uplink_cut_LDADD = $(ALERT_LIBS)
tests_sim_alerts_112_blind_SOURCES = tests/sim/112-monitor-goes-blind.c $(ALERT_WORLD)
tests_sim_alerts_112_blind_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_112_blind_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/sim/alerts-150-history-damaged
tests_sim_alerts_150_history_damaged_SOURCES = tests/sim/150-history-damaged.c $(ALERT_WORLD)
tests_sim_alerts_150_history_damaged_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_150_history_damaged_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/sim/alerts-114-rules-power-and-people
tests_sim_alerts_114_rules_power_and_people_SOURCES = tests/sim/114-rules-power-and-people.c $(ALERT_WORLD)
tests_sim_alerts_114_rules_power_and_people_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_114_rules_power_and_people_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_alerts
tests_unit_test_alerts_SOURCES = tests/unit/test_alerts.c tests/unit/cmocka_tests.h
tests_unit_test_alerts_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_alerts_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_alerts_once
tests_unit_test_alerts_once_SOURCES = tests/unit/test_alerts_once.c tests/unit/cmocka_tests.h
tests_unit_test_alerts_once_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_alerts_once_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_commands
tests_unit_test_commands_SOURCES = tests/unit/test_commands.c $(ALERT_WORLD)
tests_unit_test_commands_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_commands_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_fake_broker
tests_unit_test_fake_broker_SOURCES = tests/unit/test_fake_broker.c tests/unit/cmocka_tests.h tests/unit/temp_dir.h
tests_unit_test_fake_broker_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_fake_broker_LDADD = $(ALERT_LIBS)

if ENABLE_FUZZER
noinst_PROGRAMS += tests/fuzz/fuzz_alerts
else
UNIT_TESTS += tests/fuzz/fuzz_alerts
endif
tests_fuzz_fuzz_alerts_SOURCES = tests/fuzz/fuzz_alerts.c $(FUZZ_MAIN)
tests_fuzz_fuzz_alerts_CFLAGS = $(ALERT_CFLAGS)
tests_fuzz_fuzz_alerts_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_alerts_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/sim/alerts-150-random-towns
tests_sim_alerts_150_random_towns_SOURCES = tests/sim/150-random-towns.c $(ALERT_WORLD)
tests_sim_alerts_150_random_towns_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_150_random_towns_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_replay
tests_unit_test_replay_SOURCES = tests/unit/test_replay.c tests/unit/cmocka_tests.h
tests_unit_test_replay_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_replay_LDADD = $(ALERT_LIBS)
dist_check_SCRIPTS += tests/unit/test_rules_command.sh
EXTRA_DIST += tests/data/scenarios
UNIT_TESTS += tests/unit/test_rule_maths
tests_unit_test_rule_maths_SOURCES = tests/unit/test_rule_maths.c tests/unit/cmocka_tests.h
tests_unit_test_rule_maths_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_rule_maths_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/unit/test_rule_kinds
tests_unit_test_rule_kinds_SOURCES = tests/unit/test_rule_kinds.c tests/unit/cmocka_tests.h
tests_unit_test_rule_kinds_CFLAGS = $(ALERT_CFLAGS)
tests_unit_test_rule_kinds_LDADD = $(ALERT_LIBS)
UNIT_TESTS += tests/sim/alerts-116-places
tests_sim_alerts_116_places_SOURCES = tests/sim/116-places.c $(ALERT_WORLD)
tests_sim_alerts_116_places_CFLAGS = $(ALERT_CFLAGS)
tests_sim_alerts_116_places_LDADD = $(ALERT_LIBS)
