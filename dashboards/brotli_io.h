/* SPDX-License-Identifier: GPL-3.0-or-later */
/* brotli_io.h - Brotli (RFC 7932); brotli_io.c is the only file that knows libbrotli. */
#ifndef NW_DASHBOARDS_BROTLI_IO_H
#define NW_DASHBOARDS_BROTLI_IO_H

#include <stddef.h>

#include "lib/base/err.h"

/* Compresses text that is written every few seconds: fast, and still smaller than gzip. *out is malloc'ed;
 * left alone on an error. ERR_NOMEM. */
enum err brotli_pack(const void *bytes, size_t len, unsigned char **out, size_t *out_len) NW_CHECKED;

#endif
