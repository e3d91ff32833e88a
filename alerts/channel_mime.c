/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_mime.c - UTF-8 for mail: encoded words in headers, quoted-printable in bodies. Pure. */
#include "alerts/channel_mime.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/berlin.h"

enum { LINE_MAX_CHARS = 76, WORD_MAX = 75 };
#define WORD_BEGIN "=?UTF-8?Q?"
#define WORD_END   "?="

static bool is_plain(const char *text, size_t name_len)
{
    for (const char *p = text; *p; p++)
        if (!isprint((unsigned char)*p))
            return false;
    return !strstr(text, "=?") && name_len + strlen(text) <= LINE_MAX_CHARS;
}

/* RFC 2047, 4.2 (2) and 5 (3): these stand for themselves everywhere. */
static bool is_word_char(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || (c && strchr("!*+-/", c)));
}

static size_t character_length(const char *p)
{
    size_t len = 1;

    while (((unsigned char)p[len] & 0xc0) == 0x80)
        len++;
    return len;
}

static size_t encoded_length(const char *p, size_t len)
{
    size_t total = 0;

    for (size_t i = 0; i < len; i++)
        total += is_word_char((unsigned char)p[i]) || p[i] == ' ' ? 1 : 3;
    return total;
}

static void put_encoded(struct buf *out, const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (p[i] == ' ')
            buf_u8(out, '_');
        else if (is_word_char((unsigned char)p[i]))
            buf_u8(out, (uint8_t)p[i]);
        else
            buf_printf(out, "=%02X", (unsigned char)p[i]);
    }
}

void channel_mime_words(struct buf *out, const char *text, size_t name_len)
{
    size_t column = name_len;

    if (is_plain(text, name_len)) {
        buf_str(out, text);
        return;
    }
    buf_str(out, WORD_BEGIN);
    column += strlen(WORD_BEGIN);
    for (const char *p = text; *p;) { /* a character is never split (5, last paragraph but one) */
        size_t len = character_length(p), width = encoded_length(p, len);
        if (column + width + strlen(WORD_END) > WORD_MAX) {
            buf_str(out, WORD_END "\r\n " WORD_BEGIN);
            column = 1 + strlen(WORD_BEGIN);
        }
        put_encoded(out, p, len);
        column += width;
        p += len;
    }
    buf_str(out, WORD_END);
}

void channel_mime_quoted(struct buf *out, const char *text, size_t len)
{
    size_t column = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_last = i + 1 == len || text[i + 1] == '\n';
        bool is_literal = (c >= '!' && c <= '~' && c != '=') || (c == ' ' && !is_last);
        size_t width = is_literal ? 1 : 3;
        if (c == '\n') {
            buf_str(out, "\r\n");
            column = 0;
            continue;
        }
        if (column + width > LINE_MAX_CHARS - 1) { /* room for the soft break */
            buf_str(out, "=\r\n");
            column = 0;
        }
        if (is_literal)
            buf_u8(out, c);
        else
            buf_printf(out, "=%02X", c);
        column += width;
    }
}

void channel_mime_date(struct buf *out, ns_t wall)
{
    static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t day = berlin_day(wall), second = berlin_second_of_day(wall), year;
    int month, of_month;

    date_from_days(day, &year, &month, &of_month);
    buf_printf(out, "%s, %d %s %" PRId64 " %02d:%02d:%02d +%02d00", days[date_weekday(day)], of_month,
               months[month - 1], year, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60),
               (int)(berlin_offset(wall / SECONDS) / 3600));
}
