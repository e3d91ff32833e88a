/* SPDX-License-Identifier: GPL-3.0-or-later */
/* totp_io.c - libcrypto's HMAC and random numbers. */
#include "dashboards/totp_io.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "dashboards/secret_io.h"

enum { SECRET_BYTES = 20, STEP_SECONDS = 30 };
#define CODE_MODULUS 1000000u

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

enum err totp_secret_new(char out[TOTP_SECRET_SIZE])
{
    unsigned char bytes[SECRET_BYTES];
    size_t n = 0;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return ERR_IO;
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit += 5) {
        unsigned value = (unsigned)bytes[bit / 8] << 8;
        if (bit / 8 + 1 < sizeof bytes)
            value |= bytes[bit / 8 + 1];
        out[n++] = base32[value >> (11 - bit % 8) & 31];
    }
    out[n] = '\0';
    secret_wipe(bytes, sizeof bytes);
    return ERR_OK;
}

static enum err decode(const char *secret, unsigned char out[SECRET_BYTES])
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t n = 0;

    if (strlen(secret) != TOTP_SECRET_SIZE - 1)
        return ERR_MALFORMED;
    for (; *secret; secret++) {
        const char *at = strchr(base32, *secret);
        if (!at)
            return ERR_MALFORMED;
        bits = bits << 5 | (uint32_t)(at - base32);
        held += 5;
        if (held >= 8) {
            held -= 8;
            out[n++] = (unsigned char)(bits >> held);
        }
    }
    return ERR_OK;
}

enum err totp_code(const char *secret, uint64_t step, char out[TOTP_CODE_SIZE])
{
    unsigned char key[SECRET_BYTES], message[8], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    enum err e = decode(secret, key);

    if (e)
        return e;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (unsigned char)(step >> (56 - 8 * i));
    if (!HMAC(EVP_sha1(), key, sizeof key, message, sizeof message, mac, &len) || len < 20) {
        e = ERR_IO;
    } else {
        const unsigned char *at = mac + (mac[len - 1] & 15);
        uint32_t value =
            ((uint32_t)at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
        snprintf(out, TOTP_CODE_SIZE, "%06u", value % CODE_MODULUS);
    }
    secret_wipe(key, sizeof key);
    return e;
}

bool totp_verify(const char *secret, const char *code, ns_t wall, int64_t *last)
{
    int64_t now = wall / (STEP_SECONDS * SECONDS), fitting = -1;
    char expected[TOTP_CODE_SIZE];

    for (int64_t step = now - 1; step <= now + 1; step++) {
        if (step > *last && totp_code(secret, (uint64_t)step, expected) == ERR_OK &&
            secret_equal(expected, code))
            fitting = step;
    }
    if (fitting < 0)
        return false;
    *last = fitting;
    return true;
}

void totp_uri(struct buf *b, const char *secret, const char *name)
{
    buf_printf(b, "otpauth://totp/netzwacht:%s?secret=%s&issuer=netzwacht&digits=%d&period=%d", name, secret,
               TOTP_DIGITS, STEP_SECONDS);
}
