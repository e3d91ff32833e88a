/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_out.c - a CSV writer. Pure. */
#include "lib/base/csv_out.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void csv_init(struct csv_out *c, struct buf *to)
{
    *c = (struct csv_out){.to = to};
}

void csv_init_german(struct csv_out *c, struct buf *to)
{
    *c = (struct csv_out){.to = to, .is_german = true};
    buf_str(to, "\xef\xbb\xbf");
}

static void begin_cell(struct csv_out *c)
{
    if (c->has_cell)
        buf_put(c->to, c->is_german ? ";" : ",", 1);
    c->has_cell = true;
}

void csv_text(struct csv_out *c, const char *text)
{
    bool is_formula, needs_quotes;

    begin_cell(c);
    if (!text)
        return;
    is_formula = *text && strchr("=+-@\t\r", *text);
    needs_quotes = is_formula || strpbrk(text, c->is_german ? ";\"\r\n" : ",\"\r\n");
    if (!needs_quotes) {
        buf_str(c->to, text);
        return;
    }
    buf_str(c->to, is_formula ? "\"'" : "\"");
    for (; *text; text++) {
        if (*text == '"')
            buf_put(c->to, "\"", 1);
        buf_put(c->to, text, 1);
    }
    buf_put(c->to, "\"", 1);
}

/* A number as printf wrote it, with a point. */
static void put_number(struct csv_out *c, const char *text)
{
    const char *point = c->is_german ? strchr(text, '.') : NULL;

    if (point)
        buf_printf(c->to, "%.*s,%s", (int)(point - text), text, point + 1);
    else
        buf_str(c->to, text);
}

void csv_number(struct csv_out *c, double value, int decimals)
{
    char text[400];

    begin_cell(c);
    if (!isfinite(value))
        return;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    put_number(c, text);
}

void csv_value(struct csv_out *c, double value)
{
    char text[32];

    begin_cell(c);
    if (!isfinite(value))
        return;
    snprintf(text, sizeof text, "%.10g", value);
    put_number(c, text);
}

void csv_int(struct csv_out *c, int64_t value)
{
    begin_cell(c);
    buf_printf(c->to, "%lld", (long long)value);
}

void csv_end_row(struct csv_out *c)
{
    buf_str(c->to, "\r\n");
    c->has_cell = false;
}
