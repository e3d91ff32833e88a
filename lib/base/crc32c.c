/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32c.c - CRC-32C, by the SSE 4.2 instruction where the processor has it. Pure. */
#include "lib/base/crc32c.h"

#include <stdbool.h>
#include <string.h>

static uint32_t crc_bitwise_table(uint8_t index)
{
    uint32_t crc = index;

    for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    return crc;
}

static uint32_t crc_portable(uint32_t crc, const uint8_t *p, size_t len)
{
    for (; len; len--)
        crc = crc >> 8 ^ crc_bitwise_table((uint8_t)(crc ^ *p++));
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc_sse42(uint32_t crc, const uint8_t *p, size_t len)
{
    uint64_t wide = crc;

    for (; len >= 8; len -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; len; len--)
        crc = _mm_crc32_u8(crc, *p++);
    return crc;
}
#endif

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_sse42(crc, data, len);
#endif
    return ~crc_portable(crc, data, len);
}
