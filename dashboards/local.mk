# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += dashboards/libdashboards.a
dashboards_libdashboards_a_SOURCES = \
	%D%/api.c %D%/api.h %D%/api_availability.c %D%/api_events.c %D%/api_files.c %D%/api_history.c %D%/api_incidents.c %D%/api_maintenance.c %D%/api_poll.c \
	%D%/api_admin.c %D%/api_funnel.c %D%/api_json.c %D%/api_map.c %D%/api_monitor.c %D%/api_network.c %D%/api_series.c %D%/api_session.c %D%/api_sites.c %D%/api_topology.c \
	%D%/auth.c %D%/auth.h %D%/dashboard.c %D%/dashboard.h %D%/dashboard_internal.h %D%/dashboard_reload.c %D%/events.c %D%/events.h \
	%D%/files_io.c %D%/files_io.h %D%/http_blob.c %D%/http_io.c %D%/http_io.h %D%/http_io_internal.h %D%/http_io_connections.c %D%/http_io_server.c %D%/http_io_stream.c %D%/http_parse.c %D%/http_parse.h \
	%D%/json_io.c %D%/json_io.h %D%/newest.c %D%/newest.h %D%/relations.c %D%/relations.h %D%/network.c %D%/network.h \
	%D%/public.c %D%/public.h %D%/public_io.c %D%/public_io.h %D%/public_maintenance.c %D%/public_maintenance.h \
	%D%/public_bars.c %D%/public_data.c %D%/public_days.c %D%/public_days.h %D%/public_feed.c %D%/public_files.c %D%/public_files.h %D%/public_info.c %D%/public_lists.c %D%/public_map.c \
	%D%/public_page.c %D%/public_page.h %D%/public_parts.c %D%/public_parts.h %D%/role.c %D%/role.h %D%/routes.c %D%/routes.h \
	%D%/secret_io.c %D%/secret_io.h %D%/snapshot.c %D%/snapshot.h %D%/tail.c %D%/tail.h \
	%D%/throttle.c %D%/throttle.h %D%/totp_io.c %D%/totp_io.h %D%/users_io.c %D%/users_io.h %D%/worker.c %D%/worker.h \
	%D%/wiring.c %D%/wiring.h
dashboards_libdashboards_a_SOURCES += \
	%D%/api_reports.c %D%/public_server.c %D%/public_server.h %D%/report_form.c %D%/report_form.h \
	%D%/api_ogc.c %D%/api_ogc.h %D%/api_ogc_features.c %D%/geojson_index.c %D%/geojson_index.h %D%/ogc_query.c %D%/ogc_query.h \
	%D%/brotli_io.c %D%/brotli_io.h %D%/reply.c %D%/reply.h \
	%D%/api_self.c %D%/pulse.c %D%/pulse.h \
	%D%/api_firmware.c %D%/assets.c %D%/assets.h %D%/depends.c %D%/depends.h %D%/fleet.c %D%/fleet.h
dashboards_libdashboards_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(MHD_CFLAGS) $(SODIUM_CFLAGS) \
	$(SQLITE_CFLAGS) $(JANSSON_CFLAGS) $(ZLIB_CFLAGS) $(BROTLI_CFLAGS) $(CRYPTO_CFLAGS)
DASHBOARDS_LIBS = dashboards/libdashboards.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS) \
	$(MHD_LIBS) $(SODIUM_LIBS) $(SQLITE_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS) $(BROTLI_LIBS) $(CRYPTO_LIBS)

sbin_PROGRAMS += netzwacht-dashboard netzwacht-public
netzwacht_dashboard_SOURCES = cli/dashboard_main.c
netzwacht_dashboard_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_dashboard_LDADD = $(DAEMON_LIB) $(DASHBOARDS_LIBS)

netzwacht_public_SOURCES = cli/public_main.c
netzwacht_public_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_public_LDADD = $(DAEMON_LIB) $(DASHBOARDS_LIBS)
SHARED_FROM_SOURCE += public=dashboards/public
publicdir = $(pkgdatadir)/public
dist_public_DATA = %D%/public/status.css %D%/public/nearest.js

netzwacht_SOURCES += cli/cmd_token.c cli/cmd_user.c cli/users_db.c cli/users_db.h
netzwacht_LDADD_FLOOR4 += dashboards/libdashboards.a $(CRYPTO_LIBS)

# The description of the interface: YAML for people, JSON for programs.
noinst_PROGRAMS += dashboards/openapi-json
dashboards_openapi_json_SOURCES = %D%/openapi_io.c
dashboards_openapi_json_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
dashboards_openapi_json_LDADD = $(BASE_LIBS) $(YAML_LIBS)
share/openapi.json: docs/openapi.yaml dashboards/openapi-json$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) share && dashboards/openapi-json$(EXEEXT) < $(srcdir)/docs/openapi.yaml > $@.new && \
	mv $@.new $@
pkgdata_DATA = share/openapi.json
CLEANFILES += share/openapi.json
EXTRA_DIST += docs/openapi.yaml

include dashboards/web.mk
