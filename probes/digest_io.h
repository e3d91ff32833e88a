/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest_io.h - MD5, HMAC-MD5 and unpredictable octets, of libcrypto: what RADIUS is made of. */
#ifndef NW_PROBES_DIGEST_IO_H
#define NW_PROBES_DIGEST_IO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { DIGEST_MD5 = 16 };

struct digest_part {
    const void *data;
    size_t len;
};

/* Over the parts one after the other. ERR_UNSUPPORTED: the system's libcrypto forbids MD5 (FIPS). */
enum err digest_md5(const struct digest_part *parts, size_t count, uint8_t out[DIGEST_MD5]) NW_CHECKED;
enum err digest_hmac_md5(const void *key, size_t key_len, const void *data, size_t len,
                         uint8_t out[DIGEST_MD5]) NW_CHECKED;
enum err digest_random(void *out, size_t len) NW_CHECKED;
/* In a time that does not tell where they differ. */
int digest_differs(const void *a, const void *b, size_t len);

#endif
