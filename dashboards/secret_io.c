/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret_io.c - libsodium. */
#include "dashboards/secret_io.h"

#include <sodium.h>
#include <string.h>

enum { ARGON2_PASSES = 3, ARGON2_BYTES = 64 * 1024 * 1024 };

enum err secret_init(void)
{
    return sodium_init() < 0 ? ERR_IO : ERR_OK;
}

void secret_token(char out[SECRET_HEX_SIZE])
{
    unsigned char bytes[32];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(out, SECRET_HEX_SIZE, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void secret_sha256(const void *bytes, size_t len, char out[SECRET_HEX_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, bytes, len);
    sodium_bin2hex(out, SECRET_HEX_SIZE, hash, sizeof hash);
}

bool secret_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}

enum err secret_password_hash(const char *password, char out[SECRET_PASSWORD_HASH_SIZE])
{
    _Static_assert(SECRET_PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for libsodium's string");
    return crypto_pwhash_str_alg(out, password, strlen(password), ARGON2_PASSES, ARGON2_BYTES,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0
               ? ERR_OK
               : ERR_NOMEM;
}

bool secret_password_verify(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

const char *secret_password_nobody(void)
{
    /* of 32 random bytes that were not kept */
    return "$argon2id$v=19$m=65536,t=3,p=1$oTqaKPmd9WTYURyv+ZhwrA$n0eSOc/Giu5hg9r0/"
           "giSQQbbW5CqQzugVSgvfAO0854";
}
