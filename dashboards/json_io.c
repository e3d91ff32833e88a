/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_io.c - jansson. */
#include "dashboards/json_io.h"

#include <jansson.h>
#include <string.h>

enum { DEPTH_MAX = 8 };

struct json_body; /* is a json_t */

/* jansson itself allows 2,048 levels; nobody needs more than a few. */
static int depth_of(const char *text, size_t len)
{
    int depth = 0, deepest = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '{' || text[i] == '[')
            depth++;
        if (text[i] == '}' || text[i] == ']')
            depth--;
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

enum err json_body_parse(const char *text, size_t len, struct json_body **out)
{
    json_error_t error;
    json_t *j;

    if (depth_of(text, len) > DEPTH_MAX)
        return ERR_LIMIT;
    j = len ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &error) : json_object();
    if (!j)
        return ERR_MALFORMED;
    if (!json_is_object(j)) {
        json_decref(j);
        return ERR_TYPE;
    }
    *out = (struct json_body *)j;
    return ERR_OK;
}

void json_body_free(struct json_body *b)
{
    if (b)
        json_decref((json_t *)b);
}

const char *json_body_text(const struct json_body *b, const char *key, size_t max)
{
    json_t *value = json_object_get((const json_t *)b, key);

    return json_is_string(value) && json_string_length(value) <= max ? json_string_value(value) : NULL;
}

bool json_body_bool(const struct json_body *b, const char *key, bool *out)
{
    json_t *value = json_object_get((const json_t *)b, key);

    *out = json_is_true(value);
    return !value || json_is_boolean(value) || json_is_null(value);
}

static int put_chunk(const char *text, size_t len, void *ctx)
{
    buf_put(ctx, text, len);
    return 0;
}

enum err json_member(const char *text, size_t len, const char *key, struct buf *out)
{
    json_error_t error;
    json_t *j = json_loadb(text, len, 0, &error), *member = json_object_get(j, key);
    enum err e = !j ? ERR_MALFORMED : !member ? ERR_NOT_FOUND : ERR_OK;

    if (e == ERR_OK && json_dump_callback(member, put_chunk, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        e = ERR_NOMEM;
    json_decref(j);
    return e ? e : buf_error(out);
}
