# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += probes/libprobes.a

probes_libprobes_a_SOURCES = \
	%D%/capture.c %D%/capture.h %D%/capture_print.c %D%/capture_state.h %D%/counter_list.h \
	%D%/frame.c %D%/frame.h %D%/funnel.c %D%/funnel.h %D%/pcap_io.c %D%/pcap_io.h \
	%D%/read_dhcp.c %D%/read_dns.c %D%/read_eapol.c %D%/read_ip.c %D%/read_link.c %D%/read_radius.c \
	%D%/read_transport.c %D%/read_wlan.c %D%/sketch.c %D%/sketch.h
probes_libprobes_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS) $(PCAP_CFLAGS)

netzwacht_SOURCES += cli/cmd_capture.c
netzwacht_LDADD_FLOOR4 += probes/libprobes.a $(PCAP_LIBS)
