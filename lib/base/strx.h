/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strx.h - what libc's strings lack: numbers with a verdict, UTF-8, safe copies. */
#ifndef NW_BASE_STRX_H
#define NW_BASE_STRX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* The whole of s is a decimal number (no blanks, no sign for u64); ERR_MALFORMED or ERR_RANGE otherwise. */
enum err strx_to_u64(const char *s, uint64_t *out) NW_CHECKED;
enum err strx_to_i64(const char *s, int64_t *out) NW_CHECKED;
/* As above; a finite number with a point as separator, whatever the locale. */
enum err strx_to_double(const char *s, double *out) NW_CHECKED;

/* Copies s to out, at most size-1 bytes and always with a NUL. Returns false if it was cut. */
bool strx_copy(char *out, size_t size, const char *s);

/* malloc'ed printf; NULL when out of memory. */
char *strx_printf(const char *fmt, ...) NW_PRINTF(1, 2) NW_CHECKED;

bool strx_starts_with(const char *s, const char *prefix);
bool strx_ends_with(const char *s, const char *suffix);

/* An id of sites, hotspots, devices, links, services: [a-z0-9][a-z0-9._-]{0,63}. */
bool strx_is_id(const char *s);

enum { STRX_ID_SIZE = 65 };
/* An id made from a name: lower case, umlauts written out, everything else that an id may not have as "-", at
 * most 58 characters, so that a number can be put behind it. "" if nothing of the name is left. */
void strx_make_id(const char *name, char out[STRX_ID_SIZE]);

/* Appends len bytes as valid UTF-8 that a terminal only shows: control characters, U+0080 to U+009F among
 * them (a terminal takes those for the start of a sequence, too), become \xNN. */
void strx_put_visible(struct buf *out, const void *bytes, size_t len);

/* Appends len bytes as valid UTF-8: each invalid sequence (maximal subpart, Unicode 3.9) becomes U+FFFD,
 * NUL bytes too. */
void strx_put_utf8(struct buf *out, const void *bytes, size_t len);
bool strx_is_utf8(const void *bytes, size_t len);

/* Is this JSON text nested deeper than levels? Before a parser that would follow it. */
bool strx_is_nested(const char *json, size_t len, int levels);

/* Lower-case hexadecimal of len bytes. */
void strx_put_hex(struct buf *out, const void *bytes, size_t len);

#endif
