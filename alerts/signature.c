/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signature.c - libsodium's HMAC-SHA-256. */
#include "alerts/signature.h"

#include <sodium.h>

void signature_hex(const void *key, size_t key_len, const void *body, size_t len, char out[SIGNATURE_SIZE])
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];

    crypto_auth_hmacsha256_init(&state, key, key_len);
    crypto_auth_hmacsha256_update(&state, body, len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(out, SIGNATURE_SIZE, mac, sizeof mac);
    sodium_memzero(&state, sizeof state);
}
