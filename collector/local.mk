# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += collector/libcollector.a
collector_libcollector_a_SOURCES = \
	%D%/decode.h %D%/profile.h %D%/varbind.c %D%/varbind.h
collector_libcollector_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
