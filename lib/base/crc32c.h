/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32c.h - CRC-32C (Castagnoli), RFC 3720 appendix B.4; "123456789" gives 0xe3069283. */
#ifndef NW_BASE_CRC32C_H
#define NW_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc is 0 for the first piece, or the result of the piece before. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
