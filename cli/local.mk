# SPDX-License-Identifier: GPL-3.0-or-later
# netzwacht(1). A folder that brings a command adds its cmd_NAME.c and its archive in its own local.mk:
#   netzwacht_SOURCES += cli/cmd_poll.c
#   netzwacht_LDADD_FLOOR4 += collector/libcollector.a … (foreign libraries behind it)
bin_PROGRAMS += netzwacht
netzwacht_SOURCES += %D%/netzwacht.c %D%/command.h %D%/command_list.h
netzwacht_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS)
netzwacht_LDADD = $(netzwacht_LDADD_FLOOR4) $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
EXTRA_DIST += %D%/daemon.h
