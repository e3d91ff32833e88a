/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client_key.h - a client's address as a number that means nothing without the key: SipHash-2-4 (Aumasson,
 * Bernstein 2012). Pure.
 *
 * The key comes from the system's generator when a parser starts, lives in its memory alone, and goes with
 * it: a parser lives at most a day. So a digest can be compared within a day and turned back by nobody. */
#ifndef NW_PROBES_CLIENT_KEY_H
#define NW_PROBES_CLIENT_KEY_H

#include <stddef.h>
#include <stdint.h>

struct client_key {
    uint64_t k0, k1;
};

uint64_t client_digest(const struct client_key *key, const void *bytes, size_t len);

#endif
