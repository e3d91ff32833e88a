/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns.h - a DNS responder as a function: answers A for its own name, nothing for its other types, NXDOMAIN
 * for everything else (RFC 1035). Pure. */
#ifndef NW_CITY_DNS_H
#define NW_CITY_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DNS_REPLY_MAX = 512 };

/* name: without a trailing dot. is_failing: SERVFAIL to everything. Returns the reply's length; 0: silence
 * (not a query of one question). */
size_t dns_answer(const void *query, size_t len, const char *name, uint32_t address, bool is_failing,
                  uint8_t reply[DNS_REPLY_MAX]);

#endif
