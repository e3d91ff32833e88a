/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council_pages.h - the monthly report to the city council on paper: German, tagged PDF, questions as
 * headings. */
#ifndef NW_COVERAGE_COUNCIL_PAGES_H
#define NW_COVERAGE_COUNCIL_PAGES_H

#include "coverage/council.h"
#include "coverage/document.h"

/* What the report says of itself. */
struct council_paper {
    const char *publisher; /* the instance */
    const char *version;   /* of netzwacht */
    const char *inventory; /* files that it was made from, for the appendix */
    const char *figures;   /* SHA-256 of council_csv()'s text, hexadecimal */
    double threshold_dbm;
    ns_t created; /* of its figures, not of the file: same figures, same file */
};

enum err council_pdf(const struct council *c, const struct council_paper *paper, struct buf *out) NW_CHECKED;

/* "Oktober 2026" of "2026-10". */
void council_month_name(const char name[8], char out[32]);
/* 99.4213, 2 -> "99,42"; 12345 -> "12.345"; NaN -> "–". */
void council_number(double value, int decimals, char out[32]);

/* ---- pictures, council_pictures.c; ctx: struct council ---- */

void council_draw_months(void *ctx, struct canvas *c, double width, double height);
void council_draw_map(void *ctx, struct canvas *c, double width, double height);

#endif
