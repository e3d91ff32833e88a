/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret_io.h - passwords, tokens, hashes; secret_io.c is the only file of this folder that knows libsodium.
 */
#ifndef NW_DASHBOARDS_SECRET_IO_H
#define NW_DASHBOARDS_SECRET_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

enum { SECRET_HEX_SIZE = 65, SECRET_PASSWORD_HASH_SIZE = 128 };

/* Once, before anything else here. ERR_IO: no random numbers. */
enum err secret_init(void) NW_CHECKED;

/* 256 random bits as 64 hexadecimal digits. */
void secret_token(char out[SECRET_HEX_SIZE]);
/* SHA-256 of the bytes as 64 hexadecimal digits. */
void secret_sha256(const void *bytes, size_t len, char out[SECRET_HEX_SIZE]);
/* Without telling by its duration where they differ. */
bool secret_equal(const char *a, const char *b);
void secret_wipe(void *bytes, size_t len);

/* Argon2id, 64 MiB, three passes: about 0.1 s and thread-safe; never on the loop. ERR_NOMEM. */
enum err secret_password_hash(const char *password, char out[SECRET_PASSWORD_HASH_SIZE]) NW_CHECKED;
bool secret_password_verify(const char *hash, const char *password);
/* A hash that no password fits, of the same cost: for users that do not exist. */
const char *secret_password_nobody(void);

#endif
