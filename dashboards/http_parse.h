/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_parse.h - request targets, queries and cookies taken apart. Pure; input is hostile.
 *
 * Everything is bounded: a target of at most 8 KiB, 32 parameters. Percent-escapes are undone once; a NUL, a
 * control character, an overlong or otherwise invalid UTF-8 sequence, or an escape that is none makes the
 * whole target ERR_MALFORMED. */
#ifndef NW_DASHBOARDS_HTTP_PARSE_H
#define NW_DASHBOARDS_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { HTTP_TARGET_MAX = 8192, HTTP_PARAMS_MAX = 32 };

struct http_param {
    const char *name, *value; /* decoded, NUL-terminated */
};

struct http_target {
    char *path; /* decoded, begins with '/' */
    struct http_param params[HTTP_PARAMS_MAX];
    size_t param_count;
    char *memory;
};

/* text: the request target as sent, origin form ("/path?query"); other forms are ERR_MALFORMED. ERR_LIMIT:
 * too long or too many parameters. On success free with http_target_fini(). */
enum err http_target_parse(const char *text, size_t len, struct http_target *out) NW_CHECKED;
void http_target_fini(struct http_target *t);
/* The first parameter of that name, or NULL. */
const char *http_target_param(const struct http_target *t, const char *name);

/* Is a header what RFC 9110 lets it be: a token as name (5.6.2), no control character but TAB in the value
 * (5.5)? What one party takes for a header and another one does not is how requests are smuggled. */
bool http_field_fits(const char *name, size_t name_len, const char *value, size_t value_len);
/* Is this a host with or without a port (RFC 3986, 3.2.2)? "" is one: of an address that has none. */
bool http_host_fits(const char *host, size_t len);

/* Copies the value of one cookie of a Cookie header (RFC 6265, 4.2) to out. false: not there, or longer than
 * size - 1, or with characters that a cookie value cannot have. */
bool http_cookie_get(const char *header, const char *name, char *out, size_t size);

/* Does an If-None-Match header (RFC 9110, 13.1.2) name this entity tag (with its quotes)? Weak comparison. */
bool http_etag_matches(const char *header, const char *etag);

/* Does the Accept header prefer this media type by naming it (no quality arithmetic)? */
bool http_accepts(const char *header, const char *type);

/* Does Accept-Encoding name this coding ("gzip", "br")? "gzip;q=0" does not allow it; "*" is not taken for
 * it. */
bool http_accepts_coding(const char *header, const char *coding);

#endif
