# SPDX-License-Identifier: GPL-3.0-or-later
# The simulated city: a program of its own that shares floors 0 to 2 with the product and nothing else.
noinst_LIBRARIES += city/libcity.a
city_libcity_a_SOURCES = \
	%D%/cmd_init.c %D%/command.h %D%/dir.c %D%/outline.c %D%/params.c %D%/plan.c %D%/plan.h %D%/plan_parts.h \
	%D%/streets.c %D%/tree.c %D%/write.c %D%/write.h
city_libcity_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(JANSSON_CFLAGS)

sbin_PROGRAMS += netzwacht-city
netzwacht_city_SOURCES = %D%/main.c
netzwacht_city_LDADD = city/libcity.a $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
