/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unread.h - shows a device's answers to collector/survey: all of a recording, or all that an agent has. */
#ifndef NW_CLI_UNREAD_H
#define NW_CLI_UNREAD_H

#include "collector/snmp_client.h"
#include "collector/snmp_io.h"
#include "collector/survey.h"
#include "lib/base/err.h"
#include "lib/runtime/loop.h"

/* A list of MIB objects: lines "OID<TAB>name", further fields are not looked at. What is wrong is logged. */
enum err unread_names(struct survey *s, const char *path) NW_CHECKED;
enum err unread_recording(struct survey *s, const char *path) NW_CHECKED;
/* Walks the agent: at most 200,000 values and two minutes; a walk that breaks is logged. Subtrees of the
 * deny-list are stepped over. */
enum err unread_live(struct survey *s, struct loop *l, struct snmp_io *io, struct snmp_peer *peer) NW_CHECKED;

#endif
