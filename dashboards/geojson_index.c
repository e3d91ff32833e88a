/* SPDX-License-Identifier: GPL-3.0-or-later */
/* geojson_index.c - one pass over the text: braces are counted outside of strings. Pure. */
#include "dashboards/geojson_index.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

enum { DEPTH_MAX = 16, NUMBER_SIZE = 32 };

struct scan {
    const char *at, *end;
};

/* After the closing quote; false: there is none. */
static bool skip_string(struct scan *s)
{
    for (s->at++; s->at < s->end; s->at++) {
        if (*s->at == '\\')
            s->at++;
        else if (*s->at == '"') {
            s->at++;
            return true;
        }
    }
    return false;
}

static bool begins_with(const struct scan *s, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(s->end - s->at) >= len && memcmp(s->at, word, len) == 0;
}

/* After the character that closes what is open at `at`. */
static bool skip_value(struct scan *s)
{
    int depth = 0;

    while (s->at < s->end) {
        char c = *s->at;
        if (c == '"') {
            if (!skip_string(s))
                return false;
            continue;
        }
        s->at++;
        if (c == '{' || c == '[') {
            if (++depth > DEPTH_MAX)
                return false;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return true;
        }
    }
    return false;
}

static bool read_number(struct scan *s, double *out)
{
    char number[NUMBER_SIZE];
    size_t len = 0;

    while (s->at < s->end && len < sizeof number - 1 && strchr("+-.0123456789eE", *s->at))
        number[len++] = *s->at++;
    number[len] = '\0';
    return len > 0 && strx_to_double(number, out) == ERR_OK;
}

/* at: the first '[' of the coordinates. */
static bool read_positions(struct scan *s, struct ogc_box *box)
{
    struct scan whole = *s;
    double lon, lat;

    if (!skip_value(&whole))
        return false;
    for (s->end = whole.at; s->at < s->end; s->at++) {
        if (*s->at == '[' || *s->at == ']' || *s->at == ',')
            continue;
        if (!read_number(s, &lon) || s->at >= s->end || *s->at++ != ',' || !read_number(s, &lat) ||
            s->at >= s->end || *s->at != ']')
            return false;
        ogc_box_widen(box, lon, lat);
    }
    return true;
}

static bool read_id(struct scan s, char id[GEOJSON_ID_SIZE])
{
    size_t len = 0;

    while (s.at < s.end && *s.at != '"' && len < GEOJSON_ID_SIZE - 1)
        id[len++] = *s.at++;
    id[len] = '\0';
    return s.at < s.end && *s.at == '"' &&
           strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* s: one feature. Its id and coordinates come before strings of others (properties). */
static bool read_feature(struct scan s, struct geojson_feature *f)
{
    f->box = ogc_box_empty();
    for (; s.at < s.end; s.at++) {
        if (begins_with(&s, "\"id\":\"") && !f->id[0]) {
            struct scan id = {s.at + strlen("\"id\":\""), s.end};
            if (!read_id(id, f->id))
                return false;
        }
        if (begins_with(&s, "\"coordinates\":[")) {
            s.at += strlen("\"coordinates\":");
            return f->id[0] != '\0' && read_positions(&s, &f->box);
        }
    }
    return false;
}

static enum err add_feature(struct geojson_index *x, size_t *room, const struct geojson_feature *f)
{
    if (x->count == *room) {
        size_t more = *room ? 2 * *room : 1024;
        struct geojson_feature *items =
            more <= GEOJSON_FEATURES_MAX ? realloc(x->items, more * sizeof *items) : NULL;
        if (!items)
            return more > GEOJSON_FEATURES_MAX ? ERR_LIMIT : ERR_NOMEM;
        x->items = items;
        *room = more;
    }
    x->items[x->count++] = *f;
    ogc_box_widen(&x->box, f->box.west, f->box.south);
    ogc_box_widen(&x->box, f->box.east, f->box.north);
    return ERR_OK;
}

/* at: after the '[' of the features. */
static enum err read_features(const char *text, struct scan *s, struct geojson_index *x)
{
    size_t room = 0;

    while (s->at < s->end && *s->at == '{') {
        struct geojson_feature f = {.begin = (size_t)(s->at - text)};
        struct scan one = *s;
        if (!skip_value(s))
            return ERR_MALFORMED;
        one.end = s->at;
        f.len = (size_t)(one.end - one.at);
        if (!read_feature(one, &f))
            return ERR_MALFORMED;
        enum err e = add_feature(x, &room, &f);
        if (e)
            return e;
        if (s->at < s->end && *s->at == ',')
            s->at++;
    }
    return s->at < s->end && *s->at == ']' ? ERR_OK : ERR_MALFORMED;
}

/* At the top level only: a property may have the same name. */
static bool find_features(struct scan *s)
{
    static const char key[] = "\"features\":[";

    if (s->at >= s->end || *s->at != '{')
        return false;
    for (s->at++; s->at < s->end;) {
        if (begins_with(s, key)) {
            s->at += strlen(key);
            return true;
        }
        if (*s->at == '"') {
            if (!skip_string(s))
                return false;
        } else if (*s->at == '{' || *s->at == '[') {
            if (!skip_value(s))
                return false;
        } else {
            s->at++;
        }
    }
    return false;
}

enum err geojson_index_read(const char *text, size_t len, struct geojson_index *out)
{
    struct scan s = {text, text + len};
    enum err e;

    *out = (struct geojson_index){.box = ogc_box_empty()};
    e = find_features(&s) ? read_features(text, &s, out) : ERR_MALFORMED;
    if (e)
        geojson_index_fini(out);
    return e;
}

void geojson_index_fini(struct geojson_index *x)
{
    free(x->items);
    *x = (struct geojson_index){.box = ogc_box_empty()};
}
