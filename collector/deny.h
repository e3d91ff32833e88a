/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deny.h - columns that identify people's devices: no profile may ask for them, so they never reach memory.
 */
#ifndef NW_COLLECTOR_DENY_H
#define NW_COLLECTOR_DENY_H

#include <stddef.h>
#include <stdint.h>

/* NULL if the OID may be read; else what would be right, for an error message. An OID above a denied table
 * is denied too: walking it would pass through. */
const char *deny_reason(const uint32_t *oid, size_t len);
/* How many numbers of the OID are the denied subtree that it lies in; 0: it lies in none. */
size_t deny_depth(const uint32_t *oid, size_t len);

#endif
