# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += collector/libcollector.a
collector_libcollector_a_SOURCES = \
	%D%/decode.h %D%/profile.h \
	%D%/snmp_client.c %D%/snmp_client.h \
	%D%/snmp_io.c %D%/snmp_io.h \
	%D%/snmp_pdu.c %D%/snmp_pdu.h \
	%D%/varbind.c %D%/varbind.h
collector_libcollector_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
