/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strx.c - string helpers. Pure apart from malloc. */
#include "lib/base/strx.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 64 };

enum err strx_to_u64(const char *s, uint64_t *out)
{
    unsigned long long v;
    char *end;

    if (!isdigit((unsigned char)*s))
        return ERR_MALFORMED;
    errno = 0;
    v = strtoull(s, &end, 10);
    if (*end)
        return ERR_MALFORMED;
    if (errno == ERANGE)
        return ERR_RANGE;
    *out = v;
    return ERR_OK;
}

enum err strx_to_i64(const char *s, int64_t *out)
{
    long long v;
    char *end;

    if (!isdigit((unsigned char)s[*s == '-']))
        return ERR_MALFORMED;
    errno = 0;
    v = strtoll(s, &end, 10);
    if (*end)
        return ERR_MALFORMED;
    if (errno == ERANGE)
        return ERR_RANGE;
    *out = v;
    return ERR_OK;
}

enum err strx_to_double(const char *s, double *out)
{
    double v;
    char *end;

    /* Nothing here calls setlocale() for LC_NUMERIC, so strtod reads a point. */
    if (!isdigit((unsigned char)s[*s == '-' || *s == '+']) && s[*s == '-' || *s == '+'] != '.')
        return ERR_MALFORMED;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return ERR_MALFORMED;
    v = strtod(s, &end);
    if (end == s || *end)
        return ERR_MALFORMED;
    if (!isfinite(v))
        return ERR_RANGE;
    *out = v;
    return ERR_OK;
}

bool strx_copy(char *out, size_t size, const char *s)
{
    size_t len = strlen(s);
    size_t n = len < size ? len : size - 1;

    memcpy(out, s, n);
    out[n] = '\0';
    return n == len;
}

char *strx_printf(const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list args;

    va_start(args, fmt);
    buf_vprintf(&b, fmt, args);
    va_end(args);
    return buf_take(&b);
}

bool strx_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool strx_ends_with(const char *s, const char *suffix)
{
    size_t len = strlen(s), tail = strlen(suffix);

    return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

bool strx_is_id(const char *s)
{
    size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-");

    return len > 0 && len <= ID_MAX && !s[len] && !strchr("._-", s[0]);
}

enum { ID_ROOM = STRX_ID_SIZE - 6 }; /* leaves place for "-4096" */

/* Two bytes of UTF-8, both cases. */
static const char *umlaut(const char *p)
{
    static const struct {
        const char *from, *to;
    } table[] = {{"ä", "ae"}, {"Ä", "ae"}, {"ö", "oe"}, {"Ö", "oe"}, {"ü", "ue"}, {"Ü", "ue"}, {"ß", "ss"}};

    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strncmp(p, table[i].from, 2) == 0)
            return table[i].to;
    return NULL;
}

void strx_make_id(const char *name, char out[STRX_ID_SIZE])
{
    size_t n = 0;

    for (const char *p = name; *p && n + 2 < ID_ROOM; p++) {
        const char *written = umlaut(p);
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (written) {
            out[n++] = written[0];
            out[n++] = written[1];
            p++;
        } else if (is_plain) {
            out[n++] = c;
        } else if (n && !strchr("._-", out[n - 1])) { /* no separator first, no two in a row */
            out[n++] = c == '.' || c == '_' ? c : '-';
        }
    }
    while (n && strchr("._-", out[n - 1]))
        n--;
    out[n] = '\0';
}

/* Length of the valid UTF-8 sequence at p, or minus the length of the maximal invalid subpart (>= 1).
 * Table 3-7 of the Unicode standard: the second byte's range depends on the first. */
static int utf8_step(const uint8_t *p, size_t left)
{
    uint8_t lo = 0x80, hi = 0xbf;
    int need;

    if (p[0] < 0x80)
        return p[0] ? 1 : -1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        need = 1;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        need = 2;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        need = 3;
    else
        return -1;
    if (p[0] == 0xe0)
        lo = 0xa0;
    else if (p[0] == 0xed)
        hi = 0x9f;
    else if (p[0] == 0xf0)
        lo = 0x90;
    else if (p[0] == 0xf4)
        hi = 0x8f;
    for (int i = 1; i <= need; i++) {
        if ((size_t)i >= left || p[i] < lo || p[i] > hi)
            return -i;
        lo = 0x80;
        hi = 0xbf;
    }
    return need + 1;
}

void strx_put_utf8(struct buf *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len;) {
        int step = utf8_step(p + i, len - i);
        if (step > 0)
            buf_put(out, p + i, (size_t)step);
        else
            buf_str(out, "\xef\xbf\xbd");
        i += (size_t)(step > 0 ? step : -step);
    }
}

void strx_put_visible(struct buf *out, const void *bytes, size_t len)
{
    struct buf clean = BUF_INIT;

    strx_put_utf8(&clean, bytes, len);
    for (size_t i = 0; i < clean.len; i++) {
        const uint8_t *p = (const uint8_t *)clean.data + i;
        bool is_c1 = p[0] == 0xc2 && p[1] < 0xa0; /* valid: there is a second byte */
        if (p[0] < 0x20 || p[0] == 0x7f || is_c1)
            buf_printf(out, "\\x%02x", is_c1 ? p[1] : p[0]);
        else
            buf_put(out, p, 1);
        i += is_c1;
    }
    if (buf_error(&clean))
        out->error = buf_error(&clean);
    buf_fini(&clean);
}

bool strx_is_utf8(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len;) {
        int step = utf8_step(p + i, len - i);
        if (step < 0)
            return false;
        i += (size_t)step;
    }
    return true;
}

void strx_put_hex(struct buf *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++)
        buf_printf(out, "%02x", p[i]);
}

bool strx_is_nested(const char *json, size_t len, int levels)
{
    bool is_quoted = false;
    int depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = json[i];
        if (is_quoted && c == '\\')
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (c == '{' || c == '['))
            depth++;
        else if (!is_quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > levels)
            return true;
    }
    return false;
}
