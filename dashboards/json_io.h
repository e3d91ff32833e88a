/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_io.h - request bodies as JSON objects of texts; json_io.c knows jansson. */
#ifndef NW_DASHBOARDS_JSON_IO_H
#define NW_DASHBOARDS_JSON_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct json_body; /* opaque */

/* One object, at most 8 levels, no duplicate keys, no NUL in strings. An empty text is an empty object. */
enum err json_body_parse(const char *text, size_t len, struct json_body **out) NW_CHECKED;
void json_body_free(struct json_body *b);
/* A string member; NULL: not there, not a string, or longer than max bytes. Borrowed. */
const char *json_body_text(const struct json_body *b, const char *key, size_t max);

/* False: it is there, but neither true nor false (nor null, which is false). */
bool json_body_bool(const struct json_body *b, const char *key, bool *out);

/* Appends one member of an object, as JSON text; the text may be large. ERR_NOT_FOUND: there is none. */
enum err json_member(const char *text, size_t len, const char *key, struct buf *out) NW_CHECKED;

#endif
