/* SPDX-License-Identifier: GPL-3.0-or-later */
/* brotli_io.c - calls libbrotli. */
#include "dashboards/brotli_io.h"

#include <brotli/encode.h>
#include <stdlib.h>

/* Of 0 to 11: from 6 on it takes more time than gzip at its own 6. */
enum { QUALITY = 5 };

enum err brotli_pack(const void *bytes, size_t len, unsigned char **out, size_t *out_len)
{
    size_t room = BrotliEncoderMaxCompressedSize(len);
    unsigned char *packed = malloc(room ? room : 1);

    if (!packed)
        return ERR_NOMEM;
    if (!room ||
        !BrotliEncoderCompress(QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, len, bytes, &room, packed)) {
        free(packed);
        return ERR_NOMEM;
    }
    *out = packed;
    *out_len = room;
    return ERR_OK;
}
