/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_out.c - a streaming JSON writer. Pure. */
#include "lib/base/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"
#include "lib/base/timex.h"

void json_init(struct json_out *j, struct buf *to)
{
    *j = (struct json_out){.to = to};
}

/* One byte of valid UTF-8 text; p points at it, so that U+2028 and U+2029 (e2 80 a8/a9) are seen whole. */
static size_t put_escaped(struct buf *to, const uint8_t *p, size_t left)
{
    switch (p[0]) {
    case '"': buf_str(to, "\\\""); return 1;
    case '\\': buf_str(to, "\\\\"); return 1;
    case '\n': buf_str(to, "\\n"); return 1;
    case '\r': buf_str(to, "\\r"); return 1;
    case '\t': buf_str(to, "\\t"); return 1;
    case '<':
    case '>':
    case '&':
    case '\'': buf_printf(to, "\\u%04x", p[0]); return 1;
    case 0xc2: /* U+0080 to U+009F: at a terminal, control sequences */
        if (left >= 2 && p[1] < 0xa0) {
            buf_printf(to, "\\u%04x", p[1]);
            return 2;
        }
        break;
    case 0xe2:
        if (left >= 3 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
            buf_printf(to, "\\u20%02x", p[2] - 0x80);
            return 3;
        }
        break;
    default: break;
    }
    if (p[0] < 0x20 || p[0] == 0x7f)
        buf_printf(to, "\\u%04x", p[0]);
    else
        buf_put(to, p, 1);
    return 1;
}

/* How many bytes from here need no second look: nearly all of nearly every text. */
static size_t plain_run(const uint8_t *p, size_t left)
{
    size_t n = 0;

    while (n < left && p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\' && p[n] != '<' &&
           p[n] != '>' && p[n] != '&' && p[n] != '\'')
        n++;
    return n;
}

static void put_string(struct buf *to, const void *bytes, size_t len)
{
    struct buf clean = BUF_INIT;
    const uint8_t *p = bytes;
    bool is_plain = plain_run(p, len) == len;

    if (!is_plain && !strx_is_utf8(bytes, len)) {
        strx_put_utf8(&clean, bytes, len);
        if (buf_error(&clean)) {
            to->error = buf_error(&clean);
            buf_fini(&clean);
            return;
        }
        p = (const uint8_t *)clean.data;
        len = clean.len;
    }
    buf_put(to, "\"", 1);
    if (is_plain)
        buf_put(to, p, len);
    for (size_t i = is_plain ? len : 0; i < len;) {
        size_t run = plain_run(p + i, len - i);
        buf_put(to, p + i, run);
        i += run;
        if (i < len)
            i += put_escaped(to, p + i, len - i);
    }
    buf_put(to, "\"", 1);
    buf_fini(&clean);
}

static void begin_value(struct json_out *j, const char *key)
{
    if (j->has_member)
        buf_put(j->to, ",", 1);
    if (key) {
        put_string(j->to, key, strlen(key));
        buf_put(j->to, ":", 1);
    }
    j->has_member = true;
}

static void begin_container(struct json_out *j, const char *key, const char *bracket)
{
    begin_value(j, key);
    buf_str(j->to, bracket);
    j->has_member = false;
}

static void end_container(struct json_out *j, const char *bracket)
{
    buf_str(j->to, bracket);
    j->has_member = true;
}

void json_object_begin(struct json_out *j, const char *key)
{
    begin_container(j, key, "{");
}

void json_object_end(struct json_out *j)
{
    end_container(j, "}");
}

void json_array_begin(struct json_out *j, const char *key)
{
    begin_container(j, key, "[");
}

void json_array_end(struct json_out *j)
{
    end_container(j, "]");
}

void json_bytes(struct json_out *j, const char *key, const void *bytes, size_t len)
{
    begin_value(j, key);
    put_string(j->to, bytes, len);
}

void json_string(struct json_out *j, const char *key, const char *value)
{
    if (value)
        json_bytes(j, key, value, strlen(value));
    else
        json_null(j, key);
}

/* Decimal digits, at least `least` of them. */
static void put_digits(struct buf *to, uint64_t value, int least)
{
    char text[24];
    size_t at = sizeof text;

    for (; value || least > 0; value /= 10, least--)
        text[--at] = (char)('0' + value % 10);
    buf_put(to, text + at, sizeof text - at);
}

void json_int(struct json_out *j, const char *key, int64_t value)
{
    begin_value(j, key);
    if (value < 0)
        buf_put(j->to, "-", 1);
    put_digits(j->to, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 1);
}

void json_uint(struct json_out *j, const char *key, uint64_t value)
{
    begin_value(j, key);
    put_digits(j->to, value, 1);
}

void json_double(struct json_out *j, const char *key, double value)
{
    char text[32];

    if (!isfinite(value)) {
        json_null(j, key);
        return;
    }
    if (fabs(value) < 1e6 && value == (double)(int64_t)value && (value != 0 || !signbit(value))) {
        json_int(j, key, (int64_t)value); /* counts: most of all values */
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    begin_value(j, key);
    buf_str(j->to, text);
}

/* As printf() does, several times as fast: value times 10^decimals is exact to 2^-13 here, which decides
 * about rounding unless it lies near a half. false, and nothing written: then, and for what is large. */
static bool put_fixed(struct buf *to, double value, int decimals)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

    if (decimals < 0 || decimals >= (int)(sizeof powers / sizeof *powers) || !(fabs(value) < 1e6))
        return false;
    double scaled = fabs(value) * (double)powers[decimals];
    uint64_t whole = (uint64_t)scaled;
    double rest = scaled - (double)whole;
    if (fabs(rest - 0.5) < 0.001)
        return false;
    whole += rest > 0.5;
    if (signbit(value))
        buf_put(to, "-", 1);
    put_digits(to, whole / powers[decimals], 1);
    if (decimals > 0) {
        buf_put(to, ".", 1);
        put_digits(to, whole % powers[decimals], decimals);
    }
    return true;
}

void json_fixed(struct json_out *j, const char *key, double value, int decimals)
{
    if (!isfinite(value)) {
        json_null(j, key);
        return;
    }
    begin_value(j, key);
    if (!put_fixed(j->to, value, decimals))
        buf_printf(j->to, "%.*f", decimals, value);
}

void json_bool(struct json_out *j, const char *key, bool value)
{
    begin_value(j, key);
    buf_str(j->to, value ? "true" : "false");
}

void json_null(struct json_out *j, const char *key)
{
    begin_value(j, key);
    buf_str(j->to, "null");
}

void json_time(struct json_out *j, const char *key, ns_t wall)
{
    char text[TIMEX_RFC3339_SIZE];

    if (wall == 0) {
        json_null(j, key);
        return;
    }
    timex_rfc3339(wall, text);
    json_string(j, key, text);
}

void json_raw(struct json_out *j, const char *key, const char *text)
{
    begin_value(j, key);
    buf_str(j->to, text);
}
