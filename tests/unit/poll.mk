# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of the poll engine: collector/{snmp_*,walk,poll,rate,reach,plan,source,cycle,collector}.
UNIT_TESTS += tests/unit/test_rate tests/unit/test_snmp_pdu
tests_unit_test_rate_SOURCES = %D%/test_rate.c %D%/cmocka_tests.h
tests_unit_test_rate_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_snmp_pdu_SOURCES = %D%/test_snmp_pdu.c %D%/cmocka_tests.h
tests_unit_test_snmp_pdu_CFLAGS = $(AM_CFLAGS) $(SNMP_CFLAGS)
tests_unit_test_snmp_pdu_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(SNMP_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_codec_judge
tests_unit_test_codec_judge_SOURCES = %D%/test_codec_judge.c %D%/cmocka_tests.h
tests_unit_test_codec_judge_CFLAGS = $(AM_CFLAGS) $(SNMP_CFLAGS)
tests_unit_test_codec_judge_LDADD = $(COLLECTOR_TEST_LIBS) $(SNMP_LIBS)

UNIT_TESTS += tests/unit/test_usm_io tests/unit/test_snmp_v3
tests_unit_test_usm_io_SOURCES = %D%/test_usm_io.c %D%/cmocka_tests.h
tests_unit_test_usm_io_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_snmp_v3_SOURCES = %D%/test_snmp_v3.c %D%/cmocka_tests.h
tests_unit_test_snmp_v3_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_access tests/unit/test_doctor
tests_unit_test_access_SOURCES = %D%/test_access.c %D%/cmocka_tests.h
tests_unit_test_access_LDADD = $(COLLECTOR_TEST_LIBS)
tests_unit_test_doctor_SOURCES = %D%/test_doctor.c %D%/cmocka_tests.h
tests_unit_test_doctor_LDADD = $(COLLECTOR_TEST_LIBS)

UNIT_TESTS += tests/unit/test_adapt tests/unit/test_pace
tests_unit_test_pace_SOURCES = %D%/test_pace.c %D%/cmocka_tests.h
tests_unit_test_pace_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_test_adapt_SOURCES = %D%/test_adapt.c %D%/cmocka_tests.h
tests_unit_test_adapt_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

# With a scripted agent below the seam.
UNIT_TESTS += tests/unit/test_snmp_client tests/unit/test_poll
SIM_AGENT = tests/sim/agent.c tests/sim/agent.h
tests_unit_test_snmp_client_SOURCES = %D%/test_snmp_client.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_snmp_client_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_snmp_client_v3
tests_unit_test_snmp_client_v3_SOURCES = %D%/test_snmp_client_v3.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_snmp_client_v3_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_snmp_salts
tests_unit_test_snmp_salts_SOURCES = %D%/test_snmp_salts.c %D%/cmocka_tests.h
tests_unit_test_snmp_salts_LDADD = $(COLLECTOR_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
POLL_WORLD = %D%/poll_world.c %D%/poll_world.h %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_poll_SOURCES = %D%/test_poll.c $(POLL_WORLD)
tests_unit_test_poll_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_poll_frozen
tests_unit_test_poll_frozen_SOURCES = %D%/test_poll_frozen.c $(POLL_WORLD)
tests_unit_test_poll_frozen_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/test_poll_traps
tests_unit_test_poll_traps_SOURCES = %D%/test_poll_traps.c $(POLL_WORLD)
tests_unit_test_poll_traps_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

# Simulations: the real collector on a fake clock.
UNIT_TESTS += tests/sim/104-third-of-packets-lost tests/sim/110-uplink-cut
SIM_WORLD = $(SIM_AGENT) tests/sim/agent_v3.c tests/sim/agent_v3.h tests/sim/world.c tests/sim/world.h \
	tests/sim/world_traps.c %D%/cmocka_tests.h
tests_sim_104_third_of_packets_lost_SOURCES = tests/sim/104-third-of-packets-lost.c $(SIM_WORLD)
tests_sim_104_third_of_packets_lost_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_104_third_of_packets_lost_LDADD = $(COLLECTOR_TEST_LIBS)
tests_sim_110_uplink_cut_SOURCES = tests/sim/110-uplink-cut.c $(SIM_WORLD)
tests_sim_110_uplink_cut_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_110_uplink_cut_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/105-agent-reboots
tests_sim_105_agent_reboots_SOURCES = tests/sim/105-agent-reboots.c $(SIM_WORLD)
tests_sim_105_agent_reboots_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_105_agent_reboots_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/106-dead-fifth
tests_sim_106_dead_fifth_SOURCES = tests/sim/106-dead-fifth.c $(SIM_WORLD)
tests_sim_106_dead_fifth_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_106_dead_fifth_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/107-slow-and-small
tests_sim_107_slow_and_small_SOURCES = tests/sim/107-slow-and-small.c $(SIM_WORLD)
tests_sim_107_slow_and_small_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_107_slow_and_small_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/108-traps-that-wait
tests_sim_108_traps_that_wait_SOURCES = tests/sim/108-traps-that-wait.c $(SIM_WORLD)
tests_sim_108_traps_that_wait_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_108_traps_that_wait_LDADD = $(COLLECTOR_TEST_LIBS)
# Counts the collector's cryptography.
UNIT_TESTS += tests/sim/109-v3-storm
tests_sim_109_v3_storm_SOURCES = tests/sim/109-v3-storm.c $(SIM_WORLD)
tests_sim_109_v3_storm_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_109_v3_storm_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=usm_io_mac -Wl,--wrap=usm_io_localise -Wl,--wrap=usm_io_encrypt \
	-Wl,--wrap=usm_io_decrypt -Wl,--wrap=usm_io_master_key
tests_sim_109_v3_storm_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/111-reordered-packets
tests_sim_111_reordered_packets_SOURCES = tests/sim/111-reordered-packets.c $(SIM_WORLD)
tests_sim_111_reordered_packets_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_111_reordered_packets_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/115-trap-storm
tests_sim_115_trap_storm_SOURCES = tests/sim/115-trap-storm.c $(SIM_WORLD)
tests_sim_115_trap_storm_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_115_trap_storm_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/sim/130-ten-thousand-agents-one-day
tests_sim_130_ten_thousand_agents_one_day_SOURCES = tests/sim/130-ten-thousand-agents-one-day.c $(SIM_WORLD)
tests_sim_130_ten_thousand_agents_one_day_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_sim_130_ten_thousand_agents_one_day_LDADD = $(COLLECTOR_TEST_LIBS)

# The reply path, fuzzed; without --enable-fuzzer its corpus is replayed.
if ENABLE_FUZZER
noinst_PROGRAMS += tests/fuzz/fuzz_reply tests/fuzz/fuzz_v3
else
UNIT_TESTS += tests/fuzz/fuzz_reply tests/fuzz/fuzz_v3
endif
tests_fuzz_fuzz_v3_SOURCES = tests/fuzz/fuzz_v3.c $(FUZZ_MAIN)
tests_fuzz_fuzz_v3_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_v3_LDADD = $(COLLECTOR_LIBS) $(BASE_LIBS)
tests_fuzz_fuzz_reply_SOURCES = tests/fuzz/fuzz_reply.c $(FUZZ_MAIN)
tests_fuzz_fuzz_reply_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_fuzz_fuzz_reply_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_reply_LDADD = $(COLLECTOR_TEST_LIBS)

UNIT_TESTS += tests/unit/test_source
tests_unit_test_source_SOURCES = %D%/test_source.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_source_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_source_LDADD = $(COLLECTOR_TEST_LIBS)

UNIT_TESTS += tests/unit/test_lateness
tests_unit_test_lateness_SOURCES = %D%/test_lateness.c %D%/cmocka_tests.h
tests_unit_test_lateness_LDADD = collector/libcollector.a $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_rate_histories
tests_unit_test_rate_histories_SOURCES = %D%/test_rate_histories.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_rate_histories_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_rate_histories_LDADD = $(COLLECTOR_TEST_LIBS)
UNIT_TESTS += tests/unit/test_retable
tests_unit_test_retable_SOURCES = %D%/test_retable.c %D%/cmocka_tests.h %D%/journal_place.h %D%/temp_dir.h
tests_unit_test_retable_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_retable_LDADD = $(COLLECTOR_TEST_LIBS)

UNIT_TESTS += tests/unit/test_roster
tests_unit_test_roster_SOURCES = %D%/test_roster.c %D%/cmocka_tests.h
tests_unit_test_roster_LDADD = $(COLLECTOR_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/test_recipe
tests_unit_test_recipe_SOURCES = %D%/test_recipe.c %D%/cmocka_tests.h $(SIM_AGENT)
tests_unit_test_recipe_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
tests_unit_test_recipe_LDADD = $(COLLECTOR_TEST_LIBS)
