/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest_io.c - libcrypto's digests and random numbers. */
#include "probes/digest_io.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>

enum err digest_md5(const struct digest_part *parts, size_t count, uint8_t out[DIGEST_MD5])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_done = ctx && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1;

    for (size_t i = 0; is_done && i < count; i++)
        is_done = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1;
    is_done = is_done && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return is_done ? ERR_OK : ERR_UNSUPPORTED;
}

enum err digest_hmac_md5(const void *key, size_t key_len, const void *data, size_t len,
                         uint8_t out[DIGEST_MD5])
{
    if (key_len > INT_MAX)
        return ERR_RANGE;
    return HMAC(EVP_md5(), key, (int)key_len, data, len, out, NULL) ? ERR_OK : ERR_UNSUPPORTED;
}

enum err digest_random(void *out, size_t len)
{
    return len <= INT_MAX && RAND_bytes(out, (int)len) == 1 ? ERR_OK : ERR_IO;
}

int digest_differs(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len);
}
