/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snappy_io.c - the only file that knows libsnappy. */
#include "lib/stores/snappy_io.h"

#include <snappy-c.h>

enum err snappy_pack(const void *bytes, size_t len, struct buf *out)
{
    size_t before = out->len, size = snappy_max_compressed_length(len);
    char *room = buf_extend(out, size);

    if (!room)
        return buf_error(out);
    if (snappy_compress(bytes, len, room, &size) != SNAPPY_OK)
        return ERR_NOMEM;
    out->len = before + size;
    return ERR_OK;
}
