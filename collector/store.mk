# SPDX-License-Identifier: GPL-3.0-or-later
# The store is a program of its own: it shares nothing with the collector but the folder.
noinst_LIBRARIES += collector/libstore.a
collector_libstore_a_SOURCES = \
	%D%/store.c %D%/store.h %D%/store_before.c %D%/store_before.h %D%/store_beat.c %D%/store_private.h %D%/store_files.c %D%/store_files.h %D%/store_parts.c %D%/store_parts.h \
	%D%/store_import.c %D%/store_import.h \
	%D%/store_months.c %D%/store_months.h \
	%D%/store_rows.c %D%/store_rows.h %D%/store_sources.c %D%/store_sources.h
collector_libstore_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
sbin_PROGRAMS += netzwacht-store
netzwacht_store_SOURCES = cli/store_main.c
netzwacht_store_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_store_LDADD = $(DAEMON_LIB) collector/libstore.a $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
