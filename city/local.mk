# SPDX-License-Identifier: GPL-3.0-or-later
# The simulated city: a program of its own that shares floors 0 to 2 with the product and nothing else.
noinst_LIBRARIES += city/libcity.a
city_libcity_a_SOURCES = \
	%D%/backfill.c %D%/backfill.h %D%/backfill_outages.c %D%/backfill_outages.h %D%/cmd_backfill.c \
	%D%/cmd_ctl.c %D%/cmd_run.c %D%/control.c %D%/control.h %D%/control_io.c %D%/control_io.h %D%/dns.c %D%/dns.h \
	%D%/incident.c %D%/incident.h %D%/portal.c %D%/portal.h %D%/tls_io.c %D%/tls_io.h %D%/udp_io.c %D%/udp_io.h \
	%D%/web_io.c %D%/web_io.h \
	%D%/agent.c %D%/agent.h %D%/flow.c %D%/flow.h %D%/hardware.c %D%/hardware.h %D%/mib.c %D%/mib.h %D%/mib_arubaos.c %D%/mib_if.c \
	%D%/mib_junos.c %D%/mib_linux.c %D%/mib_parts.h %D%/mib_unifi.c %D%/mib_ups.c %D%/sim.c %D%/sim.h \
	%D%/cmd_init.c %D%/command.h %D%/dir.c %D%/mistakes.c %D%/outline.c %D%/params.c %D%/plan.c %D%/plan.h %D%/plan_parts.h \
	%D%/streets.c %D%/tree.c %D%/write.c %D%/write.h
city_libcity_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS) $(SSL_CFLAGS) $(CRYPTO_CFLAGS)

sbin_PROGRAMS += netzwacht-city
netzwacht_city_SOURCES = %D%/main.c
netzwacht_city_LDADD = city/libcity.a $(SSL_LIBS) $(CRYPTO_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
