/* SPDX-License-Identifier: GPL-3.0-or-later */
/* octets.h - comparing and copying a few octets, in line: for the length of an OID or a value a call of
 * memcmp() or memcpy() costs more than its work. Any length is right; long ones are slower than with libc. */
#ifndef NW_BASE_OCTETS_H
#define NW_BASE_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool octets_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t x, y, differ = 0;
    size_t i = 0;

    if (len < sizeof x) {
        for (; i < len; i++)
            differ |= a[i] ^ b[i];
        return differ == 0;
    }
    for (; i + sizeof x < len; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        differ |= x ^ y;
    }
    memcpy(&x, a + len - sizeof x, sizeof x);
    memcpy(&y, b + len - sizeof y, sizeof y);
    return (differ | (x ^ y)) == 0;
}

/* They must not overlap. */
static inline void octets_copy(uint8_t *to, const uint8_t *from, size_t len)
{
    uint64_t word;
    size_t i = 0;

    if (len < sizeof word) {
        for (; i < len; i++)
            to[i] = from[i];
        return;
    }
    for (; i + sizeof word < len; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        memcpy(to + i, &word, sizeof word);
    }
    memcpy(&word, from + len - sizeof word, sizeof word);
    memcpy(to + len - sizeof word, &word, sizeof word);
}

#endif
