/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap_engine_io.h - who we are to the senders of SNMPv3 informs: an snmpEngineID that stays, and
 * snmpEngineBoots, which grows with every start before anything is received (RFC 3414, 2.2.2). Both lie in
 * one file of the state directory, so that neither outlives the other:
 *
 *   engine_id 80000000056e65747a77616368740123456789ab…
 *   boots 12 */
#ifndef NW_COLLECTOR_TRAP_ENGINE_IO_H
#define NW_COLLECTOR_TRAP_ENGINE_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/trap_v3.h"
#include "lib/base/err.h"

/* Text of such a file to numbers. ERR_MALFORMED, ERR_RANGE. started is not set. */
enum err trap_engine_parse(const char *text, size_t len, struct trap_v3_local *out) NW_CHECKED;

/* Reads path, counts this start, and returns when that is on the disk; started is not set. Without a file, or
 * with one that cannot be understood (*was_damaged), a new engine ID is made and boots begin at 1: keys are
 * localised with the engine ID, so nothing that was recorded before fits. An error: it cannot be written;
 * then no inform may be taken. */
enum err trap_engine_start(const char *path, struct trap_v3_local *out, bool *was_damaged) NW_CHECKED;

#endif
