# SPDX-License-Identifier: GPL-3.0-or-later
# netzwacht(1). A folder that brings a command adds its cmd_NAME.c and its archive in its own local.mk:
#   netzwacht_SOURCES += cli/cmd_poll.c
#   netzwacht_LDADD_FLOOR4 += collector/libcollector.a … (foreign libraries behind it)
bin_PROGRAMS += netzwacht
netzwacht_SOURCES += %D%/netzwacht.c %D%/command.h %D%/command_list.h \
	%D%/cmd_check.c %D%/cmd_demo.c %D%/cmd_report.c %D%/cmd_up.c %D%/demo_plan.c %D%/demo_plan.h \
	%D%/janitor.c %D%/janitor.h %D%/programs.h %D%/supervisor.c %D%/supervisor.h
netzwacht_CPPFLAGS = $(AM_CPPFLAGS) -DNW_SBINDIR=\"$(sbindir)\" -DNW_BINDIR=\"$(bindir)\"
netzwacht_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(SODIUM_CFLAGS)
netzwacht_LDADD = $(netzwacht_LDADD_FLOOR4) $(STORES_LIBS) $(SNAPPY_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)

# A daemon: netzwacht_store_LDADD = $(DAEMON_LIB) collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) …
noinst_LIBRARIES += cli/libdaemon.a
cli_libdaemon_a_SOURCES = %D%/daemon.c %D%/daemon.h
cli_libdaemon_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
DAEMON_LIB = cli/libdaemon.a
netzwacht_SOURCES += %D%/cmd_journal.c

# What `netzwacht device import` reads; an archive, so that tests and fuzz targets read the same.
noinst_LIBRARIES += cli/libimport.a
cli_libimport_a_SOURCES = %D%/import_csv.c %D%/import_csv.h %D%/import_json.c %D%/import_json.h \
	%D%/import_librenms.c %D%/import_librenms.h %D%/import_netbox.c %D%/import_netbox.h \
	%D%/import_rest.c %D%/import_rest.h
cli_libimport_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
netzwacht_SOURCES += %D%/cmd_device.c %D%/device.h %D%/device_add.c %D%/device_districts.c %D%/device_import.c %D%/import_fetch.c %D%/import_fetch.h \
	%D%/inventory_edit.c %D%/inventory_edit.h %D%/inventory_edit_show.c
netzwacht_LDADD_FLOOR4 += cli/libimport.a
netzwacht_SOURCES += %D%/cmd_import.c
netzwacht_LDADD_FLOOR4 += collector/libstore.a
netzwacht_SOURCES += %D%/cmd_export.c %D%/export_push.c %D%/export_push.h
netzwacht_SOURCES += %D%/cmd_noc.c %D%/noc_book.c %D%/noc_book.h %D%/noc_show.c %D%/noc_show.h
