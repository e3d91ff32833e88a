# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += alerts/libalerts.a
alerts_libalerts_a_SOURCES = \
	%D%/alerts.c %D%/alerts.h %D%/alerts_private.h %D%/blind.c %D%/cause.c %D%/command.c %D%/damage.c %D%/db_io.c %D%/db_io.h %D%/db_schema.h %D%/engine.c \
	%D%/engine.h %D%/engine_private.h %D%/event_json.c %D%/event_json.h %D%/facts.c %D%/incident.c \
	%D%/inbound.c %D%/inbound.h %D%/outbox.c %D%/outbox.h %D%/publisher.c %D%/publisher.h %D%/replay.c %D%/replay.h %D%/resume.c %D%/rows.c %D%/rules.c %D%/rules.h %D%/scenario.c %D%/scenario.h %D%/strangers.c %D%/text_list.h %D%/topology.c \
	%D%/topology.h %D%/verdict.c %D%/watch.c
# rules
alerts_libalerts_a_SOURCES += \
	%D%/announce.c %D%/recurring.c %D%/recurring.h \
	%D%/baseline.c %D%/baseline.h \
	%D%/escalation.c %D%/escalation.h %D%/escalation_rules.c \
	%D%/flap.c %D%/labels.c %D%/line.c \
	%D%/maintenance.c \
	%D%/people.c \
	%D%/rule_baseline.c %D%/rule_dfs.c %D%/rule_drop.c %D%/rule_flapping.c %D%/rule_kind.c %D%/rule_kind.h %D%/rule_rate.c \
	%D%/median.c %D%/median.h %D%/rule_silence.c %D%/rule_spectrum.c %D%/rule_threshold.c %D%/rule_trend.c \
	%D%/site.c \
	%D%/spectrum.c %D%/spectrum.h \
	%D%/trend.c %D%/trend.h
# delivery
alerts_libalerts_a_SOURCES += \
	%D%/batch.c \
	%D%/channel_alertmanager.c %D%/channel_digest.c %D%/channel_digest.h %D%/channel_in.c \
	%D%/channel_mail.c %D%/channel_mime.c %D%/channel_mime.h %D%/channel_out.c \
	%D%/channel_queue.c %D%/channel_queue.h %D%/channel_send.c %D%/channel_send.h %D%/channel_syslog.c \
	%D%/channel_text.c %D%/channel_text.h %D%/channel_udp_io.c %D%/channel_udp_io.h \
	%D%/channels.c %D%/channels.h %D%/channels_private.h %D%/signature.c %D%/signature.h \
	%D%/intake.c \
	%D%/notice.c %D%/second_path.c %D%/second_path.h \
	%D%/noc.c \
	%D%/presence.c \
	%D%/publisher_private.h \
	%D%/retained.c
alerts_libalerts_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)

sbin_PROGRAMS += netzwacht-alerts
netzwacht_alerts_SOURCES = cli/alerts_main.c
netzwacht_alerts_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_alerts_LDADD = $(DAEMON_LIB) alerts/libalerts.a $(SQLITE_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)

SHARED_FROM_SOURCE += alerts=alerts
alertsdatadir = $(pkgdatadir)/alerts
dist_alertsdata_DATA = %D%/rules.yaml

netzwacht_SOURCES += cli/cmd_alerts.c cli/cmd_incidents.c cli/cmd_maintenance.c cli/cmd_rules.c cli/post.c cli/post.h
netzwacht_LDADD_FLOOR4 += alerts/libalerts.a $(SQLITE_LIBS)
