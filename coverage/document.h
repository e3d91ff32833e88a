/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.h - a report as a tagged PDF on A4: headings, paragraphs, key figures, tables, pictures, one below
 * the other, with page breaks where they are needed.
 *
 *   document_new(&about, &d); document_heading(d, 1, "…"); document_table(d, &table); document_finish(d,
 * &pdf);
 *
 * The tags are those of ISO 32000-1, 14.8 (H1–H3, P, Table, TR, TH with scope, TD, Figure with alternative
 * text), so a screen reader reads what the eye sees, in that order. A problem is kept until
 * document_finish(). Same calls and same fonts, same bytes. Lengths in points (1/72 inch). */
#ifndef NW_COVERAGE_DOCUMENT_H
#define NW_COVERAGE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

struct document; /* opaque */

/* All UTF-8, borrowed until document_finish(). */
struct document_about {
    const char *title, *author, *subject;
    const char *language; /* BCP 47: "de" */
    const char *created;  /* RFC 3339 */
    const char *footer;   /* on each page, before the page's number */
    const char *page;     /* "Seite" */
};

enum err document_new(const struct document_about *about, struct document **out) NW_CHECKED;
/* Frees d; *pdf receives the file. ERR_NOMEM, ERR_IO: the libraries could not make it. */
enum err document_finish(struct document *d, struct buf *pdf) NW_CHECKED;

/* level 1..3. It stands on the same page as what follows, until which text is borrowed. */
void document_heading(struct document *d, int level, const char *text);

enum document_style { DOCUMENT_BODY, DOCUMENT_LEAD, DOCUMENT_NOTE };
/* At most a page long. */
void document_paragraph(struct document *d, enum document_style style, const char *text);

/* "Verfügbarkeit", "99,4 %", "Vormonat 99,1 %". */
struct document_key {
    const char *label, *value, *beside;
};
/* In one row, at most 4. */
void document_keys(struct document *d, const struct document_key *keys, size_t count);

struct document_column {
    const char *head;
    double share;   /* of the width; all add up to 1 */
    bool is_number; /* to the right */
};
/* cells: rows × columns, row by row; NULL: empty. The first cell of each row is its header. A table that does
 * not fit moves to the next page if it is short, and else goes on there as another one, with its headers
 * again. */
struct document_table {
    const char *caption;
    const struct document_column *columns;
    size_t column_count;
    const char *const *cells;
    size_t row_count;
};
void document_table(struct document *d, const struct document_table *table);

/* ---- pictures ---- */

struct canvas; /* opaque; origin at the upper left */

struct canvas_point {
    double x, y;
};
enum canvas_align { CANVAS_LEFT, CANVAS_MIDDLE, CANVAS_RIGHT };

/* rgb: 0xRRGGBB. */
void canvas_polygon(struct canvas *c, const struct canvas_point *points, size_t count, unsigned rgb);
void canvas_line(struct canvas *c, const struct canvas_point *points, size_t count, double width,
                 unsigned rgb);
void canvas_dot(struct canvas *c, struct canvas_point at, double radius, unsigned rgb);
/* at: of the baseline. */
void canvas_text(struct canvas *c, struct canvas_point at, enum canvas_align align, double size, unsigned rgb,
                 const char *text);

/* A name on a map: as a shape with a light rim, which stays legible on anything. at: of the middle of its
 * baseline. */
void canvas_label(struct canvas *c, struct canvas_point at, double size, unsigned rgb, const char *text);

struct document_picture {
    double height;           /* the width is the page's */
    const char *alternative; /* says what the picture says */
    void (*draw)(void *ctx, struct canvas *c, double width, double height);
    void *ctx;
};
void document_picture(struct document *d, const struct document_picture *picture);

#endif
