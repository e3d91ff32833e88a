# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += probes/libprobes.a

probes_libprobes_a_SOURCES = \
	%D%/allow.c %D%/allow.h \
	%D%/capture.c %D%/capture.h %D%/capture_print.c %D%/capture_state.h %D%/counter_list.h \
	%D%/frame.c %D%/frame.h %D%/funnel.c %D%/funnel.h %D%/live.c %D%/live.h %D%/pcap_io.c %D%/pcap_io.h %D%/privd.c %D%/privd.h %D%/privacy.c %D%/privacy.h \
	%D%/probe_commands.c %D%/probe_commands.h %D%/probe_dns.c %D%/probe_dns.h \
	%D%/probe_icmp.c %D%/probe_icmp.h %D%/probe_portal.c %D%/probe_portal.h \
	%D%/probe_radius.c %D%/probe_radius.h %D%/digest_io.c %D%/digest_io.h %D%/probe_ntp.c %D%/probe_ntp.h %D%/probe_steps.c %D%/probe_steps.h %D%/probe_tls.c %D%/probe_tls.h \
	%D%/prober.c %D%/prober.h %D%/prober_private.h %D%/prober_targets.c \
	%D%/read_dhcp.c %D%/read_dns.c %D%/read_eapol.c %D%/read_ip.c %D%/read_link.c %D%/read_radius.c \
	%D%/read_transport.c %D%/read_wlan.c %D%/run_dns.c %D%/run_ntp.c %D%/run_ping.c %D%/run_radius.c %D%/run_steps.c %D%/run_tcp.c %D%/run_udp.c %D%/run_udp.h %D%/run_web.c \
	%D%/schedule.c %D%/schedule.h %D%/sketch.c %D%/sketch.h %D%/sock_io.c %D%/sock_io.h %D%/tls_io.c %D%/tls_io.h %D%/web_service.c %D%/web_service.h
include probes/passive.mk
probes_libprobes_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS) $(PCAP_CFLAGS) $(SSL_CFLAGS) $(CRYPTO_CFLAGS)

netzwacht_SOURCES += cli/cmd_capture.c cli/cmd_privacy_report.c
netzwacht_LDADD_FLOOR4 += probes/libprobes.a $(PCAP_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

sbin_PROGRAMS += netzwacht-probe
netzwacht_probe_SOURCES = cli/probe_main.c
netzwacht_probe_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_probe_LDADD = $(DAEMON_LIB) probes/libprobes.a $(PCAP_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
