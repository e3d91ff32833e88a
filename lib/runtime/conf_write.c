/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf_write.c - structs as YAML, one a line. Pure. */
#include "lib/runtime/conf_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/units.h"

/* ---- text ---- */

/* Decodes one sequence of valid UTF-8. */
static uint32_t next_char(const char **p)
{
    const uint8_t *b = (const uint8_t *)*p;
    int more = b[0] >= 0xf0 ? 3 : b[0] >= 0xe0 ? 2 : b[0] >= 0xc0 ? 1 : 0;
    uint32_t c = more == 3 ? b[0] & 7 : more == 2 ? b[0] & 15 : more == 1 ? b[0] & 31 : b[0];

    for (int i = 1; i <= more; i++)
        c = c << 6 | (b[i] & 0x3f);
    *p += 1 + more;
    return c;
}

static bool is_plain(uint32_t c)
{
    if (c < 0xa0)
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    if ((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f))
        return false; /* no width, or turns the direction of what follows */
    return c != 0xad && c != 0x61c && c != 0xfeff && (c & 0xfffe) != 0xfffe && (c < 0xe000 || c > 0xf8ff);
}

void conf_put_text(struct buf *out, const char *text)
{
    struct buf clean = BUF_INIT;
    const char *p;

    strx_put_utf8(&clean, text, strlen(text));
    buf_u8(&clean, 0);
    if (buf_error(&clean)) {
        out->error = buf_error(&clean);
        buf_fini(&clean);
        return;
    }
    buf_str(out, "\"");
    for (p = (const char *)clean.data; *p;) {
        const char *begin = p;
        uint32_t c = next_char(&p);

        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", (int)c);
        else if (is_plain(c))
            buf_put(out, begin, (size_t)(p - begin));
        else
            buf_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
    }
    buf_str(out, "\"");
    buf_fini(&clean);
}

/* ---- items ---- */

static bool is_same(const struct conf_field *f, const void *a, const void *b)
{
    const char *x, *y;

    switch (f->type) {
    case CONF_STRING:
    case CONF_ID:
        x = *(char *const *)a;
        y = *(char *const *)b;
        return !x || (y && strcmp(x, y) == 0);
    case CONF_BOOL: return *(const bool *)a == *(const bool *)b;
    case CONF_ENUM: return *(const int *)a == *(const int *)b;
    case CONF_DOUBLE: return *(const double *)a == *(const double *)b;
    case CONF_INT:
    case CONF_DURATION:
    case CONF_BYTES: return *(const int64_t *)a == *(const int64_t *)b;
    case CONF_LIST: return ((const struct conf_list *)a)->count == 0;
    case CONF_STRINGS: return ((const struct conf_strings *)a)->count == 0;
    case CONF_POSITION: return true;
    default: return false;
    }
}

static void put_double(struct buf *out, double value)
{
    char text[32];
    double back;

    snprintf(text, sizeof text, "%.15g", value);
    if (strx_to_double(text, &back) || back != value)
        snprintf(text, sizeof text, "%.17g", value);
    buf_str(out, text);
}

static void put_duration(struct buf *out, ns_t value)
{
    static const struct {
        const char *unit;
        ns_t length;
    } units[] = {{"s", SECONDS}, {"ms", MILLISECONDS}, {"ns", 1}};
    size_t i = 0;

    while (value % units[i].length)
        i++;
    buf_printf(out, "%" PRId64 "%s", value / units[i].length, units[i].unit);
}

static void put_list(struct buf *out, const struct conf_schema *schema, const struct conf_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_str(out, i ? ", " : "[");
        conf_put(out, schema, (const char *)list->items + i * schema->size);
    }
    buf_str(out, "]");
}

static void put_strings(struct buf *out, const struct conf_strings *strings)
{
    for (size_t i = 0; i < strings->count; i++) {
        buf_str(out, i ? ", " : "[");
        conf_put_text(out, strings->items[i]);
    }
    buf_str(out, "]");
}

static void put_value(struct buf *out, const struct conf_field *f, const void *at)
{
    switch (f->type) {
    case CONF_STRING:
    case CONF_ID: conf_put_text(out, *(char *const *)at); break;
    case CONF_BOOL: buf_str(out, *(const bool *)at ? "true" : "false"); break;
    case CONF_ENUM: buf_str(out, f->words[*(const int *)at]); break;
    case CONF_DOUBLE: put_double(out, *(const double *)at); break;
    case CONF_INT: buf_printf(out, "%" PRId64, *(const int64_t *)at); break;
    case CONF_DURATION: put_duration(out, *(const ns_t *)at); break;
    case CONF_BYTES: buf_printf(out, "%" PRId64 "B", *(const int64_t *)at); break;
    case CONF_LIST: put_list(out, f->sub, at); break;
    case CONF_STRINGS: put_strings(out, at); break;
    default: out->error = ERR_TYPE; break;
    }
}

void conf_put(struct buf *out, const struct conf_schema *schema, const void *item)
{
    void *fallbacks = calloc(1, schema->size);
    enum err e = fallbacks ? conf_defaults(schema, fallbacks) : ERR_NOMEM;
    const char *separator = "";

    if (e)
        out->error = e;
    buf_str(out, "{");
    for (const struct conf_field *f = schema->fields; !e && f->name; f++) {
        const void *at = (const char *)item + f->offset;

        if (!f->is_required && is_same(f, at, (const char *)fallbacks + f->offset))
            continue;
        buf_printf(out, "%s%s: ", separator, f->name);
        put_value(out, f, at);
        separator = ", ";
    }
    buf_str(out, "}");
    if (fallbacks)
        conf_free(schema, fallbacks);
    free(fallbacks);
}

static bool is_text(const struct conf_field *f)
{
    return f->type == CONF_STRING || f->type == CONF_ID;
}

void conf_put_member(struct buf *out, const struct conf_field *field, const void *item)
{
    const void *at = (const char *)item + field->offset;

    if (!is_text(field))
        put_value(out, field, at);
    else if (*(char *const *)at)
        buf_str(out, *(char *const *)at);
}

bool conf_is_equal(const struct conf_field *field, const void *a, const void *b)
{
    const void *x = (const char *)a + field->offset, *y = (const char *)b + field->offset;

    if (is_text(field) && (!*(char *const *)x || !*(char *const *)y))
        return *(char *const *)x == *(char *const *)y;
    return is_same(field, x, y);
}
