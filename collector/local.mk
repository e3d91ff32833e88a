# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += collector/libcollector.a
collector_libcollector_a_SOURCES = \
	%D%/access.c %D%/access.h \
	%D%/adapt.c %D%/adapt.h \
	%D%/arena.c %D%/arena.h \
	%D%/ber.h \
	%D%/collector.c %D%/collector.h \
	%D%/collector_internal.h \
	%D%/cycle.c \
	%D%/decode.c %D%/decode.h \
	%D%/decode_field.c \
	%D%/decode_internal.h \
	%D%/decode_lldp.c \
	%D%/decode_poe.c \
	%D%/decode_text.c \
	%D%/deny.c %D%/deny.h \
	%D%/discover.c %D%/discover.h \
	%D%/discover_compare.c \
	%D%/discover_network.c %D%/discover_network.h \
	%D%/discover_frontier.c %D%/discover_frontier.h \
	%D%/discover_range.c %D%/discover_range.h \
	%D%/discover_state.c %D%/discover_state.h \
	%D%/discover_write.c \
	%D%/doctor.c %D%/doctor.h \
	%D%/field.c %D%/field.h \
	%D%/lateness.c %D%/lateness.h \
	%D%/listing.c %D%/listing.h \
	%D%/identity.c \
	%D%/image.c %D%/image.h \
	%D%/notices.c \
	%D%/orders.c \
	%D%/pace.c %D%/pace.h \
	%D%/plan.c %D%/plan.h \
	%D%/poll.c %D%/poll.h \
	%D%/poll_frozen.c \
	%D%/poll_get.c \
	%D%/poll_internal.h \
	%D%/poll_items.c \
	%D%/poll_json.c %D%/poll_json.h \
	%D%/poll_thaw.c \
	%D%/pool.c %D%/pool.h \
	%D%/profile.c %D%/profile.h \
	%D%/profile_file.c %D%/profile_file.h \
	%D%/profile_internal.h \
	%D%/profile_load.c \
	%D%/profile_match.c \
	%D%/profile_plan.c \
	%D%/rate.c %D%/rate.h \
	%D%/reach.c %D%/reach.h \
	%D%/recipe.c %D%/recipe.h \
	%D%/recover.c %D%/retable.c \
	%D%/roster.c %D%/roster.h \
	%D%/shared.c %D%/shared.h \
	%D%/snmp_client.c %D%/snmp_client.h \
	%D%/snmp_client_internal.h \
	%D%/snmp_client_slots.c \
	%D%/snmp_client_v3.c \
	%D%/snmp_io.c %D%/snmp_io.h \
	%D%/snmp_pdu.c %D%/snmp_pdu.h \
	%D%/snmp_v3.c %D%/snmp_v3.h \
	%D%/snmprec.c %D%/snmprec.h \
	%D%/source.c %D%/source.h \
	%D%/source_internal.h \
	%D%/source_lean.c \
	%D%/source_rates.c \
	%D%/source_repeat.c \
	%D%/source_table.c \
	%D%/survey.c %D%/survey.h \
	%D%/trap.c %D%/trap.h \
	%D%/trap_engine_io.c %D%/trap_engine_io.h \
	%D%/trap_io.c %D%/trap_io.h \
	%D%/trap_strangers.c %D%/trap_strangers.h \
	%D%/trap_v3.c %D%/trap_v3.h \
	%D%/usm.c %D%/usm.h \
	%D%/usm_io.c %D%/usm_io.h \
	%D%/value.c %D%/value.h \
	%D%/varbind.c %D%/varbind.h \
	%D%/walk.c %D%/walk.h
collector_libcollector_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(SNMP_CFLAGS)

# What links the collector's archive; net-snmp stands behind usm_io.
COLLECTOR_LIBS = collector/libcollector.a $(SNMP_LIBS)

netzwacht_SOURCES += cli/cmd_discover.c cli/cmd_doctor.c cli/doctor_host.c cli/doctor_host.h \
	cli/discover_log.c cli/discover_log.h cli/discover_options.c cli/discover_options.h \
	cli/discover_scan.c cli/discover_scan.h cli/discover_targets.c cli/discover_targets.h
netzwacht_SOURCES += cli/cmd_poll.c cli/credentials.c cli/credentials.h cli/poll_live.c cli/poll_live.h cli/cmd_profile.c cli/profiles.c cli/profiles.h cli/unread.c cli/unread.h
netzwacht_LDADD_FLOOR4 += $(COLLECTOR_LIBS)

sbin_PROGRAMS += netzwacht-collector
netzwacht_collector_SOURCES = cli/collector_main.c
netzwacht_collector_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_collector_LDADD = $(DAEMON_LIB) $(COLLECTOR_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
include collector/store.mk
