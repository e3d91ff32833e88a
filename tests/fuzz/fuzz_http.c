/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_http.c - what a browser may send: target and route, cookie, tags, encodings, a JSON body. First byte
 * of the input: which. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/http_parse.h"
#include "dashboards/json_io.h"
#include "dashboards/routes.h"
#include "lib/base/strx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted has no control characters, is valid UTF-8, and ends up at one route or none. */
static void fuzz_target(const char *text, size_t len)
{
    static const enum role roles[] = {ROLE_PUBLIC, ROLE_PLANNER, ROLE_ADMIN};
    char param[ROUTE_PARAM_SIZE];
    const struct route *route;
    struct http_target t;

    if (http_target_parse(text, len, &t))
        return;
    if (t.path[0] != '/' || !strx_is_utf8(t.path, strlen(t.path)) || t.param_count > HTTP_PARAMS_MAX)
        abort();
    for (size_t i = 0; i < t.param_count; i++)
        if (!strx_is_utf8(t.params[i].value, strlen(t.params[i].value)) ||
            !http_target_param(&t, t.params[i].name))
            abort();
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        if (routes_find(HTTP_GET, t.path, roles[i], &route, param) == ROUTE_FOUND &&
            !(route->roles & roles[i]))
            abort();
    http_target_fini(&t);
}

static void fuzz_header(const char *text)
{
    char out[65];

    if (http_cookie_get(text, "nw_session", out, sizeof out) && strpbrk(out, " ;,\"\\"))
        abort();
    (void)http_etag_matches(text, "\"0123456789abcdef\"");
    (void)http_accepts(text, "text/csv");
    (void)http_accepts_coding(text, "gzip");
}

static void fuzz_body(const char *text, size_t len)
{
    struct json_body *b = NULL;

    if (json_body_parse(text, len, &b))
        return;
    const char *user = json_body_text(b, "user", 64);
    if (user && (strlen(user) > 64 || !strx_is_utf8(user, strlen(user))))
        abort();
    json_body_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (size == 0)
        return 0;
    text = malloc(size);
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (data[0] == 't')
        fuzz_target(text, size - 1);
    else if (data[0] == 'h')
        fuzz_header(text);
    else if (data[0] == 'b')
        fuzz_body(text, size - 1);
    free(text);
    return 0;
}
