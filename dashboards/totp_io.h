/* SPDX-License-Identifier: GPL-3.0-or-later */
/* totp_io.h - the second factor: time-based one-time passwords (RFC 6238) with HMAC-SHA-1, six digits and
 * steps of 30 s, as every authenticator app has them; totp_io.c knows libcrypto. Pure apart from it. */
#ifndef NW_DASHBOARDS_TOTP_IO_H
#define NW_DASHBOARDS_TOTP_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum { TOTP_DIGITS = 6, TOTP_CODE_SIZE = TOTP_DIGITS + 1, TOTP_SECRET_SIZE = 33 }; /* 20 bytes in base32 */

/* 160 random bits in base32 (RFC 4648 section 6). ERR_IO: no random numbers. */
enum err totp_secret_new(char out[TOTP_SECRET_SIZE]) NW_CHECKED;
/* The code of one step, counted from 1970 (RFC 4226 section 5.3). ERR_MALFORMED: the secret is no base32. */
enum err totp_code(const char *secret, uint64_t step, char out[TOTP_CODE_SIZE]) NW_CHECKED;
/* Is code that of now, or of the step before or after it (clocks differ), and of a step behind *last? Then
 * *last becomes that step: no code is good twice. */
bool totp_verify(const char *secret, const char *code, ns_t wall, int64_t *last);
/* What an authenticator app reads as a QR code: otpauth://totp/netzwacht:NAME?… Appends. */
void totp_uri(struct buf *b, const char *secret, const char *name);

#endif
