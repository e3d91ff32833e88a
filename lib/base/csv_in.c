/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_in.c - a reader of tables. Pure. */
#include "lib/base/csv_in.h"

#include <string.h>
#include <strings.h>

#include "lib/base/strx.h"

static char guess_separator(const char *text)
{
    static const char candidates[] = {'\t', ';', ','};
    size_t line = strcspn(text, "\r\n"), most = 0;
    char best = ',';

    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t found = 0;
        for (size_t at = 0; at < line; at++)
            found += text[at] == candidates[i];
        if (found > most) {
            most = found;
            best = candidates[i];
        }
    }
    return best;
}

/* Takes a quoted cell in place; c->at is behind it then. NULL: nothing ends it. */
static char *take_quoted(struct csv_in *c)
{
    char *cell = ++c->at, *to = cell;

    for (;; c->at++) {
        if (c->at >= c->end)
            return NULL;
        if (*c->at == '"' && c->at[1] != '"')
            break;
        if (*c->at == '"')
            c->at++;
        if (*c->at == '\n')
            c->next_line++;
        *to++ = *c->at;
    }
    c->at++;
    if (to < c->at)
        *to = '\0';
    return cell;
}

static char *take_plain(struct csv_in *c)
{
    char *cell = c->at;

    while (c->at < c->end && *c->at != c->separator && *c->at != '\r' && *c->at != '\n')
        c->at++;
    return cell;
}

/* Ends the line at c->at, which is CR, LF or the end. */
static void end_line(struct csv_in *c)
{
    if (*c->at == '\r') {
        *c->at++ = '\0';
    }
    if (c->at < c->end && *c->at == '\n') {
        *c->at++ = '\0';
        c->next_line++;
    }
}

static void pass_empty_lines(struct csv_in *c)
{
    while (c->at < c->end && (*c->at == '\r' || *c->at == '\n'))
        end_line(c);
}

enum err csv_in_row(struct csv_in *c)
{
    c->count = 0;
    pass_empty_lines(c);
    if (c->at >= c->end)
        return ERR_END;
    c->line = c->next_line;
    for (;;) {
        char *cell = *c->at == '"' ? take_quoted(c) : take_plain(c);
        if (!cell)
            return ERR_MALFORMED;
        if (c->count == CSV_IN_COLUMNS)
            return ERR_LIMIT;
        c->cells[c->count++] = cell;
        if (*c->at != c->separator)
            break;
        *c->at++ = '\0';
    }
    if (c->at < c->end && *c->at != '\r' && *c->at != '\n')
        return ERR_MALFORMED; /* text behind a quoted cell */
    end_line(c);
    return ERR_OK;
}

enum err csv_in_begin(struct csv_in *c, char *text, size_t len)
{
    enum err e;

    *c = (struct csv_in){.at = text, .end = text + len, .next_line = 1};
    if (memchr(text, '\0', len))
        return ERR_MALFORMED;
    if (strx_starts_with(text, "\xef\xbb\xbf"))
        c->at += 3;
    pass_empty_lines(c);
    c->separator = guess_separator(c->at);
    e = csv_in_row(c);
    if (e)
        return e;
    memcpy(c->names, c->cells, c->count * sizeof c->cells[0]);
    c->name_count = c->count;
    return ERR_OK;
}

int csv_in_find(const struct csv_in *c, const char *name)
{
    for (size_t i = 0; i < c->name_count; i++)
        if (strcasecmp(c->names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *csv_in_cell(const struct csv_in *c, int column)
{
    return column >= 0 && (size_t)column < c->count ? c->cells[column] : "";
}

bool csv_in_number(const struct csv_in *c, int column, double *out)
{
    char text[64], *comma;

    if (!strx_copy(text, sizeof text, csv_in_cell(c, column)))
        return false;
    comma = strchr(text, ',');
    if (comma && c->separator != ',' && !strchr(text, '.'))
        *comma = '.';
    return strx_to_double(text, out) == ERR_OK;
}
