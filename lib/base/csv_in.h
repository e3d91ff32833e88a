/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_in.h - reads a table with a row of column names: CSV (RFC 4180) with comma or semicolon, or with tabs.
 *
 * The separator is the one that the first line has most of. Quoted cells, CRLF or LF, a byte order mark;
 * empty lines are passed over. The text is changed in place and must outlive the reader: cells point into it.
 * Pure. */
#ifndef NW_BASE_CSV_IN_H
#define NW_BASE_CSV_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

enum { CSV_IN_COLUMNS = 64 };

struct csv_in {
    char *at, *end; /* *end is NUL */
    char separator;
    unsigned line; /* of the row read last, from 1 */
    unsigned next_line;
    char *names[CSV_IN_COLUMNS];
    size_t name_count;
    char *cells[CSV_IN_COLUMNS];
    size_t count;
};

/* Reads the names; text has len bytes and a NUL behind them. ERR_END: nothing there; ERR_MALFORMED: an open
 * quote, a NUL; ERR_LIMIT: too many columns. */
enum err csv_in_begin(struct csv_in *c, char *text, size_t len) NW_CHECKED;
/* The next row, with as many cells as it has. ERR_END behind the last; ERR_MALFORMED, ERR_LIMIT as above,
 * then nothing more can be read. */
enum err csv_in_row(struct csv_in *c) NW_CHECKED;
/* The column with this name, ASCII case ignored, or -1. */
int csv_in_find(const struct csv_in *c, const char *name);
/* Of the row read last; "" where it ends before. */
const char *csv_in_cell(const struct csv_in *c, int column);
/* A finite number, with point, or with comma where commas separate nothing; false for anything else. */
bool csv_in_number(const struct csv_in *c, int column, double *out);

#endif
