/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_rest.h - what a reader of a REST interface is: it names the next page and takes its bytes. Pure;
 * who fetches is import_fetch.h. Also what may be fetched at all. */
#ifndef NW_CLI_IMPORT_REST_H
#define NW_CLI_IMPORT_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

enum { IMPORT_PROBLEM_SIZE = 512, IMPORT_PAGES_MAX = 4000 };

struct import_reader {
    void *ctx;
    const char *system; /* "NetBox" */
    /* How the token is sent: "Authorization: Token " */
    const char *(*header)(const char *token);
    /* URL of the next page: relative to the base ("/api/…"), or absolute as the system named it; NULL: done.
     */
    const char *(*next)(void *ctx);
    /* The body of that page. ERR_MALFORMED, ERR_LIMIT: problem says what was wrong. */
    enum err (*take)(void *ctx, const char *body, size_t len, char problem[IMPORT_PROBLEM_SIZE]);
    /* The body of a 404 in its place: ERR_OK if that is how the system says that there is nothing. May be
     * NULL. */
    enum err (*take_nothing)(void *ctx, const char *body, size_t len);
};

/* http:// or https://, a host, no user or password, nothing that is no URL. NULL, or what was expected. */
const char *import_url_problem(const char *url);
bool import_url_is_plain(const char *url); /* http:// */
/* Scheme, host (in any case) and port (80, 443 if not given) are the same. */
bool import_url_same_origin(const char *a, const char *b);
/* base and path ("/api/…") with one slash between; an absolute path as it is. malloc'ed, NULL: no memory. */
char *import_url_join(const char *base, const char *path);

#endif
