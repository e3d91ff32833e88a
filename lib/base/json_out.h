/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_out.h - writes JSON (RFC 8259) into a buf, commas and escapes done.
 *
 * Strings are bytes from anywhere: invalid UTF-8 becomes U+FFFD; < > & ' and U+2028/9 are written as
 * \uNNNN, so that the text is safe inside HTML too. A number that is NaN or infinite is written as null.
 * Reading JSON is jansson's job. */
#ifndef NW_BASE_JSON_OUT_H
#define NW_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/units.h"

struct json_out {
    struct buf *to;  /* borrowed; its sticky error is the error of the whole text */
    bool has_member; /* a comma is due before the next member or element */
};

void json_init(struct json_out *j, struct buf *to);

/* key NULL: an element of an array, or the whole text. */
void json_object_begin(struct json_out *j, const char *key);
void json_object_end(struct json_out *j);
void json_array_begin(struct json_out *j, const char *key);
void json_array_end(struct json_out *j);
void json_string(struct json_out *j, const char *key, const char *value); /* NULL is written as null */
void json_bytes(struct json_out *j, const char *key, const void *bytes, size_t len);
void json_int(struct json_out *j, const char *key, int64_t value);
void json_uint(struct json_out *j, const char *key, uint64_t value);
void json_double(struct json_out *j, const char *key, double value); /* shortest text that reads back equal */
void json_fixed(struct json_out *j, const char *key, double value, int decimals);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
/* RFC 3339 UTC with milliseconds, as the MQTT contract wants; 0 is written as null. */
void json_time(struct json_out *j, const char *key, ns_t wall);
/* text is JSON already. */
void json_raw(struct json_out *j, const char *key, const char *text);

#endif
