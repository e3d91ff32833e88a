/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snappy_io.h - compresses for Prometheus remote-write (snappy's block format); nobody else includes
 * snappy-c.h.
 */
#ifndef NW_STORES_SNAPPY_IO_H
#define NW_STORES_SNAPPY_IO_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Appends. ERR_NOMEM, or buf_error(out). */
enum err snappy_pack(const void *bytes, size_t len, struct buf *out) NW_CHECKED;

#endif
