/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h - a growing run of bytes to write into, with a sticky error: write ten things, test once.
 *
 * After a failed write every later write does nothing and buf_error() says ERR_NOMEM or ERR_LIMIT.
 * A terminating NUL stands behind data (not counted in len) whenever data is not NULL. */
#ifndef NW_BASE_BUF_H
#define NW_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/err.h"

struct buf {
    char *data; /* NULL until the first write */
    size_t len, cap;
    size_t max; /* never longer than this; 0 = no bound */
    enum err error;
};

#define BUF_INIT                                                                                             \
    {                                                                                                        \
        0                                                                                                    \
    }

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
/* Writes all of it, flushes, and frees it in any case. ERR_IO; or the buffer's own error, and nothing is
 * written. */
enum err buf_print(struct buf *b, FILE *to) NW_CHECKED;
/* Appends all that is left to read. ERR_LIMIT: there is more than fits; ERR_IO, ERR_NOMEM. */
enum err buf_read(struct buf *b, FILE *from) NW_CHECKED;
/* The same, of the file at path; what open(2) says if there is none. */
enum err buf_read_file(struct buf *b, const char *path) NW_CHECKED;
void buf_clear(struct buf *b); /* length 0, error forgotten, memory kept */
enum err buf_error(const struct buf *b);

/* Hands the bytes over to the caller (free()), and leaves b empty. NULL if an error stuck. */
char *buf_take(struct buf *b);

void buf_put(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) NW_PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list args) NW_PRINTF(2, 0);
void buf_u8(struct buf *b, uint8_t v);
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);
void buf_le_double(struct buf *b, double v); /* IEEE 754 binary64 */

/* Makes room for len bytes, counts them as written and returns where they start; NULL on error. */
void *buf_extend(struct buf *b, size_t len);

#endif
