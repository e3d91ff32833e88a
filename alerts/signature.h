/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signature.h - HMAC-SHA-256 (RFC 2104, FIPS 180-4) in hex: what a receiver knows a message of ours by. Pure.
 */
#ifndef NW_ALERTS_SIGNATURE_H
#define NW_ALERTS_SIGNATURE_H

#include <stddef.h>

enum { SIGNATURE_SIZE = 65 };

void signature_hex(const void *key, size_t key_len, const void *body, size_t len, char out[SIGNATURE_SIZE]);

#endif
