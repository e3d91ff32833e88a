# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += lib/libbase.a lib/libruntime.a lib/libmodel.a lib/libstores.a

lib_libbase_a_SOURCES = \
	%D%/base/berlin.c %D%/base/berlin.h %D%/base/buf.c %D%/base/buf.h %D%/base/crc32c.c %D%/base/crc32c.h %D%/base/csv_in.c %D%/base/csv_in.h %D%/base/csv_out.c %D%/base/csv_out.h %D%/base/err.c %D%/base/err.h \
	%D%/base/json_out.c %D%/base/json_out.h %D%/base/log.c %D%/base/log.h %D%/base/map.c %D%/base/map.h \
	%D%/base/rng.h %D%/base/strx.c %D%/base/strx.h %D%/base/timex.c %D%/base/timex.h %D%/base/units.h \
	%D%/base/octets.h %D%/base/wire.c %D%/base/wire.h

lib_libruntime_a_SOURCES = \
	%D%/runtime/conf.c %D%/runtime/conf.h %D%/runtime/conf_write.c %D%/runtime/conf_write.h \
	%D%/runtime/curl_io.c %D%/runtime/curl_io.h %D%/runtime/curl_io_private.h \
	%D%/runtime/curl_io_stream.c %D%/runtime/curl_io_stream.h %D%/runtime/journal.c %D%/runtime/journal.h \
	%D%/runtime/mqtt_io.c %D%/runtime/mqtt_io.h \
	%D%/runtime/journal_reader.c %D%/runtime/journal_segment.c %D%/runtime/journal_segment.h \
	%D%/runtime/journal_tail.c %D%/runtime/loop.c %D%/runtime/loop.h \
	%D%/runtime/sd_listen.c %D%/runtime/sd_listen.h %D%/runtime/sd_notify.c %D%/runtime/sd_notify.h %D%/runtime/steady_clock.c %D%/runtime/steady_clock.h
lib_libruntime_a_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(MOSQUITTO_CFLAGS) $(CURL_CFLAGS)

lib_libmodel_a_SOURCES = \
	%D%/model/incident_json.c %D%/model/incident_json.h \
	%D%/model/inventory.c %D%/model/inventory.h %D%/model/inventory_schema.c \
	%D%/model/districts.c %D%/model/districts.h %D%/model/districts_read.c %D%/model/draft_tree.c %D%/model/draft_tree.h %D%/model/inventory_diff.c %D%/model/inventory_diff.h %D%/model/inventory_draft.c %D%/model/inventory_draft.h \
	%D%/model/inventory_match.c %D%/model/inventory_match.h %D%/model/inventory_write.c %D%/model/inventory_write.h %D%/model/metric.c %D%/model/metric.h %D%/model/metric_list.h \
	%D%/model/channel_settings.c %D%/model/channel_settings.h \
	%D%/model/record.c %D%/model/record.h %D%/model/record_head.c %D%/model/record_head.h %D%/model/settings.c %D%/model/settings.h \
	%D%/model/snmp_security.c %D%/model/snmp_security.h \
	%D%/model/state.c %D%/model/state.h %D%/model/state_list.h
lib_libmodel_a_SOURCES += %D%/model/record_json.c %D%/model/record_json.h
lib_libmodel_a_SOURCES += %D%/model/runbook.c %D%/model/runbook.h %D%/model/runbook_list.h
lib_libmodel_a_SOURCES += %D%/model/calendar.c %D%/model/calendar.h
lib_libmodel_a_SOURCES += %D%/model/firmware.c %D%/model/firmware.h
lib_libmodel_a_SOURCES += %D%/model/figure.c %D%/model/figure.h %D%/model/figure_list.h
lib_libmodel_a_SOURCES += %D%/model/topology.c %D%/model/topology.h %D%/model/topology_check.c %D%/model/topology_graph.c \
	%D%/model/topology_index.c %D%/model/topology_internal.h %D%/model/contradiction_list.h
nodist_lib_libmodel_a_SOURCES = lib/model/journal.pb-c.c lib/model/journal.pb-c.h
lib_libmodel_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)

lib_libstores_a_SOURCES = \
	%D%/stores/availability.c %D%/stores/availability.h \
	%D%/stores/history.h %D%/stores/history_io.c %D%/stores/history_io_db.h %D%/stores/history_io_query.c
lib_libstores_a_SOURCES += %D%/stores/month.c %D%/stores/month.h %D%/stores/month_file.c
lib_libstores_a_SOURCES += %D%/stores/history_io_assets.c %D%/stores/history_io_reports.c %D%/stores/history_io_schema.c
lib_libstores_a_SOURCES += %D%/stores/export.c %D%/stores/export.h %D%/stores/export_text.c %D%/stores/export_text.h \
	%D%/stores/snappy_io.c %D%/stores/snappy_io.h
lib_libstores_a_SOURCES += %D%/stores/series.h \
	%D%/stores/rrd_index.c %D%/stores/rrd_index.h %D%/stores/rrd_io.c %D%/stores/rrd_io.h \
	%D%/stores/rrd_io_fill.c %D%/stores/rrd_io_foreign.c %D%/stores/rrd_io_new.c %D%/stores/rrd_io_write.c %D%/stores/rrd_layout.c %D%/stores/rrd_layout.h %D%/stores/rrd_map.c %D%/stores/rrd_map.h \
	%D%/stores/series.c %D%/stores/series_child.c %D%/stores/series_child.h \
	%D%/stores/series_grid.c %D%/stores/series_grid.h %D%/stores/series_heads.c %D%/stores/series_heads.h \
	%D%/stores/series_months.c %D%/stores/series_months.h \
	%D%/stores/series_message.c %D%/stores/series_message.h %D%/stores/series_refresh.h \
	%D%/stores/series_sandbox.c %D%/stores/series_worker.c
lib_libstores_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(RRD_CFLAGS) $(SQLITE_CFLAGS) $(SNAPPY_CFLAGS)

# What a program of floor f links: its archive, then these, in this order.
STORES_LIBS = lib/libstores.a $(RRD_LIBS) $(SQLITE_LIBS)
MODEL_LIBS = lib/libmodel.a $(PROTOBUF_C_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS)
RUNTIME_LIBS = lib/libruntime.a $(YAML_LIBS) $(MOSQUITTO_LIBS) $(CURL_LIBS)
BASE_LIBS = lib/libbase.a

EXTRA_DIST += %D%/model/journal.proto
BUILT_SOURCES += lib/model/journal.pb-c.h
CLEANFILES += lib/model/journal.pb-c.c lib/model/journal.pb-c.h
lib/model/journal.pb-c.c: lib/model/journal.pb-c.h
	@:
lib/model/journal.pb-c.h: %D%/model/journal.proto
	$(AM_V_GEN)$(MKDIR_P) lib/model && $(PROTOC_C) --c_out=lib/model -I$(srcdir)/%D%/model $(srcdir)/%D%/model/journal.proto

# share/ of a build tree holds what would be installed under $(pkgdatadir), so that programs run uninstalled.
LOCAL_ALL += share/.stamp
share/.stamp: Makefile
	$(AM_V_GEN)$(MKDIR_P) share && \
	for entry in $(SHARED_FROM_SOURCE); do \
	  rm -f share/$${entry%%=*} && $(LN_S) $(abs_top_srcdir)/$${entry#*=} share/$${entry%%=*} || exit 1; \
	done && touch $@
CLEANFILES += share/.stamp
