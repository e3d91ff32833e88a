/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_out.h - writes CSV (RFC 4180) into a buf: CRLF, quotes where needed, cells that a spreadsheet would
 * take for a formula (= + - @ TAB CR in front) made harmless by an apostrophe. Numbers are never quoted. */
#ifndef NW_BASE_CSV_OUT_H
#define NW_BASE_CSV_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"

struct csv_out {
    struct buf *to; /* borrowed */
    bool has_cell;  /* a comma is due */
    bool is_german; /* semicolons between cells, commas in numbers: what Excel opens by a double click in
                       Germany */
};

void csv_init(struct csv_out *c, struct buf *to);
/* The German form, with the byte order mark that tells Excel of UTF-8; not RFC 4180 any more. */
void csv_init_german(struct csv_out *c, struct buf *to);
void csv_text(struct csv_out *c, const char *text);             /* NULL: an empty cell */
void csv_number(struct csv_out *c, double value, int decimals); /* NaN: an empty cell */
void csv_value(struct csv_out *c, double value);                /* ten significant digits; NaN: empty */
void csv_int(struct csv_out *c, int64_t value);
void csv_end_row(struct csv_out *c);

#endif
